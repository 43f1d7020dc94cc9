"""The key of a seat's store as it is sealed, and how a seat asks its hall to open it."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from kiosk.wire.document import ChainTexts, Digest, Document, Name, Recipient

LARGEST_WRAPPED = 4_096
"""Bytes of a sealed key."""


class StoreKeyDocument(Document):
    """What is sealed: the key, and the seat whose store it opens, so that a hall never gives it to another seat."""

    model_config = ConfigDict(hide_input_in_errors=True)

    version: Literal[1]
    purpose: Literal["exam-kiosk store key"]
    seat: Name
    key: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", repr=False)]
    """32 raw bytes in lower-case hex."""


class UnlockDocument(Document):
    """What a seat's key signs to have its store's key back."""

    version: Literal[1]
    seat: Name
    nonce: Digest
    """Drawn by the hall for this one asking."""
    wrapped: Digest
    """SHA-256 of the sealed key it wants opened."""
    recipient: Recipient
    """Made for this one answer: whom the opened key is sealed to on its way."""
    certificates: ChainTexts


class WrappingDocument(Document):
    """To whom the copies of a store's key in a seat's folder are sealed; public."""

    version: Literal[1]
    keepers: Annotated[tuple[Recipient, ...], Field(max_length=4)]
    code: Recipient | None
    """What the code and the local secret stand for together; None where there is no such copy."""
