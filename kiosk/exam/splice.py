"""A splice: the one place where two texts differ, so that typing costs a few bytes an entry."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kiosk.exam.error import Invalid


@dataclass(frozen=True, slots=True)
class Splice:
    """Replace `removed` code points from `start` by `inserted`."""

    start: int
    removed: int
    inserted: str

    @classmethod
    def between(cls, before: str, after: str) -> "Splice":
        """Return the splice that turns `before` into `after`, as small as common ends allow."""
        shorter = min(len(before), len(after))
        start = 0
        while start < shorter and before[start] == after[start]:
            start += 1
        end = 0
        while end < shorter - start and before[-1 - end] == after[-1 - end]:
            end += 1
        return cls(start, len(before) - start - end, after[start : len(after) - end])

    def apply(self, text: str) -> str:
        """Return `text` with the splice made; raises Invalid where it does not fit."""
        if self.start < 0 or self.removed < 0 or self.start + self.removed > len(text):
            raise Invalid("a piece of typing does not fit the text before it")
        return text[: self.start] + self.inserted + text[self.start + self.removed :]

    def document(self) -> dict[str, Any]:
        """Return the splice as plain JSON values."""
        return {"start": self.start, "removed": self.removed, "inserted": self.inserted}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Splice":
        """Read `document` back, ignoring what else stands beside it."""
        return cls(document["start"], document["removed"], document["inserted"])
