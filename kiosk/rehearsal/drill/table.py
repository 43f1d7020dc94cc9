"""A drill's verdict as a person reads it: what was measured against what target, and what is lost or doubled."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from kiosk.rehearsal.drill.exercise import Exercise, Verdict


def print_verdict(verdict: Verdict) -> None:
    """Print the table of exercises, and every discrepancy by name."""
    console = Console(highlight=False)
    table = Table(title=f"Drill with {verdict.seats} seats", title_justify="left", show_lines=False, pad_edge=False)
    table.add_column("Exercise", max_width=28)
    table.add_column("Measured", justify="right", no_wrap=True)
    table.add_column("Target", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("What was seen", max_width=34)
    for exercise in verdict.exercises:
        table.add_row(
            Text(exercise.name),
            Text(_amount(exercise.measured, exercise.unit)),
            Text("" if exercise.measured is None else f"≤ {_amount(exercise.target, exercise.unit)}"),
            Text(_mark(exercise), style="" if exercise.passed or exercise.skipped else "bold"),
            Text(exercise.words),
        )
    console.print(table)
    for discrepancy in verdict.discrepancies:
        console.print(Text(f"! {discrepancy}"))
    failed = sum(not e.passed and not e.skipped for e in verdict.exercises)
    if verdict.ok:
        console.print("Every exercise that was done meets its target.")
    else:
        console.print(f"{failed} failed, {len(verdict.discrepancies)} discrepancies.")


def _mark(exercise: Exercise) -> str:
    return "skipped" if exercise.skipped else "pass" if exercise.passed else "FAIL"


def _amount(value: float | None, unit: str) -> str:
    if value is None:
        return "-"
    digits = {"s": f"{value:.1f}", "ms": f"{value:.0f}"}.get(unit, f"{value:g}")
    return f"{digits} {unit}".rstrip()
