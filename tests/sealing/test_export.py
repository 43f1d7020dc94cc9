"""An export says what it copied and nothing else; its index misses what is lost, changed or added, by name."""

import errno
from dataclasses import replace

import pytest

from builders import NOON
from keyring import HALL, SEAT, a_bundle, a_keyring, the_keyring
from kiosk.exam.error import Denied, Invalid, KioskError, Tampered
from kiosk.exam.moment import iso
from kiosk.sealing import export as export_module
from kiosk.sealing.envelope import LARGEST_ENVELOPE, PayloadType, sign
from kiosk.sealing.export import Parcel, Shipment, write_export
from kiosk.sealing.index import PER_INDEX, Indexer, read_index
from kiosk.sealing.stock import take_stock
from kiosk.wire.index import IndexedBundle

KEYS = the_keyring()
ROOT = KEYS.root.public
AT = iso(NOON)
INDEXER = Indexer(key=KEYS.hall, chain=KEYS.hall_chain, root=ROOT, hall=HALL)
SEAT_INDEXER = Indexer(key=KEYS.seat, chain=KEYS.seat_chain, root=ROOT, hall=HALL, seat=SEAT)


def nothing(done, whole):
    """Hear of progress."""


@pytest.fixture(scope="module")
def bundles():
    return [a_bundle(submission_id=f"s{n}", captures=()) for n in range(4)]


def parcel(bundle):
    return Parcel(bundle.bundle_id, bundle.manifest.submission_id, SEAT, len(bundle.data), lambda: bundle.data)


def exported(folder, bundles, indexer=INDEXER, at=AT):
    return write_export(folder, [Shipment(indexer, [parcel(b) for b in bundles])], at, nothing)


def contents(folder):
    return {p.name: p.read_bytes() for p in folder.iterdir()}


def an_entry(number, **changes):
    fields = {"bundle_id": f"{number:064x}", "submission_id": "s", "seat": "A12", "sha256": "0" * 64, "length": 1}
    return IndexedBundle(**fields | changes)


@pytest.mark.parametrize("indexer", [INDEXER, SEAT_INDEXER], ids=["hall", "seat"])
def test_what_was_exported_is_whole(tmp_path, bundles, indexer):
    done = exported(tmp_path, bundles, indexer)
    assert done.is_whole
    stock = take_stock(tmp_path, ROOT, nothing)
    assert stock.is_whole
    assert {f.name for f in stock.bundles} == {b.file_name for b in bundles}
    assert [i.signer for i in stock.indices] == [(HALL, indexer.seat)]


def test_a_second_export_changes_no_file_and_a_new_bundle_adds_an_index(tmp_path, bundles):
    exported(tmp_path, bundles[:2])
    first = contents(tmp_path)
    assert exported(tmp_path, bundles[:2], at=iso(NOON.replace(hour=13))).is_whole
    assert contents(tmp_path) == first
    exported(tmp_path, bundles, at=iso(NOON.replace(hour=14)))
    later = contents(tmp_path)
    assert {n: later[n] for n in first} == first
    assert len(later.keys() - first.keys()) == 2 + 1
    assert take_stock(tmp_path, ROOT, nothing).is_whole


def test_two_halls_share_a_stick(tmp_path, bundles):
    exported(tmp_path, bundles[:2])
    exported(tmp_path, bundles[2:], SEAT_INDEXER)
    stock = take_stock(tmp_path, ROOT, nothing)
    assert stock.is_whole
    assert len(stock.indices) == 2


def test_missing_extra_and_changed_files_are_said_by_name(tmp_path, bundles):
    lost, changed, strange, kept = bundles
    exported(tmp_path, [lost, changed, kept])
    (tmp_path / lost.file_name).unlink()
    (tmp_path / strange.file_name).write_bytes(strange.data)
    (tmp_path / changed.file_name).write_bytes(strange.data)
    stock = take_stock(tmp_path, ROOT, nothing)
    assert (stock.missing, stock.extra) == ((lost.file_name,), (strange.file_name,))
    assert [f.name for f in stock.changed] == [changed.file_name]
    assert "other than the index says" in stock.changed[0].problem
    assert not stock.is_whole


def test_without_an_index_nobody_can_say_what_is_missing(tmp_path, bundles):
    exported(tmp_path, bundles)
    for index in tmp_path.glob("index-*"):
        index.unlink()
    stock = take_stock(tmp_path, ROOT, nothing)
    assert stock.without_index
    assert not stock.is_whole
    assert len(stock.bundles) == 4
    with pytest.raises(KioskError, match="no folder"):
        take_stock(tmp_path / "no", ROOT, nothing)


