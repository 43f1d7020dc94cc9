"""The console before, beside and after the exam: pre-flight, check-in, errata, codes, close-out."""

import time

import pytest
from fake_board import PIN, FakeBoard
from test_console import a_hall
from test_reach import CONSOLE_GLYPHS

from kiosk.exam.act_code import Setting, challenge_of
from kiosk.views.order import Verb

pytestmark = pytest.mark.asyncio
CHALLENGE = challenge_of(b"k" * 32, Setting(seat="A7", candidate_id="c", submission_id="s"), "n")
SIZES = [(80, 24), (132, 50)]


def plain(text: str) -> str:
    return " ".join(text.replace("│", " ").split())


# pre-flight


@pytest.mark.parametrize("size", SIZES)
async def test_preflight_says_no_go_and_why_and_can_leave_only_that(size: tuple[int, int]) -> None:
    async with a_hall(size=size) as hall:
        await hall.press("f2")
        await hall.sees("NO GO   55 of 58 seats go, 2 spare; 1 of 3 checks of the hall not go")
        assert "! hall, release: the paper is shut: kiosk hall release TEST" in hall.text
        assert "A1" in hall.text
        await hall.press("o")
        assert "disk: 0.2 GB free" in hall.text
        assert "link: not on the" in hall.text
        await hall.press("down")
        told = " ".join(row.strip() for row in hall.rows[-5:])
        assert "A7: link: not on the line: start it, and look at its cable; build, " in told
        assert told.count("the seat has not said") == 1
        assert not any(row.split()[:1] == ["B1"] for row in hall.rows)
        assert set(hall.text) <= CONSOLE_GLYPHS
        await hall.press("escape")
        await hall.sees("needs you")


async def test_a_spare_seat_holds_nothing_up_and_f5_looks_again() -> None:
    board = FakeBoard(1, 3)
    async with a_hall(board) as hall:
        await hall.press("f2")
        await hall.sees("NO GO   3 of 3 seats go")
        board.released = True
        await hall.press("f5")
        await hall.sees("■ GO   3 of 3 seats go; the hall itself goes")


@pytest.mark.parametrize(("key", "words"), [("f2", "seats go"), ("f9", "roster"), ("q", "Roll number"), ("z", "Done")])
async def test_no_page_of_250_seats_keeps_a_proctor_waiting(key: str, words: str) -> None:
    began = time.process_time()
    async with a_hall(FakeBoard(10, 25).trouble(), (132, 50)) as hall:
        floor = time.process_time() - began  # what the console itself cost to be opened
        began = time.process_time()
        await hall.press(key)
        await hall.sees(words)
        assert time.process_time() - began < 3 * floor


# close-out


@pytest.mark.parametrize("size", SIZES)
async def test_closeout_shows_the_unexplained_first_and_counts(size: tuple[int, int]) -> None:
    async with a_hall(size=size) as hall:
        await hall.press("f9")
        await hall.sees("59 on the roster: 57 present, 1 absent, 1 expected; 56 not explained")
        assert "in progress" in hall.text
        await hall.press("o", "end")
        assert "Dang, Do" in hall.text
        assert "received" not in hall.text
        assert set(hall.text) <= CONSOLE_GLYPHS


async def test_a_hall_that_is_explained_says_so() -> None:
    board = FakeBoard(1, 2)
    board.closeout = lambda: type(FakeBoard.closeout(board))(())  # type: ignore[method-assign]
    async with a_hall(board) as hall:
        await hall.press("f9")
        await hall.sees("all explained: the hall may be closed")
        assert "Every row is explained." in hall.text


# check-in


async def test_a_number_is_typed_and_who_it_is_stands_there_before_anything_is_done() -> None:
    async with a_hall() as hall:
        await hall.press("q")
        await hall.sees("Type or scan a roll number")
        await hall.type("b1045")
        await hall.press("enter")
        await hall.sees("+25 %, rest breaks")
        assert "Haddad, Ren" in hall.text
        assert not hall.board.orders
        await hall.type("44x")
        await hall.press("enter", "enter")
        order = await hall.ordered()
        assert (order.verb, order.seats, order.text) == (Verb.CHECK_IN, ("A4",), "roll: b1045; document: 44x")


