"""A seat dies in a sitting and comes back: the console settles what that cost, and the journal says so."""

import json
import re

import pytest
from sqlalchemy import select

from house import CODE, PIN, ROLL
from kiosk.exam.entry import Kind
from kiosk.views.order import Order, Verb
from live_hub import RunningClock, until
from storage.models.hall import TailEntry

STOOD_MS = 70_000


@pytest.fixture
def board(board):
    """The board with a proctor signed in."""
    until(lambda: board.state().is_connected)
    board.sign_in(PIN)
    return board


def gaps(board):
    """Return what the board says of gaps that nobody took note of."""
    return [a for a in board.state().attention if a.kind == "gap"]


def back(hub, boot):
    """Let a seat die at its work and be started again 70 seconds later; return it with the candidate at work again."""
    seat = hub.begun("A12", ROLL, CODE)
    until(lambda: seat.desk.link().behind == 0)
    hub.switch_off(seat)
    clock = RunningClock(boot)
    clock._began = seat.clock._began - STOOD_MS / 1000
    again = hub.seat("A12", clock)
    again.desk.sign_in(ROLL, CODE)
    again.desk.begin("assignment-1")
    return again


def settled(seat):
    """Let a seat look at its orders, as its App does, and return what its gaps were charged with that are settled."""
    seat.desk.tick()
    seat.desk._writer.drain()
    found = seat.desk.scribe.sitting.ledger.gaps
    return {number: gap.charged_ms for number, gap in found.items() if gap.charged_ms is not None}


@pytest.mark.parametrize("cause", ["equipment", "candidate"])
def test_a_gap_is_settled_from_the_console_by_its_cause(hub, board, cause):
    seat = back(hub, "boot-A12")
    until(lambda: gaps(board))
    (found,) = gaps(board)
    assert (found.cause, found.charge_ms) == ("equipment", 0)
    assert re.fullmatch("stood still for 1:1[0-9]", found.words)
    used_ms = seat.desk.scribe.sitting.ledger.used_ms
    if cause != "equipment":
        lay = Order(verb=Verb.CAUSE, seats=("A12",), attention_id=found.attention_id, reason=cause, pin=PIN)
        assert [o.done for o in board.carry_out(lay)] == [True]
        until(lambda: gaps(board)[0].cause == cause)
        (found,) = gaps(board)
        assert STOOD_MS <= found.charge_ms < STOOD_MS + 10_000
    (outcome,) = board.carry_out(Order(verb=Verb.CREDIT, seats=("A12",), attention_id=found.attention_id, pin=PIN))
    assert outcome.done, outcome.words
    until(lambda: settled(seat))
    assert [*settled(seat).values()] == [found.charge_ms]
    assert seat.desk.scribe.sitting.ledger.used_ms >= used_ms + found.charge_ms
    until(lambda: not gaps(board))
    words = "gap charged by 1 min: candidate" if found.charge_ms else "gap not charged: equipment"
    assert any(told.startswith(words) for _, told in board.card("A12").events), board.card("A12").events
    until(lambda: held(hub, Kind.GAP_ATTRIBUTED))
    assert [e["body"]["reason"] for e in held(hub, Kind.GAP_ATTRIBUTED)] == [cause]


def test_what_nobody_could_measure_is_settled_by_two_with_minutes(hub, board):
    seat = back(hub, "boot-after-a-power-cut")
    until(lambda: gaps(board))
    (found,) = gaps(board)
    assert found.charge_ms == 0
    wish = Order(verb=Verb.CHARGE_GAP, seats=("A12",), amount_ms=60_000, reason="other", pin=PIN)
    (outcome,) = board.carry_out(wish)
    assert (outcome.done, "second person" in outcome.words) == (False, True)
    assert settled(seat) == {}
    assert len(gaps(board)) == 1


def held(hub, kind):
    """Return the entries of a kind in the hall's copy of the journal."""
    with hub.site.store.tails._reading() as work:
        texts = work.scalars(select(TailEntry.text).order_by(TailEntry.seq))
        entries = [json.loads(text) for text in texts]
    return [e for e in entries if e["kind"] == kind.value]
