"""Central killed under load: PostgreSQL, the door and the workers, in any of their processes, while halls upload.

Whatever a hall has a receipt of is there once, with that very receipt, and counts in the end. The programs are the real
ones. That the question put to the store finds a promise given too early is shown in `test_lost_receipt.py`.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import httpx
import pytest
from postmaster import PAUSE, Postmaster, a_postmaster
from served_door import Journey, a_certificate, receipts_in, upload, wrongs
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from benchmarks.crowd import HALL, Crowd
from builders import a_section, a_test
from kiosk.central.central import Central
from kiosk.central.token import ENROL, give
from kiosk.cli.main import app
from kiosk.ground.home import Home
from kiosk.hall import central as hall_central
from kiosk.hall import upload as uploading
from kiosk.office import draft, publication
from kiosk.sealing.receipt import SUFFIX
from storage.models import office as rows

UPLOADERS, EACH = 3, 4
"""Halls' lines at once, and the bundles each sends from kill to kill."""
DOSE, FULL = 6, 60
PATIENCE = 60


@dataclass
class Program:
    """One of the real programs, with the processes it started."""

    words: tuple[str, ...]
    child: "subprocess.Popen[str] | None" = None
    facts: dict[str, object] = field(default_factory=dict)

    def start(self) -> None:
        """Start it in a group of its own; what it says first is read."""
        argv = [sys.executable, "-m", "kiosk", "central", *self.words]
        self.child = subprocess.Popen(
            argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True
        )
        if "serve" in self.words:
            assert self.child.stdout is not None
            self.facts = json.loads(self.child.stdout.readline())

    def kill(self) -> None:
        """Kill it with all its processes."""
        assert self.child is not None
        os.killpg(self.child.pid, signal.SIGKILL)
        self.child.wait(PATIENCE)

    def kill_one(self) -> None:
        """Kill one process it started; it starts another by itself."""
        assert self.child is not None
        children = Path(f"/proc/{self.child.pid}/task/{self.child.pid}/children")
        while not (found := [int(p) for p in children.read_text().split() if _serves(int(p))]):
            PAUSE.wait(0.01)
        os.kill(found[-1], signal.SIGKILL)


def _serves(pid: int) -> bool:
    """Whether a process is one of those that do the work, and not the one that counts what they share."""
    try:
        return b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


@dataclass
class Count:
    """What a run of kills came to."""

    kills: Counter[str] = field(default_factory=Counter)
    acknowledged: int = 0
    broken_off: int = 0
    """Rounds of uploads a kill broke off."""
    counted: int = 0
    wrongs: list[str] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    def __str__(self) -> str:
        killed = ", ".join(f"{n} x {what}" for what, n in sorted(self.kills.items()))
        return (
            f"{self.kills.total()} kills ({killed}); {self.broken_off} rounds of uploads broken off; "
            f"{self.acknowledged:,} bundles acknowledged, {self.counted:,} counted, {len(self.wrongs)} wrong; "
            f"{time.monotonic() - self.started:.0f} s"
        )


