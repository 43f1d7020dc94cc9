"""`kiosk bundle receive`: central's receipts come back on a stick, to the hall and to the seats, each verified."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kiosk.cli.bundle.gathering import OpenHall, hand_receipts_on, opened_hall, opened_seats
from kiosk.cli.option import HomeOption, JsonOption, put_json, put_text
from kiosk.cli.progress import progress_bar
from kiosk.exam.error import KioskError
from kiosk.ground.home import Home

if TYPE_CHECKING:
    from storage.seat.store import SeatStore


@dataclass(slots=True)
class Received:
    """What became of the receipts of a folder."""

    at_seats: list[dict[str, str]] = field(default_factory=list)
    in_hall: list[str] = field(default_factory=list)
    closed_out: list[str] = field(default_factory=list)
    """Tests whose close-out is here."""
    refused: dict[str, str] = field(default_factory=dict)
    """Files that were not taken, and why."""


def receive(
    folder: Annotated[Path, typer.Argument(help="Folder with central's receipts.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take central's receipts back to the hall and the seats whose bundles they are for, each verified.

    One that does not hold is refused by name and keeps no other back; those of other halls are passed over.
    """
    from kiosk.ground.clock import SystemClock
    from kiosk.sealing.receipt import SUFFIX

    if not folder.is_dir():
        raise KioskError(f"There is no folder {folder}.")
    here = Home.at(home)
    files = {p.stem: p for p in sorted(folder.glob(f"*{SUFFIX}")) if not p.name.startswith(".")}
    done = Received()
    with opened_hall(here, SystemClock()) as hall, opened_seats(here) as (stores, shut):
        done.refused |= {f"seat {t.seat}": t.problem for t in shut}
        if hall is not None:
            _take_in_hall(hall, files, done)
            done.at_seats += [{"seat": seat, "bundle": bundle} for seat, bundle in hand_receipts_on(hall, stores)]
            _take_closeouts(here, hall, folder, done)
        for seat, store in stores.items():
            _take_at_seat(here, seat, store, files, done)
    known = {*done.in_hall, *(line["bundle"] for line in done.at_seats)}
    if as_json:
        put_json(_document(done, len(files) - len(known | (files.keys() & {Path(n).stem for n in done.refused}))))
    else:
        _put(done)
    if done.refused:
        raise typer.Exit(1)


def _take_in_hall(hall: OpenHall, files: dict[str, Path], done: Received) -> None:
    waiting = [line.bundle_id for line in hall.store.bundles.waiting() if line.bundle_id in files]
    with progress_bar("Receiving") as told:
        for number, bundle_id in enumerate(waiting, 1):
            try:
                hall.collection.receive(bundle_id, _read(files[bundle_id]))
                done.in_hall.append(bundle_id)
            except KioskError as error:
                done.refused[files[bundle_id].name] = error.message
            told(number, len(waiting))


def _take_closeouts(home: Home, hall: OpenHall, folder: Path, done: Received) -> None:
    from kiosk.ground.clock import SystemClock
    from kiosk.hall.backroom import Backroom

    try:
        done.closed_out += Backroom.open(home.hall, hall.keys, hall.store, SystemClock()).closings.receive(folder)
    except KioskError as error:
        done.refused["the close-out"] = error.message


def _take_at_seat(home: Home, seat: str, store: "SeatStore", files: dict[str, Path], done: Received) -> None:
    from kiosk.exam.moment import parse_iso
    from kiosk.sealing.receipt import receipt_for
    from kiosk.sealing.revocation import RevocationFile
    from kiosk.seat.place import read_enrolment

    place = home.seat(seat)
    root = read_enrolment(place).root
    revoked = RevocationFile(place.keys, root).read()
    for record in store.bundles():
        path = files.get(record.bundle_id)
        if path is None or record.receipt is not None or path.name in done.refused:
            continue
        try:
            envelope = _read(path)
            receipt = receipt_for(record.bundle_id, record.body, envelope, root, revoked)
            store.keep_receipt(record.bundle_id, envelope, parse_iso(receipt.received_at))
            done.at_seats.append({"seat": seat, "bundle": record.bundle_id})
        except KioskError as error:
            done.refused[path.name] = error.message


def _read(path: Path) -> bytes:
    from kiosk.sealing.copy import read_file
    from kiosk.sealing.envelope import LARGEST_ENVELOPE

    return read_file(path, LARGEST_ENVELOPE)


def _document(done: Received, others: int) -> dict[str, Any]:
    return {
        "receipts": done.at_seats,
        "inHall": done.in_hall,
        "closedOut": done.closed_out,
        "refused": [{"file": name, "problem": problem} for name, problem in done.refused.items()],
        "passedOver": others,
    }


def _put(done: Received) -> None:
    kept = {*done.in_hall, *(line["bundle"] for line in done.at_seats)}
    count = "1 receipt is" if len(kept) == 1 else f"{len(kept)} receipts are"
    put_text(f"{count} new here: {len(done.in_hall)} in the hall, {len(done.at_seats)} at the seats.")
    for test in done.closed_out:
        put_text(f"Central's close-out of {test} is here and verified.")
    for name, problem in done.refused.items():
        put_text(f"{name}: not taken: {problem}", err=True)
