"""The proof of a seat: it holds its key now, and speaks to the hub whose TLS certificate it sees."""

from collections.abc import Sequence

from pydantic import ValidationError

from kiosk.exam.error import Denied, Invalid
from kiosk.sealing.certificate import Holder, verify_chain
from kiosk.sealing.envelope import PayloadType, read_envelope, sign
from kiosk.sealing.key import KeyRole, SigningKey
from kiosk.sealing.revocation import Revocations
from kiosk.wire.document import words
from kiosk.wire.hub import SeatProof


def sign_seat_proof(hall: str, seat: str, nonce: str, certificate: str, key: SigningKey) -> str:
    """Return a seat's proof: `nonce` as the hub gave it, `certificate` the SHA-256 of the TLS certificate (DER).

    Raises Invalid where the hub asks for what cannot be signed.
    """
    try:
        proof = SeatProof(hall=hall, seat=seat, nonce=nonce, certificate=certificate)
    except ValidationError as error:
        raise Invalid(f"the hub asks for what cannot be signed: {words(error)}") from None
    return sign(PayloadType.SEAT_PROOF, proof.model_dump(mode="json"), key).decode("ascii")


def check_seat_proof(
    envelope: str,
    chain: Sequence[str],
    expected: SeatProof,
    *,
    hall_key: str,
    root: str,
    at: str,
    revoked: Revocations,
) -> Holder:
    """Return who proved to be the seat of `expected`, with what is odd about its certificates in the flags.

    Raises Denied unless the chain leads over `hall_key` to `root` and the proof names this hall, seat, nonce and TLS
    certificate, or where a certificate is revoked; Tampered for a signature that does not hold; Invalid for another
    shape.
    """
    holder = verify_chain(chain, root, KeyRole.SEAT, at, revoked).standing()
    if (holder.hall, holder.seat) != (expected.hall, expected.seat):
        raise Denied(f"this certificate is of the seat {holder.seat} of {holder.hall}")
    if len(chain) < 2 or verify_chain(chain[1:], root, KeyRole.HALL).key != hall_key:
        raise Denied("this seat was enrolled under another key of the hall; enrol it again")
    read = read_envelope(envelope.encode("utf-8", "replace"), PayloadType.SEAT_PROOF)
    read.check(holder.key)
    try:
        proof = SeatProof.model_validate_json(read.canonical_payload())
    except ValidationError as error:
        raise Invalid(f"the proof is not of this version: {words(error)}") from None
    if proof != expected:
        raise Denied(f"the proof is for {_difference(proof, expected)}")
    return holder


def _difference(proof: SeatProof, expected: SeatProof) -> str:
    if proof.nonce != expected.nonce:
        return "another connection"
    if proof.certificate != expected.certificate:
        return "another certificate than the hub shows: somebody stands between"
    return "another seat or hall"
