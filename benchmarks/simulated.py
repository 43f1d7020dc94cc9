"""One simulated seat: a sitting by the rules in memory, and a line by the protocol to a real hub."""

import asyncio
import base64
import random
import time
from array import array
from collections import Counter, deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from benchmarks.journals import BUILD, Journal
from benchmarks.venue import Venue
from house import CODE
from kiosk.exam.attempt import Phase
from kiosk.exam.entry import Kind
from kiosk.exam.error import KioskError
from kiosk.exam.evidence import SCREEN_TEXT, Evidence
from kiosk.exam.grant import Act, Grant
from kiosk.exam.lease import Lease
from kiosk.exam.page import SignedGrant, SignedLease
from kiosk.exam.person import Person, Role
from kiosk.exam.piece import Holding, Piece
from kiosk.exam.sitting import Step
from kiosk.exam.supervision import carry_out
from kiosk.ground.clock import SystemClock
from kiosk.sealing.bundle import Sealer, seal
from kiosk.sealing.envelope import PayloadType, open_envelope
from kiosk.sealing.key import SigningKey
from kiosk.seat.link.link import LATEST, SOONEST
from kiosk.seat.link.replica import EVERY_MS, Replica
from kiosk.wire import line
from kiosk.wire.address import EnrolRequest
from kiosk.wire.enrolment import EnrolmentDocument
from kiosk.wire.hub import (
    BEAT_SECONDS,
    ENROL_PATH,
    HUB_MESSAGE,
    SEAT_PATH,
    AckMessage,
    AnnouncementMessage,
    AnswerMessage,
    BeatMessage,
    BundleHeldMessage,
    BundlePartMessage,
    CallMessage,
    CommandMessage,
    DoneMessage,
    EchoMessage,
    FencedMessage,
    FrameMessage,
    ToldMessage,
    Vitals,
    WantMessage,
)
from seat_way import Way

TYPIST = 10
"""One seat in so many types all the time, four splices a second; the others choose."""
TYPING, TICKING, CAPTURING, CHOOSING = (0.25, 0.25), (5.0, 5.0), (30.0, 30.0), (5.0, 35.0)
"""Seconds between two, at least and at most."""
CAPTURE_BYTES = 700
LONGEST_ESSAY = 4_000
PATIENCE = 300.0
AGAIN_SECONDS = 20.0
"""After so long without a word a bundle is sent again."""
WORDS = ("cells", "divide", "in", "four", "phases", "the", "first", "of", "them", "chromosomes", "become", "visible")


@dataclass
class Book:
    """What the seats of one process saw, together."""

    lags: array = field(default_factory=lambda: array("d"))
    """Seconds from an entry written down at a seat to the hub's word that it is committed."""
    echoes: array = field(default_factory=lambda: array("d"))
    """Seconds from a beat to its echo."""
    done: list[tuple[str, str, float]] = field(default_factory=list)
    """Seat, act and moment of what was carried out."""
    counts: Counter = field(default_factory=Counter)

    def clear(self) -> None:
        """Begin anew."""
        self.lags, self.echoes, self.done, self.counts = array("d"), array("d"), [], Counter()


