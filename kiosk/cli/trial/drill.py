"""`kiosk drill`: everything in a hall lost on purpose, simulated or on its own machines, and the way back measured."""

import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kiosk.cli.option import HomeOption, JsonOption, put_json
from kiosk.exam.error import Refused

if TYPE_CHECKING:
    from kiosk.rehearsal.drill.exercise import Verdict

app = typer.Typer(help="Lose seats, hub, links, clocks and disks on purpose, and measure the way back.")
FEWEST, MOST = 3, 60


@app.callback(invoke_without_command=True)
def drill(
    seats: Annotated[int, typer.Option(min=FEWEST, max=MOST, help="Simulated seats; one of them is spare.")] = 6,
    seed: Annotated[int, typer.Option(help="The same seed chooses the same seats.")] = 1,
    only: Annotated[str, typer.Option(help="Names of exercises, with commas.", show_default="all")] = "",
    here: Annotated[
        bool, typer.Option("--here", help="Drill the hall of this home with its own machines and people.")
    ] = False,
    hub: Annotated[
        Path | None, typer.Option("--hub", help="Drill the hall whose address file this is, with its own machines.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Although candidates are at work in that hall.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure how fast a hall recovers. Exit status 1 when a target is missed, or anything is lost or doubled.

    Without --here and --hub a hall of simulated seats is put up, each a real process behind a cable that can be cut;
    without --home it is thrown away afterwards.
    """
    if here or hub is not None:
        from kiosk.cli.trial.hall_drill import drill_hall

        verdict = drill_hall(home, hub, yes)
    else:
        verdict = _simulate(home, seats, seed, tuple(n.strip() for n in only.split(",") if n.strip()))
    if as_json:
        put_json(verdict.document())
    else:
        from kiosk.rehearsal.drill.table import print_verdict

        print_verdict(verdict)
    if not verdict.ok:
        raise typer.Exit(1)


def _simulate(home: Path | None, seats: int, seed: int, only: tuple[str, ...]) -> "Verdict":
    from kiosk.ground.clock import SystemClock
    from kiosk.ground.home import Home
    from kiosk.rehearsal.course import Course
    from kiosk.rehearsal.drill.drill import Drill

    with _place(home) as folder, _progress() as tell:
        return Drill(Home(folder), seats, seed, SystemClock(), only, Course(tell)).run()


@contextmanager
def _place(home: Path | None) -> Iterator[Path]:
    if home is not None:
        if home.exists() and any(home.iterdir()):
            raise Refused(f"{home} is not empty. A drill with simulated seats begins with an empty folder.")
        yield home
        return
    folder = Path(tempfile.mkdtemp(prefix="kiosk-drill-"))
    with _ended_by_sigterm():
        try:
            yield folder
        finally:
            shutil.rmtree(folder)


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Let SIGTERM end the block as Ctrl+C does, so that its processes are ended and its folder goes."""

    def end(number: int, frame: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # whoever is impatient must not cut the clearing up short
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


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
