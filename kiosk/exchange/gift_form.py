"""A test as GIFT, with a note for everything GIFT has no place for."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from kiosk.exam.canonical import decimal_text
from kiosk.exam.draft import Option, Question, QuestionType, Section, Test
from kiosk.exchange.gift_text import outside_code
from kiosk.exchange.markdown_text import escape

_SPECIAL = re.compile(r"[\\~=#{}:]")
_HTML = re.compile(r"<(?=[A-Za-z/!?])|&(?=#?[A-Za-z0-9]+;)")
_NAMES = {"<": "lt", "&": "amp"}
_UNKEPT = (
    ("hints", "hints"),
    ("attachments", "attachments"),
    ("rubric", "a rubric"),
    ("min_words", "minWords"),
    ("max_words", "maxWords"),
    ("min_choices", "minChoices"),
    ("max_choices", "maxChoices"),
)
_HUNDREDTH_THOUSANDTH = Decimal("0.00001")


@dataclass(frozen=True, slots=True)
class Written:
    """The text of a file and what is not in it."""

    text: str
    notes: tuple[str, ...]
    left_out: int
    """How many questions are not in it at all."""


def gift_text(test: Test) -> Written:
    """Return a test as a GIFT file; what GIFT cannot hold is left out and noted."""
    notes = ["GIFT has no title, instructions, times, settings or points: only sections and questions are written"]
    pieces: list[str] = []
    for section in test.sections:
        pieces.append(_category(section))
        for number, question in enumerate(section.questions, 1):
            place = f"section {section.title!r}, question {number}"
            pieces += _question(question, place, notes)
    left_out = sum(q.type is QuestionType.CODING or not q.is_active for s in test.sections for q in s.questions)
    return Written("\n\n".join(pieces) + "\n", tuple(notes), left_out)


def _category(section: Section) -> str:
    return f"$CATEGORY: {section.title.replace('/', '//')}"


def _question(question: Question, place: str, notes: list[str]) -> Iterator[str]:
    if question.type is QuestionType.CODING:
        notes.append(f"{place}: left out; GIFT has no coding questions")
        return
    if not question.is_active:
        notes.append(f"{place}: left out; GIFT has no inactive questions")
        return
    lost = [word for name, word in _UNKEPT if getattr(question, name)]
    if question.shuffle is False:
        lost.append("shuffle")
    if lost:
        notes.append(f"{place}: written without {', '.join(lost)}")
    if question.type is QuestionType.MSQ and all(o.weight is None for o in question.options):
        notes.append(f"{place}: all-or-nothing marking became weights")
    feedback = f"####{_phrase(question.feedback)}" if question.feedback else ""
    yield f"{_head(question)}[markdown]{_escaped(_stem(question.question_text))}{{{_answer(question)}{feedback}}}"


def _stem(text: str) -> str:
    return outside_code(text, lambda piece: _HTML.sub(lambda found: f"&{_NAMES[found[0]]};", piece))


def _head(question: Question) -> str:
    marks = [f"[id:{_mark(question.question_id)}]", *(f"[tag:{_mark(t)}]" for t in question.tags)]
    return f"// {' '.join(marks)}\n"


def _mark(text: str) -> str:
    return text.replace("[", "(").replace("]", ")")


def _answer(question: Question) -> str:
    if question.type is QuestionType.ESSAY:
        return ""
    if question.type is QuestionType.TRUE_FALSE and (truth := _truth(question.options)) is not None:
        return truth
    several = question.type is QuestionType.MSQ
    shares = _shares(question.options) if several else [o.weight for o in question.options]
    lines = (_choice(o, share, several) for o, share in zip(question.options, shares, strict=True))
    return "\n" + "\n".join(lines) + "\n"


def _truth(options: tuple[Option, ...]) -> str | None:
    by_word = {o.option_text.casefold(): o for o in options}
    if set(by_word) != {"true", "false"}:
        return None
    right = by_word["true"] if by_word["true"].is_correct else by_word["false"]
    wrong = by_word["false"] if right is by_word["true"] else by_word["true"]
    word = "TRUE" if right is by_word["true"] else "FALSE"
    if not (right.feedback or wrong.feedback):
        return word
    after = f"#{_phrase(right.feedback)}" if right.feedback else ""
    return f"{word}#{_phrase(wrong.feedback or '')}{after}"


def _choice(option: Option, share: Decimal | None, several: bool) -> str:
    sign = "=" if option.is_correct and not several else "~"
    is_plain = share is None or (not several and share == int(option.is_correct))
    weight = "" if is_plain or share is None else f"%{_percent(share)}%"
    feedback = f"#{_phrase(option.feedback)}" if option.feedback else ""
    return f"\t{sign}{weight}{_phrase(option.option_text)}{feedback}"


def _shares(options: tuple[Option, ...]) -> list[Decimal | None]:
    if any(o.weight is not None for o in options):
        return [o.weight if o.weight is not None else Decimal(0) for o in options]
    right = sum(o.is_correct for o in options)
    return [Decimal(1) / right if o.is_correct else Decimal(-1) for o in options]


def _percent(share: Decimal) -> str:
    return decimal_text((share * 100).quantize(_HUNDREDTH_THOUSANDTH))


def _phrase(text: str) -> str:
    """Return an option or a feedback; Markdown's marks in it are plain characters."""
    is_marked = escape(text) != text or _HTML.search(text) or text[:1] in ("[", "%")
    return f"{'[plain]' if is_marked else ''}{_escaped(text)}"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda found: "\\" + found[0], text).replace("\n", "\\n")
