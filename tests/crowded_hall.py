"""A full hall for tests of the whole: a real hub, a roster for 250 seats in two sessions, simulated seats.

hall = CrowdedHall.made(tmp_path)
with hall.serving(), Crowd(hall).at_work(): ...

The seats are one asyncio process that speaks the hub's own protocol and keeps to the rules of a sitting: each has its
own key, lease and journal, obeys what the hall signs, and says how it is.
`python tests/crowded_hall.py FOLDER` makes such a hall and leaves it open until it is interrupted.
"""

import asyncio
import json
import multiprocessing
import random
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from builders import FakeClock, Trial, a_paper, a_person, a_session, an_assignment
from house import CODE, PIN, SECOND_PIN, House, _account, _send
from keyring import HALL, a_keyring
from kiosk.exam.accommodation import Accommodation
from kiosk.exam.attempt import Phase
from kiosk.exam.error import KioskError
from kiosk.exam.grant import Act, Grant
from kiosk.exam.journal import genesis_head
from kiosk.exam.lease import Lease
from kiosk.exam.page import SignedGrant, SignedLease
from kiosk.exam.paper import Paper
from kiosk.exam.person import Role
from kiosk.exam.piece import Piece
from kiosk.exam.roster import HeldTest, Roster, Seating
from kiosk.exam.supervision import carry_out
from kiosk.ground.clock import SystemClock
from kiosk.ground.home import Home
from kiosk.hall.place import hall_keys, make_hall, open_hall, settle_hall
from kiosk.sealing.certificate import certify
from kiosk.sealing.envelope import PayloadType, open_envelope
from kiosk.sealing.key import KeyRole, SigningKey
from kiosk.seat.link.frame import frame_of
from kiosk.seat.place import BUILD
from kiosk.wire.hub import (
    BEAT_SECONDS,
    HUB_MESSAGE,
    SEAT_PATH,
    AckMessage,
    AnnouncementMessage,
    AnswerMessage,
    BeatMessage,
    CallMessage,
    CommandMessage,
    DoneMessage,
    HoldingLine,
    HoldingMessage,
    ProvisionMessage,
    ToldMessage,
    Vitals,
    WantMessage,
)
from kiosk.wire.line import AdmitCall, LeaseCall, ReportCall
from seat_way import Way

KIOSK = (sys.executable, "-m", "kiosk")
ROWS, COLUMNS = 10, 25
SEATS = tuple(f"{chr(ord('A') + row)}{column}" for row in range(ROWS) for column in range(1, COLUMNS + 1))
SPARE = ("J24", "J25")
"""Nobody is expected at these."""
REAL = ("A12", *SPARE)
"""Left to real programs."""
SURNAMES = (
    "Okafor", "Adeyemi", "Sato", "Lindqvist", "Haddad", "Novak", "Silva", "Kaur", "Moreau", "Tanaka", "Bauer", "Rossi",
    "Mensah", "Petrov", "Castillo", "Nguyen", "Oduya", "Fischer", "Iyer", "Larsen", "Banerjee", "Costa", "Dlamini",
    "Eriksen", "Farouk", "Grant", "Horvat", "Ibrahim", "Jansen", "Kimura", "Lopez",
)  # fmt: skip
FIRST_NAMES = ("Anna", "Ben", "Ren", "Maja", "Omar", "Petra", "Duarte", "Simran", "Elise", "Yuki", "Jonas", "Chiara")
PATIENCE = 60.0