class Seat:
    """Lives until its process ends; implements `Journals`."""

    def __init__(self, venue: Venue, name: str, book: Book, dice: random.Random, number: int) -> None:
        self.name = name
        self.dice = dice
        self.is_connected = False
        self._venue = venue
        self._book = book
        self._is_typist = number % TYPIST == 0
        self._key = SigningKey.generate()
        self._clock = SystemClock()
        self._replica = Replica(self)
        self._journal: Journal | None = None
        self._enrolment: EnrolmentDocument | None = None
        self._line: ClientConnection | None = None
        self._admitted: dict[str, Any] = {}
        self._waiting: dict[Any, asyncio.Future] = {}
        self._calls = 0
        self._pending: deque[tuple[int, float]] = deque()
        """Last entry and moment of what was written down and is not acknowledged."""
        self._is_turn_due = False
        self._captures = 0
        self._tasks: list[asyncio.Task] = []

    # as a replica sees it

    def holdings(self) -> tuple[Holding, ...]:
        """Return how far the sitting goes, where one was begun."""
        return () if self._journal is None else self._journal.holdings()

    def piece(self, submission_id: str, first: int, most: int, most_bytes: int) -> Piece | None:
        """Return entries from `first` on."""
        return None if self._journal is None else self._journal.piece(submission_id, first, most, most_bytes)

    def hash_at(self, submission_id: str, seq: int) -> bytes | None:
        """Return the hash of one entry."""
        return None if self._journal is None else self._journal.hash_at(submission_id, seq)

    # as the throng sees it

    @property
    def head(self) -> int:
        """The last entry that is written down."""
        return -1 if self._journal is None else len(self._journal.entries) - 1

    @property
    def held(self) -> int:
        """The last entry the hub is known to hold."""
        if self._journal is None:
            return -1
        held = self._replica.held(self._journal.genesis.submission_id)
        return -1 if held is None else held.seq

    @property
    def phase(self) -> Phase | None:
        """How the sitting stands."""
        return None if self._journal is None else self._journal.sitting.phase

    def summary(self) -> tuple[str, str, int, str, int]:
        """Return sitting, day, last entry, its hash, and the last entry the hub acknowledged."""
        journal = self._open
        last = journal.entries[-1]
        return last.submission_id, last.opened_on, last.seq, last.hash.hex(), self.held

    async def enrol(self) -> None:
        """Let the hub make this seat known."""
        async with Way.of(self._venue.address.read_bytes()).dial(ENROL_PATH) as wire:
            await wire.send(EnrolRequest(type="enrol", seat=self.name, public=self._key.public).model_dump_json())
            self._enrolment = EnrolmentDocument.model_validate_json(await wire.recv())

    def begin(self) -> None:
        """Look for the hub, for ever."""
        self._tasks.append(asyncio.create_task(self._keep_up()))

    async def sign_in(self) -> float:
        """Sign the candidate in, and return how long that took."""
        began = time.monotonic()
        call = line.AdmitCall(method="admit", roll_number=self._venue.roll_number(self.name), code=CODE, seat=self.name)
        self._admitted = await self._ask(call)
        await self._ask(line.TestsCall(method="tests", token=self._admitted["token"]))
        return time.monotonic() - began

    async def start(self) -> float:
        """Open the sitting, and return how long the paper took."""
        began = time.monotonic()
        call = line.LeaseCall(
            method="lease",
            token=self._admitted["token"],
            assignment_id=self._venue.assignment(self.name),
            seat=self.name,
        )
        offer = await self._ask(call)
        envelope = offer["envelope"].encode()
        lease = Lease.from_document(open_envelope(envelope, PayloadType.LEASE, self._venue.hall_key))
        signed = SignedLease(lease=lease, envelope=envelope)
        self._journal = Journal(self._venue.paper, signed, self._clock)
        took = time.monotonic() - began
        await self._written(len(self._journal.entries))
        await self._report()
        return took

    def work(self) -> None:
        """Let the candidate work, as long as the sitting runs."""
        acts = [(TICKING, self._tick), (CAPTURING, self._capture)]
        acts.append((TYPING, self._type) if self._is_typist else (CHOOSING, self._choose))
        for (least, most), act in acts:
            self._tasks.append(asyncio.create_task(self._do_on(least, most, act)))

    async def hand_in(self) -> float:
        """Hand in, and return how long it took until the hall held it all."""
        sitting = self._open.sitting
        for section in self._venue.paper.sections:
            for question in section.questions if section.is_mandatory else ():
                await self._move(lambda now, q=question: sitting.visit(q.question_id, now))
                await self._move(lambda now, q=question: sitting.choose(q.question_id, _options(q)[:1], now))
        began = time.monotonic()
        while sitting.phase is not Phase.HANDED_IN:
            await self._move(sitting.hand_in)
        head = self.head
        await self._report()
        while self.held < head:
            await asyncio.sleep(0.01)
        return time.monotonic() - began

    async def send_bundle(self) -> None:
        """Seal the sitting and bring it to the hall."""
        journal, enrolment = self._open, self._enrolment
        assert enrolment is not None
        await self._move(lambda now: journal.sitting.seal())
        person = Person(
            user_id=journal.lease.lease.candidate_id,
            role=Role.CANDIDATE,
            name=self._admitted["candidate"]["name"],
            roll_number=self._venue.roll_number(self.name),
        )
        sealer = Sealer(
            key=self._key,
            chain=tuple(enrolment.chain),
            root=enrolment.root,
            recipients=tuple(enrolment.recipients),
        )
        bundle = await asyncio.to_thread(
            seal,
            journal.genesis,
            journal.entries,
            candidate=person,
            leases=[journal.lease],
            sealer=sealer,
            grants=list(journal.grants.values()),
            evidence=list(journal.evidence.values()),
        )
        message = BundlePartMessage(
            bundle_id=bundle.bundle_id,
            envelope=bundle.envelope.decode("ascii"),
            index=0,
            count=1,
            data=base64.b64encode(bundle.body).decode("ascii"),
        )
        held, end = self._expect(bundle.bundle_id), time.monotonic() + PATIENCE
        while not held.done() and time.monotonic() < end:  # said again, as a seat does whose line was cut
            await self._say(message)
            await asyncio.wait([held], timeout=AGAIN_SECONDS)
        await asyncio.wait_for(held, 1)

    # its candidate

    async def _do_on(self, least: float, most: float, act: Any) -> None:
        await asyncio.sleep(self.dice.uniform(0, most))
        while self.phase not in (Phase.HANDED_IN, Phase.SEALED):
            if self.phase is Phase.RUNNING:
                await act()
            await asyncio.sleep(self.dice.uniform(least, most))

    async def _tick(self) -> None:
        await self._move(lambda now: [Step(Kind.TICK, {})])

    async def _capture(self) -> None:
        self._captures += 1
        text = f"{self.name} {self._captures} " + " ".join(self.dice.choices(WORDS, k=200))
        evidence = Evidence.of(text[:CAPTURE_BYTES].encode(), SCREEN_TEXT, self._clock.now().at)
        self._open.evidence[evidence.digest] = evidence
        await self._move(lambda now: [Step(Kind.CAPTURED, {"evidence": evidence.digest})])

    async def _choose(self) -> None:
        sitting = self._open.sitting
        question = self.dice.choice([q for s in sitting.order for q in s.questions if q.option_ids])
        chosen = [self.dice.choice(question.option_ids)]
        await self._move(lambda now: sitting.visit(question.question_id, now))
        await self._move(lambda now: sitting.choose(question.question_id, chosen, now))

    async def _type(self) -> None:
        sitting = self._open.sitting
        question = next(q for s in sitting.order for q in s.questions if not q.option_ids)
        text = sitting.answers[question.question_id].text or ""
        text = f"{text} {self.dice.choice(WORDS)}" if len(text) < LONGEST_ESSAY else text.rpartition(" ")[0]
        await self._move(lambda now: sitting.visit(question.question_id, now))
        await self._move(lambda now: sitting.type(question.question_id, text, now))

    async def _move(self, act: Any, *, at_once: bool = False) -> None:
        journal = self._open
        with suppress(KioskError):  # paused, locked or over
            await self._written(journal.write(act(self._clock.now())), at_once=at_once)

    async def _written(self, count: int, *, at_once: bool = False) -> None:
        if not count:
            return
        self._pending.append((self.head, time.monotonic()))
        self._book.counts["entries"] += count
        self._replica.saved(self._open.genesis.submission_id, at_once=at_once)
        await self._push()

    @property
    def _open(self) -> Journal:
        assert self._journal is not None
        return self._journal

    # its line

    async def _keep_up(self) -> None:
        while True:
            try:
                await self._attend()
            except* (OSError, ConnectionClosed, InvalidHandshake, TimeoutError, EOFError):
                self._book.counts["lines lost"] += 1
            self.is_connected, self._line = False, None
            self._replica.disconnected()
            await asyncio.sleep(self.dice.uniform(SOONEST, LATEST))

    async def _attend(self) -> None:
        way = Way.of(self._venue.address.read_bytes())
        async with way.dial(SEAT_PATH) as wire:
            assert self._enrolment is not None
            await way.greet(wire, self.name, self._key, self._enrolment.chain)
            self._line = wire
            await self._say(self._replica.connected(self._clock.now().boot_ms))
            self.is_connected = True
            async with asyncio.TaskGroup() as group:
                group.create_task(self._beat())
                group.create_task(self._hear(wire))

    async def _say(self, message: Any) -> None:
        wire = self._line
        if wire is None:
            return
        self._book.counts["frames" if isinstance(message, FrameMessage) else "messages up"] += 1
        with suppress(ConnectionClosed):
            await wire.send(message.model_dump_json())

    async def _push(self) -> None:
        """Send what is due, and look again when a turn is over."""
        if self._line is None:
            return
        while (message := self._replica.send(self._clock.now().boot_ms)) is not None:
            await self._say(message)
        if self._pending and not self._is_turn_due:
            self._is_turn_due = True
            self._tasks.append(asyncio.create_task(self._turn()))
            self._tasks = [task for task in self._tasks if not task.done()]

    async def _turn(self) -> None:
        await asyncio.sleep(EVERY_MS / 1000)
        self._is_turn_due = False
        await self._push()

    async def _beat(self) -> None:
        await asyncio.sleep(self.dice.uniform(0, BEAT_SECONDS))
        while True:
            await self._say(self._sign_of_life())
            await asyncio.sleep(BEAT_SECONDS)

    async def _hear(self, wire: ClientConnection) -> None:
        async for text in wire:
            message = HUB_MESSAGE.validate_json(text)
            self._book.counts["messages down"] += 1
            match message:
                case EchoMessage():
                    self._book.echoes.append(time.monotonic() - message.sent / 1e6)
                case AckMessage() | WantMessage() | FencedMessage():
                    self._acknowledged(message)
                    await self._push()
                case AnswerMessage():
                    self._resolve(message.id, message.answer)
                case BundleHeldMessage():
                    self._resolve(message.bundle_id, None)
                case CommandMessage():
                    await self._obey(message)
                case AnnouncementMessage():
                    self._book.done.append((self.name, "announce", time.monotonic()))
                    await self._say(ToldMessage(announcement_id=message.announcement_id, is_read=True))

    def _acknowledged(self, message: AckMessage | WantMessage | FencedMessage) -> None:
        if isinstance(message, FencedMessage):
            self._book.counts["fenced"] += 1
        head = self._replica.hear(message)
        if head is None:
            return
        now = time.monotonic()
        while self._pending and self._pending[0][0] <= head.seq:
            self._book.lags.append(now - self._pending.popleft()[1])

    async def _obey(self, message: CommandMessage) -> None:
        envelope, journal = message.envelope.encode(), self._open
        grant = Grant.from_document(open_envelope(envelope, PayloadType.GRANT, self._venue.hall_key))
        words, steps = "", []
        if grant.act is not Act.START and grant.grant_id not in journal.sitting.grants:
            try:
                steps = carry_out(journal.sitting, grant, self._clock.now())
            except KioskError as refusal:
                words = refusal.message
                self._book.counts["refused"] += 1
        if steps:
            journal.grants[grant.grant_id] = SignedGrant(grant=grant, envelope=envelope)
            self._book.done.append((self.name, grant.act.value, time.monotonic()))
            await self._written(journal.write(steps), at_once=True)
        await self._say(DoneMessage(command_id=message.command_id, done=not words, words=words))
        await self._say(self._sign_of_life())

    async def _ask(self, call: Any) -> Any:
        self._calls += 1
        answered = self._expect(self._calls)
        await self._say(CallMessage(id=self._calls, call=call))
        answer = await asyncio.wait_for(answered, PATIENCE)
        if answer.fault is not None:
            raise RuntimeError(f"{self.name}: {answer.fault.message}")
        return answer.result

    def _expect(self, key: Any) -> asyncio.Future:
        self._waiting[key] = asyncio.get_running_loop().create_future()
        return self._waiting[key]

    def _resolve(self, key: Any, value: Any) -> None:
        waiting = self._waiting.pop(key, None)
        if waiting is not None:
            waiting.set_result(value)

    async def _report(self) -> None:
        journal = self._open
        sitting, last = journal.sitting, journal.entries[-1]
        over = sitting.phase is Phase.HANDED_IN
        await self._ask(
            line.ReportCall(
                submission_id=journal.genesis.submission_id,
                phase=sitting.phase.value,
                attempt=1,
                started_at=journal.entries[0].at,
                submitted_at=last.at if over else None,
                answered=sitting.answered_count,
                questions=len(self._venue.paper.questions),
                used_ms=sitting.ledger.used_ms,
                head_seq=last.seq,
                head_hash=last.hash.hex(),
            )
        )

    def _sign_of_life(self) -> BeatMessage:
        return BeatMessage(vitals=self._vitals(), sent=time.monotonic_ns() // 1000)

    def _vitals(self) -> Vitals:
        now, told = self._clock.now(), dict[str, Any]()
        if self._journal is not None:
            sitting, last = self._journal.sitting, self._journal.entries[-1]
            told = {
                "submission_id": last.submission_id,
                "phase": sitting.phase,
                "answered": sitting.answered_count,
                "questions": len(self._venue.paper.questions),
                "used_ms": sitting.ledger.used_ms,
                "left_ms": sitting.ledger.left_ms(now),
                "saved_at": last.at,
                "seq": last.seq,
            }
        candidate = self._admitted.get("candidate", {}).get("user_id")
        return Vitals(
            at=now.at,
            boot_id=now.boot_id,
            boot_ms=now.boot_ms,
            build=BUILD,
            free_bytes=40 * 2**30,
            is_locked_down=True,
            papers=(self._venue.paper.digest,),
            candidate_id=candidate,
            **told,
        )


def _options(question: Any) -> list[str]:
    return [o.option_id for o in question.options]
