"""The first step of the program: a seat goes straight to its login screen, all else through the front door.

The command line's libraries take a fifth of the way to the login screen, so the plain call of a seat is read without
them. Any call this page does not know in full, a wrong one too, is left to `kiosk.cli.main`.
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

FIRST_SEAT = "A1"
SWITCH_SECONDS = 0.0005
"""How long the thread that saves may keep the one that answers a key waiting; Python's own 5 ms can be felt."""


class SeatCall(NamedTuple):
    """`kiosk seat`, as typed."""

    name: str
    home: Path | None


def seat_call(arguments: Sequence[str]) -> SeatCall | None:
    """Return a plain call of a seat, or None for anything else: `seat [--seat NAME] [--home DIR]`."""
    if arguments[:1] != ["seat"] or len(arguments) % 2 == 0:
        return None
    options = dict(zip(arguments[1::2], arguments[2::2], strict=True))
    is_plain = len(options) == len(arguments) // 2 and not any(value.startswith("-") for value in options.values())
    if not is_plain or not options.keys() <= {"--seat", "--home"}:
        return None
    return SeatCall(options.get("--seat", FIRST_SEAT), Path(options["--home"]) if "--home" in options else None)


def run() -> None:
    """Run the program; whatever goes wrong, end with words and a status, never with a traceback."""
    call = seat_call(sys.argv[1:])
    if call is None:
        from kiosk.cli.main import run as run_command

        run_command()
        return
    try:
        sys.exit(open_seat(call.name, call.home))
    except Exception as error:  # noqa: BLE001 - the last line of the program: words instead of a traceback
        from kiosk.cli.main import words

        print(words(error), file=sys.stderr)
        sys.exit(1)


def open_seat(name: str, home: Path | None, unlock: Callable[[], bytes] | None = None) -> int:
    """Shut the doors of this machine, then open the seat; return the exit status.

    `unlock` gives the key of a sealed seat whose hall does not answer.
    """
    import gc

    from kiosk.apps.door import scrub_environment, shut_keyboard_signals

    shut_keyboard_signals()
    scrub_environment()
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.disable()  # while loading, all is kept and nothing is garbage; enabled again behind the first frame
    from kiosk.cli.opening import run_seat
    from kiosk.ground.home import Home

    return run_seat(Home.at(home).folder, name, unlock=unlock)
