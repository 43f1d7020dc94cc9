"""Where the passphrase of a protected key file comes from: whoever runs the program says, and only when one is needed.

Never from the command line and never from the environment: other programs can read both.
"""

import os
import stat
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path

from kiosk.exam.error import Invalid, KioskError, Refused

SHORTEST, LONGEST = 12, 1_000

Passphrase = Callable[[Path], str]
"""Asked with the path of a protected file; returns what opens it, or raises KioskError."""


def nobody(path: Path) -> str:
    """Raise Refused: nobody can be asked here."""
    raise Refused(
        f"The key file {path} is protected by a passphrase. Give it with --passphrase-file, or at a terminal."
    )


_SOURCE: ContextVar[Passphrase] = ContextVar("passphrase", default=nobody)


def current_source() -> Passphrase:
    """Return what this run of the program asks; `nobody` until `ask_with` was called."""
    return _SOURCE.get()


def ask_with(source: Passphrase) -> None:
    """Ask `source` from now on, in key folders opened after this."""
    _SOURCE.set(source)


class PassphraseFile:
    """A passphrase in the first line of a file of mode 0600, or behind an open descriptor such as /dev/fd/3."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: str | None = None  # a pipe can be read once

    def __repr__(self) -> str:
        return f"PassphraseFile({str(self._path)!r})"

    def __call__(self, path: Path) -> str:
        """Return the passphrase, whichever file it is for; raises KioskError where others may read it."""
        if self._known is None:
            self._known = self._read()
        return self._known

    def _read(self) -> str:
        with self._path.open("rb") as file:
            about = os.fstat(file.fileno())
            if stat.S_ISREG(about.st_mode) and about.st_mode & 0o077:
                raise KioskError(f"The passphrase file {self._path} can be read by others. Make it private: chmod 600.")
            line = file.readline(LONGEST + 2).rstrip(b"\r\n")
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            text = ""
        if not text.strip() or len(text) > LONGEST:
            raise Invalid(f"{self._path} has no passphrase in its first line.")
        return text


def must_be_strong(passphrase: str) -> None:
    """Raise Invalid for a passphrase too short to stand between a thief and a key."""
    if len(passphrase) < SHORTEST:
        raise Invalid(f"A passphrase has at least {SHORTEST} characters; six words drawn by dice are good.")
