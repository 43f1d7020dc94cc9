"""An address: where a seat or a console finds its hub, whom it may believe there, and what lets a new seat in."""

from typing import Annotated, Literal

from pydantic import Field

from kiosk.wire.document import ChainTexts, Document, Instant, Name, PublicKey

LARGEST_ADDRESS = 131_072
HubUrl = Annotated[str, Field(max_length=300, pattern=r"^wss://[^\s/?#@]+$")]


class HubAddress(Document):
    """What the hall signs; `kiosk hall serve` writes it, and a technician carries it to the seats with the token."""

    version: Literal[1]
    hall: Name
    urls: Annotated[tuple[HubUrl, ...], Field(min_length=1, max_length=16)]
    """Tried in turn."""
    certificate: Annotated[str, Field(max_length=32_768, pattern=r"^-----BEGIN CERTIFICATE-----\n")]
    """PEM of the only TLS certificate the hub may show."""
    made_at: Instant
    chain: ChainTexts
    """The hall's certificates, its own first."""
    root: PublicKey


class AddressFile(Document):
    """The file as it is carried: a secret, for the token in it."""

    version: Literal[1]
    envelope: Annotated[str, Field(min_length=1, max_length=LARGEST_ADDRESS)]
    """DSSE envelope of a `HubAddress` by the hall's key."""
    token: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$", repr=False)]
    """256 random bits in base64url: lets a seat enrol and a console connect; it signs nobody in."""


class EnrolRequest(Document):
    """A new seat's wish; POSTed in the opening message at `ENROL_PATH`, with the token as the bearer."""

    type: Literal["enrol"] = "enrol"
    seat: Name
    public: PublicKey
