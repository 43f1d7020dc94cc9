"""The figures of a report, and how they are shown."""

import csv
import io
import statistics
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from builders import a_question, a_section, a_test
from kiosk.exam.draft import QuestionType
from kiosk.exam.outcome import Outcome, Standing, Tally
from kiosk.exam.press import print_test
from kiosk.reports.report import TestReport, compose
from kiosk.reports.sheet import HEADER, to_csv, write_csv
from kiosk.reports.statistic import mean, median, percent
from kiosk.reports.table import bar, to_table

POINTS = st.decimals(min_value=-100, max_value=1000, places=3, allow_nan=False)


@given(st.lists(POINTS, min_size=1, max_size=40))
def test_mean_and_median_agree_with_the_standard_library(values: list[Decimal]) -> None:
    assert mean(values) == pytest.approx(statistics.mean(values), abs=Decimal("0.000001"))
    assert median(values) == pytest.approx(statistics.median(values), abs=Decimal("0.000001"))


def test_no_values_have_no_figures() -> None:
    assert (mean([]), median([]), percent(0, 0)) == (None, None, None)
    assert percent(1, 3) == Decimal("33.333333")


def outcomes(*scores: int, passed_from: int = 10) -> list[Outcome]:
    return [
        Outcome(f"c{n}", f"s{n}", Decimal(score), Decimal(30), score >= passed_from) for n, score in enumerate(scores)
    ]


def a_report(**changes: Any) -> TestReport:
    paper, key = print_test(a_test(**changes))
    tallies = [
        Tally("cells-1", True, False, Decimal(2), 3),
        Tally("cells-1", False, False, Decimal(0), 1),
        Tally("cells-2", False, True, Decimal(0), 2),
        Tally("cells-2", True, False, Decimal(3), 1),
        Tally("writing-1", False, False, Decimal("7.5"), 2),
    ]
    return compose(paper, key, Standing(5, 0, 1, 4, 0), outcomes(12, 4, 20, 9), tallies)


def test_the_summary_counts_best_attempts() -> None:
    report = a_report()
    assert (report.candidates, report.average_score, report.median_score) == (4, Decimal("11.25"), Decimal("10.5"))
    assert (report.lowest_score, report.highest_score, report.max_score) == (4, 20, 30)
    assert (report.pass_score, report.passed, report.pass_rate) == (10, 2, 50)


def test_a_test_without_pass_mark_has_no_pass_rate() -> None:
    report = a_report(pass_score=None)
    assert (report.pass_score, report.passed, report.pass_rate) == (None, None, None)


def test_empty_counts_as_wrong_and_never_seen_is_left_out_and_said() -> None:
    first, second, third = a_report().questions[:3]
    assert (first.seen, first.never_seen, first.correct, first.difficulty) == (4, 0, 3, 75)
    assert (second.seen, second.never_seen, second.empty, second.difficulty) == (3, 1, 2, Decimal("33.333333"))
    assert (third.seen, third.never_seen, third.difficulty, third.average_points) == (0, 4, None, None)
    essay = next(q for q in a_report().questions if q.type is QuestionType.ESSAY)
    assert (essay.difficulty, essay.average_points) == (0, Decimal("7.5"))


def test_json_keeps_points_exact_and_percents_as_numbers() -> None:
    document = a_report().document()
    assert document["averageScore"] == "11.25"
    assert document["passRate"] == 50.0
    assert document["questions"][1]["difficulty"] == pytest.approx(33.333333)
    assert document["questions"][2]["difficulty"] is None
    assert "never seen" in document["basis"]


def test_csv_has_one_line_a_question_and_names_every_column() -> None:
    rows = list(csv.reader(io.StringIO(to_csv(a_report()))))
    assert tuple(rows[0]) == HEADER
    assert len(rows) == 1 + 8
    assert dict(zip(HEADER, rows[1], strict=True))["difficulty"] == "75"


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://x")',
        "+1+cmd|'/c calc'!A0",
        "-1+1",
        "@SUM(A1)",
        "\t=1",
        "  =1",
        "＝1",
        "\u00a0=1",
        "\u200b=1",
    ],
)
def test_text_never_becomes_a_formula_and_numbers_stay_numbers(text: str) -> None:
    sheet = write_csv(["text", "points"], [[text, Decimal("-2.5")]])
    shown, points = list(csv.reader(io.StringIO(sheet)))[1]
    assert shown.startswith("'")
    assert points == "-2.5"


def test_a_bar_is_as_long_as_its_share() -> None:
    assert bar(Decimal(0)) == "░" * 10
    assert bar(Decimal(75), 8) == "██████░░"
    assert bar(Decimal(100)) == "█" * 10
    assert bar(None) == "·" * 10


def test_the_table_fits_80_columns_and_shows_foreign_text_as_text() -> None:
    nasty = a_question("q1", question_text="[red]=1+1[/] " + "\x1b[2J" + "x" * 200, section_id="s1")
    report = a_report(sections=(a_section("s1", title="[b]One[/b]", questions=(nasty,)),))
    console = Console(file=io.StringIO(), width=80, record=True, force_terminal=False)
    console.print(to_table(report))
    text = console.export_text()
    assert "[red]=1+1[/]" in text
    assert "[b]One[/b]" in text
    assert "\x1b[2J" not in text
    assert max(len(line) for line in text.splitlines()) <= 80


def test_the_table_shows_a_bar_for_each_question() -> None:
    console = Console(file=io.StringIO(), width=80, record=True)
    console.print(to_table(a_report()))
    text = console.export_text()
    line = next(line for line in text.splitlines() if "cells-1" in line)
    assert "████████░░" in line
    assert "75 %" in line
    assert "50 % (from 10)" in text
