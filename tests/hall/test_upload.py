"""An upload ends with one verified receipt for each bundle, whatever happens on the way."""

import random

import httpx
import pytest
import stamina
from fake_central import AT, FakeCentral, a_connection, problem

from builders import a_clock
from house import a_house
from keyring import a_bundle, a_keyring
from kiosk.exam.error import Invalid, KioskError, Refused
from kiosk.hall import upload as upload_module
from kiosk.hall.central import CentralDoor, ComeAgain, Declined
from kiosk.hall.collection import Collection
from kiosk.hall.connection import open_client, parse_connection, read_connection
from kiosk.hall.place import hall_keys, hall_store
from kiosk.hall.shelf import FolderShelf, HallShelf
from kiosk.hall.upload import Upload
from kiosk.sealing.receipt import SUFFIX, ReceiptSigner, read_receipt

LOST = [httpx.ConnectError("no route"), httpx.ReadTimeout("slow"), httpx.RemoteProtocolError("cut")]


@pytest.fixture(scope="module")
def bundles():
    return [a_bundle(submission_id=f"s{n}", lease_id=f"l{n}", captures=()) for n in range(4)]


@pytest.fixture(scope="module")
def large():
    dice = random.Random(1)
    return a_bundle(submission_id="large", captures=[dice.randbytes(700_000).hex() for _ in range(3)])


@pytest.fixture(autouse=True)
def no_waiting():
    """Retry as often as ever, without the waits."""
    stamina.set_testing(True, attempts=1_000, cap=True)
    yield
    stamina.set_testing(False)


@pytest.fixture
def shelf(tmp_path, bundles):
    house = a_house(tmp_path)
    store = hall_store(house.home.hall)
    shelf = HallShelf(store, Collection.open(house.home.hall, hall_keys(house.home.hall), store, a_clock()))
    for bundle in bundles:
        shelf._collection.take(bundle.data, "seat")
    yield shelf
    store.close()
    house.close()


def run(shelf, central, *, once=False, **heard):
    return Upload(shelf, CentralDoor(central.client()), **heard).run(once=once)


def test_everything_arrives_with_its_receipt(shelf, bundles):
    central, told = FakeCentral(), []
    done = run(shelf, central, told=lambda *counts: told.append(counts))
    assert sorted(done.received) == sorted(b.bundle_id for b in bundles)
    assert (done.left, done.declined, done.problem) == (0, {}, None)
    assert central.bundles == {b.bundle_id: b.data for b in bundles}
    assert all(line.is_received for line in shelf._store.bundles.lines())
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    again = FakeCentral()
    assert run(shelf, again).received == []
    assert again.calls == []


def test_what_central_holds_already_is_not_sent_again(shelf, bundles):
    central = FakeCentral()
    for bundle in bundles[:3]:
        CentralDoor(central.client()).put(bundle.bundle_id, bundle.data)
    held = dict(central.receipts)
    central.calls.clear()
    assert len(run(shelf, central).received) == 4
    assert central.calls == ["POST /v1/have", f"PUT /v1/bundles/{bundles[3].bundle_id}"]
    assert {i: central.receipts[i] for i in held} == held


@pytest.mark.parametrize("fault", LOST, ids=lambda e: type(e).__name__)
@pytest.mark.parametrize("lost_before", range(6))
def test_an_answer_lost_before_or_after_the_commit_costs_a_question_and_nothing_else(
    shelf, bundles, fault, lost_before
):
    for is_after in (False, True):
        central = FakeCentral()
        central.faults.extend([None] * lost_before)
        central.faults.append((lambda: fault) if is_after else fault)
        done = run(shelf, central)
        assert done.left == 0
        assert len(central.receipts) in (0, 4)
        assert all(line.is_received for line in shelf._store.bundles.lines())


@pytest.mark.parametrize("status", [400, 408, 425, 429, 500, 502, 503, 504, 507])
def test_what_passes_is_tried_again(shelf, status):
    central = FakeCentral()
    central.faults.extend([None, None, problem(status, "come again"), None, problem(status, "come again")])
    done = run(shelf, central)
    assert (len(done.received), done.left, done.declined) == (4, 0, {})


@pytest.mark.parametrize("status", [403, 404, 409, 413, 415, 422])
def test_what_a_person_must_look_at_keeps_no_other_back(shelf, bundles, status):
    central = FakeCentral()
    bad = bundles[1].bundle_id
    central.declined[bad] = problem(status, "it cannot be taken\x1b[2J")
    done = run(shelf, central)
    assert (len(done.received), done.left) == (3, 0)
    assert done.declined == {bad: f"central says {status}: it cannot be taken[2J"}
    trouble = {line.bundle_id: line.trouble for line in shelf._store.bundles.lines()}
    assert trouble[bad] == done.declined[bad]
    assert [t for b, t in trouble.items() if b != bad] == [None] * 3
    central.declined.clear()
    assert run(shelf, central).received == [bad]
    assert all(line.trouble is None for line in shelf._store.bundles.lines())


def test_a_token_that_opens_nothing_ends_the_upload(shelf):
    central = FakeCentral()
    central.faults.extend([None, None, problem(401, "unknown token")])
    done = run(shelf, central)
    assert (len(done.received), done.left, done.problem) == (1, 3, "central says 401: unknown token")
    assert (done.declined, len(central.calls)) == ({}, 3)


