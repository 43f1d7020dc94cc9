"""The hub's log: who came, who was refused and why, in a file that is bounded; no secret, no answer, no question."""

import logging
import os
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path

from kiosk.exam.text import clean_line

FILE = "hub.log"
BYTES, FILES = 2 * 2**20, 5
LONGEST = 500
log = logging.getLogger("kiosk.hub")
_hall = logging.getLogger("kiosk.hall")
"""What other parts of a hall say while its hub runs."""
wire_log = logging.getLogger("kiosk.hub.wire")
"""What the WebSocket library says; at a lower level it would tell of the content of messages."""


def place_of(error: BaseException) -> str:
    """Return the kind and place of a mistake; neither its words nor locals, which may hold what nobody may read."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return type(error).__name__
    return f"{type(error).__name__} at {frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}"


class _Line(logging.Formatter):
    """One line an event: control characters of strangers are left out, and of errors only kind and place are told."""

    def format(self, record: logging.LogRecord) -> str:
        text = clean_line(record.getMessage(), LONGEST)
        if record.exc_info and record.exc_info[1] is not None:
            text += f" ({place_of(record.exc_info[1])})"
        return f"{self.formatTime(record)} {record.levelname.lower()} {text}"


class _PrivateFile(RotatingFileHandler):
    def _open(self):  # type: ignore[no-untyped-def]  # noqa: ANN202 - the type is the library's own
        os.close(os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600))
        return super()._open()


def keep_log(folder: Path) -> logging.Handler:
    """Write the hub's log into `folder` from now on, for this user alone; return what to close at the end."""
    handler = _PrivateFile(folder / FILE, maxBytes=BYTES, backupCount=FILES - 1, encoding="utf-8")
    handler.setFormatter(_Line("%(message)s"))
    for logger in (log, _hall):
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False
    wire_log.setLevel(logging.ERROR)
    return handler


def end_log(handler: logging.Handler) -> None:
    """Close a log."""
    for logger in (log, _hall):
        logger.removeHandler(handler)
        logger.propagate = True
    handler.close()
