from dataclasses import replace
from datetime import timedelta

import pytest

from builders import NOON, a_paper
from house import CODE, ROLL, SEAT, a_hall_roster, a_house, changed
from keyring import HALL, a_keyring
from kiosk.exam.assignment import AssignmentStatus
from kiosk.exam.error import KioskError, Refused, Tampered
from kiosk.exam.roster import HeldTest
from kiosk.hall.package import load_package
from kiosk.hall.place import hall_keys, hall_store, open_hall, settle_hall


@pytest.fixture
def house(tmp_path):
    house = a_house(tmp_path)
    yield house
    house.close()


def take(house, folder):
    store = hall_store(house.home.hall)
    try:
        return load_package(store, hall_keys(house.home.hall), folder, house.clock.at)
    finally:
        store.close()


def cards(house):
    return house.hall.tests(house.hall.admit(ROLL, CODE, SEAT).token)


def test_loading_it_again_changes_nothing(house):
    before = cards(house)
    take(house, house.home.folder / "package-1")
    assert cards(house) == before


def test_a_newer_package_brings_the_roster_up_to_date(house, tmp_path):
    later = NOON + timedelta(days=20)
    house.load(tmp_path / "two", changed(a_hall_roster(), due_date=later))
    assert cards(house)[0].due == later


def test_an_older_package_is_refused(house, tmp_path):
    house.load(tmp_path / "two", a_hall_roster())
    with pytest.raises(Refused, match="package 2 is loaded already"):
        take(house, house.home.folder / "package-1")


def test_an_attempt_begun_here_outlives_a_package_that_does_not_know_it(house, tmp_path):
    house.hall.lease(house.hall.admit(ROLL, CODE, SEAT).token, "assignment-1", SEAT)
    house.load(tmp_path / "two", a_hall_roster())
    (card,) = cards(house)
    assert (card.status, card.attempts_used, card.has_open_sitting) == (AssignmentStatus.IN_PROGRESS, 1, True)


def test_a_session_stays_open_when_a_package_comes(house, tmp_path):
    house.load(tmp_path / "two", a_hall_roster())
    assert house.hall.sessions()[0].opened_by == "proctor-1"


def test_the_office_s_word_counts_where_it_knows_more(house, tmp_path):
    told = changed(a_hall_roster(), attempt_count=1, status=AssignmentStatus.COMPLETED)
    house.load(tmp_path / "two", told)
    (card,) = cards(house)
    assert (card.status, card.attempts_used) == (AssignmentStatus.COMPLETED, 1)


def test_overdue_is_computed_and_never_kept(house, tmp_path):
    house.load(tmp_path / "two", changed(a_hall_roster(), status=AssignmentStatus.OVERDUE))
    assert cards(house)[0].status is AssignmentStatus.ASSIGNED


def test_a_test_can_be_shut_by_a_package(house, tmp_path):
    paper = a_paper()
    held = HeldTest(paper.test_id, paper.title, False, paper.digest)
    house.load(tmp_path / "two", a_hall_roster(tests=(held,)))
    assert "not open at present" in cards(house)[0].refusal


def test_a_changed_byte_leaves_the_hall_as_it_was(house, tmp_path):
    folder = tmp_path / "two"
    house.load(folder, a_hall_roster())
    blob = sorted((folder / "blobs").iterdir())[0]
    blob.chmod(0o600)
    data = bytearray(blob.read_bytes())
    data[100] ^= 1
    blob.write_bytes(data)
    before = cards(house)
    with pytest.raises(Tampered, match="changed"):
        take(house, folder)
    assert cards(house) == before


def test_a_package_that_fails_half_way_is_not_there_at_all(house, tmp_path, monkeypatch):
    def broken(*_):
        raise KioskError("The disk is full.")

    monkeypatch.setattr("storage.hall.intake._put_words", broken)
    with pytest.raises(KioskError, match="disk is full"):
        house.load(tmp_path / "two", changed(a_hall_roster(), due_date=NOON))
    assert cards(house)[0].due == NOON + timedelta(days=7)
    store = hall_store(house.home.hall)
    assert len(store.roster.packages()) == 1
    store.close()


def test_people_of_one_package_stay_when_another_names_others(house, tmp_path):
    roster = a_hall_roster()
    house.load(
        tmp_path / "two", replace(roster, accounts=roster.accounts[1:], assignments=(), seatings=(), sessions=())
    )
    assert cards(house)


def test_a_certificate_under_another_root_settles_no_hall(house):
    other = a_keyring()
    with pytest.raises(Tampered):
        settle_hall(house.home.hall, other.hall_chain, house.keyring.root.public)
    with pytest.raises(Refused, match="another key"):
        settle_hall(house.home.hall, other.hall_chain, other.root.public)


def test_a_hall_without_a_certificate_does_not_open(tmp_path, house):
    place = house.home.hall
    (place.keys / "hall.certificates").unlink()
    with pytest.raises(KioskError, match="no certificate"):
        open_hall(place, house.clock)


def test_the_hall_s_file_and_its_keys_are_private(house):
    place = house.home.hall
    assert not place.store.read_bytes().startswith(b"SQLite format 3")
    assert {
        f.stat().st_mode & 0o077 for f in (place.store, *place.keys.glob("*.ed25519"), *place.keys.glob("*.age"))
    } == {0}
    assert house.hall.name == HALL
