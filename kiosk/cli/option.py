"""Options that many commands share, and how a command puts facts out."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from kiosk.exam.error import KioskError

HomeOption = Annotated[
    Path | None,
    typer.Option("--home", help="Folder of the places on this machine.", show_default="the user's data folder"),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]
AsOption = Annotated[
    str | None, typer.Option("--as", help="User id of the person who acts.", show_default="the office's own")
]
SecondOption = Annotated[
    str | None, typer.Option("--second", help="User id of the person who stands by, where an act needs two.")
]


def put_json(value: Any) -> None:
    """Print one JSON value, readable and stable."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def write_text(path: Path, text: str) -> None:
    """Write a file of facts whole; raises KioskError with words when the place does not take it."""
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise KioskError(f"{path} cannot be written: {error.strerror}.") from error