@dataclass
class CrowdedHall:
    """One hall under one home, and where its hub answers."""

    home: Home
    papers: dict[str, Paper]
    """By test."""
    candidates: dict[str, tuple[str, str, str]]
    """By seat: roll number, name, assignment."""
    port: int = 0
    hub: subprocess.Popen[str] | None = None

    @classmethod
    def made(cls, folder: Path) -> "CrowdedHall":
        """Make the hall: two packages loaded and released, two sessions open since a few minutes."""
        home, now = Home(folder / "home"), datetime.now(UTC)
        clock = FakeClock(now)
        keyring = a_keyring(not_before=now - timedelta(days=1), not_after=now + timedelta(days=30))
        public, recipient = make_hall(home.hall)
        days = {"not_before": now - timedelta(days=1), "not_after": now + timedelta(days=30)}
        chain = certify(
            KeyRole.HALL, public, keyring.release, keyring.release_chain, hall=HALL, recipient=recipient, **days
        )
        settle_hall(home.hall, chain, keyring.root.public)
        biology, physics = a_paper(), a_paper(test_id="physics-1", title="Physics I")
        hall = cls(home, {p.test_id: p for p in (biology, physics)}, {})
        opened = open_hall(home.hall, clock)
        for number, paper in enumerate((biology, physics)):
            roster = hall._roster(paper, SEATS[number::2], f"session-{number + 1}", now)
            house = House(home, clock, keyring, paper, opened)
            _send(house, home.folder / f"package-{number}", roster)
            opened.open_session(f"session-{number + 1}", "proctor-1")
            opened.release_by_token(house.token(), PIN)
        opened.close()
        return hall

    def _roster(self, paper: Paper, seats: tuple[str, ...], session: str, now: datetime) -> Roster:
        accounts, assignments, seatings = [], [], []
        for seat in (s for s in seats if s not in SPARE):
            number = SEATS.index(seat)
            person = a_person(
                user_id=f"candidate-{number}",
                name=f"{SURNAMES[number % len(SURNAMES)]}, {FIRST_NAMES[number % len(FIRST_NAMES)]}",
                roll_number=f"B-{1001 + number}",
            )
            given = Accommodation(rest_breaks=True) if number % 25 == 11 else Accommodation()
            accounts.append(_account(person, CODE))
            assignments.append(
                an_assignment(
                    assignment_id=f"assignment-{number}",
                    candidate_id=person.user_id,
                    test_id=paper.test_id,
                    paper_digest=paper.digest,
                    assigned_at=now - timedelta(days=7),
                    due_date=now + timedelta(days=7),
                    accommodation=given,
                )
            )
            seatings.append(Seating(session, person.user_id, seat))
            self.candidates[seat] = (person.roll_number or "", person.name, f"assignment-{number}")
        accounts += [
            _account(a_person(Role.PROCTOR, name="Mbeki, Thandi"), PIN),
            _account(a_person(Role.PROCTOR, user_id="proctor-2", name="Lind, Per"), SECOND_PIN),
        ]
        held = a_session(
            session_id=session,
            hall=HALL,
            title=f"{paper.title}, today",
            opens_at=now - timedelta(minutes=30),
            starts_at=now - timedelta(minutes=2),
            ends_at=now + timedelta(hours=5),
            test_ids=(paper.test_id,),
            late_entry_minutes=120,
        )
        return Roster(
            tests=(HeldTest(paper.test_id, paper.title, True, paper.digest),),
            accounts=tuple(accounts),
            assignments=tuple(assignments),
            sessions=(held,),
            seatings=tuple(seatings),
        )

    def enrol(self, real: Collection[str]) -> dict[str, tuple[SigningKey, tuple[str, ...]]]:
        """Certify a key for each seat that is not `real`, while the hub is away."""
        hall = open_hall(self.home.hall, SystemClock())
        try:
            keys = {seat: SigningKey.generate() for seat in SEATS if seat not in real}
            return {seat: (key, hall.enrol(seat, key.public).chain) for seat, key in keys.items()}
        finally:
            hall.close()

    def open_hub(self) -> None:
        """Start `kiosk hall serve`, at the port it had before."""
        self.hub = subprocess.Popen(
            [*KIOSK, "hall", "serve", "--port", str(self.port), "--json", "--home", str(self.home.folder)],
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self.hub.stdout is not None
        self.port = int(json.loads(self.hub.stdout.readline())["urls"][0].rpartition(":")[2])

    def kill_hub(self) -> None:
        """Kill the hub as a power cut does."""
        if self.hub is not None:
            self.hub.kill()
            self.hub.wait()
            self.hub = None

    @property
    def address(self) -> Path:
        """The file a technician carries."""
        return self.home.hall.folder / "hub.json"

    def connect(self, seat: str) -> None:
        """Make a real seat's place: enrolled with the hub, as on a machine of its own."""
        subprocess.run(
            [*KIOSK, "seat", "connect", str(self.address), "--seat", seat, "--home", str(self.home.folder)],
            check=True,
            capture_output=True,
        )


@dataclass
class LightSeat:
    """One simulated seat: a journal by the rules, a line by the protocol."""

    hall: CrowdedHall
    name: str
    key: SigningKey
    chain: tuple[str, ...]
    hall_key: str
    part: str = "work"
    """What becomes of it: work, wait (signed in, not begun), stay (never signed in), finish (hands in)."""
    trial: Trial | None = None
    leases: list[SignedLease] = field(default_factory=list)
    grants: dict[str, SignedGrant] = field(default_factory=dict)
    clock: SystemClock = field(default_factory=SystemClock)
    candidate: str | None = None
    sent: int = 0
    """How many entries went out."""
    papers: tuple[str, ...] = ()
    _calls: int = 0
    _waiting: dict[int, asyncio.Future] = field(default_factory=dict)
    _line: ClientConnection | None = None

    async def run(self, dice: random.Random) -> None:
        """Be a seat for ever; look for the hub again whenever it goes."""
        while True:
            try:
                await self._attend(dice)
            except* (OSError, ConnectionClosed, InvalidHandshake, TimeoutError, KioskError):
                pass  # the hub has gone, or refuses for now
            await asyncio.sleep(0.2 + dice.random())

    async def _attend(self, dice: random.Random) -> None:
        way = Way.of(self.hall.address.read_bytes())
        async with way.dial(SEAT_PATH) as line:
            self._line, self._waiting = line, {}
            await way.greet(line, self.name, self.key, self.chain)
            await self._say(HoldingMessage(sittings=self._holding()))
            async with asyncio.TaskGroup() as group:
                group.create_task(self._beat())
                group.create_task(self._hear(line))
                group.create_task(self._work(dice))

    async def _say(self, message: object) -> None:
        assert self._line is not None
        await self._line.send(message.model_dump_json())

    def _holding(self) -> tuple[HoldingLine, ...]:
        if self.trial is None:
            return ()
        last = self.trial.entries[-1]
        return (
            HoldingLine(
                submission_id=last.submission_id,
                opened_on=last.opened_on,
                epoch=last.epoch,
                seq=last.seq,
                hash=last.hash.hex(),
            ),
        )

    async def _beat(self) -> None:
        while True:
            now, trial = self.clock.now(), self.trial
            told: dict[str, object] = {}
            if trial is not None:
                sitting = trial.sitting
                told = {
                    "submission_id": trial.genesis.submission_id,
                    "phase": sitting.phase,
                    "answered": sitting.answered_count,
                    "questions": len(sitting.paper.questions),
                    "used_ms": sitting.ledger.used_ms,
                    "left_ms": sitting.ledger.left_ms(now),
                    "saved_at": now.at,
                    "seq": trial.entries[-1].seq,
                }
            vitals = Vitals(
                at=now.at,
                boot_id=now.boot_id,
                boot_ms=now.boot_ms,
                build=BUILD,
                free_bytes=40 * 2**30,
                is_locked_down=True,
                candidate_id=self.candidate,
                papers=self.papers,
                **told,
            )
            await self._say(BeatMessage(vitals=vitals, sent=now.boot_ms))
            await asyncio.sleep(BEAT_SECONDS)

    async def _hear(self, line: ClientConnection) -> None:
        async for text in line:
            message = HUB_MESSAGE.validate_json(text)
            match message:
                case AnswerMessage():
                    self._waiting.pop(message.id).set_result(message.answer)
                case CommandMessage():
                    await self._obey(message)
                case AnnouncementMessage():
                    await self._say(ToldMessage(announcement_id=message.announcement_id, is_read=False))
                    if hash(self.name) % 3:
                        await self._say(ToldMessage(announcement_id=message.announcement_id, is_read=True))
                case WantMessage():
                    self.sent = message.first
                    await self._send()
                case AckMessage():
                    self.sent = max(self.sent, message.seq + 1)
                case ProvisionMessage():
                    self.papers = tuple(sorted({b.paper for b in message.blobs}))

    async def _ask(self, call: object) -> dict:
        self._calls += 1
        number = self._calls
        self._waiting[number] = asyncio.get_running_loop().create_future()
        await self._say(CallMessage(id=number, call=call))
        answer = await asyncio.wait_for(self._waiting[number], PATIENCE)
        if answer.fault is not None:
            raise KioskError(answer.fault.message)
        return answer.result

    async def _work(self, dice: random.Random) -> None:
        if self.part == "stay":
            return
        if self.trial is None:
            await asyncio.sleep(dice.random() * 5)
            roll, _, assignment = self.hall.candidates[self.name]
            admitted = await self._ask(AdmitCall(method="admit", roll_number=roll, code=CODE, seat=self.name))
            self.candidate = admitted["candidate"]["user_id"]
            if self.part == "wait":
                return
            await self._begin(admitted["token"], assignment)
        questions = [q for s in self.trial.sitting.order for q in s.questions if q.option_ids]
        while True:
            await asyncio.sleep(dice.uniform(1, 30))
            await self._answer(dice.choice(questions), dice)

    async def _begin(self, token: str, assignment: str) -> None:
        offer = await self._ask(LeaseCall(method="lease", token=token, assignment_id=assignment, seat=self.name))
        envelope = offer["envelope"].encode()
        lease = Lease.from_document(open_envelope(envelope, PayloadType.LEASE, self.hall_key))
        paper = next(p for p in self.hall.papers.values() if p.digest == lease.paper)
        self.leases = [SignedLease(lease=lease, envelope=envelope)]
        self.trial = Trial(paper, self.clock, lease)
        await self._send()

    async def _answer(self, question, dice: random.Random) -> None:
        trial, now = self.trial, self.clock.now()
        assert trial is not None
        if trial.sitting.phase is not Phase.RUNNING:
            return
        with suppress(KioskError):
            trial.take(trial.sitting.visit(question.question_id, now))
            trial.take(trial.sitting.choose(question.question_id, question.option_ids[:1], self.clock.now()))
            if self.part == "finish":
                trial.take(trial.sitting.hand_in(self.clock.now()))
        await self._send()
        if trial.sitting.phase is Phase.HANDED_IN:
            await self._report()

    async def _report(self) -> None:
        trial = self.trial
        assert trial is not None
        sitting, last = trial.sitting, trial.entries[-1]
        await self._ask(
            ReportCall(
                submission_id=trial.genesis.submission_id,
                phase=sitting.phase.value,
                attempt=1,
                started_at=trial.entries[0].at,
                submitted_at=last.at,
                answered=sitting.answered_count,
                questions=len(sitting.paper.questions),
                used_ms=sitting.ledger.used_ms,
                head_seq=last.seq,
                head_hash=last.hash.hex(),
            )
        )

    async def _obey(self, message: CommandMessage) -> None:
        words, envelope = "", message.envelope.encode()
        grant = Grant.from_document(open_envelope(envelope, PayloadType.GRANT, self.hall_key))
        self.grants[grant.grant_id] = SignedGrant(grant=grant, envelope=envelope)
        if grant.act is not Act.START and (self.trial is None or grant.grant_id not in self.trial.sitting.grants):
            try:
                if self.trial is None:
                    raise KioskError("No sitting is open at this seat.")
                self.trial.take(carry_out(self.trial.sitting, grant, self.clock.now()))
            except KioskError as refusal:
                words = refusal.message
        await self._send()
        await self._say(DoneMessage(command_id=message.command_id, done=not words, words=words))

    async def _send(self) -> None:
        trial = self.trial
        if trial is None or self.sent >= len(trial.entries):
            return
        entries = trial.entries[self.sent :]
        before = trial.entries[self.sent - 1].hash if self.sent else genesis_head(trial.genesis).hash
        named = {str(e.body.get("grant")) for e in entries}
        piece = Piece(
            genesis=trial.genesis,
            epoch=entries[0].epoch,
            before=before,
            entries=tuple(entries),
            evidence=(),
            grants=tuple(g for key, g in self.grants.items() if key in named),
            leases=tuple(self.leases),
        )
        start = self.sent == 0
        self.sent = len(trial.entries)
        await self._say(frame_of(piece, start=start))


PARTS = (("work", 88), ("finish", 4), ("wait", 3), ("stay", 5))
"""Of a hundred simulated seats, how many do what."""


@dataclass
class Crowd:
    """Every seat that no real program is at, in a process of its own; made while the hub is away."""

    hall: CrowdedHall
    seats: list[LightSeat]
    _ways: tuple[Connection, Connection] = field(default_factory=multiprocessing.Pipe)
    """Ours and theirs: which seat to take off the line, or to put back."""

    def silence(self, seat: str) -> None:
        """Take a seat off the line, as when its machine stops."""
        self._ways[0].send((seat, False))

    def wake(self, seat: str) -> None:
        """Put a seat back on the line; it goes on with its own journal."""
        self._ways[0].send((seat, True))

    @classmethod
    def of(cls, hall: CrowdedHall, seed: int = 4, real: Collection[str] = REAL) -> "Crowd":
        """Return the crowd of a hall, each with a key and what it will do; nobody is simulated at `real`."""
        dice, hall_key = random.Random(seed), hall_keys(hall.home.hall).signing.public
        names, weights = zip(*PARTS, strict=True)
        seats = []
        for seat, (key, chain) in hall.enrol(real).items():
            part = dice.choices(names, weights)[0] if seat not in WORKING else "work"
            part = part if seat in hall.candidates else "stay"
            seats.append(LightSeat(hall, seat, key, chain, hall_key, part=part))
        return cls(hall, seats)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Let them work until the block ends."""
        process = multiprocessing.get_context("fork").Process(target=self._run, daemon=True)
        process.start()
        try:
            yield
        finally:
            process.kill()
            process.join()

    def _run(self) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        asyncio.run(self._all())

    async def _all(self) -> None:
        tasks: dict[str, asyncio.Task[None]] = {}
        by_name, theirs = {seat.name: seat for seat in self.seats}, self._ways[1]

        def start(name: str) -> None:
            tasks[name] = asyncio.create_task(by_name[name].run(random.Random(name)), name=name)

        def obey() -> None:
            name, is_on = theirs.recv()
            start(name) if is_on else tasks.pop(name).cancel()

        for name in by_name:
            start(name)
        asyncio.get_running_loop().add_reader(theirs.fileno(), obey)
        await asyncio.Event().wait()


WORKING = frozenset({f"A{n}" for n in range(1, 13)} | {"B3"})
"""Seats a test may rely on."""


def main(folder: Path) -> None:
    """Keep a hall open until it is interrupted."""
    hall = CrowdedHall.made(folder)
    crowd = Crowd.of(hall)
    hall.open_hub()
    print(f"home {hall.home.folder}  PINs {PIN} {SECOND_PIN}  roll {hall.candidates['A12'][0]} code {CODE}", flush=True)
    with crowd.at_work(), suppress(KeyboardInterrupt):
        while True:
            time.sleep(3600)
    hall.kill_hub()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
