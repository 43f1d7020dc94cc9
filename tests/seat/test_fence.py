"""What the hall orders at a seat, and a sitting that goes on elsewhere: read-only here, however often it starts."""

import shutil
from dataclasses import replace

import pytest

from builders import a_grant, a_person
from house import CODE, ROLL
from keyring import signed_grant, the_keyring
from kiosk.exam.attempt import Phase
from kiosk.exam.entry import Kind
from kiosk.exam.error import Refused
from kiosk.exam.grant import Act
from kiosk.exam.log import AuditEntry
from kiosk.exam.page import SignedGrant
from kiosk.exam.person import Role
from kiosk.hall.place import hall_keys
from kiosk.hall.supervision import Pair
from kiosk.sealing.envelope import PayloadType, sign
from kiosk.seat.fence import STOPPED
from kiosk.views.authority import LeaseOffer
from kiosk.views.desk import Changed, Ordered, Told
from kiosk.wire.hub import CommandMessage, FencedMessage, HoldingLine, HoldingMessage, SealMessage
from live_hub import until

PROCTOR = a_person(Role.PROCTOR, user_id="proctor-1", name="Mbeki, Thandi")


@pytest.fixture
def seat(hub):
    return hub.begun("A12", ROLL, CODE)


def the_id(seat):
    return seat.desk.scribe.sitting.genesis.submission_id


def kinds(seat):
    until(lambda: seat.desk.saved().pending == 0)
    return [e.kind for e in seat.desk._store.record(the_id(seat)).entries]


def order(hub, seat, act, **changes):
    """Let the hub order an act, and return the grant."""
    key = hall_keys(hub.house.home.hall).signing
    grant = replace(a_grant(act, grant_id=f"grant-{act.value}", seat="A12"), **changes)
    if "submission_id" not in changes:
        grant = replace(grant, submission_id=the_id(seat))
    signed = SignedGrant(grant=grant, envelope=sign(PayloadType.GRANT, grant.document(), key))
    audit = AuditEntry(
        at=seat.clock.at, who="proctor-1", action=act.value, subject_type="test_submissions", subject_id="s", details={}
    )
    hub.hub.commands.order([signed], [audit])
    return grant


def waiting(hub):
    return hub.site.hub._store.commands.waiting("A12")


def test_an_order_is_carried_out_in_the_next_turn_and_answered_once_saved(hub, seat):
    order(hub, seat, Act.PAUSE)
    until(lambda: Ordered() in seat.heard)
    assert seat.desk.state().phase is Phase.RUNNING
    assert seat.desk.tick()
    assert seat.desk.state().phase is Phase.PAUSED
    assert Changed("The exam is paused.") in seat.heard
    until(lambda: not waiting(hub))
    assert kinds(seat)[-1] is Kind.PAUSED


def test_an_order_that_comes_twice_is_carried_out_once(hub, seat):
    grant = order(hub, seat, Act.EXTEND, amount_ms=60_000)
    until(lambda: Ordered() in seat.heard)
    seat.desk.tick()
    until(lambda: not waiting(hub))
    seat.desk.orders.put(signed_again(hub, grant))
    seat.desk.tick()
    assert kinds(seat).count(Kind.EXTENDED) == 1


def signed_again(hub, grant):
    key = hall_keys(hub.house.home.hall).signing
    return SignedGrant(grant=grant, envelope=sign(PayloadType.GRANT, grant.document(), key))


def test_an_order_for_a_sitting_that_is_not_here_is_refused_with_why(hub, seat):
    order(hub, seat, Act.PAUSE, submission_id="another")
    until(lambda: not waiting(hub))
    assert kinds(seat)[-1] is not Kind.PAUSED


def test_an_order_nobody_signed_does_nothing(hub, seat, monkeypatch):
    told = []
    monkeypatch.setattr(seat.link, "done", lambda command, done, words="": told.append((command, done)))
    forged = signed_grant(a_grant(Act.END, submission_id=the_id(seat)), the_keyring())
    seat.link._side.do(CommandMessage(command_id="grant-1", envelope=forged.envelope.decode()))
    seat.desk.tick()
    assert told == [("grant-1", False)]
    assert seat.desk.state().phase is Phase.RUNNING


