"""What reading something costs: done in a process of its own, whose memory and time are limited and measured."""

import os
import resource
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kiosk.exam.error import KioskError

HARD_MEMORY = 3 * 2**30
"""Bytes beyond its parent's at which a reading is ended."""
HARD_SECONDS = 60


@dataclass(frozen=True)
class Burst:
    """How a reading ended, and what it took."""

    outcome: str
    """`refused`, `read`, or the name of what it broke with."""
    words: str
    grown_mib: float
    """The most memory it held, beyond what it began with."""
    seconds: float


def measured(read: Callable[[], object]) -> Burst:
    """Run `read` in a fork of this process and return what became of it."""
    began, (out, into) = time.monotonic(), os.pipe()
    held = _resident_kib()
    child = os.fork()
    if child == 0:
        os.close(out)
        _run(read, into)
    os.close(into)
    with os.fdopen(out, "rb") as said:
        outcome, _, words = said.read().decode().partition("\n")
    _, status, used = os.wait4(child, 0)
    code = os.waitstatus_to_exitcode(status)
    outcome = outcome or (signal.Signals(-code).name if code < 0 else f"exit {code}")
    return Burst(outcome, words, max(0, used.ru_maxrss - held) / 1024, time.monotonic() - began)


def _run(read: Callable[[], object], into: int) -> None:
    said = b""
    try:
        limit = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize() + HARD_MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(HARD_SECONDS)
        said = f"read\n{type(read()).__name__}".encode()
    except KioskError as error:
        said = f"refused\n{error.message}".encode()
    except BaseException as error:  # noqa: BLE001 - what it broke with is the finding
        said = f"{type(error).__name__}\n{error}".encode()[:2_000]
    finally:
        os.write(into, said)
        os._exit(0)


def _resident_kib() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() // 1024
