"""The moves of a sitting: which are allowed when, in which words they are refused, and what the clocks demand."""

from collections.abc import Callable
from typing import Any

import pytest

from builders import Trial, a_genesis, a_lease, a_paper, a_question, a_section, a_test, an_attempt, without_clocks
from kiosk.exam.accommodation import Accommodation
from kiosk.exam.draft import QuestionType
from kiosk.exam.entry import Kind
from kiosk.exam.error import Invalid, Refused
from kiosk.exam.journal import verify
from kiosk.exam.press import print_test
from kiosk.exam.sitting import LONGEST_TEXT, Phase, Sitting, Step

MINUTE = 60_000
FREE = print_test(without_clocks(a_test(randomized_questions=False)))[0]
"""Three sections on the test's clock, in any order."""
CLOCKED = a_paper(randomized_questions=False)
"""Cells 20 minutes, Genetics 15, Writing 30, in an hour."""
STAMP = {"who": "proctor-1", "grant": "g", "reason": "other"}


def kinds(steps: list[Step]) -> list[str]:
    return [s.kind.value for s in steps]


def bodies(steps: list[Step]) -> list[tuple[str, Any]]:
    return [(s.kind.value, dict(s.body)) for s in steps]


def work(sat: Trial, ms: int) -> None:
    """Let time pass as a seat does that looks at its clocks every second and ticks every five."""
    while ms > 0:
        sat.clock.advance(min(1_000, ms))
        ms -= 1_000
        sat.take(sat.sitting.due(sat.clock.now()))
        if sat.sitting.ledger.running and sat.clock.boot_ms - sat.entries[-1].boot_ms >= 5_000:
            sat.take([Step(Kind.TICK, {})])


def answer_all(sat: Trial, section: str) -> None:
    """Put something down for every question of a section."""
    for question in sat.paper.section(section).questions:
        now = sat.clock.advance(100)
        sat.take(sat.sitting.visit(question.question_id, now))
        if question.options:
            sat.take(sat.sitting.choose(question.question_id, [question.options[0].option_id], now))
        else:
            sat.take(sat.sitting.type(question.question_id, "Mitosis", now))


# opening


def test_opening_fixes_the_order_and_the_time_and_enters_the_first_question() -> None:
    sat = an_attempt(CLOCKED, accommodation=Accommodation(25), limit_ms=None, due_at="2031-05-13T12:00:00.000Z")
    assert [e.kind for e in sat.entries] == [Kind.OPENED, Kind.SECTION_ENTERED, Kind.VISITED]
    opened = sat.entries[0].body
    assert opened["candidate"] == "candidate-1"
    assert opened["proctor"] == "proctor-1"
    assert (opened["attempt"], opened["seed"], opened["due_at"]) == (1, "seed-1", "2031-05-13T12:00:00.000Z")
    assert sat.sitting.phase is Phase.RUNNING
    assert (sat.sitting.section, sat.sitting.question) == ("cells", "cells-1")
    assert sat.sitting.answers["cells-1"].seen
    assert not sat.sitting.answers["cells-2"].seen
    assert sat.sitting.ledger.left_ms(sat.clock.now()) == 75 * MINUTE
    verify(sat.genesis, sat.entries)


def test_a_sitting_opens_once_and_only_with_its_own_lease() -> None:
    sat = an_attempt(FREE)
    with pytest.raises(Refused, match="begun already"):
        sat.sitting.open(a_lease(FREE))
    fresh = Sitting(FREE, a_genesis(FREE))
    for lease in (a_lease(CLOCKED), a_lease(FREE, submission_id="submission-2")):
        with pytest.raises(Invalid, match="another sitting or another paper"):
            fresh.open(lease)


def test_a_due_date_that_ends_a_sitting_limits_its_time() -> None:
    sat = an_attempt(FREE, limit_ms=10 * MINUTE)
    work(sat, 10 * MINUTE)
    assert sat.sitting.phase is Phase.HANDED_IN
    assert sat.entries[-1].body["by"] == "time"


# the table of moves and phases


