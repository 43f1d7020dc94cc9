"""The power cut between any two calls to the disk: whatever was acknowledged is found, whatever else was lost.

Real work is recorded once as the calls it made; every state that a cut may leave is then laid out and opened. Controls
that flush less than is promised must lose.
"""

import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

import pytest
from crash_oracle import Oracle, Verdict, hall_oracle, intake_oracle, seat_oracle, stick_oracle
from disk_model import Crash, Loss, crashes, files_under
from disk_trace import Note, Operation, record

from house import SEAT, a_house
from keyring import a_bundle, the_keyring
from storage.engine import open_engine
from storage.models.office import OfficeBase

WORK = Path(__file__).with_name("recorded_work.py")
KEY = bytes(range(32))
MEMORY = Path("/dev/shm")
DOSE: Mapping[Loss, int] = {Loss.EVERYTHING: 1, Loss.NOTHING: 1, Loss.THE_LAST: 1, Loss.ANY_SECTORS: 2}
FULL: Mapping[Loss, int] = {Loss.EVERYTHING: 1, Loss.NOTHING: 1, Loss.THE_LAST: 4, Loss.ANY_SECTORS: 16}


@dataclass
class Count:
    """What a run of cuts came to."""

    name: str
    states: Counter[str] = field(default_factory=Counter)
    losing: int = 0
    damaged: list[str] = field(default_factory=list)
    notes: int = 0
    calls: int = 0
    started: float = field(default_factory=time.monotonic)

    @property
    def total(self) -> int:
        """How many different states were opened."""
        return self.states.total()

    def __str__(self) -> str:
        seconds = time.monotonic() - self.started
        kinds = ", ".join(f"{self.states[loss.value]:,} with {loss.value} lost" for loss in Loss)
        return (
            f"{self.name}: {self.calls:,} calls, {self.notes:,} acknowledgements; {self.total:,} different states "
            f"({kinds}); {self.losing:,} lost something acknowledged, {len(self.damaged):,} damaged; "
            f"{seconds:.0f} s, {self.total / max(seconds, 0.001):.0f} states/s"
        )


_oracle: Oracle
_folder: Path


def judge(crash: Crash) -> Verdict:
    """Lay one state out in memory and judge it."""
    folder = Path(tempfile.mkdtemp(dir=_folder))
    try:
        crash.put(folder)
        return _oracle(folder, crash.notes)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def judge_all(
    name: str,
    before: Mapping[str, bytes],
    trace: list[Operation],
    oracle: Oracle,
    tries: Mapping[Loss, int],
    seed: int = 1,
) -> Count:
    """Open every state a cut may leave in a recorded piece of work, on both cores."""
    global _oracle, _folder  # a forked worker inherits them, so that an oracle need not be pickled
    _oracle = oracle
    count = Count(name, calls=len(trace), notes=sum(isinstance(o, Note) for o in trace))
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        _folder = Path(folder)
        losses: list[str] = []

        def told() -> Iterator[Crash]:
            for crash in crashes(before, trace, tries, seed):
                losses.append(crash.loss.value)
                yield crash

        with get_context("fork").Pool(2) as pool:
            for verdict in pool.imap(judge, told(), chunksize=16):
                count.losing += verdict.lost > 0
                count.damaged += [verdict.damaged] if verdict.damaged else []
        count.states.update(losses)
    print(count)
    return count


@dataclass(frozen=True)
class Recording:
    """One piece of work as its calls, the files there were before, and who judges what a cut leaves."""

    before: Mapping[str, bytes]
    trace: list[Operation]
    oracle: Oracle

    def judged(self, name: str, tries: Mapping[Loss, int]) -> Count:
        """Open every state a cut may leave."""
        return judge_all(name, self.before, self.trace, self.oracle, tries)


def a_sitting(
    folder: Path, *, place: str = "seat", answers: int = 24, checkpoint: int = 60, **control: str
) -> Recording:
    """Record a sitting from the first lease to the bundle, as the disk of the seat or of its hall sees it."""
    house = a_house(folder)
    house.close()
    home = house.home
    where = home.seat(SEAT) if place == "seat" else home.hall
    key, before = where.store_key(), files_under(where.folder)
    order = {"work": "sit", "home": str(home.folder), "answers": answers, "checkpoint": checkpoint, **control}
    trace = record(WORK, where.folder, order, folder / "notes")
    root = the_keyring().root.public
    oracle = seat_oracle("seat.db", key, root) if place == "seat" else hall_oracle("hall.db", key)
    return Recording(before, trace, oracle)


