"""A connection: where a hall finds central's door, what lets it in, and whom it may believe there."""

from typing import Annotated, Literal

from pydantic import Field

from kiosk.wire.document import Document, Name

LARGEST_CONNECTION = 65_536


class ConnectionDocument(Document):
    """What `kiosk central token` writes and `kiosk hall connect` keeps; it is a secret, for the token in it."""

    version: Literal[1]
    url: Annotated[str, Field(max_length=500, pattern=r"^https?://[^\s/?#@]+(/[^\s?#]*)?$")]
    """Where the door is, without a slash at its end; plain http only on the same machine."""
    hall: Name
    token: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$", repr=False)]
    """256 random bits in base64url."""
    certificate: Annotated[str, Field(max_length=32_768, pattern=r"^-----BEGIN CERTIFICATE-----\n")] | None
    """PEM of the only certificate this door may show; None where the machine's own list of authorities decides."""
