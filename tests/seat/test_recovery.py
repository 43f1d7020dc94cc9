"""A seat's machine breaks: its disk is read by the hall or the escrow, by nobody else, and nothing on it changes."""

import hashlib
import shutil

import pytest

from house import SEAT, a_house
from kiosk.exam.error import Invalid, KioskError, Refused, Tampered
from kiosk.ground.home import Home
from kiosk.hall.place import hall_keys
from kiosk.sealing.age import AgeIdentity, seal_to
from kiosk.sealing.certificate import certify
from kiosk.sealing.key import KeyRole, SigningKey
from kiosk.sealing.revocation import NONE_REVOKED, RevocationFile, revoke
from kiosk.sealing.store_key import unwrap_key
from kiosk.seat.place import make_seat, read_enrolment, settle_seat
from kiosk.seat.recovery import prove, recover
from kiosk.seat.unlocking import WRAPPED
from kiosk.wire.revocation import RevokedDocument


@pytest.fixture
def house(tmp_path):
    house = a_house(tmp_path)
    yield house
    house.close()


@pytest.fixture
def disk(house, tmp_path):
    """What is left of a seat that broke in the middle of a sitting, without the key that opened its store."""
    desk = house.begun()
    desk.choose("cells-1", ["cells-1-2"])
    house.settle()
    shutil.copytree(house.home.seat(SEAT).folder, tmp_path / "disk")
    (tmp_path / "disk" / "keys" / "store.key").unlink()
    return tmp_path / "disk"


def digests(folder):
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("keeper", ["hall", "escrow"])
def test_hall_or_escrow_open_the_store_of_a_broken_seat(house, disk, tmp_path, keeper):
    identity = hall_keys(house.home.hall).identity if keeper == "hall" else house.keyring.escrow
    before = digests(disk)
    place = recover(disk, Home(tmp_path / "new"), SEAT, identity)
    (proved,) = prove(place)
    assert (proved.problem, proved.line.entries > 2) == (None, True)
    assert digests(disk) == before
    assert (place.keys / "store.key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(Refused, match="exists already"):
        recover(disk, Home(tmp_path / "new"), SEAT, identity)


def test_nobody_else_opens_it_and_nothing_is_left_behind(house, disk, tmp_path):
    for stranger in (AgeIdentity.generate(), house.keyring.intake):
        with pytest.raises(Tampered):
            recover(disk, Home(tmp_path / "new"), SEAT, stranger)
    assert not (tmp_path / "new").exists()


def test_the_key_of_another_store_opens_nothing(house, disk, tmp_path):
    (disk / "keys" / WRAPPED).write_bytes(seal_to([house.keyring.escrow.recipient], bytes(32)))
    with pytest.raises(KioskError):
        recover(disk, Home(tmp_path / "new"), SEAT, house.keyring.escrow)
    assert not (tmp_path / "new" / "seats" / SEAT).exists()
    (disk / "keys" / WRAPPED).write_bytes(seal_to([house.keyring.escrow.recipient], b"short"))
    with pytest.raises(Invalid):
        recover(disk, Home(tmp_path / "new"), SEAT, house.keyring.escrow)
    (disk / "keys" / WRAPPED).unlink()
    with pytest.raises(KioskError, match="missing"):
        recover(disk, Home(tmp_path / "new"), SEAT, house.keyring.escrow)


def test_a_copy_that_holds_the_bare_key_opens_too(house, disk, tmp_path):
    key = house.home.seat(SEAT).store_key()
    (disk / "keys" / WRAPPED).write_bytes(seal_to([house.keyring.escrow.recipient], key))
    place = recover(disk, Home(tmp_path / "new"), SEAT, house.keyring.escrow)
    assert [p.problem for p in prove(place)] == [None]


def test_the_key_is_sealed_anew_only_when_its_keepers_change(house):
    place, other = house.home.seat(SEAT), AgeIdentity.generate()
    enrolment = house.hall.enrol(SEAT, make_seat(place))
    settle_seat(place, enrolment)
    first = (place.keys / WRAPPED).read_bytes()
    settle_seat(place, house.hall.enrol(SEAT, make_seat(place)))
    assert (place.keys / WRAPPED).read_bytes() == first
    settle_seat(place, enrolment.model_copy(update={"keepers": (other.recipient,)}))
    assert unwrap_key((place.keys / WRAPPED).read_bytes(), other, SEAT) == place.store_key()
    with pytest.raises(Tampered):
        house.keyring.escrow.open((place.keys / WRAPPED).read_bytes())
    assert place.store_key() not in first


def test_a_seat_hears_what_is_revoked(house):
    entry = RevokedDocument(
        serial=None, key=SigningKey.generate().public, role=None, reason="lost", at="2026-11-02T12:00:00.000Z"
    )
    told = revoke(NONE_REVOKED, entry, house.keyring.root)
    hall_keys(house.home.hall).revocations.keep(told)
    place = house.home.seat(SEAT)
    settle_seat(place, house.hall.enrol(SEAT, make_seat(place)))
    assert RevocationFile(place.keys, house.keyring.root.public).read() == told


def test_a_sitting_is_sealed_before_its_hall_may_have_another_key(house):
    ring, place = house.keyring, house.home.seat(SEAT)
    house.begun()
    house.settle()
    other = SigningKey.generate()
    days = {"not_before": house.clock.at, "not_after": house.clock.at.replace(year=house.clock.at.year + 1)}
    hall = certify(KeyRole.HALL, other.public, ring.release, ring.release_chain, hall="Hall 2", **days)
    seat = certify(KeyRole.SEAT, make_seat(place), other, hall, hall="Hall 2", seat=SEAT, **days)
    before = read_enrolment(place)
    house.close()
    with pytest.raises(Refused, match="Seal them first"):
        settle_seat(place, before.model_copy(update={"chain": seat}))
    assert read_enrolment(place) == before
