"""Hostile consoles and clocks that are set: what a token alone is worth, and who is shut out by whom."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from boardroom import Room, a_room
from builders import a_clock
from house import PIN, SEAT, SECOND_PIN
from kiosk.apps.console import ConsoleApp
from kiosk.exam.error import Denied, KioskError, Refused
from kiosk.ground.door import LONGEST_WAIT
from kiosk.hall.hub.session import Session
from kiosk.hall.hub.ticket import Tickets
from kiosk.views.order import CodeWish, Order, Verb
from kiosk.wire.console import CONSOLE_MESSAGE

WRONG = "000000"


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return a_room(tmp_path)


def call(method: str, **fields: object):
    """Return a call as it comes from the wire."""
    return CONSOLE_MESSAGE.validate_json(
        json.dumps({"type": "call", "id": 1, "call": {"method": method, **fields}})
    ).call


def test_wrong_pins_at_one_console_shut_out_that_one_alone(room: Room) -> None:
    hostile, honest = room.room.board("10.0.0.66"), room.room.board("10.0.0.5")
    for _ in range(3):
        with pytest.raises(Denied, match="not right"):
            hostile.sign_in(WRONG)
    with pytest.raises(Denied, match="Too many"):
        hostile.sign_in(PIN)
    assert honest.sign_in(PIN)
    with pytest.raises(Denied, match="Too many"):
        room.room.board("10.0.0.66").sign_in(PIN)


def test_wrong_pins_of_orders_and_codes_count_where_they_were_tried(room: Room) -> None:
    hostile, honest = room.room.board("10.0.0.66"), room.room.board("10.0.0.5")
    room.begin()
    wish = CodeWish(seat=SEAT, challenge="", act="pause", amount_ms=0, reason="x", pin=WRONG, second_pin=None)
    tries = 0
    while True:
        tries += 1
        try:
            hostile.carry_out(room_order(pin=WRONG))
        except Denied as denial:
            if "Too many" in denial.message:
                break
    assert tries == 4
    with pytest.raises(KioskError):
        hostile.code(wish)
    (outcome,) = honest.carry_out(room_order(pin=PIN))
    assert outcome.seat == SEAT


def room_order(**changes: object):
    """Return an order to pause the first seat."""
    return Order(**{"verb": Verb.PAUSE, "seats": (SEAT,), "reason": "power"} | changes)


@pytest.mark.parametrize("hours", [1, 24, 24 * 400])
def test_a_hub_whose_clock_is_set_back_shuts_nobody_out_for_longer_than_their_tries_do(room: Room, hours: int) -> None:
    board = room.room.board("10.0.0.5")
    for _ in range(3):
        with pytest.raises(Denied):
            board.sign_in(WRONG)
    room.house.clock.step_wall(-hours * 3_600_000)
    with pytest.raises(Denied) as shut:
        board.sign_in(PIN)
    assert 0 < shut.value.wait_seconds <= LONGEST_WAIT
    room.pass_time(shut.value.wait_seconds * 1_000)
    assert board.sign_in(PIN)


def test_a_token_alone_sees_no_seat_and_asks_nothing(room: Room) -> None:
    room.begin()
    session = Session(room.board, Tickets(b"k" * 32, room.house.clock), room.house.clock)
    seen = session.sight_of(room.look())
    assert (seen.seats, seen.attention, seen.rows) == ((), (), 0)
    for method, fields in {"card": {"seat": SEAT}, "deeds": {}, "closeout": {}, "preflight": {}}.items():
        assert session.answer(call(method, **fields)).fault.kind == "Denied"


def test_a_ticket_of_another_hall_or_a_past_day_opens_nothing(room: Room) -> None:
    clock = a_clock()
    ours, theirs = Tickets(b"k" * 32, clock), Tickets(b"x" * 32, clock)
    ticket = ours.make()
    later = f"{int(ticket.partition('.')[0]) + 1}.{ticket.partition('.')[2]}"
    assert [ours.holds(t) for t in (ticket, theirs.make(), later)] == [True, False, False]
    clock.advance(12 * 3_600_000)
    assert not ours.holds(ticket)


def test_the_second_person_is_somebody_else_and_on_duty(room: Room) -> None:
    room.begin()
    for second in (PIN, WRONG):
        with pytest.raises(Denied):
            room.order(Verb.END, SEAT, reason="x", second_pin=second)
    assert room.order(Verb.END, SEAT, reason="x", second_pin=SECOND_PIN)


def test_an_order_that_is_not_of_this_hall_is_not_undone(room: Room) -> None:
    room.begin()
    with pytest.raises(Refused):
        room.order(Verb.UNDO, attention_id="0" * 32)


@pytest.mark.parametrize("seats", [100_000, 2_001])
def test_a_selection_larger_than_any_hall_is_not_read(seats: int) -> None:
    with pytest.raises(ValidationError):
        call("announce", text="x", seats=["A1"] * seats, question=None)


async def test_words_of_seats_and_proctors_steer_no_console(room: Room) -> None:
    room.begin(hand=True, failure="[red]\x1b[31m[/nothing][@click=app.quit]x", section="[bold")
    room.look()
    room.board.sign_in(PIN)
    room.board.announce("[red]\x1b]0;owned\x07[/wrong] [@click=app.quit]go[/]", [SEAT])
    room.look()
    app = ConsoleApp(room.room.board)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press(*PIN, "enter")
        await pilot.pause()
        shown = "\n".join(
            "".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()
        )
        assert "\x1b" not in shown
        assert "\x07" not in shown
        assert app.is_running
        assert "[red]" in shown, "markup is shown as it was typed"
