"""The human drill at a terminal: what is to be done is said on stderr, and Enter is the stop watch."""

from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import typer

from kiosk.ground.home import Home

if TYPE_CHECKING:
    from kiosk.rehearsal.drill.exercise import Verdict

ANSWER_SECONDS = 10.0
"""How long a hub may take to answer before the reason is said."""
SKIP = "skip"


class TerminalTechnician:
    """Asks whoever sits at the terminal."""

    def do(self, words: str) -> str:
        """Return "" when Enter is pressed, or why it is skipped."""
        typer.echo(f"\n{words}", err=True)
        while True:
            said = typer.prompt(
                f"Enter at that moment, or: {SKIP} REASON", default="", show_default=False, err=True
            ).strip()
            word, _, reason = said.partition(" ")
            if not said:
                return ""
            if word.lower() == SKIP and reason.strip():
                return str(reason.strip())
            typer.echo(f"Say why: {SKIP} REASON", err=True)

    def name(self, words: str) -> str:
        """Return the name of a seat, empty where nobody names one."""
        said = typer.prompt(f"\n{words} (nothing skips)", default="", show_default=False, err=True)
        return str(said).strip()

    def judge(self, words: str) -> bool:
        """Return whether it was seen."""
        return typer.confirm(words, err=True)


def drill_hall(home: Path | None, hub: Path | None, yes: bool) -> "Verdict":
    """Lead through the drill of a hall that is there; raises HallLost where no hub answers, Denied for a wrong PIN."""
    from kiosk.cli.secret import ask_secret
    from kiosk.hall.console.opening import open_board
    from kiosk.rehearsal.drill.guided import Guided

    pin = ask_secret("PIN")
    board, told = open_board(Home.at(home).hall, hub), Event()
    board.listen(lambda state: told.set() if state.is_connected else None)
    board.start()
    try:
        told.wait(ANSWER_SECONDS)
        board.sign_in(pin)
        return Guided(board, TerminalTechnician(), pin).run(although_busy=yes)
    finally:
        board.sign_out()
        board.close()