def in_phase(phase: Phase) -> Trial | Sitting:
    """Return a sitting at FREE brought into a phase."""
    if phase is Phase.NEW:
        return Sitting(FREE, a_genesis(FREE))
    sat = an_attempt(FREE)
    sat.take(sat.sitting.choose("cells-1", ["cells-1-1"], sat.clock.advance(1_000)))
    match phase:
        case Phase.PAUSED:
            sat.take([Step(Kind.PAUSED, STAMP)])
        case Phase.LOCKED:
            sat.take([Step(Kind.LOCKED, STAMP)])
        case Phase.HANDED_IN | Phase.SEALED:
            sat.take([Step(Kind.HANDED_IN, {"by": "candidate", "answered": 0, "questions": 8})])
            if phase is Phase.SEALED:
                sat.take(sat.sitting.seal())
        case Phase.MOVED:
            sat.take(sat.sitting.take_over(a_lease(FREE, seat="B3", epoch=2)))
    return sat


WORDS = {
    Phase.NEW: "The sitting has not begun.",
    Phase.PAUSED: "The exam is paused. The proctor will resume it.",
    Phase.LOCKED: "This seat is locked. Please raise your hand.",
    Phase.MOVED: "This sitting goes on at another seat.",
    Phase.HANDED_IN: "You have handed in.",
    Phase.SEALED: "This sitting is sealed.",
}
MOVES: dict[str, Callable[[Sitting, Any], list[Step]]] = {
    "visit": lambda s, now: s.visit("genetics-1", now),
    "choose": lambda s, now: s.choose("cells-2", ["cells-2-1"], now),
    "clear": lambda s, now: s.clear("cells-1", now),
    "flag": lambda s, now: s.flag("cells-1", True, now),
    "show_hint": lambda s, now: s.show_hint("cells-1", now),
    "type": lambda s, now: s.type("writing-1", "x", now),
    "hand_in": lambda s, now: s.hand_in(now),
}
CANDIDATES_WORDS_WHILE_RUNNING = {
    "type": "Go to Writing first.",
    "hand_in": "Cells must be completed. Still empty: 2, 3.",
}


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("phase", list(Phase))
def test_a_candidate_moves_only_while_it_runs(move: str, phase: Phase) -> None:
    sat = in_phase(phase)
    sitting, now = (sat.sitting, sat.clock.now()) if isinstance(sat, Trial) else (sat, an_attempt().clock.now())
    assert sitting.phase is phase
    words = WORDS.get(phase) or CANDIDATES_WORDS_WHILE_RUNNING.get(move)
    head = sitting.head
    if words is None:
        assert MOVES[move](sitting, now)
    else:
        with pytest.raises(Refused) as refusal:
            MOVES[move](sitting, now)
        assert refusal.value.message == words
    assert sitting.head == head, "asking changes nothing"


@pytest.mark.parametrize("phase", [p for p in Phase if p is not Phase.RUNNING])
def test_the_clocks_demand_nothing_while_it_does_not_run(phase: Phase) -> None:
    sat = in_phase(phase)
    if isinstance(sat, Trial):
        assert sat.sitting.due(sat.clock.advance(5_000)) == []


# moving between questions and sections


def test_visiting_goes_through_sections_in_the_journal() -> None:
    sat = an_attempt(FREE)
    assert bodies(sat.sitting.visit("cells-2", sat.clock.now())) == [("visited", {"question": "cells-2"})]
    assert sat.sitting.visit("cells-1", sat.clock.now()) == []
    assert bodies(sat.sitting.visit("genetics-3", sat.clock.now())) == [
        ("section_left", {"section": "cells", "why": "moved"}),
        ("section_entered", {"section": "genetics"}),
        ("visited", {"question": "genetics-3"}),
    ]
    with pytest.raises(Refused, match="no such question"):
        sat.sitting.visit("physics-1", sat.clock.now())


def test_work_is_refused_in_a_section_whose_clock_does_not_run() -> None:
    sat = an_attempt(CLOCKED)
    now = sat.clock.now()
    for move in (
        lambda: sat.sitting.choose("genetics-1", ["genetics-1-1"], now),
        lambda: sat.sitting.clear("genetics-1", now),
        lambda: sat.sitting.show_hint("genetics-1", now),
    ):
        with pytest.raises(Refused, match="Go to Genetics first"):
            move()
    assert kinds(sat.sitting.flag("genetics-1", True, now)) == ["flagged"]


def test_free_sections_may_be_entered_again() -> None:
    sat = an_attempt(CLOCKED)
    sat.take(sat.sitting.visit("genetics-1", sat.clock.now()))
    assert sat.sitting.visit("cells-1", sat.clock.now())
    assert sat.sitting.shut_sections(sat.clock.now()) == frozenset()


