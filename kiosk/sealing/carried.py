"""A carried journal: sealed to the hall and signed by the seat, read back only by the hall it was sealed to."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from pydantic import ValidationError

from kiosk.exam.error import Denied, Invalid, Tampered
from kiosk.sealing import frame
from kiosk.sealing.age import AgeIdentity, seal_to
from kiosk.sealing.certificate import verify_chain
from kiosk.sealing.compression import compress, expand
from kiosk.sealing.envelope import PayloadType, read_envelope, sign
from kiosk.sealing.key import KeyRole, SigningKey
from kiosk.sealing.revocation import Revocations
from kiosk.wire.carried import LARGEST_CARRIED, CarriedJournal, CarriedManifest
from kiosk.wire.document import Extent, words
from kiosk.wire.hub import FrameMessage

SUFFIX = ".exkj"


@dataclass(frozen=True, slots=True)
class Carried:
    """A journal that was carried, with its signature and its seal proved; its chain is for the hall to judge."""

    manifest: CarriedManifest
    frames: tuple[FrameMessage, ...] = field(repr=False)
    flags: tuple[str, ...] = ()
    """What is odd about the seat's certificates."""


def seal_journal(
    frames: Sequence[FrameMessage],
    *,
    hall: str,
    seat: str,
    head: str,
    recipient: str,
    key: SigningKey,
    chain: Sequence[str],
) -> bytes:
    """Return the file of a whole journal; raises Invalid for one that is longer than a hall reads."""
    plain = CarriedJournal(frames=tuple(frames)).model_dump_json().encode("utf-8")
    if len(plain) > LARGEST_CARRIED:
        raise Invalid(f"this journal has {len(plain):,} bytes; a hall reads at most {LARGEST_CARRIED:,}")
    body = seal_to([recipient], compress(plain))
    manifest = CarriedManifest(
        hall=hall,
        seat=seat,
        chain=tuple(chain),
        submission_id=frames[0].submission_id,
        head=head,
        plain=len(plain),
        sealed=Extent(sha256=hashlib.sha256(body).hexdigest(), length=len(body)),
        entries=sum(len(one.entries) for one in frames),
    )
    return frame.join(sign(PayloadType.JOURNAL, manifest.model_dump(mode="json"), key), body)


def open_journal(
    data: bytes, *, hall: str, hall_key: str, root: str, identity: AgeIdentity, revoked: Revocations
) -> Carried:
    """Return a journal a seat of this hall carried.

    Raises Denied for another hall's, or a seat enrolled under another key of it; Tampered or Invalid for what does not
    hold or is not of this version.
    """
    envelope, body = frame.split(data)
    read = read_envelope(envelope, PayloadType.JOURNAL)
    try:
        manifest = CarriedManifest.model_validate_json(read.canonical_payload())
    except ValidationError as error:
        raise Invalid(f"this journal is not of this version: {words(error)}") from None
    holder = verify_chain(manifest.chain, root, KeyRole.SEAT, None, revoked).standing()
    read.check(holder.key)
    if (holder.hall, holder.seat, manifest.hall) != (hall, manifest.seat, hall):
        raise Denied(f"This journal is of the seat {holder.seat} of {holder.hall}.")
    if len(manifest.chain) < 2 or verify_chain(manifest.chain[1:], root, KeyRole.HALL).key != hall_key:
        raise Denied("This seat was enrolled under another key of the hall.")
    if (hashlib.sha256(body).hexdigest(), len(body)) != (manifest.sealed.sha256, manifest.sealed.length):
        raise Tampered("this journal is not the one its seat signed")
    try:
        journal = CarriedJournal.model_validate_json(expand(identity.open(body), manifest.plain))
    except ValidationError as error:
        raise Invalid(f"this journal is not of this version: {words(error)}") from None
    if any(one.submission_id != manifest.submission_id for one in journal.frames):
        raise Tampered("this journal holds another sitting than it says")
    return Carried(manifest, journal.frames, holder.flags)
