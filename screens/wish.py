"""What a person has just asked for, shown until the desk has answered."""

from typing import Generic, TypeVar

T = TypeVar("T")


class Wish(Generic[T]):
    """A value on its way to the desk.

    Keys come faster than answers: the next key must count from what the last one asked for, not from what the desk
    said before it. A wish ends when the desk says the same, or refuses.
    """

    def __init__(self) -> None:
        self._asked: list[T] = []

    @property
    def is_open(self) -> bool:
        """Whether the desk has not answered yet."""
        return bool(self._asked)

    def ask(self, value: T) -> None:
        """Remember what has been asked for."""
        self._asked = [value]

    def settle(self, told: T) -> T:
        """Return what to show now that the desk has said `told`."""
        if self._asked and self._asked[0] != told:
            return self._asked[0]
        self._asked = []
        return told

    def drop(self) -> None:
        """Forget the wish: it was refused, or overtaken."""
        self._asked = []
