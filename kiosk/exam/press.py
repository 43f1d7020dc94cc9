"""The press: prints a draft into a Paper and a Key, by naming every field that may be printed."""

from collections.abc import Iterable
from decimal import Decimal

from kiosk.exam.draft import Question, QuestionType, Section, Test
from kiosk.exam.key import Key, KeyQuestion, MarkingRule
from kiosk.exam.paper import Paper, PaperFile, PaperOption, PaperQuestion, PaperSection
from kiosk.exam.policy import Policy
from kiosk.exam.proof import proof_read
from kiosk.exam.setting import read_setting
from kiosk.exam.text import clean_text


def print_test(test: Test, key_version: int = 1, files: Iterable[PaperFile] = ()) -> tuple[Paper, Key]:
    """Print a draft; raises Invalid, naming the place, for a draft that could not be sat or marked.

    `files` are those its attachments name, as they are kept beside the paper.
    """
    proof_read(test)
    policy = Policy.from_settings(test.access_type, test.max_attempts, test.settings)
    sections = tuple(sorted(test.sections, key=lambda s: (s.section_order, s.section_id)))
    paper = Paper(
        test_id=test.test_id,
        title=clean_text(test.title),
        description=_optional(test.description),
        instructions=_optional(test.instructions),
        test_version=_optional(test.test_version),
        duration_minutes=test.duration,
        randomized_questions=bool(test.randomized_questions),
        randomized_options=bool(test.randomized_options),
        policy=policy,
        sections=tuple(_print_section(s) for s in sections),
        files=tuple(sorted(files, key=lambda f: f.name)),
    )
    return paper, _print_key(test, paper, policy, key_version)


def _print_section(section: Section) -> PaperSection:
    return PaperSection(
        section_id=section.section_id,
        title=clean_text(section.title),
        instructions=_optional(section.instructions),
        duration_minutes=section.duration,
        is_mandatory=bool(section.is_mandatory),
        questions=tuple(_print_question(q) for q in section.printed),
    )


def _print_question(question: Question) -> PaperQuestion:
    ordered = sorted(question.options, key=lambda o: (o.option_order, o.option_id))
    return PaperQuestion(
        question_id=question.question_id,
        type=question.type,
        text=clean_text(question.question_text),
        points=question.points,
        options=tuple(PaperOption(o.option_id, clean_text(o.option_text)) for o in ordered),
        hints=tuple(clean_text(h) for h in question.hints),
        attachments=tuple(clean_text(a) for a in question.attachments),
        shuffle=question.shuffle is not False and question.type is not QuestionType.TRUE_FALSE,
        min_choices=question.min_choices,
        max_choices=question.max_choices,
        min_words=question.min_words,
        max_words=question.max_words,
        language=_optional(question.language),
        starter=_optional(question.starter),
        examples=tuple((clean_text(a), clean_text(b)) for a, b in question.examples),
    )


def _print_key(test: Test, paper: Paper, policy: Policy, version: int) -> Key:
    questions = {q.question_id: q for s in test.sections for q in s.questions}
    return Key(
        test_id=test.test_id,
        paper_digest=paper.digest,
        version=version,
        rule=MarkingRule(read_setting(test.settings, "marking")),
        wrong_answer_penalty=Decimal(read_setting(test.settings, "wrongAnswerPenalty")),
        negative_total=read_setting(test.settings, "negativeTotal") == "true",
        hint_cost=policy.hint_cost,
        pass_score=test.pass_score,
        pass_score_is_percent=read_setting(test.settings, "passScoreIsPercent") == "true",
        questions=tuple(_key_question(questions[i]) for i in paper.questions),
    )


def _key_question(question: Question) -> KeyQuestion:
    return KeyQuestion(
        question_id=question.question_id,
        type=question.type,
        points=question.points,
        correct_ids=tuple(sorted(o.option_id for o in question.options if o.is_correct)),
        option_ids=tuple(sorted(o.option_id for o in question.options)),
        weights=tuple(sorted((o.option_id, o.weight) for o in question.options if o.weight is not None)),
        rubric=_optional(question.rubric),
        feedback=_optional(question.feedback),
        option_feedback=tuple(sorted((o.option_id, clean_text(o.feedback)) for o in question.options if o.feedback)),
    )


def _optional(text: str | None) -> str | None:
    return clean_text(text) if text else None
