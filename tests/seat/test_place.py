import pytest

from house import CODE, ROLL, SEAT, a_house
from keyring import a_keyring
from kiosk.exam.error import Denied, Invalid, KioskError, Refused, Tampered
from kiosk.seat.place import make_seat, open_desk, read_enrolment, settle_seat
from kiosk.seat.trust import Trust
from kiosk.wire.enrolment import EnrolmentDocument


@pytest.fixture
def house(tmp_path):
    house = a_house(tmp_path)
    yield house
    house.close()


def test_a_seat_keeps_its_key(house):
    place = house.home.seat("B1")
    assert make_seat(place) == make_seat(place)
    assert (place.keys / "seat.ed25519").stat().st_mode & 0o077 == 0


def test_an_enrolment_says_whom_to_trust_and_whom_to_seal_to(house):
    place = house.home.seat("B1")
    settle_seat(place, house.hall.enrol("B1", make_seat(place)))
    read = read_enrolment(place)
    assert (read.seat, read.root, read.recipients) == ("B1", house.keyring.root.public, house.keyring.recipients)


def test_enrolling_again_is_harmless(house):
    place = house.home.seat(SEAT)
    for _ in range(2):
        settle_seat(place, house.hall.enrol(SEAT, make_seat(place)))
    assert house.desk().sign_in(ROLL, CODE)


def test_a_seat_trusts_one_root_for_good(house):
    place = house.home.seat(SEAT)
    other = a_keyring()
    stranger = EnrolmentDocument(
        version=1, seat="A12", chain=other.seat_chain, root=other.root.public, recipients=other.recipients
    )
    with pytest.raises(Refused, match="another key"):
        settle_seat(place, stranger)
    assert house.desk().sign_in(ROLL, CODE)


def test_an_enrolment_that_names_another_root_is_not_believed(house):
    place = house.home.seat(SEAT)
    other = a_keyring()
    path = place.keys / "enrolment.json"
    path.write_text(path.read_text().replace(house.keyring.root.public, other.root.public))
    with pytest.raises(Invalid, match="another root"):
        open_desk(place, house.hall, house.clock)


def test_a_chain_that_does_not_lead_to_the_root_settles_nothing(house):
    other = a_keyring()
    forged = EnrolmentDocument(
        version=1, seat="A12", chain=other.seat_chain, root=house.keyring.root.public, recipients=other.recipients
    )
    with pytest.raises(Tampered):
        settle_seat(house.home.seat("B1"), forged)


def test_a_certificate_for_another_seat_is_denied(house):
    enrolment = house.hall.enrol("B1", make_seat(house.home.seat("B1")))
    with pytest.raises(Denied, match="for the seat B1"):
        Trust.from_chain("B2", enrolment.chain, enrolment.root)


def test_a_seat_that_was_never_enrolled_says_so(house):
    with pytest.raises(KioskError, match="has not been enrolled"):
        open_desk(house.home.seat("C1"), house.hall, house.clock)


def test_a_file_that_is_no_enrolment_says_so(house):
    (house.home.seat(SEAT).keys / "enrolment.json").write_text("{}")
    with pytest.raises(Invalid, match="not of this version"):
        open_desk(house.home.seat(SEAT), house.hall, house.clock)
