"""`kiosk central`: the office's keys, packages down to halls, bundles up from them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kiosk.cli.central import closeout, counting, migration, quarantine, release, serving, standing
from kiosk.cli.option import AsOption, HomeOption, JsonOption, SecondOption, put_json, put_text
from kiosk.cli.phrase import NewPassphraseOption, PassphraseOption, new_passphrase, use_passphrase
from kiosk.cli.secret import ask_secret
from kiosk.exam.error import KioskError, Refused
from kiosk.ground.home import Home, Place, read_secret

if TYPE_CHECKING:
    from kiosk.central.counting import Settled
    from kiosk.central.intake import Taken
    from kiosk.sealing.package import Package

app = typer.Typer(help="The central office: packages down, bundles up.", no_args_is_help=True)
app.command()(closeout.closings)
app.command()(counting.work)
app.command()(migration.migrate)
app.command()(counting.branches)
app.command()(counting.adopt)
app.add_typer(quarantine.app, name="quarantine")
app.command()(serving.serve)
app.command()(serving.token)
app.command("release")(release.give)
app.command("code")(release.code)


@app.command()
def init(
    admin: Annotated[str | None, typer.Option("--admin", help="Name of the administrator to add.")] = None,
    database_file: Annotated[
        Path | None, typer.Option("--database-file", help="A file of mode 0600 with the URL of a PostgreSQL.")
    ] = None,
    database: Annotated[
        bool, typer.Option("--database", help="Ask for the URL of a PostgreSQL, without showing it.")
    ] = False,
    new_file: NewPassphraseOption = None,
    passphrase_file: PassphraseOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make the central office: its store, its keys, and an administrator. Says which keys to take offline.

    A passphrase, typed at the terminal or in a file, protects the keys of root and escrow. What failed half-way is
    gone on with by the same command.
    """
    from kiosk.central.central import Central

    use_passphrase(passphrase_file)
    phrase = new_passphrase(new_file or passphrase_file)
    address = _address(database_file, database)
    central, made = Central.found(Home.at(home).office, admin, passphrase=phrase, database=address)
    central.close()
    if phrase is None:
        put_text(
            "WARNING: root.ed25519 and escrow.age are NOT protected by a passphrase. Whoever copies them can forge "
            "and read everything. Protect them now: kiosk keys protect root, kiosk keys protect escrow.",
            err=True,
        )
    keys = [{"role": k.role.value, "file": str(k.path), "public": k.public, "advice": k.advice} for k in made.keys]
    if as_json:
        put_json({"home": str(Home.at(home).folder), "admin": made.admin and made.admin.user_id, "keys": keys})
        return
    for key in keys:
        put_text(f"{key['role']:8} {key['public']}\n         {key['file']}\n         {key['advice']}")
    if made.admin is not None:
        put_text(f"Administrator {made.admin.name}: {made.admin.user_id}")


