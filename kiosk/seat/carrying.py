"""Carrying: a seat's journals go to the hall on a stick, where no line leads there."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kiosk.exam.error import Refused
from kiosk.exam.piece import Holding
from kiosk.ground.home import Place
from kiosk.sealing.carried import SUFFIX, seal_journal
from kiosk.sealing.copy import write_copy
from kiosk.sealing.key import KeyFolder
from kiosk.seat.link.frame import frame_of
from kiosk.seat.link.replica import ROOM
from kiosk.seat.place import NAME, read_enrolment
from kiosk.wire.hub import MOST_ENTRIES, FrameMessage
from storage.seat.store import SeatStore


@dataclass(frozen=True, slots=True)
class Written:
    """One journal that lies on a stick."""

    submission_id: str
    entries: int
    path: Path


def carry_journals(place: Place, store: SeatStore, hall: str, folder: Path) -> Iterator[Written]:
    """Write every journal of a seat that central has not received into a folder, each read back and compared.

    Raises Refused where there is none, or where the enrolment names nobody to seal to.
    """
    enrolment = read_enrolment(place)
    if not enrolment.keepers:
        raise Refused("The hall has not told this seat whom to seal to. Let it enrol again.")
    holdings = store.holdings()
    if not holdings:
        raise Refused(f"The seat {enrolment.seat} holds no journal that central has not received.")
    key = KeyFolder(place.keys).signing(NAME)
    for holding in holdings:
        data = seal_journal(
            tuple(_frames(store, holding)),
            hall=hall,
            seat=enrolment.seat,
            head=holding.head.hash.hex(),
            recipient=enrolment.keepers[0],
            key=key,
            chain=enrolment.chain,
        )
        path = write_copy(folder, f"{holding.submission_id}-{holding.epoch}{SUFFIX}", data)
        yield Written(holding.submission_id, holding.head.seq + 1, path)


def _frames(store: SeatStore, holding: Holding) -> Iterator[FrameMessage]:
    first = 0
    while first <= holding.head.seq:
        piece = store.piece(holding.submission_id, first, MOST_ENTRIES, ROOM)
        if piece is None:
            raise Refused("A journal of this seat has a hole. Keep the machine as it is, and tell the office.")
        yield frame_of(piece, start=first == 0)
        first += len(piece.entries)
