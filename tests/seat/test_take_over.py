"""A sitting goes on at another seat: all of it or nothing, at the same question, with the same time left."""

from dataclasses import replace

import pytest

from builders import a_grant, a_person
from house import CODE, ROLL
from kiosk.exam.attempt import Phase
from kiosk.exam.entry import Kind
from kiosk.exam.error import Invalid, Refused, Tampered
from kiosk.exam.grant import Act
from kiosk.exam.journal import verify
from kiosk.exam.page import SignedGrant
from kiosk.exam.person import Role
from kiosk.hall.place import hall_keys
from kiosk.hall.supervision import Pair
from kiosk.sealing.envelope import PayloadType, sign
from kiosk.seat.handover import handover_of
from kiosk.seat.offer import lease_of, opening_of
from kiosk.wire.hub import CommandMessage
from live_hub import until
from storage.engine import StoreError
from storage.models import seat as rows
from storage.page import entry_row
from storage.seat.page import adding_once

PROCTOR = Pair(a_person(Role.PROCTOR, user_id="proctor-1"), None)


def worked(hub, name="A12"):
    """Return a seat at which a candidate has begun and put something down, all of it held by the hall."""
    seat = hub.begun(name, ROLL, CODE)
    for section in seat.desk.sheet().sections[:1]:
        for question in section.questions[:2]:
            seat.desk.visit(question.question_id)
            seat.desk.choose(question.question_id, [question.options[0].option_id])
    seat.desk.capture("┌ the screen ┐")
    settle(seat)
    return seat


def settle(seat):
    writer = seat.desk._writer
    until(lambda: seat.desk.saved().pending == 0 or writer.cause)
    assert writer.cause is None
    until(lambda: seat.link.settle(the_id(seat), 1))


def the_id(seat):
    return seat.desk.scribe.sitting.genesis.submission_id


def move(hub, seat, target):
    """Order a move, and wait until the old seat has obeyed."""
    hub.hub.moves.order(the_id(seat), target, PROCTOR, "equipment")
    until(lambda: (seat.desk.tick(), seat.desk.state().phase is Phase.MOVED)[1])
    settle(seat)


def failing(hub, old, monkeypatch):
    """Return the seat a sitting was moved to, where taking it over has just failed halfway."""

    def broken(*_):
        raise StoreError("The disk is full.")

    move(hub, old, "A13")
    new = hub.seat("A13")
    new.desk.sign_in(ROLL, CODE)
    with monkeypatch.context() as patch:
        patch.setattr("storage.seat.take_over.write_answers", broken)
        with pytest.raises(StoreError):
            new.desk.begin("assignment-1")
    return new


def record_of(seat):
    return seat.desk._store.whole_record(the_id(seat))


def test_the_candidate_goes_on_at_the_same_question_with_the_same_time(hub):
    old = worked(hub)
    move(hub, old, "A13")
    before, left = old.desk.scribe.sitting, old.desk.time_left().test_ms
    new = hub.begun("A13", ROLL, CODE)
    now = new.desk.state()
    assert (now.phase, now.question_id) == (Phase.RUNNING, before.question)
    assert now.answers == before.answers
    assert abs(new.desk.time_left().test_ms - left) < 5_000
    record = record_of(new)
    record.verify()
    assert [e.kind for e in record.entries[len(record_of(old).entries) :]] == [Kind.MOVED, Kind.GAP]
    assert record.entries[: before.head.seq + 1] == record_of(old).entries
    assert record.evidence == record_of(old).evidence
    assert [signed.lease.epoch for signed in record.leases] == [1, 2]
    new.desk.flag(now.question_id, True)
    settle(new)
    assert new.desk.link().behind == 0


