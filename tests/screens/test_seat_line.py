"""The seat's own App over a real line to a real hub: what its hall orders and says while somebody types."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from small_app import Stage, settle

from house import CODE, PIN, ROLL, SECOND_PIN, a_house
from kiosk.apps.seat import SeatApp
from kiosk.exam.attempt import Phase
from kiosk.hall.board.board import HallBoard
from kiosk.views.board import SeatLine, SeatState
from kiosk.views.order import Order, Verb
from kiosk.wire.policy import HallPolicyDocument
from live_hub import LiveHub, Seat, a_live_hub
from screens.messages import QuestionAsked

pytestmark = pytest.mark.asyncio
ESSAY, SEAT, OTHER = "writing-1", "A12", "A13"
PATIENCE = 60


@dataclass
class Day:
    """A hub, one seat with its App under a pilot, and a proctor at the board."""

    hub: LiveHub
    seat: Seat
    stage: Stage
    board: HallBoard

    async def order(self, verb: Verb, **more: object) -> None:
        """Give an order for the seat, which the hall takes."""
        asked = Order(verb=verb, seats=(SEAT,), pin=PIN, **more)
        (outcome,) = await asyncio.to_thread(self.board.carry_out, asked)
        assert outcome.done, outcome.words

    async def begin(self) -> None:
        """Open the only test there is, and press Start."""
        await self.stage.press("enter")
        await self.sees("Start the test")
        await self.stage.press("left", "enter")

    async def sees(self, words: str) -> None:
        """Wait until the candidate sees some words."""
        await self.stage.until(lambda: words in self.stage.text, PATIENCE)

    @property
    def text(self) -> str:
        """The essay, as it stands in the journal."""
        answer = self.seat.desk.state().answers.get(ESSAY)
        return answer.text if answer is not None else ""

    @property
    def kinds(self) -> set[str]:
        """What needs somebody in the hall, by the board drawn now."""
        return {a.kind for a in self.hub.site.boardroom.watch.look_afresh().attention}

    @property
    def line(self) -> SeatLine:
        """The seat on the board, drawn now."""
        state = self.hub.site.boardroom.watch.look_afresh()
        return next(s for s in state.seats if s.seat == SEAT)


@asynccontextmanager
async def a_day(folder: Path, start: str = "own") -> AsyncIterator[Day]:
    house = a_house(folder)
    with a_live_hub(house) as hub:
        hall = hub.site.hub.hall
        hall.custody.decide(HallPolicyDocument(version=1, seal_stores=False, start=start), PIN, SECOND_PIN)
        board = hub.site.boardroom.board()
        board.sign_in(PIN)
        hub.connect(OTHER)
        seat = hub.seat(SEAT)
        app = SeatApp(SEAT, lambda: seat.desk)
        async with app.run_test(size=(80, 24)) as pilot:
            stage = Stage(app, pilot, [])
            day = Day(hub, seat, stage, board)
            await stage.until(lambda: app.desk is not None)
            await stage.press(*ROLL, "tab", *CODE, "enter")
            await day.sees("Is this you?")
            await stage.press("enter")
            await day.sees("My tests")
            if start == "own":
                await day.begin()
            yield day


@asynccontextmanager
async def at_the_essay(folder: Path) -> AsyncIterator[Day]:
    async with a_day(folder) as day:
        await day.stage.until(lambda: day.stage.app.in_sitting, PATIENCE)
        day.stage.app.post_message(QuestionAsked(ESSAY))
        await day.stage.until(lambda: day.seat.desk.state().question_id == ESSAY)
        await settle(day.stage.pilot)
        yield day


@pytest.mark.parametrize(
    ("verb", "more", "stops", "stands", "back"),
    [
        (Verb.PAUSE, {"reason": "power"}, "The exam is paused", SeatState.PAUSED, Verb.RESUME),
        (Verb.LOCK, {"reason": "other"}, "This seat is locked", SeatState.LOCKED, Verb.UNLOCK),
    ],
)
async def test_a_hall_stops_a_seat_in_the_middle_of_a_word(tmp_path: Path, verb, more, stops, stands, back) -> None:
    async with at_the_essay(tmp_path) as day:
        await day.stage.pilot.press(*"cells gr")
        await day.order(verb, **more)
        await day.sees(stops)
        assert day.text == "cells gr"
        await day.stage.until(lambda: day.line.state is stands, PATIENCE)
        await day.stage.pilot.press(*"xx")
        await day.order(back)
        await day.stage.until(lambda: day.seat.desk.state().phase is Phase.RUNNING, PATIENCE)
        await settle(day.stage.pilot)
        await day.stage.pilot.press(*"ow")
        await day.stage.until(lambda: day.text == "cells grow")


async def test_more_time_an_announcement_and_a_correction_take_no_key_from_whoever_types(tmp_path: Path) -> None:
    async with at_the_essay(tmp_path) as day:
        stage, before = day.stage, day.seat.desk.time_left().test_ms
        await stage.pilot.press(*"cells")
        await day.order(Verb.EXTEND, amount_ms=600_000, reason="power")
        await stage.until(lambda: day.seat.desk.time_left().test_ms > before, PATIENCE)
        await stage.pilot.press(*" grow")
        await asyncio.to_thread(day.board.announce, "The alarm was false.")
        await day.sees("F12 reads 1 message")
        await stage.pilot.press(*" fast")
        await asyncio.to_thread(day.board.announce, "Read 'animal' for 'plant'.", (), ESSAY)
        await day.sees("Correction: Read 'animal'")
        await stage.until(lambda: day.text == "cells grow fast")
        await stage.press("f12")
        await stage.until(lambda: all(m.is_read for m in day.seat.desk.messages()), PATIENCE)
        await stage.until(lambda: [a.read for a in day.board.announcements()] == [1, 1], PATIENCE)


async def test_a_raised_hand_is_seen_on_the_board(tmp_path: Path) -> None:
    async with at_the_essay(tmp_path) as day:
        await day.stage.press("f11")
        await day.stage.press("enter")
        await day.stage.until(lambda: "hand" in day.kinds, PATIENCE)


async def test_a_hall_starts_who_waits_together(tmp_path: Path) -> None:
    async with a_day(tmp_path, start="together") as day:
        await day.sees("Please wait for the proctor to start.")
        assert not day.stage.app.in_sitting
        await day.order(Verb.START)
        await day.sees("You may start now.")
        await day.stage.press("f5")
        await day.begin()
        await day.stage.until(lambda: day.stage.app.in_sitting, PATIENCE)


async def test_a_sitting_that_is_moved_takes_every_letter_with_it(tmp_path: Path) -> None:
    async with at_the_essay(tmp_path) as day:
        await day.stage.pilot.press(*"cells grow")
        await day.order(Verb.MOVE, target=OTHER, reason="equipment")
        await day.sees("This sitting goes on at another seat")
        new = await asyncio.to_thread(day.hub.begun, OTHER, ROLL, CODE)
        assert new.desk.state().answers[ESSAY].text == "cells grow"
