"""Proof-reading: why a draft could not be sat or marked, before anything is printed."""

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction

from kiosk.exam.draft import Question, QuestionType, Section, Test
from kiosk.exam.error import Invalid
from kiosk.exam.key import MarkingRule
from kiosk.exam.setting import check_setting, read_setting
from kiosk.exam.text import LONGEST_TEXT, clean_line, clean_text

LONGEST_MINUTES = 10_080
"""A week."""
MOST_POINTS = Decimal(100_000)
MOST_PLACES = 6
LONGEST_ID = 200


def proof_read(test: Test) -> None:
    """Raise Invalid, naming the place, for a draft that could not be sat or marked."""
    for key, value in test.settings.items():
        check_setting(key, value)
    rule = MarkingRule(read_setting(test.settings, "marking"))
    for problem in _test_problems(test):
        raise Invalid(f"test {test.title!r}: {problem}")
    for section in test.sections:
        for problem in _section_problems(section):
            raise Invalid(f"section {section.title!r}: {problem}")
        for number, question in enumerate(section.printed, 1):
            words = problem_of(question) or _rule_problem(question, rule)
            if words:
                raise Invalid(f"section {section.title!r}, question {number}: {words}")


def problem_of(question: Question) -> str | None:
    """Return why a question could not be sat or marked under any rule, or None when it can."""
    return next(_question_problems(question), None)


def _test_problems(test: Test) -> Iterator[str]:
    if not clean_line(test.title):
        yield "there is no title"
    if not 1 <= test.duration <= LONGEST_MINUTES:
        yield f"duration must be 1 to {LONGEST_MINUTES} minutes"
    if test.max_attempts is not None and test.max_attempts < 1:
        yield "maxAttempts must be at least 1"
    if test.pass_score is not None and not _is_number(test.pass_score):
        yield "passScore must be a number, and not below zero"
    if not test.sections:
        yield "there is no section"
    yield from _long([test.title, test.description, test.instructions])
    ids = [test.test_id, *(s.section_id for s in test.sections)]
    yield from _id_problems([*ids, *(q.question_id for s in test.sections for q in s.questions)])


def _section_problems(section: Section) -> Iterator[str]:
    if not clean_line(section.title):
        yield "there is no title"
    if section.duration is not None and not 1 <= section.duration <= LONGEST_MINUTES:
        yield f"duration must be 1 to {LONGEST_MINUTES} minutes"
    if not section.printed:
        yield "there is no active question"
    yield from _long([section.title, section.instructions])


def _question_problems(question: Question) -> Iterator[str]:
    if not clean_text(question.question_text).strip():
        yield "there is no text"
    yield from _long([question.question_text, question.starter, question.rubric, question.feedback, *question.hints])
    if not _is_number(question.points):
        yield "points must be a number of at most 6 decimals, and not below zero"
    if not _in_order(0, question.min_words, question.max_words):
        yield "minWords is more than maxWords"
    if question.type.is_choice:
        yield from _option_problems(question)
    elif question.options:
        yield "an open question has no options"


def _option_problems(question: Question) -> Iterator[str]:
    options, right = question.options, sum(o.is_correct for o in question.options)
    yield from _id_problems(o.option_id for o in options)
    if len(options) < 2:
        yield "it needs at least two options"
    if not all(clean_text(o.option_text).strip() for o in options):
        yield "an option has no text"
    yield from _long(t for o in options for t in (o.option_text, o.feedback))
    if any(o.weight is not None and not (o.weight.is_finite() and -1 <= o.weight <= 1) for o in options):
        yield "the weight of an option is -1 to 1"
    if not _in_order(0, question.min_choices, question.max_choices, len(options)):
        yield "minChoices is more than maxChoices, or either is more than there are options"
    if question.type is QuestionType.TRUE_FALSE and len(options) != 2:
        yield "True/False has two options"
    if question.type is not QuestionType.MSQ:
        if right != 1:
            yield f"exactly one option must be correct, not {right}"
        return
    if not right and not any(o.weight is not None and o.weight > 0 for o in options):
        yield "no option is correct"
    if question.max_choices is not None and question.max_choices < max(right, 1):
        yield "maxChoices is less than there are correct options"


def _rule_problem(question: Question, rule: MarkingRule) -> str | None:
    weighed = [o for o in question.options if o.weight is not None]
    if rule is MarkingRule.WEIGHTS and weighed:
        lacks = any(o.is_correct and o.weight is None for o in question.options)
        return "every correct option needs a weight, because another has one" if lacks else None
    if question.type is QuestionType.MSQ and not any(o.is_correct for o in question.options):
        return f"no option is correct, and the marking is {rule.value}"
    return None


def _id_problems(ids: Iterable[str]) -> Iterator[str]:
    counted = Counter(ids)
    for identifier, count in counted.items():
        if not identifier or len(identifier) > LONGEST_ID or clean_line(identifier) != identifier:
            yield f"the id {identifier!r} is empty, too long, or holds characters that cannot be printed"
        if count > 1:
            yield f"the id {identifier!r} stands twice"


def _long(texts: Iterable[str | None]) -> Iterator[str]:
    if any(len(text) > LONGEST_TEXT for text in texts if text):
        yield f"a text is longer than {LONGEST_TEXT:,} characters"


def _is_number(points: Decimal) -> bool:
    if not points.is_finite() or not 0 <= points <= MOST_POINTS:
        return False
    scale: int = 10**MOST_PLACES
    return (Fraction(points) * scale).denominator == 1


def _in_order(*numbers: int | None) -> bool:
    known = [n for n in numbers if n is not None]
    return known == sorted(known)
