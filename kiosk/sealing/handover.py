"""A handover file: a sitting the hall sends to a seat on a stick, which that seat alone can open.

Hall and seat share a key already, that of the codes for acts. What opens a file is derived from it (HKDF, RFC 5869) for
one sitting and epoch, so that no file opens another.
"""

import hashlib
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import ValidationError

from kiosk.exam.canonical import canonical
from kiosk.exam.error import Denied, Invalid, Tampered
from kiosk.exam.lease import Lease
from kiosk.sealing import frame
from kiosk.sealing.age import AgeIdentity, seal_to
from kiosk.sealing.compression import compress, expand
from kiosk.sealing.envelope import PayloadType, read_envelope, sign
from kiosk.sealing.key import SigningKey
from kiosk.sealing.lock import identity_of
from kiosk.wire.document import Extent, words
from kiosk.wire.handover import LARGEST_HANDOVER, HandoverContents, HandoverManifest

SUFFIX = ".exkh"
_PURPOSE = "exam-kiosk handover 1"


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A handover whose signature and seal are proved; its lease and its journal are for the seat to prove."""

    manifest: HandoverManifest
    contents: HandoverContents = field(repr=False)


def seal_handover(contents: HandoverContents, lease: Lease, *, hall: str, act_key: bytes, key: SigningKey) -> bytes:
    """Return the file of a lease that goes on from a fork; raises Invalid for one that is longer than a seat reads."""
    if lease.fork is None:
        raise Invalid("this permission begins a sitting; there is nothing to hand over")
    plain = contents.model_dump_json().encode("utf-8")
    if len(plain) > LARGEST_HANDOVER:
        raise Invalid(f"this sitting has {len(plain):,} bytes; a seat reads at most {LARGEST_HANDOVER:,}")
    body = seal_to([_opener(act_key, lease.submission_id, lease.epoch).recipient], compress(plain))
    manifest = HandoverManifest(
        hall=hall,
        seat=lease.seat,
        submission_id=lease.submission_id,
        epoch=lease.epoch,
        fork=lease.fork.hash.hex(),
        plain=len(plain),
        sealed=Extent(sha256=hashlib.sha256(body).hexdigest(), length=len(body)),
    )
    return frame.join(sign(PayloadType.HANDOVER, manifest.model_dump(mode="json"), key), body)


def open_handover(data: bytes, *, hall: str, hall_key: str, seat: str, act_key: bytes) -> HandedOver:
    """Return what a hall handed over to a seat.

    Raises Denied for what is for another seat or hall; Tampered or Invalid for what does not hold or is not of this
    version.
    """
    envelope, body = frame.split(data)
    read = read_envelope(envelope, PayloadType.HANDOVER)
    read.check(hall_key)
    try:
        manifest = HandoverManifest.model_validate_json(read.canonical_payload())
    except ValidationError as error:
        raise Invalid(f"this handover is not of this version: {words(error)}") from None
    if (manifest.hall, manifest.seat) != (hall, seat):
        raise Denied(f"This is for the seat {manifest.seat} of {manifest.hall}, and this is {seat} of {hall}.")
    if (hashlib.sha256(body).hexdigest(), len(body)) != (manifest.sealed.sha256, manifest.sealed.length):
        raise Tampered("this handover is not the one its hall signed")
    opened = _opener(act_key, manifest.submission_id, manifest.epoch).open(body)
    try:
        contents = HandoverContents.model_validate_json(expand(opened, manifest.plain))
    except ValidationError as error:
        raise Invalid(f"this handover is not of this version: {words(error)}") from None
    return HandedOver(manifest, contents)


def _opener(act_key: bytes, submission_id: str, epoch: int) -> AgeIdentity:
    purpose = canonical({"for": _PURPOSE, "submission": submission_id, "epoch": epoch})
    return identity_of(HKDF(SHA256(), length=32, salt=None, info=purpose).derive(act_key))
