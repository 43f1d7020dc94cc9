"""What the console's door and its pages share: they are told, again and again, how the hall stands."""

from kiosk.views.board import BoardState
from screens.page import Page


class BoardPage(Page):
    """Base of every page of the console; the App tells each one that is mounted, also where another covers it."""

    def show_state(self, board: BoardState, lost_ms: int | None) -> None:
        """Show the hall as it stands; `lost_ms` says for how long the hub has not answered."""
        raise NotImplementedError