def test_what_the_hall_says_is_shown_kept_and_counted_as_read(hub, seat):
    question = next(iter(seat.desk.scribe.sitting.paper.questions))
    hub.hub.announcements.give("Question 3: read 5 for 6.\x1b[2J", PROCTOR, ["A12"], question)
    until(seat.desk.messages)
    (message,) = seat.desk.messages()
    assert (message.who, message.question_id, message.is_read) == ("Mbeki, Thandi", question, False)
    assert "\x1b" not in message.text
    assert Told(message) in seat.heard
    seat.desk.read_message(message.message_id)
    seat.desk.read_message(message.message_id)
    assert [k for k in kinds(seat) if k in (Kind.MESSAGED, Kind.READ)] == [Kind.MESSAGED, Kind.READ]
    until(lambda: hub.hub.announcements.given()[0].read == 1)
    seat.close()
    hub.seats.remove(seat)
    again = hub.begun("A12", ROLL, CODE)
    assert again.desk.messages() == (replace(message, is_read=True),)
    with pytest.raises(Refused, match="no such message"):
        again.desk.read_message("another")


def move(hub, seat, target="A13"):
    until(lambda: seat.link.settle(the_id(seat), 1))
    hub.hub.moves.order(the_id(seat), target, Pair(PROCTOR, None), "equipment")
    until(lambda: (seat.desk.tick(), seat.desk.state().phase is Phase.MOVED)[1])


def test_a_fence_holds_after_a_restart(hub, seat):
    move(hub, seat)
    submission = the_id(seat)
    until(lambda: not waiting(hub))
    assert seat.desk._store.fences.of(submission).epoch == 2
    before = kinds(seat)
    seat.close()
    hub.seats.remove(seat)
    again = hub.seat("A12")
    admission = again.link.admit(ROLL, CODE, "A12")
    record = again.desk._store.record(submission)
    old = a_lease_offer(again, record)
    with pytest.raises(Refused, match="This sitting goes on at seat A13"):
        again.desk._beginning.begin(old, admission, "assignment-1")
    assert [e.kind for e in again.desk._store.record(submission).entries] == before


def a_lease_offer(seat, record):
    """Return the offer of the lease a seat had before."""
    return LeaseOffer(record.leases[0].envelope, "", b"")


def test_a_newer_lease_fences_a_seat_that_comes_back(hub, seat):
    lease = seat.desk._store.record(the_id(seat)).leases[0].lease
    newer = replace(lease, lease_id="lease-2", seat="A13", epoch=2, fork_seq=0, fork_hash="ab" * 32)
    key = hall_keys(hub.house.home.hall).signing
    envelope = sign(PayloadType.LEASE, newer.document(), key)
    seat.link._side.do(FencedMessage(submission_id=the_id(seat), lease=envelope.decode()))
    assert seat.desk.state().phase is Phase.MOVED
    assert Changed("This sitting goes on at another seat.") in seat.heard
    with pytest.raises(Refused, match="another seat"):
        seat.desk.flag(seat.desk.state().question_id, True)
    fence = seat.desk._store.fences.of(the_id(seat))
    assert (fence.seat, fence.epoch) == ("A13", 2)


def test_the_branch_a_fenced_seat_holds_is_sealed_and_goes_to_the_hall(hub, seat):
    move(hub, seat)
    submission = the_id(seat)
    until(lambda: seat.desk.saved().pending == 0)
    seat.link._side.do(SealMessage(submissions=(submission,)))
    (bundle,) = seat.desk._store.bundles()
    assert kinds(seat)[-1] is Kind.SEALED
    until(lambda: hub.site.hub._store.bundles.holds(bundle.bundle_id))
    until(lambda: not seat.link._side._carriage._waiting)


