"""Two sittings of one attempt: an alarm that names who and where, raised once, until somebody took note of it."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from boardroom import Room, a_room
from house import PIN
from kiosk.views.board import Severity
from storage.models.hall import Progress

MINUTE = timedelta(minutes=1)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    room = a_room(tmp_path)
    room.begin("A12")
    room.board.sign_in(PIN)
    return room


def another(
    room: Room, seat: str = "A14", attempt: int = 1, *, of: str = "assignment-1", name: str = "another"
) -> None:
    """Let the store come to hold another sitting that was begun later, whoever wrote it there."""
    with room.store.permits._writing() as work:
        row = work.execute(select(Progress.__table__).where(Progress.assignment_id == of)).mappings().first()
        later = {"seat": seat, "attempt": attempt, "started_at": row["started_at"] + len(name) * MINUTE}
        work.execute(insert(Progress), [{**row, "submission_id": name} | later])


def acknowledged(room: Room) -> None:
    """Let somebody take note of the one alarm there is."""
    (told,) = room.needing("sat twice")
    room.board.acknowledge(told.attention_id)
    assert not room.needing("sat twice")


def test_one_sitting_needs_nobody(room: Room) -> None:
    assert not room.needing("sat twice")


def test_another_attempt_needs_nobody(room: Room) -> None:
    another(room, attempt=2)
    assert not room.needing("sat twice")


def test_two_of_one_attempt_are_an_alarm_that_names_who_and_where(room: Room) -> None:
    another(room)
    (told,) = room.needing("sat twice")
    assert told.severity is Severity.ALARM
    assert told.words.startswith("A12 and A14: Okafor, Anna (B-1042), attempt 1. Both are kept.")
    assert len(told.words) < 300


def test_it_is_told_once_and_by_a_hub_that_was_killed_before_it_could_tell(room: Room) -> None:
    another(room)
    room = room.reopen()
    first, again = room.needing("sat twice"), room.needing("sat twice")
    assert [a.attention_id for a in first] == [a.attention_id for a in again]
    assert len(first) == 1


def test_who_took_note_is_not_told_again_not_even_by_a_new_hub(room: Room) -> None:
    another(room)
    (told,) = room.needing("sat twice")
    room = room.reopen()
    (same,) = room.needing("sat twice")
    assert same.attention_id == told.attention_id
    room.board.sign_in(PIN)
    room.board.acknowledge(told.attention_id)
    assert not room.needing("sat twice")
    assert not room.reopen().needing("sat twice")


def test_of_two_at_one_seat_the_second_is_an_alarm_although_somebody_took_note_of_the_first(room: Room) -> None:
    room.begin("A13", "assignment-2")
    another(room)
    acknowledged(room)
    another(room, of="assignment-2", name="of the other")
    (told,) = room.needing("sat twice")
    assert (told.seat, told.words.partition(" (")[0]) == ("A14", "A13 and A14: Adeyemi, Ben")


def test_two_pairs_at_one_seat_are_two_alarms(room: Room) -> None:
    room.begin("A13", "assignment-2")
    another(room)
    another(room, of="assignment-2", name="of the other")
    assert sorted(a.words.partition(" (")[0] for a in room.needing("sat twice")) == [
        "A12 and A14: Okafor, Anna",
        "A13 and A14: Adeyemi, Ben",
    ]


def test_a_third_sitting_is_an_alarm_of_its_own(room: Room) -> None:
    another(room)
    acknowledged(room)
    another(room, "A16", name="the third")
    (told,) = room.needing("sat twice")
    assert told.words.startswith("A12 and A14 and A16: ")


def test_what_was_taken_note_of_is_not_told_again_where_the_sitting_is_moved(room: Room) -> None:
    another(room)
    acknowledged(room)
    with room.store.permits._writing() as work:
        work.execute(update(Progress).where(Progress.submission_id == "another").values(seat="A16"))
    assert not room.needing("sat twice")
    assert not room.reopen().needing("sat twice")
