"""How far an answer is safe, in words: this seat, the hall, central, and what is not there yet."""

from itertools import product

from rich.cells import cell_len

from kiosk.views.candidate import SaveState
from kiosk.views.desk import LinkState
from screens.clock import wall_text

BEHIND_SECONDS = 5
"""A hall that answers within this many seconds keeps up; nobody is told of less."""


def level_words(saved: SaveState, link: LinkState | None, behind_seconds: int, room: int) -> str:
    """Return the levels in at most `room` cells where that can be: the seat first, then what the hall holds.

    `behind_seconds` is how long the hall has owed its word for entries it has been sent.
    """
    if saved.seat_at is None:
        firsts: tuple[str, ...] = ("Nothing to save yet",)
    else:
        firsts = (f"Saved: this seat {wall_text(saved.seat_at)}",)
    # what stands last is given up first: central, then the longer words for the hall
    for first, hall, central in product(firsts, _hall(saved, link, behind_seconds), _central(saved, link)):
        words = " · ".join(part for part in (first, hall, central) if part)
        if cell_len(words) <= room:
            return words
    return firsts[0]


def lost_words(link: LinkState | None) -> str:
    """Return since when the hall has not been heard: "hall lost since 10:40"; nothing while it is there."""
    if link is None or link.hall is None or link.is_connected:
        return ""
    return f"hall lost since {wall_text(link.since)[:5]}" if link.since else "hall not reached"


def _hall(saved: SaveState, link: LinkState | None, behind_seconds: int) -> tuple[str, ...]:
    at = f"hall {wall_text(saved.hall_at)}" if saved.hall_at else ""
    if link is None or link.hall is None:
        return (at, "")
    if lost := lost_words(link):
        safe = ("; your work is safe on this seat", "; your work is safe", "") if saved.seat_at else ("",)
        return tuple(f"{lost}{words}" for words in safe)
    if link.behind and behind_seconds >= BEHIND_SECONDS:
        return (f"hall: {_duration(behind_seconds)} behind", "")
    return (at or ("hall: on its way" if saved.seat_at else ""), "")


def _central(saved: SaveState, link: LinkState | None) -> tuple[str, ...]:
    if saved.central_at:
        return (f"central {wall_text(saved.central_at)}", "")
    return ("central after the exam", "") if saved.hall_at and link is not None and link.is_connected else ("",)


def _duration(seconds: int) -> str:
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"
