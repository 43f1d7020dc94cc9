"""Codes of acts: how a proctor acts at a seat whose hall is out of reach, with a code that a console gave."""

from typing import Protocol

from kiosk.exam.error import Refused
from kiosk.exam.page import SignedGrant
from kiosk.views.desk import ActRequest

NO_CODES = "This seat takes no codes: it was never connected to a hub. Ask the hall."


class ActCodes(Protocol):
    """What a desk asks for where the hall cannot check a PIN; `submission_id` is empty where no sitting is open."""

    def challenge(self, request: ActRequest, submission_id: str, candidate_id: str | None) -> str:
        """Return what the console must be told; good once, for just this act on just this sitting."""
        ...

    def grant(self, request: ActRequest, code: str, submission_id: str, candidate_id: str | None) -> SignedGrant:
        """Return the grant a right code makes, signed by this seat; raises Denied with the wait after a wrong one."""
        ...


class NoCodes:
    """Implements `ActCodes` on a seat that shares no secret with its hall."""

    def challenge(self, request: ActRequest, submission_id: str, candidate_id: str | None) -> str:
        """Refuse: no console could give a code."""
        raise Refused(NO_CODES)

    def grant(self, request: ActRequest, code: str, submission_id: str, candidate_id: str | None) -> SignedGrant:
        """Refuse: no code could be right."""
        raise Refused(NO_CODES)
