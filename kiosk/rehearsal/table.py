"""A verdict as a person reads it: the steps, what was counted beside them, and what does not agree."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from kiosk.rehearsal.rehearsal import Verdict


def print_verdict(verdict: Verdict) -> None:
    """Print the table of steps and every discrepancy by name."""
    console = Console(highlight=False)
    table = Table(title=f"Rehearsal with {verdict.candidates} candidates", title_justify="left")
    table.add_column("Step")
    table.add_column("Count", justify="right")
    table.add_column("Seconds", justify="right")
    for step in verdict.course.steps:
        table.add_row(step.name, str(step.count), f"{step.seconds:.2f}" if step.seconds else "")
    console.print(table)
    if verdict.ok:
        console.print("Every acknowledged answer was found, every score and every chain agrees.")
        return
    for discrepancy in verdict.discrepancies:
        console.print(Text(f"! {discrepancy}"))
    console.print(f"{len(verdict.discrepancies)} discrepancies.")
