"""A package on the wire: the signed list of what goes to a hall for a test."""

from typing import Annotated, Literal

from pydantic import Field

from kiosk.wire.document import ChainTexts, Digest, Document, Identifier, Instant, Name, Recipient
from kiosk.wire.revocation import RevocationsText

MOST_BLOBS = 1_000
LARGEST_BLOB = 64 * 2**20
LARGEST_PACKAGE = 2**30
LARGEST_ATTACHMENTS = 16 * 2**20
"""Bytes of the sealed attachments of one paper."""


Role = Literal["paper", "attachments", "outline", "locked_identity", "roster", "canary"]
"""`paper` and `attachments` open with the paper's own identity, which comes at the release; `outline` (what may be told
of it before), `roster` and `canary` (proof that this hall can open what is sealed to it) open with the hall's;
`locked_identity` with the hall's, and then with the code in its envelope."""


class BlobDocument(Document):
    """One sealed file, named by the digest of its bytes."""

    sha256: Digest
    length: Annotated[int, Field(ge=1, le=LARGEST_BLOB)]
    role: Role
    paper: Digest | None
    """Which paper it is, opens or tells of; None for the roster and the canary."""
    recipient: Recipient | None
    """For a paper, the public half of the identity that opens it; None otherwise."""


class PackageManifest(Document):
    """What central signs. Its SHA-256 is the package's id."""

    version: Literal[1]
    test_id: Identifier
    hall: Name
    number: Annotated[int, Field(ge=1, le=2**53 - 1)]
    """Counts up for each test and hall; a hall never goes back."""
    previous: Digest | None
    """Id of the package before."""
    made_at: Instant
    blobs: Annotated[tuple[BlobDocument, ...], Field(min_length=1, max_length=MOST_BLOBS)]
    recipients: Annotated[tuple[Recipient, ...], Field(min_length=1, max_length=8)]
    """Whom the bundles of this test are sealed to: intake and escrow."""
    hall_certificates: ChainTexts
    """The hall's own chain, so that it can certify its seats."""
    certificates: ChainTexts
    """The chain of the release key that signs this."""
    revocations: RevocationsText | None = None
    """The root's newest revocation list; None where nothing was ever revoked."""