def test_an_act_the_hall_wanted_before_the_journal_came_is_done_once_it_is_here(hub, monkeypatch):
    old = worked(hub)
    new = failing(hub, old, monkeypatch)
    grant = a_grant(Act.PAUSE, submission_id=the_id(old), seat="A13")
    envelope = sign(PayloadType.GRANT, grant.document(), hall_keys(hub.house.home.hall).signing)
    hub.hub._store.commands.order((SignedGrant(grant=grant, envelope=envelope),), ())
    new.desk.begin("assignment-1")
    hub.hub.commands.send_waiting("A13")  # it comes after the journal, which brought the grant as well
    until(lambda: (new.desk.tick(), new.desk.state().phase is Phase.PAUSED)[1])
    settle(new)
    record = record_of(new)
    assert record.entries[-1].kind is Kind.PAUSED
    assert [signed.grant for signed in record.grants].count(grant) == 1


def test_an_act_that_came_with_the_journal_is_not_called_done_before_it_is(hub, monkeypatch):
    old = worked(hub)
    new = failing(hub, old, monkeypatch)
    grant = a_grant(Act.EXTEND, submission_id=the_id(old), seat="A13", amount_ms=60_000)
    envelope = sign(PayloadType.GRANT, grant.document(), hall_keys(hub.house.home.hall).signing)
    hub.hub._store.commands.order((SignedGrant(grant=grant, envelope=envelope),), ())
    new.desk.begin("assignment-1")
    hub.switch_off(new)
    again = hub.seat("A13")
    said = []
    monkeypatch.setattr(again.link, "done", lambda command_id, done, words="": said.append((command_id, done)))
    again.link._side.do(CommandMessage(command_id=grant.grant_id, envelope=envelope.decode()))
    assert set(said) == {(grant.grant_id, False)}


def test_a_move_that_was_followed_by_a_newer_permission_here_is_over(hub):
    first = worked(hub)
    hub.switch_off(first)
    hub.hub.moves.order(the_id(first), "A13", PROCTOR, "equipment")
    first = hub.seat("A12")
    store, (line,) = first.desk._store, first.desk._store.sittings()
    until(lambda: store.fences.of(line.submission_id))
    second = hub.begun("A13", ROLL, CODE)
    settle(second)
    move(hub, second, "A12")
    first.desk.sign_in(ROLL, CODE)
    first.desk.begin("assignment-1")
    settle(first)
    hub.switch_off(first)
    again = hub.seat("A12")
    ordered = [g for g in again.desk._store.record(line.submission_id).grants if g.grant.act is Act.MOVE]
    for signed in ordered:
        again.link._side.do(CommandMessage(command_id=signed.grant.grant_id, envelope=signed.envelope.decode("ascii")))
    again.desk.sign_in(ROLL, CODE)
    again.desk.begin("assignment-1")
    assert {g.grant.seat for g in ordered} == {"A12", "A13"}
    assert again.desk.state().phase is Phase.RUNNING


def test_the_old_seat_writes_no_more(hub):
    old = worked(hub)
    move(hub, old, "A13")
    head = old.desk.head()
    with pytest.raises(Refused, match="another seat"):
        old.desk.flag(old.desk.state().question_id, True)
    old.desk.note_focus_lost()
    old.desk.tick()
    assert old.desk.head() == head


def test_what_fails_halfway_leaves_nothing_and_is_done_again(hub, monkeypatch):
    old = worked(hub)
    new = failing(hub, old, monkeypatch)
    assert new.desk._store.sittings() == ()
    assert new.desk._store.record(the_id(old)) is None
    new.desk.begin("assignment-1")
    assert new.desk.state().answers == old.desk.state().answers


def test_a_sitting_moves_back_to_the_seat_that_holds_its_first_part(hub):
    first = worked(hub)
    move(hub, first, "A13")
    second = hub.begun("A13", ROLL, CODE)
    second.desk.flag(second.desk.state().question_id, True)
    settle(second)
    move(hub, second, "A12")
    first.desk.sign_out()
    first.desk.sign_in(ROLL, CODE)
    first.desk.begin("assignment-1")
    state = first.desk.state()
    assert state.phase is Phase.RUNNING
    assert state.answers == second.desk.state().answers
    record = record_of(first)
    record.verify()
    assert [s.lease.epoch for s in record.leases] == [1, 2, 3]
    assert record.entries[-1].epoch == 3
    first.desk.flag(state.question_id, False)
    settle(first)


