"""An exercise: one thing lost on purpose, what was measured, and whether that is good enough."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """What one exercise came to; `measured` is None where there was nothing to measure, or it never came to be."""

    name: str
    measured: float | None
    target: float
    """At most so much is good enough."""
    unit: str
    holds: bool = True
    """Whether all that must be true beside the measure is."""
    words: str = ""
    skipped: bool = False

    @property
    def passed(self) -> bool:
        """Whether it is good enough; what was skipped is neither."""
        return self.holds and self.measured is not None and self.measured <= self.target

    def document(self) -> dict[str, Any]:
        """Return the exercise as `kiosk drill --json` prints it; `pass` is null where it was skipped."""
        return {
            "name": self.name,
            "measured": None if self.measured is None else round(self.measured, 3),
            "target": self.target,
            "unit": self.unit,
            "pass": None if self.skipped else self.passed,
            "words": self.words,
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a whole drill came to."""

    seats: int
    exercises: tuple[Exercise, ...]
    discrepancies: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether every exercise that was done is good enough, and nothing is missing or doubled."""
        done = [e for e in self.exercises if not e.skipped]
        return bool(done) and all(e.passed for e in done) and not self.discrepancies

    def document(self) -> dict[str, Any]:
        """Return the verdict as `kiosk drill --json` prints it."""
        return {
            "ok": self.ok,
            "seats": self.seats,
            "exercises": [e.document() for e in self.exercises],
            "discrepancies": list(self.discrepancies),
        }
