"""`kiosk hall`: the hall's keys, the packages it loads, and its sessions."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kiosk.cli.bundle.verify import read_root
from kiosk.cli.central import release
from kiosk.cli.hall import (
    carried,
    closing,
    code,
    connection,
    console,
    custody,
    erasing,
    handover,
    printing,
    rescue,
    serving,
)
from kiosk.cli.hall.collect import collect
from kiosk.cli.option import HomeOption, JsonOption, put_json, put_text
from kiosk.exam.error import KioskError, Refused
from kiosk.ground.home import Home

if TYPE_CHECKING:
    from datetime import datetime

    from kiosk.exam.moment import Clock
    from kiosk.hall.hall import Hall
    from kiosk.hall.package import Loaded

app = typer.Typer(help="The hall: its keys, the packages it loads, its sessions.", no_args_is_help=True)
app.command()(collect)
app.command()(connection.connect)
app.command()(closing.attendance)
app.command()(closing.close)
app.command()(carried.journal)
app.command()(handover.handover)
app.command()(rescue.rescue)
app.command()(erasing.wipe)
app.command("release")(release.use)
app.command()(custody.policy)
app.command()(custody.codes)
app.command()(console.console)
app.command()(console.board)
app.command()(serving.serve)
app.command()(serving.seats)
app.command()(printing.report)
app.add_typer(printing.app, name="print")
app.command("code")(code.code)


@app.command()
def init(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Make the hall's keys where it has none, and say what central must be told to send it packages."""
    from kiosk.hall.place import make_hall

    place = Home.at(home).hall
    public, recipient = make_hall(place)
    facts = {"folder": str(place.keys), "public": public, "recipient": recipient}
    if as_json:
        put_json(facts)
        return
    put_text(f"signing key  {public}\nage recipient  {recipient}")
    put_text(f"Take hall.ed25519.pub and hall.age.pub from {place.keys} to central; the other files stay here.")


@app.command()
def load(
    folder: Annotated[Path, typer.Argument(help="Folder of a package.")],
    root: Annotated[
        str | None,
        typer.Option(
            "--root", help="Central's root public key, as hex or in a file; once.", show_default="the one known here"
        ),
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Verify a package to the last byte, open what is the hall's to read, and keep it; or say exactly what is wrong.

    Its papers stay shut until the release. An older package than the one loaded is refused. Loading the same one
    again changes nothing.
    """
    from kiosk.ground.clock import SystemClock
    from kiosk.hall.package import load_package
    from kiosk.hall.place import hall_keys, hall_store, renew_hall

    here = Home.at(home)
    _settle(here, folder, None if root is None else read_root(root))
    store = hall_store(here.hall)
    try:
        loaded = load_package(store, hall_keys(here.hall), folder, _now(SystemClock()))
        renew_hall(here.hall, loaded.package.manifest.hall_certificates)
    finally:
        store.close()
    put_json(_facts(loaded)) if as_json else put_text(_words(loaded))


@app.command()
def sessions(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List the sessions of this hall, and who opened them."""
    hall = _hall(home)
    try:
        rows = [
            {
                "sessionId": s.session_id,
                "title": s.title,
                "startsAt": s.starts_at.isoformat(),
                "endsAt": s.ends_at.isoformat(),
                "openedBy": s.opened_by,
            }
            for s in hall.sessions()
        ]
    finally:
        hall.close()
    if as_json:
        put_json(rows)
        return
    if not rows:
        put_text("No session is planned in this hall.")
    for row in rows:
        put_text(f"{row['sessionId']}  {row['startsAt']}  {row['title']}  {'open' if row['openedBy'] else 'not open'}")


@app.command("open")
def open_session(
    session: Annotated[str, typer.Argument(help="Id of the session.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Open a session with a proctor's PIN: from now on its tests may begin, and its sittings name this proctor."""
    from kiosk.cli.secret import ask_secret

    hall = _hall(home)
    try:
        name = hall.open_session_by_pin(session, ask_secret("PIN"))
    finally:
        hall.close()
    if as_json:
        put_json({"sessionId": session, "proctor": name})
        return
    put_text(f"The session is open. Proctor: {name}")


def _hall(home: Path | None) -> "Hall":
    return open_hall_of(Home.at(home))


def open_hall_of(home: Home) -> "Hall":
    """Return the settled hall of a home."""
    from kiosk.ground.clock import SystemClock
    from kiosk.hall.place import open_hall

    return open_hall(home.hall, SystemClock())


def _settle(here: Home, folder: Path, root: str | None) -> None:
    """Keep the root's key and the hall's certificates the first time; a root that is known is never exchanged."""
    from kiosk.hall.place import hall_keys, settle_hall
    from kiosk.sealing.key import KeyFolder
    from kiosk.sealing.package import read_package

    try:
        known = hall_keys(here.hall).root
    except KioskError:
        known = None
    if known is not None:
        if root not in (None, known):
            raise Refused("This hall trusts another root key. A hall changes its central office only with a new home.")
        return
    trusted = root or (KeyFolder(here.office.keys).public("root") if here.office.exists else None)
    if trusted is None:
        raise Refused(
            "This hall knows no central office yet. Give its root key once: --root KEY (kiosk central status)."
        )
    package = read_package(folder, trusted)
    settle_hall(here.hall, package.manifest.hall_certificates, trusted)


def _now(clock: "Clock") -> "datetime":
    from kiosk.exam.moment import parse_iso

    return parse_iso(clock.now().at)


def _facts(loaded: "Loaded") -> dict[str, object]:
    package, roster = loaded.package, loaded.roster
    manifest = package.manifest
    return {
        "package": package.package_id,
        "test": manifest.test_id,
        "hall": manifest.hall,
        "number": manifest.number,
        "papers": list(package.papers),
        "people": len(roster.accounts),
        "assignments": len(roster.assignments),
        "sessions": len(roster.sessions),
        "blobs": len(package.blobs),
        "questions": sum(p.outline.questions for p in loaded.papers),
        "flags": list(package.flags),
    }


def _words(loaded: "Loaded") -> str:
    manifest, facts = loaded.package.manifest, _facts(loaded)
    lines = [
        f"Green: package {manifest.number} of {manifest.test_id} for {manifest.hall}. {facts['blobs']} parts verified; "
        f"{facts['people']} people, {facts['assignments']} assignments, {facts['sessions']} sessions; "
        f"{len(loaded.papers)} paper of {facts['questions']} questions, shut until the release."
    ]
    return "\n".join([*lines, *(f"Note: {flag}" for flag in loaded.package.flags)])
