"""Key files on a disk: written whole and durably, read only when private, and turned over to their successors."""

import os
from pathlib import Path

from kiosk.exam.error import Invalid, KioskError, Refused
from kiosk.sealing.copy import sync_folder

LARGEST = 65_536
SIGNING, IDENTITY, CERTIFICATES = ".ed25519", ".age", ".certificates"
NEXT = ".next"
_SUFFIXES = (SIGNING, f"{SIGNING}.pub", IDENTITY, f"{IDENTITY}.pub", CERTIFICATES)


def write_new(path: Path, content: bytes, mode: int) -> None:
    """Write a new file durably; raises FileExistsError rather than replace one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)


def replace_file(path: Path, content: bytes, mode: int) -> None:
    """Put `content` in the place of a file at one stroke: after a power cut it is the old one or the new one."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    write_new(draft, content, mode)
    draft.replace(path)
    sync_folder(path.parent)


def read_private(path: Path) -> bytes:
    """Return a private file's bytes; raises KioskError when it is not here or others may read it."""
    try:
        with path.open("rb") as opened:
            if os.fstat(opened.fileno()).st_mode & 0o077:
                raise KioskError(f"The key file {path} can be read by others. Make it private: chmod 600.")
            return opened.read(LARGEST)
    except FileNotFoundError:
        raise KioskError(f"The key file {path} is not here.") from None


def read_line(path: Path) -> str:
    """Return a public half; raises KioskError when it is not here."""
    try:
        with path.open("rb") as opened:
            return opened.read(LARGEST).decode("ascii", "replace").strip()
    except FileNotFoundError:
        raise KioskError(f"The public key file {path} is not here.") from None


def predecessors(folder: Path, name: str) -> tuple[str, ...]:
    """Return the names under which the keys before this one are kept, oldest first: `intake.1`, `intake.2`."""
    found = {p.name.split(".")[1] for p in folder.glob(f"{name}.*.pub")} if folder.is_dir() else set()
    return tuple(f"{name}.{n}" for n in sorted(int(text) for text in found if text.isdecimal()))


def turn_over(folder: Path, name: str) -> str:
    """Let the keys `NAME.next` take the place of `NAME`, which are kept under a number; return the numbered name.

    A power cut on the way leaves a marker, and `finish` goes on from there. Raises Refused without a next key.
    """
    if not any((folder / f"{name}{NEXT}{suffix}").exists() for suffix in _SUFFIXES):
        raise Refused(f"There is no next key for {name!r} in {folder}.")
    number = 1 + max((int(old.rpartition(".")[2]) for old in predecessors(folder, name)), default=0)
    write_new(folder / f"{name}.turning", f"{number}\n".encode("ascii"), 0o600)
    finish(folder, name)
    return f"{name}.{number}"


def finish(folder: Path, name: str) -> None:
    """Finish a turn-over that was interrupted; does nothing where there was none."""
    marker = folder / f"{name}.turning"
    if not marker.exists():
        return
    text = read_line(marker)
    if not text.isdecimal():
        raise Invalid(f"{marker} is damaged. Look which of {name}.ed25519 and {name}.next.ed25519 is the newer.")
    for suffix in _SUFFIXES:
        current, coming = folder / f"{name}{suffix}", folder / f"{name}{NEXT}{suffix}"
        kept = folder / f"{name}.{text}{suffix}"
        if coming.exists():
            if current.exists() and not kept.exists():
                os.link(current, kept)
            coming.replace(current)
    sync_folder(folder)
    marker.unlink()
    sync_folder(folder)
