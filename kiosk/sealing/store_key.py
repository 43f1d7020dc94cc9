"""The key of a seat's store, sealed; and the seat's proof, for which its hall opens it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from pydantic import ValidationError

from kiosk.exam.canonical import canonical
from kiosk.exam.error import Denied, Invalid
from kiosk.sealing.age import AgeIdentity, seal_to
from kiosk.sealing.certificate import Holder, verify_chain
from kiosk.sealing.envelope import PayloadType, read_envelope, sign
from kiosk.sealing.key import KeyRole, SigningKey
from kiosk.sealing.revocation import Revocations
from kiosk.wire.document import words
from kiosk.wire.store_key import LARGEST_WRAPPED, StoreKeyDocument, UnlockDocument

KEY_BYTES = 32
PURPOSE = "exam-kiosk store key"


@dataclass(frozen=True, slots=True)
class Proof:
    """What a seat signed, and the age identity with which it alone reads the answer."""

    envelope: bytes
    identity: AgeIdentity = field(repr=False)


@dataclass(frozen=True, slots=True)
class Proved:
    """A proof that holds."""

    holder: Holder
    recipient: str


def wrap_key(key: bytes, seat: str, recipients: Sequence[str]) -> bytes:
    """Return the key of a seat's store sealed to any of `recipients`, with the seat's name."""
    document = {"version": 1, "purpose": PURPOSE, "seat": seat, "key": key.hex()}
    return seal_to(recipients, canonical(document))


def unwrap_key(wrapped: bytes, identity: AgeIdentity, seat: str | None = None) -> bytes:
    """Return the key in a sealed copy.

    Raises Tampered where it is sealed to others, Denied for the key of another seat than `seat`, Invalid for anything
    that is not the key of a store. Without `seat`, 32 bare bytes are taken too, as earlier copies hold them.
    """
    if len(wrapped) > LARGEST_WRAPPED:
        raise Invalid("this is not the sealed key of a store")
    plain = identity.open(wrapped)
    if seat is None and len(plain) == KEY_BYTES:
        return plain
    try:
        document = StoreKeyDocument.model_validate_json(plain)
    except ValidationError:
        raise Invalid("what is sealed is not the key of a store") from None
    if seat is not None and document.seat != seat:
        raise Denied(f"This is the key of the seat {document.seat}'s store, and not of {seat}'s.")
    return bytes.fromhex(document.key)


def sign_proof(seat: str, nonce: str, wrapped: bytes, chain: Sequence[str], key: SigningKey) -> Proof:
    """Return a seat's proof over its hall's nonce, with an identity made for the answer."""
    identity = AgeIdentity.generate()
    try:
        document = UnlockDocument(
            version=1,
            seat=seat,
            nonce=nonce,
            wrapped=hashlib.sha256(wrapped).hexdigest(),
            recipient=identity.recipient,
            certificates=tuple(chain),
        )
    except ValidationError as error:
        raise Invalid(f"the hall asks for what cannot be signed: {words(error)}") from None
    return Proof(sign(PayloadType.UNLOCK, document.model_dump(mode="json"), key), identity)


def read_proof(
    envelope: bytes, root: str, *, hall: str, seat: str, nonce: str, wrapped: bytes, at: str, revoked: Revocations
) -> Proved:
    """Return a proof that holds: the seat's key, certified by this hall, signed this nonce for this sealed key.

    Raises Denied, Tampered or Invalid otherwise. A certificate out of its time is flagged: a clock may be wrong.
    """
    read = read_envelope(envelope, PayloadType.UNLOCK)
    try:
        document = UnlockDocument.model_validate_json(read.canonical_payload())
    except ValidationError as error:
        raise Invalid(f"this proof is not of this version: {words(error)}") from None
    holder = verify_chain(document.certificates, root, KeyRole.SEAT, at, revoked).standing()
    read.check(holder.key)
    if (holder.hall, holder.seat, document.seat) != (hall, seat, seat):
        raise Denied(f"This is the key of another seat than {seat} of {hall}.")
    if (document.nonce, document.wrapped) != (nonce, hashlib.sha256(wrapped).hexdigest()):
        raise Denied("This proof is for another asking.")
    return Proved(holder, document.recipient)
