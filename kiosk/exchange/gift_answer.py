"""What stands between the braces of a GIFT question: its kind, and the choices of one that has choices."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction

from kiosk.exam.error import Invalid

_CLOZE = re.compile(r"\s*\d*:[A-Z]+(?:_[A-Z]+)*:")
_WEIGHT = re.compile(r"%(-?[0-9]{1,5}(?:[.,][0-9]{1,12})?)%")
_TRUE = frozenset({"T", "TRUE"})
_FALSE = frozenset({"F", "FALSE"})
_ODD_PARTS = (3, 6, 7, 9)
"""Moodle rounds thirds, sixths, sevenths and ninths; they are meant exactly."""
_PLACES = Decimal(1).scaleb(-18)


class Kind(StrEnum):
    """The kinds of GIFT question."""

    CHOICE = "multiple choice"
    TRUE_FALSE = "true/false"
    ESSAY = "essay"
    SHORT = "short answer"
    NUMERICAL = "numerical"
    MATCHING = "matching"
    CLOZE = "cloze (embedded answers)"
    DESCRIPTION = "description"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer, its texts still masked."""

    text: str
    is_right: bool
    """Whether it is marked with an equals sign."""
    weight: Decimal | None = None
    """Share of the points, -1 to 1, where the file gives one."""
    feedback: str = ""


def kind_of(answer: str) -> Kind:
    """Return the kind of question an answer makes, by Moodle's own order of tests."""
    if not answer:
        return Kind.ESSAY
    if _CLOZE.match(answer):
        return Kind.CLOZE
    if answer[0] == "#":
        return Kind.NUMERICAL
    if "~" in answer:
        return Kind.CHOICE
    if "=" in answer and "->" in answer:
        return Kind.MATCHING
    return Kind.SHORT if truth(answer) is None else Kind.TRUE_FALSE


def truth(answer: str) -> bool | None:
    """Return what a true/false answer says, or None for any other answer."""
    word = answer.partition("#")[0].strip().upper()
    return True if word in _TRUE else False if word in _FALSE else None


def truth_feedback(answer: str) -> tuple[str, str]:
    """Return the feedback for the wrong and for the right choice of a true/false answer."""
    parts = [p.strip() for p in answer.split("#")[1:3]]
    wrong, right = (*parts, "", "")[:2]
    return wrong, right


def choices(answer: str) -> tuple[Choice, ...]:
    """Return the choices of a multiple choice answer; raises Invalid for a weight that is none."""
    first, *pieces = answer.replace("=", "~=").split("~")
    return tuple(_choice(p) for p in ([first, *pieces] if first.strip() else pieces))


def _choice(piece: str) -> Choice:
    is_right = piece.startswith("=")
    body, _, feedback = piece.removeprefix("=").partition("#")
    body = body.strip()
    weight = None
    if body.startswith("%") and (found := _WEIGHT.match(body)):
        weight, body = share(found[1]), body[found.end() :].strip()
    return Choice(body, is_right, weight, feedback.strip())


def share(percent: str) -> Decimal:
    """Return a percentage as an exact share; rounded thirds, sixths, sevenths and ninths are taken as meant.

    Raises Invalid for more than 100 percent either way.
    """
    written = percent.replace(",", ".")
    try:
        value = Decimal(written) / 100
    except InvalidOperation as error:
        raise Invalid(f"the weight %{percent}% is no number") from error
    if abs(value) > 1:
        raise Invalid(f"the weight %{percent}% is more than 100")
    digits = len(written.partition(".")[2])
    return _meant(value, digits) if digits else value.normalize()


def _meant(value: Decimal, digits: int) -> Decimal:
    step = Fraction(1, 100 * 10**digits)
    for parts in _ODD_PARTS:
        near = Fraction(round(Fraction(value) * parts), parts)
        if near.denominator == parts and abs(near - Fraction(value)) < step:
            return (Decimal(near.numerator) / Decimal(parts)).quantize(_PLACES)
    return value.normalize()
