"""Very many bundles uploaded in one go: all arrive, each once, and neither the hall nor the door takes more memory.

The real program at the door, over a SQLCipher store, and the hall's real client, each in a process of its own.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from served_door import receipts_in, wrongs

from benchmarks.crowd import HALL, Crowd
from builders import a_section, a_test
from kiosk.central.central import Central
from kiosk.central.token import ENROL, give
from kiosk.ground.home import Home
from kiosk.office import draft, publication

DOSE, FULL = 500, 20_000
GROWTH = 0.10
"""Of the memory that was taken when the first third had come, at most."""
LEAK = 512 * 2**10
"""Bytes a bundle leaves behind in the control."""
HERE = Path(__file__).parent


@dataclass
class Haul:
    """A door that is open, and a hall with bundles for it."""

    folder: Path
    central: Central
    crowd: Crowd
    door: "subprocess.Popen[str]"
    connection: Path

    def fill(self, count: int) -> dict[str, bytes]:
        """Put bundles on the hall's stick."""
        self.stick.mkdir()
        sent = {}
        for bundle in self.crowd.bundles(count):
            (self.stick / bundle.file_name).write_bytes(bundle.data)
            sent[bundle.bundle_id] = bundle.data
        return sent

    @property
    def stick(self) -> Path:
        """Where the hall's bundles lie."""
        return self.folder / "stick"

    def upload(self, leak: int = 0) -> dict[str, Any]:
        """Upload the stick in a process of its own; return what it tells."""
        words = [str(self.stick), str(self.connection), self.central.keys.root, str(self.door.pid), str(leak)]
        argv = [sys.executable, str(HERE / "uploading_hall.py"), *words]
        told = subprocess.run(argv, stdout=subprocess.PIPE, check=True, cwd=HERE.parents[1], env=_environment())
        return json.loads(told.stdout)


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(HERE.parents[1])}


@pytest.fixture
def haul(tmp_path) -> Iterator[Haul]:
    """A central office in a file, its door, and a hall of that office."""
    home = tmp_path / "home"
    central, _ = Central.found(Home(home).office)
    office = central.office
    draft.keep(office, office.acting("test.create"), a_test(sections=(a_section(),)))
    paper = publication.publish(office, office.acting("test.approve_publish"), "biology-2")
    argv = [sys.executable, "-m", "kiosk", "central", "serve", "--plain-loopback", "--port", "0", "--json"]
    with subprocess.Popen([*argv, "--home", str(home)], stdout=subprocess.PIPE, text=True) as door:
        assert door.stdout is not None
        url = json.loads(door.stdout.readline())["url"]
        connection = give(office, office.acting(ENROL), HALL, url, None)[1]
        (tmp_path / "connection.json").write_text(connection.model_dump_json())
        crowd = Crowd(paper, central.keys.issuer())
        try:
            yield Haul(tmp_path, central, crowd, door, tmp_path / "connection.json")
        finally:
            door.terminate()
            door.wait(60)
            central.close()


def growth(samples: list[list[int]], place: int) -> float:
    """Return by how much memory grew at most after the first third, as a part of what it was then."""
    warm = samples[len(samples) // 3][place]
    return max(s[place] for s in samples[len(samples) // 3 :]) / warm - 1


def run(haul: Haul, count: int) -> None:
    """Upload so many, ask for all of them, and judge."""
    sent = haul.fill(count)
    told = haul.upload()
    hall, door = (growth(told["samples"], place) for place in (1, 2))
    print(
        f"{told['received']:,} bundles in {told['seconds']:.0f} s; memory after the first third: hall "
        f"{told['samples'][-1][1] / 2**20:.0f} MiB, {hall:+.1%}; door {told['samples'][-1][2] / 2**20:.0f} MiB, "
        f"{door:+.1%} at most; {told['known']:,} asked for and known in {told['asked']:.1f} s"
    )
    assert (told["received"], told["left"], told["declined"]) == (count, 0, {})
    assert told["known"] == count
    assert len(told["samples"]) >= 50
    assert max(hall, door) < GROWTH
    engine, kept = haul.central.office.engine, receipts_in(haul.stick)
    assert len(kept) == count
    assert wrongs(engine, sent, kept, haul.central.keys.root) == []


def test_five_hundred_bundles_and_flat_memory(haul):
    run(haul, DOSE)


@pytest.mark.slow
@pytest.mark.timeout(7_200)
def test_twenty_thousand_bundles_and_flat_memory(haul):
    run(haul, FULL)


def test_a_hall_that_lets_go_of_nothing_is_found_out(haul):
    """The control."""
    haul.fill(100)
    assert growth(haul.upload(LEAK)["samples"], 1) > GROWTH
