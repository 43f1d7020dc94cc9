"""A whole house of keys for tests, and bundles sealed with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from builders import NOON, Trial, a_grant, a_lease, a_paper, a_person, an_attempt
from kiosk.exam.canonical import canonical
from kiosk.exam.entry import Entry, Kind
from kiosk.exam.evidence import SCREEN_TEXT, Evidence
from kiosk.exam.grant import Act, Grant
from kiosk.exam.journal import Head, genesis_head, next_entry
from kiosk.exam.moment import Moment, iso
from kiosk.exam.page import SignedGrant, SignedLease
from kiosk.exam.paper import Paper
from kiosk.exam.sitting import Step
from kiosk.sealing import frame
from kiosk.sealing.age import AgeIdentity
from kiosk.sealing.bundle import Bundle, Sealer, seal
from kiosk.sealing.certificate import certify
from kiosk.sealing.envelope import PayloadType, sign
from kiosk.sealing.key import KeyRole, SigningKey
from kiosk.wire.roster import RosterDocument

DAYS = {"not_before": NOON - timedelta(days=30), "not_after": NOON + timedelta(days=30)}
HALL = "Hall 2"
SEAT = "A12"


@dataclass(frozen=True, slots=True)
class Keyring:
    """Every key of one examination."""

    root: SigningKey
    release: SigningKey
    receipt: SigningKey
    hall: SigningKey
    seat: SigningKey
    intake: AgeIdentity
    escrow: AgeIdentity
    hall_identity: AgeIdentity
    release_chain: tuple[str, ...]
    receipt_chain: tuple[str, ...]
    hall_chain: tuple[str, ...]
    seat_chain: tuple[str, ...]

    @property
    def recipients(self) -> tuple[str, ...]:
        """Whom bundles are sealed to."""
        return (self.intake.recipient, self.escrow.recipient)

    @property
    def sealer(self) -> Sealer:
        """What the seat seals with."""
        return Sealer(key=self.seat, chain=self.seat_chain, root=self.root.public, recipients=self.recipients)


def a_keyring(**times: Any) -> Keyring:
    """Return fresh keys, certified from the root down to a seat of Hall 2."""
    days = DAYS | times
    root, release, receipt, hall, seat = (SigningKey.generate() for _ in range(5))
    intake, escrow, hall_identity = (AgeIdentity.generate() for _ in range(3))
    release_chain = certify(KeyRole.RELEASE, release.public, root, **days)
    hall_chain = certify(
        KeyRole.HALL, hall.public, release, release_chain, hall=HALL, recipient=hall_identity.recipient, **days
    )
    return Keyring(
        root=root,
        release=release,
        receipt=receipt,
        hall=hall,
        seat=seat,
        intake=intake,
        escrow=escrow,
        hall_identity=hall_identity,
        release_chain=release_chain,
        receipt_chain=certify(KeyRole.RECEIPT, receipt.public, root, **days),
        hall_chain=hall_chain,
        seat_chain=certify(KeyRole.SEAT, seat.public, hall, hall_chain, hall=HALL, seat=SEAT, **days),
    )


@cache
def the_keyring() -> Keyring:
    """Return the keys most tests share."""
    return a_keyring()


def work_through(attempt: Trial) -> None:
    """Answer every question of an attempt, with a pause and an extension on the way."""
    sitting, clock = attempt.sitting, attempt.clock
    for section in sitting.order:
        for question in section.questions:
            attempt.take(sitting.visit(question.question_id, clock.advance(1_000)))
            if question.option_ids:
                attempt.take(
                    sitting.choose(question.question_id, sorted(question.option_ids)[:1], clock.advance(2_000))
                )
            else:
                attempt.take(sitting.type(question.question_id, "Mitosis", clock.advance(2_000)))
                attempt.take(sitting.type(question.question_id, "Mitosis, twice", clock.advance(2_000)))
    stamp = {"who": "proctor-1", "reason": "equipment"}
    attempt.take([Step(Kind.PAUSED, {**stamp, "grant": "grant-1"})])
    clock.advance(60_000)
    attempt.take([Step(Kind.RESUMED, {**stamp, "grant": "grant-2"})])
    attempt.take([Step(Kind.EXTENDED, {**stamp, "grant": "grant-3", "ms": 300_000, "section": None})])
    attempt.take(sitting.flag(next(iter(sitting.answers)), True, clock.advance(500)))


def seal_journal(attempt: Trial) -> None:
    """Append the entry that seals, handed in or not."""
    head = attempt.sitting.head
    attempt.take([Step(Kind.SEALED, {"entries": head.seq + 1, "head": head.hash.hex()})])


def a_sealed_attempt(
    paper: Paper | None = None, *, captures: Sequence[str] = (), **lease: Any
) -> tuple[Trial, list[Evidence]]:
    """Return an attempt worked through, handed in and sealed, with its screen captures."""
    attempt = an_attempt(paper, **lease)
    work_through(attempt)
    evidence = []
    for text in captures:
        piece = Evidence.of(text.encode(), SCREEN_TEXT, attempt.clock.now().at)
        attempt.take([Step(Kind.CAPTURED, {"evidence": piece.digest})])
        evidence.append(piece)
    attempt.take(attempt.sitting.hand_in(attempt.clock.advance(1_000)))
    seal_journal(attempt)
    return attempt, evidence


def a_bundle(
    paper: Paper | None = None,
    *,
    keyring: Keyring | None = None,
    name: str = "Okafor, Anna",
    captures: Sequence[str] = ("┌ screen ┐",),
    **lease: Any,
) -> Bundle:
    """Return the bundle of a handed-in sitting; `lease` changes fields of its lease."""
    keyring, paper = keyring or the_keyring(), paper or a_paper()
    attempt, evidence = a_sealed_attempt(paper, captures=captures, **lease)
    return bundle_of(attempt, evidence, keyring=keyring, name=name, **lease)


def bundle_of(
    trial: Trial,
    evidence: Sequence[Evidence] = (),
    /,
    *,
    keyring: Keyring | None = None,
    name: str = "Okafor, Anna",
    grants: Sequence[Grant] | None = None,
    **lease: Any,
) -> Bundle:
    """Return the bundle of an attempt that is sealed."""
    keyring = keyring or the_keyring()
    given = a_lease(trial.paper, **lease)
    return seal(
        trial.genesis,
        trial.entries,
        candidate=a_person(user_id=given.candidate_id, name=name),
        leases=[SignedLease(lease=given, envelope=sign(PayloadType.LEASE, given.document(), keyring.hall))],
        grants=[signed_grant(g, keyring) for g in (grants_of(trial) if grants is None else grants)],
        sealer=keyring.sealer,
        evidence=evidence,
    )


def grants_of(attempt: Trial) -> list[Grant]:
    """Return the grants behind the proctor's acts of an attempt."""
    acts = {Kind.PAUSED: Act.PAUSE, Kind.RESUMED: Act.RESUME, Kind.EXTENDED: Act.EXTEND, Kind.REOPENED: Act.REOPEN}
    return [
        a_grant(
            acts[e.kind],
            grant_id=e.body["grant"],
            submission_id=e.submission_id,
            who=e.body["who"],
            amount_ms=e.body.get("ms", 0),
        )
        for e in attempt.entries
        if e.kind in acts
    ]


