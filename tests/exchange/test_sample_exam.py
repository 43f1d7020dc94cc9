"""The exam that comes with the program is whole, sound and free to give away."""

import re
from collections import Counter
from importlib.resources import files

import yaml
from jsonschema import Draft202012Validator

from kiosk.exam.draft import QuestionType
from kiosk.exam.press import print_test
from kiosk.office.sample_exam import sample_source, sample_test
from kiosk.wire.exam_file import exam_schema

LICENCE = files("kiosk.office").joinpath("sample", "LICENSE.md").read_text(encoding="utf-8")


def test_it_prints_with_every_type_and_sections_of_their_own_time() -> None:
    paper, key = print_test(sample_test())
    assert {q.type for q in paper.questions.values()} == set(QuestionType)
    assert len(paper.sections) >= 3
    assert all(s.duration_minutes for s in paper.sections)
    assert sum(s.duration_minutes or 0 for s in paper.sections) == paper.duration_minutes
    assert key.needed_score == key.max_score / 2
    assert paper.policy.capture_seconds == 60


def test_at_least_forty_questions_are_by_others_and_each_names_its_place() -> None:
    tags = Counter(q.tags[0] for s in sample_test().sections for q in s.questions)
    assert tags["OpenTriviaQA"] >= 40
    assert set(tags) == {"OpenTriviaQA", "exam-kiosk"}
    named = re.findall(r"# OpenTriviaQA, categories/(\w+), line \d+\n      - questionId", sample_source().text)
    assert len(named) == tags["OpenTriviaQA"]
    assert f"`OpenTriviaQA` ({tags['OpenTriviaQA']}," in LICENCE
    assert f"`exam-kiosk` ({tags['exam-kiosk']}," in LICENCE
    assert "CC BY-SA 4.0" in LICENCE


def test_the_instructions_count_right() -> None:
    test = sample_test()
    questions = sum(len(s.questions) for s in test.sections)
    assert f"{questions} questions" in (test.instructions or "")
    assert f"{test.duration} minutes" in (test.instructions or "")


def test_it_obeys_the_published_schema_and_prints_its_texts_unchanged() -> None:
    raw = yaml.safe_load(sample_source().text)
    Draft202012Validator(exam_schema()).validate(raw)
    printed = print_test(sample_test())[0].questions
    for question in (q for s in raw["sections"] for q in s["questions"]):
        paper = printed[question["questionId"]]
        assert paper.text == question["questionText"]
        assert [o.text for o in paper.options] == [o["optionText"] for o in question.get("options", ())]


def test_no_two_questions_or_options_read_the_same() -> None:
    questions = [q for s in sample_test().sections for q in s.questions]
    assert len({q.question_text for q in questions}) == len(questions)
    assert all(len({o.option_text for o in q.options}) == len(q.options) for q in questions)


def test_the_right_option_has_no_favourite_place() -> None:
    single = [q for s in sample_test().sections for q in s.questions if q.type is QuestionType.MCQ]
    places = Counter(next(n for n, o in enumerate(q.options) if o.is_correct) for q in single)
    assert max(places.values()) < len(single) / 2
