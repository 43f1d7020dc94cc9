"""What another process uses of the machine, as Linux counts it."""

import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_FLUSH = "fsync,fdatasync"


@dataclass(frozen=True, slots=True)
class Vitals:
    """One look at a process."""

    at: float
    """Seconds of the monotonic clock."""
    cpu: float
    """Seconds of processor time so far."""
    rss: float
    """MiB resident."""


def vitals_of(pid: int) -> Vitals:
    """Return what a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    cpu = (int(fields[11]) + int(fields[12])) / _TICKS
    rss = int(fields[21]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    return Vitals(time.monotonic(), cpu, rss)


def flushes_per_second(pid: int, seconds: float) -> float | None:
    """Count the flushes a process asks for, for a while in which it is slower; None where that cannot be counted."""
    if shutil.which("strace") is None:
        return None
    argv = ["strace", "-f", "-qq", "-e", f"trace={_FLUSH}", "-e", "signal=none", "-p", str(pid)]
    with subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as watching:
        time.sleep(seconds)
        watching.terminate()
        assert watching.stderr is not None
        seen = watching.stderr.read()
    count = sum(1 for line in seen.splitlines() if "sync(" in line and "resumed" not in line)
    return count / seconds if count else None
