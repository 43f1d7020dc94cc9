"""A proctor's acts: each in its place, each grant once, and what a reopening must bring with it."""

from typing import Any

import pytest

from builders import Trial, a_grant, a_paper, a_section, a_test, an_attempt, without_clocks
from kiosk.exam.entry import Kind
from kiosk.exam.error import Refused
from kiosk.exam.grant import NEEDS_SECOND, Act
from kiosk.exam.journal import verify
from kiosk.exam.press import print_test
from kiosk.exam.sitting import Phase, Step
from kiosk.exam.supervision import carry_out

MINUTE = 60_000
EXTENSION = "g-extension"
"""The grant of the extension of `in_phase`."""
FREE = print_test(without_clocks(a_test(randomized_questions=False)))[0]
CLOCKED = a_paper(randomized_questions=False)
_numbers = iter(range(10**6))


def act(sat: Trial, act: Act, **changes: Any) -> list[Any]:
    """Carry out a fresh grant and return its entries."""
    grant = a_grant(act, **{"grant_id": f"g{next(_numbers)}"} | changes)
    return sat.take(carry_out(sat.sitting, grant, sat.clock.now()))


def look(sat: Trial, ms: int = 0) -> None:
    """Let time pass and do what the clocks demand after it, as long as they demand anything."""
    while ms > 0:
        sat.clock.advance(min(5_000, ms))
        ms -= 5_000
        sat.take([Step(Kind.TICK, {})])
        while steps := sat.sitting.due(sat.clock.now()):
            sat.take(steps)


def in_phase(phase: Phase) -> Trial:
    """Return a sitting that has a gap, brought into a phase."""
    sat = an_attempt(FREE)
    sat.clock.advance(30_000)
    sat.take([Step(Kind.GAP, {"cause": "restart", "ms": 30_000})])
    act(sat, Act.EXTEND, amount_ms=MINUTE, grant_id=EXTENSION)
    acts = {
        Phase.PAUSED: [Act.PAUSE],
        Phase.LOCKED: [Act.LOCK],
        Phase.HANDED_IN: [Act.END],
        Phase.SEALED: [Act.END],
    }
    for each in acts.get(phase, []):
        act(sat, each)
    if phase is Phase.SEALED:
        sat.take(sat.sitting.seal())
    assert sat.sitting.phase is phase
    return sat


R, P, L, H, S = Phase.RUNNING, Phase.PAUSED, Phase.LOCKED, Phase.HANDED_IN, Phase.SEALED
TABLE = {
    Act.PAUSE: {R: P},
    Act.RESUME: {P: R},
    Act.EXTEND: {R: R, P: P, L: L},
    Act.NOTE: {R: R, P: P, L: L, H: H},
    Act.LOCK: {R: L, P: L},
    Act.UNLOCK: {L: R},
    Act.END: {R: H, P: H, L: H},
    Act.REOPEN: {H: R},
    Act.CHARGE_GAP: {R: R, P: P, L: L, H: H},
    Act.CLOSE_SEAT: {},
    Act.START: {},
    Act.MOVE: {R: R, P: P, L: L},
    Act.TAKE_BACK: {R: R, P: P, L: L},
}
"""Where each act may be done, and the phase it leads to."""
GAP = 3
"""Entry number of the gap of `in_phase`: after opened, section_entered and visited."""


@pytest.mark.parametrize("phase", [R, P, L, H, S])
@pytest.mark.parametrize("what", list(Act))
def test_each_act_in_its_place(what: Act, phase: Phase) -> None:
    sat = in_phase(phase)
    amount = {"amount_ms": MINUTE} if what is Act.EXTEND else {}
    gap = {"gap": GAP} if what is Act.CHARGE_GAP else {"note": EXTENSION} if what is Act.TAKE_BACK else {}
    if phase in TABLE[what]:
        act(sat, what, **amount, **gap)
        assert sat.sitting.phase is TABLE[what][phase]
        verify(sat.genesis, sat.entries)
    else:
        with pytest.raises(Refused, match=f"the sitting is {phase.value.replace('_', ' ')}"):
            act(sat, what, **amount, **gap)


def test_a_grant_is_used_once_and_for_its_own_sitting() -> None:
    sat = an_attempt(FREE)
    grant = a_grant(Act.EXTEND, amount_ms=MINUTE)
    sat.take(carry_out(sat.sitting, grant, sat.clock.now()))
    for again in (grant, a_grant(Act.PAUSE)):
        with pytest.raises(Refused, match="has been used"):
            carry_out(sat.sitting, again, sat.clock.now())
    with pytest.raises(Refused, match="for another sitting"):
        act(sat, Act.PAUSE, submission_id="submission-2")
    assert sat.folded().grants == {"grant-1"}


