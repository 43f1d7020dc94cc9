"""Destroying a file: its bytes overwritten before its name goes."""

import os
import secrets
import stat
from pathlib import Path

_BLOCK = 1 << 20


def shred(path: Path) -> None:
    """Overwrite a file's bytes with random ones, flush them, and take its name away; a link loses its name only."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_NOFOLLOW)
    except OSError:
        path.unlink(missing_ok=True)
        return
    with os.fdopen(handle, "wb") as file:
        about = os.fstat(file.fileno())
        if stat.S_ISREG(about.st_mode):
            left = about.st_size
            while left > 0:
                left -= file.write(secrets.token_bytes(min(left, _BLOCK)))
            file.flush()
            os.fsync(file.fileno())
    path.unlink(missing_ok=True)