def test_a_sitting_that_is_open_is_not_sealed_by_the_hall(hub, seat):
    seat.link._side.do(SealMessage(submissions=(the_id(seat),)))
    assert seat.desk._store.bundles() == ()
    assert seat.desk.state().phase is Phase.RUNNING


def put_back(hub, seat):
    """Close a seat, put an older state of its whole folder back, and let it start again there; return it."""
    until(lambda: seat.link.settle(the_id(seat), 1))
    older = hub.house.home.folder.parent / "older"
    seat.close()
    hub.seats.remove(seat)
    shutil.copytree(seat.place.folder, older)
    again = hub.begun("A12", ROLL, CODE)
    again.desk.flag(again.desk.state().question_id, True)
    until(lambda: again.desk.saved().pending == 0)
    until(lambda: again.link.settle(the_id(again), 1))
    again.close()
    hub.seats.remove(again)
    shutil.rmtree(seat.place.folder)
    shutil.copytree(older, seat.place.folder)
    return hub.seat("A12")


def raised(hub):
    """Return what the board raises about the seat."""
    hub.site.boardroom.watch.look_afresh()
    return {a.kind: a.words for a in hub.site.boardroom.board().state().attention if a.seat == "A12"}


def test_a_seat_put_back_to_an_older_state_writes_no_more_until_its_sitting_is_moved_to_itself(hub, seat):
    submission, flagged = the_id(seat), seat.desk.state().question_id
    back = put_back(hub, seat)
    until(lambda: back.desk._store.fences.of(submission))
    assert "behind" in raised(hub)
    back.desk.sign_in(ROLL, CODE)
    held = len(back.desk._store.record(submission).entries)
    with pytest.raises(Refused, match=r"does not hold all|look at this seat"):
        back.desk.begin("assignment-1")
    assert len(back.desk._store.record(submission).entries) == held
    hub.hub.moves.order(submission, "A12", Pair(PROCTOR, None), "the disk was put back")
    until(lambda: not waiting(hub))
    back.desk.begin("assignment-1")
    assert back.desk.state().phase is Phase.RUNNING
    assert back.desk.state().answers[flagged].flagged
    back.desk.flag(flagged, False)
    until(lambda: back.link.settle(submission, 1))
    assert hub.site.store.tails.holding(submission, hub_day(hub, submission)).tail.newest.epoch == 2


def hub_day(hub, submission):
    return hub.site.store.permits.lease(submission).lease.opened_on


def test_a_seat_that_is_stopped_under_the_candidates_hands_says_so_calmly(hub, seat):
    signed = seat.desk._store.record(the_id(seat)).leases[0]
    seat.link._side.do(FencedMessage(submission_id=the_id(seat), lease=signed.envelope.decode()))
    state = seat.desk.state()
    assert (state.phase, state.fenced) == (Phase.MOVED, STOPPED)
    assert Changed(STOPPED) in seat.heard
    head = seat.desk.head()
    with pytest.raises(Refused, match="raise your hand"):
        seat.desk.flag(state.question_id, True)
    seat.desk.tick()
    assert seat.desk.head() == head
    until(lambda: seat.link.settle(the_id(seat), 1))
    hub.hub.moves.order(the_id(seat), "A12", Pair(PROCTOR, None), "looked at")
    seat.close()
    hub.seats.remove(seat)
    again = hub.begun("A12", ROLL, CODE)
    assert (again.desk.state().phase, again.desk.state().fenced) == (Phase.RUNNING, None)


def test_a_journal_that_contradicts_what_the_hall_acknowledged_stops_its_seat_and_raises_it(hub, seat):
    until(lambda: seat.link.settle(the_id(seat), 1))
    submission = the_id(seat)
    held = seat.desk._store.holdings()[0]
    line = HoldingLine(submission_id=submission, opened_on=held.opened_on, epoch=1, seq=held.head.seq, hash="ab" * 32)
    hub.hub.receive([("A12", HoldingMessage(sittings=(line,)))])
    until(lambda: seat.desk.state().fenced == STOPPED)
    assert "contradiction" in raised(hub)