@pytest.mark.parametrize("what", sorted(NEEDS_SECOND))
@pytest.mark.parametrize("second", [None, "proctor-1"])
def test_two_people_must_agree_to_end_or_reopen(what: Act, second: str | None) -> None:
    sat = in_phase(R if what is Act.END else H)
    with pytest.raises(Refused, match="needs a second person"):
        act(sat, what, second=second)


def test_the_journal_says_who_and_why_and_who_agreed() -> None:
    sat = an_attempt(FREE)
    (paused,) = act(sat, Act.PAUSE, grant_id="g-1", reason="fire alarm")
    assert paused.body == {"who": "proctor-1", "grant": "g-1", "reason": "fire alarm"}
    (noted,) = act(sat, Act.NOTE, grant_id="g-2", reason="medical", note="Asked for water.")
    assert noted.body == {
        "who": "proctor-1",
        "grant": "g-2",
        "reason": "medical",
        "category": "medical",
        "text": "Asked for water.",
    }
    (ended,) = act(sat, Act.END, grant_id="g-3")
    assert ended.body == {
        "who": "proctor-1",
        "second": "proctor-2",
        "grant": "g-3",
        "reason": "equipment",
        "by": "proctor",
        "answered": 0,
        "questions": 8,
    }


@pytest.mark.parametrize("amount", [0, -1, 24 * 60 * MINUTE + 1])
def test_an_extension_is_more_than_nothing_and_at_most_a_day(amount: int) -> None:
    with pytest.raises(Refused, match="at most a day"):
        act(an_attempt(FREE), Act.EXTEND, amount_ms=amount)


def test_an_extension_names_a_section_of_the_paper_or_none() -> None:
    with pytest.raises(Refused, match="no such section"):
        act(an_attempt(FREE), Act.EXTEND, amount_ms=MINUTE, section="physics")


def test_extending_adds_to_the_test_and_to_the_section_in_hand() -> None:
    sat = an_attempt(CLOCKED)
    act(sat, Act.EXTEND, amount_ms=5 * MINUTE)
    now = sat.clock.now()
    assert sat.sitting.ledger.left_ms(now) == 65 * MINUTE
    assert sat.sitting.ledger.section_left_ms("cells", now) == 25 * MINUTE
    assert sat.sitting.ledger.section_left_ms("genetics", now) == 15 * MINUTE


def test_a_section_shut_by_time_is_worked_in_again_after_an_extension_that_names_it() -> None:
    sat = an_attempt(CLOCKED)
    look(sat, 20 * MINUTE)
    assert sat.sitting.section == "genetics"
    act(sat, Act.EXTEND, amount_ms=5 * MINUTE, section="cells")
    assert sat.sitting.shut_sections(sat.clock.now()) == frozenset()
    sat.take(sat.sitting.visit("cells-1", sat.clock.now()))
    sat.take(sat.sitting.choose("cells-1", ["cells-1-2"], sat.clock.now()))
    look(sat, 5 * MINUTE)
    assert sat.sitting.section == "genetics"
    assert sat.sitting.shut_sections(sat.clock.now()) == {"cells"}
    assert sat.sitting.ledger.section_left_ms("genetics", sat.clock.now()) == 15 * MINUTE


def test_going_back_to_a_reopened_section_does_not_shut_the_one_it_interrupts() -> None:
    sat = an_attempt(a_paper(settings={"sectionOrder": "sequential"}, randomized_questions=False))
    for number in (1, 2, 3):
        sat.take(sat.sitting.visit(f"cells-{number}", sat.clock.now()))
        sat.take(sat.sitting.choose(f"cells-{number}", [f"cells-{number}-1"], sat.clock.now()))
    sat.take(sat.sitting.visit("genetics-1", sat.clock.now()))
    act(sat, Act.EXTEND, amount_ms=MINUTE, section="cells")
    sat.take(sat.sitting.visit("cells-1", sat.clock.now()))
    assert sat.sitting.shut_sections(sat.clock.now()) == frozenset()
    sat.take(sat.sitting.visit("genetics-1", sat.clock.now()))
    assert sat.sitting.shut_sections(sat.clock.now()) == {"cells"}
    with pytest.raises(Refused, match="cannot be entered again"):
        sat.sitting.visit("cells-1", sat.clock.now())
    assert sat.folded().left_sections == {"cells"}


