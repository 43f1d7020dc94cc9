"""A progress bar for what takes longer than a moment: on stderr, and only where somebody looks."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Told = Callable[[int, int], None]
"""Told how much is done of how much."""


@contextmanager
def progress_bar(doing: str) -> Iterator[Told]:
    """Show a bar while the block runs; without a terminal, show nothing."""
    if not sys.stderr.isatty():
        yield lambda done, whole: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(doing, total=None)
        yield lambda done, whole: progress.update(task, completed=done, total=whole)
