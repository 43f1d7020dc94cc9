"""Who was absent: what several halls and sessions say of one person, in any order, and what a sitting says."""

import itertools
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from builders import NOON, a_session
from keyring import HALL
from kiosk.central.closing import ClosingIntake, Closings
from kiosk.exam.closing import Explained, KeptClosing, RowState
from kiosk.exam.log import AuditEntry
from kiosk.exam.moment import iso
from kiosk.exam.person import SYSTEM_ID
from kiosk.exam.status import AttendanceState
from kiosk.sealing.closing import row_of, sign_closing
from kiosk.sealing.key import SigningKey
from kiosk.wire.closing import ClosingDocument
from storage.central.closing import ClosingStore
from storage.models import office as tables

OTHER = "Hall 9"
ABSENT, PRESENT, MOVED, UNFINISHED = RowState.ABSENT, RowState.PRESENT, RowState.MOVED, RowState.UNFINISHED


class Halls:
    """Two halls of one central, each of which says what became of the same person."""

    def __init__(self, site):
        self.site = site
        self.person = site.add_candidate()
        self.assignment = site.assign(self.person)
        self.store = ClosingStore(site.office.engine)
        other = SigningKey.generate()
        identity = site.keyring.hall_identity.recipient
        self.keys = {
            HALL: (site.keyring.hall, site.keyring.hall_chain),
            OTHER: (other, site.central.keys.certify_hall(OTHER, other.public, identity, NOON)),
        }
        self.held = SimpleNamespace(problem=lambda _: None, sessions=lambda _: ())
        self.closings = 0

    def say(self, hall, state):
        """Let a hall close with this state, and central settle it."""
        self.closings += 1
        bundles = (f"{self.closings:064x}",) if state in (PRESENT, UNFINISHED) else ()
        key, chain = self.keys[hall]
        document = ClosingDocument(
            version=1,
            hall=hall,
            test_id=self.site.paper.test_id,
            package="0" * 64,
            closed_at=iso(NOON + timedelta(minutes=self.closings)),
            closed_by="proctor-1",
            second=None,
            rows=(row_of(Explained(self.assignment, self.person.user_id, state, bundles)),),
            certificates=chain,
        )
        central, root = self.site.central, self.site.keyring.root.public
        closing = sign_closing(document, key, root)
        ClosingIntake(self.store, root, central.clock).take(closing.envelope, "stick", hall)
        settling = Closings(self.store, self.held, central.keys.receipt_signer(), root, central.clock)
        assert [c.problem for c in settling.work()] == [None]

    def is_absent(self):
        """Return what the office knows now."""
        (given,) = self.site.office.assignments.of_tests([self.site.paper.test_id])
        return given.absent


@pytest.fixture
def halls(site):
    return Halls(site)


@pytest.mark.parametrize(
    ("said", "absent"),
    [
        ({HALL: ABSENT, OTHER: ABSENT}, True),
        ({HALL: ABSENT, OTHER: PRESENT}, False),
        ({HALL: ABSENT, OTHER: UNFINISHED}, False),
    ],
)
@pytest.mark.parametrize("order", [0, 1])
def test_who_sat_in_one_hall_is_not_absent_whatever_another_says(halls, said, absent, order):
    """No bundle has been counted: it may be held, or fail, and the person sat all the same."""
    for hall in list(itertools.permutations(said))[order]:
        halls.say(hall, said[hall])
    assert halls.is_absent() is absent


def test_a_hall_that_says_otherwise_later_is_believed_again(halls):
    halls.say(OTHER, PRESENT)
    halls.say(HALL, ABSENT)
    assert not halls.is_absent()
    halls.say(OTHER, ABSENT)
    assert halls.is_absent()
    halls.say(OTHER, MOVED)
    halls.say(HALL, PRESENT)
    assert not halls.is_absent()


def test_a_sitting_that_comes_after_all_ends_an_absence(halls):
    halls.say(HALL, ABSENT)
    assert halls.is_absent()
    about = {"assignment_id": halls.assignment, "candidate_id": halls.person.user_id}
    halls.site.central.intake.take(halls.site.bundle(1, **about).data, "stick")
    halls.site.settle()
    assert not halls.is_absent()
    halls.say(HALL, ABSENT)
    assert not halls.is_absent()


@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("other", [ABSENT, MOVED])
def test_who_came_to_one_test_of_a_session_was_there(halls, other, order):
    site, store = halls.site, halls.store
    for number in (1, 2):
        site.office.sessions.add(
            a_session(session_id=f"session-{number}", hall=HALL), [halls.person.user_id], an_act("s")
        )
    said = [("c", PRESENT, ["session-1"]), ("d", other, ["session-1", "session-2"])]
    for letter, state, sessions in said if order else reversed(said):
        kept = KeptClosing(closing_id=letter * 64, hall=HALL, test_id=letter, envelope=b"", made_at=NOON)
        store.keep(kept)
        row = Explained(halls.assignment, halls.person.user_id, state)
        store.settle(letter * 64, lambda: b"signed", [row], sessions, an_act(letter))
    with Session(site.office.engine) as session:
        found = {a.session_id: a.state for a in session.scalars(select(tables.Attendance))}
    elsewhere = AttendanceState.ABSENT if other is ABSENT else AttendanceState.SENT_AWAY
    assert found == {"session-1": AttendanceState.PRESENT, "session-2": elsewhere}


def test_of_two_rows_of_one_person_the_one_that_tells_of_coming_is_believed(halls):
    site, store = halls.site, halls.store
    site.office.sessions.add(a_session(session_id="session-1", hall=HALL), [halls.person.user_id], an_act("s"))
    store.keep(KeptClosing(closing_id="c" * 64, hall=HALL, test_id="t", envelope=b"", made_at=NOON))
    rows = [Explained(a, halls.person.user_id, s) for a, s in ((halls.assignment, PRESENT), ("again", ABSENT))]
    store.settle("c" * 64, lambda: b"signed", rows, ["session-1"], an_act("c"))
    with Session(site.office.engine) as session:
        assert [a.state for a in session.scalars(select(tables.Attendance))] == [AttendanceState.PRESENT]


def an_act(letter):
    """Return the entry of a settled closing."""
    action = "proctoring.open_close_hall"
    return AuditEntry(at=NOON, who=SYSTEM_ID, action=action, subject_type="closings", subject_id=letter * 64)
