"""A report as CSV that a spreadsheet program reads as data: text never becomes a formula."""

import csv
import io
from collections.abc import Iterable
from decimal import Decimal

from kiosk.exam.canonical import decimal_text
from kiosk.exam.text import clean_text
from kiosk.reports.report import TestReport

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
HEADER = (
    "section",
    "number",
    "questionId",
    "type",
    "questionText",
    "points",
    "seen",
    "neverSeen",
    "empty",
    "correct",
    "difficulty",
    "averagePoints",
)

Cell = str | int | Decimal | None


def to_csv(report: TestReport) -> str:
    """Return the questions of a report as CSV (RFC 4180), one line each under a header."""
    return write_csv(
        HEADER,
        (
            (
                q.section,
                q.number,
                q.question_id,
                q.type.value,
                q.text,
                q.points,
                q.seen,
                q.never_seen,
                q.empty,
                q.correct,
                q.difficulty,
                q.average_points,
            )
            for q in report.questions
        ),
    )


def write_csv(header: Iterable[str], rows: Iterable[Iterable[Cell]]) -> str:
    """Return a table as CSV: numbers stay numbers, and text that a spreadsheet would calculate gets a leading '."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return out.getvalue()


def _cell(value: Cell) -> str:
    match value:
        case None:
            return ""
        case Decimal():
            return decimal_text(value)
        case int():
            return str(value)
    text = clean_text(value)
    return f"'{text}" if text.lstrip(" \u00a0\u3000").startswith(_FORMULA_STARTS) else text
