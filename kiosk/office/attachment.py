"""Attached files on their way into the office: read from the author's folder when a test is printed."""

import os
import stat
from pathlib import Path

from kiosk.exam.attachment import (
    LARGEST_FILE,
    AttachedText,
    check_files,
    is_address,
    named_by,
    path_of,
    read_attached,
)
from kiosk.exam.draft import Test
from kiosk.exam.error import Invalid


def attached_texts(test: Test, folder: Path | None) -> tuple[AttachedText, ...]:
    """Return every file a draft's attachments name, in the order of their names; addresses stay text.

    Raises Invalid, naming question and file, for one that is missing, leaves the folder, is no text or is too large.
    """
    found: dict[str, AttachedText] = {}
    for place, attachment in named_by(test):
        if is_address(attachment) or attachment in found:
            continue
        try:
            found[attachment] = _read(attachment, folder)
            check_files(a.file for a in found.values())
        except Invalid as error:
            raise Invalid(f"{place}: {error.message}") from None
    return tuple(found[name] for name in sorted(found))


def _read(name: str, folder: Path | None) -> AttachedText:
    path = path_of(name)
    if folder is None:
        raise Invalid(f"the attachment {name} is a file; say which folder it is in with --attachments")
    try:
        raw = _bytes(folder, path.parts)
    except FileNotFoundError:
        raise Invalid(f"the attachment {name} is not in {folder}") from None
    except OSError as error:
        raise Invalid(f"the attachment {name} cannot be read below {folder}: {error.strerror}") from None
    if raw is None:
        raise Invalid(f"the attachment {name} is not a plain file")
    return read_attached(name, raw)


def _bytes(folder: Path, parts: tuple[str, ...]) -> bytes | None:
    """Return the head of a file, no link followed on the way below the folder, or None for what is no file."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in parts[:-1]:
            inner = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=handle)
            os.close(handle)
            handle = inner
        last = os.open(parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=handle)
    finally:
        os.close(handle)
    if not stat.S_ISREG(os.fstat(last).st_mode):
        os.close(last)
        return None
    with os.fdopen(last, "rb") as file:
        return file.read(LARGEST_FILE + 1)
