"""The report of an import: what was kept, approximated or rejected, and why, before anything is written."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kiosk.exam.draft import Question, Test
from kiosk.exam.text import clean_line
from kiosk.exchange.native_form import question_form


class Status(StrEnum):
    """What became of one item of a file."""

    KEPT = "kept"
    APPROXIMATED = "approximated"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Item:
    """One question of a file, or the file's own frame, and what became of it."""

    identifier: str
    title: str
    status: Status
    notes: tuple[str, ...] = ()
    line: int | None = None
    """Where the item begins, counted from 1."""
    question: Question | None = None
    """None for what was rejected."""

    @property
    def remarks(self) -> tuple[str, ...]:
        """The notes, each beginning with a line number where there is one."""
        here = "" if self.line is None else f"line {self.line}: "
        return tuple(note if note.startswith("line ") else here + note for note in self.notes)

    def document(self) -> dict[str, Any]:
        """Return the item as plain JSON values."""
        return {
            "identifier": self.identifier,
            "title": self.title,
            "status": self.status.value,
            "notes": list(self.notes),
            "line": self.line,
            "question": None if self.question is None else question_form(self.question),
        }


@dataclass(frozen=True, slots=True)
class Reading:
    """One file as it was read: the report on each of its items, and the test made of what came through."""

    file: str
    format: str
    items: tuple[Item, ...]
    test: Test | None
    """Without the rejected questions; None where nothing is left to make a test of."""
    notes: tuple[str, ...] = ()
    """What holds for the whole file, such as a guessed encoding or a title made up."""

    def count(self, status: Status) -> int:
        """Return how many items have a status."""
        return sum(item.status is status for item in self.items)

    @property
    def is_clean(self) -> bool:
        """Whether nothing was rejected and there is a test."""
        return self.test is not None and not self.count(Status.REJECTED)

    def document(self) -> dict[str, Any]:
        """Return the report as plain JSON values."""
        counts = Counter(item.status for item in self.items)
        return {
            "file": self.file,
            "format": self.format,
            "counts": {status.value: counts[status] for status in Status},
            "notes": list(self.notes),
            "items": [item.document() for item in self.items],
        }


def title_of(text: str, longest: int = 60) -> str:
    """Return the beginning of a question as one line, for lists."""
    line = clean_line(text, 1_000)
    return line if len(line) <= longest else line[: longest - 3].rstrip() + "..."


def rejected(identifier: str, title: str, notes: Iterable[str], line: int | None) -> Item:
    """Return the item of something that could not be brought in."""
    return Item(identifier, title, Status.REJECTED, tuple(notes), line)
