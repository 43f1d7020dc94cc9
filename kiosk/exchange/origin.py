"""Where an import comes from: when, by whom, and how things that have no id get one."""

import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Origin:
    """What a file does not say itself."""

    at: datetime
    by: str
    new_id: Callable[[str], str]
    """Gives an id to a `test`, `section` or `question` that has none."""

    @classmethod
    def of(cls, at: datetime, by: str) -> "Origin":
        """Return the origin of a real import: ids that no other import has."""
        return cls(at, by, lambda kind: uuid.uuid4().hex)

    @classmethod
    def rehearsed(cls) -> "Origin":
        """Return the origin of a look at a file: numbered ids, so that two looks say the same."""
        counts: Counter[str] = Counter()

        def number(kind: str) -> str:
            counts[kind] += 1
            return f"{kind}-{counts[kind]}"

        return cls(datetime(2000, 1, 1, tzinfo=UTC), "nobody", number)


def letter(place: int) -> str:
    """Return the id of an option that has none: A, B, C ... by its place from 0."""
    return chr(ord("A") + place) if place < 26 else f"O{place + 1}"
