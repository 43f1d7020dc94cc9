"""An enrolment: what a hall gives a seat when a technician sets it up. What of it is secret is kept apart."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from kiosk.wire.document import ChainTexts, Document, Name, PublicKey, Recipient
from kiosk.wire.revocation import RevocationsText


class EnrolmentDocument(Document):
    """Who the seat is, whom it trusts, and whom it seals to."""

    model_config = ConfigDict(hide_input_in_errors=True)

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
    is_sealed: bool = False
    """Whether the key of the seat's store may lie on its disk only sealed."""
    code_key: Annotated[str | None, Field(pattern=r"^[0-9a-f]{64}$", repr=False)] = None
    """What the seat's code derives to, in hex. The seat makes a copy with it and never writes it to its disk."""
    act_key: Annotated[str | None, Field(pattern=r"^[0-9a-f]{64}$", repr=False)] = None
    """The key of the codes that allow acts while the hall does not answer, in hex. The seat keeps it with its keys."""
