"""Incidents noted from the console, with or without a sitting; each opens its meter."""

from kiosk.exam.grant import Act
from kiosk.exam.incident import Meter
from kiosk.exam.log import AuditEntry
from kiosk.exam.moment import Clock, parse_iso
from kiosk.exam.roles import Actor, Rights
from kiosk.exam.text import clean_line
from kiosk.hall.act import RIGHT_OF
from kiosk.hall.board.attention import INCIDENT
from kiosk.hall.board.fold import Glance
from kiosk.hall.board.need import Need
from kiosk.hall.board.warrant import Errand, stamp
from kiosk.hall.board.watch import Watch
from kiosk.views.board import Severity
from kiosk.views.order import Order, Outcome
from storage.hall.store import HallStore

RIGHT = RIGHT_OF[Act.NOTE]


class Incidents:
    """Raises attention for what a proctor noticed."""

    def __init__(self, store: HallStore, watch: Watch, rights: Rights, clock: Clock) -> None:
        self._store = store
        self._watch = watch
        self._rights = rights
        self._clock = clock

    def note(self, look: Glance, order: Order, errand: Errand) -> Outcome | None:
        """Raise an incident at a seat, metered where a sitting is open; return why not, or None.

        Raises Denied without the right. What is noted of a sitting is written down with its grant; the rest here.
        """
        person = errand.pair.first
        self._rights.check(RIGHT, Actor(person.user_id, person.role), in_scope=True)
        if look.seat not in self._watch.seen.looks:
            return Outcome(look.seat, False, "There is no such seat in this hall.")
        now = parse_iso(self._clock.now().at)
        words = ": ".join(w for w in (clean_line(order.reason, 100), clean_line(order.text, 200)) if w)
        need = Need(look.seat, INCIDENT, Severity.WARN, words)
        if look.record is None:
            self._watch.attentions.raise_(need, now, audit=self._audit(look, order, errand))
            return None
        sitting = look.record.progress.submission_id
        sight = self._watch.sight(sitting)
        meter = None if sight is None or look.is_over else Meter.opened(order.reason, sight)
        self._watch.attentions.raise_(need, now, sitting, meter)
        return None

    def _audit(self, look: Glance, order: Order, errand: Errand) -> AuditEntry:
        person = errand.pair.first
        return AuditEntry(
            at=parse_iso(self._clock.now().at),
            who=person.user_id,
            action=RIGHT,
            subject_type="seats",
            subject_id=look.seat,
            details={"seat": look.seat, "reason": clean_line(order.reason, 100), "note": clean_line(order.text, 300)}
            | stamp(errand),
        )
