"""How a console is opened: the address a technician carried, believed and dialled."""

from pathlib import Path

from kiosk.exam.error import KioskError
from kiosk.ground.dialling import Dialler
from kiosk.ground.home import Place
from kiosk.hall.console.remote_board import RemoteBoard
from kiosk.hall.keys import ROOT
from kiosk.sealing.address import LARGEST_FILE, parse_address, read_address
from kiosk.sealing.copy import read_file
from kiosk.sealing.key import KeyFolder
from kiosk.sealing.revocation import NONE_REVOKED, RevocationFile
from kiosk.wire.hub import CONSOLE_PATH

ADDRESS = "hub.json"


def open_board(place: Place, file: Path | None = None) -> RemoteBoard:
    """Return the board of the hub that `file` names, or of this hall's own; nothing is dialled before its `start`.

    On a machine of the hall only its own central office is believed. Raises KioskError where there is no address,
    Invalid, Tampered or Denied for one that is not to be believed.
    """
    path = file or place.folder / ADDRESS
    if not path.exists():
        raise KioskError(_missing(file))
    carried = parse_address(read_file(path, LARGEST_FILE))
    keys = KeyFolder(place.keys)
    root = keys.public(ROOT) if keys.has_public(ROOT) else None
    revoked = NONE_REVOKED if root is None else RevocationFile(place.keys, root).read()
    address = read_address(carried, root, revoked)
    dialler = Dialler(address.urls, address.certificate, CONSOLE_PATH, carried.token)
    return RemoteBoard(address.hall, dialler.dial)


def _missing(file: Path | None) -> str:
    if file is not None:
        return f"There is no file {file}."
    return "No hub has been opened in this hall. Open it first: kiosk hall serve. On another machine: --hub FILE."
