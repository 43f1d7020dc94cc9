"""The seat map: every seat of the room as it stands, by its place, with who is to come there."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from kiosk.exam.attempt import Phase
from kiosk.hall.board.cast import Cast
from kiosk.hall.board.fold import Glance, glance, seat_line, state_of
from kiosk.hall.board.lag import Lags
from kiosk.hall.board.plan import Spot, laid_out
from kiosk.hall.board.record import Records
from kiosk.hall.hub.presence import Presence
from kiosk.views.board import SeatLine, SeatState
from storage.hall.move import MovePart


class SeatMap:
    """One for a watch, which looks at it one at a time."""

    def __init__(self, moves: MovePart, records: Records, presence: Presence, plan: Mapping[str, Spot]) -> None:
        self.spots: dict[str, Spot] = {}
        """The place of each seat."""
        self._moves = moves
        self._records = records
        self._presence = presence
        self._plan = plan
        self._lags = Lags()
        self._since: dict[str, tuple[SeatState, int]] = {}
        """The state of each seat, and from when on, by the hub's boot clock."""

    def looks(self, cast: Cast, now_ms: int) -> dict[str, Glance]:
        """Return how every seat stands that is planned, holds a sitting, is somebody's or was heard."""
        names = {*cast.at_seat, *self._records.by_seat, *(heard.seat for heard in self._presence), *self._plan}
        if names != self.spots.keys():
            self.spots = laid_out(names, self._plan)
        return self.looks_at(self.spots, cast, now_ms)

    def looks_at(self, seats: Iterable[str], cast: Cast, now_ms: int) -> dict[str, Glance]:
        """Return how some seats stand."""
        planned, by_seat, heard = self._planned(cast), self._records.by_seat, self._presence.of
        return {seat: glance(seat, cast, planned, by_seat.get(seat, ()), heard(seat), now_ms) for seat in seats}

    def lines(self, cast: Cast, looks: Mapping[str, Glance], now_ms: int) -> dict[str, SeatLine]:
        """Return what the map shows of seats that were looked at."""
        lines = {}
        for seat, look in looks.items():
            state = state_of(look)
            known = self._since.get(seat)
            if known is None or known[0] is not state:
                known = self._since[seat] = (state, now_ms)
            since_ms = now_ms - known[1]
            lag_ms = self._lags.of(look, now_ms)
            lines[seat] = seat_line(look, self.spots[seat], cast, since_ms=since_ms, lag_ms=lag_ms)
        return lines

    def announce_moves(self, cast: Cast, lines: dict[str, SeatLine]) -> None:
        """Name whoever was sent to an empty seat and has not signed in there yet."""
        for sitting, record in self._records.by_sitting.items():
            move = self._moves.waiting(sitting) if record.acts.moved and not record.progress.is_over else None
            line = None if move is None else lines.get(move.to_seat)
            player = cast.players.get(cast.owners.get(record.progress.assignment_id, ""))
            if line is None or player is None or line.state is not SeatState.EMPTY:
                continue
            lines[line.seat] = replace(
                line,
                candidate=player.person.name,
                roll_number=player.person.roll_number,
                test=lines[record.progress.seat].test if record.progress.seat in lines else None,
            )

    def _planned(self, cast: Cast) -> dict[str, str]:
        """Return who is to come to each seat and sits nowhere yet."""
        sitting = {r.progress.assignment_id: r.progress.seat for r in self._records.by_sitting.values()}
        elsewhere = {}
        for heard in self._presence:
            told = heard.vitals
            if told is not None and told.candidate_id is not None and told.phase is not Phase.MOVED:
                elsewhere[told.candidate_id] = heard.seat
        return {
            seat: candidate_id
            for seat, candidate_id in cast.at_seat.items()
            if (player := cast.players[candidate_id]).expected is not None
            and sitting.get(player.expected.assignment_id, seat) == seat
            and elsewhere.get(candidate_id, seat) == seat
        }
