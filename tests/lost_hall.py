"""A hall behind a cut line: it answers while `is_there`, and is lost otherwise."""

from typing import Any

from kiosk.views.authority import Authority, HallLost


class LostHall:
    """Implements `Authority` on another one, as long as that is there."""

    def __init__(self, hall: Authority | None = None) -> None:
        self._hall = hall
        self.is_there = hall is not None

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._hall, name, None) if self._hall is not None else None

        def ask(*arguments: Any, **named: Any) -> Any:
            if not self.is_there or method is None:
                raise HallLost("The hall does not answer.")
            return method(*arguments, **named)

        return ask
