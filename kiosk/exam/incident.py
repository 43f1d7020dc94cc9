"""The interruption meter: what an incident took from a candidate's clock, and what the hall's rule gives back of it.

It runs from the moment somebody noticed until the candidate works again. The hall credits what its equipment or the
hall itself caused and nothing the candidate caused; where the cause is not clear a chief decides. While the clock of
the sitting stood still nothing was lost, so nothing is given twice: never more than it used meanwhile is proposed.

A gap is the other way round: a seat that was dead charged nothing for it, and the cause says whether that stays so.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from kiosk.exam.error import Invalid


class Cause(StrEnum):
    """Who an interruption is laid to."""

    EQUIPMENT = "equipment"
    HALL = "hall"
    CANDIDATE = "candidate"
    UNCLEAR = "unclear"

    @property
    def is_credited(self) -> bool:
        """Whether the hall's rule gives the time back."""
        return self in (Cause.EQUIPMENT, Cause.HALL)


_CAUSES: Mapping[str, Cause] = {
    **{cause.value: cause for cause in Cause},
    "power": Cause.HALL,
    "fire alarm": Cause.HALL,
    "disturbance": Cause.HALL,
    "rest break": Cause.CANDIDATE,
    "behaviour": Cause.CANDIDATE,
    "late start": Cause.UNCLEAR,
    "medical": Cause.UNCLEAR,
    "other": Cause.UNCLEAR,
}


def cause_of(reason: str) -> Cause:
    """Return the cause a category of reason stands for; what the table does not name is not clear."""
    return _CAUSES.get(reason.strip().lower(), Cause.UNCLEAR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """How a sitting stood at one moment, as far as the hall could see."""

    at_ms: int
    """By the hall's clock."""
    used_ms: int | None
    """By the sitting's own clock; None where nobody knows."""
    answered: int = 0
    runs: bool = False
    """Whether the candidate could work: not paused, not locked, and the seat is heard of."""
    is_over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """One interruption of one sitting."""

    cause: Cause
    noticed: Sight
    has_stopped: bool = False
    """Whether the candidate was seen unable to work since."""
    over: Sight | None = None
    """How the sitting stood when the candidate worked again; None while the meter runs."""
    gap: int | None = None
    """Entry number of the gap this is about; None for an incident that was noticed."""
    stood_ms: int | None = None
    """How long the gap lasted; None where nobody could measure it."""

    @classmethod
    def opened(cls, reason: str, sight: Sight) -> "Meter":
        """Return the meter of an incident noticed now."""
        return cls(cause=cause_of(reason), noticed=sight, has_stopped=not sight.runs and not sight.is_over)

    @classmethod
    def of_gap(cls, gap: int, stood_ms: int | None, cause: Cause, sight: Sight) -> "Meter":
        """Return the meter of a gap a seat came back with: how long it stood still is known, and does not grow."""
        return cls(cause=cause, noticed=sight, has_stopped=True, gap=gap, stood_ms=stood_ms)

    def seen(self, sight: Sight) -> "Meter":
        """Return the meter after a look at the sitting: it ends where the candidate works again, or has handed in."""
        if self.over is not None or self.gap is not None:
            return self
        if sight.is_over or (sight.runs and (self.has_stopped or sight.answered != self.noticed.answered)):
            return replace(self, over=sight)
        return self if sight.runs or self.has_stopped else replace(self, has_stopped=True)

    def lost_ms(self, now: Sight) -> int:
        """Return what the sitting's clock used since it was noticed, at most as long as that is ago; a gap's length."""
        if self.gap is not None:
            return self.stood_ms or 0
        last = self.over or now
        lasted = max(0, last.at_ms - self.noticed.at_ms)
        if self.noticed.used_ms is None or last.used_ms is None:
            return lasted
        return min(lasted, max(0, last.used_ms - self.noticed.used_ms))

    def proposal_ms(self, now: Sight) -> int | None:
        """Return what the hall's rule gives back; None where a chief must decide."""
        if self.cause is Cause.UNCLEAR:
            return None
        return self.lost_ms(now) if self.cause.is_credited else 0

    def charge_ms(self) -> int | None:
        """Return what the hall's rule charges for a gap: nothing, or all of it.

        None for what is no gap, where a chief must decide, and where nobody could measure what is to be charged.
        """
        if self.gap is None or self.cause is Cause.UNCLEAR:
            return None
        return 0 if self.cause.is_credited else self.stood_ms

    def document(self) -> dict[str, Any]:
        """Return the meter as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Meter":
        """Read `document` back; raises Invalid for what is none."""
        try:
            over = document["over"]
            return cls(
                cause=Cause(document["cause"]),
                noticed=Sight(**document["noticed"]),
                has_stopped=document["has_stopped"],
                over=None if over is None else Sight(**over),
                gap=document["gap"],
                stood_ms=document["stood_ms"],
            )
        except (KeyError, TypeError, ValueError) as error:
            raise Invalid(f"this is not a meter of this version ({error})") from error
