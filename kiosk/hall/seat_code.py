"""The codes of a hall's seats: each opens one seat's store at that seat where no hall answers.

A code is drawn once for a seat and kept as a file sealed to the hall, beside its keys and not in its store: a hall's
store is made new for an exam day, and a seat's disk outlives it.
"""

import os
import re
import secrets
from pathlib import Path

from kiosk.exam.envelope_code import read
from kiosk.exam.error import Invalid, Refused
from kiosk.sealing.age import AgeIdentity, seal_to
from kiosk.sealing.copy import read_file, sync_folder
from kiosk.sealing.key_file import write_new
from kiosk.sealing.lock import draw_code

_NAME = re.compile(r"[A-Za-z0-9_-]{1,32}")
_LARGEST = 4_096


class SeatCodes:
    """Keeps one code for each seat."""

    def __init__(self, folder: Path, identity: AgeIdentity) -> None:
        self._folder = folder
        self._identity = identity

    def drawn(self, seat: str) -> str:
        """Return the code of a seat, drawn and kept at the first call."""
        path = self._path(seat)
        if not path.exists():
            draft = path.with_name(f".{seat}.{secrets.token_hex(8)}.new")
            write_new(draft, seal_to([self._identity.recipient], draw_code().encode("ascii")), 0o600)
            try:
                os.link(draft, path)
            except FileExistsError:
                pass  # another program drew one at the same moment: that one is the seat's
            finally:
                draft.unlink()
            sync_folder(self._folder)
        return self.kept(seat)

    def kept(self, seat: str) -> str:
        """Return the code of a seat; raises Refused for a seat that has none."""
        path = self._path(seat)
        if not path.exists():
            raise Refused(f"The seat {seat} has no code: it was not enrolled here while its store was to be sealed.")
        code = self._identity.open(read_file(path, _LARGEST)).decode("ascii", "replace")
        read(code)
        return code

    def _path(self, seat: str) -> Path:
        if not _NAME.fullmatch(seat):
            raise Invalid(f"{seat!r} cannot be a seat's name: use letters, digits, - and _.")
        return self._folder / f"{seat}.age"