@app.command()
def package(
    test: Annotated[str, typer.Argument(help="Id of the test.")],
    hall: Annotated[str, typer.Option("--hall", help="Name of the hall.")],
    to: Annotated[
        Path | None,
        typer.Option("--to", help="New folder for the package.", show_default="the office's folder of packages"),
    ] = None,
    hall_keys: Annotated[
        Path | None,
        typer.Option("--hall-keys", help="Folder with the hall's public keys.", show_default="the hall of this home"),
    ] = None,
    user: AsOption = None,
    second: SecondOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the next package of a test for a hall: its paper and roster, sealed to the hall's key."""
    from kiosk.central.central import Central
    from kiosk.central.despatch import EXPORT, HallKeys, naming_files
    from kiosk.office.publication import paper_of
    from kiosk.office.roster import roster_of, sessions_in
    from kiosk.sealing.key import KeyFolder

    here = Home.at(home)
    if hall_keys is None and not here.hall.keys.is_dir():
        raise Refused("This home has no hall. Give the folder with the hall's public keys: --hall-keys FOLDER.")
    folder = KeyFolder(hall_keys or here.hall.keys)
    keys = HallKeys(hall, folder.public("hall"), folder.recipient("hall"))
    with Central.open(here.office) as central:
        office = central.office
        roster = roster_of(office, office.acting("assignment.read"), test, sessions_in(office, test, hall))
        actor = office.acting(EXPORT, user, second)
        target = to or _next_folder(here.office, central.despatch.next_number(test, hall), hall, test)
        made = central.despatch.send(actor, test, keys, roster, target)
        left = naming_files(paper_of(office, test))
    facts = {**_package_facts(made), "folder": str(target), "people": len(roster.accounts), "filesLeft": list(left)}
    put_json(facts) if as_json else put_text(_package_words(facts))
    if left and not as_json:
        put_text(f"Note: attachments of {', '.join(left)} name files that were not printed: names travel.", err=True)


@app.command()
def intake(
    folder: Annotated[Path, typer.Argument(help="Folder with bundles.")],
    receipts: Annotated[Path | None, typer.Option("--receipts", help="Folder to write the receipts to.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take bundles in, answer each with a receipt, then open and count them. Doing it again changes nothing.

    Closings are taken in too, and the close-outs of those that are explained written beside the receipts.

    Exit 1 where something did not verify or could not be counted.
    """
    from kiosk.central.central import Central
    from kiosk.sealing.copy import write_copy
    from kiosk.sealing.receipt import SUFFIX

    with Central.open(Home.at(home).office) as central:
        taken = list(central.intake.take_folder(folder))
        for one in taken:
            if receipts is not None and one.receipt is not None:
                write_copy(receipts, f"{one.digest}{SUFFIX}", one.receipt)
        settled = list(central.counting.work())
        closings = closeout.take_closings(central, folder, receipts)
        counts = central.arrivals.counts()
    if as_json:
        told = {"closings": [closeout.taken_document(c) for c in closings]}
        put_json({**_intake_document(taken, settled, counts), **told})
    else:
        _say_intake(taken, settled)
        closeout.say_taken(closings)
    if any(t.is_refused for t in taken) or any(s.is_failed for s in settled) or any(c.reason for c in closings):
        raise typer.Exit(1)


app.command()(standing.status)


def _address(file: Path | None, is_asked: bool) -> str | None:
    """Return the URL of the server the store is to be kept on, or None for a file on this machine."""
    if file is not None and is_asked:
        raise typer.BadParameter("give --database-file FILE or --database, not both")
    if file is not None:
        return read_secret(file).decode("utf-8", "replace").strip()
    return ask_secret("URL of the database").strip() if is_asked else None


def _next_folder(office: Place, number: int, hall: str, test: str) -> Path:
    name = "".join(c if c.isalnum() or c in "-_" else "-" for c in f"{hall}-{test}")[:80]
    folder = office.folder / "packages" / f"{name}-{number}"
    if folder.exists():
        raise KioskError(f"{folder} exists already. Give another folder with --to.")
    return folder


def _intake_document(taken: list["Taken"], settled: list["Settled"], counts: dict[str, int]) -> dict[str, Any]:
    return {
        "taken": [
            {
                "source": t.source,
                "outcome": t.outcome.value,
                "digest": t.digest,
                "receipt": t.receipt is not None,
                "reason": t.reason,
                "flags": list(t.flags),
            }
            for t in taken
        ],
        "counted": [
            {"bundle": s.bundle_id, "state": s.state.value, "flags": list(s.flags), "problem": s.problem}
            for s in settled
        ],
        "counts": counts,
    }


def _say_intake(taken: list["Taken"], settled: list["Settled"]) -> None:
    refused = [t for t in taken if t.is_refused]
    for one in refused:
        put_text(f"{one.source}: {one.outcome.value}: {one.reason}", err=True)
    for bundle in settled:
        for words in (*([bundle.problem] if bundle.problem else ()), *bundle.flags):
            put_text(f"{bundle.bundle_id[:16]} {bundle.state.value}: {words}", err=True)
    new, failed = sum(t.is_new for t in taken), sum(s.is_failed for s in settled)
    put_text(
        f"{new} bundles taken in, {len(taken) - new - len(refused)} known already, {len(refused)} refused; "
        f"{sum(s.is_counted for s in settled)} counted, {failed} not."
    )


def _package_facts(made: "Package") -> dict[str, Any]:
    manifest = made.manifest
    return {
        "package": made.package_id,
        "test": manifest.test_id,
        "hall": manifest.hall,
        "number": manifest.number,
        "papers": list(made.papers),
        "bytes": sum(b.length for b in manifest.blobs),
    }


def _package_words(facts: dict[str, Any]) -> str:
    return (
        f"Package {facts['number']} for {facts['hall']}: {facts['people']} people, {facts['bytes']:,} bytes, "
        f"read back and verified.\n{facts['folder']}"
    )
