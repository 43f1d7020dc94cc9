"""The hall's store, plain and encrypted."""

from dataclasses import replace
from datetime import timedelta

import pytest

from builders import NOON, a_grant, a_lease, a_paper, a_session
from house import a_hall_roster
from kiosk.exam.assignment import AssignmentStatus
from kiosk.exam.attempt import Phase
from kiosk.exam.error import Denied, Invalid, Refused
from kiosk.exam.grant import Act
from kiosk.exam.log import AuditEntry
from kiosk.exam.outline import Outline
from kiosk.exam.page import SignedGrant, SignedLease
from kiosk.exam.roster import LoadedPackage, Progress, SealedPaper, Seating
from storage.hall.store import HallStore

AUDIT = AuditEntry(at=NOON, who="system", action="test.import_package", subject_type="packages", subject_id="p1")
PAPER = SealedPaper(a_paper().digest, "biology-2", b"blob", "age1x", b"locked", Outline.of(a_paper()))


def a_package(number=1, **changes):
    fields = {
        "package_id": f"p{number}",
        "test_id": "biology-2",
        "hall": "Hall 2",
        "number": number,
        "envelope": b"signed",
        "made_at": NOON + timedelta(minutes=number),
    }
    return LoadedPackage(**fields | changes)


@pytest.fixture
def store(hall_engine):
    store = HallStore(hall_engine)
    store.roster.load(a_package(), [PAPER], a_hall_roster(), NOON, AUDIT)
    yield store
    store.close()


def lease(store, **changes):
    signed = SignedLease(lease=a_lease(**changes), envelope=b"signed")
    store.permits.give_lease(signed, AUDIT)
    return signed


def progress(**changes):
    fields = {
        "submission_id": "submission-1",
        "opened_on": "2031-05-06",
        "assignment_id": "assignment-1",
        "seat": "A12",
        "phase": Phase.RUNNING,
        "attempt": 1,
        "started_at": NOON,
        "head_seq": 5,
    }
    return Progress(**fields | changes)


def test_a_roster_comes_out_as_it_went_in(store):
    told = a_hall_roster()
    assert store.roster.candidate("B-1042") == told.accounts[0]
    assert store.roster.staff() == told.accounts[2:]
    assert store.roster.assignments("candidate-1") == told.assignments[:1]
    assert store.roster.all_sessions() == told.sessions
    assert store.roster.sessions("candidate-2") == told.sessions
    assert store.roster.sessions("somebody") == ()
    assert store.roster.test("biology-2") == told.tests[0]
    assert [n.message for n in store.roster.notices("candidate-1")] == [n.message for n in told.notifications]
    assert store.papers.paper(PAPER.digest) == PAPER
    assert store.papers.paper("0" * 64) is None
    assert store.roster.candidate("nobody") is None
    with pytest.raises(Denied, match="not held"):
        store.roster.test("another")


def test_the_chiefs_of_a_sitting_are_those_of_its_session(store):
    (session,) = a_hall_roster().sessions
    morning = replace(session, chief_ids=("proctor-1", "proctor-2"))
    other = replace(session, session_id="session-2", test_ids=("another",), chief_ids=("proctor-2",))
    told = a_hall_roster(sessions=(morning, other), seatings=(Seating("session-1", "candidate-1", "A12"),))
    store.roster.load(a_package(9), [PAPER], told, NOON, AUDIT)
    assert [s.chief_ids for s in store.roster.all_sessions()] == [("proctor-1", "proctor-2")]
    lease(store)
    assert store.roster.chiefs("submission-1") == {"proctor-1", "proctor-2"}
    assert store.roster.chiefs("submission-9") == frozenset()
    store.roster.load(a_package(10), [PAPER], replace(told, sessions=(session, other)), NOON, AUDIT)
    assert store.roster.chiefs("submission-1") == frozenset()


def test_the_newest_package_is_known_by_number(store):
    store.roster.load(a_package(3), [PAPER], a_hall_roster(), NOON, AUDIT)
    assert store.roster.newest_package("biology-2").number == 3
    assert store.roster.newest_package("another") is None
    assert [p.number for p in store.roster.packages()] == [1, 3]
    assert store.roster.packages()[0] == a_package()


def test_a_paper_comes_anew_until_it_is_opened(store):
    newer = replace(PAPER, blob=b"another", locked_identity=b"to another key")
    store.roster.load(a_package(2), [newer], a_hall_roster(), NOON, AUDIT)
    assert store.papers.paper(PAPER.digest) == newer
    store.papers.release({PAPER.digest: "AGE-SECRET-KEY-1"}, NOON, AUDIT)
    store.roster.load(a_package(3), [PAPER], a_hall_roster(), NOON, AUDIT)
    assert store.papers.paper(PAPER.digest) == newer


def test_what_opens_a_paper_is_kept_once_and_written_down(store):
    assert store.papers.identity(PAPER.digest) is None
    before = len(store.permits.acts())
    for secret in ("AGE-SECRET-KEY-1", "AGE-SECRET-KEY-2"):
        store.papers.release({PAPER.digest: secret}, NOON, AUDIT)
    assert store.papers.identity(PAPER.digest) == "AGE-SECRET-KEY-1"
    assert len(store.permits.acts()) == before + 1
    assert [p.digest for p in store.papers.sealed("biology-2")] == [PAPER.digest]
    assert store.papers.sealed("another") == ()


def test_nothing_is_opened_that_did_not_come(store):
    with pytest.raises(Refused):
        store.papers.release({"0" * 64: "AGE-SECRET-KEY-1"}, NOON, AUDIT)