def an_intake(folder: Path, *, bundles: int = 6, checkpoint: int = 40, **control: str) -> Recording:
    """Record central taking bundles in, some of them twice."""
    keys, place = the_keyring(), folder / "office"
    place.mkdir(parents=True)
    engine = open_engine(place / "office.db", KEY, create=True)
    OfficeBase.metadata.create_all(engine)
    engine.dispose()
    sent = []
    for number in range(bundles):
        bundle = a_bundle(submission_id=f"submission-{number}")
        sent.append(folder / bundle.file_name)
        sent[-1].write_bytes(bundle.data)
    pem = folder / "receipt.pem"
    pem.write_bytes(keys.receipt.to_pem())
    before = files_under(place)
    order = {
        "work": "take in",
        "store": str(place / "office.db"),
        "key": KEY.hex(),
        "pem": str(pem),
        "chain": list(keys.receipt_chain),
        "root": keys.root.public,
        "bundles": [str(p) for p in [*sent, *sent[:2]]],
        "checkpoint": checkpoint,
        **control,
    }
    trace = record(WORK, place, order, folder / "notes")
    return Recording(before, trace, intake_oracle("office.db", KEY, keys.root.public))


def a_copying(folder: Path, *, files: int = 12, **control: str) -> Recording:
    """Record bundles copied to a stick."""
    stick = folder / "stick"
    stick.mkdir(parents=True)
    sent = {}
    for number in range(files):
        bundle = a_bundle(submission_id=f"submission-{number}")
        sent[bundle.file_name] = bundle.data
        (folder / bundle.file_name).write_bytes(bundle.data)
    order = {"work": "copy out", "stick": str(stick), "files": [str(folder / name) for name in sent], **control}
    return Recording({}, record(WORK, stick, order, folder / "notes"), stick_oracle(sent))


def test_a_seat_cut_at_any_call_keeps_every_entry_it_called_saved(tmp_path: Path) -> None:
    count = a_sitting(tmp_path).judged("seat", DOSE)
    assert count.losing == 0, count.damaged[:3]
    assert not count.damaged
    assert count.total >= 1_500
    assert count.notes >= 100


def test_a_hall_cut_at_any_call_knows_every_lease_it_gave(tmp_path: Path) -> None:
    count = a_sitting(tmp_path, place="hall", answers=4, checkpoint=10).judged("hall", DOSE)
    assert count.losing == 0
    assert not count.damaged
    assert count.total >= 100


def test_central_cut_at_any_call_holds_every_bundle_it_gave_a_receipt_for(tmp_path: Path) -> None:
    count = an_intake(tmp_path).judged("intake", DOSE)
    assert count.losing == 0
    assert not count.damaged
    assert count.total >= 300


def test_a_stick_pulled_at_any_call_holds_every_file_that_was_called_copied(tmp_path: Path) -> None:
    count = a_copying(tmp_path).judged("stick", {**DOSE, Loss.THE_LAST: 4, Loss.ANY_SECTORS: 4})
    assert count.losing == 0
    assert count.total >= 50


def test_a_copy_finished_after_an_earlier_try_is_as_safe_as_one_made_at_once(tmp_path: Path) -> None:
    count = a_copying(tmp_path, interrupted="yes").judged("stick, second try", DOSE)
    assert count.losing == 0
    assert count.total >= 40


def test_a_seat_that_flushes_less_loses(tmp_path: Path) -> None:
    count = a_sitting(tmp_path, answers=4, synchronous="NORMAL").judged("seat, synchronous=NORMAL", DOSE)
    assert not count.damaged
    assert count.losing >= count.total * 0.3


def test_an_intake_that_flushes_less_loses(tmp_path: Path) -> None:
    count = an_intake(tmp_path, bundles=2, synchronous="NORMAL").judged("intake, synchronous=NORMAL", DOSE)
    assert not count.damaged
    assert count.losing >= count.total * 0.3


def test_a_copy_that_is_not_flushed_is_lost(tmp_path: Path) -> None:
    count = a_copying(tmp_path, unflushed="yes").judged("stick, not flushed", DOSE)
    assert count.losing >= count.total * 0.3


@pytest.mark.slow
@pytest.mark.timeout(7_200)
def test_twenty_thousand_states(tmp_path: Path) -> None:
    counts = [
        a_sitting(tmp_path / "seat", answers=80, checkpoint=150).judged("seat", FULL),
        a_sitting(tmp_path / "hall", place="hall", answers=4, checkpoint=20).judged("hall", FULL),
        an_intake(tmp_path / "intake", bundles=12).judged("intake", FULL),
        a_copying(tmp_path / "stick", files=40).judged("stick", FULL),
    ]
    loose = a_sitting(tmp_path / "loose", answers=30, synchronous="NORMAL").judged("seat, synchronous=NORMAL", DOSE)
    assert [c.losing for c in counts] == [0, 0, 0, 0]
    assert not any(c.damaged for c in counts)
    assert counts[0].total >= 20_000
    assert loose.losing >= loose.total * 0.3
