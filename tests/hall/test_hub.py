"""The hub as a whole: seats come and go, commands and words reach them, starts wait for the proctor."""

import pytest
from virtual_seat import World

from builders import a_grant
from house import CODE, OTHER_CODE, OTHER_ROLL, PIN, SECOND_PIN, a_house
from kiosk.exam.attempt import Phase
from kiosk.exam.dispatch import CommandState
from kiosk.exam.error import Refused
from kiosk.exam.grant import Act
from kiosk.exam.page import SignedGrant
from kiosk.sealing.envelope import PayloadType, sign
from kiosk.wire.hub import (
    LOST_SECONDS,
    AnnouncementMessage,
    AnswerMessage,
    BeatMessage,
    CallMessage,
    CommandMessage,
    DoneMessage,
    EchoMessage,
    ToldMessage,
    Vitals,
)
from kiosk.wire.line import ReportCall
from kiosk.wire.policy import HallPolicyDocument


@pytest.fixture
def world(tmp_path):
    house = a_house(tmp_path)
    yield World(house)
    house.close()


def ordered(world, seat="A12", **changes):
    grant = a_grant(Act.PAUSE, seat=seat, issued_at=world.house.clock.now().at, **changes)
    signed = SignedGrant(grant=grant, envelope=sign(PayloadType.GRANT, grant.document(), world.keys.signing))
    world.hub.commands.order((signed,), ())
    return grant.grant_id


def state(world, grant_id):
    return world.store.commands.command(grant_id).state


def beat(world, **vitals):
    now = world.house.clock.now()
    told = {"at": now.at, "boot_id": now.boot_id, "boot_ms": now.boot_ms, "build": "b", "free_bytes": 1}
    return BeatMessage(vitals=Vitals(**told | vitals), sent=7)


def test_a_newer_line_of_a_seat_takes_the_place_of_the_older(world):
    seat = world.seat("A12")
    before = seat.post
    seat.join()
    assert before.farewell
    world.hub.leave("A12", before)
    assert world.hub.presence.post("A12") is seat.post


def test_a_command_goes_at_once_and_ends_with_the_answer(world):
    seat = world.seat("A12")
    grant_id = ordered(world)
    assert [m.command_id for m in seat.post.take(CommandMessage)] == [grant_id]
    assert state(world, grant_id) is CommandState.SENT
    seat.say(DoneMessage(command_id=grant_id, done=True))
    assert state(world, grant_id) is CommandState.DONE
    seat.join()
    assert not seat.post.take(CommandMessage)


def test_a_seat_that_was_away_gets_its_commands_in_order_when_it_is_back_even_from_a_new_hub(world):
    first = ordered(world, grant_id="grant-1")
    world.house.clock.advance(1_000)
    second = ordered(world, grant_id="grant-2")
    assert state(world, first) is CommandState.WAITING
    world.restart()
    seat = world.seat("A12")
    assert [m.command_id for m in seat.post.take(CommandMessage)] == [first, second]


def test_a_command_is_said_again_until_it_is_answered(world):
    seat = world.seat("A12")
    grant_id = ordered(world)
    seat.post.said.clear()
    world.hub.tick()
    assert not seat.post.take(CommandMessage)
    world.house.clock.advance(5_000)
    world.hub.tick()
    assert [m.command_id for m in seat.post.take(CommandMessage)] == [grant_id]


@pytest.mark.parametrize("who", ["A13", "A12"])
def test_only_the_seat_itself_answers_and_its_first_answer_stands(world, who):
    world.seat("A12")
    other = world.seat(who)
    grant_id = ordered(world)
    other.say(DoneMessage(command_id=grant_id, done=False, words="The test is over."))
    other.say(DoneMessage(command_id=grant_id, done=True))
    assert state(world, grant_id) is (CommandState.REFUSED if who == "A12" else CommandState.SENT)
    assert [n[0] for n in world.notices] == (["A12"] if who == "A12" else [])


def test_a_move_is_no_plain_command(world):
    grant = a_grant(Act.MOVE, seat="A12")
    with pytest.raises(Refused):
        world.hub.commands.order((SignedGrant(grant=grant, envelope=b"x"),), ())


def test_words_are_counted_on_screens_and_read(world):
    here = world.seat("A12")
    word = world.hub.announcements.give("Ten minutes left.", world.pair().first, ("A12", "A13"))
    (message,) = here.post.take(AnnouncementMessage)
    assert (message.text, message.who) == ("Ten minutes left.", "Mbeki, Thandi")
    here.say(ToldMessage(announcement_id=word, is_read=False))
    here.say(ToldMessage(announcement_id=word, is_read=False))
    away = world.seat("A13")
    assert away.post.take(AnnouncementMessage)
    away.say(ToldMessage(announcement_id=word, is_read=True))
    world.seat("B1").say(ToldMessage(announcement_id=word, is_read=True))
    (told,) = world.hub.announcements.given()
    assert (told.seats, told.delivered, told.read) == (2, 2, 1)
    here.join()
    assert not here.post.take(AnnouncementMessage)


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 2_001])
def test_an_announcement_says_something_short(world, text):
    with pytest.raises(Refused):
        world.hub.announcements.give(text, world.pair().first, ("A12",))