def test_a_sitting_moves_to_its_own_seat(hub):
    seat = worked(hub)
    move(hub, seat, "A12")
    seat.desk.sign_out()
    seat.desk.sign_in(ROLL, CODE)
    seat.desk.begin("assignment-1")
    assert seat.desk.state().phase is Phase.RUNNING
    assert record_of(seat).entries[-1].epoch == 2


def test_a_seat_that_goes_on_after_a_move_resumes_by_its_own_store(hub):
    old = worked(hub)
    move(hub, old, "A13")
    new = hub.begun("A13", ROLL, CODE)
    settle(new)
    before = new.desk.state()
    new.close()
    hub.seats.remove(new)
    again = hub.begun("A13", ROLL, CODE)
    assert again.desk.state() == before
    assert record_of(again).entries[-1].kind is Kind.RESTARTED


@pytest.fixture
def offered(hub):
    """Return what the hall hands over, the opening that goes with it, and whom the seat trusts."""
    old = worked(hub)
    move(hub, old, "A13")
    new = hub.seat("A13")
    new.desk.sign_in(ROLL, CODE)
    admission, trust = new.desk._admission, new.desk._beginning.trust
    offer = new.link.lease(admission.token, "assignment-1", "A13")
    signed = lease_of(offer, trust, admission, "assignment-1")
    return offer.journal, opening_of(offer, signed, admission), trust


def test_a_handover_is_believed_only_whole(offered):
    journal, opening, trust = offered
    handover = handover_of(journal, opening, trust)
    assert verify(handover.record.genesis, handover.record.entries) == opening.lease.lease.fork
    changed = journal.entries[2].replace("visited", "flagged")
    wrong = {
        "cut short": {"entries": journal.entries[:-1]},
        "none": {"entries": ()},
        "an entry changed": {"entries": (*journal.entries[:2], changed, *journal.entries[3:])},
        "two swapped": {"entries": (journal.entries[1], journal.entries[0], *journal.entries[2:])},
        "no JSON": {"entries": ("{", *journal.entries[1:])},
        "another genesis": {"genesis": journal.genesis.replace("A12", "A99")},
        "no lease of its beginning": {"leases": journal.leases[-1:]},
        "a lease by nobody": {"leases": (journal.leases[0][:-9] + b'AAAAAAA"}', *journal.leases[1:])},
        "a grant that is a lease": {"grants": journal.leases[:1]},
        "a capture nobody took": {"evidence": (replace(journal.evidence[0], content=b"other"),)},
    }
    for name, change in wrong.items():
        offered = replace(journal, **change)
        with pytest.raises((Tampered, Invalid)):
            print(name, handover_of(offered, opening, trust))


def test_a_branch_is_neither_merged_nor_thrown_away(hub):
    old = worked(hub)
    move(hub, old, "A13")
    new = hub.begun("A13", ROLL, CODE)
    settle(new)
    move(hub, new, "A12")
    old.desk.sign_out()
    store = old.desk._store
    before = store.whole_record(the_id(new))
    branched = replace(before.entries[-1], seq=before.entries[-1].seq + 1, kind=Kind.TICK, body={}, hash=b"x" * 32)
    with store._engine.begin() as connection:
        connection.execute(adding_once(rows.JournalEntry), [entry_row(branched)])
    old.desk.sign_in(ROLL, CODE)
    with pytest.raises(Refused, match="wrote on after"):
        old.desk.begin("assignment-1")
    assert store.whole_record(the_id(new)).entries == (*before.entries, branched)
