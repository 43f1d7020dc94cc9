"""`kiosk hall policy` and `kiosk hall codes`: sealed seats, and the codes that open them."""

from enum import StrEnum
from typing import Annotated

import typer

from kiosk.cli.option import HomeOption, JsonOption, put_json, put_text
from kiosk.ground.home import Home


class Beginning(StrEnum):
    """Who says when a candidate begins."""

    OWN = "own"
    TOGETHER = "together"


class Switch(StrEnum):
    """On or off."""

    ON = "on"
    OFF = "off"


def policy(
    seal_stores: Annotated[
        Switch | None,
        typer.Option("--seal-stores", help="Whether the keys of the seats' stores lie on their disks only sealed."),
    ] = None,
    start: Annotated[
        Beginning | None,
        typer.Option("--start", help="Whether each candidate begins on their own, or all when the proctor says."),
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what this hall has decided for all its seats, or decide it, with the PINs of two proctors.

    A seat hears of sealing with its next enrolment, which is at its next start. Sealed stores open only while the hall
    answers, or with a code: kiosk hall codes. How tests start holds from now on, for those that have not begun.
    """
    from kiosk.cli.hall.hall import open_hall_of
    from kiosk.cli.secret import ask_secret

    hall = open_hall_of(Home.at(home))
    try:
        if seal_stores is not None or start is not None:
            changes: dict[str, object] = {} if seal_stores is None else {"seal_stores": seal_stores is Switch.ON}
            changes |= {} if start is None else {"start": start.value}
            decided = hall.custody.policy().model_copy(update=changes)
            hall.custody.decide(decided, ask_secret("PIN of one proctor"), ask_secret("PIN of another proctor"))
        found = hall.custody.policy()
    finally:
        hall.close()
    if as_json:
        put_json({"sealStores": found.seal_stores, "start": found.start})
        return
    put_text(f"seal stores  {Switch.ON if found.seal_stores else Switch.OFF}\nstart        {found.start}")


def codes(
    seat: Annotated[str, typer.Option("--seat", help="Name of the seat.")],
    home: HomeOption = None,
) -> None:
    """Print the code that opens a sealed seat where no hall answers, with the PINs of two proctors.

    It opens that seat only, at that seat only: what the seat's own disk holds is needed too. It stays the same, so
    an envelope that is sealed already stays right. Who asked is written down.
    """
    from kiosk.cli.hall.hall import open_hall_of
    from kiosk.cli.secret import ask_secret

    hall = open_hall_of(Home.at(home))
    try:
        code = hall.custody.code(seat, ask_secret("PIN of one proctor"), ask_secret("PIN of another proctor"))
        name = hall.name
    finally:
        hall.close()
    put_text(_slip(name, seat, code))


def _slip(hall: str, seat: str, code: str) -> str:
    from kiosk.exam.text import clean_line

    groups = code.split("-")
    numbers = "     ".join(str(n) for n, _ in enumerate(groups, 1))
    return "\n".join(
        (
            "SEAT CODE. Put this in a sealed envelope; open it only while the hall does not answer.",
            "",
            f"Hall   {clean_line(hall)}",
            f"Seat   {clean_line(seat)}",
            "",
            f"       {'  '.join(groups)}",
            f"       {numbers}",
            "",
            "No I, L, O or U; a round sign is the digit zero, a straight one the digit one.",
            f"At the seat:  kiosk seat --seat {clean_line(seat)} --code",
        )
    )
