"""Copies on sticks and shares: written whole, flushed, renamed, read again; only then is anything called copied."""

import os
import stat
from pathlib import Path

from kiosk.exam.error import Invalid, KioskError, Tampered


def write_copy(folder: Path, name: str, data: bytes) -> Path:
    """Write a file durably under its final name and return its path, read back and compared.

    A file of that name with the same bytes is left as it is. Raises Tampered for one with other bytes, KioskError
    when what is read back is not what was written, OSError when the medium refuses.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path, draft = folder / name, folder / f".{name}.new"
    if path.exists():
        if path.stat().st_size != len(data) or read_file(path, len(data)) != data:
            raise Tampered(f"{path} exists with other bytes; it is left as it is. Use another folder.")
        sync_folder(folder)  # whoever wrote it may have been ended before its name was flushed
        return path
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    sync_folder(folder)
    if _read_back(path) != data:
        raise KioskError(f"{path} reads back differently from what was written. Use another stick.")
    return path


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_file(path: Path, largest: int) -> bytes:
    """Return the bytes of a plain file, never more than `largest`; raises KioskError, Invalid with what is wrong."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        raise KioskError(f"{path} is missing.") from None
    except OSError as error:
        raise KioskError(f"{path} cannot be read: {error.strerror}.") from None
    try:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode):
            raise Invalid(f"{path} is not a plain file")
        if about.st_size > largest:
            raise Invalid(f"{path} has {about.st_size:,} bytes; at most {largest:,} are read")
        with os.fdopen(handle, "rb", closefd=False) as file:
            return file.read(largest + 1)[:largest]
    except OSError as error:
        raise KioskError(f"{path} cannot be read: {error.strerror}.") from None
    finally:
        os.close(handle)


def _read_back(path: Path) -> bytes:
    with path.open("rb") as file:
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)  # ask the medium, not the cache
        return file.read()
