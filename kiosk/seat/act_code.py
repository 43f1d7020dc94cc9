"""Codes of acts: how a proctor acts at a seat whose hall is out of reach, with a code that a console gave."""

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock
from typing import Protocol

from kiosk.exam.act_code import CHALLENGE_LIFE, Setting, Terms, TypedCode, challenge_of, fits, read_code, respelt
from kiosk.exam.canonical import canonical
from kiosk.exam.error import Denied, Refused
from kiosk.exam.grant import Act, Grant
from kiosk.exam.moment import Clock, parse_iso
from kiosk.exam.page import SignedGrant
from kiosk.exam.text import clean_text
from kiosk.ground.door import Doorkeeper
from kiosk.sealing.coded_grant import CodedGrant, proctor_name, sign_coded
from kiosk.sealing.key import SigningKey
from kiosk.seat.expectation import Expectations
from kiosk.views.candidate import CandidateCard
from kiosk.views.desk import ActRequest
from kiosk.wire.enrolment import EnrolmentDocument
from storage.seat.store import SeatStore

NO_CODES = "This seat takes no codes: it was never connected to a hub. Ask the hall."
NOT_OPEN = "No test is open on this seat."
REFUSAL = "This code does not fit. Compare seat, challenge, act, minutes and reason on both screens."
NEW_CHALLENGE = "It was tried too often, so there is a new challenge. Ask the console for a code for that one."
NOT_ASKED = "This code has been used, or its challenge is older than 30 minutes. Have the new challenge shown."
ONE_SECTION = (
    "A code adds time to the whole test and to the section the candidate is in. "
    "Minutes for another section alone need the hall."
)
SECOND = "second person"
"""How a seat names who stood by; the hall wrote down who it was."""
DOOR = "code"
MOST_TRIES = 10
"""Wrong codes for one challenge; after them it is dead, and another is drawn."""
LONGEST_NOTE = 2_000
Check = Callable[[Grant], None]
"""Raises Refused where an act is out of place, before its code is used up."""


class ActCodes(Protocol):
    """What a desk asks for where the hall cannot check a PIN; `submission_id` is empty where no sitting is open."""

    def challenge(self, request: ActRequest, submission_id: str, candidate_id: str | None) -> str:
        """Return what the console must be told; good once, for just this sitting and candidate."""
        ...

    def grant(
        self, request: ActRequest, code: str, submission_id: str, candidate_id: str | None, check: Check
    ) -> SignedGrant:
        """Return the grant a right code makes, signed by this seat; raises Denied with the wait after a wrong one."""
        ...

    def started(self, submission_id: str) -> SignedGrant | None:
        """Return the act by code that started a sitting here, or None where the hall itself did."""
        ...

    def expected(self) -> Sequence[CandidateCard]:
        """Return whom a code could start here."""
        ...


class NoCodes:
    """Implements `ActCodes` on a seat that shares no secret with its hall."""

    def challenge(self, request: ActRequest, submission_id: str, candidate_id: str | None) -> str:
        """Refuse: no console could give a code."""
        raise Refused(NO_CODES)

    def grant(
        self, request: ActRequest, code: str, submission_id: str, candidate_id: str | None, check: Check
    ) -> SignedGrant:
        """Refuse: no code could be right."""
        raise Refused(NO_CODES)

    def started(self, submission_id: str) -> SignedGrant | None:
        """Return None: nothing starts here without the hall."""
        return None

    def expected(self) -> Sequence[CandidateCard]:
        """Return nobody."""
        return ()


@dataclass(frozen=True, slots=True)
class _Asked:
    """One challenge with what it is about."""

    setting: Setting
    nonce: str
    challenge: str


