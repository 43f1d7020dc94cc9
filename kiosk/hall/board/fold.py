"""The fold: one seat's line on the map, from who is expected, what the store knows and what the seat last told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kiosk.exam.attempt import Phase
from kiosk.exam.moment import parse_iso
from kiosk.exam.status import AttendanceState
from kiosk.hall.board.cast import Cast, Player
from kiosk.hall.board.plan import Spot
from kiosk.hall.board.record import Record
from kiosk.hall.hub.presence import Heard
from kiosk.views.board import SeatLine, SeatState
from kiosk.wire.hub import LOST_SECONDS, Vitals

LOST_MS = round(LOST_SECONDS * 1000)
REST_BREAK = "rest break"
_OVER = (Phase.HANDED_IN, Phase.SEALED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """One seat at one moment, with what its line was made from."""

    seat: str
    player: Player | None
    record: Record | None
    heard: Heard | None
    phase: Phase | None
    """Of the sitting; None where none was begun."""
    silent_ms: int | None
    """How long it has said nothing; None where it was never heard of."""
    age_ms: int
    """How old what it told of itself is."""

    @property
    def vitals(self) -> Vitals | None:
        """What the seat last told of itself."""
        return None if self.heard is None else self.heard.vitals

    @property
    def sitting(self) -> Vitals | None:
        """What the seat last told of this very sitting."""
        told = self.vitals
        if told is None or self.record is None or told.submission_id != self.record.progress.submission_id:
            return None
        return told

    @property
    def is_over(self) -> bool:
        """Whether the sitting is handed in."""
        return self.phase in _OVER

    @property
    def is_lost(self) -> bool:
        """Whether nothing is heard of a seat at which somebody is signed in or a sitting is open."""
        busy = (self.record is not None and not self.is_over) or self._is_signed_in
        return busy and (self.silent_ms is None or self.silent_ms > LOST_MS)

    @property
    def _is_signed_in(self) -> bool:
        told = self.vitals
        return told is not None and told.candidate_id is not None and not self.is_over

    @property
    def answered(self) -> int:
        """How many questions have an answer."""
        told = self.sitting
        return told.answered if told is not None else 0 if self.record is None else self.record.progress.answered

    @property
    def questions(self) -> int:
        """How many questions there are; 0 where nobody has told."""
        told = self.sitting
        return told.questions if told is not None else 0 if self.record is None else self.record.progress.questions

    @property
    def used_ms(self) -> int | None:
        """What the sitting's clock had used when the seat last told; None where nobody has."""
        told = self.sitting
        if told is not None:
            return told.used_ms + (self.age_ms if self.phase is Phase.RUNNING else 0)
        return None if self.record is None else self.record.progress.used_ms

    @property
    def left_ms(self) -> int | None:
        """What is left now, reckoned on from what the seat last told; None where nobody has."""
        told = self.sitting
        if told is None or self.is_over:
            return None
        return max(0, told.left_ms - (self.age_ms if self.phase is Phase.RUNNING else 0))

    @property
    def saved_ms(self) -> int | None:
        """How long ago the seat last saved, by its own clock; None where nothing is being worked at."""
        told = self.sitting
        if told is None or told.saved_at is None or self.is_over:
            return None
        return max(0, _ms_between(told.saved_at, told.at)) + self.age_ms


def glance(
    seat: str, cast: Cast, planned: Mapping[str, str], records: Sequence[Record], heard: Heard | None, now_ms: int
) -> Glance:
    """Return how a seat stands: the sitting that is open there, else the person signed in or expected.

    `planned` says who is to come to each seat and sits nowhere yet.
    """
    record = _current(seat, cast, planned, records, heard)
    player = _player(seat, cast, planned, record, heard)
    phase = None if record is None else record.progress.phase
    told = None if heard is None else heard.vitals
    if record is not None and told is not None and told.submission_id == record.progress.submission_id:
        phase = told.phase or phase
    return Glance(
        seat=seat,
        player=player,
        record=record,
        heard=heard,
        phase=Phase.RUNNING if phase is Phase.NEW else phase,
        silent_ms=None if heard is None else max(0, now_ms - heard.heard_ms),
        age_ms=0 if heard is None else max(0, now_ms - heard.vitals_ms),
    )