def test_sequential_sections_stay_shut_and_a_mandatory_one_is_completed_first() -> None:
    sat = an_attempt(a_paper(settings={"sectionOrder": "sequential"}, randomized_questions=False))
    with pytest.raises(Refused, match=r"Cells must be completed\. Still empty: 1, 2, 3\."):
        sat.sitting.visit("genetics-1", sat.clock.now())
    answer_all(sat, "cells")
    sat.take(sat.sitting.visit("genetics-1", sat.clock.now()))
    assert [e.body["why"] for e in sat.entries if e.kind is Kind.SECTION_LEFT] == ["done"]
    assert sat.sitting.shut_sections(sat.clock.now()) == {"cells"}
    for move in (sat.sitting.visit, lambda q, now: sat.sitting.choose(q, [], now)):
        with pytest.raises(Refused, match=r"You have left Cells; it cannot be entered again\."):
            move("cells-1", sat.clock.now())
    sat.take(sat.sitting.visit("writing-1", sat.clock.now()))
    assert sat.sitting.shut_sections(sat.clock.now()) == {"cells", "genetics"}
    assert kinds(sat.sitting.hand_in(sat.clock.now())) == ["handed_in"]


# answers


def test_choosing_is_kept_sorted_once_and_only_when_it_changes_something() -> None:
    sat = an_attempt(FREE)
    sitting, now = sat.sitting, sat.clock.now()
    assert bodies(sitting.choose("cells-2", ["cells-2-3", "cells-2-1", "cells-2-3"], now)) == [
        ("answered", {"question": "cells-2", "options": ["cells-2-1", "cells-2-3"]})
    ]
    sat.take(sitting.choose("cells-2", ["cells-2-3", "cells-2-1"], now))
    assert sitting.choose("cells-2", ("cells-2-1", "cells-2-3"), now) == []
    assert bodies(sitting.choose("cells-2", [], now)) == [("cleared", {"question": "cells-2"})]
    assert sitting.answers["cells-2"].answered_seq == sat.entries[-1].seq
    sat.take(sitting.clear("cells-2", now))
    assert sitting.clear("cells-2", now) == []
    assert sitting.choose("cells-2", [], now) == []


@pytest.mark.parametrize(
    ("question", "options", "words"),
    [
        ("cells-1", ["cells-1-1", "cells-1-2"], "Choose no more than 1"),
        ("cells-3", ["cells-3-1", "cells-3-2"], "Choose no more than 1"),
        ("cells-1", ["cells-2-1"], "not one of the choices"),
        ("cells-1", ["nothing"], "not one of the choices"),
    ],
)
def test_choices_that_cannot_be_are_refused(question: str, options: list[str], words: str) -> None:
    sat = an_attempt(FREE)
    with pytest.raises(Refused, match=words):
        sat.sitting.choose(question, options, sat.clock.now())


def test_several_answers_have_a_limit_where_the_paper_sets_one() -> None:
    question = a_question("q", type=QuestionType.MSQ, max_choices=2)
    sat = an_attempt(a_paper(sections=(a_section(questions=(question,)),)))
    sat.take(sat.sitting.choose("q", ["q-1", "q-2"], sat.clock.now()))
    with pytest.raises(Refused, match=r"Choose no more than 2\. Take one away first\."):
        sat.sitting.choose("q", ["q-1", "q-2", "q-3"], sat.clock.now())


def test_a_written_answer_is_not_chosen_and_a_chosen_one_not_written() -> None:
    sat = an_attempt(FREE)
    with pytest.raises(Refused, match="answered by choosing"):
        sat.sitting.type("cells-1", "B", sat.clock.now())
    sat.take(sat.sitting.visit("writing-1", sat.clock.now()))
    with pytest.raises(Refused, match="not one of the choices"):
        sat.sitting.choose("writing-1", ["x"], sat.clock.now())


def test_flags_and_hints_are_counted_and_end() -> None:
    sat = an_attempt(FREE)
    sitting, now = sat.sitting, sat.clock.now()
    assert sitting.flag("cells-1", False, now) == []
    sat.take(sitting.flag("cells-1", True, now))
    assert sitting.flag("cells-1", True, now) == []
    for number in (1, 2):
        (entry,) = sat.take(sitting.show_hint("cells-1", now))
        assert entry.body["hint"] == number
    assert (sitting.answers["cells-1"].flagged, sitting.answers["cells-1"].hints_shown) == (True, 2)
    with pytest.raises(Refused, match="no further hint"):
        sitting.show_hint("cells-1", now)


