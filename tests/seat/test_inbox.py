"""What the hall tells a candidate who has no test open is kept: a restart of the seat loses no word of it."""

from threading import Event, Thread

import pytest

from house import CODE, OTHER_CODE, OTHER_ROLL, ROLL, a_house
from kiosk.exam.entry import Kind
from kiosk.exam.error import Refused
from kiosk.exam.moment import iso
from kiosk.exam.person import Person, Role
from kiosk.hall.hub import announcements
from kiosk.wire.hub import AnnouncementMessage
from live_hub import a_live_hub, until

PROCTOR = Person(user_id="proctor-1", name="Mbeki, Thandi", role=Role.PROCTOR)
WORDS = "We begin ten minutes late."
A_QUESTION = "cells-1"


@pytest.fixture
def hub(tmp_path, monkeypatch):
    monkeypatch.setattr(announcements, "NO_ANSWER_MS", 500)
    with a_live_hub(a_house(tmp_path)) as hub:
        yield hub


def restarted(hub, seat):
    """End a seat's program and start it again."""
    seat.close()
    hub.seats.remove(seat)
    return hub.seat("A12")


def told(seat):
    """Return what the candidate is shown, and whether they have read it."""
    return [(m.text, m.is_read) for m in seat.desk.messages()]


def given(hub):
    """Return to how many seats the one announcement came, and how many read it."""
    (word,) = hub.hub.announcements.given()
    return word.delivered, word.read


def heard_of(hub):
    """Return the one announcement as a seat hears it."""
    (word,) = hub.site.store.announcements.given()
    return AnnouncementMessage(
        announcement_id=word.announcement_id, at=iso(word.at), who="Mbeki", text=word.text, question=word.question
    )


def waiting(hub):
    """Return a seat at which somebody is signed in, has no test open, and was told something."""
    seat = hub.seat("A12")
    seat.desk.sign_in(ROLL, CODE)
    hub.hub.announcements.give(WORDS, PROCTOR, ["A12"])
    until(lambda: given(hub) == (1, 0))
    return seat


def test_it_is_there_after_a_restart_and_can_still_be_read_once(hub):
    seat = waiting(hub)
    assert told(seat) == [(WORDS, False)]
    seat = restarted(hub, seat)
    assert told(seat) == []
    seat.desk.sign_in(ROLL, CODE)
    assert told(seat) == [(WORDS, False)]
    (message,) = seat.desk.messages()
    seat.desk.read_message(message.message_id)
    until(lambda: given(hub) == (1, 1))
    seat = restarted(hub, seat)
    seat.desk.sign_in(ROLL, CODE)
    assert told(seat) == [(WORDS, True)]


def test_what_nobody_was_there_to_hear_is_shown_to_who_signs_in_later_and_counted_then(hub, monkeypatch):
    seat = hub.seat("A12")
    heard, do = [], seat.link._side.do

    def noted(errand):
        do(errand)
        heard.extend([errand.text] if isinstance(errand, AnnouncementMessage) else [])

    monkeypatch.setattr(seat.link._side, "do", noted)
    hub.hub.announcements.give(WORDS, PROCTOR, ["A12"])
    until(lambda: heard == [WORDS])
    assert (given(hub), told(seat)) == ((0, 0), [])
    seat.desk.sign_in(ROLL, CODE)
    until(lambda: given(hub) == (1, 0))
    assert told(seat) == [(WORDS, False)]
    (message,) = seat.desk.messages()
    seat.desk.read_message(message.message_id)
    until(lambda: given(hub) == (1, 1))
    seat.desk.sign_out()
    seat.desk.sign_in(OTHER_ROLL, OTHER_CODE)  # it was for who sat here, and is not said twice
    assert told(seat) == []
    assert given(hub) == (1, 1)


def test_a_correction_before_the_test_is_open_is_kept_back_until_it_is(hub):
    seat = hub.seat("A12")
    seat.desk.sign_in(ROLL, CODE)
    hub.hub.announcements.give(WORDS, PROCTOR, ["A12"], question=A_QUESTION)
    seat.link._side.do(heard_of(hub))
    assert (given(hub), told(seat)) == ((0, 0), [])
    seat.desk.begin("assignment-1")
    until(lambda: given(hub) == (1, 0))
    assert told(seat) == [(WORDS, False)]


def test_a_correction_of_what_is_not_in_this_paper_is_answered_and_not_shown(hub):
    seat = hub.begun("A12", ROLL, CODE)
    hub.hub.announcements.give(WORDS, PROCTOR, ["A12"], question=A_QUESTION)
    until(lambda: given(hub) == (1, 0))
    known = told(seat)
    seat.link._side.do(heard_of(hub).model_copy(update={"announcement_id": "another", "question": "no such question"}))
    assert told(seat) == known


def test_what_was_read_in_the_last_moment_is_told_when_the_candidate_is_back(hub, monkeypatch):
    seat = waiting(hub)
    (message,) = seat.desk.messages()
    monkeypatch.setattr(seat.link, "told", lambda *_: None)
    seat.desk.read_message(message.message_id)
    seat = restarted(hub, seat)
    seat.desk.sign_in(ROLL, CODE)
    until(lambda: given(hub) == (1, 1))


def test_nobody_else_is_shown_it(hub):
    seat = waiting(hub)
    (message,) = seat.desk.messages()
    seat = restarted(hub, seat)
    seat.desk.sign_in(OTHER_ROLL, OTHER_CODE)
    assert told(seat) == []
    with pytest.raises(Refused, match="no such message"):
        seat.desk.read_message(message.message_id)
    seat.desk.sign_out()
    assert told(seat) == []


