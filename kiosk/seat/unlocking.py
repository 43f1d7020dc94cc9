"""How a sealed seat has the key of its store opened: by its hall, or by the code where no hall answers."""

from kiosk.exam.error import Denied, Invalid, KioskError, Refused, Tampered
from kiosk.ground.home import Place
from kiosk.sealing.certificate import verify_chain
from kiosk.sealing.copy import read_file
from kiosk.sealing.key import KeyFolder, KeyRole
from kiosk.sealing.key_file import read_private
from kiosk.sealing.store_key import KEY_BYTES, sign_proof, unwrap_key
from kiosk.views.authority import Keeper
from kiosk.wire.enrolment import EnrolmentDocument
from kiosk.wire.store_key import LARGEST_WRAPPED

SEAT_KEY = "seat"
WRAPPED, OFFLINE, LOCAL = "store.key.age", "store.key.code.age", "store.key.local"
WRONG_CODE = "This code does not open this seat. Look whether it is the code of this seat, and the newest."


def wrapped_key(place: Place) -> bytes:
    """Return the copy sealed to hall and escrow; raises KioskError where there is none."""
    return read_file(place.keys / WRAPPED, LARGEST_WRAPPED)


def unlock_by_hall(place: Place, enrolment: EnrolmentDocument, keeper: Keeper, wrapped: bytes | None = None) -> bytes:
    """Return the key that a sealed copy holds, the one on the disk unless another is given.

    Raises Denied where the hall does not believe this seat, KioskError where it does not answer.
    """
    sealed = wrapped_key(place) if wrapped is None else wrapped
    own = KeyFolder(place.keys).signing(SEAT_KEY)
    proof = sign_proof(enrolment.seat, keeper.challenge(enrolment.seat), sealed, enrolment.chain, own)
    key = proof.identity.open(keeper.unlock(enrolment.seat, sealed, proof.envelope))
    if len(key) != KEY_BYTES:
        raise Invalid("the hall gave back what is not the key of a store")
    return key


def unlock_by_code(place: Place, enrolment: EnrolmentDocument, code: str) -> bytes:
    """Return the key of a seat's store, opened with the code and this seat's local secret.

    Raises Mistyped for a slip of the finger, Denied for a code that is another's.
    """
    from kiosk.sealing.offline import LOCAL_BYTES, code_key, offline_identity

    hall = verify_chain(enrolment.chain, enrolment.root, KeyRole.SEAT).hall
    assert hall is not None
    derived = code_key(code, hall, enrolment.seat)
    path = place.keys / OFFLINE
    if not path.exists():
        raise Refused(f"No code opens this seat: {path} is missing. Only its hall does, or the escrow.")
    local = read_private(place.keys / LOCAL)
    if len(local) != LOCAL_BYTES:
        raise KioskError(f"{place.keys / LOCAL} is damaged, so that no code opens this seat. Only its hall does.")
    try:
        return unwrap_key(
            read_file(path, LARGEST_WRAPPED), offline_identity(derived, local, enrolment.seat), enrolment.seat
        )
    except Tampered:
        raise Denied(WRONG_CODE) from None