def test_an_index_of_another_examination_or_with_a_changed_byte_is_named(tmp_path, bundles):
    exported(tmp_path, bundles[:1])
    (index,) = tmp_path.glob("index-*")
    assert not take_stock(tmp_path, a_keyring().root.public, nothing).is_whole
    data = index.read_bytes()
    for place in range(0, len(data), 97):
        index.write_bytes(data[:place] + bytes([data[place] ^ 4]) + data[place + 1 :])
        stock = take_stock(tmp_path, ROOT, nothing)
        assert [f.name for f in stock.changed] == [index.name]
        assert stock.without_index


@pytest.mark.parametrize("fails_at", range(5))
def test_a_medium_that_fails_is_said_and_the_rest_follows(tmp_path, bundles, monkeypatch, fails_at):
    real, writes = export_module.write_copy, []

    def failing(folder, name, data):
        writes.append(name)
        if len(writes) > fails_at:
            raise OSError(errno.EIO, "Input/output error")
        return real(folder, name, data)

    monkeypatch.setattr(export_module, "write_copy", failing)
    done = exported(tmp_path, bundles)
    assert "Input/output error" in done.problem
    assert len(done.copied) == min(fails_at, 4)
    assert {p.name for p in tmp_path.iterdir()} == {f"{b.bundle_id}.exkb" for b in done.copied}
    assert [*(e.bundle_id for e in done.copied), *(e.bundle_id for e in done.left)] == [b.bundle_id for b in bundles]
    assert not done.is_whole
    assert not take_stock(tmp_path, ROOT, nothing).is_whole
    monkeypatch.setattr(export_module, "write_copy", real)
    assert exported(tmp_path, bundles).is_whole
    assert take_stock(tmp_path, ROOT, nothing).is_whole


def test_a_file_with_other_bytes_is_left_alone_and_keeps_no_other_back(tmp_path, bundles):
    (tmp_path / bundles[1].file_name).write_bytes(b"somebody else's")
    done = exported(tmp_path, bundles)
    assert [(e.bundle_id, "left as it is" in e.problem) for e in done.left] == [(bundles[1].bundle_id, True)]
    assert len(done.copied) == 3
    assert (tmp_path / bundles[1].file_name).read_bytes() == b"somebody else's"
    assert take_stock(tmp_path, ROOT, nothing).extra == (bundles[1].file_name,)


def test_room_is_asked_for_before_the_first_byte(tmp_path, bundles):
    huge = [replace(parcel(b), length=2**60) for b in bundles]
    with pytest.raises(KioskError, match="Nothing was copied"):
        write_export(tmp_path, [Shipment(INDEXER, huge)], AT, nothing)
    assert not list(tmp_path.iterdir())


def test_the_largest_index_is_still_read():
    longest = [an_entry(n, submission_id="s" * 200, seat="A" * 500, length=2**53 - 1) for n in range(PER_INDEX + 1)]
    first, second = INDEXER.indices(longest, AT)
    assert len(first.envelope) <= LARGEST_ENVELOPE
    assert (len(first.document.bundles), len(second.document.bundles)) == (PER_INDEX, 1)
    widest = [an_entry(n, submission_id="\U0001f9ea" * 200, seat="\U0001f9ea" * 500) for n in range(PER_INDEX)]
    assert len(INDEXER.index(widest, AT).envelope) <= LARGEST_ENVELOPE


def signed(key, chain, **changes):
    document = INDEXER.index([an_entry(1), an_entry(2)], AT).document.model_dump(mode="json")
    return sign(PayloadType.INDEX, document | {"certificates": list(chain)} | changes, key)


def test_only_the_place_that_an_index_names_can_sign_it():
    assert read_index(signed(KEYS.hall, KEYS.hall_chain), ROOT).document.hall == HALL
    with pytest.raises(Denied):
        read_index(signed(KEYS.seat, KEYS.seat_chain), ROOT)
    with pytest.raises(Denied):
        read_index(signed(KEYS.hall, KEYS.hall_chain, seat=SEAT), ROOT)
    with pytest.raises(Tampered):
        read_index(signed(KEYS.seat, KEYS.hall_chain), ROOT)
    with pytest.raises(Tampered, match="another hall or seat"):
        read_index(signed(KEYS.hall, KEYS.hall_chain, hall="Hall 3"), ROOT)
    with pytest.raises(Tampered, match="another hall or seat"):
        read_index(signed(KEYS.seat, KEYS.seat_chain, seat="A13"), ROOT)
    twice = [an_entry(1).model_dump(mode="json")] * 2
    with pytest.raises(Invalid, match="each bundle once"):
        read_index(signed(KEYS.hall, KEYS.hall_chain, bundles=twice), ROOT)
    with pytest.raises(Invalid, match="version"):
        read_index(signed(KEYS.hall, KEYS.hall_chain, version=2), ROOT)
