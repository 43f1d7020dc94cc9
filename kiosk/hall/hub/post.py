"""A post: the way to one connected seat, as the rest of the hub sees it."""

from typing import Protocol

from kiosk.wire.hub import HubMessage


class Post(Protocol):
    """Takes messages for one seat, in order, from any thread."""

    def send(self, message: HubMessage) -> None:
        """Hand a message over and return at once; where the seat reads too slowly the line is cut, and comes back."""
        ...

    def hang_up(self, words: str) -> None:
        """End the line, saying why."""
        ...
