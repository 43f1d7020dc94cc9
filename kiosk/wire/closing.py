"""The end of a hall's exam: the hall's statement of what became of every roster row, and central's close-out of it."""

from typing import Annotated, Literal

from pydantic import Field

from kiosk.wire.document import ChainTexts, Digest, Document, Identifier, Instant, Name

MOST_ROWS = 10_000
"""Rows of a closing: with ids of 32 characters, and in each row a bundle and a note of 60 bytes, so many fit the
largest envelope. With more in each row fewer do; signing then says so."""
MOST_BUNDLES = 40_000
"""Bundles of a close-out: so many digests fit the largest envelope, and more than a closing can name."""


class ExplainedRow(Document):
    """One assignment of the roster, and what became of it in this hall."""

    assignment_id: Identifier
    candidate_id: Identifier
    state: Literal["present", "absent", "moved", "unfinished"]
    """`present` handed in; `unfinished` sat and was sealed without a hand-in; `moved` went on or sat elsewhere."""
    bundles: Annotated[tuple[Digest, ...], Field(max_length=100)]
    """The bundles of its sittings; at least one where the state is `present` or `unfinished`."""
    note: Annotated[str, Field(max_length=500)]


class ClosingDocument(Document):
    """What the hall signs when it closes a test: every row of its roster, each exactly once."""

    version: Literal[1]
    hall: Name
    test_id: Identifier
    package: Digest
    """The newest package of the test this hall has loaded."""
    closed_at: Instant
    closed_by: Identifier
    second: Identifier | None
    rows: Annotated[tuple[ExplainedRow, ...], Field(max_length=MOST_ROWS)]
    certificates: ChainTexts


class CloseoutDocument(Document):
    """What the receipt key signs once every row is explained and every bundle named is held; it allows wiping."""

    version: Literal[1]
    closing: Digest
    """SHA-256 of the closing's payload."""
    hall: Name
    test_id: Identifier
    bundles: Annotated[tuple[Digest, ...], Field(max_length=MOST_BUNDLES)]
    """Every bundle central holds that the closing names, sorted."""
    settled_at: Instant
    certificates: ChainTexts
