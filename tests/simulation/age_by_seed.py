"""age (age-encryption.org/v1, X25519) with the sender's chance given from outside, as the stock library cannot have it.

What is sealed here is opened by the product's own library: the simulation needs the same bytes at every run of a seed.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterable

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

Chance = Callable[[int], bytes]
"""Returns so many bytes nobody can guess, or that a seed has drawn."""
CHUNK = 64 * 1024
LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_STEPS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def seal(plain: bytes, recipients: Iterable[str], chance: Chance) -> bytes:
    """Return `plain` sealed to recipients (`age1...`), as section "age file format" of the C2SP specification says."""
    file_key = chance(16)
    header = b"age-encryption.org/v1\n" + b"".join(_stanza(r, file_key, chance(32)) for r in recipients) + b"---"
    mac = hmac.digest(_derived(file_key, b"", b"header"), header, hashlib.sha256)
    nonce = chance(16)
    cipher = ChaCha20Poly1305(_derived(file_key, nonce, b"payload"))
    chunks = [plain[at : at + CHUNK] for at in range(0, len(plain), CHUNK)] or [b""]
    sealed = [
        cipher.encrypt(number.to_bytes(11, "big") + bytes([number == len(chunks) - 1]), chunk, None)
        for number, chunk in enumerate(chunks)
    ]
    return b"".join((header, b" ", _base64(mac), b"\n", nonce, *sealed))


def identity(chance: Chance) -> str:
    """Return the text of a private key, `AGE-SECRET-KEY-1...`."""
    return _bech32("age-secret-key-", chance(32)).upper()


def _stanza(recipient: str, file_key: bytes, secret: bytes) -> bytes:
    ephemeral, public = X25519PrivateKey.from_private_bytes(secret), _key_of(recipient)
    share = ephemeral.public_key().public_bytes_raw()
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(public))
    wrapping = ChaCha20Poly1305(_derived(shared, share + public, b"age-encryption.org/v1/X25519"))
    return b"-> X25519 %b\n%b\n" % (_base64(share), _base64(wrapping.encrypt(bytes(12), file_key, None)))


def _derived(key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, info).derive(key)


def _base64(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")


def _key_of(recipient: str) -> bytes:
    return _regrouped([LETTERS.index(c) for c in recipient.removeprefix("age1")[:-6]], 5, 8)


def _bech32(prefix: str, data: bytes) -> str:
    """Return Bech32 text (BIP 173) of some bytes."""
    values = list(_regrouped(data, 8, 5))
    spread = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    check = _polymod([*spread, *values, 0, 0, 0, 0, 0, 0]) ^ 1
    return prefix + "1" + "".join(LETTERS[v] for v in [*values, *(check >> 5 * (5 - i) & 31 for i in range(6))])


def _polymod(values: Iterable[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, step in enumerate(_STEPS):
            check ^= step if top >> bit & 1 else 0
    return check


def _regrouped(values: Iterable[int], width: int, into: int) -> bytes:
    """Return groups of `into` bits for groups of `width`; bits left over are kept when groups become narrower."""
    bits = "".join(f"{value:0{width}b}" for value in values)
    if into < width:
        bits += "0" * (-len(bits) % into)
    return bytes(int(bits[at : at + into], 2) for at in range(0, len(bits) - into + 1, into))
