"""The picture: the newest state of the board, kept for every console, so that none of them asks the board for it."""

from collections.abc import Callable
from time import monotonic

from kiosk.hall.console.ageing import Ageing
from kiosk.hall.console.delta import difference, is_same_room
from kiosk.views.board import Board, BoardState
from kiosk.wire.board import BoardAnswer
from kiosk.wire.console import BoardDelta, BoardMessage


class Picture:
    """Told by the board from any thread; what it is not told anew grows older by itself."""

    def __init__(self, board: Board, watch: Callable[[], float] = monotonic) -> None:
        """`watch` counts seconds."""
        self._board = board
        self._watch = watch
        self._newest = Ageing(board.state(), watch)
        board.listen(self.hear)

    def hear(self, state: BoardState) -> None:
        """Take the place of what was known."""
        self._newest = Ageing(state, self._watch)

    def look(self) -> None:
        """Ask the board how it stands, after an act; may take as long as the board takes."""
        self.hear(self._board.state())

    def now(self) -> BoardState:
        """Return how the hall stands, at once."""
        return self._newest.now()


class Telling:
    """What one console has been told; what it must hear next is reckoned against that, never queued."""

    def __init__(self, watch: Callable[[], float] = monotonic) -> None:
        self._watch = watch
        self._told: Ageing | None = None
        self._number = 0
        self._was_open = False

    def next(self, state: BoardState, is_open: bool) -> BoardMessage | BoardDelta:
        """Return the next message, which brings the console to `state`: whole where the room or its right changed."""
        told, self._number = self._told, self._number + 1
        if told is None or is_open is not self._was_open or not is_same_room(told.told, state):
            self._told, self._was_open = Ageing(state, self._watch), is_open
            board = BoardAnswer.model_validate(state)
            return BoardMessage(type="board", number=self._number, is_open=is_open, board=board)
        delta, seen = difference(self._number, told.told, state, told.elapsed_ms())
        self._told = told.followed_by(seen, delta.elapsed_ms)
        return delta
