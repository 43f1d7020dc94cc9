"""What must be true of a store opened after a cut: it opens, it is whole, and everything acknowledged is in it."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from house import SEAT
from kiosk.exam.attempt import Attempt
from kiosk.exam.error import KioskError, Tampered
from kiosk.sealing import frame
from kiosk.sealing.bundle import verify
from kiosk.sealing.receipt import read_receipt
from storage.central.intake import IntakeStore
from storage.engine import open_engine
from storage.hall.store import HallStore
from storage.seat.store import SeatStore

Notes = tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Verdict:
    """What was found: `damaged` is a store nobody can go on from, `lost` something acknowledged that is not there."""

    damaged: str = ""
    lost: int = 0

    @property
    def is_good(self) -> bool:
        """Whether nothing is damaged and nothing lost."""
        return not self.damaged and not self.lost


Oracle = Callable[[Path, Notes], Verdict]
"""Judges what lies in a folder, given what was acknowledged before."""


def guarded(judge: Oracle) -> Oracle:
    """Return an oracle that calls a store damaged when it does not open or does not verify."""

    def judged(folder: Path, notes: Notes) -> Verdict:
        try:
            return judge(folder, notes)
        except KioskError as error:
            return Verdict(damaged=error.message, lost=1)

    return judged


def seat_oracle(store: str, key: bytes, root: str) -> Oracle:
    """Judge a seat: every entry said to be saved, under its hash, in a chain that holds; every bundle whole."""

    @guarded
    def judge(folder: Path, notes: Notes) -> Verdict:
        seat = SeatStore.open(folder / store, key)
        try:
            _must_be_sound(seat._engine)
            kept: dict[tuple[str, int], str] = {}
            for line in seat.sittings():
                record = seat.record(line.submission_id)
                assert record is not None
                record.verify()
                Attempt.fold(record.paper, record.genesis, record.entries, SEAT)
                kept |= {(e.submission_id, e.seq): e.hash.hex() for e in record.entries}
            bundles = {b.bundle_id: hashlib.sha256(b.body).hexdigest() for b in seat.bundles()}
            _must_verify(seat, root)
        finally:
            seat.close()
        lost = sum(kept.get((n["submission"], n["saved"])) != n["hash"] for n in notes if "saved" in n)
        return Verdict(lost=lost + sum(bundles.get(n["sealed"]) != n["sha256"] for n in notes if "sealed" in n))

    return judge


def hall_oracle(store: str, key: bytes) -> Oracle:
    """Judge a hall: every lease it gave out is known, and counted once."""

    @guarded
    def judge(folder: Path, notes: Notes) -> Verdict:
        hall = HallStore.open(folder / store, key)
        try:
            _must_be_sound(hall._engine)
            known = {p.submission_id for p in hall.permits.all_progress()}
            known &= {s for s in known if hall.permits.lease(s)}
        finally:
            hall.close()
        return Verdict(lost=sum(n["leased"] not in known for n in notes if "leased" in n))

    return judge


def intake_oracle(store: str, key: bytes, root: str) -> Oracle:
    """Judge central: every receipt given out is stored byte for byte, beside the very bundle it is for."""

    @guarded
    def judge(folder: Path, notes: Notes) -> Verdict:
        engine = open_engine(folder / store, key)
        try:
            _must_be_sound(engine)
            intake, lost = IntakeStore(engine), 0
            for note in (n for n in notes if "taken" in n):
                lost += not _is_held(intake, engine, note, root)
        finally:
            engine.dispose()
        return Verdict(lost=lost)

    return judge


def stick_oracle(sent: Mapping[str, bytes]) -> Oracle:
    """Judge a stick: every file said to be copied is there under its name, byte for byte; no name holds other bytes."""

    def judge(folder: Path, notes: Notes) -> Verdict:
        kept = {p.name: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
        wrong = [name for name, data in kept.items() if name in sent and data != sent[name]]
        return Verdict(
            damaged=f"{wrong[0]} holds other bytes" if wrong else "",
            lost=sum(kept.get(n["copied"]) != sent[n["copied"]] for n in notes if "copied" in n),
        )

    return judge


def _must_be_sound(engine: Engine) -> None:
    with engine.connect() as connection:
        found = connection.execute(text("PRAGMA quick_check")).scalars().all()
    raw = engine.raw_connection()
    try:  # every page of the file holds its own seal once what stands beside the file is in it
        busy = raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        found += [str(row) for row in raw.cursor().execute("PRAGMA cipher_integrity_check").fetchall()]
    finally:
        raw.close()
    if found != ["ok"] or busy:
        raise Tampered(f"the store is damaged: {found}")


def _must_verify(seat: SeatStore, root: str) -> None:
    for record in seat.bundles():
        if verify(frame.join(record.envelope, record.body), root).bundle_id != record.bundle_id:
            raise Tampered("a bundle is kept under the name of another")


def _is_held(intake: IntakeStore, engine: Engine, note: Mapping[str, Any], root: str) -> bool:
    try:
        receipt = intake.receipt(note["taken"])
    except KioskError:
        return False
    read_receipt(receipt, root, note["taken"])
    query = text("SELECT manifest, body FROM bundles WHERE bundle_id = :bundle")
    with engine.connect() as connection:
        row = connection.execute(query, {"bundle": note["taken"]}).one()
    data = frame.join(bytes(row.manifest), bytes(row.body))
    return receipt.decode() == note["receipt"] and hashlib.sha256(data).hexdigest() == note["sha256"]