def state_of(look: Glance) -> SeatState:
    """Return the letter of a seat."""
    if look.is_lost:
        return SeatState.LOST
    if look.record is not None:
        return _sitting_state(look, look.record)
    if look.player is None:
        return SeatState.EMPTY
    if look.player.attendance is AttendanceState.ABSENT:
        return SeatState.ABSENT
    told = look.vitals
    here = told is not None and told.candidate_id == look.player.person.user_id
    return SeatState.READY if here or look.player.attendance is AttendanceState.PRESENT else SeatState.EMPTY


def _sitting_state(look: Glance, record: Record) -> SeatState:
    match look.phase:
        case Phase.SEALED:
            return SeatState.SEALED
        case Phase.HANDED_IN:
            return SeatState.SEALED if record.bundle else SeatState.HANDED_IN
        case Phase.PAUSED:
            return SeatState.AWAY if record.acts.pause == REST_BREAK else SeatState.PAUSED
        case Phase.LOCKED:
            return SeatState.LOCKED
    return SeatState.WORKING


def seat_line(look: Glance, spot: Spot, cast: Cast, *, since_ms: int, lag_ms: int | None) -> SeatLine:
    """Return a seat as the map draws it."""
    record, player = look.record, look.player
    percent = None
    if record is not None:
        percent = min(100, 100 * look.answered // look.questions) if look.questions else 0
    assignment = None
    if player is not None:
        own = None if record is None else record.progress.assignment_id
        assignment = next((a for a in player.assignments if a.assignment_id == own), player.expected)
    given = None if assignment is None else assignment.accommodation
    return SeatLine(
        seat=look.seat,
        row=spot.row,
        column=spot.column,
        state=state_of(look),
        candidate=None if player is None else player.person.name,
        roll_number=None if player is None else player.person.roll_number,
        test=cast.title_of(assignment),
        percent=percent,
        left_ms=look.left_ms,
        since_ms=since_ms,
        lag_ms=lag_ms,
        saved_ms=look.saved_ms,
        incidents=0 if record is None else record.acts.incidents,
        extended=record is not None and record.acts.extended_ms > 0,
        accommodated=given is not None and bool(given.extra_percent or given.extra_ms or given.rest_breaks),
        bundle=record is not None and record.bundle,
        central=record is not None and record.central,
    )


def _current(
    seat: str, cast: Cast, planned: Mapping[str, str], records: Sequence[Record], heard: Heard | None
) -> Record | None:
    """Return the sitting a seat is about: the one it tells of, else an open one, else the last of the hour's person."""
    told = None if heard is None else heard.vitals
    if told is not None and told.submission_id is not None:
        for record in records:
            if record.progress.submission_id == told.submission_id:
                return record
    running = [r for r in records if not r.progress.is_over]
    if running:
        return running[-1]
    if not records:
        return None
    signed_in = None if told is None else told.candidate_id
    coming = signed_in or planned.get(seat)
    last = records[-1]
    return last if coming in (None, cast.owners.get(last.progress.assignment_id)) else None


def _player(
    seat: str, cast: Cast, planned: Mapping[str, str], record: Record | None, heard: Heard | None
) -> Player | None:
    if record is not None:
        return cast.players.get(cast.owners.get(record.progress.assignment_id, ""))
    told = None if heard is None else heard.vitals
    # a seat shows to whom it was moved away until they are gone; whoever was moved is at the other seat
    if told is not None and told.candidate_id is not None and told.phase is not Phase.MOVED:
        return cast.players.get(told.candidate_id)
    coming = cast.players.get(planned.get(seat, ""))
    return coming if coming is None or coming.attendance is not AttendanceState.SENT_AWAY else None


def _ms_between(earlier: str, later: str) -> int:
    return round((parse_iso(later) - parse_iso(earlier)).total_seconds() * 1000)