def test_an_extension_without_a_name_opens_nothing_again() -> None:
    sat = an_attempt(CLOCKED)
    look(sat, 20 * MINUTE)
    act(sat, Act.EXTEND, amount_ms=5 * MINUTE)
    assert sat.sitting.shut_sections(sat.clock.now()) == {"cells"}
    assert sat.sitting.ledger.section_left_ms("genetics", sat.clock.now()) == 20 * MINUTE


def test_what_was_handed_in_with_time_left_goes_on_where_it_was() -> None:
    sat = an_attempt(FREE)
    sat.take(sat.sitting.visit("genetics-2", sat.clock.now()))
    act(sat, Act.END)
    first = sat.sitting.receipt_hash
    act(sat, Act.REOPEN)
    assert (sat.sitting.phase, sat.sitting.question, sat.sitting.receipt_hash) == (R, "genetics-2", None)
    assert sat.sitting.due(sat.clock.advance(1_000)) == []
    act(sat, Act.END)
    assert sat.sitting.receipt_hash not in (None, first)


def test_what_time_handed_in_is_reopened_only_with_minutes() -> None:
    sat = an_attempt(FREE)
    look(sat, 60 * MINUTE)
    assert sat.sitting.phase is H
    with pytest.raises(Refused, match=r"No time is left\. Give minutes"):
        act(sat, Act.REOPEN)
    reopened, extended = act(sat, Act.REOPEN, amount_ms=5 * MINUTE, grant_id="g-r")
    assert (reopened.kind, extended.kind, extended.body["ms"]) == (Kind.REOPENED, Kind.EXTENDED, 5 * MINUTE)
    assert sat.sitting.ledger.left_ms(sat.clock.now()) == 5 * MINUTE
    look(sat, 5 * MINUTE)
    assert sat.sitting.phase is H
    assert sat.folded().ledger == sat.sitting.ledger


def test_when_every_section_is_over_a_reopening_names_the_one_to_open() -> None:
    paper = a_paper(duration=60, sections=(a_section("one", duration=1), a_section("two", section_order=2, duration=1)))
    sat = an_attempt(paper)
    look(sat, 2 * MINUTE)
    assert (sat.sitting.phase, sat.sitting.section) == (H, None)
    for short in ({}, {"amount_ms": MINUTE}, {"section": "one"}):
        with pytest.raises(Refused, match="Every section is over"):
            act(sat, Act.REOPEN, **short)
    act(sat, Act.REOPEN, amount_ms=MINUTE, section="one")
    assert sat.sitting.section is None
    sat.take(sat.sitting.due(sat.clock.now()))
    assert (sat.sitting.section, sat.sitting.question) == ("one", "one-q1")
    look(sat, MINUTE)
    assert sat.sitting.phase is H


def test_a_reopening_brings_as_much_as_was_overcharged() -> None:
    sat = an_attempt(FREE)
    look(sat, 55 * MINUTE)
    gap = sat.take([Step(Kind.GAP, {"cause": "reboot", "ms": None})])[0]
    act(sat, Act.CHARGE_GAP, gap=gap.seq, amount_ms=10 * MINUTE)
    look(sat, 1)
    assert sat.sitting.phase is H
    with pytest.raises(Refused, match="No time is left"):
        act(sat, Act.REOPEN, amount_ms=5 * MINUTE)
    act(sat, Act.REOPEN, amount_ms=6 * MINUTE)
    assert 0 < sat.sitting.ledger.left_ms(sat.clock.now()) <= MINUTE


@pytest.mark.parametrize(
    ("gap", "amount", "words"),
    [
        (None, 0, "no such gap"),
        (0, 0, "no such gap"),
        (GAP + 1, 0, "no such gap"),
        (GAP, -1, "as much as it lasted"),
        (GAP, 30_001, "as much as it lasted"),
    ],
)
def test_a_gap_that_is_none_or_charged_for_more_than_it_lasted_is_refused(
    gap: int | None, amount: int, words: str
) -> None:
    with pytest.raises(Refused, match=words):
        act(in_phase(R), Act.CHARGE_GAP, gap=gap, amount_ms=amount)


@pytest.mark.parametrize("amount", [0, 1, 30_000])
def test_a_gap_is_settled_once(amount: int) -> None:
    sat = in_phase(R)
    before = sat.sitting.ledger.left_ms(sat.clock.now())
    act(sat, Act.CHARGE_GAP, gap=GAP, amount_ms=amount)
    assert sat.sitting.ledger.left_ms(sat.clock.now()) == before - amount
    with pytest.raises(Refused, match="has been settled"):
        act(sat, Act.CHARGE_GAP, gap=GAP, amount_ms=0)