def signed_grant(grant: Grant, keyring: Keyring) -> SignedGrant:
    """Return a grant as the hall gives it out."""
    return SignedGrant(grant=grant, envelope=sign(PayloadType.GRANT, grant.document(), keyring.hall))


def raw_entries(attempt: Trial, steps: Sequence[Step]) -> list[Entry]:
    """Return an attempt's entries with steps the rules never saw, and the seal, chained on."""
    entries, head = list(attempt.entries), attempt.sitting.head
    for step in steps:
        entries.append(next_entry(attempt.genesis, head, step.kind, attempt.clock.now(), step.body))
        head = Head(entries[-1].seq, entries[-1].hash)
    seal = {"entries": head.seq + 1, "head": head.hash.hex()}
    return [*entries, next_entry(attempt.genesis, head, Kind.SEALED, attempt.clock.now(), seal)]


def rechained(attempt: Trial, seq: int, /, **body: Any) -> list[Entry]:
    """Return an attempt's entries with the body of one changed and every later hash computed anew."""
    head: Head = genesis_head(attempt.genesis)
    entries: list[Entry] = []
    for entry in attempt.entries:
        particulars = {**entry.body, **body} if entry.seq == seq else dict(entry.body)
        moment = Moment(entry.at, entry.boot_id, entry.boot_ms)
        entries.append(next_entry(attempt.genesis, head, entry.kind, moment, particulars, entry.epoch))
        head = Head(entry.seq, entries[-1].hash)
    return entries


def resealed(bundle: Bundle, keyring: Keyring, key: SigningKey | None = None, **changes: Any) -> bytes:
    """Return a bundle file whose manifest was changed and signed again, with `key` or the seat's own."""
    document = bundle.manifest.model_dump(mode="json") | changes
    return frame.join(sign(PayloadType.BUNDLE, document, key or keyring.seat), bundle.body)


def a_roster(paper: Paper | None = None, **changes: Any) -> RosterDocument:
    """Return the roster of Hall 2: one candidate, one proctor, one session, one assignment."""
    paper = paper or a_paper()
    plain = {"extra_percent": 0, "extra_ms": 0, "rest_breaks": False}
    secret = "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA"
    people = [
        {"user_id": "candidate-1", "role": "candidate", "name": "Okafor, Anna", "roll_number": "B-1042"},
        {"user_id": "proctor-1", "role": "proctor", "name": "Lind, Per", "roll_number": None},
    ]
    document = {
        "version": 1,
        "hall": HALL,
        "tests": [{"test_id": paper.test_id, "paper": paper.digest, "title": paper.title, "is_active": True}],
        "people": [{**p, "is_active": True, "secret_hash": secret, "accommodation": plain} for p in people],
        "assignments": [
            {
                "assignment_id": "assignment-1",
                "test_id": paper.test_id,
                "candidate_id": "candidate-1",
                "paper": paper.digest,
                "assigned_at": iso(NOON - timedelta(days=7)),
                "due_date": iso(NOON + timedelta(days=7)),
                "status": "assigned",
                "attempt_count": 0,
                "last_attempt_at": None,
                "withdrawn_at": None,
                "absent": False,
                "accommodation": plain,
            }
        ],
        "sessions": [
            {
                "session_id": "session-1",
                "title": "Tuesday, second shift",
                "time_zone": "UTC",
                "opens_at": iso(NOON - timedelta(minutes=30)),
                "starts_at": iso(NOON),
                "ends_at": iso(NOON + timedelta(hours=3)),
                "late_entry_minutes": None,
                "test_ids": [paper.test_id],
                "candidates": [{"candidate_id": "candidate-1", "seat": SEAT}],
            }
        ],
        "notices": [],
        "results": [],
    }
    return RosterDocument.model_validate_json(canonical(document | changes))
