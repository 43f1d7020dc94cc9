"""Where a sitting stands in each place follows from what seat, hall and central's receipt say."""

from datetime import timedelta

import pytest

from builders import NOON
from kiosk.exam.attempt import Phase
from kiosk.exam.delivery import DeliveryLine
from kiosk.exam.moment import iso
from kiosk.exam.record import SittingLine
from kiosk.exam.roster import Progress
from kiosk.exam.status import SubmissionStatus
from kiosk.exam.whereabouts import GLYPHS, Stand, whereabouts


def a_line(**changes):
    fields = {
        "submission_id": "s1",
        "opened_on": "2031-05-06",
        "assignment_id": "a1",
        "candidate": "Okafor, Anna",
        "status": SubmissionStatus.IN_PROGRESS,
        "started_at": iso(NOON),
        "submitted_at": None,
        "receipt": None,
        "entries": 5,
        "bundle_id": None,
        "is_received": False,
    }
    return SittingLine(**fields | changes)


def a_delivery(**changes):
    fields = {
        "bundle_id": "b1",
        "submission_id": "s1",
        "opened_on": "2031-05-06",
        "assignment_id": "a1",
        "seat": "A12",
        "is_handed_in": True,
        "entries": 6,
        "head_hash": b"h" * 32,
        "sealed_at": NOON,
        "received_at": NOON + timedelta(hours=1),
        "length": 100,
    }
    return DeliveryLine(**fields | changes)


def progress(**changes):
    fields = {
        "submission_id": "s1",
        "opened_on": "2031-05-06",
        "assignment_id": "a1",
        "seat": "A12",
        "phase": Phase.RUNNING,
        "attempt": 1,
        "started_at": NOON,
    }
    return Progress(**fields | changes)


OPEN, HANDED_IN, SEALED = Stand.OPEN, Stand.HANDED_IN, Stand.SEALED
SUBMITTED = SubmissionStatus.SUBMITTED
TABLE = [
    (a_line(), None, None, (OPEN, Stand.UNKNOWN, Stand.WAITING)),
    (a_line(status=SUBMITTED), None, None, (HANDED_IN, Stand.UNKNOWN, Stand.WAITING)),
    (a_line(bundle_id="b1"), None, None, (SEALED, Stand.UNKNOWN, Stand.WAITING)),
    (a_line(bundle_id="b1", is_received=True), None, None, (SEALED, Stand.UNKNOWN, Stand.RECEIVED)),
    (a_line(), progress(), (), (OPEN, Stand.WAITING, Stand.WAITING)),
    (None, progress(), (), (OPEN, Stand.WAITING, Stand.WAITING)),
    (None, progress(phase=Phase.HANDED_IN), (), (HANDED_IN, Stand.WAITING, Stand.WAITING)),
    (None, progress(), (a_delivery(),), (SEALED, Stand.HELD, Stand.WAITING)),
    (None, None, (a_delivery(trouble="422"),), (SEALED, Stand.HELD, Stand.DECLINED)),
    (a_line(bundle_id="b1"), progress(), (a_delivery(is_received=True),), (SEALED, Stand.HELD, Stand.RECEIVED)),
    (a_line(bundle_id="b1", is_received=True), None, (a_delivery(),), (SEALED, Stand.HELD, Stand.RECEIVED)),
]


@pytest.mark.parametrize(("line", "told", "deliveries", "stands"), TABLE)
def test_one_row_for_each_sitting(line, told, deliveries, stands):
    rows = whereabouts({"A12": [line] if line else []}, [told] if told else [], deliveries)
    assert [(r.at_seat, r.in_hall, r.at_central) for r in rows] == [stands]


def test_a_sitting_sealed_at_two_seats_stands_there_twice():
    rows = whereabouts({"A12": [a_line(bundle_id="b1")], "A13": []}, [], [a_delivery(seat="A13", bundle_id="b2")])
    assert [(r.seat, r.bundle_id, r.in_hall) for r in rows] == [("A12", "b1", Stand.WAITING), ("A13", "b2", Stand.HELD)]


def test_what_to_look_at_is_said_in_words():
    (row,) = whereabouts({}, [], [a_delivery(trouble="busy", is_handed_in=False, flags=("late",))])
    assert row.notes == ("central did not take it: busy", "it was not handed in", "late")
    assert row.candidate == "a1"
    (row,) = whereabouts({}, [progress()], [], {"a1": "Okafor, Anna"})
    assert row.candidate == "Okafor, Anna"


def test_every_stand_has_its_glyph():
    assert set(GLYPHS) == set(Stand)
    assert all(len(glyph) == 1 for glyph in GLYPHS.values())
