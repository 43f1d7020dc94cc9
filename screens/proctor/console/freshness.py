"""Freshness: when a card that is shown has to be asked for again."""

from time import monotonic

from kiosk.views.board import SeatLine

EVERY_SECONDS = 1.5
"""A card is asked for again no sooner than this after the last time."""


class Freshness:
    """Of one card on the screen: it is old once its seat's line has changed."""

    def __init__(self) -> None:
        self._line: SeatLine | None = None
        self._asked_at = 0.0

    def asked(self, line: SeatLine | None) -> None:
        """Take note that the card was asked for while its seat stood so."""
        self._line, self._asked_at = line, monotonic()

    def is_old(self, line: SeatLine | None) -> bool:
        """Whether to ask again."""
        return line is not None and line != self._line and monotonic() - self._asked_at >= EVERY_SECONDS
