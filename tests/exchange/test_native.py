"""The native exam file: what is written reads back the same, and every fault names its line and field."""

import json
import sys

import pytest
import yaml
from drafts import drafts
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator

from builders import NOON, a_test
from kiosk.exam.draft import Test
from kiosk.exam.error import KioskError
from kiosk.exam.press import print_test
from kiosk.exchange import native_form
from kiosk.exchange.native import read_native
from kiosk.exchange.native_form import json_text, yaml_text
from kiosk.exchange.origin import Origin
from kiosk.exchange.report import Reading, Status
from kiosk.exchange.source import decode
from kiosk.wire.exam_file import exam_schema

ORIGIN = Origin.of(NOON, "author-1")
SCHEMA = Draft202012Validator(exam_schema())
SMALL = """\
title: Small
duration: 30
sections:
  - title: One
    questions:
      - type: MCQ
        questionText: What?
        points: 2
        options:
          - optionText: Yes
            isCorrect: true
          - optionText: No
      - type: Essay
        questionText: Why?
        points: "1.50"
"""


def read(text: str, name: str = "exam.yaml") -> Reading:
    """Return the reading of a file's text."""
    return read_native(decode(name, text.encode()), ORIGIN)


def notes(reading: Reading) -> list[str]:
    """Return every note of what was rejected."""
    return [n for i in reading.items if i.status is Status.REJECTED for n in i.notes]


def whole(reading: Reading) -> Test:
    """Return the test of a reading without faults."""
    assert notes(reading) in ([], [n for n in notes(reading) if "cannot be published" in n])
    assert reading.test is not None
    return reading.test


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(drafts())
def test_what_is_written_reads_back_the_same(test: Test) -> None:
    assert whole(read(yaml_text(test))) == test
    assert whole(read(json_text(test), "exam.json")) == test
    SCHEMA.validate(native_form.test_form(test))


def test_every_field_of_the_builders_test_reads_back_and_prints_the_same() -> None:
    test = a_test()
    again = whole(read(yaml_text(test)))
    assert again == test
    assert print_test(again)[0].digest == print_test(test)[0].digest


def test_what_a_file_leaves_out_is_made() -> None:
    test = whole(read(SMALL))
    (section,) = test.sections
    first, second = section.questions
    assert len({test.test_id, section.section_id, first.question_id, second.question_id}) == 4
    assert (test.created_at, test.created_by, test.access_type.value, test.is_active) == (
        NOON,
        "author-1",
        "private",
        True,
    )
    assert [o.option_id for o in first.options] == ["A", "B"]
    assert [o.option_order for o in first.options] == [1, 2]
    assert (section.section_order, first.order, second.order) == (1, 1, 2)
    assert first.section_id == section.section_id
    assert str(second.points) == "1.50"


def test_words_without_quotes_mean_what_their_field_says() -> None:
    test = whole(read(SMALL.replace("What?", "1969").replace("title: One", "title: null.x").replace("Why?", "2 < 3")))
    first, second = test.sections[0].questions
    assert (first.question_text, second.question_text) == ("1969", "2 < 3")
    assert [(o.option_text, o.is_correct) for o in first.options] == [("Yes", True), ("No", False)]


def test_letters_do_not_clash_with_ids_that_are_given() -> None:
    text = SMALL.replace("- optionText: No", "- optionId: A\n            optionText: No")
    assert [o.option_id for o in whole(read(text)).sections[0].questions[0].options] == ["B", "A"]