def test_an_erratum_goes_to_those_alone_whose_paper_has_the_question(world):
    seat, empty = world.seat("A12"), world.seat("B7")
    question = next(iter(world.house.paper.questions))
    world.hub.announcements.give("Read 5 as 6.", world.pair().first, ("A12", "B7"), question)
    assert [m.question for m in seat.post.take(AnnouncementMessage)] == [question]
    assert not empty.post.take(AnnouncementMessage)
    with pytest.raises(Refused, match="has that question"):
        world.hub.announcements.give("Read 5 as 6.", world.pair().first, ("A12",), "no-such-question")


def test_a_hall_that_starts_together_waits_for_the_proctor(world):
    world.house.hall.custody.decide(HallPolicyDocument(start="together"), PIN, SECOND_PIN)
    seat, other = world.seat("A12"), world.seat("A13")
    with pytest.raises(Refused, match="wait for the proctor to start"):
        seat.offer()
    world.hub.moves.start("candidate-1", "A12", world.pair())
    assert seat.post.take(CommandMessage)
    assert seat.begin().epoch == 1
    with pytest.raises(Refused, match="wait for the proctor to start"):
        other.offer(OTHER_ROLL, OTHER_CODE, "assignment-2")
    assert world.hub.moves.started() == {"candidate-1"}
    world.hub.moves.start("candidate-1", "A12", world.pair())


def test_a_beat_is_answered_and_says_how_the_sitting_stands(world):
    seat = world.seat("A12")
    sitting = seat.begin().submission_id
    seat.say(beat(world, submission_id=sitting, phase=Phase.PAUSED, answered=2, questions=8, seq=5))
    (echo,) = seat.post.take(EchoMessage)
    assert (echo.sent, echo.boot_ms) == (7, world.house.clock.now().boot_ms)
    (progress,) = world.store.permits.all_progress()
    assert (progress.phase, progress.answered) == (Phase.PAUSED, 2)
    other = world.seat("A13")
    other.say(beat(world, submission_id=sitting, phase=Phase.LOCKED, answered=9, seq=9))
    assert world.store.permits.all_progress() == (progress,)


def test_a_silent_seat_is_lost_and_its_dead_line_hung_up(world):
    seat = world.seat("A12")
    world.house.clock.advance(int(LOST_SECONDS * 1000) - 1)
    world.hub.tick()
    assert (world.hub.lost, seat.post.farewell) == (frozenset(), None)
    world.house.clock.advance(1)
    world.hub.tick()
    assert world.hub.lost == {"A12"}
    assert seat.post.farewell
    seat.join()
    world.hub.tick()
    assert world.hub.lost == frozenset()


def test_a_seat_whose_words_wait_for_the_hub_is_not_lost(world):
    seat = world.seat("A12")
    for _ in range(10):
        world.house.clock.advance(2_000)
        world.hub.hear("A12", beat(world), seat.post)  # and nothing is worked on
        world.hub.tick()
        assert (world.hub.lost, seat.post.farewell) == (frozenset(), None)
    assert len(seat.post.take(EchoMessage)) == 10


def test_what_a_seat_reports_of_a_sitting_that_left_it_is_passed_over(world):
    old = world.seat("A12")
    old.begin()
    old.send(0)
    world.hub.moves.order(old.head.submission_id, "A13", world.pair())
    new = world.seat("A13")
    new.go_on(new.offer())
    call = ReportCall(
        submission_id=old.head.submission_id,
        phase="handed_in",
        attempt=1,
        started_at=old.head.at,
        submitted_at=old.head.at,
        answered=1,
        questions=8,
        used_ms=1,
        head_seq=99,
        head_hash="0" * 64,
    )
    for seat, is_over in ((old, False), (new, True)):
        seat.say(CallMessage(id=1, call=call))
        (answer,) = seat.post.take(AnswerMessage)
        assert answer.answer.fault is None
        assert world.store.permits.all_progress()[0].is_over is is_over


def test_a_call_is_answered_by_the_hall(world):
    seat = world.seat("A12")
    call = {"type": "call", "id": 3, "call": {"method": "admit", "roll_number": "B-1042", "code": CODE, "seat": "A13"}}
    seat.say(CallMessage.model_validate(call))
    (answer,) = seat.post.take(AnswerMessage)
    assert (answer.id, answer.answer.fault.kind) == (3, "Denied")
