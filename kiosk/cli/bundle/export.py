"""`kiosk bundle export`: seals what is handed in, and copies every bundle to a stick with a signed index."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kiosk.cli.bundle.gathering import OpenHall, Trouble, collect_seats, opened_hall, opened_seats, outboxes, seal_seats
from kiosk.cli.bundle.unfinished import decided
from kiosk.cli.option import HomeOption, JsonOption, put_json, put_text
from kiosk.cli.progress import progress_bar
from kiosk.ground.home import Home

if TYPE_CHECKING:
    from kiosk.sealing.export import Export, Parcel, Shipment
    from storage.seat.store import SeatStore

WHY = "not handed in when the bundles were exported"


def export(
    folder: Annotated[Path, typer.Argument(help="Folder the bundles are written to, such as a stick.")],
    unfinished: Annotated[bool, typer.Option("--unfinished", help="Seal also what nobody handed in.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether that is meant; the PIN is asked.")] = False,
    why: Annotated[str, typer.Option("--reason", help="Why, in a few words.")] = WHY,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Seal every sitting that is handed in, and copy every bundle: flushed, renamed, read again and compared.

    An index signed by the hall, or by the seat where there is no hall, says which files belong on the stick. Doing it
    again finishes what was cut off, and changes no file. What nobody handed in is sealed by a proctor's PIN; on a
    machine without its hall a technician types a word, and the journal names no proctor.
    """
    from kiosk.ground.clock import SystemClock
    from kiosk.sealing.export import write_export

    here, clock = Home.at(home), SystemClock()
    with opened_hall(here, clock) as hall, opened_seats(here) as (stores, shut):
        boxes = outboxes(here, stores, clock)
        decision = None
        if unfinished:
            count = sum(len(box.unfinished()) for box in boxes.values())
            decision = decided(here, hall, clock, count, why, yes=yes) if count else None
        troubles, left = seal_seats(boxes, decision)
        troubles = [*shut, *troubles]
        if hall is not None:
            refused = [c for c in collect_seats(hall, stores) if not c.bundle_id]
            troubles += [Trouble(c.source, "", c.problem) for c in refused]
        shipments = _of_hall(hall) if hall is not None else _of_seats(here, stores)
        with progress_bar("Copying") as told:
            done = write_export(folder, shipments, clock.now().at, told)
    document = _document(folder, done, shipments, troubles, sum(left.values()))
    put_json(document) if as_json else _put(document, done)
    _put_troubles(done, troubles)
    if troubles or not done.is_whole:
        raise typer.Exit(1)


def _of_hall(hall: OpenHall) -> "list[Shipment]":
    from kiosk.sealing import frame
    from kiosk.sealing.export import Parcel, Shipment
    from kiosk.sealing.index import Indexer

    keys, bundles = hall.keys, hall.store.bundles

    def fetch(bundle_id: str) -> bytes:
        delivery = bundles.bundle(bundle_id)
        return frame.join(delivery.envelope, delivery.body)

    parcels = [
        Parcel(d.bundle_id, d.submission_id, d.seat, d.length + frame.OVERHEAD, partial(fetch, d.bundle_id))
        for d in bundles.lines()
    ]
    return [Shipment(Indexer(key=keys.signing, chain=keys.chain, root=keys.root, hall=keys.hall), parcels)]


def _of_seats(home: Home, stores: "dict[str, SeatStore]") -> "list[Shipment]":
    from kiosk.sealing.certificate import verify_chain
    from kiosk.sealing.export import Shipment
    from kiosk.sealing.index import Indexer
    from kiosk.sealing.key import KeyFolder, KeyRole
    from kiosk.seat.place import NAME, read_enrolment

    shipments = []
    for seat, store in stores.items():
        place = home.seat(seat)
        enrolment = read_enrolment(place)
        holder = verify_chain(enrolment.chain, enrolment.root, KeyRole.SEAT)
        assert holder.hall is not None
        indexer = Indexer(
            key=KeyFolder(place.keys).signing(NAME),
            chain=enrolment.chain,
            root=enrolment.root,
            hall=holder.hall,
            seat=seat,
        )
        shipments.append(Shipment(indexer, _parcels(seat, store)))
    return shipments


def _parcels(seat: str, store: "SeatStore") -> "list[Parcel]":
    from kiosk.sealing import frame
    from kiosk.sealing.export import Parcel

    found = []
    for record in store.bundles():
        data = frame.join(record.envelope, record.body)
        found.append(Parcel(record.bundle_id, record.submission_id, seat, len(data), lambda data=data: data))  # type: ignore[misc]
    return found


def _document(
    folder: Path, done: "Export", shipments: "list[Shipment]", troubles: list[Trouble], unfinished: int
) -> dict[str, Any]:
    return {
        "folder": str(folder),
        "bundles": [
            {"seat": b.seat, "bundle": b.bundle_id, "submission": b.submission_id, "bytes": b.length}
            for b in done.copied
        ],
        "indices": done.indices,
        "signedBy": [s.indexer.seat or s.indexer.hall for s in shipments if s.parcels],
        "notCopied": [{"bundle": e.bundle_id, "submission": e.submission_id, "problem": e.problem} for e in done.left],
        "notSealed": [{"seat": t.seat, "submission": t.submission_id, "problem": t.problem} for t in troubles],
        "unfinished": unfinished,
        "problem": done.problem,
    }


def _put(document: dict[str, Any], done: "Export") -> None:
    bundles = document["bundles"]
    for line in bundles:
        put_text(f"{line['seat']:10} {line['submission']:34} {line['bytes']:>9,} bytes")
    if bundles:
        count = "1 bundle" if len(bundles) == 1 else f"{len(bundles)} bundles"
        put_text(f"{count} copied to {document['folder']}, read back and compared.")
    elif done.is_whole:
        put_text("Nothing to copy: no sitting of this home has been handed in.")
    if document["indices"]:
        put_text(f"Signed by {', '.join(document['signedBy'])}: {', '.join(document['indices'])}")
    if document["unfinished"]:
        count, verb = document["unfinished"], "is" if document["unfinished"] == 1 else "are"
        stay = "1 sitting" if count == 1 else f"{count} sittings"
        put_text(f"{stay} {verb} not handed in and not sealed. --unfinished seals what nobody goes on with.")


def _put_troubles(done: "Export", troubles: list[Trouble]) -> None:
    for trouble in troubles:
        put_text(f"Not sealed: {trouble.what}: {trouble.problem}", err=True)
    for left in done.left:
        put_text(f"Not copied: {left.submission_id} ({left.bundle_id}): {left.problem}", err=True)
    if done.problem is not None:
        put_text(
            f"The export did not end: {done.problem}. {len(done.copied)} are copied, {len(done.left)} are not. "
            "Do it again, with this stick or another: what is copied stays, the rest follows.",
            err=True,
        )
