"""A hall that does not answer yet: each call tries to reach it again, so that a seat opened by code goes on."""

from collections.abc import Callable

from kiosk.views.authority import Admission, Authority, GrantRequest, LeaseOffer, Report
from kiosk.views.candidate import Instructions, Notice, Result, TestCard


class LateHall:
    """Implements `kiosk.views.authority.Authority` on a hall that `reach` returns, or raises KioskError for."""

    def __init__(self, reach: Callable[[], Authority]) -> None:
        self._reach = reach

    def admit(self, roll_number: str, code: str, seat: str) -> Admission:
        """Recognise a candidate."""
        return self._reach().admit(roll_number, code, seat)

    def tests(self, token: str) -> tuple[TestCard, ...]:
        """Return the candidate's tests."""
        return self._reach().tests(token)

    def notices(self, token: str) -> tuple[Notice, ...]:
        """Return the candidate's notifications."""
        return self._reach().notices(token)

    def instructions(self, token: str, assignment_id: str) -> Instructions:
        """Return what is read before the start."""
        return self._reach().instructions(token, assignment_id)

    def lease(self, token: str, assignment_id: str, seat: str) -> LeaseOffer:
        """Ask to open or resume a sitting."""
        return self._reach().lease(token, assignment_id, seat)

    def result(self, token: str, assignment_id: str) -> Result:
        """Return the released result."""
        return self._reach().result(token, assignment_id)

    def proctor(self, pin: str, seat: str) -> str:
        """Check a PIN and return the proctor's name."""
        return self._reach().proctor(pin, seat)

    def grant(self, request: GrantRequest) -> bytes:
        """Return the signed grant of a proctor's act."""
        return self._reach().grant(request)

    def report(self, report: Report) -> None:
        """Tell of a sitting's progress."""
        self._reach().report(report)

    def challenge(self, seat: str) -> str:
        """Return what the seat must sign."""
        return self._reach().challenge(seat)

    def unlock(self, seat: str, wrapped_key: bytes, proof: bytes) -> bytes:
        """Return the key of the seat's store, sealed to whom the proof names."""
        return self._reach().unlock(seat, wrapped_key, proof)
