"""`kiosk central release|code` and `kiosk hall release`: what opens a test's papers, given and used."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kiosk.cli.option import AsOption, HomeOption, JsonOption, SecondOption, put_json, put_text
from kiosk.exam.error import KioskError, Refused
from kiosk.ground.home import Home

if TYPE_CHECKING:
    from kiosk.central.release import Renewal, Slip
    from kiosk.ground.home import Place
    from kiosk.hall.release import Opened

TestArgument = Annotated[str, typer.Argument(help="Id of the test.")]
HallOption = Annotated[str, typer.Option("--hall", help="Name of the hall.")]


def give(
    test: TestArgument,
    hall: HallOption,
    to: Annotated[Path | None, typer.Option("--to", help="Folder to write the token to.")] = None,
    user: AsOption = None,
    second: SecondOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a hall open the papers of a test, and write the release token that it is told by; two persons' act.

    Asked again, the token is the same, byte for byte. It opens nothing anywhere but in that hall.
    """
    from kiosk.central.central import Central
    from kiosk.central.release import RIGHT
    from kiosk.sealing.copy import write_copy
    from kiosk.sealing.release import SUFFIX, read_release

    with Central.open(Home.at(home).office) as central:
        token = central.releases.give(central.office.acting(RIGHT, user, second), test, hall)
        document = read_release(token, central.keys.root).document
    path = None if to is None else write_copy(to, _file_name(hall, test, SUFFIX), token)
    facts = {
        "test": test,
        "hall": hall,
        "papers": [p.paper for p in document.papers],
        "releasedAt": document.released_at,
        "bytes": len(token),
        "file": None if path is None else str(path),
    }
    if as_json:
        put_json(facts)
        return
    put_text(f"Released to {hall} at {document.released_at}: {len(document.papers)} paper, {len(token):,} bytes.")
    put_text(str(path) if path is not None else "The hall fetches it from central; for a stick: --to FOLDER.")


def code(
    test: TestArgument,
    hall: HallOption,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="New file to write the slip to, mode 0600.", show_default="print it"),
    ] = None,
    renew: Annotated[
        bool, typer.Option("--renew", help="Replace the code, because the old one leaked; needs --reason.")
    ] = False,
    reason: Annotated[str, typer.Option("--reason", help="Why the code is replaced.")] = "",
    user: AsOption = None,
    second: SecondOption = None,
    home: HomeOption = None,
) -> None:
    """Print the slip for a hall's sealed envelope: the code that opens a test's papers there without a network.

    Two persons' act. The code of a test and hall changes only by --renew, so an envelope that is under way stays
    right; after that a new package must be sent, for those sent before open to the old code alone.
    """
    from kiosk.central.central import Central
    from kiosk.central.release import RIGHT
    from kiosk.office.roster import sessions_in

    if reason and not renew:
        raise typer.BadParameter("--reason belongs to --renew")
    if out is not None and out.exists():
        raise Refused(f"{out} exists already; it is left as it is.")
    with Central.open(Home.at(home).office) as central:
        if central.despatch.next_number(test, hall) == 1:
            sessions_in(central.office, test, hall)
        actor, renewal = central.office.acting(RIGHT, user, second), None
        if renew:
            renewal = central.releases.renew(actor, test, hall, reason)
        slip = central.releases.slip(actor, test, hall) if renewal is None else renewal.slip
    text = _slip_text(slip)
    if out is None:
        put_text(text)
    else:
        _write_private(out, text)
        put_text(f"{out} holds the code. Print it, seal the envelope, and delete the file.")
    if renewal is not None:
        put_text(_renewal_words(renewal), err=True)


