"""`kiosk demo`: a sample exam in a throw-away home, and the kiosk open at its login screen."""

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from kiosk.apps.door import scrub_environment
from kiosk.cli.option import HomeOption, JsonOption, put_json
from kiosk.exam.error import Refused

app = typer.Typer(help="Try everything: a sample exam, three candidates, one seat.")
SEAT = "A1"
CANDIDATES = 3


@app.callback(invoke_without_command=True)
def demo(
    home: HomeOption = None,
    prepare: Annotated[
        bool, typer.Option("--prepare", help="Make the home and print the codes; open nothing.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Make a home with a real exam in it and open the kiosk; sign in with a code shown on the screen.

    Without --home a throw-away one is made; its path is printed at the end, with what the office side can do next.
    """
    scrub_environment()
    folder = home or Path(tempfile.mkdtemp(prefix="kiosk-demo-"))
    if folder.exists() and any(folder.iterdir()):
        raise Refused(
            f"{folder} is not empty. The demo begins with an empty folder; to go on in it: kiosk seat --home {folder}"
        )
    samples, pins = _prepare(folder)
    if prepare:
        _print(folder, samples, pins, as_json)
        return
    from kiosk.apps.door import shut_keyboard_signals
    from kiosk.cli.opening import run_seat

    shut_keyboard_signals()
    status = run_seat(folder, SEAT, (*samples, ("proctor", " · ".join(pins), "PINs for Ctrl+O")))
    _print_next(folder)
    raise typer.Exit(status)


def _prepare(folder: Path) -> tuple[tuple[tuple[str, str, str], ...], tuple[str, str]]:
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn

    from kiosk.ground.clock import SystemClock
    from kiosk.ground.home import Home
    from kiosk.rehearsal.course import Course
    from kiosk.rehearsal.stage import set_stage

    columns = (SpinnerColumn(), TextColumn("Preparing the sample exam: {task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("")
        course = Course(lambda name, done, whole: bar.update(task, description=name))
        stage = set_stage(Home(folder), CANDIDATES, [SEAT], SystemClock(), course)
        stage.close()
    people = tuple((a.person.roll_number or "", a.secret, a.person.name) for a in stage.candidates)
    return people, (stage.pins.first, stage.pins.second)


def _print(folder: Path, samples: tuple[tuple[str, str, str], ...], pins: tuple[str, str], as_json: bool) -> None:
    if as_json:
        candidates = [{"name": n, "rollNumber": r, "code": c} for r, c, n in samples]
        put_json({"home": str(folder), "seat": SEAT, "candidates": candidates, "pins": list(pins)})
        return
    for roll, code, name in samples:
        typer.echo(f"{roll}  {code}  {name}")
    typer.echo(f"PINs of the proctors: {pins[0]} and {pins[1]}")
    typer.echo(f"Open the seat: kiosk seat --seat {SEAT} --home {folder}")


def _print_next(folder: Path) -> None:
    typer.echo(f"The demo's home is {folder}. What the office can do with it:")
    for command in (
        f"bundle export {folder / 'carried' / 'bundles'}",
        f"central intake {folder / 'carried' / 'bundles'}",
        "mark auto",
        "mark queue",
        "report sample-general-knowledge",
    ):
        typer.echo(f"  kiosk {command} --home {folder}")