async def test_a_photo_that_differs_is_noted_and_stands_on_the_list() -> None:
    async with a_hall() as hall:
        hall.board.change("A4", state=hall.board.lines["E2"].state)
        await hall.press("q")
        await hall.sees("mismatches (0)")
        await hall.type("B-1045")
        await hall.press("enter", "tab", "tab", "enter")
        assert (await hall.ordered()).text == "roll: B-1045; photo: no"
        await hall.sees("mismatches (1)")
        await hall.sees("! A4    Haddad, Ren: ")


async def test_who_has_no_seat_needs_one_and_a_stranger_is_told() -> None:
    async with a_hall() as hall:
        await hall.press("q")
        await hall.sees("Type or scan a roll number")
        await hall.type("X-1")
        await hall.press("enter")
        assert "! Nobody on the roster has this number." in hall.text
        await hall.type("B-2000")
        await hall.press("enter")
        assert "no seat is planned: choose an empty one" in hall.text
        await hall.press("enter", "enter", "enter", "enter")
        assert "Type the seat" in plain(hall.text)
        assert not hall.board.orders
        await hall.type("c10")
        await hall.press("enter", "enter", "enter", "enter")
        order = await hall.ordered()
        assert (order.seats, order.text) == (("C10",), "roll: B-2000")


# errata


async def test_an_erratum_goes_only_to_those_who_have_the_question() -> None:
    async with a_hall() as hall:
        await hall.press("n")
        await hall.type("Read 5 for 3")
        await hall.press("tab")
        await hall.type("cells-1")
        await hall.press("enter", "enter")
        await hall.sees("Announced.")
        assert hall.board.errata == ["cells-1"]


# codes


async def test_a_code_is_asked_for_with_all_that_is_bound_into_it_and_shown_until_closed() -> None:
    async with a_hall() as hall:
        await hall.press("g")
        await hall.sees("Code for a seat without the hall")
        await hall.type(CHALLENGE.lower().replace("-", " ").replace("0", "o"))
        assert f"Reads {CHALLENGE}" in hall.text
        await hall.press("enter", "down", "down", "down", "enter", "down", "down", "enter")
        await hall.type("10")
        await hall.press("enter", "enter")
        await hall.sees("1   A   B   2   C")
        assert "A1" in hall.text
        (wish,) = hall.board.wishes
        told = (wish.seat, wish.challenge, wish.act, wish.amount_ms, wish.reason, wish.pin)
        assert told == ("A1", CHALLENGE, "extend", 600_000, "equipment", PIN)
        assert PIN not in repr(wish)
        await hall.press("enter")
        assert "1   A   B   2   C" not in hall.text


async def test_a_slip_in_the_challenge_names_its_group_and_no_code_is_asked_for() -> None:
    slip = ("Z" if CHALLENGE[0] != "Z" else "Y") + CHALLENGE[1:]
    async with a_hall() as hall:
        await hall.press("g")
        await hall.sees("Code for a seat without the hall")
        await hall.type(slip)
        assert "! There is a slip in group 1" in plain(hall.text)
        await hall.press("enter", "down", "down", "enter", "down", "enter", "enter")
        assert not hall.board.wishes


async def test_a_reopening_by_code_needs_a_second_person() -> None:
    async with a_hall() as hall:
        await hall.press("g")
        await hall.sees("Code for a seat without the hall")
        await hall.type(CHALLENGE)
        await hall.press("enter", *["down"] * 6, "enter", "down", "enter", "0", "enter")
        assert "PIN of a second one" in hall.text
        await hall.press("enter", "enter")
        assert "A second person must type a PIN." in hall.text
        assert not hall.board.wishes
