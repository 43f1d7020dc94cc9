"""The lock of an envelope: the age identity that the code in a hall's envelope stands for.

The code has 130 random bits, so nothing is gained by making a try slow; a key is derived from it with HKDF (RFC 5869).
Stretching it as a password would take half a gigabyte of memory on the hall's machine, in the minute it counts.
"""

import secrets

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kiosk.exam.canonical import canonical
from kiosk.exam.envelope_code import BITS, read, spell
from kiosk.sealing.age import AgeIdentity

_PURPOSE = "exam-kiosk envelope 1"
_PREFIX = "age-secret-key-"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def draw_code() -> str:
    """Return a fresh code from the system's random source, as it is printed."""
    return spell(secrets.randbits(BITS))


def code_identity(code: str, test_id: str, hall: str) -> AgeIdentity:
    """Return what a code opens of one test in one hall; raises Mistyped for a slip of the finger."""
    secret = read(code).to_bytes(-(-BITS // 8), "big")
    purpose = canonical({"for": _PURPOSE, "test": test_id, "hall": hall})
    return identity_of(HKDF(SHA256(), length=32, salt=None, info=purpose).derive(secret))


def identity_of(key: bytes) -> AgeIdentity:
    """Return the age identity whose X25519 key is 32 derived bytes."""
    return AgeIdentity(_identity_text(key))


def _identity_text(key: bytes) -> str:
    """Return an X25519 key as age writes it: Bech32 (BIP 173, without its limit of length), in capitals."""
    bits = int.from_bytes(key, "big") << 4  # 256 bits and four of filling make 52 characters
    values = [bits >> 5 * place & 31 for place in reversed(range(52))]
    expanded = [*(ord(c) >> 5 for c in _PREFIX), 0, *(ord(c) & 31 for c in _PREFIX)]
    check = _polymod([*expanded, *values, 0, 0, 0, 0, 0, 0]) ^ 1
    values += [check >> 5 * place & 31 for place in reversed(range(6))]
    return f"{_PREFIX}1{''.join(_BECH32[v] for v in values)}".upper()


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATOR):
            check ^= generator if top >> bit & 1 else 0
    return check
