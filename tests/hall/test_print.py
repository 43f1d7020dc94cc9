"""What a hall prints: every person stands in it, no name breaks it, the same facts give the same bytes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.exam.accommodation import Accommodation
from kiosk.exam.status import AttendanceState
from kiosk.hall.print.fact import digest_of
from kiosk.hall.print.gathering import Gathering, Sat, Sitter
from kiosk.hall.print.page import Column, Heading, Plan, Printout, Signatures, Slips, Table, Words
from kiosk.hall.print.pdf import Sheets, draw
from kiosk.hall.print.plain import write_plain
from kiosk.hall.print.plan import seat_plan
from kiosk.hall.print.room import numbers_of, place_of, rows_of
from kiosk.hall.print.sheet import attendance_sheet
from kiosk.hall.print.slip import login_slips

AT, MADE = datetime(2026, 6, 12, 9, tzinfo=UTC), "2026-06-12T06:00:00.000Z"
NOTHING = Accommodation()
EXTRA = Accommodation(25, 600_000, True)
ALL = (seat_plan, login_slips, attendance_sheet)


def a_sitter(number: int, seat: str | None, name: str = "Okafor, Anna", given: Accommodation = NOTHING) -> Sitter:
    sat = Sat(test_id="t", title="Biology II", minutes=90, accommodation=given)
    return Sitter(
        candidate_id=f"c{number}",
        name=name,
        roll_number=f"B-{number}",
        planned=seat,
        seat=seat,
        tests=(sat,),
        state=AttendanceState.EXPECTED,
    )


def a_gathering(*sitters: Sitter) -> Gathering:
    return Gathering(
        session_id="s",
        title="Morning",
        opens_at=AT - timedelta(minutes=30),
        starts_at=AT,
        ends_at=AT + timedelta(minutes=30),
        time_zone="Europe/Helsinki",
        opened_by=None,
        sitters=sitters,
    )


@pytest.mark.parametrize(
    ("seat", "place"), [("A12", ("A", 12)), ("aa3", ("AA", 3)), ("12", None), ("Desk", None), (" B 4 ", ("B", 4))]
)
def test_a_seat_stands_where_its_name_says(seat, place):
    assert place_of(seat) == place


def test_rows_and_numbers_are_those_of_the_room():
    assert rows_of(["AA1", "B2", "A10", "Desk"]) == ("A", "B", "AA")
    assert numbers_of(["A2", "B5"]) == (2, 3, 4, 5)


def test_the_plan_marks_extra_time_and_tells_of_seats_given_twice():
    printed = seat_plan(
        "Hall 2", [a_gathering(a_sitter(1, "A1", given=EXTRA), a_sitter(2, "B3"), a_sitter(3, "B3"))], "d", MADE
    )
    (plan,) = [b for b in printed.blocks if isinstance(b, Plan)]
    assert plan.cells["A", 1].mark == "+25 %, +10 min, rest breaks"
    assert plan.cells["B", 3].lines[-1] == "and 1 more"
    assert plan.cells["B", 3].mark == ""
    assert "Given to more than one: B3 (2)." in write_plain(printed)


def test_slips_are_in_the_order_of_the_seats_and_say_where_the_code_comes_from():
    sitters = (a_sitter(1, "A10"), a_sitter(2, None), a_sitter(3, "A2"))
    (slips,) = [b for b in login_slips("Hall 2", [a_gathering(*sitters)], "d", MADE).blocks if isinstance(b, Slips)]
    assert [dict(s.pairs)["Seat"] for s in slips.slips] == ["A2", "A10", "any free one"]
    assert all("from the office" in s.foot for s in slips.slips)
    assert dict(slips.slips[0].pairs)["Time"].startswith("2026-06-12 12:00, log in from 11:30")


def test_the_sheet_counts_everybody_once():
    sitters = (a_sitter(1, "A1"), replace(a_sitter(2, "A2"), state=AttendanceState.ABSENT))
    text = write_plain(attendance_sheet("Hall 2", [a_gathering(*sitters)], "d", MADE))
    assert "2 on the list: 1 expected, 0 present, 1 absent, 0 sent away." in text


@pytest.mark.parametrize("compose", ALL)
def test_the_same_facts_give_the_same_bytes_and_others_do_not(compose):
    gathering = a_gathering(a_sitter(1, "A1"), a_sitter(2, "A2"))
    first, again = (draw(compose("Hall 2", [gathering], "d" * 64, MADE))[0] for _ in range(2))
    assert first == again
    assert first.startswith(b"%PDF-")
    assert draw(compose("Hall 2", [a_gathering(a_sitter(9, "A1"))], "d" * 64, MADE))[0] != first


def test_the_digest_is_of_the_facts_alone():
    facts = {"hall": "Hall 2", "gatherings": [a_gathering(a_sitter(1, "A1"))]}
    assert digest_of(facts) == digest_of(dict(reversed(facts.items())))
    assert digest_of(facts) != digest_of({**facts, "hall": "Hall 3"})


def test_a_character_no_font_has_is_a_box_and_is_counted():
    data, missing = draw(seat_plan("Hall 2", [a_gathering(a_sitter(1, "A1", "李雷"))], "d" * 64, MADE))
    assert missing == 2
    assert data.startswith(b"%PDF-")


@settings(max_examples=25, deadline=None)
@given(st.text(min_size=1, max_size=60), st.text(max_size=12))
def test_no_name_and_no_seat_breaks_a_page(name, seat):
    gathering = a_gathering(a_sitter(1, seat or None, name))
    for compose in ALL:
        printed = compose("Hall 2", [gathering], "d" * 64, MADE)
        draw(printed)
        write_plain(printed)


def test_a_text_is_shaped_only_where_its_script_asks_for_it():
    shaped = []
    for text in ("Okafor, Anna", "Nguyễn Thị Ánh", "Παπαδόπουλος", "Иванова, Ольга", "12:30 – 14:00", "… →"):
        sheets = Sheets(login_slips("Hall 2", [a_gathering()], "d" * 64, MADE))
        sheets.face.shape(text)
        assert not sheets.text_shaping, text
    for text in ("अनन्या", "محمد", "e\u0301", "שרה", "ไทย"):
        sheets = Sheets(login_slips("Hall 2", [a_gathering()], "d" * 64, MADE))
        sheets.face.shape(text)
        shaped.append(bool(sheets.text_shaping))
    assert shaped == [True] * 5


@pytest.mark.parametrize("compose", ALL)
def test_the_bar_moves_with_every_row_of_a_long_table_and_never_back(compose):
    sitters = [a_sitter(n, f"A{n}", f"Okafor, Anna {n}") for n in range(1, 61)]
    told = []
    draw(compose("Hall 2", [a_gathering(*sitters)], "d" * 64, MADE), told=lambda *at: told.append(at))
    done, whole = zip(*told, strict=True)
    assert list(done) == sorted(done)
    assert set(whole) == {done[-1]}
    assert max(after - before for before, after in pairwise(done)) == 1


def pages_of(monkeypatch, printout):
    """Return on which page each text begins, in the order they are drawn; a table's head may come again."""
    drawn = []
    for name in ("cell", "multi_cell"):
        real = getattr(Sheets, name)

        def spy(self, w, h=None, text="", *given, _real=real, **named):
            if text and not named.get("dry_run"):
                drawn.append((text, self.page_no()))
            return _real(self, w, h, text, *given, **named)

        monkeypatch.setattr(Sheets, name, spy)
    draw(printout)
    return drawn


