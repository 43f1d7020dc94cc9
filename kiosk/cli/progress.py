"""A progress bar for what takes longer than a moment: on stderr, and only where somebody looks."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kiosk.exam.text import clean_line

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

Told = Callable[[int, int], None]
"""Told how much is done of how much."""
LONGEST_WORDS = 60


class Bar:
    """A bar that is told how much is done of how much, and may say what it waits for."""

    def __init__(self, doing: str, progress: "Progress | None" = None, task: "TaskID | None" = None) -> None:
        self._doing = doing
        self._progress = progress
        self._task = task

    def __call__(self, done: int, whole: int) -> None:
        """Show how much is done; without a terminal, show nothing."""
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, description=self._doing, completed=done, total=whole)

    def say(self, words: str) -> None:
        """Show what is waited for until something is done again; without a terminal, write it on stderr."""
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, description=f"{self._doing}: {clean_line(words, LONGEST_WORDS)}")
        else:
            sys.stderr.write(f"{self._doing}: {clean_line(words)}\n")


@contextmanager
def progress_bar(doing: str) -> Iterator[Bar]:
    """Show a bar while the block runs; without a terminal, show nothing."""
    if not sys.stderr.isatty():
        yield Bar(doing)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield Bar(doing, progress, progress.add_task(doing, total=None))
