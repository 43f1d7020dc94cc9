"""The keys of codes for acts: one secret of the hall, and from it one key for each seat (HKDF, RFC 5869)."""

import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kiosk.exam.canonical import canonical
from kiosk.exam.error import KioskError
from kiosk.sealing.copy import sync_folder
from kiosk.sealing.key_file import read_private, write_new

FILE = "acts.random"
"""The file of the hall's secret, in its key folder: a new machine with that folder gives the same codes."""
SECRET_BYTES = 32
_PURPOSE = "exam-kiosk act key 1"


def act_secret(folder: Path) -> bytes:
    """Return the hall's secret, drawn at the first call; raises KioskError where it is damaged or not private."""
    path = folder / FILE
    if not path.exists():
        _draw(path)
    secret = read_private(path)
    if len(secret) != SECRET_BYTES:
        raise KioskError(f"{path} is damaged. Take it from the copy of this hall's key folder.")
    return secret


def act_key(secret: bytes, hall: str, seat: str) -> bytes:
    """Return the key of one seat, 32 bytes."""
    purpose = canonical({"for": _PURPOSE, "hall": hall, "seat": seat})
    return HKDF(SHA256(), length=32, salt=None, info=purpose).derive(secret)


def _draw(path: Path) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}.new")
    write_new(draft, secrets.token_bytes(SECRET_BYTES), 0o600)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another program drew it at the same moment: that one is the hall's
    finally:
        draft.unlink()
    sync_folder(path.parent)
