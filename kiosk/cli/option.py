"""Options that many commands share, and how a command puts facts out."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from kiosk.exam.error import KioskError
from kiosk.exam.moment import parse_iso
from kiosk.exam.text import clean_text

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


def put_text(text: str, *, err: bool = False) -> None:
    """Print text that may hold words of others: what could steer a terminal is left out."""
    typer.echo(clean_text(text), err=err)


def put_json(value: Any) -> None:
    """Print one JSON value, readable and stable."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def write_text(path: Path, text: str) -> None:
    """Write a file of facts whole; raises KioskError with words when the place does not take it."""
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise KioskError(f"{path} cannot be written: {error.strerror}.") from error


def moment(text: str) -> datetime:
    """Return the time a person typed; raises a usage error without a zone."""
    try:
        return parse_iso(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a time with its zone, such as 2031-05-06T12:00Z") from None
