"""What allows no wipe and settles no closing: forged, foreign, older, and what names too little."""

import shutil

import pytest

from closing_kit import an_ended_exam
from keyring import a_keyring
from kiosk.ground.home import Home
from kiosk.sealing import erasure
from kiosk.sealing.envelope import PayloadType, read_envelope, sign
from kiosk.sealing.key import KeyFolder
from kiosk.seat import wipe

NOW = ("--yes", "--now", "the disk is full")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    ended = an_ended_exam(tmp_path_factory.mktemp("refusal"))
    ended.explain()
    ended.close()
    shutil.copytree(ended.folder, ended.folder.parent / "closed")
    ended.settle()
    return ended


@pytest.fixture
def settled(made, tmp_path):
    return made.copy(tmp_path / "exam")


def closed_copy(made, tmp_path):
    """Return a copy of the exam as it was closed and not yet brought to central, and its folder."""
    folder = shutil.copytree(made.folder.parent / "closed", tmp_path / "exam")
    return folder, type(made)(folder, made.test, made.rolls, made.pins)


@pytest.fixture
def lone(settled):
    """The seat on a machine without its hall, its close-out in a folder; and the one receipted closing's file."""
    shutil.rmtree(settled.hall.home / "hall")
    (file,) = (settled.folder / "back").glob("*.closeout")
    return settled, file


def wipe_alone(settled, folder, status):
    words = ("seat", "wipe", "A12", "--closeouts", str(folder), "--now", "the disk is full")
    return settled.hall.run(*words, typed="A12\n", status=status)


def rewritten(ended, file, key=None, **changes):
    """Write a close-out with fields changed, signed with `key` or central's own receipt key."""
    document = read_envelope(file.read_bytes(), PayloadType.CLOSEOUT).document() | changes
    key = key or KeyFolder(ended.office.home / "office" / "keys").signing("receipt")
    file.write_bytes(sign(PayloadType.CLOSEOUT, document, key))


def test_a_technician_wipes_a_seat_without_its_hall_by_typing_its_name(lone):
    settled, file = lone
    words = ("seat", "wipe", "A12", "--closeouts", str(file.parent), "--now", "the disk is full")
    assert "not the seat's name" in settled.hall.run(*words, typed="A13\n", status=1).stderr
    assert (settled.seat("A12") / "seat.db").exists()
    wipe_alone(settled, file.parent, 0)
    place = Home(settled.hall.home).seat("A12")
    root = KeyFolder(place.keys).public("root")
    (stone,) = wipe.tombstones(place)
    document = erasure.read_tombstone(stone.read_bytes(), root)
    assert (document.seat, document.closings, document.who) == ("A12", (file.stem,), None)
    assert document.reason == "the disk is full"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"hall": "Hall 9"}, "for another hall"),
        ({"bundles": []}, "No close-out names the bundle"),
    ],
)
def test_a_close_out_that_says_something_else_allows_nothing(lone, changes, reason):
    settled, file = lone
    rewritten(settled, file, **changes)
    assert reason in wipe_alone(settled, file.parent, 1).stderr
    assert (settled.seat("A12") / "seat.db").exists()


def test_a_forged_close_out_allows_nothing(lone):
    settled, file = lone
    keys = a_keyring()
    rewritten(settled, file, key=keys.receipt)
    assert "signature does not hold" in wipe_alone(settled, file.parent, 1).stderr
    rewritten(settled, file, key=keys.receipt, certificates=list(keys.receipt_chain))
    assert "not signed by the key above it" in wipe_alone(settled, file.parent, 1).stderr
    file.write_bytes(file.read_bytes()[:-9])
    assert "damaged" in wipe_alone(settled, file.parent, 1).stderr
    file.unlink()
    assert "No close-out names the bundle" in wipe_alone(settled, file.parent, 1).stderr
    assert (settled.seat("A12") / "seat.db").exists()


def test_a_close_out_of_another_or_an_older_closing_is_not_taken_by_the_hall(made, tmp_path):
    _, closed = closed_copy(made, tmp_path)
    (file,) = shutil.copytree(made.folder / "back", tmp_path / "back").glob("*.closeout")
    closed.hall.run("hall", "attendance", "--absent", f"{made.rolls['absent']}=ill", typed=closed.pin)
    assert closed.close() != file.stem
    refused = closed.hall.run("hall", "close", made.test, "--receive", str(file.parent), status=1)
    assert "another closing than the newest" in refused.stderr
    refused = closed.hall.run("bundle", "receive", str(file.parent), status=1)
    assert "another closing than the newest" in refused.stderr
    assert "No close-out names" in closed.hall.run("seat", "wipe", "A12", *NOW, typed=closed.both, status=1).stderr


def test_a_later_closing_takes_the_place_of_a_settled_one(settled):
    assert settled.hall.facts("hall", "close", settled.test, typed=settled.pin)["closing"]
    settled.hall.run("hall", "attendance", "--absent", f"{settled.rolls['absent']}=ill", typed=settled.pin)
    settled.close()
    assert "No close-out names" in settled.hall.run("seat", "wipe", "A12", *NOW, typed=settled.both, status=1).stderr
    settled.settle()
    settled.hall.run("seat", "wipe", "A12", *NOW, typed=settled.both)


def test_a_closing_stays_open_until_every_bundle_has_come(made, tmp_path):
    folder, closed = closed_copy(made, tmp_path)
    stick, back = folder / "stick", folder / "back"
    second = max(stick.glob("*.exkb"))
    second.rename(tmp_path / second.name)
    closed.office.run("central", "intake", str(stick), "--receipts", str(back), status=1)
    (told,) = closed.office.facts("central", "closings")["closings"]
    assert not told["closedOut"]
    assert told["problem"].startswith("1 of the bundles it names have not come")
    assert not list(back.glob("*.closeout"))
    shutil.copy(tmp_path / second.name, second)
    closed.office.run("central", "intake", str(stick), "--receipts", str(back))
    (file,) = back.glob("*.closeout")
    signed = file.read_bytes()
    file.unlink()
    closed.office.run("central", "closings", "--write", str(back))
    assert file.read_bytes() == signed


