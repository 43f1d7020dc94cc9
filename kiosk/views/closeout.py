"""Close-out: every row of the roster, and what is still missing before the hall may be closed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseoutLine:
    """One candidate of one test, and how far their sitting has come."""

    test: str
    candidate: str
    roll_number: str | None
    seat: str | None
    attendance: str
    """expected, present, absent, sent away."""
    at_seat: str
    """In progress, handed in, sealed, or - where nothing was begun."""
    in_hall: str
    at_central: str
    missing: str = ""
    """What is not explained and what to do about it; empty where all is well."""


@dataclass(frozen=True, slots=True)
class Closeout:
    """The roster of a hall after the exam."""

    lines: tuple[CloseoutLine, ...]

    @property
    def is_explained(self) -> bool:
        """Whether every row is explained, so that the hall may be closed."""
        return not any(line.missing for line in self.lines)
