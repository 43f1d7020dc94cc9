"""Reads a frame into a parcel: its entries parsed, its captures and papers proved, nothing else believed."""

import base64
import binascii
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import suppress

from kiosk.exam.error import Invalid, KioskError, Tampered
from kiosk.exam.evidence import Evidence
from kiosk.exam.grant import Grant
from kiosk.exam.lease import Lease
from kiosk.exam.page import SignedGrant, SignedLease
from kiosk.exam.parcel import Beginning, Parcel, read_entry, read_genesis
from kiosk.exam.tail import Frame
from kiosk.hall.keys import HallKeys
from kiosk.sealing.coded_grant import is_coded, proctor_name, read_coded
from kiosk.sealing.envelope import PayloadType, open_envelope
from kiosk.wire.hub import EvidencePart, FrameMessage, GenesisPart


def parcel_of(seat: str, message: FrameMessage, keys: HallKeys) -> Parcel:
    """Return the parcel of a frame; leases count only with the signature of this hall's own key.

    Raises Invalid or Tampered for what cannot be read or does not hold.
    """
    entries = tuple(read_entry(text) for text in message.entries)
    if entries[0].seq != message.first:
        raise Invalid("a frame begins with another entry than it says")
    return Parcel(
        seat=seat,
        submission_id=message.submission_id,
        opened_on=message.opened_on,
        frame=Frame(message.epoch, bytes.fromhex(message.before), entries),
        texts=message.entries,
        evidence=tuple(_evidence(part) for part in message.evidence),
        grants=tuple(_grants((envelope.encode("ascii", "replace") for envelope in message.grants), keys)),
        beginning=None if message.start is None else _beginning(message.start, keys),
    )


def _beginning(part: GenesisPart, keys: HallKeys) -> Beginning:
    leases = tuple(_lease(envelope.encode("ascii", "replace"), keys) for envelope in part.leases)
    return Beginning(genesis=read_genesis(part.genesis), text=part.genesis, leases=leases)


def _lease(envelope: bytes, keys: HallKeys) -> SignedLease:
    lease = Lease.from_document(open_envelope(envelope, PayloadType.LEASE, keys.signing.public))
    return SignedLease(lease=lease, envelope=envelope)


def _grants(envelopes: Iterable[bytes], keys: HallKeys) -> Iterator[SignedGrant]:
    """Give the grants of this hall, and those a code allowed at a seat of it, which the office judges.

    What says that a code allowed it and does not hold is left out, as nothing may lean on it; its entries are kept.
    """
    for envelope in envelopes:
        if not is_coded(envelope):
            grant = Grant.from_document(open_envelope(envelope, PayloadType.GRANT, keys.signing.public))
            yield SignedGrant(grant=grant, envelope=envelope)
            continue
        with suppress(KioskError):
            coded = read_coded(envelope, keys.root, keys.hall)
            if coded.grant.who == proctor_name(coded.proctor):
                yield SignedGrant(grant=coded.grant, envelope=envelope)


def _evidence(part: EvidencePart) -> Evidence:
    try:
        content = base64.b64decode(part.content, validate=True)
    except binascii.Error:
        raise Invalid("a capture came damaged from the seat") from None
    if hashlib.sha256(content).hexdigest() != part.digest:
        raise Tampered("a capture is not the one its digest names")
    return Evidence(part.digest, part.media_type, part.at, content)