def test_a_text_is_whole_before_a_proctor_ends_a_paused_sitting() -> None:
    sat = an_attempt(FREE)
    sat.take(sat.sitting.visit("writing-1", sat.clock.now()))
    sat.take(sat.sitting.type("writing-1", "a", sat.clock.now()))
    sat.take(sat.sitting.type("writing-1", "ab", sat.clock.now()))
    act(sat, Act.PAUSE)
    typed, ended = act(sat, Act.END)
    assert (typed.body["text"], ended.kind) == ("ab", Kind.HANDED_IN)


def test_a_seat_unlocked_after_a_pause_is_still_paused() -> None:
    sat = in_phase(P)
    act(sat, Act.LOCK)
    act(sat, Act.UNLOCK)
    assert sat.sitting.phase is P


def test_a_move_is_written_down_with_what_was_typed_last() -> None:
    sat = an_attempt(FREE)
    sat.take(sat.sitting.visit("writing-1", sat.clock.now()))
    sat.take(sat.sitting.type("writing-1", "a", sat.clock.now()))
    sat.take(sat.sitting.type("writing-1", "ab", sat.clock.now()))
    typed, noted = act(sat, Act.MOVE, note="to A14", reason="equipment")
    assert typed.body["text"] == "ab"
    assert (noted.kind, noted.body["category"], noted.body["text"]) == (Kind.NOTED, "move", "to A14")


def take_back(sat: Trial, extension: str, **changes: Any) -> Any:
    """Take an extension back and return the entry."""
    (entry,) = act(sat, Act.TAKE_BACK, note=extension, **changes)
    return entry


def test_an_extension_is_taken_back_from_both_its_clocks_and_once() -> None:
    sat = an_attempt(CLOCKED)
    before = sat.sitting.ledger.left_ms(sat.clock.now()), sat.sitting.ledger.section_left_ms("cells", sat.clock.now())
    act(sat, Act.EXTEND, amount_ms=50 * MINUTE, grant_id="g-slip")
    sat.take(sat.sitting.visit("genetics-1", sat.clock.now()))
    entry = take_back(sat, "g-slip")
    assert (entry.body["ms"], entry.body["section"], entry.body["undoes"]) == (-50 * MINUTE, "cells", "g-slip")
    now = sat.clock.now()
    assert (sat.sitting.ledger.left_ms(now), sat.sitting.ledger.section_left_ms("cells", now)) == before
    assert sat.sitting.ledger.section_left_ms("genetics", now) == 15 * MINUTE
    assert sat.folded().ledger == sat.sitting.ledger
    with pytest.raises(Refused, match="has been taken back"):
        take_back(sat, "g-slip")


@pytest.mark.parametrize("of", ["g-unknown", "", "g-undone"])
def test_what_is_no_extension_cannot_be_taken_back_nor_can_a_taking_back(of: str) -> None:
    sat = an_attempt(FREE)
    act(sat, Act.EXTEND, amount_ms=MINUTE, grant_id="g-slip")
    take_back(sat, "g-slip", grant_id="g-undone")
    with pytest.raises(Refused, match="no such extension"):
        take_back(sat, of)


@pytest.mark.parametrize(("worked", "taken"), [(0, 10), (57, 10), (60, 9), (65, 4), (68, 1)])
def test_only_what_is_not_used_yet_is_taken_back_and_a_minute_stays(worked: int, taken: int) -> None:
    sat = an_attempt(FREE)
    act(sat, Act.EXTEND, amount_ms=10 * MINUTE, grant_id="g-slip")
    look(sat, worked * MINUTE)
    assert take_back(sat, "g-slip").body["ms"] == -taken * MINUTE
    assert sat.sitting.ledger.left_ms(sat.clock.now()) == (70 - worked - taken) * MINUTE >= MINUTE
    assert sat.sitting.due(sat.clock.now()) == []


def test_time_that_has_been_used_is_not_taken_back() -> None:
    sat = an_attempt(FREE)
    act(sat, Act.EXTEND, amount_ms=10 * MINUTE, grant_id="g-slip")
    look(sat, 69 * MINUTE)
    with pytest.raises(Refused, match="has been used"):
        take_back(sat, "g-slip")


def test_a_section_that_an_extension_opened_again_keeps_a_minute_when_it_is_taken_back() -> None:
    sat = an_attempt(CLOCKED)
    look(sat, 20 * MINUTE)
    act(sat, Act.EXTEND, amount_ms=5 * MINUTE, section="cells", grant_id="g-slip")
    assert take_back(sat, "g-slip").body["ms"] == -4 * MINUTE
    assert sat.sitting.ledger.section_left_ms("cells", sat.clock.now()) == MINUTE
    assert sat.sitting.shut_sections(sat.clock.now()) == frozenset()
