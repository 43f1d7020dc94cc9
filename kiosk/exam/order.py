"""Each candidate's own order of questions and options, drawn from a seed that can be shown later."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from kiosk.exam.paper import Paper, PaperQuestion, PaperSection

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class QuestionOrder:
    """One question and its options in the order this candidate sees them."""

    question_id: str
    option_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SectionOrder:
    """One section and its questions in the order this candidate sees them."""

    section_id: str
    questions: tuple[QuestionOrder, ...]


Order = tuple[SectionOrder, ...]


def draw_order(paper: Paper, seed: str) -> Order:
    """Return the realised order for a seed: Fisher-Yates within sections and within questions."""
    return tuple(
        SectionOrder(s.section_id, tuple(_draw_question(paper, q, seed) for q in _draw_section(paper, s, seed)))
        for s in paper.sections
    )


def _draw_section(paper: Paper, section: PaperSection, seed: str) -> Sequence[PaperQuestion]:
    if not paper.randomized_questions:
        return section.questions
    return shuffled(section.questions, f"{seed}/questions/{section.section_id}")


def _draw_question(paper: Paper, question: PaperQuestion, seed: str) -> QuestionOrder:
    ids = tuple(o.option_id for o in question.options)
    if paper.randomized_options and question.shuffle:
        ids = shuffled(ids, f"{seed}/options/{question.question_id}")
    return QuestionOrder(question.question_id, ids)


def shuffled(items: Sequence[T], seed: str) -> tuple[T, ...]:
    """Return `items` in an order fixed by `seed`.

    Fisher and Yates in Durstenfeld's form; each draw takes 8 bytes of SHA-256(seed || 0x00 || counter) and
    rejects the uneven rest, so that every order is equally likely.
    """
    drawn = list(items)
    counter = 0
    for last in range(len(drawn) - 1, 0, -1):
        bound = last + 1
        while True:
            block = hashlib.sha256(seed.encode() + b"\0" + counter.to_bytes(8, "big")).digest()
            counter += 1
            number = int.from_bytes(block[:8], "big")
            if number < 2**64 - 2**64 % bound:
                break
        chosen = number % bound
        drawn[last], drawn[chosen] = drawn[chosen], drawn[last]
    return tuple(drawn)


def order_document(order: Order) -> list[dict[str, Any]]:
    """Return an order as plain JSON values, as `opened` stores it."""
    return [
        {
            "section": s.section_id,
            "questions": [{"question": q.question_id, "options": list(q.option_ids)} for q in s.questions],
        }
        for s in order
    ]


def read_order(document: Sequence[Any]) -> Order:
    """Read `order_document` back."""
    return tuple(
        SectionOrder(
            s["section"],
            tuple(QuestionOrder(q["question"], tuple(q["options"])) for q in s["questions"]),
        )
        for s in document
    )