@dataclass
class Siege:
    """Central on its PostgreSQL with door and workers, and what may be killed of it."""

    folder: Path
    central: Central
    crowd: Crowd
    server: Postmaster
    door: Program
    work: Program
    token: str
    certificate: str
    sent: dict[str, bytes] = field(default_factory=dict)
    entries: int = 0
    kept: dict[str, bytes] = field(default_factory=dict)

    @property
    def victims(self) -> dict[str, tuple[Callable[[], None], Callable[[], None]]]:
        """What is killed, by name: how, and how it comes back."""
        itself: Callable[[], None] = lambda: None  # noqa: E731
        return {
            "postmaster": (self.server.kill, self.server.start),
            "the door": (self.door.kill, self._open_again),
            "one backend": (self.server.kill_backend, self.server.start),
            "the workers": (self.work.kill, self.work.start),
            "one door": (self.door.kill_one, itself),
            "one worker": (self.work.kill_one, itself),
        }

    def round(self, number: int, victim: str, after: int) -> int:
        """Have halls upload, kill something once `after` receipts came, bring it back; return the rounds broken off."""
        halls = [self._hall(number, n) for n in range(UPLOADERS)]
        kill, revive = self.victims[victim]
        with ThreadPoolExecutor(UPLOADERS) as threads:
            lines = [threads.submit(self._upload, hall) for hall in halls]
            until = time.monotonic() + PATIENCE
            while sum(len(list(h.glob(f"*{SUFFIX}"))) for h in halls) < after:
                assert time.monotonic() < until, "nothing is acknowledged"
                PAUSE.wait(0.01)
            kill()
            revive()
            journeys = [line.result() for line in lines]
        for hall, journey in zip(halls, journeys, strict=True):
            assert (journey.done.left, journey.done.declined, journey.done.problem) == (0, {}, None)
            self.kept |= receipts_in(hall)
        return sum(len(j.trouble) > 0 for j in journeys)

    def _hall(self, number: int, line: int) -> Path:
        folder = self.folder / f"{number}-{line}"
        folder.mkdir()
        for bundle in self.crowd.bundles(EACH, (number * UPLOADERS + line) * EACH):
            (folder / bundle.file_name).write_bytes(bundle.data)
            self.sent[bundle.bundle_id] = bundle.data
            self.entries += bundle.manifest.entries
        return folder

    def _upload(self, folder: Path) -> Journey:
        port, root = httpx.URL(str(self.door.facts["url"])).port, self.central.keys.root
        assert port is not None
        return upload(folder, port, self.token, self.certificate, root=root, hall=HALL)

    def _open_again(self) -> None:
        port = httpx.URL(str(self.door.facts["url"])).port
        words = list(self.door.words)
        words[words.index("--port") + 1] = str(port)
        self.door.words = tuple(words)
        self.door.start()

    def judge(self, count: Count) -> None:
        """Let the workers finish, and look at everything."""
        self.work.kill()
        CliRunner().invoke(app, ["central", "work", "--once", "--home", str(self.folder / "home")])
        engine = self.central.office.engine
        engine.dispose()
        count.wrongs += wrongs(engine, self.sent, self.kept, self.central.keys.root)
        found = self.central.arrivals.counts()
        count.acknowledged, count.counted = len(self.kept), found["counted"]
        with Session(engine) as session:
            sittings = session.scalar(select(func.count()).select_from(rows.Submission))
            entries = session.scalar(select(func.count()).select_from(rows.JournalEntry))
        if (count.counted, sittings, entries) != (len(self.sent), len(self.sent), self.entries):
            count.wrongs.append(f"of {len(self.sent)} sittings {found}, {sittings} sittings, {entries} entries")


@pytest.fixture
def siege(tmp_path, monkeypatch) -> Iterator[Siege]:
    """Central on a PostgreSQL that may be killed, with two doors and two workers."""
    for module, name, seconds in (
        (uploading, "FIRST_WAIT", 0.05),
        (uploading, "LONGEST_WAIT", 0.3),
        (uploading, "JITTER", 0.05),
        (hall_central, "LONGEST_WAIT", 0.3),
    ):
        monkeypatch.setattr(module, name, seconds)
    home = tmp_path / "home"
    with a_postmaster() as server:
        (tmp_path / "url").write_text(server.url)
        (tmp_path / "url").chmod(0o600)
        words = ["central", "init", "--database-file", str(tmp_path / "url"), "--home", str(home)]
        result = CliRunner().invoke(app, words)
        assert result.exit_code == 0, result.output
        central = Central.open(Home(home).office)
        office = central.office
        draft.keep(office, office.acting("test.create"), a_test(sections=(a_section(),)))
        paper = publication.publish(office, office.acting("test.approve_publish"), "biology-2")
        token = give(office, office.acting(ENROL), HALL, "https://central.example", None)[1].token
        door = Program(("serve", "--plain-loopback", "--port", "0", "--workers", "2", "--json", "--home", str(home)))
        work = Program(("work", "--workers", "2", "--home", str(home)))
        crowd = Crowd(paper, central.keys.issuer())
        made = Siege(tmp_path, central, crowd, server, door, work, token, a_certificate(tmp_path).pem())
        try:
            door.start()
            work.start()
            yield made
        finally:
            for program in (door, work):
                if program.child is not None and program.child.poll() is None:
                    program.kill()
            central.close()


def run(siege: Siege, kills: int) -> Count:
    """Kill one thing after the other under load, and judge."""
    assert [siege.server.says(s) for s in ("fsync", "synchronous_commit", "full_page_writes")] == ["on"] * 3
    count, dice, names = Count(), Random(11), list(siege.victims)
    for number in range(kills):
        victim = names[number % len(names)]
        count.broken_off += siege.round(number, victim, dice.randrange(1, UPLOADERS * EACH * 2 // 3))
        count.kills[victim] += 1
    siege.judge(count)
    print(count)
    return count


def must_hold(count: Count, kills: int) -> None:
    """Nothing is wrong, everything was sent, and the kills were felt."""
    assert count.wrongs == []
    assert count.kills.total() == kills
    assert set(count.kills.values()) == {kills // 6}
    assert count.acknowledged == count.counted == kills * UPLOADERS * EACH
    assert count.broken_off >= kills // 3, "too few kills were felt"


def test_killed_under_load_central_keeps_every_acknowledged_bundle_once(siege):
    must_hold(run(siege, DOSE), DOSE)


@pytest.mark.slow
@pytest.mark.timeout(7_200)
def test_killed_sixty_times_under_load_central_keeps_every_acknowledged_bundle_once(siege):
    must_hold(run(siege, FULL), FULL)
