"""The front door: `kiosk`, whose audiences are loaded only when called, and which never shows a traceback."""

import importlib
import sys
import traceback
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup

from kiosk.exam.error import Denied, KioskError
from kiosk.exam.text import clean_text

PACKAGE_FOLDERS = ("kiosk", "screens", "storage")


class Audience(NamedTuple):
    """Where one top-level command lives, and the line that tells of it before it is loaded."""

    module: str
    help: str


AUDIENCES = {
    "demo": Audience("kiosk.cli.trial.demo", "Sit a sample exam: everything is set up by itself."),
    "rehearse": Audience("kiosk.cli.trial.rehearse", "A whole exam with simulated candidates, every step checked."),
    "drill": Audience("kiosk.cli.trial.drill", "Seats, hub and links lost on purpose; the way back measured."),
    "exam": Audience("kiosk.cli.office.exam", "Tests: written, checked, imported, published."),
    "user": Audience("kiosk.cli.office.user", "People: candidates and staff."),
    "roster": Audience("kiosk.cli.office.roster", "Lists of candidates, and sessions of halls."),
    "assign": Audience("kiosk.cli.office.assign", "Give a test to candidates."),
    "notify": Audience("kiosk.cli.office.notify", "What candidates are told."),
    "central": Audience("kiosk.cli.central.central", "The central office: packages down, bundles up."),
    "keys": Audience("kiosk.cli.keys.keys", "Keys: listed, made, certified, exchanged, protected, revoked; the drill."),
    "hall": Audience("kiosk.cli.hall.hall", "The hall: its keys, the packages it loads, its sessions."),
    "seat": Audience("kiosk.cli.seat.seat", "One candidate's machine."),
    "bundle": Audience("kiosk.cli.bundle.bundle", "Sealed sittings: listed, exported, verified."),
    "receipt": Audience("kiosk.cli.office.receipt", "What a candidate's receipt proves."),
    "journal": Audience("kiosk.cli.office.journal", "The journal of a sitting: shown, verified, replayed."),
    "mark": Audience("kiosk.cli.office.mark", "Marks: by the machine, by people, released."),
    "report": Audience("kiosk.cli.office.report", "How a test went, and how hard each question was."),
}


class FrontDoor(TyperGroup):
    """The group of all audiences: loads a module when its name is called, and turns errors into words."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for name, audience in AUDIENCES.items():
            self.add_command(TyperCommand(name=name, help=audience.help))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Load the audience that is called, in place of the card that lists it."""
        name, _, rest = super().resolve_command(ctx, args)
        command = typer.main.get_command(importlib.import_module(AUDIENCES[str(name)].module).app)
        command.name = name
        command.params = [p for p in command.params if p.name not in ("install_completion", "show_completion")]
        return name, command, rest

    def invoke(self, ctx: Any) -> Any:
        """Run a command; a KioskError becomes its words on stderr and exit status 1."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise
        except (KioskError, OSError) as error:
            typer.echo(words(error), err=True)
        raise typer.Exit(1)


app = typer.Typer(
    name="kiosk", cls=FrontDoor, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)


@app.callback()
def kiosk(
    passphrase_file: Annotated[
        Path | None,
        typer.Option("--passphrase-file", help="File of mode 0600 (or /dev/fd/N) that opens protected keys."),
    ] = None,
) -> None:
    """Exams in a hall of plain machines, from a terminal."""
    from kiosk.cli.phrase import begin

    begin(passphrase_file)


def run() -> None:
    """Run the command line; whatever goes wrong, end with words and a status, never with a traceback."""
    try:
        typer.main.get_command(app)(prog_name="kiosk")
    except Exception as error:  # noqa: BLE001 - the last line of the program: words instead of a traceback
        typer.echo(words(error), err=True)
        sys.exit(1)


def words(error: Exception) -> str:
    """Return what a person is told when a command ended with `error`."""
    match error:
        case Denied(wait_seconds=seconds) if seconds:
            return clean_text(f"{error.title}: {error.message} Wait {seconds} s, then try again.")
        case KioskError():
            return clean_text(f"{error.title}: {error.message}")
        case OSError():
            where = f"{error.filename}: " if error.filename else ""
            return clean_text(f"The system says: {where}{error.strerror or type(error).__name__}.")
        case ModuleNotFoundError() if not (error.name or "kiosk").startswith(PACKAGE_FOLDERS):
            return f"This command needs {error.name}, which a plain seat has not: pip install 'exam-kiosk[all]'."
        case _:
            return _trouble(error)


def _trouble(error: Exception) -> str:
    # neither the error's words nor locals: both may hold a question, an answer or a secret
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if any(f"/{folder}/" in f.filename for folder in PACKAGE_FOLDERS)]
    place = (ours or list(frames))[-1]
    return (
        f"This is a mistake in exam-kiosk itself, not yours: {type(error).__name__} at "
        f"{place.filename.rpartition('/')[2]}:{place.lineno}. Please report that line."
    )
