"""The press: prints a draft into a Paper and a Key, by naming every field that may be printed."""

from collections import Counter
from decimal import Decimal

from kiosk.exam.draft import Question, QuestionType, Section, Test
from kiosk.exam.error import Invalid
from kiosk.exam.key import Key, KeyQuestion, MarkingRule
from kiosk.exam.paper import Paper, PaperOption, PaperQuestion, PaperSection
from kiosk.exam.policy import Policy
from kiosk.exam.setting import check_setting, read_setting
from kiosk.exam.text import clean_text


def print_test(test: Test, key_version: int = 1) -> tuple[Paper, Key]:
    """Print a draft; raises Invalid, naming the place, for a draft that could not be sat or marked."""
    for key, value in test.settings.items():
        check_setting(key, value)
    _check(test)
    policy = Policy.from_settings(test.access_type, test.max_attempts, test.settings)
    sections = tuple(sorted(test.sections, key=lambda s: (s.section_order, s.section_id)))
    paper = Paper(
        test_id=test.test_id,
        title=clean_text(test.title),
        description=_optional(test.description),
        instructions=_optional(test.instructions),
        test_version=test.test_version,
        duration_minutes=test.duration,
        randomized_questions=bool(test.randomized_questions),
        randomized_options=bool(test.randomized_options),
        policy=policy,
        sections=tuple(_print_section(s) for s in sections),
    )
    return paper, _print_key(test, paper, policy, key_version)


def active_questions(section: Section) -> tuple[Question, ...]:
    """Return the questions of a section that are printed, in order."""
    active = (q for q in section.questions if q.is_active)
    return tuple(sorted(active, key=lambda q: (q.order or 0, q.question_id)))


def _check(test: Test) -> None:
    if test.duration < 1:
        raise Invalid(f"test {test.title!r}: duration must be at least one minute")
    if not test.sections:
        raise Invalid(f"test {test.title!r} has no section")
    _check_ids(test)
    for section in test.sections:
        if section.duration is not None and section.duration < 1:
            raise Invalid(f"section {section.title!r}: duration must be at least one minute")
        if not active_questions(section):
            raise Invalid(f"section {section.title!r} has no active question")
        for number, question in enumerate(active_questions(section), 1):
            problem = problem_of(question)
            if problem:
                raise Invalid(f"section {section.title!r}, question {number}: {problem}")


def _check_ids(test: Test) -> None:
    ids = [s.section_id for s in test.sections] + [q.question_id for s in test.sections for q in s.questions]
    twice = next((i for i, count in Counter(ids).items() if count > 1), None)
    if twice is not None:
        raise Invalid(f"the id {twice!r} stands twice in the test {test.title!r}")


def problem_of(question: Question) -> str | None:
    """Return why a question could not be sat or marked, or None when it can."""
    right = sum(o.is_correct for o in question.options)
    ids = {o.option_id for o in question.options}
    if not clean_text(question.question_text).strip():
        return "there is no text"
    if question.points < 0:
        return "points cannot be negative"
    if not _in_order(question.min_words, question.max_words):
        return "minWords is more than maxWords"
    if not question.type.is_choice:
        return "an open question has no options" if question.options else None
    if len(ids) != len(question.options):
        return "two options have the same id"
    if len(question.options) < 2:
        return "it needs at least two options"
    if not _in_order(question.min_choices, question.max_choices, len(question.options)):
        return "minChoices is more than maxChoices, or either is more than there are options"
    if question.type is QuestionType.TRUE_FALSE and len(question.options) != 2:
        return "True/False has two options"
    if question.type is QuestionType.MSQ:
        return None if right or any(o.weight for o in question.options) else "no option is correct"
    return None if right == 1 else f"exactly one option must be correct, not {right}"


def _in_order(*numbers: int | None) -> bool:
    known = [n for n in numbers if n is not None]
    return known == sorted(known)


def _print_section(section: Section) -> PaperSection:
    return PaperSection(
        section_id=section.section_id,
        title=clean_text(section.title),
        instructions=_optional(section.instructions),
        duration_minutes=section.duration,
        is_mandatory=bool(section.is_mandatory),
        questions=tuple(_print_question(q) for q in active_questions(section)),
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
        attachments=question.attachments,
        shuffle=question.shuffle is not False and question.type is not QuestionType.TRUE_FALSE,
        min_choices=question.min_choices,
        max_choices=question.max_choices,
        min_words=question.min_words,
        max_words=question.max_words,
        language=question.language,
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
