"""`kiosk rehearse`: a whole exam without a screen, and what of it does not agree."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from kiosk.cli.option import HomeOption, JsonOption, put_json
from kiosk.exam.error import Refused

app = typer.Typer(help="Rehearse a whole exam: import, sittings with crashes, export, intake, marking, report.")
MOST = 2_000


@app.callback(invoke_without_command=True)
def rehearse(
    candidates: Annotated[int, typer.Option(min=1, max=MOST, help="Simulated candidates.")] = 10,
    seed: Annotated[int, typer.Option(help="The same seed gives the same scripts and the same kills.")] = 1,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hold an exam across the real borders, with seats killed on the way, and name every discrepancy.

    Without --home a throw-away one is used and deleted. Exit status 1 when anything does not agree.
    """
    from kiosk.ground.clock import SystemClock
    from kiosk.ground.home import Home
    from kiosk.rehearsal.course import Course
    from kiosk.rehearsal.rehearsal import Rehearsal

    with _place(home) as folder, _progress() as tell:
        verdict = Rehearsal(Home(folder), candidates, seed, SystemClock(), Course(tell)).run()
    if as_json:
        put_json(verdict.document())
    else:
        from kiosk.rehearsal.table import print_verdict

        print_verdict(verdict)
    if not verdict.ok:
        raise typer.Exit(1)


@contextmanager
def _place(home: Path | None) -> Iterator[Path]:
    if home is not None:
        if home.exists() and any(home.iterdir()):
            raise Refused(f"{home} is not empty. A rehearsal begins with an empty folder.")
        yield home
        return
    folder = Path(tempfile.mkdtemp(prefix="kiosk-rehearsal-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:20}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("begin", total=None)

        def tell(name: str, done: int, whole: int) -> None:
            bar.update(task, description=name, completed=done, total=whole or None)

        yield tell
