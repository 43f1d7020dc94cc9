"""Faults: every answer of the door that is not a success, as a status, words, and when to come back."""

from starlette.responses import Response

from kiosk.exam.error import Denied, Invalid, KioskError, Refused, Tampered
from kiosk.wire.upload import Problem
from storage.engine import StoreError, StoreFull

MEDIA = "application/problem+json"
"""RFC 9457; `title` and `detail` are the members used of it."""
LATER = 10
"""Seconds after which a hall may knock again where the store did not answer."""
MUCH_LATER = 120
"""Seconds after which it may where somebody must make room first."""


class Fault(KioskError):
    """An answer that is not a success."""

    def __init__(self, status: int, title: str, detail: str, *, retry_after: int = 0) -> None:
        super().__init__(detail, title)
        self.status = status
        self.retry_after = retry_after
        """Seconds; 0 where coming again with the same will not help, or may be done at once."""


def fault_of(error: KioskError) -> Fault:
    """Return the answer that says what went wrong."""
    match error:
        case Fault():
            return error
        case StoreFull():
            return Fault(507, "No room", "Central has no room left. Keep everything.", retry_after=MUCH_LATER)
        case StoreError():
            # its words name files and hosts of central, which are no business of a hall
            return Fault(503, "Not now", "Central's store does not answer. Come again.", retry_after=LATER)
        case Tampered() | Invalid():
            return Fault(422, error.title, error.message)
        case Denied():
            return Fault(403, error.title, error.message)
        case Refused():
            return Fault(409, error.title, error.message)
        case _:
            return Fault(503, "Not now", "Central cannot do this now. Come again.", retry_after=LATER)


def mistake() -> Fault:
    """Return the answer to what nobody foresaw."""
    return Fault(500, "A mistake", "Central made a mistake. Keep everything, and come again.")


def answer(fault: Fault) -> Response:
    """Return a fault as a response."""
    headers = {"Retry-After": str(fault.retry_after)} if fault.retry_after else {}
    if fault.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    body = Problem(title=fault.title, detail=fault.message).model_dump_json()
    return Response(body, fault.status, headers, MEDIA)
