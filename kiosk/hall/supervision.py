"""Supervision: a proctor's PIN is checked here, their right looked up, and the act signed for one seat to carry out."""

import uuid
from dataclasses import dataclass

from kiosk.exam.error import Denied
from kiosk.exam.grant import Act, Grant
from kiosk.exam.moment import Clock
from kiosk.exam.page import SignedGrant
from kiosk.exam.person import Person
from kiosk.exam.roles import Actor, Rights
from kiosk.exam.text import clean_line, clean_text
from kiosk.ground.door import Doorkeeper
from kiosk.hall.act import act_entry, check_act
from kiosk.hall.keys import HallKeys
from kiosk.hall.recognition import Recognition
from kiosk.sealing.envelope import PayloadType, sign
from kiosk.views.authority import GrantRequest
from storage.hall.store import HallStore

REFUSAL = "This PIN is not right."
LONGEST_PIN = 100
LONGEST_REASON = 100
LONGEST_NOTE = 2_000


@dataclass(frozen=True, slots=True)
class Pair:
    """Who acts, and who stands by."""

    first: Person
    second: Person | None


class Supervision:
    """Gives out grants."""

    def __init__(self, store: HallStore, keys: HallKeys, rights: Rights, doorkeeper: Doorkeeper, clock: Clock) -> None:
        self._store = store
        self._keys = keys
        self._rights = rights
        self._doorkeeper = doorkeeper
        self._clock = clock
        self._recognition = Recognition()

    def proctor(self, pin: str, seat: str) -> str:
        """Return the name of the proctor with a PIN; raises Denied after a wrong try."""
        return clean_line(self.holder(pin, seat).name)

    def holder(self, pin: str, where: str) -> Person:
        """Return the proctor with a PIN; raises Denied after a wrong try, and for how long to wait there."""
        return self._recognise(pin, None, where).first

    def pair(self, pin: str, second_pin: str | None, where: str) -> Pair:
        """Return the proctors with one PIN or two; raises Denied after a wrong try of either."""
        return self._recognise(pin, second_pin, where)

    def allowed(self, right: str, pin: str, second_pin: str | None, where: str) -> Pair:
        """Return the proctors with one PIN or two, who have a right and are not the same; raises Denied otherwise."""
        pair = self.pair(pin, second_pin, where)
        for person in (pair.first, *([pair.second] if pair.second else [])):
            self._rights.check(right, Actor(person.user_id, person.role), in_scope=True)
        if pair.second is not None and pair.second.user_id == pair.first.user_id:
            raise Denied("The second person must be somebody else, with a PIN of their own.")
        return pair

    def grant(self, request: GrantRequest) -> bytes:
        """Return the signed grant of an act; raises Denied for a wrong PIN, a missing right, another seat's sitting."""
        pair = self._recognise(request.pin, request.second_pin, request.seat)
        self._check_sitting(request)
        added_ms = self._store.permits.added_ms(request.submission_id)
        chiefs = self._store.roster.chiefs(request.submission_id)
        check_act(self._rights, request.act, pair.first, pair.second, added_ms, request.amount_ms, chiefs=chiefs)
        grant = self._grant(request, pair)
        signed = SignedGrant(grant=grant, envelope=sign(PayloadType.GRANT, grant.document(), self._keys.signing))
        self._store.permits.give_grant(signed, act_entry(grant))
        return signed.envelope

    def _recognise(self, pin: str, second_pin: str | None, seat: str) -> Pair:
        def judge() -> Pair | None:
            first = self._holder(pin)
            second = None if second_pin is None else self._holder(second_pin)
            if first is None or (second_pin is not None and second is None):
                return None
            return Pair(first, second)

        return self._doorkeeper.judge((f"pin seat {seat}",), judge, REFUSAL)

    def _holder(self, pin: str) -> Person | None:
        return self._recognition.holder(pin[:LONGEST_PIN], self._store.roster.staff())

    def _check_sitting(self, request: GrantRequest) -> None:
        if request.act is Act.CLOSE_SEAT and not request.submission_id:
            return
        if self._store.permits.lease(request.submission_id).lease.seat != request.seat:
            raise Denied("This sitting is not at this seat.")

    def _grant(self, request: GrantRequest, pair: Pair) -> Grant:
        return Grant(
            grant_id=uuid.uuid4().hex,
            submission_id=request.submission_id,
            seat=request.seat,
            act=request.act,
            who=pair.first.user_id,
            second=None if pair.second is None else pair.second.user_id,
            amount_ms=request.amount_ms,
            section=request.section,
            gap=request.gap,
            reason=clean_line(request.reason, LONGEST_REASON),
            note=clean_text(request.note, LONGEST_NOTE),
            issued_at=self._clock.now().at,
        )
