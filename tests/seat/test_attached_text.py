"""Attached files from the package to the seat: shut before the release, proved after it, kept at the seat."""

import shutil
from dataclasses import replace

import pytest
from test_line import a_line

import sweep
from builders import a_paper_with_files
from house import CODE, ROLL, SEAT, a_hall_roster, a_house
from kiosk.exam.error import Invalid, Refused, Tampered
from kiosk.hall.place import hall_keys, hall_store
from kiosk.sealing.age import AgeIdentity
from kiosk.sealing.canary import search
from kiosk.seat.place import seat_store
from kiosk.views.candidate import AttachmentCard

SECRET = "quagga-in-the-attachment"
FILES = (("leaf.csv", f"leaf,2\n{SECRET},3\n"), ("note.md", "# Read me\n\tü"))
PAPER, TEXTS = a_paper_with_files(*FILES)


@pytest.fixture
def house(tmp_path):
    house = a_house(tmp_path, PAPER, a_hall_roster(PAPER), attached=TEXTS)
    yield house
    house.close()


def files_of(desk):
    return {f for s in desk.sheet().sections for q in s.questions for f in q.files}


def expected():
    return {AttachmentCard(name, text) for name, text in FILES}


def test_a_seat_shows_them_with_the_question_that_names_them(house):
    desk = house.begun()
    assert files_of(desk) == expected()
    (card,) = (q for s in desk.sheet().sections for q in s.questions if q.files)
    assert [f.name for f in card.files] == ["leaf.csv", "note.md"]
    assert card.attachments == ()


def test_before_the_release_nothing_on_any_disk_shows_a_word_of_them(tmp_path):
    house = a_house(tmp_path, PAPER, a_hall_roster(PAPER), attached=TEXTS, released=False)
    with pytest.raises(Refused, match="not been released"):
        house.hall.lease(house.hall.admit(ROLL, CODE, SEAT).token, "assignment-1", SEAT)
    place = house.home.hall
    layers = [*sweep.files(house.home.folder), *sweep.store(place.store, place.store_key())]
    assert len(layers) > 10
    identity = hall_keys(place).identity
    for name, data in layers:
        assert search(data, [SECRET, "leaf.csv"], name) == []
    store = hall_store(place)
    sealed = store.papers.paper(PAPER.digest)
    store.close()
    with pytest.raises(Tampered):
        identity.open(sealed.attachments)
    with pytest.raises(Tampered):
        AgeIdentity.generate().open(sealed.attachments)
    house.close()


def test_they_cross_the_line(house):
    with a_line(house.hall) as line:
        desk = house.desk(authority=line)
        desk.sign_in(ROLL, CODE)
        desk.begin("assignment-1")
        assert files_of(desk) == expected()
        desk.close()
    house.desks.clear()


class Bare:
    """A hall that gives the lease again and no attachment with it."""

    def __init__(self, hall):
        self._hall = hall

    def __getattr__(self, name):
        return getattr(self._hall, name)

    def lease(self, token, assignment_id, seat):
        return replace(self._hall.lease(token, assignment_id, seat), attachments_blob=None)


def test_a_seat_that_went_down_at_once_has_them_on_its_own_disk(house, tmp_path):
    house.begun()
    # what the disk holds at this moment is what is there after a power cut
    shutil.copytree(house.home.seat(SEAT).folder, tmp_path / "cut" / SEAT)
    house.settle()
    house.desks.pop().close()
    shutil.rmtree(house.home.seat(SEAT).folder)
    shutil.copytree(tmp_path / "cut" / SEAT, house.home.seat(SEAT).folder)
    desk = house.desk(authority=Bare(house.hall))
    desk.sign_in(ROLL, CODE)
    desk.begin("assignment-1")
    assert files_of(desk) == expected()


@pytest.mark.parametrize("how", ["none", "another's", "changed"])
def test_a_seat_does_not_begin_with_attachments_that_are_not_the_paper_s(house, how):
    spoilt = {
        "none": lambda offer: None,
        "another's": lambda offer: offer.paper_blob,
        "changed": lambda offer: offer.attachments_blob[:-1] + bytes([offer.attachments_blob[-1] ^ 1]),
    }[how]

    class Spoiling(Bare):
        def lease(self, token, assignment_id, seat):
            offer = self._hall.lease(token, assignment_id, seat)
            return replace(offer, attachments_blob=spoilt(offer))

    desk = house.desk(authority=Spoiling(house.hall))
    desk.sign_in(ROLL, CODE)
    with pytest.raises((Tampered, Invalid)):
        desk.begin("assignment-1")
    store = seat_store(house.home.seat(SEAT))
    assert store.sittings() == ()
    store.close()
