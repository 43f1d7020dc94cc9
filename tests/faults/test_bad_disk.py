"""A disk that fails at the k-th call, or is full: the work stops in words, and nothing acknowledged is lost.

The real work of a seat, a hall and central runs as a process of its own; strace lets one of its calls to the disk fail.
"""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest
from crash_oracle import Oracle, hall_oracle, intake_oracle, seat_oracle
from disk_trace import PATIENCE
from proof import need, need_strace

from house import SEAT, House, a_house
from keyring import a_bundle, the_keyring
from storage.engine import open_engine
from storage.models.office import OfficeBase

WORK = Path(__file__).with_name("recorded_work.py")
KEY = bytes(range(32))
CALLS = ("pwrite64", "fsync", "openat")
HANG = 10
"""Seconds a failure may take to be said, beyond what the same work takes in health."""


@dataclass
class Count:
    """What a run of failures came to."""

    ended: Counter[str] = field(default_factory=Counter)
    words: Counter[str] = field(default_factory=Counter)
    notes: int = 0
    lost: int = 0
    slowest: float = 0.0

    def __str__(self) -> str:
        return (
            f"{self.ended.total()} failures ({', '.join(f'{n} {how}' for how, n in self.ended.items())}), "
            f"{self.notes:,} acknowledgements, {self.lost} lost; slowest {self.slowest:.1f} s; "
            f"said: {'; '.join(w for w, _ in self.words.most_common(4))}"
        )


@dataclass(frozen=True)
class Job:
    """One piece of work whose disk can be made to fail."""

    folder: Path
    order: dict[str, object]
    store: Path
    oracle: Oracle

    def run(self, inject: str | None) -> tuple[int, list[dict[str, object]], float, str]:
        """Do the work; return how it ended, what it acknowledged, how long it took, and its standard error."""
        notes = self.folder / "notes"
        notes.write_text("")
        spoil = [] if inject is None else ["strace", "-f", "-qq", "--seccomp-bpf", "-o", "/dev/null", *self._at(inject)]
        began = time.monotonic()
        run = subprocess.run(
            [*spoil, sys.executable, str(WORK), str(notes), json.dumps(self.order)],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1"},
        )
        said = [json.loads(line) for line in notes.read_text().splitlines()]
        return run.returncode, said, time.monotonic() - began, run.stderr

    def _at(self, inject: str) -> Iterator[str]:
        files = [self.store, *(self.store.with_name(f"{self.store.name}{end}") for end in ("-wal", "-shm"))]
        for path in files:
            yield from ("-P", str(path))
        yield from ("-e", f"trace={inject.split(':')[0]}", "-e", f"inject={inject}")


def a_seat(folder: Path, *, at: str = "seat", answers: int = 6) -> Job:
    house: House = a_house(folder)
    house.close()
    place = house.home.seat(SEAT) if at == "seat" else house.home.hall
    order = {"work": "sit", "home": str(house.home.folder), "answers": answers, "checkpoint": 20}
    key, root = place.store_key(), the_keyring().root.public
    oracle = seat_oracle("seat.db", key, root) if at == "seat" else hall_oracle("hall.db", key)
    return Job(folder, order, place.store, oracle)


def an_intake(folder: Path) -> Job:
    place, keys = folder / "office", the_keyring()
    place.mkdir(parents=True)
    engine = open_engine(place / "office.db", KEY, create=True)
    OfficeBase.metadata.create_all(engine)
    engine.dispose()
    (folder / "receipt.pem").write_bytes(keys.receipt.to_pem())
    for number in range(3):
        (folder / f"{number}.exkb").write_bytes(a_bundle(submission_id=f"submission-{number}", captures=()).data)
    order = {
        "work": "take in",
        "store": str(place / "office.db"),
        "key": KEY.hex(),
        "pem": str(folder / "receipt.pem"),
        "chain": list(keys.receipt_chain),
        "root": keys.root.public,
        "bundles": [str(folder / f"{n}.exkb") for n in range(3)],
        "checkpoint": 20,
    }
    return Job(folder, order, place / "office.db", intake_oracle("office.db", KEY, keys.root.public))


JOBS = {"seat": a_seat, "hall": lambda folder: a_seat(folder, at="hall", answers=4), "intake": an_intake}
LAST = {"pwrite64": 90, "fsync": 30, "openat": 8}
"""About how many calls of each kind the work makes; a failure beyond the last harms nothing, and is counted apart."""


