"""`kiosk keys drill` and `kiosk seat recover`: what the keys in the safe are for, tried before they are needed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kiosk.cli.option import HomeOption, JsonOption, put_json, put_text
from kiosk.cli.phrase import PassphraseOption, use_passphrase
from kiosk.exam.error import KioskError
from kiosk.ground.home import Home

if TYPE_CHECKING:
    from kiosk.sealing.age import AgeIdentity

EscrowOption = Annotated[
    Path | None, typer.Option("--escrow", help="File of the escrow identity.", show_default="the one of this home")
]


def drill(
    escrow: EscrowOption = None,
    passphrase_file: PassphraseOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Open every bundle central holds with the escrow identity alone, and hold each against its manifest.

    Where there is none yet, fresh bytes are sealed and opened. Exit 1 where one fails.
    """
    from kiosk.central.drill import drill as open_all
    from kiosk.cli.progress import progress_bar
    from kiosk.ground.home import Home
    from kiosk.office.office import Office
    from kiosk.sealing.key import KeyFolder
    from storage.central.shelf import ShelfStore

    use_passphrase(passphrase_file)
    place = Home.at(home).office
    keys = KeyFolder(place.keys)
    identity = _identity(escrow or place.keys / "escrow.age")
    with Office.open(place) as office, progress_bar("Opening") as told:
        shelf = ShelfStore(office.engine)
        whole, found = len(shelf.ids()), []
        for one in open_all(shelf.bundles(), identity, keys.recipient("escrow"), keys.public("root")):
            found.append(one)
            told(len(found), max(whole, 1))
    failed = [one for one in found if one.problem is not None]
    if as_json:
        problems = [{"bundle": one.bundle_id, "problem": one.problem} for one in failed]
        put_json({"bundles": whole, "opened": len(found) - len(failed), "failed": problems, "fresh": whole == 0})
    else:
        for one in failed:
            put_text(f"{one.bundle_id[:16]}: {one.problem}", err=True)
        what = f"{len(found) - len(failed)} of {whole} bundles" if whole else "Fresh bytes, as no bundle is here yet,"
        put_text(f"{what} opened with the escrow identity alone.")
    if failed:
        raise typer.Exit(1)


def recover(
    folder: Annotated[Path, typer.Argument(help="The seat's folder, copied from its disk.")],
    to: Annotated[Path, typer.Option("--to", help="Folder of a new home for it.")],
    name: Annotated[
        str | None, typer.Option("--name", help="The seat's name.", show_default="as it was enrolled")
    ] = None,
    escrow: Annotated[
        Path | None, typer.Option("--escrow", help="File of the escrow identity, in place of the hall's key.")
    ] = None,
    passphrase_file: PassphraseOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Open the store of a broken seat with the hall's key or the escrow's, in a new home; the copy is only read.

    Lists its sittings and proves each journal. Exit 1 where one does not hold.
    """
    from kiosk.seat.recovery import prove, seat_of
    from kiosk.seat.recovery import recover as open_copy

    use_passphrase(passphrase_file)
    identity = _identity(escrow or Home.at(home).hall.keys / "hall.age")
    place = open_copy(folder, Home(to), name or seat_of(folder), identity)
    proved = list(prove(place))
    if as_json:
        sittings = [
            {
                "submission": p.line.submission_id,
                "candidate": p.line.candidate,
                "entries": p.line.entries,
                "bundle": p.line.bundle_id,
                "problem": p.problem,
            }
            for p in proved
        ]
        put_json({"folder": str(place.folder), "sittings": sittings})
    else:
        for p in proved:
            put_text(f"{p.line.submission_id:34} {p.line.candidate:30} {p.line.entries:6} {p.problem or 'proved'}")
        many = "1 sitting" if len(proved) == 1 else f"{len(proved)} sittings"
        put_text(f"{many} in {place.folder}. Seal and copy: kiosk bundle export DIR --home {to}")
    if any(p.problem for p in proved):
        raise typer.Exit(1)


def _identity(file: Path) -> "AgeIdentity":
    from kiosk.sealing.key import KeyFolder

    if file.suffix != ".age":
        raise KioskError(f"{file} is not the file of an age identity, such as escrow.age.")
    return KeyFolder(file.parent).identity(file.stem)
