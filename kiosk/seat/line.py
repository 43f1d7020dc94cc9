"""The seat's end of a line: an Authority whose hall is another process."""

from contextlib import suppress
from io import UnsupportedOperation
from selectors import EVENT_READ, DefaultSelector
from threading import Lock
from time import monotonic
from typing import BinaryIO

from pydantic import BaseModel, ValidationError

from kiosk.exam.error import Invalid, KioskError
from kiosk.seat.caller import LOST, Caller, D
from kiosk.views.authority import HallLost
from kiosk.wire import line
from kiosk.wire.document import words

PATIENCE = 30.0
"""Seconds an answer is waited for: a hall with many logins at once may take some."""
GLANCE = 0.2
"""Seconds after which who waits for an answer looks whether the line was hung up meanwhile."""


class Line(Caller):
    """Implements `kiosk.views.authority.Authority` over two streams; one call at a time, from any thread."""

    def __init__(self, seat: str, reader: BinaryIO, writer: BinaryIO, patience: float = PATIENCE) -> None:
        """Say hello; raises KioskError when there is no hall of this version at the other end.

        A call that gets no answer within `patience` seconds ends the line, because a late answer would be taken for
        the next one's.
        """
        self._reader = reader
        self._writer = writer
        self._patience = patience
        self._lock = Lock()
        self._is_lost = False
        self._is_closed = False
        hello = line.Hello(line="exam-kiosk", version=line.VERSION, name=seat)
        answer = _read(line.Hello, self._exchange(hello))
        if answer.version != line.VERSION:
            raise KioskError(f"The hall {answer.name} runs another version of this program.")
        self.hall = answer.name

    def close(self) -> None:
        """Hang up; a call that still waits for its answer is lost."""
        self._is_closed = True
        with self._lock:
            self._is_lost = True
        for stream in (self._writer, self._reader):
            with suppress(BrokenPipeError, ConnectionResetError):
                stream.close()

    def _put(self, call: line.Call) -> line.Answer:
        return _read(line.Answer, self._exchange(call))

    def _exchange(self, document: BaseModel) -> bytes:
        with self._lock:
            if self._is_lost:
                raise HallLost(LOST)
            try:
                self._writer.write(document.model_dump_json().encode("utf-8") + b"\n")
                self._writer.flush()
                data = self._reader.readline(line.LARGEST_ANSWER + 1) if self._is_answering() else b""
            except (OSError, ValueError) as error:
                self._is_lost = True
                raise HallLost(LOST) from error
            if not data.endswith(b"\n"):
                self._is_lost = True
                raise HallLost(LOST)
            return data

    def _is_answering(self) -> bool:
        try:
            fd = self._reader.fileno()
        except UnsupportedOperation:  # bytes in memory are there at once
            return True
        with DefaultSelector() as selector:
            selector.register(fd, EVENT_READ)
            end = monotonic() + self._patience
            while not self._is_closed and (left := end - monotonic()) > 0:
                if selector.select(min(GLANCE, left)):
                    return True
        return False


def _read(document: type[D], data: bytes) -> D:
    try:
        return document.model_validate_json(data)
    except ValidationError as error:
        raise Invalid(f"the hall's answer is not of this version: {words(error)}") from None
