"""The replay of a journal: where the sitting stood after each entry, for an appeal or a look over the shoulder."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from kiosk.exam.answer import Answer
from kiosk.exam.attempt import Attempt
from kiosk.exam.entry import Entry, Genesis, Kind
from kiosk.exam.moment import Moment
from kiosk.exam.paper import Paper


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a sitting stood after one entry."""

    entry: Entry
    phase: str
    section: str | None
    question: str | None
    """The question on the screen."""
    answered: int
    used_ms: int
    left_ms: int
    answer: Answer | None
    """The answer the entry was about, as it then stood."""

    def document(self) -> dict[str, Any]:
        """Return the frame as plain JSON values."""
        return {
            "seq": self.entry.seq,
            "at": self.entry.at,
            "kind": self.entry.kind.value,
            "phase": self.phase,
            "section": self.section,
            "question": self.question,
            "answered": self.answered,
            "usedMs": self.used_ms,
            "leftMs": self.left_ms,
            "answer": None if self.answer is None else answer_document(self.answer),
        }


def replay(paper: Paper, genesis: Genesis, entries: Iterable[Entry]) -> Iterator[Frame]:
    """Yield the state after each entry of a verified journal, as the seat that wrote it saw it."""
    attempt = Attempt(paper, genesis)
    for entry in entries:
        attempt.apply(entry)
        attempt.seat = attempt.holder
        about = entry.body.get("question") if entry.kind is not Kind.VISITED else None
        yield Frame(
            entry=entry,
            phase=attempt.phase.value,
            section=attempt.section,
            question=attempt.question,
            answered=attempt.answered_count,
            used_ms=attempt.ledger.used_ms,
            left_ms=attempt.ledger.left_ms(Moment(entry.at, entry.boot_id, entry.boot_ms)),
            answer=attempt.answers.get(about) if about else None,
        )


def answer_document(answer: Answer) -> dict[str, Any]:
    """Return one answer as plain JSON values."""
    return {
        "question": answer.question_id,
        "options": list(answer.option_ids),
        "text": answer.text,
        "flagged": answer.flagged,
        "hintsShown": answer.hints_shown,
    }
