"""What a person has just asked for, shown until the desk has answered."""

from collections.abc import Callable
from time import monotonic
from typing import Generic, TypeVar

T = TypeVar("T")
PATIENCE_SECONDS = 3.0


class Wishes(Generic[T]):
    """Values on their way to the desk, for each of several things by id, oldest first.

    Keys come faster than answers: the next key must count from what the last one asked for, not from what the desk
    said before it. A wish ends when the desk says the same, and all end when something is refused or nothing is heard
    for `PATIENCE_SECONDS`.
    """

    def __init__(self) -> None:
        self._told: dict[str, T] = {}
        self._open: dict[str, list[T]] = {}
        self._asked_at = 0.0
        self.on_ask: Callable[[], None] = lambda: None
        """Called when something is asked for, before anything is painted."""

    def ask(self, key: str, value: T) -> None:
        """Remember what has been asked for."""
        self._open.setdefault(key, []).append(value)
        self._asked_at = monotonic()
        self.on_ask()

    def settle(self, key: str, told: T) -> T:
        """Return what to show now that the desk has said `told`."""
        asked = self._open.get(key, [])
        # hearing again what was said before answers nothing, even where a later wish asks for the same
        if told in asked and told != self._told.get(key):
            del asked[: asked.index(told) + 1]
        self._told[key] = told
        return asked[-1] if asked else told

    def hear(self, told: Callable[[str], T]) -> None:
        """Let the desk answer every wish: `told` returns what it says now of one of several things."""
        for key in [key for key, asked in self._open.items() if asked]:
            self.settle(key, told(key))

    @property
    def is_open(self) -> bool:
        """Whether the desk has still to answer."""
        return any(self._open.values())

    @property
    def is_overdue(self) -> bool:
        """Whether the desk owes an answer for longer than it should."""
        return self.is_open and monotonic() - self._asked_at > PATIENCE_SECONDS

    def drop(self) -> None:
        """Forget every wish; what the desk has said holds."""
        self._open.clear()