def test_it_stays_in_sight_when_the_test_begins_and_is_read_outside_its_journal(hub):
    seat = waiting(hub)
    seat.desk.begin("assignment-1")
    hub.hub.announcements.give("Half an hour is left.", PROCTOR, ["A12"])
    until(lambda: told(seat) == [(WORDS, False), ("Half an hour is left.", False)])
    for message in seat.desk.messages():
        seat.desk.read_message(message.message_id)
    seat.desk._writer.drain()
    kinds = [e.kind for e in seat.desk._entries(seat.desk.scribe)]
    assert (kinds.count(Kind.MESSAGED), kinds.count(Kind.READ)) == (1, 1)
    seat = restarted(hub, seat)
    seat.desk.sign_in(ROLL, CODE)
    seat.desk.begin("assignment-1")
    assert told(seat) == [(WORDS, True), ("Half an hour is left.", True)]


def test_what_is_told_after_the_hand_in_is_kept_too(hub):
    seat = hub.begun("A12", ROLL, CODE)
    for section in seat.desk.sheet().sections:
        for question in section.questions:
            seat.desk.visit(question.question_id)
            if question.options:
                seat.desk.choose(question.question_id, [question.options[0].option_id])
    seat.desk.hand_in()
    hub.hub.announcements.give(WORDS, PROCTOR, ["A12"])
    until(lambda: given(hub) == (1, 0))
    seat = restarted(hub, seat)
    seat.desk.sign_in(ROLL, CODE)
    assert told(seat) == [(WORDS, False)]


def test_the_hall_is_told_of_nothing_that_is_not_saved(hub, monkeypatch):
    seat = hub.begun("A12", ROLL, CODE)
    saved = []
    said = type(seat.link).told

    def noted(link, announcement_id, is_read):
        entries = seat.desk._store.whole_record(seat.desk.scribe.sitting.genesis.submission_id).entries
        saved.append([e.body.get("message") for e in entries if e.kind is Kind.MESSAGED])
        said(link, announcement_id, is_read)

    monkeypatch.setattr(type(seat.link), "told", noted)
    hub.hub.announcements.give(WORDS, PROCTOR, ["A12"])
    until(lambda: given(hub) == (1, 0))
    (message,) = seat.desk.messages()
    assert saved[0] == [message.message_id]


LATE = AnnouncementMessage(
    announcement_id="late-1", at="2031-05-06T12:00:00.000Z", who="Mbeki, Thandi", text="One more word.", question=None
)


def hearing(seat, monkeypatch):
    """Return what is said to the hall of messages, from now on."""
    said = []
    monkeypatch.setattr(seat.link, "told", lambda announcement_id, is_read: said.append(announcement_id))
    return said


def shown(seat):
    return {m.message_id for m in seat.desk.messages()}


def test_what_comes_in_the_moment_of_a_login_is_shown_or_said_again(hub, monkeypatch):
    seat = hub.seat("A12")
    said, of = hearing(seat, monkeypatch), seat.desk.inbox._store.of

    def busy(candidate_id):
        kept = of(candidate_id)
        seat.link._side.do(LATE)
        return kept

    monkeypatch.setattr(seat.desk.inbox._store, "of", busy)
    seat.desk.sign_in(ROLL, CODE)
    assert set(said) <= shown(seat)


def test_what_comes_in_the_moment_of_a_logout_is_said_again_to_the_next(hub, monkeypatch):
    seat = hub.seat("A12")
    said, clear = hearing(seat, monkeypatch), seat.desk.inbox.clear
    seat.desk.sign_in(ROLL, CODE)

    def busy():
        clear()
        seat.link._side.do(LATE)

    monkeypatch.setattr(seat.desk.inbox, "clear", busy)
    seat.desk.sign_out()
    seat.desk.sign_in(OTHER_ROLL, OTHER_CODE)
    assert set(said) <= shown(seat)


def test_what_comes_in_the_moment_of_a_start_is_shown_though_it_is_saved_later(hub, monkeypatch):
    seat = hub.seat("A12")
    seat.desk.sign_in(ROLL, CODE)
    said, gate = hearing(seat, monkeypatch), Event()
    forget, commit = seat.desk._store.advances.forget, seat.desk._writer._commit
    speaking = Thread(target=lambda: seat.link._side.do(LATE))

    def gated(pages):
        assert gate.wait(10)
        commit(pages)

    def busy(assignment_id):
        forget(assignment_id)
        monkeypatch.setattr(seat.desk._writer, "_commit", gated)
        speaking.start()
        until(lambda: LATE.announcement_id in seat.desk.inbox)

    monkeypatch.setattr(seat.desk._store.advances, "forget", busy)
    monkeypatch.setattr(seat.link, "saved", lambda *_, **__: gate.set())
    seat.desk.begin("assignment-1")
    speaking.join(10)
    assert said == [LATE.announcement_id]
    assert LATE.announcement_id in shown(seat)


def test_what_is_read_while_the_line_is_cut_is_told_when_it_is_back(hub):
    seat = waiting(hub)
    (message,) = seat.desk.messages()
    hub.stop()
    until(lambda: not seat.desk.link().is_connected)
    seat.desk.read_message(message.message_id)
    hub.start()
    until(lambda: given(hub) == (1, 1), 10)
