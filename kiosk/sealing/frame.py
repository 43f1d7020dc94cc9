"""The frame of a bundle file: magic, envelope, sealed body, each with its length, and not a byte more.

`EXKB1\\n` | length of the envelope, 4 bytes big-endian | envelope | length of the body, 8 bytes big-endian | body
"""

from kiosk.exam.error import Invalid, Tampered
from kiosk.sealing.age import LARGEST_SEALED
from kiosk.sealing.envelope import LARGEST_ENVELOPE

MAGIC = b"EXKB1\n"
SUFFIX = ".exkb"
OVERHEAD = len(MAGIC) + 4 + 8
"""Bytes of a file beside its envelope and body."""
LARGEST = OVERHEAD + LARGEST_ENVELOPE + LARGEST_SEALED


def join(envelope: bytes, body: bytes) -> bytes:
    """Return the bytes of a bundle file."""
    return b"".join((MAGIC, len(envelope).to_bytes(4, "big"), envelope, len(body).to_bytes(8, "big"), body))


def split(data: bytes) -> tuple[bytes, bytes]:
    """Return envelope and body; raises Invalid for another kind of file, Tampered for one cut short or added to."""
    if not data.startswith(MAGIC):
        raise Invalid("this is not a bundle: it does not begin as one")
    if len(data) > LARGEST:
        raise Invalid(f"a bundle has {len(data):,} bytes; at most {LARGEST:,} are read")
    envelope, rest = _part(data, len(MAGIC), 4)
    body, rest = _part(data, rest, 8)
    if rest != len(data):
        raise Tampered(f"a bundle has {len(data) - rest:,} bytes after its end")
    return envelope, body


def _part(data: bytes, start: int, width: int) -> tuple[bytes, int]:
    begin = start + width
    end = begin + int.from_bytes(data[start:begin], "big")
    if begin > len(data) or end > len(data):
        raise Tampered("a bundle is cut short")
    return data[begin:end], end
