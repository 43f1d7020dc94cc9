"""The worked examples of docs/rules.md, in its order and with its numbers."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from test_marking import a_key_question, a_marking

from builders import NOON, Trial, a_grant, a_paper, a_session, a_test, an_assignment, an_attempt, without_clocks
from kiosk.exam.accommodation import Accommodation
from kiosk.exam.answer import Answer
from kiosk.exam.draft import AccessType, QuestionType
from kiosk.exam.entry import Kind
from kiosk.exam.error import Refused
from kiosk.exam.gate import check_opening
from kiosk.exam.grant import Act
from kiosk.exam.interruption import gap_at_restart
from kiosk.exam.key import KeyQuestion, MarkingRule
from kiosk.exam.marking import Mark, mark_answer, score
from kiosk.exam.moment import Moment
from kiosk.exam.policy import Policy
from kiosk.exam.press import print_test
from kiosk.exam.setting import SETTINGS
from kiosk.exam.sitting import Step
from kiosk.exam.supervision import carry_out

PAGE = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
MINUTE = 60_000
HOUR = print_test(without_clocks(a_test()))[0]


def work(sat: Trial, minutes: float) -> None:
    for _ in range(round(minutes * 12)):
        sat.clock.advance(5_000)
        sat.take([Step(Kind.TICK, {})])
        while steps := sat.sitting.due(sat.clock.now()):
            sat.take(steps)


def do(sat: Trial, act: Act, name: str, minutes: float = 0, section: str | None = None, gap: int | None = None) -> None:
    grant = a_grant(act, grant_id=name, amount_ms=round(minutes * MINUTE), section=section, gap=gap)
    sat.take(carry_out(sat.sitting, grant, sat.clock.now()))


def left(sat: Trial) -> float:
    return sat.sitting.ledger.left_ms(sat.clock.now()) / MINUTE


def section_left(sat: Trial, section: str) -> float:
    return (sat.sitting.ledger.section_left_ms(section, sat.clock.now()) or 0) / MINUTE


def test_what_runs_the_clock() -> None:
    sat = an_attempt(HOUR)
    work(sat, 20)
    do(sat, Act.PAUSE, "g1")
    work(sat, 15)
    do(sat, Act.RESUME, "g2")
    work(sat, 5)
    assert left(sat) == 35
    sat.clock.step_wall(60 * MINUTE)
    assert left(sat) == 35


def test_what_a_crash_costs() -> None:
    sat = an_attempt(HOUR)
    work(sat, 12)
    before = left(sat)
    last = sat.entries[-1]
    sat.clock.advance(4_000)
    sat.clock.reboot(7 * MINUTE + 53_000)
    (gap,) = sat.take([gap_at_restart(Moment(last.at, last.boot_id, last.boot_ms), sat.clock.now())])
    assert left(sat) == before
    do(sat, Act.CHARGE_GAP, "g", minutes=2, gap=gap.seq)
    assert left(sat) == before - 2


def test_sections() -> None:
    sat = an_attempt(a_paper())
    work(sat, 3)
    sat.take(sat.sitting.visit("genetics-1", sat.clock.now()))
    work(sat, 5)
    sat.take(sat.sitting.visit("cells-1", sat.clock.now()))
    assert (section_left(sat, "cells"), left(sat)) == (17, 52)


def test_more_time() -> None:
    sat = an_attempt(a_paper(), accommodation=Accommodation(25))
    assert (left(sat), section_left(sat, "cells")) == (75, 25)
    work(sat, 25)
    assert sat.sitting.section == "genetics"
    do(sat, Act.EXTEND, "g", minutes=5, section="cells")
    assert (left(sat), section_left(sat, "cells"), section_left(sat, "genetics")) == (55, 5, 15 * 1.25)


def test_due_date_session_and_late_entry() -> None:
    policy = Policy.from_settings(AccessType.PRIVATE, None, {})
    session = a_session(late_entry_minutes=20)
    check_opening(policy, an_assignment(), NOON + timedelta(minutes=20), session=session)
    with pytest.raises(Refused):
        check_opening(policy, an_assignment(), NOON + timedelta(minutes=20, milliseconds=1), session=session)


@pytest.mark.parametrize(
    ("rule", "weights", "expected"),
    [
        ("allOrNothing", {}, {"AC": "6", "A": "0", "ABC": "0", "": "0"}),
        ("rightMinusWrong", {}, {"AC": "6", "A": "3", "AB": "0", "ABC": "3"}),
        ("weights", {"A": "0.5", "C": "0.5", "D": "-1"}, {"AC": "6", "A": "3", "AD": "0"}),
    ],
)
def test_the_table_of_rules(rule: str, weights: dict[str, str], expected: dict[str, str]) -> None:
    question = a_key_question(QuestionType.MSQ, "AC", **weights)
    for chosen, points in expected.items():
        assert _points(a_marking(MarkingRule(rule)), question, chosen) == points
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{rule}`"))
    for chosen, points in expected.items():
        assert f"{chosen or 'none'} {points}" in row


def test_thirds_hints_penalties_and_the_score() -> None:
    third = a_key_question(QuestionType.MSQ, "ABC", "1")
    minus = a_marking(MarkingRule.RIGHT_MINUS_WRONG)
    assert [_points(minus, third, c) for c in ("A", "AB", "ABC")] == ["0.333333", "0.666667", "1"]
    single = a_key_question(QuestionType.MCQ, "B")
    assert _points(a_marking(wrong_answer_penalty=Decimal("0.25")), single, "A") == "-1.5"
    assert _points(a_marking(hint_cost=Decimal(1)), single, "B", hints=1) == "5"
    assert _points(a_marking(hint_cost=Decimal(1)), single, "A", hints=3) == "0"
    marks = [Mark("q", Decimal(p), Decimal(6), False) for p in ("0.5", "-2")]
    assert (score(a_marking(), marks), score(a_marking(negative_total=True), marks)) == (0, Decimal("-1.5"))


def test_every_setting_the_page_names_exists() -> None:
    names = {s.key for s in SETTINGS}
    for name in ("sectionOrder", "lateEntryMinutes", "dueDateEnds", "marking", "wrongAnswerPenalty", "hintCost"):
        assert name in names
        assert f"`{name}`" in PAGE
    assert {"negativeTotal", "passScoreIsPercent"} <= names


def _points(key: object, question: KeyQuestion, chosen: str, hints: int = 0) -> str:
    mark = mark_answer(key, question, Answer("q", tuple(chosen), hints_shown=hints))
    assert mark is not None
    return str(mark.points)