def fail_at(make: object, folder: Path, failures: list[tuple[str, int]]) -> Count:
    """Let the work meet each failure once, on a store of its own, and judge what is left."""
    need_strace()
    count = Count()
    for number, (call, when) in enumerate(failures):
        job = make(folder / str(number))  # type: ignore[operator]
        code, said, seconds, stderr = job.run(f"{call}:error=EIO:when={when}")
        refused = [note for note in said if "refused" in note]
        count.ended["stopped" if refused else "went on"] += 1
        assert code == len(refused) <= 1, (call, when, code, stderr[-1_000:])
        assert "Traceback" not in stderr, (call, when, stderr[-1_000:])
        for note in refused:
            assert note["refused"], (call, when)
            count.words[str(note["refused"])] += 1
        verdict = job.oracle(job.store.parent, tuple(said))
        assert verdict.is_good, (call, when, verdict, said[-1:])
        count.notes += len(said)
        count.lost += verdict.lost
        count.slowest = max(count.slowest, seconds)
    return count


def chosen(times: int, seed: int) -> list[tuple[str, int]]:
    """Return so many failures, each call in turn, at any of its places."""
    random = Random(seed)
    return [(call, random.randrange(1, LAST[call] + 1)) for call in (CALLS[n % len(CALLS)] for n in range(times))]


@pytest.mark.parametrize("what", JOBS)
def test_a_call_that_fails_stops_the_work_in_words_and_loses_nothing(what, tmp_path):
    count = fail_at(JOBS[what], tmp_path, chosen(6, seed=len(what)))
    print(f"{what}: {count}")
    assert count.ended["stopped"] >= 2
    assert count.lost == 0
    assert count.slowest < HANG * 2


@pytest.mark.slow
@pytest.mark.timeout(7_200)
@pytest.mark.parametrize("what", JOBS)
def test_every_call_that_fails(what, tmp_path):
    failures = [(call, when) for call in CALLS for when in range(1, LAST[call] + 1)]
    count = fail_at(JOBS[what], tmp_path, failures)
    print(f"{what}: {count}")
    assert count.ended.total() == sum(LAST.values())
    assert count.ended["stopped"] >= 30
    assert count.lost == 0


def test_work_whose_disk_is_well_ends_well(tmp_path):
    """The control: the same work without a failure acknowledges everything, in less time than a failure may take."""
    for what, make in JOBS.items():
        job = make(tmp_path / what)
        code, said, _, stderr = job.run(None)
        assert code == 0, stderr[-1_000:]
        assert said
        assert job.oracle(job.store.parent, tuple(said)).is_good
        untrue = tuple({**note, **_untrue(note)} for note in said)
        assert job.oracle(job.store.parent, untrue).lost


def _untrue(note: dict[str, object]) -> dict[str, object]:
    return {name: "another" for name in note if name in ("hash", "leased", "receipt")}


@contextmanager
def a_disk_of(folder: Path, kib: int) -> Iterator[Path]:
    """Mount a small disk."""
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", str(folder)], capture_output=True, text=True
    )
    need(made.returncode == 0, f"no small disk can be mounted here ({made.stderr.strip()})")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path, kib: int, seed: int) -> tuple[int, bool]:
    """Sit a test on a disk that soon is full, make room, and go on; return acknowledgements and whether it filled."""
    job = a_seat(folder / "made", answers=30)
    home = folder / "disk" / "home"
    with a_disk_of(folder / "disk", kib) as disk:
        subprocess.run(["cp", "-a", str(job.folder / "home"), str(home)], check=True)
        ballast = disk / "ballast"
        ballast.write_bytes(bytes(512 * 1024))
        # what is left: a few pages more each time
        free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
        room = 65_536 * (1 + seed % 12)
        (disk / "filler").write_bytes(bytes(max(0, free - room)))
        full = Job(
            job.folder,
            {**job.order, "home": str(home), "checkpoint": 1_000},
            home / "seats" / SEAT / "seat.db",
            job.oracle,
        )
        code, said, seconds, stderr = full.run(None)
        assert "Traceback" not in stderr, stderr[-1_000:]
        assert seconds < HANG * 3
        refused = [note for note in said if "refused" in note]
        assert code == len(refused) <= 1
        ballast.unlink()
        (disk / "filler").unlink()
        assert full.oracle(full.store.parent, tuple(said)).is_good
        if not refused:
            return len(said), False
        assert refused[0]["refused"]
        code, more, _, stderr = full.run(None)
        assert code == 0, (more[-1:], stderr[-1_000:])
        assert full.oracle(full.store.parent, (*said, *more)).is_good, "what was said before and after is there"
        return len(said) + len(more), True


def fill_disks(folder: Path, times: int) -> None:
    notes = filled = 0
    for seed in range(times):
        said, was_full = fill(folder / str(seed), 8 * 1024, seed)
        notes += said
        filled += was_full
    print(f"{times} small disks, {filled} of them full in the middle; {notes:,} acknowledgements, 0 lost, all went on")
    assert filled >= times // 2


def test_a_seat_on_a_full_disk_refuses_in_words_and_goes_on_when_there_is_room(tmp_path):
    fill_disks(tmp_path, 4)


@pytest.mark.slow
@pytest.mark.timeout(3_600)
def test_a_seat_on_disks_full_at_any_size(tmp_path):
    fill_disks(tmp_path, 48)
