"""Handovers: a sitting goes to another seat on a stick, where no line of the hub leads."""

import re
from dataclasses import dataclass, field

from kiosk.exam.entry import Kind
from kiosk.exam.error import Denied, Invalid, Refused
from kiosk.exam.grant import Act
from kiosk.exam.moment import Clock
from kiosk.exam.page import SignedLease
from kiosk.exam.parcel import read_entry
from kiosk.exam.roles import Rights
from kiosk.exam.roster import Progress
from kiosk.exam.text import clean_line
from kiosk.hall.act import check_act
from kiosk.hall.advance import Advances
from kiosk.hall.case import NOT_RELEASED
from kiosk.hall.hub.commands import Commands
from kiosk.hall.hub.moves import Moves
from kiosk.hall.hub.presence import Presence
from kiosk.hall.keys import HallKeys
from kiosk.hall.line import offer_answer
from kiosk.hall.opening import Openings
from kiosk.hall.supervision import Pair
from kiosk.sealing.handover import SUFFIX, seal_handover
from kiosk.views.authority import LeaseOffer
from kiosk.wire.handover import HandoverContents
from storage.hall.store import HallStore

_SEAT = re.compile(r"[A-Za-z0-9_-]{1,32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """A sitting as a file for the seat where it goes on."""

    submission_id: str
    candidate: str
    name: str
    """Of the file."""
    entries: int
    is_stopped: bool
    """Whether the last thing its seat wrote is that it was moved, so that nobody can write there any more."""
    data: bytes = field(repr=False)


class Handovers:
    """Moves sittings while no seat can ask for them: the lease is given at once, and carried with paper and journal."""

    def __init__(
        self, store: HallStore, keys: HallKeys, rights: Rights, openings: Openings, advances: Advances, clock: Clock
    ) -> None:
        self._store = store
        self._keys = keys
        self._rights = rights
        self._openings = openings
        self._advances = advances
        # nobody is on the line of this program: an order waits for the hub, which sends it to the old seat
        self._moves = Moves(store, keys, Commands(store, Presence(), clock, lambda *told: None), clock)

    def make(self, seat: str, target: str, by: Pair, reason: str = "") -> Handover:
        """Move the sitting of a seat and return what its new seat must be brought; asked again, return the same lease.

        Raises Denied without the right, Refused where there is no such sitting, the hall does not hold it, its paper is
        not open, or somebody sits at the target.
        """
        check_act(self._rights, Act.MOVE, by.first, by.second, 0, 0)
        if not _SEAT.fullmatch(target):
            raise Invalid(f"{target[:40]!r} cannot be a seat's name: use letters, digits, - and _.")
        told = self._sitting(seat, target)
        signed = self._store.permits.lease(told.submission_id)
        if self._store.papers.identity(signed.lease.paper) is None:
            raise Refused(NOT_RELEASED)
        if told.seat == seat:
            signed = self._moved(told, target, by, reason)
        return self._handover(signed)

    def _sitting(self, seat: str, target: str) -> Progress:
        """Return the open sitting of a seat, or the one that was moved from there to the target before."""
        if seat == target:
            raise Refused("The sitting is at this seat. Name another one.")
        still_open = [p for p in self._store.permits.all_progress() if not p.is_over]
        there = [p for p in still_open if p.seat == target]
        for told in there:
            moves = self._store.moves.moves(told.submission_id)
            if moves and (moves[-1].from_seat, moves[-1].to_seat) == (seat, target):
                return told
        here = [p for p in still_open if p.seat == seat]
        if not here:
            raise Refused(
                f"No sitting is open at {seat}, as far as this hall knows. Bring its journal first: kiosk seat journal "
                f"--seat {seat} --to STICK there, then kiosk hall journal STICK here."
            )
        if there:
            raise Refused(f"Somebody is at {target}. Name an empty seat.")
        enrolled = {s.seat for s in self._store.seats.seats()}
        if enrolled and target not in enrolled:
            raise Refused(f"No seat {target} was ever enrolled in this hall. Name one of: kiosk hall seats")
        return here[-1]

    def _moved(self, told: Progress, target: str, by: Pair, reason: str) -> SignedLease:
        self._moves.order(told.submission_id, target, by, reason, target)
        move = self._moves.waiting(told.submission_id)
        if move is None or move.to_seat != target:
            raise Refused("This sitting has just been moved elsewhere.")
        person = next((p for a, p in self._store.board.roster() if a.assignment_id == told.assignment_id), None)
        if person is None:
            raise Denied("This sitting is of nobody on this hall's roster. Load the hall's package.")
        return self._openings.follow(person, move)

    def _handover(self, signed: SignedLease) -> Handover:
        lease = signed.lease
        offer = self._openings.offer(signed)
        assignment, person = next(
            (a, p) for a, p in self._store.board.roster() if a.assignment_id == lease.assignment_id
        )
        sealed = self._store.papers.paper(lease.paper)
        assert sealed is not None  # or there were no offer
        assert offer.journal is not None  # for the lease has a fork
        contents = HandoverContents(
            offer=offer_answer(offer),
            candidate=self._advances.introduce(lease, person, assignment, sealed.outline),
        )
        key, act_key = self._keys.signing, self._keys.act_key(lease.seat)
        return Handover(
            submission_id=lease.submission_id,
            candidate=clean_line(person.name),
            name=f"{lease.submission_id}-{lease.epoch}{SUFFIX}",
            entries=len(offer.journal.entries),
            is_stopped=_is_stopped(offer),
            data=seal_handover(contents, lease, hall=self._keys.hall, act_key=act_key, key=key),
        )


def _is_stopped(offer: LeaseOffer) -> bool:
    assert offer.journal is not None
    last = read_entry(offer.journal.entries[-1])
    return last.kind is Kind.NOTED and last.body.get("category") == Act.MOVE.value
