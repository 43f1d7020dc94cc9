"""A stick that is pulled, full, shut, or lies: nothing is called copied that does not lie on it, byte for byte."""

import errno
from collections import Counter
from functools import cache
from pathlib import Path
from random import Random

import pytest
from bad_stick import LIES, Stick

from builders import NOON, a_paper, a_question, a_section
from keyring import HALL, a_bundle, the_keyring
from kiosk.exam.error import KioskError, Tampered
from kiosk.exam.moment import iso
from kiosk.sealing import copy, frame
from kiosk.sealing.bundle import Bundle
from kiosk.sealing.envelope import LARGEST_ENVELOPE
from kiosk.sealing.export import Export, Parcel, Shipment, read_indices, write_export
from kiosk.sealing.index import Indexer

BUNDLES = 4
DOSE, FULL = 300, 2_000
ERRORS = (errno.EIO, errno.ENOSPC, errno.EROFS, errno.ENODEV)


@cache
def bundles() -> tuple[Bundle, ...]:
    paper = a_paper(sections=(a_section("s1", questions=(a_question("s1-q1", section_id="s1"),)),))
    return tuple(a_bundle(paper, submission_id=f"submission-{n}", captures=()) for n in range(BUNDLES))


def shipment(sent: tuple[Bundle, ...]) -> Shipment:
    keys = the_keyring()
    indexer = Indexer(key=keys.hall, chain=keys.hall_chain, root=keys.root.public, hall=HALL)
    parcels = [
        Parcel(b.bundle_id, b.manifest.submission_id, b.manifest.seat, len(b.data), lambda b=b: b.data) for b in sent
    ]
    return Shipment(indexer, parcels)


def export(folder: Path, sent: tuple[Bundle, ...] | None = None) -> Export:
    return write_export(folder, [shipment(sent or bundles())], iso(NOON), lambda done, whole: None)


def wrongly_called_copied(folder: Path, done: Export) -> list[str]:
    """Every file that was called copied and is not there, or not as it was sent."""
    sent = {b.bundle_id: b for b in bundles()}
    wrong = []
    for entry in done.copied:
        path = folder / sent[entry.bundle_id].file_name
        if not path.is_file() or path.read_bytes() != sent[entry.bundle_id].data:
            wrong.append(path.name)
    there = {name for name, _ in read_indices(folder, the_keyring().root.public)}
    return wrong + [name for name in done.indices if name not in there]


def must_account_for_all(done: Export) -> None:
    named = [e.bundle_id for e in done.copied] + [left.bundle_id for left in done.left]
    assert sorted(named) == sorted(b.bundle_id for b in bundles())
    assert all(left.problem for left in done.left)


def litter(folder: Path, random: Random) -> None:
    """Leave on a stick what earlier days leave."""
    folder.mkdir()
    first, second = random.sample(bundles(), 2)
    for kind in random.sample(("old export", "empty", "draft", "foreign"), random.randrange(3)):
        if kind == "old export":
            export(folder, (first,))
        elif kind == "empty" and not (folder / second.file_name).exists():
            (folder / second.file_name).touch()
        elif kind == "draft":
            (folder / f".{first.file_name}.new").write_bytes(first.data[:100])
        else:
            (folder / "holiday.jpg").write_bytes(b"\xff\xd8")


def try_stick(folder: Path, seed: int) -> tuple[str, list[str]]:
    """Export to a stick that fails in some way, then to the same stick in good health; return how it failed."""
    random = Random(seed)
    litter(folder, random)
    stick = Stick(folder)
    if random.random() < 0.5:
        how, when = random.choice(list(LIES)), random.randrange(1, BUNDLES + 2)
        stick.lies = {when: LIES[how]}
    else:
        code = random.choice(ERRORS)
        how = f"error {errno.errorcode[code]}"
        stick.fails_at, stick.error = random.randrange(1, 60), code
        stick.only_writes = code in (errno.EROFS, errno.ENOSPC)
    wrong: list[str] = []
    try:
        with stick.plugged_in():
            done = export(folder)
    except (KioskError, OSError):
        done = Export()
    else:
        must_account_for_all(done)
    wrong += wrongly_called_copied(folder, done)
    again = export(folder)
    must_account_for_all(again)
    wrong += wrongly_called_copied(folder, again)
    spoilt = {b.bundle_id for b in bundles() if (folder / b.file_name).read_bytes() != b.data}
    assert {left.bundle_id for left in again.left} == spoilt, "what can be copied is, at the second try"
    return how, wrong