# texts


def an_essay() -> Trial:
    sat = an_attempt(FREE)
    sat.take(sat.sitting.visit("writing-1", sat.clock.now()))
    return sat


def test_a_text_is_written_whole_first_then_in_splices_and_whole_every_ten_seconds() -> None:
    sat = an_essay()
    written = []
    for second in range(25):
        (entry,) = sat.take(sat.sitting.type("writing-1", "x" * (second + 1), sat.clock.now()))
        written.append("whole" if "text" in entry.body else "splice")
        sat.clock.advance(1_000)
    assert [n for n, how in enumerate(written) if how == "whole"] == [0, 10, 20]
    assert sat.sitting.answers["writing-1"].text == "x" * 25


def test_a_text_that_rests_in_splices_is_made_whole_by_the_clock_and_stays_the_same_answer() -> None:
    sat = an_essay()
    sat.take(sat.sitting.type("writing-1", "Mitosis", sat.clock.now()))
    (typed,) = sat.take(sat.sitting.type("writing-1", "Mitosis!", sat.clock.advance(1_000)))
    assert sat.sitting.due(sat.clock.advance(8_999)) == []
    assert bodies(sat.sitting.due(sat.clock.advance(1))) == [("typed", {"question": "writing-1", "text": "Mitosis!"})]
    sat.take(sat.sitting.due(sat.clock.now()))
    assert sat.sitting.due(sat.clock.advance(60)) == []
    assert sat.sitting.answers["writing-1"].answered_seq == typed.seq


@pytest.mark.parametrize(
    "leave",
    [
        lambda sat, now: sat.sitting.visit("writing-2", now),
        lambda sat, now: sat.sitting.visit("cells-1", now),
        lambda sat, now: sat.sitting.hand_in(now),
    ],
)
def test_a_text_is_written_whole_on_leaving_and_on_hand_in(leave: Callable[[Trial, Any], list[Step]]) -> None:
    sat = an_attempt(FREE)
    answer_all(sat, "cells")
    sat.take(sat.sitting.visit("writing-1", sat.clock.now()))
    sat.take(sat.sitting.type("writing-1", "a", sat.clock.now()))
    sat.take(sat.sitting.type("writing-1", "ab", sat.clock.now()))
    assert bodies(leave(sat, sat.clock.now()))[0] == ("typed", {"question": "writing-1", "text": "ab"})
    sat.take(leave(sat, sat.clock.now()))
    assert "typed" not in kinds(sat.sitting.finish_text())


def test_a_text_is_whole_before_time_hands_it_in() -> None:
    sat = an_essay()
    work(sat, 59 * MINUTE + 55_000)
    sat.take(sat.sitting.type("writing-1", "a", sat.clock.now()))
    sat.take(sat.sitting.type("writing-1", "ab", sat.clock.now()))
    work(sat, 5_000)
    assert [e.kind for e in sat.entries[-2:]] == [Kind.TYPED, Kind.HANDED_IN]
    assert sat.entries[-2].body["text"] == "ab"


def test_after_a_new_start_of_the_machine_a_text_begins_whole() -> None:
    sat = an_essay()
    sat.take(sat.sitting.type("writing-1", "a", sat.clock.now()))
    sat.clock.reboot()
    sat.take([Step(Kind.GAP, {"cause": "reboot", "ms": None})])
    (entry,) = sat.take(sat.sitting.type("writing-1", "ab", sat.clock.now()))
    assert entry.body["text"] == "ab"


def test_a_text_is_normalised_before_it_is_measured_so_that_a_replay_fits() -> None:
    sat = an_essay()
    for text in ("e", "e\u0301", "e\u0301x", "ae\u0301x", "ae\u0301x\x1b"):
        sat.take(sat.sitting.type("writing-1", text, sat.clock.advance(100)))
    assert sat.sitting.answers["writing-1"].text == "aéx"
    assert sat.folded().answers == sat.sitting.answers


def test_a_text_has_an_end() -> None:
    sat = an_essay()
    assert sat.sitting.type("writing-1", "x" * LONGEST_TEXT, sat.clock.now())
    with pytest.raises(Refused, match="100,000 characters"):
        sat.sitting.type("writing-1", "x" * (LONGEST_TEXT + 1), sat.clock.now())


