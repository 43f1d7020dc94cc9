"""The lobby: what a candidate who is signed in may look at before and after a sitting."""

from dataclasses import replace

from kiosk.exam.error import KioskError
from kiosk.exam.moment import Clock
from kiosk.seat.workplace import Workplace
from kiosk.views.authority import Admission, Authority
from kiosk.views.candidate import CandidateCard, Instructions, Notice, Result, TestCard
from storage.seat.store import SeatStore


class Lobby(Workplace):
    """Holds who is signed in; its methods ask the hall and may block."""

    def __init__(self, clock: Clock, authority: Authority, store: SeatStore) -> None:
        super().__init__(clock)
        self._authority = authority
        self._store = store
        self._admission: Admission | None = None

    @property
    def candidate(self) -> CandidateCard | None:
        """Who is signed in."""
        return None if self._admission is None else self._admission.candidate

    def tests(self) -> tuple[TestCard, ...]:
        """Return the candidate's tests, with the receipts of what was handed in here."""
        receipts = {line.assignment_id: line.receipt for line in self._store.sittings()}
        cards = self._authority.tests(self._admitted().token)
        return tuple(replace(card, receipt=receipts.get(card.assignment_id)) for card in cards)

    def notices(self) -> tuple[Notice, ...]:
        """Return the candidate's notifications, newest first."""
        return self._authority.notices(self._admitted().token)

    def instructions(self, assignment_id: str) -> Instructions:
        """Return what is read before the start."""
        return self._authority.instructions(self._admitted().token, assignment_id)

    def result(self, assignment_id: str) -> Result:
        """Return the released result; raises Refused while there is none to show."""
        return self._authority.result(self._admitted().token, assignment_id)

    def _admitted(self) -> Admission:
        if self._admission is None:
            raise KioskError("Nobody is signed in on this seat.")
        return self._admission
