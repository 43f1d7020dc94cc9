"""A report as a table for the terminal, with a bar for how many got each question right."""

from collections.abc import Iterator
from decimal import Decimal

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from kiosk.exam.canonical import decimal_text
from kiosk.exam.text import clean_line
from kiosk.reports.report import BASIS, QuestionLine, TestReport

BAR_CELLS = 10


def to_table(report: TestReport) -> RenderableType:
    """Return the whole report: the summary above, the questions below, and what the figures are taken over."""
    name = report.title if report.test_version is None else f"{report.title} ({report.test_version})"
    return Group(
        Text(clean_line(name), style="bold"),
        _summary(report),
        Text(""),
        _questions(report),
        Text(BASIS, style="dim"),
    )


def bar(share: Decimal | None, cells: int = BAR_CELLS) -> str:
    """Return a bar of `cells` characters filled to `share` percent; dots where there is no figure."""
    if share is None:
        return "·" * cells
    full = int((share * cells / 100).to_integral_value())
    return "█" * full + "░" * (cells - full)


def _summary(report: TestReport) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim")
    grid.add_column(justify="right")
    grid.add_column(style="dim")
    grid.add_column(justify="right")
    for left, right in zip(*_facts(report), strict=True):
        grid.add_row(*left, *right)
    return grid


def _facts(report: TestReport) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    where = report.standing
    graded = [
        ("candidates", str(report.candidates)),
        ("average", f"{points(report.average_score)} of {points(report.max_score)}"),
        ("median", points(report.median_score)),
        ("lowest to highest", f"{points(report.lowest_score)} to {points(report.highest_score)}"),
        ("pass rate", _passing(report)),
    ]
    standing = [
        ("assigned", str(where.assigned)),
        ("working", str(where.in_progress)),
        ("to mark", str(where.to_mark)),
        ("graded", str(where.graded)),
        ("released", str(where.released)),
    ]
    return graded, standing


def _passing(report: TestReport) -> str:
    if report.pass_score is None:
        return "no pass mark"
    return f"{share(report.pass_rate)} (from {points(report.pass_score)})"


def _questions(report: TestReport) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", expand=False)
    for title, justify in (("", "right"), ("question", "left"), ("right", "left"), ("", "right"), ("points", "right")):
        table.add_column(title, justify=justify, no_wrap=True, overflow="ellipsis")  # type: ignore[arg-type]
    table.add_column("seen", justify="right", no_wrap=True)
    table.add_column("empty", justify="right", no_wrap=True)
    for section, lines in _by_section(report):
        table.add_row("", Text(clean_line(section), style="bold"))
        for line in lines:
            table.add_row(*_row(line))
    return table


def _row(line: QuestionLine) -> tuple[str | Text, ...]:
    text = clean_line(line.text)
    shown = text if len(text) <= 28 else text[:27] + "…"
    return (
        str(line.number),
        Text(shown),
        Text(bar(line.difficulty)),
        share(line.difficulty),
        f"{points(line.average_points)}/{points(line.points)}",
        f"{line.seen}/{line.seen + line.never_seen}",
        str(line.empty),
    )


def _by_section(report: TestReport) -> Iterator[tuple[str, list[QuestionLine]]]:
    lines: list[QuestionLine] = []
    for line in report.questions:
        if lines and lines[0].section != line.section:
            yield lines[0].section, lines
            lines = []
        lines.append(line)
    if lines:
        yield lines[0].section, lines


def points(value: Decimal | None) -> str:
    """Return points to two places at most, or a dash."""
    return "-" if value is None else decimal_text(round(value, 2))


def share(value: Decimal | None) -> str:
    """Return a percentage without places, or a dash."""
    return "-" if value is None else f"{value:.0f} %"