def test_a_closing_that_leaves_somebody_out_stays_open(made, tmp_path):
    """Signed again with the hall's own key, as somebody in the hall could."""
    folder, closed = closed_copy(made, tmp_path)
    (file,) = (folder / "stick").glob("*.closing")
    key = KeyFolder(closed.hall.home / "hall" / "keys").signing("hall")
    document = read_envelope(file.read_bytes(), PayloadType.CLOSING).document()
    told = {}
    for state, problem in (("absent", "1 of the roster are not in it"), ("present", "1 of the roster are not in it")):
        rows = [row for row in document["rows"] if row["state"] != state]
        file.write_bytes(sign(PayloadType.CLOSING, document | {"rows": rows}, key))
        closed.office.run("central", "intake", str(folder / "stick"))
        told |= {c["closing"]: c for c in closed.office.facts("central", "closings")["closings"]}
        assert any((c["problem"] or "").startswith(problem) for c in told.values())
    assert not any(c["closedOut"] for c in told.values())


def test_a_closing_that_hides_a_bundle_stays_open(made, tmp_path):
    folder, closed = closed_copy(made, tmp_path)
    (file,) = (folder / "stick").glob("*.closing")
    key = KeyFolder(closed.hall.home / "hall" / "keys").signing("hall")
    document = read_envelope(file.read_bytes(), PayloadType.CLOSING).document()
    rows = [row | ({"bundles": [], "state": "absent"} if row["bundles"] else {}) for row in document["rows"]]
    file.write_bytes(sign(PayloadType.CLOSING, document | {"rows": rows}, key))
    closed.office.run("central", "intake", str(folder / "stick"))
    (told,) = closed.office.facts("central", "closings")["closings"]
    assert told["problem"].startswith("2 bundles of this hall are here that it does not name")


@pytest.mark.parametrize("change", ["flip", "cut", "foreign"])
def test_a_closing_that_does_not_hold_is_not_taken_in(made, tmp_path, change):
    folder, closed = closed_copy(made, tmp_path)
    (file,) = (folder / "stick").glob("*.closing")
    data = file.read_bytes()
    keys = a_keyring()
    document = read_envelope(data, PayloadType.CLOSING).document() | {"certificates": list(keys.hall_chain)}
    file.write_bytes(
        {
            "flip": data[:500] + bytes([data[500] ^ 1]) + data[501:],
            "cut": data[:-1],
            "foreign": sign(PayloadType.CLOSING, document, keys.hall),
        }[change]
    )
    told = closed.office.facts("central", "intake", str(folder / "stick"), status=1)
    assert [bool(c["reason"]) for c in told["closings"]] == [True]
    assert closed.office.facts("central", "closings")["closings"] == []


@pytest.mark.parametrize("stop", [1, 2, 3, 4, 5])
def test_a_wipe_that_was_interrupted_is_finished_by_doing_it_again(settled, monkeypatch, stop):
    """Cut off before the `stop`-th file is destroyed; the last ones are never reached where there are fewer."""
    place = Home(settled.hall.home).seat("A12")
    left = [stop]
    shred = erasure.shred

    def cut_off(path):
        left[0] -= 1
        if left[0] == 0:
            raise OSError(5, "Input/output error")
        shred(path)

    monkeypatch.setattr(erasure, "shred", cut_off)
    settled.hall.run("seat", "wipe", "A12", *NOW, typed=settled.both, status=1 if stop <= 3 else 0)
    monkeypatch.setattr(erasure, "shred", shred)
    if not wipe.tombstones(place):
        settled.hall.run("seat", "wipe", "A12", *NOW, typed=settled.both)
    assert len(wipe.tombstones(place)) == 1
    assert sorted(p.name for p in place.folder.iterdir() if p.is_file())[-1].startswith("wiped-")
    assert not list(place.keys.glob("store.key*"))
    assert not place.store.exists()


def test_a_store_that_does_not_open_is_not_taken_for_an_interrupted_wipe(settled):
    place = Home(settled.hall.home).seat("A12")
    content = place.store.read_bytes()
    place.store.write_bytes(bytes(4096) + content[4096:])
    settled.hall.run("seat", "wipe", "A12", *NOW, typed=settled.both, status=1)
    assert place.store.exists()
    assert (place.keys / "store.key").exists()


def test_a_folder_that_is_not_the_seats_own_keeps_it_from_being_wiped(settled):
    (settled.seat("A12") / "backup").mkdir()
    refused = settled.hall.run("seat", "wipe", "A12", *NOW, typed=settled.both, status=1)
    assert "is not the seat's own" in refused.stderr
    assert (settled.seat("A12") / "seat.db").exists()


def test_a_closing_that_cannot_be_read_is_named_and_keeps_no_other_back(made, tmp_path):
    folder, ended = closed_copy(made, tmp_path)
    (folder / "stick" / "0.closing").symlink_to(folder / "elsewhere")
    (folder / "stick" / "1.closing").mkdir()
    asked = ("central", "intake", str(folder / "stick"), "--receipts", str(folder / "back"))
    result = ended.office.run(*asked, status=1)
    assert "0.closing: refused" in result.stderr
    assert "1.closing: refused" in result.stderr
    assert "Closings: 1 new, 0 known already, 2 refused." in result.stdout
    assert len(list((folder / "back").glob("*.closeout"))) == 1
