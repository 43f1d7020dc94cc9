"""The receipt a candidate copies down at hand-in: it names the journal that will be marked."""

import base64

LENGTH = 10
_LOOKALIKES = str.maketrans({"0": "O", "1": "I", "8": "B"})


def receipt_code(head_hash: bytes) -> str:
    """Return the receipt of a chain head at `handed_in`: its first ten base32 characters, in groups (RFC 4648, 6)."""
    text = base64.b32encode(head_hash).decode("ascii")[:LENGTH]
    return f"{text[:4]}-{text[4:8]}-{text[8:]}"


def plain_code(code: str) -> str:
    """Return a typed receipt code as ten base32 characters, mending the digits base32 does not use."""
    return "".join(c for c in code.upper().translate(_LOOKALIKES) if c.isalnum())
