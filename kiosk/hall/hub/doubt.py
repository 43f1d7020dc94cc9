"""Doubts: whether a new machine of the hall can know yet that a candidate sits nowhere else.

A hub whose store was made after a session began has not seen who sat down before. Until the seats have told, a test may
be open at one of them; a second sitting of the same attempt could not be merged with it.
"""

from collections.abc import Callable

from kiosk.exam.assignment import Session
from kiosk.exam.text import clean_line
from storage.hall.store import HallStore

ASK = "Please ask the proctor."


class Doubts:
    """Asked before a sitting is begun; says nothing where the hall's store was there before the session began."""

    def __init__(
        self,
        store: HallStore,
        has_told: Callable[[str], bool],
        elsewhere: Callable[[str, str], str | None],
    ) -> None:
        """`has_told`: whether a seat has said what it holds, and all of it came; `elsewhere` names another seat at
        which somebody is said to be signed in.
        """
        self._store = store
        self._has_told = has_told
        self._elsewhere = elsewhere

    def of(self, candidate_id: str, seat: str, session: Session | None) -> str | None:
        """Return why a test may be open for a candidate at another seat than this one; None where nothing says so.

        Of somebody for whom no seat is planned nothing is known before the seats have told.
        """
        loaded_at = None if session is None else self._store.roster.first_loaded_at()
        if session is None or loaded_at is None or loaded_at <= session.starts_at:
            return None
        other = self._elsewhere(candidate_id, seat)
        if other is not None:
            return f"You may be at work at the seat {clean_line(other, 40)}, as that seat says. {ASK}"
        planned = self._store.attendance.seats_of(candidate_id)
        if seat in planned:
            return None
        names = ", ".join(clean_line(name, 40) for name in planned if not self._has_told(name))
        return (
            f"Your test may be open at the seat {names}, which this new hub has not heard yet. {ASK}" if names else None
        )
