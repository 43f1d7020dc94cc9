"""`kiosk bundle`: what leaves the seats of this machine, and what anyone can verify of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from kiosk.cli.option import HomeOption, JsonOption, put_json, put_text
from kiosk.exam.error import Invalid, KioskError
from kiosk.exam.record import SealedRecord, SittingLine
from kiosk.ground.home import Home

app = typer.Typer(help="Sealed sittings on their way to central.", no_args_is_help=True)

RootOption = Annotated[
    str | None,
    typer.Option("--root", help="The root's public key, as hex or in a file.", show_default="the one of this home"),
]


@app.command("list")
def list_sittings(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List every sitting on the seats of this machine, and how far each has come."""
    found = [(seat, line) for seat, lines in _sittings(Home.at(home)) for line in lines]
    if as_json:
        put_json([_line_document(seat, line) for seat, line in found])
        return
    for seat, line in found:
        stands = "received" if line.is_received else "sealed" if line.bundle_id else line.status.value.replace("_", " ")
        put_text(f"{seat:10} {line.submission_id:34} {line.candidate:30} {stands:12} {line.receipt or ''}")
    put_text("1 sitting." if len(found) == 1 else f"{len(found)} sittings.")


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="Folder the bundles are written to, such as a stick.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Seal every sitting that is handed in, and copy every bundle: flushed, renamed, read again and compared."""
    from kiosk.sealing import frame
    from kiosk.sealing.copy import write_copy

    copied = []
    left = 0
    for seat, sealed, unfinished in _sealed(Home.at(home)):
        left += unfinished
        for record in sealed:
            data = frame.join(record.envelope, record.body)
            write_copy(folder, f"{record.bundle_id}{frame.SUFFIX}", data)
            copied.append(
                {
                    "seat": seat,
                    "bundle": record.bundle_id,
                    "submission": record.submission_id,
                    "bytes": len(data),
                    "received": record.receipt is not None,
                }
            )
    if as_json:
        put_json({"folder": str(folder), "bundles": copied, "unfinished": left})
        return
    if not copied:
        put_text("Nothing to copy: no sitting of this home has been handed in.")
        return
    for line in copied:
        put_text(f"{line['seat']:10} {line['submission']:34} {line['bytes']:>9,} bytes")
    put_text(f"{len(copied)} bundles copied to {folder}, read back and compared.")
    if left:
        put_text(f"{left} sittings are not handed in yet and stay here.")


@app.command()
def verify(
    files: Annotated[list[Path], typer.Argument(help="Bundle files.")],
    root: RootOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Verify bundles with the root's public key alone; nothing is decrypted. Exit 1 where one does not hold."""
    from kiosk.sealing import frame
    from kiosk.sealing.bundle import verify as verify_bundle
    from kiosk.sealing.copy import read_file

    key = _root(root, Home.at(home))
    facts: list[dict[str, Any]] = []
    for path in files:
        try:
            facts.append(_verified(path, verify_bundle(read_file(path, frame.LARGEST), key)))
        except KioskError as error:
            facts.append({"file": str(path), "ok": False, "problem": error.message})
    if as_json:
        put_json({"files": facts})
    else:
        for fact in facts:
            put_text(_words(fact), err=not fact["ok"])
    if not all(fact["ok"] for fact in facts):
        raise typer.Exit(1)


@app.command()
def receive(
    folder: Annotated[Path, typer.Argument(help="Folder with central's receipts.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take central's receipts back to the seats whose bundles they are for, each verified."""
    from kiosk.exam.moment import parse_iso
    from kiosk.sealing.copy import read_file
    from kiosk.sealing.envelope import LARGEST_ENVELOPE
    from kiosk.sealing.receipt import SUFFIX, read_receipt
    from kiosk.seat.place import read_enrolment, seat_store

    place_of = Home.at(home)
    envelopes = {p.stem: read_file(p, LARGEST_ENVELOPE) for p in sorted(folder.glob(f"*{SUFFIX}"))}
    kept = []
    for seat in place_of.seats():
        place = place_of.seat(seat)
        store, trusted = seat_store(place), read_enrolment(place).root
        try:
            for record in store.bundles():
                if record.bundle_id in envelopes:
                    receipt = read_receipt(envelopes[record.bundle_id], trusted, record.bundle_id)
                    store.keep_receipt(record.bundle_id, envelopes[record.bundle_id], parse_iso(receipt.received_at))
                    kept.append({"seat": seat, "bundle": record.bundle_id, "receivedAt": receipt.received_at})
        finally:
            store.close()
    if as_json:
        put_json({"receipts": kept})
        return
    put_text(f"{len(kept)} receipts kept.")


def _sittings(home: Home) -> Iterator[tuple[str, tuple[SittingLine, ...]]]:
    from kiosk.seat.place import seat_store

    for seat in home.seats():
        if home.seat(seat).exists:
            store = seat_store(home.seat(seat))
            try:
                yield seat, store.sittings()
            finally:
                store.close()


def _sealed(home: Home) -> Iterator[tuple[str, tuple[SealedRecord, ...], int]]:
    from kiosk.ground.clock import SystemClock
    from kiosk.seat.place import open_outbox, seat_store

    for seat in home.seats():
        place = home.seat(seat)
        if not place.exists:
            continue
        store = seat_store(place)
        try:
            sealed = open_outbox(place, store, SystemClock()).seal_all()
            yield seat, sealed, sum(line.bundle_id is None for line in store.sittings())
        finally:
            store.close()


def _root(given: str | None, home: Home) -> str:
    from kiosk.sealing.key import KeyFolder, read_public

    if given is not None:
        path = Path(given)
        text = path.read_text(encoding="ascii", errors="replace").strip() if path.is_file() else given
        read_public(text)
        return text
    for place in (home.office, home.hall, *(home.seat(s) for s in home.seats())):
        try:
            return KeyFolder(place.keys).public("root")
        except KioskError:
            continue
    raise Invalid("No root key is known here. Give it with --root.")


def _verified(path: Path, bundle: Any) -> dict[str, Any]:
    manifest = bundle.manifest
    return {
        "file": str(path),
        "ok": True,
        "bundle": bundle.bundle_id,
        "submission": manifest.submission_id,
        "hall": manifest.hall,
        "seat": manifest.seat,
        "entries": manifest.entries,
        "receipt": manifest.handed_in.receipt if manifest.handed_in else None,
        "answered": manifest.handed_in.answered if manifest.handed_in else None,
        "sealedAt": manifest.sealed_at,
        "reason": manifest.reason,
        "flags": list(bundle.flags),
    }


def _words(fact: dict[str, Any]) -> str:
    if not fact["ok"]:
        return f"{fact['file']}: does not verify: {fact['problem']}"
    flags = "".join(f"\n  look at: {flag}" for flag in fact["flags"])
    return (
        f"{fact['file']}: verified. Sitting {fact['submission']}, {fact['hall']}, seat {fact['seat']}, "
        f"{fact['entries']} entries, receipt {fact['receipt'] or 'none'}.{flags}"
    )


def _line_document(seat: str, line: SittingLine) -> dict[str, Any]:
    return {
        "seat": seat,
        "submission": line.submission_id,
        "openedOn": line.opened_on,
        "candidate": line.candidate,
        "status": line.status.value,
        "startedAt": line.started_at,
        "submittedAt": line.submitted_at,
        "receipt": line.receipt,
        "entries": line.entries,
        "bundle": line.bundle_id,
        "received": line.is_received,
    }
