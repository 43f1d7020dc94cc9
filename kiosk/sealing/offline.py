"""Opening a seat's store where no hall answers: the code in the hall's envelope with the seat's local secret.

Neither opens anything alone. Both are random (130 and 256 bits), so HKDF (RFC 5869) is enough and nothing is stretched.
"""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kiosk.exam.canonical import canonical
from kiosk.exam.envelope_code import BITS, read
from kiosk.sealing.age import AgeIdentity
from kiosk.sealing.lock import identity_of

LOCAL_BYTES = 32
"""Length of a seat's local secret."""
_CODE, _OFFLINE = "exam-kiosk seat code 1", "exam-kiosk offline unlock 1"


def code_key(code: str, hall: str, seat: str) -> bytes:
    """Return what the code of a seat derives to, 32 bytes; raises Mistyped, naming the groups with a slip."""
    secret = read(code).to_bytes(-(-BITS // 8), "big")
    purpose = canonical({"for": _CODE, "hall": hall, "seat": seat})
    return HKDF(SHA256(), length=32, salt=None, info=purpose).derive(secret)


def offline_identity(key: bytes, local_secret: bytes, seat: str) -> AgeIdentity:
    """Return what opens the copy of a store's key made for this: from `code_key` and the seat's local secret."""
    purpose = canonical({"for": _OFFLINE, "seat": seat})
    return identity_of(HKDF(SHA256(), length=32, salt=local_secret, info=purpose).derive(key))
