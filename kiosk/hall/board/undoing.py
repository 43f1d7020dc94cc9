"""Undoing: an act is taken back by another that makes up for it; nothing that was written down is changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from kiosk.exam.error import Refused
from kiosk.exam.grant import Act
from kiosk.exam.log import AuditEntry
from kiosk.exam.status import AttendanceState
from kiosk.hall.board.arrivals import Arrivals
from kiosk.hall.board.deal import DEALS
from kiosk.hall.board.deed import Done, done_acts
from kiosk.hall.board.warrant import Errand, Wanted
from kiosk.hall.board.watch import Watch
from kiosk.views.order import Order, Outcome, Verb
from storage.hall.store import HallStore

REASON = "taken back"


@dataclass(frozen=True, slots=True)
class Amends:
    """What takes an act back: what was done at once, and what the seats are to do."""

    done: Sequence[Outcome]
    wanted: Sequence[Wanted]


class Undoing:
    """Finds what makes up for an act, seat by seat."""

    def __init__(self, store: HallStore, watch: Watch, arrivals: Arrivals) -> None:
        self._store = store
        self._watch = watch
        self._arrivals = arrivals

    def plan(self, order: Order, errand: Errand) -> Amends:
        """Return what takes the act back that `attention_id` names; raises Refused where it cannot be."""
        staff = {a.person.user_id: a.person.name for a in self._store.roster.staff()}
        done = done_acts(self._store.permits.acts(), staff).get(order.attention_id or "")
        if done is None:
            raise Refused("There is no such act in the books of this hall.")
        entries = [e for e in done.open_entries if not order.seats or e.details.get("seat") in order.seats]
        if not entries:
            raise Refused("This cannot be taken back, or it has been already.")
        if done.verb in (Verb.ABSENT, Verb.CHECK_IN):
            self._arrivals.check(errand.pair)
            return Amends([self._expect_again(e, errand) for e in entries], ())
        pairs = [(e, self._wanted(done, e, errand)) for e in entries]
        gone = [
            Outcome(str(e.details["seat"]), False, "The sitting is not here any more.") for e, w in pairs if w is None
        ]
        return Amends(gone, [w for _, w in pairs if w is not None])

    def _wanted(self, done: Done, entry: AuditEntry, errand: Errand) -> Wanted | None:
        undo = DEALS[Verb(done.verb)].undo
        record = self._watch.records.by_sitting.get(entry.subject_id)
        if record is None or undo is None:
            return None
        extension = undo is Act.TAKE_BACK
        return Wanted(
            act=undo,
            seat=record.progress.seat,
            submission_id=entry.subject_id,
            amount_ms=int(str(entry.details.get("ms", 0))) if extension else 0,
            reason=REASON,
            note=str(entry.details["grant"]) if extension else "",
        )

    def _expect_again(self, entry: AuditEntry, errand: Errand) -> Outcome:
        seat = str(entry.details.get("seat", ""))
        look = self._watch.glance(seat)
        if look is None or look.player is None or look.player.person.user_id != entry.details.get("candidate"):
            return Outcome(seat, False, "Whoever this was about is not expected here any more.")
        before = AttendanceState(str(entry.details.get("before", AttendanceState.EXPECTED.value)))
        return self._arrivals.mark(look, before, REASON, errand)
