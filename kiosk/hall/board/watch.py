"""The watch: looks at the whole hall once a second and tells every console what it saw."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Event, RLock, Thread
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kiosk.exam.attempt import Phase
from kiosk.exam.incident import Cause, Sight
from kiosk.exam.moment import Clock, Moment, parse_iso
from kiosk.hall.attendance import Attendances
from kiosk.hall.board.attention import Attentions
from kiosk.hall.board.book import Books
from kiosk.hall.board.cast import Cast, cast_of, of_the_hour
from kiosk.hall.board.count import counted
from kiosk.hall.board.fold import Glance
from kiosk.hall.board.need import hall_needs, needs, runs_on
from kiosk.hall.board.notice import Notices
from kiosk.hall.board.outage import Outages, Standstill
from kiosk.hall.board.plan import Spot
from kiosk.hall.board.record import Records
from kiosk.hall.board.seat_map import SeatMap
from kiosk.hall.board.twin import twins
from kiosk.hall.hub.presence import Presence
from kiosk.views.board import BoardState, Counts, SeatLine
from storage.hall.store import HallStore

LOOK_SECONDS = 1.0
CAST_MS = 10_000
"""How old the roster on the board may be; what is changed from a console is seen at once."""
MOMENT_MS = 1_500
"""How old a look at the hall may be for an order that names seats; those are looked at anew."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Seen:
    """The hall at one look."""

    cast: Cast
    looks: dict[str, Glance]
    lines: dict[str, SeatLine]