def test_a_lease_opens_an_attempt_once(store):
    signed = lease(store)
    assert store.permits.lease("submission-1") == signed
    assert store.permits.progress(("assignment-1",))["assignment-1"].phase is Phase.NEW
    (assignment,) = store.roster.assignments("candidate-1")
    assert (assignment.status, assignment.attempt_count) == (AssignmentStatus.IN_PROGRESS, 1)
    with pytest.raises(Refused, match="does not fit"):
        lease(store, lease_id="lease-2")
    with pytest.raises(Refused, match="just been begun"):
        lease(store, lease_id="lease-2", submission_id="submission-2")
    assert len(store.permits.all_progress()) == 1
    with pytest.raises(Denied, match="no such sitting"):
        store.permits.lease("submission-2")


def test_the_highest_epoch_counts(store):
    lease(store)
    newer = SignedLease(lease=a_lease(lease_id="lease-2", epoch=2, seat="A13"), envelope=b"signed")
    with store.permits._writing() as work:
        work.connection().exec_driver_sql(
            "INSERT INTO leases (lease_id, opened_on, submission_id, assignment_id, candidate_id, seat, epoch,"
            " document, envelope, issued_at)"
            " SELECT 'lease-2', opened_on, submission_id, assignment_id, candidate_id, 'A13', 2,"
            " replace(replace(replace(document, '\"epoch\":1', '\"epoch\":2'), 'lease-1', 'lease-2'), 'A12', 'A13'),"
            " envelope, issued_at FROM leases"
        )
    assert store.permits.lease("submission-1") == newer


def test_progress_follows_the_newest_word(store):
    lease(store)
    store.permits.take_progress(progress(answered=3), NOON)
    store.permits.take_progress(progress(answered=1, head_seq=4), NOON)
    assert store.permits.all_progress()[0].answered == 3
    store.permits.take_progress(progress(phase=Phase.HANDED_IN, head_seq=9, submitted_at=NOON), NOON)
    assert store.permits.all_progress() == (progress(phase=Phase.HANDED_IN, head_seq=9, submitted_at=NOON),)
    assert store.roster.assignments("candidate-1")[0].status is AssignmentStatus.COMPLETED


def test_grants_add_up(store):
    lease(store)
    for number, (act, ms) in enumerate(((Act.EXTEND, 5), (Act.REOPEN, 7), (Act.PAUSE, 0), (Act.CHARGE_GAP, 100))):
        given = a_grant(act, grant_id=f"g{number}", amount_ms=ms)
        store.permits.give_grant(SignedGrant(grant=given, envelope=b"signed"), AUDIT)
    assert store.permits.added_ms("submission-1") == 12
    assert store.permits.added_ms("submission-2") == 0
    assert len(store.permits.acts()) == 6


def test_a_grant_is_by_somebody_of_this_hall(store):
    with pytest.raises(Refused, match="does not fit"):
        store.permits.give_grant(SignedGrant(grant=a_grant(who="stranger"), envelope=b"signed"), AUDIT)
    assert store.permits.added_ms("submission-1") == 0
    assert len(store.permits.acts()) == 1


def test_a_session_is_opened_by_somebody_and_stays_so(store):
    store.roster.open_session("session-1", "proctor-2", NOON, AUDIT)
    store.roster.load(a_package(2), [PAPER], a_hall_roster(), NOON, AUDIT)
    assert store.roster.all_sessions()[0].opened_by == "proctor-2"
    with pytest.raises(Invalid, match="no session"):
        store.roster.open_session("session-9", "proctor-2", NOON, AUDIT)


def test_doors_count_each_try_at_each_of_them(store):
    doors = store.doors
    assert doors.count(["a", "b"], NOON, lambda n: 10 * (n - 1)).may
    tried = doors.count(["a", "c"], NOON, lambda n: 10 * (n - 1))
    assert (tried.may, tried.open_at) == (True, NOON + timedelta(seconds=10))
    shut = doors.count(["a"], NOON + timedelta(seconds=9), lambda n: 10 * (n - 1))
    assert (shut.may, shut.open_at) == (False, NOON + timedelta(seconds=10))
    assert doors.count(["a"], NOON + timedelta(seconds=10), lambda n: 10 * (n - 1)).open_at == NOON + timedelta(
        seconds=30
    )
    doors.clear(["a"])
    assert doors.count(["a"], NOON, lambda n: 10 * (n - 1)).open_at == NOON


def test_a_session_with_a_test_that_has_not_come_is_kept_for_the_one_that_has(store):
    later = a_session(session_id="session-2", hall="Hall 2", test_ids=("biology-2", "chemistry-1"))
    foreign = a_session(session_id="session-3", hall="Hall 2", test_ids=("chemistry-1",))
    roster = a_hall_roster(sessions=(later, foreign), seatings=(Seating("session-3", "candidate-1", None),))
    store.roster.load(a_package(2), [PAPER], roster, NOON, AUDIT)
    held = {s.session_id: s.test_ids for s in store.roster.all_sessions()}
    assert held == {"session-1": ("biology-2",), "session-2": ("biology-2",)}


def test_a_roster_that_does_not_hang_together_is_not_loaded(store):
    roster = a_hall_roster(seatings=(Seating("session-1", "stranger", None),))
    with pytest.raises(Refused, match="does not fit"):
        store.roster.load(a_package(2), [PAPER], roster, NOON, AUDIT)
    assert len(store.roster.packages()) == 1
