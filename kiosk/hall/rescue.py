"""Rescue: a sitting whose machine is gone is taken over by the hall itself, from its safety copy, to be sealed."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count

from kiosk.exam.error import Denied, Refused
from kiosk.exam.grant import Act, Grant
from kiosk.exam.journal import Head
from kiosk.exam.lease import Lease
from kiosk.exam.log import AuditEntry
from kiosk.exam.moment import Clock, parse_iso
from kiosk.exam.move import Move
from kiosk.exam.page import SignedGrant, SignedLease
from kiosk.exam.person import SYSTEM_ID
from kiosk.exam.roles import Rights
from kiosk.exam.roster import Progress
from kiosk.exam.text import clean_line
from kiosk.hall.act import RIGHT_OF, check_act
from kiosk.hall.card import candidate_card
from kiosk.hall.keys import HallKeys
from kiosk.hall.opening import INCOMPLETE, TRIES, Openings
from kiosk.hall.supervision import LONGEST_REASON, Pair
from kiosk.sealing.envelope import PayloadType, sign
from kiosk.views.authority import Admission, LeaseOffer
from storage.hall.store import HallStore

SEAT = "rescue"
"""The name of the seat the hall seals at; a sitting that went on since is rescued at `rescue-2`, and so on."""
_NAMED = re.compile(rf"{SEAT}(-[0-9]{{1,3}})?")


@dataclass(frozen=True, slots=True)
class Stranded:
    """A sitting the hall holds a copy of, and of whose seat it has no bundle."""

    submission_id: str
    seat: str
    candidate: str
    entries: int
    """How many the hall holds."""
    is_over: bool
    """Whether its seat told that it was handed in; the journal itself has the last word."""


@dataclass(frozen=True, slots=True)
class Passed:
    """What the rescuing seat is given: the lease with the whole journal, and whose sitting it is."""

    seat: str
    """The name it has for this sitting."""
    offer: LeaseOffer
    admission: Admission
    assignment_id: str


class Rescues:
    """Finds sittings that can be rescued, and gives the hall's own seat the right to write them."""

    def __init__(self, store: HallStore, keys: HallKeys, rights: Rights, openings: Openings, clock: Clock) -> None:
        self._store = store
        self._keys = keys
        self._rights = rights
        self._openings = openings
        self._clock = clock

    def waiting(self) -> tuple[Stranded, ...]:
        """Return every sitting the hall holds a copy of whose bundle has not come whole, in the order they began."""
        heads, names = self._store.board.heads(), self._store.roster.names()
        lacking = self._store.bundles.lacking()
        lines = (line for line in self._store.bundles.lines() if line.bundle_id not in lacking)
        here = {(line.submission_id, line.seat) for line in lines}
        return tuple(
            Stranded(
                submission_id=told.submission_id,
                seat=told.seat,
                candidate=clean_line(names.get(told.assignment_id, told.assignment_id)),
                entries=heads[told.submission_id][0] + 1,
                is_over=told.is_over,
            )
            for told in self._store.permits.all_progress()
            if told.submission_id in heads and (told.submission_id, told.seat) not in here
        )

    def settle(self, seat: str, public: str) -> None:
        """Write down which key a rescuing seat has; raises Refused where another machine goes by its name."""
        now = parse_iso(self._clock.now().at)
        audit = AuditEntry(
            at=now,
            who=SYSTEM_ID,
            action="seat.enrol",
            subject_type="seats",
            subject_id=seat,
            details={"key": public},
        )
        self._store.seats.enrol(seat, public, now, now, audit)

    def check(self, by: Pair) -> None:
        """Raise Denied unless these proctors may move a sitting."""
        check_act(self._rights, Act.MOVE, by.first, by.second, 0, 0)

    def take(self, submission_id: str, by: Pair, reason: str) -> Passed:
        """Give the hall's own seat the sitting, cut at what the hall holds; its old seat may write no more.

        Asked again, the same lease is given out again. Raises Denied without the right or for a sitting this hall does
        not know, Refused where the bundle is here, or where the hall holds nothing of it or not all.
        """
        self.check(by)
        before = self._store.permits.lease(submission_id)
        told = self._progress(before)
        came = self._store.bundles.of_sitting(submission_id, before.lease.opened_on)
        lacking = self._store.bundles.lacking(submission_id)
        if any(bundle.seat == before.lease.seat and bundle.bundle_id not in lacking for bundle in came):
            raise Refused("The bundle of this sitting is in the hall already, so that nothing has to be rescued.")
        is_taken = is_rescuing(before.lease.seat)
        signed = before if is_taken else self._taken(before, by, clean_line(reason, LONGEST_REASON))
        offer = self._openings.offer(signed)
        person = next((p for a, p in self._store.board.roster() if a.assignment_id == told.assignment_id), None)
        if person is None:
            raise Denied("This sitting is of nobody on this hall's roster. Load the hall's package.")
        seat = signed.lease.seat
        return Passed(seat, offer, Admission("", candidate_card(person, seat)), told.assignment_id)

    def _taken(self, before: SignedLease, by: Pair, reason: str) -> SignedLease:
        lease, seat = before.lease, self._fresh_seat(before.lease)
        for _ in range(TRIES):
            now = self._clock.now().at
            seen, fork = self._ends(before)
            later = replace(
                lease,
                lease_id=uuid.uuid4().hex,
                seat=seat,
                epoch=lease.epoch + 1,
                issued_at=now,
                fork_seq=fork.seq,
                fork_hash=fork.hash.hex(),
            )
            signed = SignedLease(lease=later, envelope=sign(PayloadType.LEASE, later.document(), self._keys.signing))
            grant = self._grant(before, seat, by, reason, now)
            move = Move(
                move_id=grant.grant.grant_id,
                submission_id=lease.submission_id,
                from_seat=lease.seat,
                to_seat=seat,
                ordered_at=parse_iso(now),
            )
            audit = _audit(grant.grant, signed, fork)
            if self._store.moves.rescue(move, grant, signed, seen, audit, parse_iso(now)):
                return signed
        raise Refused("The seat of this sitting is still sending, so that it is not gone.")

    def _ends(self, before: SignedLease) -> tuple[Head, Head]:
        """Return up to where a sitting is held, and where it can go on: before its seal, where that is here."""
        lease = before.lease
        holding = self._store.tails.holding(lease.submission_id, lease.opened_on)
        fork = self._store.tails.open_end(lease.submission_id, lease.opened_on)
        if holding is None or fork is None:
            raise Refused(
                "The hall holds nothing of this sitting. If its seat's disk can still be read, bring the journal from "
                f"there: kiosk seat journal --seat {lease.seat} --to STICK, then kiosk hall journal STICK."
            )
        if holding.tail.gap(holding.tail.newest.epoch) is not None:
            raise Refused(INCOMPLETE)
        return holding.tail.newest.head, fork

    def _progress(self, before: SignedLease) -> Progress:
        assignment_id = before.lease.assignment_id
        told = self._store.permits.progress((assignment_id,)).get(assignment_id)
        if told is None or told.submission_id != before.lease.submission_id:
            raise Refused("The candidate has begun this test anew since. The attempt before is not rescued here.")
        return told

    def _fresh_seat(self, lease: Lease) -> str:
        """Return a rescuing seat that never wrote this sitting: one that did may hold what was not counted."""
        names = _names()
        return next(n for n in names if not self._store.tails.is_of(lease.submission_id, lease.opened_on, n))

    def _grant(self, before: SignedLease, seat: str, by: Pair, reason: str, now: str) -> SignedGrant:
        grant = Grant(
            grant_id=uuid.uuid4().hex,
            submission_id=before.lease.submission_id,
            seat=before.lease.seat,
            act=Act.MOVE,
            who=by.first.user_id,
            second=None if by.second is None else by.second.user_id,
            reason=reason,
            note=seat,
            issued_at=now,
        )
        return SignedGrant(grant=grant, envelope=sign(PayloadType.GRANT, grant.document(), self._keys.signing))


def is_rescuing(seat: str) -> bool:
    """Whether a seat's name is one the hall seals at."""
    return _NAMED.fullmatch(seat) is not None


def _names() -> Iterator[str]:
    yield SEAT
    yield from (f"{SEAT}-{number}" for number in count(2))


def _audit(grant: Grant, signed: SignedLease, fork: Head) -> AuditEntry:
    details: dict[str, object] = {
        "act": "rescue",
        "grant": grant.grant_id,
        "from": grant.seat,
        "to": signed.lease.seat,
        "epoch": signed.lease.epoch,
        "entries": fork.seq + 1,
        "reason": grant.reason,
    }
    if grant.second is not None:
        details["second"] = grant.second
    return AuditEntry(
        at=parse_iso(grant.issued_at),
        who=grant.who,
        action=RIGHT_OF[Act.MOVE],
        subject_type="test_submissions",
        subject_id=grant.submission_id,
        details=details,
    )
