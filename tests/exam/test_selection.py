"""The language of seats: what each line names, what its mistakes are told, and laws that hold for every line."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.exam.error import Invalid
from kiosk.exam.selection import MARKS, MEASURES, STATES, Facts, choose, pick, seat_order, spell

ROOM = [f"{row}{number}" for row in ("A", "B", "C", "AA") for number in range(1, 13)]


def a_hall() -> list[Facts]:
    """Four rows of twelve: everybody works, with what makes a few of them different."""
    plain = {name: Facts(seat=name, state="working", measures={"lag": 0, "done": 40}) for name in ROOM}
    changes: dict[str, dict[str, object]] = {
        "A7": {"state": "lost", "marks": frozenset({"alarm"}), "measures": {"lag": 42_000, "done": 12}},
        "A12": {"marks": frozenset({"extended"}), "measures": {"lag": 1_000, "left": 240_000}},
        "B3": {"state": "paused", "marks": frozenset({"extended", "incident"}), "measures": {"since": 130_000}},
        "B4": {"state": "handed_in", "measures": {"lag": None, "done": 100}, "texts": {"name": "Okafor, Anna"}},
        "C1": {"state": "empty", "measures": {}},
    }
    return [replace(facts, **changes.get(name, {})) for name, facts in plain.items()]


HALL = a_hall()


def row(letters: str, first: int = 1, last: int = 12) -> set[str]:
    return {f"{letters}{number}" for number in range(first, last + 1)}


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("A3", {"A3"}),
        ("a3", {"A3"}),
        ("A1-A4", row("A", 1, 4)),
        ("A4-A1", row("A", 1, 4)),
        ("A1 - A4", row("A", 1, 4)),
        ("A1-A2,B3", {"A1", "A2", "B3"}),
        ("A1-A2 , B3", {"A1", "A2", "B3"}),
        ("A1-B2", {"A1", "A2", "B1", "B2"}),
        ("C12-AA12", {"C12", "AA12"}),
        ("A", row("A")),
        ("AA", row("AA")),
        ("A-C", row("A") | row("B") | row("C")),
        ("C-AA", row("C") | row("AA")),
        ("A11-A99", {"A11", "A12"}),
        ("A1-A12,B3 !extended", row("A", 1, 11)),
        ("A10-A12,!A11", {"A10", "A12"}),
        ("! A,B,C", row("B") | row("C")),
        ("!A,!B,!C", row("AA")),
        ("lost", {"A7"}),
        ("LOST,paused", {"A7", "B3"}),
        ("handed-in", {"B4"}),
        ("handed", {"B4"}),
        ("handed_in", {"B4"}),
        ("empty", {"C1"}),
        ("extended", {"A12", "B3"}),
        ("extended paused", {"B3"}),
        ("incident", {"B3"}),
        ("alarm", {"A7"}),
        ("lag>10", {"A7"}),
        ("lag > 10", {"A7"}),
        ("lag>=42s", {"A7"}),
        ("lag>1m", set()),
        ("lag<=1 lag>0", {"A12"}),
        ("left<5", {"A12"}),
        ("left<4", set()),
        ("since>2m", {"B3"}),
        ("since>129s", {"B3"}),
        ("done<20", {"A7"}),
        ("done=100%", {"B4"}),
        ("name:okafor", {"B4"}),
        ("name:nobody", set()),
        ("all", set(ROOM)),
        ("*", set(ROOM)),
        ("selected", {"B1", "B2"}),
        ("selected !B1", {"B2"}),
        ("+B3", {"B1", "B2", "B3"}),
        ("+ A7", {"B1", "B2", "A7"}),
        ("-B1", {"B2"}),
        ("-all", set()),
    ],
)
def test_a_line_names_these_seats(line: str, named: set[str]) -> None:
    assert choose(line, HALL, {"B1", "B2"}) == named


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", "Type seats or a state, such as A1-A12,B3 or working."),
        ("+", "Type seats or a state, such as A1-A12,B3 or working."),
        ("A13", "There is no seat A13 in this hall. Seats go from A1 to AA12."),
        ("D1-D4", "No seat of this hall is in D1-D4. Seats go from A1 to AA12."),
        ("workin", "“workin” is neither a seat nor a word known here. Do you mean “working”?"),
        ("handedin", "“handedin” is neither a seat nor a word known here. Do you mean “handed-in”?"),
        (
            "xyz",
            "“xyz” is neither a seat nor a word known here. Try seats (A1-A12), a state (working) or a number",
        ),
        ("lag", "“lag” is neither a seat nor a word known here. Compare it with a number, such as lag>10."),
        ("lag>", "Put a number behind “lag>”, such as lag>10m (seconds where no unit is given)."),
        ("lag>x", "Put a number behind “lag>”"),
        ("lag>10kg", "Put a number behind “lag>”"),
        ("done>5m", "Put a number behind “done>”, such as done>10."),
        ("lagg>10", "Nothing is measured as “lagg”. There is lag, saved, since, left, done and incidents. Do you mean"),
        ("name:", "Type a part of the name behind “name:”, without blanks."),
        ("nme:x", "“nme:” is not known. There is name:, roll: and test:, such as name:okafor."),
        (",", "“,” says nothing."),
        ("A1 !", "“!” says nothing."),
        ("A" * 501, "That is too long: 500 characters at most."),
    ],
)
def test_a_mistake_is_told_in_words(line: str, words: str) -> None:
    with pytest.raises(Invalid) as caught:
        choose(line, HALL)
    assert caught.value.message.startswith(words)


def test_a_hall_without_seats_says_so() -> None:
    with pytest.raises(Invalid, match="It has no seats yet"):
        pick("A1", [])
    assert pick("all", []) == frozenset()


def test_names_with_dashes_and_bare_numbers_are_seats_too() -> None:
    seats = [Facts(seat=name, state="ready") for name in ("lab-1", "lab-2", "lab-10", "7", "8", "door")]
    assert pick("lab-2", seats) == {"lab-2"}
    assert pick("lab-1-lab-2", seats) == {"lab-1", "lab-2"}
    assert pick("7-8", seats) == {"7", "8"}
    assert pick("door", seats) == {"door"}
    assert sorted((s.seat for s in seats), key=seat_order) == ["7", "8", "door", "lab-1", "lab-2", "lab-10"]


@pytest.mark.parametrize(
    ("chosen", "line"),
    [
        (set(), ""),
        ({"A1"}, "A1"),
        ({"A2", "A1"}, "A1,A2"),
        (row("A", 9, 12), "A9-A12"),
        (row("A") | {"B1"}, "A1-A12,B1"),
        ({"AA1", "C12"}, "C12,AA1"),
    ],
)
def test_what_is_selected_is_spelt_shortly(chosen: set[str], line: str) -> None:
    assert spell(chosen, ROOM) == line


subsets = st.sets(st.sampled_from(ROOM))
facts = st.builds(
    Facts,
    seat=st.just(""),
    state=st.sampled_from(STATES),
    marks=st.frozensets(st.sampled_from(MARKS)),
    measures=st.dictionaries(st.sampled_from(list(MEASURES)), st.none() | st.integers(0, 7_200_000)),
)
halls = st.lists(facts, min_size=1, max_size=len(ROOM)).map(
    lambda found: [replace(one, seat=name) for one, name in zip(found, ROOM, strict=False)]
)
items = st.one_of(
    st.sampled_from([*STATES, *MARKS, "all", "A", "A1"]),
    st.builds("{}{}{}".format, st.sampled_from(list(MEASURES)), st.sampled_from("<>="), st.integers(0, 99)),
)


@given(subsets.filter(bool))
def test_what_was_spelt_names_the_same_seats(chosen: set[str]) -> None:
    assert pick(spell(chosen, ROOM), HALL) == chosen


@given(halls, items, items)
def test_commas_add_up_blanks_narrow_and_an_exclamation_mark_leaves_out(hall: list[Facts], a: str, b: str) -> None:
    everybody = {s.seat for s in hall}
    assert pick(f"{a},{b}", hall) == pick(a, hall) | pick(b, hall)
    assert pick(f"{a} {b}", hall) == pick(a, hall) & pick(b, hall)
    assert pick(f"!{a}", hall) == everybody - pick(a, hall)
    assert pick(f"{a},!{b}", hall) == pick(a, hall) - pick(b, hall)
    assert pick(f"{a} !{b}", hall) == pick(a, hall) - pick(b, hall)


@given(halls, st.sampled_from(STATES))
def test_every_seat_is_in_exactly_one_state(hall: list[Facts], state: str) -> None:
    assert sum(len(pick(word, hall)) for word in STATES) == len(hall)
    assert pick(state, hall) == {s.seat for s in hall if s.state == state}


@given(st.text(max_size=60) | st.lists(items | st.sampled_from([*"!,-+<>=: ", "A1-A3"]), max_size=8).map("".join))
def test_any_line_names_seats_of_the_hall_or_is_told_why_not(line: str) -> None:
    try:
        named, words = choose(line, HALL, {"A1"}), "."
    except Invalid as refusal:
        named, words = frozenset(), refusal.message
    assert named <= set(ROOM)
    assert words.endswith((".", "?"))


@given(halls, subsets, items)
def test_adding_and_taking_away_work_on_what_is_selected(hall: list[Facts], selected: set[str], item: str) -> None:
    named = pick(item, hall, selected)
    assert choose(f"+{item}", hall, selected) == selected | named
    assert choose(f"-{item}", hall, selected) == selected - named
