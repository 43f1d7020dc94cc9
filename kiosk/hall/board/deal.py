"""Deals: what each verb of the console is in the journal of a sitting, and the words for having done it."""

from collections.abc import Mapping
from dataclasses import dataclass

from kiosk.exam.grant import Act
from kiosk.views.order import Verb


@dataclass(frozen=True, slots=True)
class Deal:
    """One verb that is an act on a sitting."""

    act: Act
    done: str
    needs_reason: bool = False
    undo: Act | None = None
    """The act that takes it back."""


DEALS: Mapping[Verb, Deal] = {
    Verb.PAUSE: Deal(Act.PAUSE, "paused", needs_reason=True, undo=Act.RESUME),
    Verb.RESUME: Deal(Act.RESUME, "goes on", undo=Act.PAUSE),
    Verb.REST_BREAK: Deal(Act.PAUSE, "on a rest break", undo=Act.RESUME),
    Verb.EXTEND: Deal(Act.EXTEND, "extended", needs_reason=True, undo=Act.TAKE_BACK),
    Verb.CREDIT: Deal(Act.EXTEND, "time credited", undo=Act.TAKE_BACK),
    Verb.CHARGE_GAP: Deal(Act.CHARGE_GAP, "gap settled", needs_reason=True),
    Verb.LOCK: Deal(Act.LOCK, "locked", needs_reason=True, undo=Act.UNLOCK),
    Verb.UNLOCK: Deal(Act.UNLOCK, "open again", undo=Act.LOCK),
    Verb.HAND_IN_FOR: Deal(Act.END, "handed in", needs_reason=True),
    Verb.END: Deal(Act.END, "ended", needs_reason=True),
    Verb.REOPEN: Deal(Act.REOPEN, "open again", needs_reason=True),
    Verb.INCIDENT: Deal(Act.NOTE, "noted", needs_reason=True),
}
"""Verbs that need a sitting; REOPEN takes one back that is handed in."""
NEED_REASON = frozenset({verb for verb, deal in DEALS.items() if deal.needs_reason} | {Verb.MOVE, Verb.CAUSE})
UNDOABLE = frozenset({verb for verb, deal in DEALS.items() if deal.undo is not None} | {Verb.ABSENT, Verb.CHECK_IN})
"""What can be taken back by an act that makes up for it. For the others there is a verb: reopen, move, start."""
WORDS: Mapping[str, str] = {
    **{verb.value: deal.done for verb, deal in DEALS.items()},
    Verb.START.value: "started",
    Verb.MOVE.value: "moved",
    Verb.MESSAGE.value: "told",
    Verb.ABSENT.value: "marked absent",
    Verb.CHECK_IN.value: "checked in",
    Verb.UNDO.value: "taken back",
    Verb.CAUSE.value: "laid to",
    Act.NOTE.value: "noted",
    Act.END.value: "ended",
    Act.CHARGE_GAP.value: "gap charged",
    Act.CLOSE_SEAT.value: "seat closed",
    Act.TAKE_BACK.value: "extension taken back",
}
"""What was done, by verb or act."""


def words_of(verb: str, has_amount: bool) -> str:
    """Return what was done in words; a gap that was charged with nothing was not charged."""
    if verb == Act.CHARGE_GAP.value and not has_amount:
        return "gap not charged"
    return WORDS.get(verb, verb.replace("_", " "))
