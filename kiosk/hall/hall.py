"""The hall: who may log in, who may begin, what a proctor may do. It signs what a seat must believe."""

from datetime import timedelta
from pathlib import Path

from kiosk.exam.assignment import Session
from kiosk.exam.attempt import Phase
from kiosk.exam.error import Denied, Invalid, Refused
from kiosk.exam.log import AuditEntry
from kiosk.exam.moment import Clock, parse_iso
from kiosk.exam.roles import Actor, Rights
from kiosk.exam.roster import Progress
from kiosk.ground.door import Doorkeeper
from kiosk.hall.act_code import ActCodes
from kiosk.hall.advance import Advances
from kiosk.hall.card import notice_of, result_of
from kiosk.hall.confirmation import Confirmation
from kiosk.hall.custody import Custody
from kiosk.hall.handover import Handovers
from kiosk.hall.keys import HallKeys
from kiosk.hall.opening import Openings
from kiosk.hall.reception import Reception
from kiosk.hall.release import Opened, Opening
from kiosk.hall.rescue import Rescues
from kiosk.hall.supervision import Pair, Supervision
from kiosk.sealing.certificate import certify
from kiosk.sealing.envelope import PayloadType, read_envelope
from kiosk.sealing.key import KeyRole
from kiosk.views.authority import Admission, GrantRequest, LeaseOffer, Report
from kiosk.views.candidate import Instructions, Notice, Result, TestCard
from kiosk.wire.enrolment import EnrolmentDocument
from kiosk.wire.package import PackageManifest
from storage.hall.seat import EnrolledSeat
from storage.hall.store import HallStore

SEAT_DAYS = timedelta(days=30)
"""How long a seat's certificate lasts; one that has run out is flagged, never refused."""
CLOCK_SLACK = timedelta(days=1)
FORGET = "assignment.reseat"
"""Whoever may give a candidate another seat may give a seat another machine."""