FAULTS = [
    ("duration: 30", "duration: 0", "line 2: duration must be at least 1"),
    ("duration: 30", "duration: soon", "line 2: duration must be a whole number"),
    ("duration: 30", "duration: 30.5", "line 2: duration must be a whole number"),
    ("duration: 30", "", "line 1: duration is missing"),
    ("duration: 30", "duration:", "line 2: duration is missing"),
    ("title: Small", "titel: Small", "line 1: titel is not a field here; did you mean title?"),
    ("title: Small", "title: ' '", "line 1: title must not be empty"),
    ("title: Small", f"title: {'x' * 301}", "line 1: title is longer than 300 characters"),
    ("duration: 30", "duration: 30\naccessType: open", "line 3: accessType must be one of public, private"),
    ("duration: 30", "duration: 30\nisActive: yes", "line 3: isActive must be true or false"),
    ("duration: 30", "duration: 30\ncreatedAt: today", "line 3: createdAt must be a time such as 2031-05-06T12"),
    ("duration: 30", "duration: 30\ntags: easy", "line 3: tags must be a list"),
    (
        "duration: 30",
        "duration: 30\nsettings:\n  captureSecond: 5",
        "line 4: settings: captureSecond cannot stand: there is no setting 'captureSecond'",
    ),
    (
        "duration: 30",
        "duration: 30\nsettings:\n  marking: best",
        "line 4: settings: marking cannot stand: the setting marking cannot be 'best'",
    ),
    ("title: One", "sectionOrder: 1", "line 4: section 1: title is missing"),
    ("type: MCQ", "type: MCX", "line 6: section 1, question 1: type must be one of MCQ, MSQ, Essay, Coding"),
    ("What?", '" "', "line 7: section 1, question 1: questionText must not be empty"),
    ("points: 2", "points: two", "line 8: section 1, question 1: points must be a number such as 2, 0.5 or '1.25'"),
    ("points: 2", "points: -2", "line 8: section 1, question 1: points must be at least 0"),
    ("points: 2", "points: 1e999999999", "line 8: section 1, question 1: points must be a number such as"),
    ("points: 2", "pionts: 2", "line 8: section 1, question 1: pionts is not a field here; did you mean points?"),
    ("isCorrect: true", "isCorrect: maybe", "line 11: section 1, question 1, option 1: isCorrect must be true or"),
    ("isCorrect: true", "weight: 2", "line 11: section 1, question 1, option 1: weight must be at most 1"),
    ("isCorrect: true", "isCorrect: false", "line 6: section 1, question 1: exactly one option must be correct"),
    ("- optionText: No", "- Yes", "line 12: section 1, question 1, option 2: must be a list of fields"),
    ('"1.50"', "1\n        options: [{optionText: a}]", "line 13: section 1, question 2: an open question has no"),
]


@pytest.mark.parametrize(("old", "new", "note"), FAULTS)
def test_faults_name_line_and_field(old: str, new: str, note: str) -> None:
    assert old in SMALL
    found = notes(read(SMALL.replace(old, new, 1)))
    assert any(n.startswith(note) for n in found), found


def test_json_faults_name_line_and_field_too() -> None:
    text = json_text(a_test()).replace('"type": "MSQ"', '"type": "MSX"', 1).replace('"points": "1"', '"points": [1]', 1)
    reading = read(text, "exam.json")
    lines = text.split("\n")
    for note in notes(reading):
        number = int(note.removeprefix("line ").partition(":")[0])
        assert ('"MSX"' in lines[number - 1]) or ('"points": [1]' in lines[number - 1]), note
    assert len(notes(reading)) == 2


def test_several_faults_are_told_at_once_and_cost_only_their_questions() -> None:
    text = SMALL.replace("type: MCQ", "type: MCX").replace("points: 2", "points: x")
    reading = read(text)
    assert len(reading.items[0].notes) == 2
    assert [i.status for i in reading.items] == [Status.REJECTED, Status.KEPT]
    assert [i.line for i in reading.items] == [6, 13]
    assert [q.question_text for q in whole_rest(reading).sections[0].questions] == ["Why?"]


def whole_rest(reading: Reading) -> Test:
    """Return the test of what came through."""
    assert reading.test is not None
    return reading.test


def test_a_fault_of_the_test_itself_leaves_no_test_but_reads_the_questions() -> None:
    reading = read(SMALL.replace("duration: 30", "duration: x").replace("points: 2", "points: x"))
    assert reading.test is None
    assert [i.status for i in reading.items] == [Status.REJECTED, Status.REJECTED, Status.KEPT]


def test_a_test_that_cannot_be_published_is_told() -> None:
    text = SMALL.replace("duration: 30", "duration: 30\nsettings:\n  immediateFeedback: true")
    assert "cannot be published: immediateFeedback is for practice" in notes(read(text))[0]
    text = SMALL.replace("    questions:", "    questions: []\n  - title: Two\n    questions:")
    assert "cannot be published: section 'One': there is no active question" in notes(read(text))[0]


