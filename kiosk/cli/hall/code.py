"""`kiosk hall code`: what lets a proctor act at a seat that cannot reach the hall."""

from typing import TYPE_CHECKING, Annotated

import typer

from kiosk.cli.option import HomeOption, JsonOption, put_json, put_text
from kiosk.ground.home import Home

if TYPE_CHECKING:
    from kiosk.views.order import CodeWish


def code(
    seat: Annotated[str, typer.Option("--seat", help="Name of the seat.")],
    act: Annotated[
        str, typer.Option("--act", help="resume, extend, unlock, reopen, start, move, pause or lock.", metavar="ACT")
    ],
    minutes: Annotated[int, typer.Option("--minutes", help="For extend and reopen.", min=0, max=1440)] = 0,
    reason: Annotated[str, typer.Option("--reason", help="The category chosen at the seat, such as power.")] = "",
    two: Annotated[
        bool, typer.Option("--two", help="Ask for a second person's PIN where one is not always needed.")
    ] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give the code for one act at a seat that cannot reach the hall: ask for its challenge and for your PIN.

    It works while the hub is dead, and on any machine with this hall's key folder and a loaded package. The act, the
    minutes and the reason must be those chosen at the seat. Reopening, and more than 15 minutes for one sitting, need
    a second person's PIN. Minutes go to the whole test and to the section the candidate is in; no code gives them to
    another section alone. Each code is good once and is written down with who gave it.
    """
    from kiosk.cli.hall.hall import open_hall_of

    wish = _ask(seat, act, minutes, reason, two)
    hall = open_hall_of(Home.at(home))
    try:
        given = hall.act_codes.issue(wish)
    finally:
        hall.close()
    if as_json:
        facts = {"seat": seat, "act": wish.act, "minutes": minutes, "reason": reason, "challenge": wish.challenge}
        put_json({**facts, "code": given})
        return
    put_text(f"Code for {seat} ({wish.act.replace('_', ' ')}{f', {minutes} min' if minutes else ''}):\n\n    {given}\n")
    put_text("Type it at the seat. It fits that seat, candidate and act alone, and is good once.")


def _ask(seat: str, act: str, minutes: int, reason: str, two: bool) -> "CodeWish":
    from kiosk.cli.secret import ask_secret
    from kiosk.exam.act_code import read_challenge
    from kiosk.exam.grant import ALONE_MS, NEEDS_SECOND
    from kiosk.exam.timing import MINUTE_MS
    from kiosk.views.order import CodeWish

    challenge = read_challenge(ask_secret("Challenge on the seat's screen"))
    pin = ask_secret("PIN")
    needs_two = two or act.lower() in NEEDS_SECOND or minutes * MINUTE_MS > ALONE_MS
    return CodeWish(
        seat=seat,
        challenge=challenge,
        act=act.lower(),
        amount_ms=minutes * MINUTE_MS,
        reason=reason,
        pin=pin,
        second_pin=ask_secret("PIN of the second person") if needs_two else None,
    )