def use(
    test: TestArgument,
    token: Annotated[Path | None, typer.Option("--token", help="File of the release token.", dir_okay=False)] = None,
    by_code: Annotated[
        bool, typer.Option("--code", help="Ask for the code in the hall's envelope; needs two proctors.")
    ] = False,
    url: Annotated[
        str | None,
        typer.Option("--url", help="Fetch the token from central at this address.", show_default="the one connected"),
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Open the papers of a test in this hall: by central's release token, or by the code in the envelope.

    Without --token and --code the token is fetched from central, over the connection of `kiosk hall connect`.
    PINs and the code are asked for, never given on the command line; without a terminal they are read line by line.
    """
    from kiosk.cli.secret import ask_secret
    from kiosk.ground.clock import SystemClock
    from kiosk.hall.place import open_hall

    if sum((token is not None, by_code, url is not None)) > 1:
        raise typer.BadParameter("give at most one of --token, --url and --code")
    place = Home.at(home).hall
    data = b"" if by_code else _token(place, test, token, url)
    hall = open_hall(place, SystemClock())
    try:
        if by_code:
            typed = _asked_code()
            pins = ask_secret("PIN of one proctor"), ask_secret("PIN of another proctor")
            opened = hall.release_by_code(test, typed, *pins)
        else:
            opened = hall.release_by_token(data, ask_secret("PIN"), test)
    finally:
        hall.close()
    _say(opened, as_json)


def _token(place: "Place", test: str, file: Path | None, url: str | None) -> bytes:
    from kiosk.sealing.copy import read_file
    from kiosk.wire.release import LARGEST_TOKEN

    if file is not None:
        return read_file(file, LARGEST_TOKEN)
    from kiosk.hall.central import CentralDoor
    from kiosk.hall.connection import open_client, read_connection

    with open_client(read_connection(place), url) as client:
        return CentralDoor(client).release(test)


def _asked_code() -> str:
    """Ask for the code until it has no slip in it; what is typed is shown, for it is copied from paper."""
    from kiosk.exam.envelope_code import Mistyped, read

    for _ in range(5):
        typed: str = typer.prompt("Code in the envelope", err=True)
        try:
            read(typed)
        except Mistyped as slip:
            put_text(slip.message, err=True)
            continue
        return typed
    raise Refused("The code was mistyped five times. Compare it with the paper, then begin again.")


def _say(opened: "Opened", as_json: bool) -> None:
    if as_json:
        put_json(
            {
                "test": opened.test_id,
                "papers": list(opened.papers),
                "by": list(opened.by),
                "flags": list(opened.flags),
            }
        )
        return
    put_text(f"Open: {len(opened.papers)} paper of {opened.test_id}, its digest checked. By {' and '.join(opened.by)}.")
    for flag in opened.flags:
        put_text(f"Note: {flag}")


def _slip_text(slip: "Slip") -> str:
    from kiosk.exam.text import clean_line

    groups = slip.code.split("-")
    numbers = "     ".join(str(n) for n, _ in enumerate(groups, 1))
    return "\n".join(
        (
            "ENVELOPE CODE. Put this in a sealed envelope; open it only when told to, before two proctors.",
            "",
            f"Hall   {clean_line(slip.hall)}",
            f"Test   {clean_line(slip.title)} ({clean_line(slip.test_id)})",
            "",
            f"       {'  '.join(groups)}",
            f"       {numbers}",
            "",
            "No I, L, O or U; a round sign is the digit zero, a straight one the digit one.",
            f"In the hall:  kiosk hall release {clean_line(slip.test_id)} --code",
            "",
        )
    )


def _renewal_words(renewal: "Renewal") -> str:
    slip = renewal.slip
    numbers = ", ".join(str(n) for n in (*renewal.older, *renewal.replaced))
    if not numbers:
        return "The old code opens no package: none was sent. The next one opens to the new code."
    leaked = ", ".join(str(n) for n in renewal.replaced) or "none"
    return (
        f"Sent to {slip.hall} before, and closed to the new code: package {numbers}; "
        f"the replaced code opens: {leaked}.\n"
        "Send a new one, and have it loaded before the exam: "
        f"kiosk central package {slip.test_id} --hall {slip.hall!r}\n"
        "Take back the old sticks: with one, the replaced code and the hall's key the paper still opens."
    )


def _write_private(path: Path, text: str) -> None:
    import os

    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Refused(f"{path} exists already; it is left as it is.") from None
    except OSError as error:
        raise KioskError(f"{path} cannot be written: {error.strerror}.") from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)


def _file_name(hall: str, test: str, suffix: str) -> str:
    return "".join(c if c.isalnum() or c in "-_" else "-" for c in f"{hall}-{test}")[:80] + suffix