def test_once_tries_each_bundle_once(shelf):
    central = FakeCentral()
    central.faults.extend([None, problem(500, "a mistake")])
    done = run(shelf, central, once=True)
    assert (len(done.received), done.left, done.problem) == (3, 1, "central says 500: a mistake")
    central.faults.append(LOST[0])
    assert run(shelf, central, once=True).left == 1
    assert run(shelf, central, once=True).left == 0


@pytest.mark.parametrize("answer", [b"", b"{}", b"\xff" * 10])
def test_a_receipt_that_does_not_hold_is_not_kept(shelf, bundles, answer):
    central = FakeCentral()
    stranger = a_keyring()
    forged = ReceiptSigner(stranger.receipt, stranger.receipt_chain).receipt(bundles[1], AT)
    lies = [httpx.Response(201, content=answer), httpx.Response(201, content=forged)]
    central.faults.extend([None, *lies])
    done = run(shelf, central)
    assert (len(done.received), len(done.declined)) == (2, 2)
    assert sum(line.is_received for line in shelf._store.bundles.lines()) == 2


def test_retry_after_is_heeded_and_never_for_longer_than_five_minutes(shelf, monkeypatch):
    waits = []
    for told in ("7", "100000", "Tue, 06 May 2031 12:00:00 GMT", "-3", "soon"):
        central = FakeCentral()
        central.faults.append(problem(429, "too often", Retry_After=told))
        with pytest.raises(ComeAgain) as raised:
            CentralDoor(central.client()).have(["0" * 64])
        waits.append(raised.value.wait)
    assert waits == [7, 300, 300, None, None]
    pause = Upload(shelf, CentralDoor(FakeCentral().client()))._pause
    assert 7 <= pause(ComeAgain("later", wait=7.0)) <= 7 + upload_module.JITTER
    assert (pause(ComeAgain("later")), pause(Declined("no")), pause(ValueError())) == (True, False, False)


def test_a_large_bundle_goes_in_chunks_and_on_where_it_was_cut_off(large):
    central = FakeCentral()
    door = CentralDoor(central.client())
    big = large.data
    assert len(big) > 2 * 2**20
    central.faults.extend([None, None, httpx.ReadError("cut")])
    with pytest.raises(ComeAgain):
        door.put(large.bundle_id, big)
    assert len(central.chunks) == 1
    central.calls.clear()
    receipt = door.put(large.bundle_id, big)
    read_receipt(receipt, central.keyring.root.public, large.bundle_id)
    assert central.bundles[large.bundle_id] == big
    assert sum("/chunks/" in call for call in central.calls) == -(-len(big) // 2**20) - 1


def test_an_answer_that_is_not_central_s_is_a_person_s_matter():
    for answer in (b"<html>", b'{"bundles":[]}', b"x" * (17 * 2**20)):
        central = FakeCentral()
        central.faults.append(httpx.Response(200, content=answer))
        with pytest.raises(Declined):
            CentralDoor(central.client()).have(["0" * 64])
    central = FakeCentral()
    central.faults.append(httpx.Response(302, headers={"Location": "https://elsewhere.example"}))
    with pytest.raises(Declined, match="302"):
        CentralDoor(central.client()).have(["0" * 64])


def test_a_stick_is_uploaded_and_gets_its_receipts_beside_the_bundles(tmp_path, bundles):
    for bundle in bundles:
        (tmp_path / bundle.file_name).write_bytes(bundle.data)
    (tmp_path / "spoilt.exkb").write_bytes(b"spoilt")
    central = FakeCentral()
    shelf = FolderShelf(tmp_path, central.keyring.root.public)
    assert list(shelf.unfit) == ["spoilt.exkb"]
    central.faults.extend([None, httpx.Response(201, content=b"no receipt")])
    done = run(shelf, central)
    assert (len(done.received), len(done.declined)) == (3, 1)
    assert {p.stem: p.read_bytes() for p in tmp_path.glob(f"*{SUFFIX}")} == {
        i: central.receipts[i] for i in done.received
    }
    assert run(FolderShelf(tmp_path, central.keyring.root.public), central).left == 0
    assert len(list(tmp_path.glob(f"*{SUFFIX}"))) == 4


def test_a_connection_is_a_secret_and_never_travels_in_the_open(tmp_path):
    place = a_house(tmp_path).home.hall
    with pytest.raises(KioskError, match="kiosk hall connect"):
        read_connection(place)
    path = place.keys / "connection.json"
    path.write_text(a_connection().model_dump_json())
    path.chmod(0o644)
    with pytest.raises(KioskError, match="chmod"):
        read_connection(place)
    path.chmod(0o600)
    assert read_connection(place) == a_connection()
    assert a_connection().token not in repr(a_connection())
    with pytest.raises(Invalid):
        parse_connection(b"{}")
    for url in ("http://central.example", "ftp://central.example", "https://", "https://user:word@central.example"):
        with pytest.raises(Refused):
            open_client(a_connection(), url)
    with open_client(a_connection(), "http://localhost:8080/") as client:
        assert str(client.base_url) == "http://localhost:8080"