class Hall:
    """Implements `kiosk.views.authority.Authority` on the hall's own store; usable from any thread."""

    def __init__(self, store: HallStore, keys: HallKeys, rights: Rights, clock: Clock, folder: Path) -> None:
        """`folder` is the hall's own: what it decided and its seats' codes lie there."""
        doorkeeper = Doorkeeper(store.doors, clock)
        self._store = store
        self._keys = keys
        self._rights = rights
        self._clock = clock
        self._reception = Reception(store, doorkeeper, clock)
        self._supervision = Supervision(store, keys, rights, doorkeeper, clock)
        self._opening = Opening(store, keys, self._supervision, clock)
        self.custody = Custody(folder, keys, store, self._supervision, doorkeeper, clock)
        """The keys of the seats' stores."""
        self.openings = Openings(store, keys, clock, lambda: self.custody.policy().start == "together")
        """Which tests may begin, and the leases of those that do."""
        self.rescues = Rescues(store, keys, rights, self.openings, clock)
        """Sittings whose machines are gone."""
        self.act_codes = ActCodes(store, keys, rights, self._supervision, clock)
        """The codes that allow acts at seats that cannot reach this hall."""
        self.confirmation = Confirmation(store, keys, clock)
        """Recognises what was done by its codes, and signs it."""
        self.advances = Advances(store, keys, clock)
        """What lets seats begin although the hub has gone."""
        self.handovers = Handovers(store, keys, rights, self.openings, self.advances, clock)
        """Sittings that go to another seat on a stick."""

    @property
    def name(self) -> str:
        """The name of the hall."""
        return self._keys.hall

    def admit(self, roll_number: str, code: str, seat: str) -> Admission:
        """Recognise a candidate; wrong tries slow down, across restarts."""
        return self._reception.admit(roll_number, code, seat)

    def is_here(self, candidate_id: str, seat: str) -> bool:
        """Whether this hall let a candidate in at a seat."""
        return self._reception.is_here(candidate_id, seat)

    def tests(self, token: str) -> tuple[TestCard, ...]:
        """Return the candidate's tests, with why each may not start now."""
        return self.openings.tests(self._reception.guest(token))

    def notices(self, token: str) -> tuple[Notice, ...]:
        """Return the candidate's notifications, newest first."""
        guest = self._reception.guest(token)
        return tuple(notice_of(n) for n in self._store.roster.notices(guest.person.user_id))

    def instructions(self, token: str, assignment_id: str) -> Instructions:
        """Return what is read before the start."""
        return self.openings.instructions(self._reception.guest(token), assignment_id)

    def lease(self, token: str, assignment_id: str, seat: str) -> LeaseOffer:
        """Allow the seat to open the next attempt, or hand out the running lease again."""
        guest = self._reception.guest(token)
        if guest.seat != seat:
            raise Denied("You signed in at another seat. Please sign in here.")
        return self.openings.lease(guest, assignment_id)

    def result(self, token: str, assignment_id: str) -> Result:
        """Return the released result; raises Refused while there is none."""
        person = self._reception.guest(token).person
        own = {a.assignment_id for a in self._store.roster.assignments(person.user_id)}
        held = self._store.roster.results(own & {assignment_id}).get(assignment_id)
        if held is None:
            raise Refused("The result of this test has not been released.")
        return result_of(held)

    def proctor(self, pin: str, seat: str) -> str:
        """Check a PIN and return the proctor's name; wrong tries slow down, across restarts."""
        return self._supervision.proctor(pin, seat)

    def grant(self, request: GrantRequest) -> bytes:
        """Return the signed grant of a proctor's act."""
        return self._supervision.grant(request)

    def report(self, report: Report) -> None:
        """Take note of a sitting's progress; raises Denied for one this hall gave no lease for."""
        lease = self._store.permits.lease(report.submission_id).lease
        try:
            told = Progress(
                submission_id=report.submission_id,
                opened_on=lease.opened_on,
                assignment_id=lease.assignment_id,
                seat=lease.seat,
                phase=Phase(report.phase),
                attempt=lease.attempt,
                started_at=parse_iso(report.started_at),
                submitted_at=None if report.submitted_at is None else parse_iso(report.submitted_at),
                answered=report.answered,
                questions=report.questions,
                used_ms=report.used_ms,
                head_seq=report.head_seq,
                head_hash=report.head_hash,
            )
        except ValueError as error:
            raise Invalid("this report is not of this version") from error
        self._store.permits.take_progress(told, parse_iso(self._clock.now().at))

    def challenge(self, seat: str) -> str:
        """Return what a seat must sign before `unlock`."""
        return self.custody.challenge(seat)

    def unlock(self, seat: str, wrapped_key: bytes, proof: bytes) -> bytes:
        """Return the key of a seat's store, sealed to whom its proof names; wrong proofs slow down."""
        return self.custody.unlock(seat, wrapped_key, proof)

    def sessions(self) -> tuple[Session, ...]:
        """Return the sessions of this hall, in the order they start."""
        return self._store.roster.all_sessions()

    def progress(self) -> tuple[Progress, ...]:
        """Return every sitting of this hall as its seat last told of it."""
        return self._store.permits.all_progress()

    def acts(self) -> tuple[AuditEntry, ...]:
        """Return every start, grant and opening in this hall, in order: what the office is told afterwards."""
        return self._store.permits.acts()

    def open_session(self, session_id: str, proctor_id: str) -> None:
        """Open a session: from now on its tests may begin, and its sittings name this proctor."""
        person = next((a.person for a in self._store.roster.staff() if a.person.user_id == proctor_id), None)
        if person is None:
            raise Denied("Only a proctor of this hall can open a session.")
        right = "proctoring.open_close_hall"
        self._rights.check(right, Actor(person.user_id, person.role), in_scope=True)
        now = parse_iso(self._clock.now().at)
        audit = AuditEntry(
            at=now, who=person.user_id, action=right, subject_type="exam_sessions", subject_id=session_id
        )
        self._store.roster.open_session(session_id, person.user_id, now, audit)

    def recognise(self, pin: str, second_pin: str | None = None) -> Pair:
        """Return the proctors with one PIN or two; raises Denied after a wrong try, and for how long to wait."""
        return self._supervision.pair(pin, second_pin, "console")

    def open_session_by_pin(self, session_id: str, pin: str) -> str:
        """Open a session for the proctor with a PIN and return the proctor's name; wrong tries slow down."""
        person = self._supervision.holder(pin, "console")
        self.open_session(session_id, person.user_id)
        return person.name

    def release_by_token(self, token: bytes, pin: str, test_id: str | None = None) -> Opened:
        """Open the papers central released, with a proctor's PIN."""
        return self._opening.by_token(token, pin, test_id)

    def release_by_code(self, test_id: str, code: str, pin: str, second_pin: str) -> Opened:
        """Open the papers of a test with the code in the hall's envelope and two proctors' PINs."""
        return self._opening.by_code(test_id, code, pin, second_pin)

    def enrol(self, seat: str, public: str) -> EnrolmentDocument:
        """Certify a seat's key and tell it whom to trust and whom to seal to; a technician carries the answer over."""
        now = parse_iso(self._clock.now().at)
        chain = certify(
            KeyRole.SEAT,
            public,
            self._keys.signing,
            self._keys.chain,
            not_before=now - CLOCK_SLACK,
            not_after=now + SEAT_DAYS,
            hall=self._keys.hall,
            seat=seat,
        )
        recipients = self._recipients()
        code_key = self.custody.code_key(seat)
        return EnrolmentDocument(
            version=1,
            seat=seat,
            chain=chain,
            root=self._keys.root,
            recipients=recipients,
            keepers=(self._keys.identity.recipient, recipients[-1]),
            revocations=self._keys.revocations.read().text,
            is_sealed=code_key is not None,
            code_key=code_key,
            act_key=self._keys.act_key(seat).hex(),
        )

    def seats(self) -> tuple[EnrolledSeat, ...]:
        """Return which key goes by which seat's name."""
        return self._store.seats.seats()

    def forget_seat(self, seat: str, pin: str) -> None:
        """Give a seat's name free for another machine, with a proctor's PIN; raises Refused for a name nobody has."""
        person = self._supervision.allowed(FORGET, pin, None, "console").first
        now = parse_iso(self._clock.now().at)
        self._store.seats.let_go(
            seat, now, AuditEntry(at=now, who=person.user_id, action=FORGET, subject_type="seats", subject_id=seat)
        )

    def close(self) -> None:
        """Let go of the store."""
        self._store.close()

    def _recipients(self) -> tuple[str, ...]:
        """Whom the newest package says that bundles are sealed to: intake, and last the escrow."""
        packages = self._store.roster.packages()
        if not packages:
            raise Refused("Load a package first: it names whom the seats seal their bundles to.")
        payload = read_envelope(packages[-1].envelope, PayloadType.PACKAGE).canonical_payload()
        return PackageManifest.model_validate_json(payload).recipients
