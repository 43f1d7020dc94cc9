"""What is carried down to a seat before it is needed, and up from it once it is sealed."""

from typing import Annotated, Literal

from pydantic import Field

from kiosk.wire import line
from kiosk.wire.document import Count, Digest, Document, EnvelopeText
from kiosk.wire.hub.term import Number, PartText


class BundlePartMessage(line.Asked):
    """A part of a sealed bundle on its way to the hub; `BundleHeld` answers the last."""

    type: Literal["bundle_part"] = "bundle_part"
    bundle_id: Digest
    envelope: EnvelopeText
    """The signed manifest, with every part."""
    index: Number
    count: Annotated[int, Field(ge=1, le=1_000)]
    data: PartText


class FetchMessage(Document):
    """Asks for a part of a sealed blob the hub offered; `BlobPart` answers."""

    type: Literal["fetch"] = "fetch"
    sha256: Digest
    index: Number


class BlobOffer(Document):
    """One sealed paper or its attachments, which the seat may fetch before it is needed."""

    paper: Digest
    sha256: Digest
    length: Count
    role: Literal["paper", "attachments"]


class ProvisionMessage(Document):
    """What is to lie on the seat before the exam; still sealed."""

    type: Literal["provision"] = "provision"
    blobs: Annotated[tuple[BlobOffer, ...], Field(max_length=1_000)]


class BlobPartMessage(line.Asked):
    """A part of a blob."""

    type: Literal["blob_part"] = "blob_part"
    sha256: Digest
    index: Number
    count: Annotated[int, Field(ge=1, le=1_000)]
    data: PartText


class AdvanceMessage(line.Asked):
    """What lets a seat begin without its hub: a lease made ahead for who is expected there, and how to know them."""

    type: Literal["advance"] = "advance"
    lease: EnvelopeText
    candidate: EnvelopeText
    """DSSE envelope by the hall of the candidate's card, their test's card, and what is read before the start."""
    paper_identity: Annotated[str | None, Field(max_length=200)] = None
    """What opens the paper, from the release on."""


class BundleHeldMessage(Document):
    """The hub has committed a bundle."""

    type: Literal["bundle_held"] = "bundle_held"
    bundle_id: Digest


class ReceiptMessage(Document):
    """Central's receipt for a bundle of this seat: "saved at central"."""

    type: Literal["receipt"] = "receipt"
    bundle_id: Digest
    envelope: EnvelopeText