@pytest.mark.parametrize("key", ["questionId", "sectionId"])
def test_an_id_that_stands_twice_is_told(key: str) -> None:
    if key == "questionId":
        text = SMALL.replace("- type", "- questionId: q\n        type")
    else:
        text = SMALL.replace("- title", "- sectionId: s\n    title")
        text += text[text.index("  - sectionId") :]
    assert any("second time" in n or "belongs to another question" in n for n in notes(read(text)))


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("a: &x 1\nb: *x", "line 1: anchors (&name) are not taken"),
        ("a: 1\nb: *x", "line 2: aliases (*name) are not taken"),
        ("a: !!python/object/apply:os.system [ls]", "line 1: tags (tag:yaml.org,2002:python/object/apply:os.system)"),
        ("a: !mine 1", "line 1: tags (!mine) are not taken"),
        ("a: 1\na: 2", "line 2: 'a' stands here for the second time; the first is on line 1."),
        ("a:\n  - [", "line 3: this is not YAML"),
        ("a: 1\n b: 2", "line 2: this is not YAML"),
        ("a: \x07", "line 1: a character that no text file should hold."),
        ("- " * 30 + "a", "line 1: nested deeper than 10 levels."),
        ("[" * 50_000, "line 1: nested deeper than 10 levels."),
        ("{a: " * 50_000, "line 1: nested deeper than 10 levels."),
        ("a: 1\n---\nb: 2", "line 3: a second document begins here"),
        ("? [a]\n: b", "line 1: the name of a field must be a word."),
        ("", "line 1: must be a list of fields"),
        ("just words", "line 1: must be a list of fields"),
        ("- a\n- b", "line 1: must be a list of fields"),
        ("title: x\nsections: []\nduration: 1", "line 2: sections must hold at least 1 entry"),
        ("<<: {title: x}", "line 1: << is not a field here"),
    ],
)
def test_hostile_and_broken_yaml_is_refused_in_words(text: str, note: str) -> None:
    found = notes(read(text))
    assert any(n.startswith(note) for n in found), found


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ('{"a": 1,\n"a": 2}', "line 2: 'a' stands here for the second time; the first is on line 1."),
        ('{"a": NaN}', "line 1: NaN is no number."),
        ('{"a":\n' + "9" * 5000 + "}", "line 2: 99999999999999999999 is no number."),
        ("[" * 100_000, "line 1: "),
        ("[" * 100_000 + "]" * 100_000, "line 1: nested deeper than 10 levels."),
        ('{"a": ' * 20 + "1" + "}" * 20, "line 1: nested deeper than 10 levels."),
        ('{\n"\\ud800": 1}', "line 2: half a character"),
        ("{a: 1}", "line 1: this is not JSON"),
        ('{"a": 1}\n{"b": 1}', "line 2: this is not JSON (Extra data)."),
        ('{"a": 1,\n}', "line 2: this is not JSON"),
        ("", "line 1: this is not JSON"),
        ('{"title": 5}', "line 1: title must be text, in quotes"),
        ('{"title": "x", "duration": true}', "line 1: duration must be a whole number"),
    ],
)
def test_hostile_and_broken_json_is_refused_in_words(text: str, note: str) -> None:
    found = notes(read(text, "exam.json"))
    assert any(n.startswith(note) for n in found), found


def test_without_the_package_for_yaml_the_words_say_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    for act in (lambda: read(SMALL), lambda: yaml_text(a_test())):
        with pytest.raises(KioskError, match=r"Install exam-kiosk\[central\]"):
            act()
    assert whole(read(json_text(a_test()), "exam.json")) == a_test()


def test_only_so_many_values_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.exchange.tree.MOST_VALUES", 10)
    assert notes(read(SMALL)) == ["line 8: more than 10 values."]


def test_escape_codes_and_invisible_characters_do_not_come_in() -> None:
    text = SMALL.replace("What?", '"W\\e[31mhat\\u202e?\\u200b"')
    assert whole(read(text)).sections[0].questions[0].question_text == "W[31mhat?"


def test_the_schema_is_a_schema_and_knows_every_field_of_the_page() -> None:
    Draft202012Validator.check_schema(exam_schema())
    SCHEMA.validate(yaml.safe_load(yaml_text(a_test())))
    SCHEMA.validate(json.loads(json_text(a_test())))
    for wrong in (
        {"title": "x"},
        {**native_form.test_form(a_test()), "more": 1},
        {**native_form.test_form(a_test()), "settings": {"x": "y"}},
    ):
        assert not SCHEMA.is_valid(wrong)
    parts = exam_schema()["$defs"]
    assert {"questionText", "hints", "attachments", "questionBankId", "order"} <= set(
        parts["QuestionPart"]["properties"]
    )
    assert {"optionText", "isCorrect", "optionOrder", "feedback"} <= set(parts["OptionPart"]["properties"])
    assert {"title", "instructions", "sectionOrder", "duration", "isMandatory"} <= set(
        parts["SectionPart"]["properties"]
    )
