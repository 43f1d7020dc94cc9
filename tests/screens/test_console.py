"""The proctor's console: one screen for a hall, one key for an act, and nothing silently lost."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest
from fake_board import PIN, SECOND_PIN, FakeBoard
from small_app import settle, text_of
from test_reach import CONSOLE_GLYPHS
from textual.pilot import Pilot

from kiosk.apps.console import ConsoleApp
from kiosk.exam.selection import STATES
from kiosk.hall.board.twin import TWICE
from kiosk.hall.hub.tails import BEHIND, SHORT
from kiosk.views.board import SeatState, Severity, SignedOut
from kiosk.views.order import Order, Verb
from screens.proctor.console.consolepage import ConsolePage
from screens.proctor.console.seatmap import SeatMap
from screens.proctor.console.sign import state_name
from screens.proctor.console.verb import OFFERS

pytestmark = pytest.mark.asyncio


class HeardApp(ConsoleApp):
    """Counts the bells and keeps the titles."""

    def __init__(self, board: FakeBoard) -> None:
        super().__init__(lambda: board)
        self.bells = 0
        self.titles: list[str] = []

    def bell(self) -> None:
        self.bells += 1

    def set_terminal_title(self, words: str) -> None:
        self.titles.append(words)


@dataclass
class Hall:
    """A console at work on a fake hall."""

    app: HeardApp
    pilot: Pilot
    board: FakeBoard

    @property
    def text(self) -> str:
        return text_of(self.app)

    @property
    def rows(self) -> list[str]:
        return self.text.splitlines()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await settle(self.pilot)

    async def type(self, words: str) -> None:
        await self.press(*words)

    async def pass_time(self, ms: int = 1000) -> None:
        self.board.pass_time(ms)
        await settle(self.pilot)

    async def until(self, holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 10
        while not holds():
            assert time.monotonic() < deadline, f"it never held; the screen was:\n{self.text}"
            await self.pilot.pause(0.02)
        await settle(self.pilot)

    async def sees(self, words: str) -> None:
        await self.until(lambda: words in self.text)

    async def ordered(self, many: int = 1) -> Order:
        await self.until(lambda: len(self.board.orders) == many)
        return replace(self.board.orders[-1], pin="")


@asynccontextmanager
async def at_the_door(board: FakeBoard, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Hall]:
    app = HeardApp(board)
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        yield Hall(app, pilot, board)


@asynccontextmanager
async def a_hall(board: FakeBoard | None = None, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Hall]:
    async with at_the_door(board or FakeBoard().trouble(), size) as hall:
        await hall.type(PIN)
        await hall.press("enter")
        await hall.sees("needs you")
        yield hall


# the door


async def test_nothing_of_the_hall_is_shown_before_a_pin() -> None:
    async with at_the_door(FakeBoard().trouble()) as hall:
        assert "Okafor" not in hall.text
        await hall.type("0000")
        assert "0000" not in hall.text
        await hall.press("enter")
        await hall.sees("! That is not a proctor's PIN. Wait 1 second")
        await hall.until(lambda: not hall.app.screen.query_one("#pin").disabled)
        await hall.type(PIN)
        await hall.press("enter")
        await hall.sees("Okafor, Anna · B-1042")
        assert "Mbeki, T." in hall.text


async def test_another_proctor_takes_over_with_another_pin() -> None:
    async with a_hall() as hall:
        await hall.press("f12")
        assert "Your PIN" in hall.text
        assert "Okafor" not in hall.text
        assert hall.board.signed_out == 1
        await hall.type(SECOND_PIN)
        await hall.press("enter")
        await hall.sees("Lindqvist, A.")
        await hall.press("r")
        assert (await hall.ordered()).seats == ("A1",)
        assert hall.board.orders[0].pin == SECOND_PIN


async def test_after_a_long_rest_the_map_stays_and_an_act_asks_for_the_pin(monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_hall() as hall:
        monkeypatch.setattr("kiosk.apps.console.REST_SECONDS", -1)
        hall.app.tick()
        monkeypatch.undo()
        await hall.press("u")
        await hall.sees("Nobody has touched this console for a while.")
        assert not hall.board.orders
        await hall.press("escape")
        assert "W 38%" in hall.text
        await hall.press("u")
        await hall.sees("Who acts?")
        await hall.type(SECOND_PIN)
        await hall.press("enter")
        await hall.ordered()
        assert hall.board.orders[0].pin == SECOND_PIN


async def test_a_hub_that_has_forgotten_who_is_here_is_told_again_and_nobody_notices(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with a_hall() as hall:
        told, known = [], []

        def sign_in(pin: str) -> str:
            known.append(pin)
            return "Mbeki, T."

        def announce(text: str, seats: tuple[str, ...] = (), question: str | None = None) -> str:
            if not known:
                raise SignedOut("Nobody is signed in at this console any more.")
            told.append(text)
            return "s0"

        monkeypatch.setattr(hall.board, "sign_in", sign_in)
        monkeypatch.setattr(hall.board, "announce", announce)
        await hall.press("n")
        await hall.type("Quiet please")
        await hall.press("enter", "enter")
        await hall.sees("Announced.")
        assert told == ["Quiet please"]
        assert known == [PIN]


async def test_the_door_says_that_the_hub_is_lost() -> None:
    async with at_the_door(FakeBoard().trouble()) as hall:
        assert "Biology II" in hall.text
        hall.board.lose_hub()
        await hall.sees("No answer from the hub for 0:00. Still trying.")
        hall.board.find_hub()
        await hall.sees("Biology II")


# the map


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (132, 50)])
async def test_the_counts_are_always_in_sight(size: tuple[int, int]) -> None:
    async with a_hall(size=size) as hall:
        words = ["exp 58", "pres 57", "work 50", "away 1", "in 1", "seal 1", "cent 1"]
        if size[0] > 60:
            words = ["expected 58", "present 57", "working 50", "away 1", "handed in 1", "sealed 1", "central 1"]
        for word in words:
            assert word in "\n".join(hall.rows[:2])
        assert hall.rows[0].rstrip().endswith("10:41:20")


async def test_seats_stand_as_in_the_room_with_letter_and_number() -> None:
    async with a_hall() as hall:
        row_a, row_d = (next(r for r in hall.rows if r.startswith(f" {name} ")) for name in "AD")
        assert row_a.split()[:3] == ["A", "▶W", "38%"]
        for cell in ("L 42s▲", "W 31%·"):
            assert cell in row_a
        for cell in ("H   ↑", "S  ↑↑", "K  1m"):
            assert cell in row_d
        assert "P  2m!" in hall.text
        assert "A  4m" in hall.text
        await hall.press("f6")
        assert "seats · time left" in hall.text
        assert "W 102" in hall.text
        await hall.press("f6")
        assert "W  0s" in hall.text


async def test_250_seats_are_on_one_screen_and_each_has_its_letter() -> None:
    board = FakeBoard(10, 25).trouble()
    async with a_hall(board, (132, 50)) as hall:
        drawn = [row[: row.index("│")] for row in hall.rows[3:] if "│" in row]
        letters = sum(char.isalpha() and char.isupper() for row in drawn for char in row[3:])
        empty = sum(line.state is SeatState.EMPTY for line in board.lines.values())
        assert letters == 250 - empty
        assert sum(row.count(" - ") + row.endswith("- ") for row in drawn) >= empty - 2
        assert "A1 · Okafor, Anna · B-1042" in hall.text


@pytest.mark.parametrize("size", [(60, 20), (80, 24)])
async def test_250_seats_can_be_walked_on_a_small_screen(size: tuple[int, int]) -> None:
    async with a_hall(FakeBoard(20, 12), size) as hall:
        await hall.press("end")
        assert hall.rows[-3].startswith(" T12 ")
        assert any(row.startswith(" T ") for row in hall.rows)
        assert not any(row.startswith(" A ") for row in hall.rows)
        await hall.press("home")
        assert any(row.startswith(" A ") for row in hall.rows)


@pytest.mark.parametrize(("kind", "words"), [(BEHIND, SHORT), (TWICE, "A12 and A14: Okafor, Anna (B-1042)")])
async def test_what_the_hub_noticed_is_read_on_one_line_of_a_small_screen(kind: str, words: str) -> None:
    board = FakeBoard()
    board.raise_attention("a-1", "A12", kind, Severity.WARN, words, age_ms=3_725_000)
    async with a_hall(board) as hall:
        assert words in next(row for row in hall.rows if kind in row)


async def test_only_lines_that_changed_are_drawn() -> None:
    async with a_hall(FakeBoard(10, 25).trouble(), (132, 50)) as hall:
        seats = hall.app.screen.query_one(SeatMap)
        drawn = seats.drawn
        hall.app.tick()
        await settle(hall.pilot)
        assert seats.drawn == drawn
        hall.board.change("C7", percent=77)
        hall.app.tick()
        await settle(hall.pilot)
        assert seats.drawn - drawn == 1
        assert "77" in hall.text


async def test_a_frame_of_250_seats_costs_less_than_a_tenth_of_its_second() -> None:
    async with a_hall(FakeBoard(10, 25).trouble(), (132, 50)) as hall:
        best = 1.0
        for _ in range(5):
            hall.board.pass_time(1000, lively=True)
            began = time.perf_counter()
            hall.app.tick()
            best = min(best, time.perf_counter() - began)
            await settle(hall.pilot)
        assert best < 0.1


async def test_quiet_seats_hide_and_what_needs_somebody_stays() -> None:
    async with a_hall() as hall:
        await hall.press("down", "f3")
        assert "quiet seats hidden" in hall.text
        assert "L 42s▲" in hall.text
        assert "P  2m!" in hall.text
        assert "W 38%" not in hall.text
        await hall.press("f3")
        assert "W 38%" in hall.text


async def test_the_map_stays_readable_without_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with a_hall() as hall:
        assert hall.app.no_color
        await hall.press("space", "right")
        for cell in ("•W 38%", "▶W 40%", "L 42s▲", "▲ alarm", "! warn", "· note"):
            assert cell in hall.text


# selecting


async def test_seats_are_chosen_by_space_words_state_all_none_and_the_others() -> None:
    async with a_hall() as hall:
        assert "0 selected · keys act on A1" in hall.text
        await hall.press("space", "right", "space")
        assert "2 selected  A1,A2" in hall.text
        await hall.press("space")
        assert "1 selected  A1" in hall.text
        await hall.press("asterisk")
        assert "59 selected" in hall.text
        await hall.press("ctrl+a")
        assert "60 selected" in hall.text
        await hall.press("escape")
        assert "0 selected" in hall.text
        await hall.press("equals_sign")
        assert "50 selected" in hall.text
        await hall.press("slash")
        await hall.type("A1-A9,B3 !extended")
        assert "9 seats" in hall.text
        await hall.press("enter")
        assert "9 selected  A1-A9" in hall.text
        await hall.press("ctrl+f")
        await hall.type("-A2")
        await hall.press("enter")
        assert "8 selected  A1,A3-A9" in hall.text


async def test_a_word_that_is_not_known_is_told_while_it_is_typed_and_changes_nothing() -> None:
    async with a_hall() as hall:
        await hall.press("space", "slash")
        await hall.type("workin")
        assert "! “workin” is neither a seat nor a word known here. Do you mean “working”?" in hall.text
        await hall.press("enter", "escape")
        assert "1 selected  A1" in hall.text


async def test_letters_typed_into_the_line_are_no_acts() -> None:
    async with a_hall() as hall:
        await hall.press("slash")
        await hall.type("spread")
        await hall.press("escape")
        assert not hall.board.orders
        assert "Reason" not in hall.text


async def test_the_language_and_the_board_know_the_same_states() -> None:
    assert {state_name(state) for state in SeatState} == set(STATES)


# acting


async def test_one_key_acts_on_many_refuses_some_with_why_and_does_the_rest() -> None:
    async with a_hall() as hall:
        await hall.press("slash")
        await hall.type("B1-B3,C5,C10")
        await hall.press("enter", "l")
        assert "Lock: 5 seats (B1,B2,B3,C5,C10)" in hall.text or "Lock: 5 seats (B1-B3,C5,C10)" in hall.text
        assert "Now: 2 working, 1 paused, 1 away and 1 other." in hall.text
        await hall.press("down", "enter")
        await hall.sees("3 of 5 locked, 2 refused.")
        assert "! C5     refused This is not possible now: the seat is away." in hall.text
        assert "■ B1     done    locked" in hall.text
        order = await hall.ordered()
        assert order == Order(verb=Verb.LOCK, seats=("B1", "B2", "B3", "C5", "C10"), reason="equipment")
        await hall.press("tab", "enter")
        assert "2 selected  C5,C10" in hall.text


async def test_with_nothing_selected_a_key_acts_on_the_seat_under_the_cursor() -> None:
    async with a_hall() as hall:
        await hall.press("down", "down", "p", "down", "down", "enter")
        assert await hall.ordered() == Order(verb=Verb.PAUSE, seats=("C1",), reason="power")
        await hall.sees("! C1 · Berg, Anna · B-1062: paused.")
        await hall.press("r")
        assert (await hall.ordered(2)).verb is Verb.RESUME


async def test_an_act_without_fields_begins_on_the_safe_answer() -> None:
    async with a_hall() as hall:
        await hall.press("s")
        assert "▶ Back, do nothing" in hall.text
        await hall.press("enter")
        assert not hall.board.orders
        await hall.press("a", "tab", "enter")
        assert (await hall.ordered()).verb is Verb.ABSENT
        await hall.sees("Understood")


async def test_an_extension_shows_old_and_new_end_and_asks_for_a_second_person_above_15_minutes() -> None:
    async with a_hall() as hall:
        await hall.press("e", "1", "0")
        assert "Left 1:42:07 → 1:52:07, ends 12:23 → 12:33" in hall.text
        assert "second person" not in hall.text
        await hall.press("enter", "down", "enter")
        assert await hall.ordered() == Order(verb=Verb.EXTEND, seats=("A1",), amount_ms=600_000, reason="equipment")
        await hall.press("e", "2", "0", "enter", "down", "enter")
        assert "Second PIN (over 15 min in all; a chief needs none)" in hall.text
        await hall.type(SECOND_PIN)
        assert SECOND_PIN not in hall.text
        await hall.press("enter")
        order = await hall.ordered(2)
        assert (order.amount_ms, order.second_pin) == (1_200_000, SECOND_PIN)
        assert SECOND_PIN not in repr(order)


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (("e", "enter", "down", "enter"), "! Type the minutes: 1 to 1440."),
        (("p", "tab", "tab", "enter"), "! Choose a reason."),
        (("m", "tab", "enter"), "! Type some words."),
        (("h", "down", "enter", "enter"), "! A second person must type a PIN."),
        (("t", "z", "9", "enter", "down", "enter"), "! There is no such seat in this hall."),
        (("t", "a", "2", "enter", "down", "enter"), "! Somebody is at A2, or expected there."),
    ],
)
async def test_what_is_missing_is_told_and_nothing_is_done(keys: tuple[str, ...], words: str) -> None:
    async with a_hall() as hall:
        await hall.press(*keys)
        assert words in " ".join(hall.text.replace("│", " ").split())
        assert not hall.board.orders
        await hall.press("escape")
        assert not hall.board.orders


async def test_a_wrong_second_pin_is_refused_in_words() -> None:
    async with a_hall() as hall:
        await hall.press("h", "down", "enter", *PIN, "enter")
        await hall.sees("The second PIN must be another proctor's. Wait 2 seconds")
        assert not hall.board.orders


async def test_a_sitting_moves_to_an_empty_seat() -> None:
    async with a_hall() as hall:
        await hall.press("t", "c", "1", "0", "enter", "down", "enter")
        assert await hall.ordered() == Order(verb=Verb.MOVE, seats=("A1",), reason="equipment", target="C10")
        await hall.press("space", "right", "space", "t")
        assert "Move one seat after another: select only one." in hall.text


async def test_ready_words_can_be_sent_and_changed() -> None:
    async with a_hall() as hall:
        await hall.press("m", "down", "enter", "enter")
        assert (await hall.ordered()).text == "Please wait, somebody is coming to you."


async def test_an_act_is_taken_back_by_an_act() -> None:
    async with a_hall() as hall:
        await hall.press("e", "5", "enter", "down", "enter")
        await hall.ordered()
        assert hall.board.lines["A1"].left_ms == 6_427_000
        await hall.press("z")
        await hall.sees("can undo  Mbeki, T.")
        await hall.press("enter")
        assert "▶ Leave it" in hall.text
        await hall.press("tab", "enter")
        order = await hall.ordered(2)
        assert (order.verb, order.attention_id, order.seats) == (Verb.UNDO, "d0", ("A1",))
        await hall.sees("A1 · Okafor, Anna · B-1042: taken back.")
        assert hall.board.lines["A1"].left_ms == 6_127_000


async def test_the_whole_hall_is_paused_and_goes_on_after_a_question() -> None:
    async with a_hall() as hall:
        await hall.press("f8")
        assert "Pause: the whole hall" in hall.text
        await hall.press("down", "down", "down", "down", "enter")
        assert await hall.ordered() == Order(verb=Verb.PAUSE, seats=(), reason="fire alarm")
        await hall.sees("hall paused")
        await hall.press("f8")
        assert "Resume: the whole hall" in hall.text
        assert "▶ Back, do nothing" in hall.text
        await hall.press("tab", "enter")
        assert (await hall.ordered(2)).verb is Verb.RESUME
        await hall.until(lambda: "hall paused" not in hall.rows[0])


async def test_every_verb_of_the_board_has_a_key() -> None:
    letters = [offer.letter for offer in OFFERS]
    assert {offer.verb for offer in OFFERS} | {Verb.CREDIT, Verb.CAUSE, Verb.UNDO} == set(Verb)
    assert len(set(letters)) == len(letters)
    assert not set(letters) & set("CXZNY")


# what needs somebody


async def test_a_new_alarm_rings_once_changes_the_title_and_stays_until_noted() -> None:
    async with a_hall(FakeBoard()) as hall:
        assert hall.app.bells == 0
        assert hall.app.titles[-1] == "Hall 2 · Biology II"
        hall.board.raise_attention("x", "B2", "lost", Severity.ALARM, "no word from the seat")
        await hall.pass_time()
        await hall.pass_time()
        assert hall.app.bells == 1
        assert hall.app.titles[-1] == "(1) Hall 2 · Biology II"
        hall.board.attention["x"] = replace(hall.board.attention["x"], is_over=True)
        await hall.pass_time(58_000)
        assert "▲ alarm B2    lost         1:00  no word from the seat (over)" in hall.text
        await hall.press("tab", "space")
        await hall.sees("Nothing needs you.")
        assert hall.app.titles[-1] == "Hall 2 · Biology II"


async def test_a_warning_does_not_ring() -> None:
    async with a_hall(FakeBoard()) as hall:
        hall.board.raise_attention("x", "B2", "slow", Severity.WARN, "slow")
        await hall.pass_time()
        assert "! warn  B2" in hall.text
        assert hall.app.bells == 0


async def test_the_worst_stands_first_and_the_cursor_stays_on_what_it_was_on() -> None:
    async with a_hall() as hall:
        await hall.press("tab", "down")
        hall.board.raise_attention("x", "F1", "lost", Severity.ALARM, "no word", 60_000)
        await hall.pass_time(0)
        listed = [row for row in hall.rows if " alarm " in row or " warn " in row or " note " in row]
        assert [row.split()[2] if row[1] != "▶" else row.split()[1] for row in listed][:2] == ["F1", "A7"]
        assert any(row.startswith("▶! warn  B3") for row in listed)
        assert hall.rows[-3].startswith(" B3 ")


async def test_one_key_credits_what_an_incident_has_cost() -> None:
    async with a_hall() as hall:
        await hall.press("c")
        assert "Nothing is proposed for this seat." in hall.text
        await hall.press("f5", "f5", "c")
        order = await hall.ordered()
        assert order == Order(verb=Verb.CREDIT, seats=("B3",), amount_ms=130_000, attention_id="a2")
        await hall.sees("B3 · Weber, Ines · B-1054: 2:10 credited.")


def a_gap(cause: str, proposal_ms: int | None, charge_ms: int | None) -> FakeBoard:
    """Return a hall in which B2 came back after it stood still, in milliseconds."""
    board = FakeBoard()
    told = {"cause": cause, "proposal_ms": proposal_ms, "charge_ms": charge_ms}
    board.raise_attention("g", "B2", "gap", Severity.WARN, "stood still, ms: 130000", 5_000, **told)
    return board


async def test_one_key_settles_a_gap_as_its_cause_says_and_another_changes_the_cause() -> None:
    async with a_hall(a_gap("equipment", 130_000, 0)) as hall:
        await hall.press("x")
        assert "No time was lost at this seat" in hall.text
        await hall.sees("C charges nothing · X equipment")
        await hall.press("f5", "x")
        assert "▶ equipment: the time is given back" in hall.text
        await hall.press("down", "down", "enter")
        order = await hall.ordered()
        assert order == Order(verb=Verb.CAUSE, seats=("B2",), reason="candidate", attention_id="g")
        await hall.sees("C charges 2:10 · X candidate")
        await hall.press("c")
        order = await hall.ordered(2)
        assert order == Order(verb=Verb.CREDIT, seats=("B2",), amount_ms=130_000, attention_id="g")
        await hall.sees("gap charged.")
        assert not hall.board.attention


async def test_what_a_chief_must_decide_is_not_settled_by_one_key() -> None:
    async with a_hall(a_gap("unclear", None, None)) as hall:
        await hall.press("f5", "c")
        assert "The rule proposes nothing by this cause." in hall.text
        await hall.press("x", "escape")
        assert not hall.board.orders


async def test_a_gap_is_settled_by_its_verb_with_minutes_a_reason_and_a_second_pin() -> None:
    async with a_hall(a_gap("unclear", None, None)) as hall:
        await hall.press("f5", "v")
        assert "Minutes that count as used" in hall.text
        await hall.press("2", "enter", *["down"] * 5, "enter", *SECOND_PIN, "enter")
        order = await hall.ordered()
        assert (order.verb, order.seats, order.amount_ms) == (Verb.CHARGE_GAP, ("B2",), 120_000)
        assert (order.reason, order.second_pin) == ("rest break", SECOND_PIN)


async def test_note_is_taken_of_what_the_seat_under_the_cursor_needs() -> None:
    async with a_hall() as hall:
        await hall.press("y")
        assert "Nothing about this seat needs anybody." in hall.text
        await hall.press(*["right"] * 6, "y")
        await hall.until(lambda: "a1" not in hall.board.attention)
        assert set(hall.board.attention) == {"a2", "a3"}


# the card


async def test_the_card_shows_times_levels_and_the_story_and_acts_on_its_seat() -> None:
    async with a_hall() as hall:
        await hall.press("down", "right", "right", "enter")
        await hall.sees("incidents and events")
        for words in (
            "B3 · Weber, Ines · B-1054 · +25 % · rest breaks",
            "paused · Biology II · section Cells",
            "used 57:53   left 1:42:07",
            "saved hall",
            "lag 0 s",
            "power: the screen went dark",
            "paused: equipment (Mbeki, T.)",
        ):
            assert words in hall.text
        await hall.press("r")
        assert (await hall.ordered()).seats == ("B3",)
        await hall.press("escape")
        assert "needs you" in hall.text


async def test_a_seat_without_a_candidate_has_no_card_and_says_so() -> None:
    async with a_hall() as hall:
        await hall.press("down", "down", *["right"] * 9, "enter")
        await hall.sees("Nobody sits at C10.")


async def test_beside_the_map_stands_the_card_of_the_seat_under_the_cursor() -> None:
    async with a_hall(size=(132, 50)) as hall:
        await hall.press("right")
        await hall.sees("─ A2 · Enter opens the card")
        await hall.sees("A2 · Sato, Ewa")


# announcements


async def test_an_announcement_is_looked_at_once_more_and_its_readers_are_counted() -> None:
    async with a_hall() as hall:
        await hall.press("n")
        await hall.type("Page 3 line 2: read 5 for 6.")
        await hall.press("enter")
        assert not hall.board.said
        await hall.press("enter")
        await hall.until(lambda: len(hall.board.said) == 1)
        await hall.press("f4")
        await hall.sees("58         58     19   Page 3 line 2: read 5 for 6.")
        await hall.press("escape")
        assert "needs you" in hall.text


async def test_an_announcement_can_go_to_the_selected_seats() -> None:
    async with a_hall() as hall:
        await hall.press("space", "right", "space", "n")
        await hall.sees("Announce to 2 selected seats")
        await hall.press("escape", "left", "space", "n")
        await hall.sees("Announce to 1 selected seat")
        assert "selected seats" not in hall.text
        await hall.type("Stay.")
        await hall.press("enter", "enter")
        await hall.until(lambda: bool(hall.board.said))
        assert hall.board.said[0].seats == 1


# the hub


async def test_without_the_hub_the_last_state_is_grey_with_words_and_acts_are_refused() -> None:
    async with a_hall() as hall:
        hall.board.lose_hub()
        await hall.sees("hub lost")
        assert "No word from the hub for 0:0" in hall.text
        assert "shown as of 10:41:20" in hall.text
        assert "W 38%" in hall.text
        for key in ("p", "r", "f8", "n"):
            await hall.press(key)
            assert "The hall's hub does not answer" in hall.text
            await hall.press("enter")
        assert not hall.board.orders
        hall.board.find_hub()
        await hall.until(lambda: "hub lost" not in hall.text)
        await hall.press("r")
        await hall.ordered()


async def test_an_order_begun_before_the_hub_was_lost_is_not_sent_after() -> None:
    async with a_hall() as hall:
        await hall.press("p", "down")
        hall.board.lose_hub()
        await hall.until(lambda: not hall.app.screen_stack[2].board.is_connected)
        await hall.press("enter")
        assert "The hall's hub does not answer" in hall.text
        assert not hall.board.orders


# everywhere


async def test_foreign_words_steer_nothing() -> None:
    board = FakeBoard().trouble()
    nasty = "[@click=app.leave]x[/]\x1b]2;evil\x07\u202eY"
    board.change("A1", candidate=nasty, roll_number=nasty, test=nasty)
    board.raise_attention("n", "A1", nasty, Severity.ALARM, nasty)
    async with a_hall(board, (132, 50)) as hall:
        assert "[@click=app.leave]x[/]" in hall.text
        await hall.press("p", "escape", "enter")
        await hall.sees("incidents and events")
        assert "\x1b" not in hall.text
        assert "\u202e" not in hall.text


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (132, 50)])
async def test_every_glyph_is_in_the_console_s_font_and_every_dialog_fits(size: tuple[int, int]) -> None:
    async with a_hall(size=size) as hall:
        for offer in OFFERS:
            await hall.press("ctrl+a") if not offer.target else await hall.press("escape")
            if offer.letter == "E":
                await hall.press("e", "2", "0")
            else:
                await hall.press(offer.letter.lower())
            assert set(hall.text) <= CONSOLE_GLYPHS
            assert "Back, do nothing" in hall.text
            await hall.press("escape")
        for key in ("f1", "f4", "z", "f10"):
            await hall.press(key)
            await hall.pilot.pause(0.05)
            assert set(hall.text) <= CONSOLE_GLYPHS
            await hall.press("escape")


async def test_the_map_goes_where_the_list_is_as_soon_as_the_list_has_the_keys() -> None:
    async with a_hall() as hall:
        assert hall.app.screen.query_one(SeatMap).cursor == "A1"
        await hall.press("tab")
        assert hall.app.screen.query_one(SeatMap).cursor == "A7"
        assert "A7 · " in hall.text


async def test_who_has_not_come_yet_is_expected_and_has_no_times() -> None:
    board = FakeBoard()
    board.lines["A1"] = replace(board.lines["A1"], state=SeatState.EMPTY, percent=None, left_ms=None)
    async with a_hall(board) as hall:
        assert "expected" in hall.rows[-3]
        await hall.press("enter")
        await hall.sees("expected · Biology II")
        assert "not begun" in hall.text
        assert "used" not in hall.text


async def test_tab_goes_between_map_and_list() -> None:
    async with a_hall() as hall:
        assert [type(w).__name__ for w in hall.app.screen.focus_chain] == ["SeatMap", "AttentionList"]
        await hall.press("tab")
        assert type(hall.app.focused).__name__ == "AttentionList"


async def test_the_mouse_walks_selects_opens_and_presses_keys() -> None:
    async with a_hall() as hall:
        await hall.pilot.click(SeatMap, offset=(11, 2))
        await settle(hall.pilot)
        assert hall.rows[-3].startswith(" B2 ")
        await hall.pilot.click(SeatMap, offset=(18, 2), control=True)
        await settle(hall.pilot)
        assert "1 selected  B3" in hall.text
        await hall.pilot.click("VerbBar", offset=(2, 0))
        await settle(hall.pilot)
        assert "Pause: B3" in hall.text
        await hall.press("escape")
        await hall.pilot.click("AttentionList", offset=(12, 0), times=2)
        await hall.sees("A7 · Moreau")
        await hall.sees("incidents and events")


async def test_every_binding_has_an_id_and_words_and_the_help_lists_them() -> None:
    async with a_hall(size=(132, 50)) as hall:
        screen = hall.app.screen
        assert isinstance(screen, ConsolePage)
        ids = []
        for node in (screen, *screen.focus_chain, *screen.query("Prompt")):
            for kind in type(node).__mro__:
                if kind.__module__.startswith("screens"):
                    for binding in kind.__dict__.get("BINDINGS", ()):
                        assert binding.id
                        assert binding.tooltip
                        ids.append((kind, binding.id))
        assert len(ids) == len(set(ids))
        words = " ".join(f"{key} {told}" for key, told in screen.key_rows())
        for letter in "SPREBLUMITHODAKCZNY":
            assert f"{letter} " in words
        assert "/ or Ctrl+F Select: seats, states, numbers" in words
        await hall.press("f1")
        assert "P  " in hall.text


async def test_leaving_asks_and_says_that_the_hall_goes_on() -> None:
    async with a_hall() as hall:
        await hall.press("ctrl+q", "ctrl+c")
        await hall.press("f10")
        assert "The hall and every seat go on without it." in hall.text
        assert "▶ Stay here" in hall.text
        await hall.press("enter")
        assert hall.app.is_running
        await hall.press("f10", "tab", "enter")
        await hall.until(lambda: hall.app.return_code == 0)