class KeyedCodes:
    """Implements `ActCodes` with the key a seat shares with its hall; usable from any thread."""

    def __init__(
        self,
        enrolment: EnrolmentDocument,
        key: bytes,
        own: SigningKey,
        store: SeatStore,
        expectations: Expectations,
        clock: Clock,
    ) -> None:
        """`own` is the seat's key, which signs what was done; `expectations` tells who may be started here."""
        self._seat = enrolment.seat
        self._chain = enrolment.chain
        self._key = key
        self._own = own
        self._store = store
        self._expectations = expectations
        self._clock = clock
        self._doorkeeper = Doorkeeper(store.doors, clock)
        self._lock = Lock()

    def challenge(self, request: ActRequest, submission_id: str, candidate_id: str | None) -> str:
        """Return the open challenge of a sitting and candidate, drawn and kept at the first asking."""
        _terms(request)
        setting = self._setting(request, submission_id, candidate_id)
        with self._lock:
            asked = self._asked(setting)
            return self._draw(setting).challenge if asked is None else asked.challenge

    def grant(
        self, request: ActRequest, code: str, submission_id: str, candidate_id: str | None, check: Check
    ) -> SignedGrant:
        """Return the grant a right code makes; its challenge is used up, on the disk, before the grant is given.

        Raises Mistyped for a slip of the finger, which costs no try; Denied with the wait for a wrong code.
        """
        terms, typed = _terms(request), read_code(code)
        setting = self._setting(request, submission_id, candidate_id)
        with self._lock:
            asked = self._asked(setting)
            if asked is None:
                raise Refused(NOT_ASKED)
            self._judge(asked, terms, typed)
            grant = self._grant(request, terms, asked, typed)
            check(grant)
            coded = CodedGrant(
                grant=grant,
                candidate_id=setting.candidate_id,
                nonce=asked.nonce,
                challenge=asked.challenge,
                code=respelt(code),
            )
            signed = sign_coded(coded, self._own, self._chain)
            if not self._store.challenges.use(setting.submission_id, setting.candidate_id, asked.nonce):
                raise Refused("This code has been used.")
            if grant.act is Act.START:
                self._expectations.start(setting.submission_id, signed, code)
            return signed

    def started(self, submission_id: str) -> SignedGrant | None:
        """Return the act by code that started a sitting here, or None where the hall itself did."""
        return self._expectations.started(submission_id)

    def expected(self) -> Sequence[CandidateCard]:
        """Return whom a code could start here."""
        return tuple(e.card for e in self._expectations.waiting())

    def _setting(self, request: ActRequest, submission_id: str, candidate_id: str | None) -> Setting:
        if request.act is Act.START:
            expected = self._expectations.awaited(request.note, candidate_id)
            submission_id, candidate_id = expected.lease.lease.submission_id, expected.lease.lease.candidate_id
        elif not submission_id:
            raise Refused(NOT_OPEN)
        return Setting(seat=self._seat, candidate_id=candidate_id or "", submission_id=submission_id)

    def _asked(self, setting: Setting) -> _Asked | None:
        drawn = self._store.challenges.drawn(setting.submission_id, setting.candidate_id)
        if drawn is None or not timedelta() <= parse_iso(self._clock.now().at) - drawn.at < CHALLENGE_LIFE:
            return None
        return _Asked(setting, drawn.nonce, challenge_of(self._key, setting, drawn.nonce))

    def _draw(self, setting: Setting) -> _Asked:
        nonce, now = secrets.token_hex(16), parse_iso(self._clock.now().at)
        self._store.challenges.draw(setting.submission_id, setting.candidate_id, nonce, now)
        return _Asked(setting, nonce, challenge_of(self._key, setting, nonce))

    def _judge(self, asked: _Asked, terms: Terms, typed: TypedCode) -> None:
        setting, tries = asked.setting, 0

        def judge() -> bool | None:
            nonlocal tries
            tries = self._store.challenges.count(setting.submission_id, setting.candidate_id, asked.nonce)
            is_right = fits(self._key, self._seat, asked.challenge, terms, typed)
            return True if is_right and tries <= MOST_TRIES else None

        try:
            self._doorkeeper.judge((DOOR,), judge, REFUSAL)
        except Denied as denied:
            if tries < MOST_TRIES:
                raise
            self._draw(setting)
            raise Denied(f"{denied.message} {NEW_CHALLENGE}", wait_seconds=denied.wait_seconds) from None

    def _grant(self, request: ActRequest, terms: Terms, asked: _Asked, typed: TypedCode) -> Grant:
        named = canonical(["act code", self._seat, asked.challenge, asked.nonce])
        return Grant(
            grant_id=hashlib.sha256(named).hexdigest()[:32],
            submission_id=asked.setting.submission_id,
            seat=self._seat,
            act=terms.act,
            who=proctor_name(typed.signatory.proctor),
            second=SECOND if typed.signatory.has_second else None,
            amount_ms=terms.amount_ms,
            reason=terms.reason,
            note=clean_text(request.note, LONGEST_NOTE),
            issued_at=self._clock.now().at,
        )


def _terms(request: ActRequest) -> Terms:
    if request.section is not None:
        raise Refused(ONE_SECTION)
    amount_ms = request.amount_ms if request.act in (Act.EXTEND, Act.REOPEN) else 0
    return Terms.of(request.act, amount_ms, request.reason)
