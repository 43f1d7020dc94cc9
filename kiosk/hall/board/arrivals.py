"""Arrivals: who is checked in at a seat, who is marked absent, and who does not match their document."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from kiosk.exam.attendance import Mark
from kiosk.exam.error import Refused
from kiosk.exam.gate import check_login
from kiosk.exam.log import AuditEntry
from kiosk.exam.moment import Clock, parse_iso
from kiosk.exam.roles import Actor, Rights
from kiosk.exam.status import AttendanceState
from kiosk.exam.text import clean_line
from kiosk.hall.attendance import RIGHT
from kiosk.hall.board.cast import Player
from kiosk.hall.board.fold import Glance
from kiosk.hall.board.identity import Shown, differences, read_shown
from kiosk.hall.board.need import Need
from kiosk.hall.board.warrant import Errand, stamp
from kiosk.hall.board.watch import Watch
from kiosk.hall.supervision import Pair
from kiosk.views.board import Severity
from kiosk.views.order import Order, Outcome
from storage.hall.store import HallStore

MISMATCH = "mismatch"


class Arrivals:
    """Writes attendance down as rows, each with who said so."""

    def __init__(self, store: HallStore, watch: Watch, rights: Rights, clock: Clock) -> None:
        self._store = store
        self._watch = watch
        self._rights = rights
        self._clock = clock

    def check(self, pair: Pair) -> None:
        """Raise Denied without the right to say who came."""
        beside = None if pair.second is None else Actor(pair.second.user_id, pair.second.role)
        self._rights.check(RIGHT, Actor(pair.first.user_id, pair.first.role, beside), in_scope=True)

    def check_in(self, look: Glance, order: Order, errand: Errand) -> Outcome:
        """Compare who is at a seat with the roster and write down that they came, or that something does not match.

        At a seat where nobody is expected, the roll number names who came. Raises Refused outside the session's limits.
        """
        shown = read_shown(order.text)
        player = look.player or self._named(shown.roll)
        if player is None:
            raise Refused("Nobody is expected at this seat. Type the roll number: roll: B-1042.")
        if look.record is not None:
            raise Refused("The sitting has begun.")
        now = parse_iso(self._clock.now().at)
        session = player.session
        if session is None or player.expected is None:
            raise Refused(f"{clean_line(player.person.name)} is expected in no session now.")
        self._check_limits(player, now)
        wrong = differences(shown, player.person, self._earlier(player.person.user_id))
        if wrong:
            return self._mismatch(look.seat, player, wrong, errand, now)
        audit = self._audit(player, AttendanceState.PRESENT, look.seat, errand, now, shown)
        if player.seat == look.seat:
            self._store.attendance.arrive((session.session_id,), player.person.user_id, look.seat, now, audit)
        else:
            self._store.attendance.reseat(session.session_id, player.person.user_id, look.seat, now, audit)
        return Outcome(look.seat, True, f"checked in: {clean_line(player.person.name)}")

    def absent(self, looks: Sequence[Glance], order: Order, errand: Errand) -> list[Outcome]:
        """Mark who was to come to some seats as absent."""
        return [
            self.mark(look, AttendanceState.ABSENT, clean_line(order.text or order.reason), errand) for look in looks
        ]

    def mark(self, look: Glance, state: AttendanceState, note: str, errand: Errand) -> Outcome:
        """Write down what a proctor says of whoever is expected at a seat; refused once they have begun."""
        player = look.player
        if player is None or player.session is None:
            return Outcome(look.seat, False, "Nobody is expected at this seat.")
        if look.record is not None:
            return Outcome(look.seat, False, "The sitting has begun: end it, or note an incident.")
        if state is AttendanceState.ABSENT and look.vitals is not None and look.vitals.candidate_id is not None:
            return Outcome(look.seat, False, "Somebody is signed in here.")
        if player.attendance is state:
            return Outcome(look.seat, False, "That is so already.")
        now = parse_iso(self._clock.now().at)
        mark = Mark(
            session_id=player.session.session_id,
            candidate_id=player.person.user_id,
            name=player.person.name,
            roll_number=player.person.roll_number,
            seat=player.seat,
            state=state,
            note=note,
        )
        self._store.attendance.mark([mark], [self._audit(player, state, look.seat, errand, now)])
        words = {AttendanceState.ABSENT: "marked absent", AttendanceState.EXPECTED: "expected again"}
        return Outcome(look.seat, True, words.get(state, state.value.replace("_", " ")))

    def _named(self, roll: str) -> Player | None:
        """Return who has a roll number and sits nowhere yet."""
        sat = {
            self._watch.seen.cast.owners.get(r.progress.assignment_id) for r in self._watch.records.by_sitting.values()
        }
        for player in self._watch.seen.cast.expected:
            if roll and player.person.roll_number == roll and player.person.user_id not in sat:
                return player
        return None

    def _check_limits(self, player: Player, now: datetime) -> None:
        session, expected = player.session, player.expected
        assert session is not None
        assert expected is not None
        check_login(session, now)
        minutes = session.late_entry_minutes
        if minutes is None and expected.paper_digest is not None:
            sealed = self._store.papers.paper(expected.paper_digest)
            minutes = None if sealed is None else sealed.outline.policy.late_entry_minutes
        if minutes is not None and now > session.starts_at + timedelta(minutes=minutes):
            raise Refused(f"Entry closed {minutes} minutes after the start.")

    def _earlier(self, candidate_id: str) -> str | None:
        """Return the document somebody was checked in with before."""
        for entry in reversed(self._store.permits.acts()):
            told = entry.details
            if entry.action == RIGHT and told.get("candidate") == candidate_id and told.get("document"):
                return str(told["document"])
        return None

    def _mismatch(self, seat: str, player: Player, wrong: tuple[str, ...], errand: Errand, now: datetime) -> Outcome:
        what = " and ".join(wrong)
        words = f"{clean_line(player.person.name)}: the {what} does not match the document"
        audit = self._audit(player, player.attendance, seat, errand, now)
        audit = replace(audit, details={**audit.details, "act": MISMATCH, "fields": ", ".join(wrong)})
        self._watch.attentions.raise_(Need(seat, MISMATCH, Severity.WARN, words), now, audit=audit)
        return Outcome(seat, False, f"Not checked in: the {what} does not match. It stands on the mismatch list.")

    def _audit(
        self,
        player: Player,
        state: AttendanceState,
        seat: str,
        errand: Errand,
        now: datetime,
        shown: Shown | None = None,
    ) -> AuditEntry:
        details = {
            "candidate": player.person.user_id,
            "state": state.value,
            "seat": seat,
            "before": player.attendance.value,
        }
        if shown is not None and shown.document:
            details["document"] = shown.document
        if errand.pair.second is not None:
            details["second"] = errand.pair.second.user_id
        return AuditEntry(
            at=now,
            who=errand.pair.first.user_id,
            action=RIGHT,
            subject_type="attendance",
            subject_id="" if player.session is None else player.session.session_id,
            details=details | stamp(errand),
        )
