"""A seat's disk without its machine: the store's key lies beside it, sealed to the hall and the escrow."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from kiosk.exam.error import Invalid, KioskError, Refused
from kiosk.exam.record import SittingLine
from kiosk.ground.home import Home, Place, write_secret
from kiosk.sealing.age import AgeIdentity
from kiosk.sealing.copy import read_file
from kiosk.sealing.store_key import unwrap_key
from kiosk.seat.custody import KEY
from kiosk.seat.place import ENROLMENT
from kiosk.seat.unlocking import WRAPPED
from kiosk.wire.document import words
from kiosk.wire.enrolment import EnrolmentDocument
from kiosk.wire.store_key import LARGEST_WRAPPED
from storage.seat.store import SeatStore

LARGEST_ENROLMENT = 2**20
"""Bytes."""


@dataclass(frozen=True, slots=True)
class Proved:
    """A sitting of a recovered store, and whether its journal holds."""

    line: SittingLine
    problem: str | None
    """Why it does not hold; None where every entry is proved."""


def recover(source: Path, home: Home, name: str, identity: AgeIdentity) -> Place:
    """Copy a seat's folder into a new home, with its store's key opened by a keeper; the source is only read.

    Raises Refused where the new home has such a seat already, Tampered for a key sealed to others, Invalid for a key
    that is none, KioskError for what is missing.
    """
    place = home.seat(name)
    if place.folder.exists():
        raise Refused(f"{place.folder} exists already. Give a new folder.")
    if not (source / place.store_name).is_file():
        raise KioskError(f"There is no seat's store in {source}: {place.store_name} is missing.")
    key = unwrap_key(read_file(source / "keys" / WRAPPED, LARGEST_WRAPPED), identity)
    try:
        _copy(source, place)
        if not (place.keys / KEY).exists():
            write_secret(place.keys / KEY, key)
        SeatStore.open(place.store, key).close()
    except BaseException:
        shutil.rmtree(place.folder, ignore_errors=True)
        raise
    return place


def seat_of(source: Path) -> str:
    """Return the name of the seat a copied folder is of, whatever it is called; raises Invalid where it says none.

    What it seals is signed for that seat alone.
    """
    path = source / "keys" / ENROLMENT
    try:
        return EnrolmentDocument.model_validate_json(read_file(path, LARGEST_ENROLMENT)).seat
    except ValidationError as error:
        raise Invalid(f"{path} is not of this version: {words(error)}. Name the seat with --name.") from None


def prove(place: Place) -> Iterator[Proved]:
    """Read every sitting of a seat's store and prove its chain; one that does not hold hides no other."""
    store = SeatStore.open(place.store, place.store_key())
    try:
        for line in store.sittings():
            try:
                store.whole_record(line.submission_id).verify()
            except KioskError as error:
                yield Proved(line, error.message)
            else:
                yield Proved(line, None)
    finally:
        store.close()


def _copy(source: Path, place: Place) -> None:
    place.make()
    for folder, target in ((source, place.folder), (source / "keys", place.keys)):
        for path in sorted(folder.iterdir()):
            if path.is_symlink() or not path.is_file() or path.name == KEY:
                continue
            copy = target / path.name
            shutil.copyfile(path, copy)
            copy.chmod(0o600)
