"""A grant: one act of a proctor on one sitting, allowed by the hall, usable once."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kiosk.exam.error import Invalid
from kiosk.exam.field import Fields


class Act(StrEnum):
    """What a proctor may do to a sitting."""

    PAUSE = "pause"
    RESUME = "resume"
    EXTEND = "extend"
    NOTE = "note"
    LOCK = "lock"
    UNLOCK = "unlock"
    END = "end"
    REOPEN = "reopen"
    CHARGE_GAP = "charge_gap"
    CLOSE_SEAT = "close_seat"
    START = "start"
    """Lets the candidate named in the note begin; no sitting is open yet."""
    MOVE = "move"
    """The sitting goes on at another seat: this one sends what it has and writes no more."""
    TAKE_BACK = "take_back"
    """Undoes an extension: the grant named in the note, and its time."""


NEEDS_SECOND = frozenset({Act.END, Act.REOPEN})
"""Acts for which the table of rights asks for a second person."""

ALONE_MS = 15 * 60_000
"""Time one proctor may add to one sitting, all extensions together, without a second person."""

REASONS = ("equipment", "power", "medical", "fire alarm", "rest break", "late start", "disturbance", "other")
"""Categories of reason offered for pauses, extensions and incidents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Who allowed what, for which sitting, and why."""

    grant_id: str
    submission_id: str
    seat: str
    act: Act
    who: str
    """User id of the proctor."""
    second: str | None = None
    """User id of the second person, where the act needs one."""
    amount_ms: int = 0
    section: str | None = None
    gap: int | None = None
    """Entry number of the gap a CHARGE_GAP is about."""
    reason: str = ""
    note: str = ""
    issued_at: str

    def document(self) -> dict[str, Any]:
        """Return the grant as plain JSON values."""
        return {
            "grant_id": self.grant_id,
            "submission_id": self.submission_id,
            "seat": self.seat,
            "act": self.act.value,
            "who": self.who,
            "second": self.second,
            "amount_ms": self.amount_ms,
            "section": self.section,
            "gap": self.gap,
            "reason": self.reason,
            "note": self.note,
            "issued_at": self.issued_at,
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Grant":
        """Read `document` back; raises Invalid when a field is missing, unknown or of the wrong kind."""
        fields = Fields(document)
        try:
            act = Act(fields.text("act"))
        except ValueError as error:
            raise Invalid(f"there is no such act ({error})") from error
        grant = cls(
            grant_id=fields.text("grant_id"),
            submission_id=fields.text("submission_id"),
            seat=fields.text("seat"),
            act=act,
            who=fields.text("who"),
            second=fields.text_or_none("second"),
            amount_ms=fields.whole("amount_ms"),
            section=fields.text_or_none("section"),
            gap=fields.whole_or_none("gap"),
            reason=fields.text("reason"),
            note=fields.text("note"),
            issued_at=fields.text("issued_at"),
        )
        fields.must_be_only(grant.document())
        return grant
