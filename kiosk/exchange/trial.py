"""One response to one question of a file, marked for trial before the file is imported."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from kiosk.exam.answer import Answer
from kiosk.exam.draft import Question, Section, Test
from kiosk.exam.error import Invalid
from kiosk.exam.marking import mark_answer
from kiosk.exam.press import print_test
from kiosk.exchange.origin import letter
from kiosk.exchange.report import Reading

_MARKING = ("marking", "wrongAnswerPenalty", "negativeTotal")


@dataclass(frozen=True, slots=True)
class Trial:
    """What a response gets; points and correct are None for what a person marks."""

    points: Decimal | None
    max_points: Decimal
    correct: bool | None

    def document(self) -> dict[str, Any]:
        """Return the trial as plain JSON values, points as strings."""
        return {
            "points": None if self.points is None else str(self.points),
            "maxPoints": str(self.max_points),
            "correct": self.correct,
        }


def try_response(reading: Reading, identifier: str, response: Sequence[str]) -> Trial:
    """Mark the options `response` names, by id or by letter, under the test's own settings; raises Invalid."""
    question = _question(reading, identifier)
    settings = {k: v for k, v in (reading.test.settings if reading.test else {}).items() if k in _MARKING}
    key = print_test(_only(question, reading, settings))[1]
    chosen = tuple(sorted(_option_id(question, name) for name in response)) if question.type.is_choice else ()
    answer = Answer(question.question_id, option_ids=chosen, text=",".join(response) if not chosen else "")
    mark = mark_answer(key, key.questions[0], answer)
    if mark is None:
        return Trial(None, question.points, None)
    return Trial(mark.points, mark.max_points, mark.is_correct)


def _question(reading: Reading, identifier: str) -> Question:
    found = [i for i in reading.items if identifier in (i.identifier, i.title)]
    if not found:
        raise Invalid(f"{reading.file}: has no item {identifier!r}; `kiosk exam check` names them all.")
    for item in found:
        if item.question is not None:
            return item.question
    raise Invalid(f"{reading.file}: the item {identifier!r} was rejected: {'; '.join(found[0].notes)}")


def _only(question: Question, reading: Reading, settings: dict[str, str]) -> Test:
    assert reading.test is not None
    section = Section(
        section_id="trial", title="Trial", section_order=1, questions=(replace(question, is_active=True),)
    )
    return replace(reading.test, settings=settings, sections=(section,))


def _option_id(question: Question, name: str) -> str:
    ids = [o.option_id for o in question.options]
    if name in ids:
        return name
    letters = {letter(place): option_id for place, option_id in enumerate(ids)}
    if name.upper() in letters:
        return letters[name.upper()]
    raise Invalid(f"{name!r} is no option of {question.question_id!r}; it has {', '.join(ids)}.")
