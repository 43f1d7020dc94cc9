"""A console at the real hub of a hall, with a real seat at work: it sees and acts, and is told no word of the exam."""

from pathlib import Path

import pytest
from sqlalchemy import select

from builders import a_paper
from house import CODE, PIN, ROLL, a_house
from kiosk.exam.error import KioskError
from kiosk.hall.console.opening import open_board
from kiosk.hall.hub.console import _Served
from kiosk.views.board import SeatState
from kiosk.views.order import CodeWish, Order, Verb
from live_hub import a_live_hub, until
from storage.models.hall import TailEntry

CANARY = "zanzibar-quagga-4711-"


def everything_asked(board) -> list[object]:
    """Ask each thing a console can ask once and return what came, or why nothing did."""
    wish = CodeWish(seat="A12", challenge="ABCD-EFGH-JKLM", act="resume", pin=PIN)
    questions = [
        lambda: board.card("A12"),
        lambda: board.carry_out(Order(verb=Verb.PAUSE, seats=("A12",), reason="equipment", pin=PIN)),
        lambda: board.carry_out(Order(verb=Verb.RESUME, seats=("A12",), pin=PIN)),
        lambda: board.carry_out(Order(verb=Verb.INCIDENT, seats=("A12",), reason="equipment", text="dark", pin=PIN)),
        lambda: board.announce("Ten minutes left"),
        lambda: board.announcements(),
        lambda: board.deeds(),
        lambda: board.preflight(),
        lambda: board.closeout(),
        lambda: board.code(wish),
        lambda: board.card("A12"),
    ]
    found: list[object] = []
    for question in questions:
        try:
            found.append(question())
        except KioskError as refusal:
            found.append(refusal)
    return found


@pytest.fixture
def house(tmp_path: Path):
    return a_house(tmp_path)


def test_a_console_sees_and_acts_and_is_told_no_question_and_no_answer(house, monkeypatch) -> None:
    told: list[str] = []
    send = _Served._send

    async def overhear(self, text: str) -> None:
        told.append(text)
        await send(self, text)

    monkeypatch.setattr(_Served, "_send", overhear)
    with a_live_hub(house) as hub:
        seat = hub.begun("A12", ROLL, CODE)
        board = open_board(house.home.hall)
        board.start()
        try:
            until(lambda: board.state().is_connected)
            assert board.state().seats == ()
            name = board.sign_in(PIN)
            until(lambda: [s.state for s in board.state().seats if s.seat == "A12"] == [SeatState.WORKING])
            seat.desk.visit("writing-1")
            seat.desk.type("writing-1", CANARY * 20)
            seat.desk._writer.drain()
            until(lambda: seat.desk.link().behind == 0)
            found = everything_asked(board)
            until(lambda: board.state().counts.working == 1)
        finally:
            board.close()
        held = _held(hub)
    assert any(CANARY in text for text in held), "the hub does hold the answer"
    assert name
    refused = [f for f in found if isinstance(f, KioskError)]
    assert len(refused) <= 1, "only the code may be refused: no seat showed that challenge"
    secrets = [CANARY, CODE, PIN, *_words_of(a_paper())]
    for text in told:
        assert not [s for s in secrets if s in text], text[:300]
    assert len(told) > 10


def _held(hub) -> list[str]:
    """Return the texts of every entry the hub keeps."""
    with hub.site.store.tails._reading() as work:
        return list(work.scalars(select(TailEntry.text)))


def _words_of(paper) -> list[str]:
    """Return every text of a paper that a console must not be told."""
    said = []
    for section in paper.sections:
        for question in section.questions:
            said += [question.text, *(o.text for o in question.options)]
    assert len(said) > 20
    return said