class Watch:
    """One for a hub; `look` may be called by anybody, one at a time."""

    def __init__(
        self,
        hall: str,
        store: HallStore,
        presence: Presence,
        attendances: Attendances,
        clock: Clock,
        notices: Notices,
        plan: dict[str, Spot],
    ) -> None:
        self.attentions = Attentions(store.board)
        self.records = Records(store)
        self.books = Books(store.permits)
        self.seen = Seen(Cast(), {}, {})
        self._hall = hall
        self._store = store
        self._presence = presence
        self._attendances = attendances
        self._clock = clock
        self._notices = notices
        self._map = SeatMap(store.moves, self.records, presence, plan)
        self._outages = Outages()
        self._cast_ms: int | None = None
        self._looked_ms: int | None = None
        self._listeners: list[Callable[[BoardState], None]] = []
        self._lock = RLock()
        self._state = BoardState(
            hall=hall, title="", clock="", rows=0, columns=0, seats=(), attention=(), counts=Counts()
        )

    @property
    def is_paused(self) -> bool:
        """Whether the whole hall was paused, and not resumed."""
        return any(r.acts.by_hall and not r.progress.is_over for r in self.records.by_sitting.values())

    def listen(self, listener: Callable[[BoardState], None]) -> None:
        """Tell `listener` each new state."""
        self._listeners.append(listener)

    def forget(self, listener: Callable[[BoardState], None]) -> None:
        """Tell `listener` nothing any more."""
        if listener in self._listeners:
            self._listeners.remove(listener)

    def state(self) -> BoardState:
        """Return what was seen last."""
        return self._state

    def glance(self, seat: str) -> Glance | None:
        """Return how a seat stood at the last look."""
        return self.seen.looks.get(seat)

    def sight(self, submission_id: str) -> Sight | None:
        """Return how a sitting stands as far as the hall can see."""
        record = self.records.by_sitting.get(submission_id)
        look = None if record is None else self.seen.looks.get(record.progress.seat)
        if look is None or look.record is None or look.record.progress.submission_id != submission_id:
            return None
        return self._sight(look, parse_iso(self._clock.now().at))

    def look_afresh(self) -> BoardState:
        """Look at once, with the roster read anew: something was changed."""
        with self._lock:
            self._cast_ms = None
            return self.look()

    def look_at(self, seats: Sequence[str]) -> None:
        """Look at some seats alone, where the hall was looked at a moment ago and nothing was begun there since.

        An order for one seat must not wait until all are looked at; no seats are the whole hall.
        """
        with self._lock:
            now_ms, seen = self._clock.now().boot_ms, self.seen
            is_fresh = self._looked_ms is not None and 0 <= now_ms - self._looked_ms <= MOMENT_MS
            if not seats or not is_fresh or not all(map(self._is_known, seats)):
                self.look()
                return
            looks = self._map.looks_at(seats, seen.cast, now_ms)
            lines = self._map.lines(seen.cast, looks, now_ms)
            self.seen = Seen(seen.cast, seen.looks | looks, seen.lines | lines)

    def _is_known(self, seat: str) -> bool:
        heard = self._presence.of(seat)
        sitting = None if heard is None or heard.vitals is None else heard.vitals.submission_id
        return seat in self.seen.looks and (sitting is None or sitting in self.records.by_sitting)

    def look(self) -> BoardState:
        """Look at every seat, keep what needs somebody, and tell who listens."""
        with self._lock:
            moment = self._clock.now()
            now = parse_iso(moment.at)
            self.records.refresh()
            cast = self._cast(moment, now)
            looks = self._map.looks(cast, moment.boot_ms)
            lines = self._map.lines(cast, looks, moment.boot_ms)
            self._map.announce_moves(cast, lines)
            self.seen = Seen(cast, looks, lines)
            self._looked_ms = moment.boot_ms
            self._attend(now)
            self._state = self._drawn(now)
            state, listeners = self._state, tuple(self._listeners)
        for listener in listeners:
            listener(state)
        return state

    def run(self, stop: Event) -> Thread:
        """Look once a second in a thread of its own, until `stop` is set."""
        thread = Thread(target=self._run, args=(stop,), name="board", daemon=True)
        thread.start()
        return thread

    def _run(self, stop: Event) -> None:
        while not stop.wait(LOOK_SECONDS):
            try:
                self.look()
            except Exception:  # noqa: BLE001 - the last line of defence: the board looks again in a second
                _log.exception("the board could not look at the hall; it tries again")

    def _cast(self, moment: Moment, now: datetime) -> Cast:
        if self._cast_ms is not None and 0 <= moment.boot_ms - self._cast_ms < CAST_MS:
            return self.seen.cast
        sessions = self._store.roster.all_sessions()
        marks = [m for s in of_the_hour(sessions, now) for m in self._attendances.marks(s.session_id)]
        self._cast_ms = moment.boot_ms
        return cast_of(self._store.board.roster(), sessions, marks, self._store.board.titles(), now)

    def _attend(self, now: datetime) -> None:
        seen = self.seen
        found = [n for seat, look in seen.looks.items() for n in needs(look, seen.lines[seat], now)]
        if self.is_paused:
            found += [n for seat, look in seen.looks.items() if (n := runs_on(look, seen.lines[seat])) is not None]
        silent = {seat for seat, look in seen.looks.items() if look.vitals is None or look.is_lost}
        found += [*hall_needs(tuple(seen.lines.values())), *twins(self.records.by_sitting, seen.cast)]
        self.attentions.see(found, now, silent)
        for need in self._notices.drain():
            self.attentions.note(need, now)
        self._attend_gaps(now)
        self.attentions.measure(
            {
                look.record.progress.submission_id: self._sight(look, now)
                for look in seen.looks.values()
                if look.record is not None
            },
            now,
        )

    def _attend_gaps(self, now: datetime) -> None:
        """Raise each gap a seat came back with, and take those for over that were settled."""
        found: list[Standstill] = []
        told: dict[str, frozenset[int]] = {}
        for look in self.seen.looks.values():
            if look.sitting is None or look.record is None:
                continue
            sitting = look.record.progress.submission_id
            told[sitting] = frozenset(line.gap for line in look.sitting.gaps)
            cause = (self.attentions.cause_of(sitting) if told[sitting] else None) or Cause.EQUIPMENT
            for one in self._outages.told(look, cause, self._sight(look, now)):
                if one.meter.gap not in look.record.acts.settled:
                    found.append(one)
        self.attentions.stand(found, told, now)

    def _sight(self, look: Glance, now: datetime) -> Sight:
        return Sight(
            at_ms=round(now.timestamp() * 1000),
            used_ms=look.used_ms,
            answered=look.answered,
            runs=look.phase is Phase.RUNNING and not look.is_lost,
            is_over=look.is_over,
        )

    def _drawn(self, now: datetime) -> BoardState:
        seen = self.seen
        spots = self._map.spots.values()
        titles = dict.fromkeys(seen.cast.title_of(p.expected) or "" for p in seen.cast.expected)
        return BoardState(
            hall=self._hall,
            title=", ".join(t for t in titles if t),
            clock=_wall(now, seen.cast),
            rows=max((s.row + 1 for s in spots), default=0),
            columns=max((s.column + 1 for s in spots), default=0),
            seats=tuple(seen.lines.values()),
            attention=self.attentions.shown(now, self.sight),
            counts=counted(seen.cast, self.records, seen.lines.values()),
            paused=self.is_paused,
        )


def _wall(now: datetime, cast: Cast) -> str:
    try:
        zone = ZoneInfo(cast.sessions[0].time_zone if cast.sessions else "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")
    return f"{now.astimezone(zone):%H:%M:%S}"