COLUMNS = (Column("Name", 1), Column("What", 3))
BELOW = {
    "nothing": (Table(COLUMNS, (), empty="END"),),
    "a tall row": (Table(COLUMNS, (("END", "word " * 400), ("B", "c"))),),
    "words and a row": (Words("Said first."), Table(COLUMNS, (("END", "b"),))),
    "words and nothing": (Words("Said first."), Table(COLUMNS, (), empty="END")),
    "words alone": (Words("END"),),
    "signatures": (Words("Said first."), Signatures(("END", "two", "three"))),
}


@pytest.mark.parametrize("name", BELOW)
@pytest.mark.parametrize("is_wide", [False, True])
def test_a_heading_is_on_the_page_of_what_it_is_of(monkeypatch, name, is_wide):
    whole = 0
    for lines in range(20, 32) if is_wide else range(36, 48):
        filling = Table(COLUMNS, tuple((f"R{n}", "x") for n in range(lines)))
        blocks = (filling, Heading("HEADING"), *BELOW[name])
        fields = {"title": "T", "place": "Hall 2", "blocks": blocks, "digest": "d" * 64, "made_at": MADE}
        with monkeypatch.context() as patch:
            drawn = pages_of(patch, Printout(**fields, is_wide=is_wide))
        at = next(n for n, (text, _) in enumerate(drawn) if text == "HEADING")
        pages = {page for _, page in drawn[at : next(n for n, d in enumerate(drawn) if d[0] == "END") + 1]}
        assert len(pages) == 1, (lines, drawn[at:])
        whole += max(page for text, page in drawn if text.startswith("R")) != drawn[at][1]
    assert whole, "no heading had to go to the next page"


def test_what_takes_two_lines_leaves_no_page_that_has_room_for_them(monkeypatch):
    """A heading above a table without rows asks for the lines it takes, not for a row it has not."""
    rooms, real = [], Sheets.add_page

    def noted(self):
        rooms.append(self.room_mm if self.page_no() else 0)
        real(self)

    monkeypatch.setattr(Sheets, "add_page", noted)
    for lines in range(36, 48):
        rooms.clear()
        filling = Table(COLUMNS, tuple((f"R{n}", "x") for n in range(lines)))
        blocks = (filling, Heading("HEADING"), Table(COLUMNS, ()))
        draw(Printout(title="T", place="Hall 2", blocks=blocks, digest="d" * 64, made_at=MADE))
        assert max(rooms) < 15, lines
