"""The hub's line as a desk sees it: told what is saved and read, asked how the seat stands with its hall."""

from typing import Protocol

from kiosk.views.desk import LinkState


class HubLine(Protocol):
    """What it is told leaves when the line is up; only `settle` and `close` may block."""

    def state(self) -> LinkState:
        """Return how the seat stands with its hall."""
        ...

    def saved(self, submission_id: str, *, at_once: bool = False) -> None:
        """Take note that entries of a sitting are committed on this seat; `at_once` after a hand-in."""
        ...

    def told(self, announcement_id: str, is_read: bool) -> None:
        """Say that an announcement is on the screen, or was read."""
        ...

    def done(self, command_id: str, done: bool, words: str = "") -> None:
        """Say what became of a command."""
        ...

    def settle(self, submission_id: str, seconds: float) -> bool:
        """Wait until the hall holds all that is saved of a sitting; return whether it does."""
        ...

    def close(self) -> None:
        """Send what is left, as far as the hall takes it in time, and hang up."""
        ...


class SameProcess:
    """Implements `HubLine` where the hall is opened in the seat's own process: nothing need travel."""

    def state(self) -> LinkState:
        """Return that the hall is at hand, with no name: it keeps no copy apart from this machine's."""
        return LinkState(is_connected=True)

    def saved(self, submission_id: str, *, at_once: bool = False) -> None:
        """Do nothing: there is nowhere else to keep it."""

    def told(self, announcement_id: str, is_read: bool) -> None:
        """Do nothing: nobody waits for it."""

    def done(self, command_id: str, done: bool, words: str = "") -> None:
        """Do nothing: nobody waits for it."""

    def settle(self, submission_id: str, seconds: float) -> bool:
        """Return False: the hall holds nothing of it."""
        return False

    def close(self) -> None:
        """Do nothing: whoever opened the hall closes it."""
