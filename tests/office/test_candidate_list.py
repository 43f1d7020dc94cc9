"""Lists of candidates from a spreadsheet: whole or not at all, faults by line."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.exam.accommodation import Accommodation
from kiosk.exam.error import Invalid
from kiosk.office import candidate_list
from kiosk.office.candidate_list import read_candidates

HEADER = "name,rollNumber,email,extraPercent,extraMinutes,restBreaks\n"


def test_every_column_is_read() -> None:
    anna, ben = read_candidates(
        f'\ufeff{HEADER}"Okafor, Anna",B-1,anna@example.org,25,10,TRUE\n\n Ben \u202e,B-2,,,,\n'.encode()
    )
    assert (anna.name, anna.roll_number, anna.email) == ("Okafor, Anna", "B-1", "anna@example.org")
    assert anna.accommodation == Accommodation(25, 600_000, True)
    assert (ben.name, ben.email, ben.accommodation) == ("Ben", None, Accommodation())
    assert anna.user_id != ben.user_id


def test_columns_may_stand_in_any_order_and_be_left_out() -> None:
    (anna,) = read_candidates(b"rollNumber,name\r\nB-1,Anna\r\n")
    assert (anna.name, anna.roll_number) == ("Anna", "B-1")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the column name is missing"),
        ("name\nAnna\n", "the column rollNumber is missing"),
        ("name,rollNumber,pin\n", "line 1: there is no column 'pin'"),
        ("name,rollNumber,name\n", "line 1: a column stands twice"),
        ("name,rollNumber\n", "names nobody"),
        ("name,rollNumber\nAnna\n", "line 2: 1 cells instead of 2"),
        ("name,rollNumber\n,B-1\n", "line 2: a person needs a name"),
        ("name,rollNumber\nAnna,B-1\nBen,B-1\n", "the roll number B-1 stands twice"),
        ("name,rollNumber,extraPercent\nAnna,B-1,-5\n", "line 2: extraPercent is a whole number, not '-5'"),
        ("name,rollNumber,extraPercent\nAnna,B-1,900\n", "line 2: extra time is 0 to 300 percent"),
        ("name,rollNumber,restBreaks\nAnna,B-1,perhaps\n", "line 2: restBreaks is true or false"),
        ('name,rollNumber\n"Anna,B-1\n', "line 2: unexpected end of data"),
        (f"name,rollNumber\n{'x' * 70_000},B-1\n", "line 2: a cell is longer"),
    ],
)
def test_faults_are_named_by_line(text: str, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        read_candidates(text.encode())


def test_other_encodings_and_endless_lists_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Invalid, match="not UTF-8"):
        read_candidates("name,rollNumber\nJosé,B-1\n".encode("latin-1"))
    monkeypatch.setattr(candidate_list, "MOST_ROWS", 3)
    with pytest.raises(Invalid, match="more than 3 candidates"):
        read_candidates(("name,rollNumber\n" + "".join(f"A,B-{n}\n" for n in range(9))).encode())


def test_reading_stops_at_the_twentieth_fault() -> None:
    with pytest.raises(Invalid) as refused:
        read_candidates(("name,rollNumber\n" + ",\n A,\n" * 500).encode())
    assert len(refused.value.message.splitlines()) == 20


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_in_words(content: bytes) -> None:
    for prefix in (b"", b"name,rollNumber\n", HEADER.encode()):
        with suppress(Invalid):
            assert all(p.name and p.roll_number for p in read_candidates(prefix + content))
