"""Why something was refused, and how long to wait before the next try."""

from dataclasses import dataclass
from time import monotonic

from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static


def with_wait(message: str, wait_seconds: int) -> str:
    """Return a refusal with how long to wait before the next try, where there is something to wait for."""
    if wait_seconds <= 0:
        return message
    return f"{message} Wait {wait_seconds} {'second' if wait_seconds == 1 else 'seconds'}, then try again."


class WaitLine(Static):
    """Shows a refusal; after a wrong code or PIN it counts the seconds down and tells when they are over."""

    DEFAULT_CSS = """
    WaitLine {
        height: auto;
        min-height: 1;
        color: $urgent;
        text-style: bold;
    }
    """

    @dataclass
    class Over(Message):
        """The wait is over."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._message = ""
        self._until = 0.0
        self._timer: Timer | None = None

    def show(self, message: str, wait_seconds: int = 0) -> None:
        """Show a message, and count down where there is something to wait for."""
        self._message, self._until = message, monotonic() + wait_seconds
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if wait_seconds > 0:
            self._timer = self.set_interval(1, self._count)
        self._write(wait_seconds)

    def _count(self) -> None:
        left = round(self._until - monotonic())
        if left <= 0 and self._timer is not None:
            self._timer.stop()
            self._timer = None
            self.post_message(self.Over())
        self._write(left)

    def _write(self, left: int) -> None:
        self.update(Content(f"! {with_wait(self._message, left)}" if self._message else ""))


if __name__ == "__main__":
    from screens.widgets.sample import show

    line = WaitLine()
    line.call_later(line.show, "Roll number and access code do not go together.", 8)
    show(line)
