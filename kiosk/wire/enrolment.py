"""An enrolment: what a hall gives a seat when a technician sets it up. Everything in it is public."""

from typing import Annotated, Literal

from pydantic import Field

from kiosk.wire.document import ChainTexts, Document, Name, PublicKey, Recipient
from kiosk.wire.revocation import RevocationsText


class EnrolmentDocument(Document):
    """Who the seat is, whom it trusts, and whom it seals to."""

    version: Literal[1]
    seat: Name
    chain: ChainTexts
    """The seat's certificates, its own first."""
    root: PublicKey
    recipients: Annotated[tuple[Recipient, ...], Field(min_length=1, max_length=8)]
    keepers: Annotated[tuple[Recipient, ...], Field(max_length=4)] = ()
    """Whom the key of the seat's store is sealed to: the hall, and the escrow."""
    revocations: RevocationsText | None = None
    """The newest revocation list the hall knows."""
