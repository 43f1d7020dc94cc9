"""What a proof needs of its machine. Where `KIOSK_PROOFS` is `required`, as in CI, a lack of it is a failure."""

import os
import shutil

import pytest

REQUIRED = os.environ.get("KIOSK_PROOFS") == "required"


def need(is_there: bool, lack: str) -> None:
    """Skip the proof that asks, or fail it where proofs are required, unless the machine has what it needs."""
    if not is_there and REQUIRED:
        pytest.fail(f"{lack}, and KIOSK_PROOFS says that no proof may be skipped here")
    if not is_there:
        pytest.skip(lack)


def need_strace() -> None:
    """Ask for strace, which records and spoils system calls."""
    need(shutil.which("strace") is not None, "strace is not installed, so no system call can be recorded or spoilt")
