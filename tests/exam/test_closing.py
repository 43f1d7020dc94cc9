"""Every row of a roster is explained once or named once, and no bundle is left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.exam.attendance import Mark, attended
from kiosk.exam.closing import Attended, Expected, RowState, Sat, SealedSitting, explain
from kiosk.exam.status import AttendanceState

ROW = Expected("assignment-1", "candidate-1")
SITTING = Sat("sitting-1", "assignment-1", "A3")
BUNDLE = SealedSitting("bundle-1", "sitting-1", "assignment-1", True)
UNFINISHED = SealedSitting("bundle-2", "sitting-2", "assignment-1", False)
LACKING = SealedSitting("bundle-9", "sitting-1", "assignment-1", True, is_lacking=True)
SECOND = Sat("sitting-2", "assignment-1", "A4")
EXPECTED, PRESENT, ABSENT, MOVED = (
    AttendanceState.EXPECTED,
    AttendanceState.PRESENT,
    AttendanceState.ABSENT,
    AttendanceState.SENT_AWAY,
)


@pytest.mark.parametrize(
    ("state", "note", "sittings", "bundles", "found", "named"),
    [
        (PRESENT, "", [SITTING], [BUNDLE], RowState.PRESENT, ("bundle-1",)),
        (EXPECTED, "", [SITTING], [BUNDLE], RowState.PRESENT, ("bundle-1",)),
        (EXPECTED, "", [], [BUNDLE], RowState.PRESENT, ("bundle-1",)),
        (PRESENT, "", [SECOND], [UNFINISHED], RowState.UNFINISHED, ("bundle-2",)),
        (PRESENT, "", [SITTING, SECOND], [UNFINISHED, BUNDLE], RowState.PRESENT, ("bundle-1", "bundle-2")),
        (PRESENT, "", [SITTING], [LACKING, BUNDLE], RowState.PRESENT, ("bundle-1", "bundle-9")),
        (ABSENT, "ill", [], [], RowState.ABSENT, ()),
        (MOVED, "Hall 3", [], [], RowState.MOVED, ()),
        (MOVED, "Hall 3", [SITTING], [BUNDLE], RowState.MOVED, ("bundle-1",)),
        (PRESENT, "left at once", [], [], RowState.ABSENT, ()),
    ],
)
def test_a_row_is_explained(state, note, sittings, bundles, found, named):
    told = explain([ROW], {"candidate-1": Attended(state, note)}, sittings, bundles)
    assert told.is_whole
    (row,) = told.rows
    assert (row.state, row.bundles) == (found, named)


@pytest.mark.parametrize(
    ("state", "sittings", "bundles", "reason"),
    [
        (EXPECTED, [], [], "expected, neither came nor marked absent"),
        (PRESENT, [], [], "came, but began nothing"),
        (PRESENT, [SITTING], [], "sat at A3, journal not sealed"),
        (MOVED, [SITTING], [], "sat at A3, journal not sealed"),
        (PRESENT, [SITTING, SECOND], [BUNDLE], "sat at A4, journal not sealed"),
        (PRESENT, [SITTING], [LACKING], "what A3 sealed lacks entries this hall acknowledged"),
        (MOVED, [SITTING, SECOND], [LACKING, UNFINISHED], "what A3 sealed lacks entries this hall acknowledged"),
        (ABSENT, [SITTING], [], "marked absent, but a sitting is here"),
        (ABSENT, [SITTING], [BUNDLE], "marked absent, but a bundle is here"),
        (ABSENT, [], [BUNDLE, UNFINISHED], "marked absent, but 2 bundles are here"),
    ],
)
def test_a_row_is_not_explained_and_says_why_and_what_to_do(state, sittings, bundles, reason):
    told = explain([ROW], {"candidate-1": Attended(state)}, sittings, bundles)
    assert not told.is_whole
    assert told.rows == ()
    (row,) = told.open
    assert row.reason == reason
    assert "kiosk " in row.remedy


def test_who_was_never_written_down_is_expected():
    assert explain([ROW], {}, [], []).open[0].reason == "expected, neither came nor marked absent"


def test_a_test_taken_back_needs_no_mark_unless_it_was_sat():
    withdrawn = Expected("assignment-1", "candidate-1", is_withdrawn=True)
    (row,) = explain([withdrawn], {}, [], []).rows
    assert (row.state, row.note) == (RowState.ABSENT, "withdrawn by the office")
    assert explain([withdrawn], {}, [SITTING], []).open
    assert explain([withdrawn], {}, [SITTING], [BUNDLE]).rows[0].state is RowState.PRESENT


def test_a_bundle_of_nobody_on_the_roster_is_a_stray():
    told = explain([], {}, [], [BUNDLE])
    assert (told.strays, told.is_whole) == (("bundle-1",), False)


def a_mark(state, session="session-1", note=""):
    return Mark(session_id=session, candidate_id="c", name="C", roll_number="1", seat=None, state=state, note=note)


@pytest.mark.parametrize(
    ("states", "found"),
    [
        ([EXPECTED, PRESENT], PRESENT),
        ([PRESENT, ABSENT], PRESENT),
        ([EXPECTED, ABSENT], ABSENT),
        ([ABSENT, MOVED], MOVED),
        ([MOVED, PRESENT], PRESENT),
    ],
)
def test_who_came_to_one_session_came(states, found):
    for order in (states, states[::-1]):
        assert attended(tuple(a_mark(s, f"session-{n}") for n, s in enumerate(order)))["c"].state is found


names = st.sampled_from([f"n{number}" for number in range(8)])
rosters = st.lists(st.builds(Expected, names, names, st.booleans()), max_size=10)
marks = st.dictionaries(names, st.builds(Attended, st.sampled_from(AttendanceState), st.sampled_from(["", "why"])))
sat = st.lists(st.builds(Sat, names, names, names), max_size=10)
sealed = st.lists(st.builds(SealedSitting, names, names, names, st.booleans()), max_size=12)


@given(rosters, marks, sat, sealed)
def test_no_row_is_left_out_or_told_twice_and_no_bundle_is_lost(roster, attendance, sittings, bundles):
    told = explain(roster, attendance, sittings, bundles)
    rows = [row.assignment_id for row in (*told.rows, *told.open)]
    assert sorted(rows) == sorted({row.assignment_id for row in roster})

    open_rows = {row.assignment_id for row in told.open}
    in_rows = [b for row in told.rows for b in row.bundles]
    newest = {b.bundle_id: b for b in bundles}
    waiting = [b.bundle_id for b in newest.values() if b.assignment_id in open_rows]
    assert sorted([*in_rows, *told.strays, *waiting]) == sorted(newest)


@given(rosters, marks, sat, sealed)
def test_a_roster_that_is_explained_hides_nothing(roster, attendance, sittings, bundles):
    told = explain(roster, attendance, sittings, bundles)
    sealed_sittings = {b.submission_id for b in bundles}
    for row in told.rows:
        own = [s for s in sittings if s.assignment_id == row.assignment_id]
        assert all(s.submission_id in sealed_sittings for s in own)
        assert not (row.state is RowState.ABSENT and (own or row.bundles))
        assert not (row.state in (RowState.PRESENT, RowState.UNFINISHED) and not row.bundles)
    assert sum(told.counts().values()) == len(told.rows)


@given(rosters, marks, sat, sealed, st.randoms())
def test_the_order_of_what_was_found_says_nothing(roster, attendance, sittings, bundles, random):
    unique = list({row.assignment_id: row for row in roster}.values())
    once = list({b.bundle_id: b for b in bundles}.values())
    first = explain(unique, attendance, sittings, once)
    for found in (unique, sittings, once):
        random.shuffle(found)
    second = explain(unique, attendance, sittings, once)
    assert set(first.rows) == set(second.rows)
    assert set(first.open) == set(second.open)
    assert first.strays == second.strays
