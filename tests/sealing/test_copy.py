"""What is read from a stick is a plain file of a fit size, or is said by name not to be."""

import os
from pathlib import Path

import pytest

from kiosk.exam.error import Invalid, KioskError
from kiosk.sealing.copy import read_file

LARGEST = 100


def a_folder(path: Path) -> None:
    path.mkdir()


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def nothing(path: Path) -> None:
    path.unlink(missing_ok=True)


def too_much(path: Path) -> None:
    path.write_bytes(bytes(LARGEST + 1))


@pytest.mark.parametrize("thing", [a_folder, a_pipe, a_device, nothing, too_much])
def test_what_is_no_plain_file_of_a_fit_size_is_said_by_name(tmp_path, thing):
    thing(tmp_path / "it.exkb")
    with pytest.raises(KioskError, match=r"it\.exkb"):
        read_file(tmp_path / "it.exkb", LARGEST)


def test_a_bad_place_of_the_medium_is_said_and_every_handle_given_back(tmp_path):
    """Reading this process's memory at 0 fails with EIO, as a bad sector does."""
    before = set(Path("/proc/self/fd").iterdir())
    with pytest.raises(KioskError, match=r"cannot be read: Input/output error"):
        read_file(Path("/proc/self/mem"), LARGEST)
    a_folder(tmp_path / "it")
    with pytest.raises(Invalid):
        read_file(tmp_path / "it", LARGEST)
    assert set(Path("/proc/self/fd").iterdir()) == before


def test_a_file_of_the_largest_size_is_read_whole(tmp_path):
    (tmp_path / "it").write_bytes(bytes(range(LARGEST)))
    assert read_file(tmp_path / "it", LARGEST) == bytes(range(LARGEST))