def try_sticks(folder: Path, times: int) -> Counter[str]:
    count: Counter[str] = Counter()
    for seed in range(times):
        how, wrong = try_stick(folder / str(seed), seed)
        assert wrong == [], f"seed {seed}: {how}"
        count[how] += 1
    print(
        f"{count.total():,} bad sticks, nothing wrongly called copied: "
        + ", ".join(f"{n} {h}" for h, n in count.items())
    )
    return count


def test_bad_sticks(tmp_path):
    count = try_sticks(tmp_path, DOSE)
    assert count.total() == DOSE
    assert len(count) == len(LIES) + len(ERRORS)


@pytest.mark.slow
@pytest.mark.timeout(3_600)
def test_two_thousand_bad_sticks(tmp_path):
    assert try_sticks(tmp_path, FULL).total() == FULL


def test_a_stick_pulled_at_every_single_call(tmp_path):
    healthy = Stick(tmp_path / "healthy")
    with healthy.plugged_in():
        assert export(healthy.folder).is_whole
    whole = 0
    for call in range(1, healthy.calls + 1):
        stick = Stick(tmp_path / str(call), fails_at=call)
        try:
            with stick.plugged_in():
                done = export(stick.folder)
        except OSError:
            done = Export(problem="not begun")
        assert not done.is_whole
        assert wrongly_called_copied(stick.folder, done) == []
        again = export(stick.folder)
        assert again.is_whole
        assert wrongly_called_copied(stick.folder, again) == []
        whole += 1
    print(f"pulled at each of {whole} calls; the second export was whole every time")
    assert whole == healthy.calls > 50


@pytest.mark.parametrize("how", LIES)
def test_a_copy_of_which_other_bytes_are_kept_is_never_called_copied(how, tmp_path):
    bundle = bundles()[0]
    with Stick(tmp_path, lies={1: LIES[how]}).plugged_in(), pytest.raises((KioskError, OSError)):
        copy.write_copy(tmp_path, bundle.file_name, bundle.data)


def test_an_exporter_that_does_not_read_again_is_caught(tmp_path, monkeypatch):
    """The control: without the second reading every lie passes, and this test's own judge must see it."""
    kept = []
    monkeypatch.setattr(copy, "_read_back", lambda path: kept[-1])
    real = copy.write_copy
    monkeypatch.setattr(
        "kiosk.sealing.export.write_copy", lambda folder, name, data: (kept.append(data), real(folder, name, data))[1]
    )
    caught = 0
    for number, lie in enumerate(LIES.values()):
        stick = Stick(tmp_path / str(number), lies={2: lie})
        try:
            with stick.plugged_in():
                done = export(stick.folder)
        except OSError:
            continue
        caught += bool(wrongly_called_copied(stick.folder, done))
    assert caught >= len(LIES) - 1


def test_an_empty_file_under_the_name_of_a_bundle_is_named_and_left(tmp_path):
    (tmp_path / bundles()[1].file_name).touch()
    done = export(tmp_path)
    assert [left.bundle_id for left in done.left] == [bundles()[1].bundle_id]
    assert "other bytes" in done.left[0].problem
    assert len(done.copied) == BUNDLES - 1
    assert (tmp_path / bundles()[1].file_name).read_bytes() == b""


def test_a_later_export_beside_an_earlier_one_keeps_both_indices(tmp_path):
    first = export(tmp_path, bundles()[:2])
    second = export(tmp_path)
    assert first.is_whole
    assert second.is_whole
    assert {name for name, _ in read_indices(tmp_path, the_keyring().root.public)} == {*first.indices, *second.indices}
    assert export(tmp_path).indices == second.indices


def test_a_bundle_of_another_sitting_under_the_name_is_refused(tmp_path):
    one, other = bundles()[:2]
    (tmp_path / one.file_name).write_bytes(other.data)
    with pytest.raises(Tampered, match="other bytes"):
        copy.write_copy(tmp_path, one.file_name, one.data)


def test_what_is_exported_is_what_the_seat_holds(tmp_path):
    export(tmp_path)
    for bundle in bundles():
        assert frame.split((tmp_path / bundle.file_name).read_bytes()) == (bundle.envelope, bundle.body)
    assert all(p.stat().st_size <= LARGEST_ENVELOPE for p in tmp_path.glob("index-*"))