def test_a_cleared_text_begins_whole_again() -> None:
    sat = an_essay()
    sat.take(sat.sitting.type("writing-1", "a", sat.clock.now()))
    sat.take(sat.sitting.type("writing-1", "ab", sat.clock.now()))
    sat.take(sat.sitting.clear("writing-1", sat.clock.now()))
    assert sat.sitting.finish_text() == []
    (entry,) = sat.take(sat.sitting.type("writing-1", "c", sat.clock.now()))
    assert entry.body["text"] == "c"


# what the clocks demand


def test_a_section_at_zero_is_left_for_the_next_open_one() -> None:
    sat = an_attempt(CLOCKED)
    work(sat, 20 * MINUTE - 1_000)
    assert sat.sitting.section == "cells"
    work(sat, 1_000)
    assert [(e.kind.value, dict(e.body)) for e in sat.entries[-3:]] == [
        ("section_left", {"section": "cells", "why": "time"}),
        ("section_entered", {"section": "genetics"}),
        ("visited", {"question": "genetics-1"}),
    ]
    assert sat.sitting.shut_sections(sat.clock.now()) == {"cells"}
    with pytest.raises(Refused, match=r"The time of Cells is over\."):
        sat.sitting.visit("cells-2", sat.clock.now())
    with pytest.raises(Refused, match=r"The time of Cells is over\."):
        sat.sitting.flag("cells-1", True, sat.clock.now())


def test_between_its_zero_and_the_next_look_nobody_works_in_a_section() -> None:
    sat = an_attempt(CLOCKED)
    work(sat, 20 * MINUTE - 1_000)
    now = sat.clock.advance(1_000)
    for move in (
        lambda: sat.sitting.choose("cells-1", ["cells-1-1"], now),
        lambda: sat.sitting.visit("cells-2", now),
    ):
        with pytest.raises(Refused, match=r"The time of Cells is over\."):
            move()


def test_when_the_last_open_section_is_over_the_sitting_is_handed_in() -> None:
    paper = a_paper(sections=(a_section("one", duration=1), a_section("two", section_order=2, duration=2)))
    sat = an_attempt(paper)
    work(sat, 3 * MINUTE)
    assert [(e.kind.value, e.body.get("why")) for e in sat.entries if e.kind is Kind.SECTION_LEFT] == [
        ("section_left", "time"),
        ("section_left", "time"),
    ]
    assert sat.entries[-1].body == {"by": "time", "answered": 0, "questions": 2}
    assert sat.sitting.receipt_hash == sat.entries[-1].hash


def test_an_earlier_section_left_open_comes_after_the_last_one() -> None:
    sat = an_attempt(CLOCKED)
    sat.take(sat.sitting.visit("writing-1", sat.clock.now()))
    work(sat, 30 * MINUTE)
    assert sat.sitting.section == "cells"


def test_the_test_at_zero_hands_in_wherever_the_candidate_is() -> None:
    sat = an_attempt(FREE)
    sat.take(sat.sitting.visit("genetics-1", sat.clock.now()))
    work(sat, 60 * MINUTE - 1_000)
    assert sat.sitting.phase is Phase.RUNNING
    now = sat.clock.advance(1_000)
    with pytest.raises(Refused, match=r"The time is over\."):
        sat.sitting.choose("genetics-1", ["genetics-1-1"], now)
    assert kinds(sat.sitting.due(now)) == ["handed_in"]


def test_a_mandatory_section_whose_time_is_over_does_not_keep_anybody_from_handing_in() -> None:
    sat = an_attempt(CLOCKED)
    with pytest.raises(Refused, match=r"Cells must be completed\. Still empty: 1, 2, 3\."):
        sat.sitting.hand_in(sat.clock.now())
    work(sat, 20 * MINUTE)
    assert kinds(sat.sitting.hand_in(sat.clock.now())) == ["handed_in"]


def test_handing_in_says_how_much_is_answered() -> None:
    sat = an_attempt(FREE)
    answer_all(sat, "cells")
    (entry,) = sat.take(sat.sitting.hand_in(sat.clock.now()))
    assert entry.body == {"by": "candidate", "answered": 3, "questions": 8}
    assert sat.sitting.receipt_hash == entry.hash
    assert sat.sitting.hand_in_entry == entry


# other seats, and the seal


