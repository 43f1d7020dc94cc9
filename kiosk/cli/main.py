"""The front door: `kiosk`, whose audiences are loaded only when called, and which never shows a traceback."""

import importlib
import sys
import traceback
from typing import Any, NamedTuple

import typer
from typer.core import TyperGroup

from kiosk.exam.error import KioskError

PACKAGE_FOLDERS = ("kiosk", "screens", "storage")


class Audience(NamedTuple):
    """Where one top-level command lives."""

    module: str
    attribute: str = "app"


AUDIENCES = {
    "demo": Audience("kiosk.cli.demo"),
    "rehearse": Audience("kiosk.cli.rehearse"),
    "exam": Audience("kiosk.cli.exam"),
    "user": Audience("kiosk.cli.office", "user"),
    "roster": Audience("kiosk.cli.office", "roster"),
    "assign": Audience("kiosk.cli.office", "assign"),
    "notify": Audience("kiosk.cli.office", "notify"),
    "seat": Audience("kiosk.cli.seat"),
    "hall": Audience("kiosk.cli.hall"),
    "central": Audience("kiosk.cli.central"),
    "bundle": Audience("kiosk.cli.bundle"),
    "receipt": Audience("kiosk.cli.receipt"),
    "journal": Audience("kiosk.cli.journal"),
    "mark": Audience("kiosk.cli.mark"),
    "report": Audience("kiosk.cli.report"),
}


class FrontDoor(TyperGroup):
    """The group of all audiences: loads a module when its name is called, and turns errors into words."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of the audiences, in the order a newcomer meets them."""
        return list(AUDIENCES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Load and return one audience, or None for a name there is not."""
        audience = AUDIENCES.get(cmd_name)
        if audience is None:
            return None
        command = typer.main.get_command(getattr(importlib.import_module(audience.module), audience.attribute))
        command.name = cmd_name
        return command

    def invoke(self, ctx: Any) -> Any:
        """Run a command; a KioskError becomes its words on stderr and exit status 1."""
        try:
            return super().invoke(ctx)
        except KioskError as error:
            typer.echo(f"{error.title}: {error.message}", err=True)
        except OSError as error:
            if isinstance(error, BrokenPipeError):
                raise
            where = f"{error.filename}: " if error.filename else ""
            typer.echo(f"The system says: {where}{error.strerror or type(error).__name__}.", err=True)
        raise typer.Exit(1)


app = typer.Typer(
    name="kiosk", cls=FrontDoor, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)


@app.callback()
def kiosk() -> None:
    """Exams in a hall of plain machines, from a terminal."""


def run() -> None:
    """Run the command line; whatever goes wrong, end with words and a status, never with a traceback."""
    try:
        typer.main.get_command(app)(prog_name="kiosk")
    except Exception as error:  # noqa: BLE001 - the last line of the program: words instead of a traceback
        typer.echo(_trouble(error), err=True)
        sys.exit(1)


def _trouble(error: Exception) -> str:
    # neither the error's words nor locals: both may hold a question, an answer or a secret
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if any(f"/{folder}/" in f.filename for folder in PACKAGE_FOLDERS)]
    place = (ours or list(frames))[-1]
    return (
        f"This is a mistake in exam-kiosk itself, not yours: {type(error).__name__} at "
        f"{place.filename.rpartition('/')[2]}:{place.lineno}. Please report that line."
    )
