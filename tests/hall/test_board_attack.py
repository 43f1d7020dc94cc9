"""What a hostile seat tells of itself: the board shows it within bounds, and every console goes on."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boardroom import Room, a_room
from house import SEAT
from kiosk.exam.attempt import Phase
from kiosk.hall.hub.picture import Telling
from kiosk.views.board import BoardState
from kiosk.wire.board import CardAnswer, CloseoutAnswer, PreflightAnswer
from kiosk.wire.hub import BeatMessage, Vitals

LARGEST = 2**53 - 1
STEERING = "[red]\x1b[31m\x07" * 20
INSTANTS = st.sampled_from(
    ["0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z", "2026-06-15T09:00:00.000Z", "1970-01-01T00:00:00.000Z"]
)


def vitals() -> st.SearchStrategy[dict]:
    """Give the fields of vitals that the protocol lets through, at their bounds above all."""
    number, count = st.sampled_from([0, 1, 7, 100_000]), st.sampled_from([0, 1, LARGEST])
    said = st.sampled_from([None, "x" * 500, STEERING[:500], "\x00\u202e\u2028"])
    return st.fixed_dictionaries(
        {},
        optional={
            "at": INSTANTS, "saved_at": st.none() | INSTANTS, 
            "boot_id": st.sampled_from(["", "b" * 100, STEERING[:100]]),
            "boot_ms": count, "build": st.sampled_from(["x" * 500, STEERING[:500]]), "free_bytes": count,
            "answered": number, "questions": number, "used_ms": count, "left_ms": count, "section": said,
            "seq": st.sampled_from([-1, 0, LARGEST]), "unsaved": number, "hand": st.booleans(),
            "failure": said | st.sampled_from(["y" * 2_000, STEERING * 8]), "phase": st.sampled_from(list(Phase)),
            "candidate_id": st.sampled_from([None, "candidate-1", "candidate-2", "[bold]nobody"]),
        },
    )  # fmt: skip


def told(state: BoardState) -> str:
    """Return a state as a console is told it."""
    return Telling().next(state, True).model_dump_json()


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    room = a_room(tmp_path_factory.mktemp("room"))
    room.begin()
    return room


@given(said=st.lists(vitals(), min_size=1, max_size=3))
@settings(max_examples=40, deadline=None)
def test_whatever_a_seat_tells_of_itself_every_console_goes_on(room: Room, said) -> None:
    before = room.seats[SEAT].vitals
    for changes in said:
        beat = BeatMessage(vitals=Vitals.model_validate_json(before.model_copy(update=changes).model_dump_json()))
        room.hub.receive([(SEAT, beat)])
        text = told(room.look())
        assert "\x1b" not in text
        assert "\\u001b" not in text
        CardAnswer.model_validate(room.board.card(SEAT))
        PreflightAnswer.model_validate(room.board.preflight())
        CloseoutAnswer.model_validate(room.board.closeout())
