"""Closings and close-outs: the hall signs what became of its roster, central signs that it holds all of it."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from pydantic import ValidationError

from kiosk.exam.closing import Explained, RowState
from kiosk.exam.error import Denied, Invalid, Tampered
from kiosk.sealing.certificate import verify_chain
from kiosk.sealing.envelope import LARGEST_ENVELOPE, PayloadType, read_envelope, sign
from kiosk.sealing.key import KeyRole, SigningKey
from kiosk.sealing.receipt import ReceiptSigner
from kiosk.sealing.revocation import NONE_REVOKED, Revocations
from kiosk.wire.closing import CloseoutDocument, ClosingDocument, ExplainedRow
from kiosk.wire.document import words

CLOSING_SUFFIX = ".closing"
CLOSEOUT_SUFFIX = ".closeout"
SAT = (RowState.PRESENT, RowState.UNFINISHED)
"""What says that somebody sat in the hall."""


@dataclass(frozen=True, slots=True)
class Closing:
    """A closing whose signature holds."""

    closing_id: str
    """SHA-256 of the payload."""
    document: ClosingDocument
    envelope: bytes = field(repr=False)
    flags: tuple[str, ...] = ()
    """What a person should look at, in words: certificates out of their time."""

    @property
    def file_name(self) -> str:
        """The name of the closing's file: its id."""
        return f"{self.closing_id}{CLOSING_SUFFIX}"

    @property
    def rows(self) -> tuple[Explained, ...]:
        """What became of each row, as values."""
        return tuple(
            Explained(r.assignment_id, r.candidate_id, RowState(r.state), r.bundles, r.note) for r in self.document.rows
        )

    @property
    def bundles(self) -> tuple[str, ...]:
        """Every bundle it names, sorted."""
        return tuple(sorted(b for row in self.document.rows for b in row.bundles))


def row_of(explained: Explained) -> ExplainedRow:
    """Return the document of one row; raises Invalid for more than a document takes."""
    try:
        return ExplainedRow(
            assignment_id=explained.assignment_id,
            candidate_id=explained.candidate_id,
            state=explained.state.value,
            bundles=explained.bundles,
            note=explained.note,
        )
    except ValidationError as error:
        raise Invalid(f"the row {explained.assignment_id} cannot travel: {words(error)}") from None


def sign_closing(document: ClosingDocument, key: SigningKey, root: str) -> Closing:
    """Return a closing signed by the hall's key, read again before it is returned; raises Invalid for one too long."""
    envelope = sign(PayloadType.CLOSING, document.model_dump(mode="json"), key)
    if len(envelope) > LARGEST_ENVELOPE:
        raise Invalid(
            f"this closing of {len(document.rows):,} rows has {len(envelope):,} bytes, "
            f"and at most {LARGEST_ENVELOPE:,} are taken: shorten the notes of its rows"
        )
    return read_closing(envelope, root)


def read_closing(envelope: bytes, root: str, revoked: Revocations = NONE_REVOKED) -> Closing:
    """Return a closing believed on the word of the root's public key.

    Raises Tampered or Invalid where it does not hold, Denied where it is not its hall's or the hall is revoked.
    """
    read = read_envelope(envelope, PayloadType.CLOSING)
    try:
        document = ClosingDocument.model_validate_json(read.canonical_payload())
    except ValidationError as error:
        raise Invalid(f"this closing is not of this version: {words(error)}") from None
    holder = verify_chain(document.certificates, root, KeyRole.HALL, document.closed_at, revoked).standing()
    read.check(holder.key)
    if document.hall != holder.hall:
        raise Denied("this closing names another hall than the key that signed it")
    _must_be_sound(document.rows)
    return Closing(hashlib.sha256(read.payload).hexdigest(), document, envelope, holder.flags)


def closeout(closing: Closing, settled_at: str, signer: ReceiptSigner) -> bytes:
    """Return central's close-out of a closing, of which every row is explained and every bundle held."""
    document = CloseoutDocument(
        version=1,
        closing=closing.closing_id,
        hall=closing.document.hall,
        test_id=closing.document.test_id,
        bundles=closing.bundles,
        settled_at=settled_at,
        certificates=signer.chain,
    )
    return sign(PayloadType.CLOSEOUT, document.model_dump(mode="json"), signer.key)


def read_closeout(envelope: bytes, root: str, hall: str, revoked: Revocations = NONE_REVOKED) -> CloseoutDocument:
    """Return a hall's close-out, believed on the word of the root's public key.

    Raises Tampered or Invalid where it does not hold, Denied for another hall's and for one under a revoked key.
    """
    read = read_envelope(envelope, PayloadType.CLOSEOUT)
    try:
        document = CloseoutDocument.model_validate_json(read.canonical_payload())
    except ValidationError as error:
        raise Invalid(f"this close-out is not of this version: {words(error)}") from None
    holder = verify_chain(document.certificates, root, KeyRole.RECEIPT, document.settled_at, revoked)
    read.check(holder.standing().key)
    if document.hall != hall:
        raise Denied("this close-out is for another hall")
    return document


def read_closeout_of(
    closing: Closing, envelope: bytes, root: str, revoked: Revocations = NONE_REVOKED
) -> CloseoutDocument:
    """Return the close-out of exactly this closing; raises Tampered for that of another, else as `read_closeout`."""
    document = read_closeout(envelope, root, closing.document.hall, revoked)
    if document.closing != closing.closing_id:
        raise Tampered("this close-out is for another closing than the newest of this hall")
    if (document.test_id, document.bundles) != (closing.document.test_id, closing.bundles):
        raise Tampered("this close-out names another test or other bundles than its closing")
    return document


def _must_be_sound(rows: Iterable[ExplainedRow]) -> None:
    """Raise Invalid unless each row and each bundle stands once, and a row has bundles where somebody sat."""
    rows = tuple(rows)
    assignments = Counter(row.assignment_id for row in rows)
    bundles = Counter(b for row in rows for b in row.bundles)
    for name, count in (assignments + bundles).items():
        if count > 1:
            raise Invalid(f"this closing names {name[:12]} {count} times")
    for row in rows:
        state = RowState(row.state)
        if (state in SAT and not row.bundles) or (state is RowState.ABSENT and row.bundles):
            raise Invalid(f"this closing contradicts itself about {row.assignment_id[:40]}")