def test_a_sitting_goes_on_at_the_seat_of_a_newer_lease() -> None:
    sat = an_attempt(FREE)
    answer_all(sat, "cells")
    lease = a_lease(FREE, seat="B3", epoch=2, lease_id="lease-2")
    there = Sitting.fold(FREE, sat.genesis, sat.entries, seat="B3")
    assert there.phase is Phase.MOVED, "until the lease is in the journal"
    moved = there.record(there.take_over(lease)[0], sat.clock.advance(90_000))
    assert (moved.kind, moved.epoch, moved.seq) == (Kind.MOVED, 2, len(sat.entries))
    assert (there.phase, there.holder, there.epoch) == (Phase.RUNNING, "B3", 2)
    after = there.record(there.choose("cells-1", ["cells-1-3"], sat.clock.advance(100))[0], sat.clock.now())
    journal = [*sat.entries, moved, after]
    verify(sat.genesis, journal)
    assert Sitting.fold(FREE, sat.genesis, journal).phase is Phase.MOVED, "as the first seat sees it"
    assert Sitting.fold(FREE, sat.genesis, journal, seat="B3").phase is Phase.RUNNING
    for stale in (lease, a_lease(FREE, seat="A12", epoch=1)):
        with pytest.raises(Refused, match="newer permission"):
            there.take_over(stale)
    with pytest.raises(Invalid, match="another sitting"):
        there.take_over(a_lease(CLOCKED, epoch=3))


def test_only_what_was_handed_in_is_sealed_and_only_once() -> None:
    sat = an_attempt(FREE)
    with pytest.raises(Refused, match="handed in can be sealed"):
        sat.sitting.seal()
    sat.take([Step(Kind.HANDED_IN, {"by": "proctor", "answered": 0, "questions": 8})])
    head = sat.sitting.head
    (sealed,) = sat.take(sat.sitting.seal())
    assert sealed.body == {"entries": head.seq + 1, "head": head.hash.hex()}
    with pytest.raises(Refused, match="sealed"):
        sat.sitting.seal()
    with pytest.raises(Refused, match="sealed"):
        sat.sitting.take_over(a_lease(FREE, epoch=2))


@pytest.mark.parametrize("phase", [Phase.RUNNING, Phase.PAUSED, Phase.LOCKED])
def test_what_nobody_handed_in_is_sealed_by_whoever_decides_it(phase: Phase) -> None:
    sat = in_phase(phase)
    assert isinstance(sat, Trial)
    head = sat.sitting.head
    (sealed,) = sat.take(sat.sitting.recover("proctor-1", "went\nhome"))
    assert sealed.body == {
        "entries": head.seq + 1,
        "head": head.hash.hex(),
        "who": "proctor-1",
        "why": "went home",
    }
    assert sat.sitting.phase is Phase.SEALED
    assert sat.sitting.receipt_hash is None


@pytest.mark.parametrize("phase", [Phase.NEW, Phase.HANDED_IN, Phase.SEALED])
def test_a_decision_seals_nothing_else(phase: Phase) -> None:
    found = in_phase(phase)
    sitting = found.sitting if isinstance(found, Trial) else found
    with pytest.raises(Refused):
        sitting.recover("proctor-1", "went home")


@pytest.mark.parametrize(("who", "why"), [("", "went home"), ("proctor-1", ""), (" ", "\n")])
def test_a_decision_has_a_name_and_a_reason(who: str, why: str) -> None:
    with pytest.raises(Refused, match="a name and a reason"):
        an_attempt(FREE).sitting.recover(who, why)


def test_answers_keep_when_they_changed_last() -> None:
    sat = an_attempt(FREE)
    (first,) = sat.take(sat.sitting.choose("cells-1", ["cells-1-1"], sat.clock.advance(1_000)))
    sat.take(sat.sitting.flag("cells-1", True, sat.clock.advance(1_000)))
    answer = sat.sitting.answers["cells-1"]
    assert (answer.answered_at, answer.answered_seq) == (first.at, first.seq)


def test_numbers_of_empty_questions_are_the_candidates_own() -> None:
    paper = a_paper(randomized_questions=True)
    sat = an_attempt(paper, seed="another")
    third = sat.sitting.order[0].questions[2].question_id
    sat.take(sat.sitting.choose(third, [paper.questions[third].options[0].option_id], sat.clock.now()))
    assert sat.sitting.empty_numbers("cells") == [1, 2]
