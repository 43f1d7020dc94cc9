"""Passphrases of key files: asked for on the terminal without showing them, or read from a private file."""

import sys
from getpass import getpass
from pathlib import Path
from typing import Annotated

import typer

from kiosk.exam.error import Refused

PassphraseOption = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file",
        help="File of mode 0600 (or /dev/fd/N) whose first line opens protected keys.",
        show_default="asked for at the terminal",
    ),
]
NewPassphraseOption = Annotated[
    Path | None,
    typer.Option(
        "--new-passphrase-file",
        help="File of mode 0600 (or /dev/fd/N) with the new passphrase.",
        show_default="asked for at the terminal",
    ),
]


def begin(file: Path | None) -> None:
    """Say how this run opens protected keys: by a file, or by asking at the terminal, or not at all."""
    from kiosk.sealing.passphrase import ask_with, nobody

    has_terminal = sys.stdin is not None and sys.stdin.isatty()
    ask_with((lambda path: getpass(f"Passphrase of {path.name}: ")) if has_terminal else nobody)
    use_passphrase(file)


def use_passphrase(file: Path | None) -> None:
    """Open protected keys of this run with the passphrase in a file, where one is given."""
    from kiosk.sealing.passphrase import PassphraseFile, ask_with

    if file is not None:
        ask_with(PassphraseFile(file))


def new_passphrase(file: Path | None) -> str | None:
    """Return a new passphrase from a file, or typed twice; None without a file and a terminal, or where none is typed.

    Raises Refused where the two differ, Invalid for one that is too short.
    """
    from kiosk.sealing.passphrase import PassphraseFile, must_be_strong

    if file is not None:
        phrase = PassphraseFile(file)(file)
    elif sys.stdin is not None and sys.stdin.isatty():
        phrase = getpass("New passphrase (empty for none): ")
        if phrase and getpass("The same again: ") != phrase:
            raise Refused("The two were not the same. Nothing was changed.")
    else:
        phrase = ""
    if not phrase:
        return None
    must_be_strong(phrase)
    return phrase
