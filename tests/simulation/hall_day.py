"""One exam day in one process: seats, hub, console and central by a seed, with all that can go wrong.

`PYTHONPATH=.:tests python tests/simulation/hall_day.py SEED` runs one day and prints what happened.
"""

import atexit
import shutil
import sys
import tempfile
import uuid
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from oracle_book import Broken, Oracle
from sim_central import SimCentral
from sim_hub import SimHub
from sim_seat import SimSeat
from world import MachineClock, World

from house import CODE, OTHER_CODE, OTHER_ROLL, PIN, ROLL, SECOND_PIN, a_house
from keyring import the_keyring
from kiosk.exam.attempt import Phase
from kiosk.exam.entry import Kind
from kiosk.exam.error import Denied, KioskError, Refused
from kiosk.exam.grant import NEEDS_SECOND, Act, Grant
from kiosk.exam.log import AuditEntry
from kiosk.exam.moment import parse_iso
from kiosk.exam.page import SignedGrant
from kiosk.exam.sitting import Sitting
from kiosk.exam.timing import TICK_MS
from kiosk.ground.home import Home
from kiosk.sealing import frame
from kiosk.sealing.envelope import PayloadType, sign

SEATS = ("A12", "A13", "B1", "B2", "B3")
MINUTE = 60_000
STUCK = 15_000
"""After so long a proctor sees that somebody cannot go on."""
LIVELY = 45_000
"""How long things go wrong."""
CALM = 60_000
"""By when, with everything mended, all must have come right."""
PLANTS = (
    "ack before commit",
    "hub acknowledges before commit",
    "receipt signed again",
    "whoever comes last counts",
)
"""Faults that each must be found."""


@dataclass(frozen=True, slots=True)
class Faults:
    """How often what goes wrong, of a hundred."""

    seat_crash: float = 4
    rollback: float = 10
    """Of the crashes."""
    hub_death: float = 2
    hub_dies_before_ack: float = 0.3
    replaced: float = 20
    """Of the hub's deaths."""
    cut: float = 5
    one_way: float = 3
    clock_set: float = 2
    order: float = 6
    move: float = 1.5
    lost_answers: float = 3


@dataclass
class Person:
    """One candidate, and where they sit."""

    roll: str
    code: str
    assignment: str
    seat: str
    submission: str | None = None
    stuck_ms: int = 0
    """How long nothing has gone on."""


class Day:
    """A day, run by `run`; `count` says what happened in it."""

    def __init__(self, seed: int, folder: Path, faults: Faults | None = None, plant: str = "") -> None:
        self.world = World(seed)
        self.faults = faults or Faults()
        self.plant = plant
        self.count: Counter[str] = Counter()
        self.oracle = Oracle()
        shutil.copytree(_template(), folder)
        self.home = Home(folder)
        self.fresh_hall = _template() / "hall" / "hall.db"
        self._old: dict[str, Path] = {}
        random = self.world.random
        self.hub = SimHub(self, MachineClock(self.world, "hub", ppm=random.randrange(-200, 200)))
        self.seats = {
            name: SimSeat(self, name, self._clock(name, random.randrange(-90_000, 90_000), random.randrange(-200, 200)))
            for name in SEATS
        }
        self.people = [
            Person(ROLL, CODE, "assignment-1", "A12"),
            Person(OTHER_ROLL, OTHER_CODE, "assignment-2", "A13"),
        ]
        self.is_calm = False

    def run(self) -> Counter[str]:
        """Let the day pass; raises Broken where a promise was not kept."""
        self.hub.boot()
        for seat in self.seats.values():
            seat.boot()
        for number, person in enumerate(self.people):
            self.world.after(2_000 + 500 * number, lambda person=person: self._live(person))
        self.world.after(6_000, self._trouble)
        self.world.after(5_000, self._proctor)
        self.world.run(LIVELY)
        self._mend()
        self.world.run(LIVELY + CALM)
        self._account()
        return self.count

    # what goes wrong

    def hub_dies(self) -> None:
        """The hub loses power, and comes back, or another machine takes its place."""
        if not self.hub.is_up:
            return
        self.hub.die()
        if self.world.chance(self.faults.replaced):
            self.hub.replace()
        self.world.after(self.world.random.randrange(500, 12_000), self._hub_boots)

    def restore(self, seat: SimSeat) -> bool:
        """Put an older state of a seat's disk back, if one was kept."""
        kept = self._old.get(seat.name)
        if kept is None:
            return False
        for suffix in ("", "-wal", "-shm"):
            Path(f"{seat.place.store}{suffix}").unlink(missing_ok=True)
        for suffix in ("", "-wal"):
            shutil.copy(f"{kept}{suffix}", f"{seat.place.store}{suffix}")
        self.oracle.disk_went_back(seat.name)
        return True

    def _trouble(self) -> None:
        if self.is_calm:
            return
        world, faults = self.world, self.faults
        self.world.after(1_000, self._trouble)
        seat = self.seats[world.random.choice(SEATS)]
        if seat.is_up and world.chance(faults.seat_crash):
            seat.crash(rollback=world.chance(faults.rollback), reboot=world.chance(50))
            world.after(world.random.randrange(500, 15_000), lambda: self._seat_boots(seat))
        elif seat.is_up and world.chance(5):
            self._keep_old(seat)
        if world.chance(faults.hub_death):
            self.hub_dies()
        if world.chance(faults.cut):
            seat.cable.cut()
            self.count["cuts"] += 1
            world.after(world.random.randrange(100, 25_000), seat.cable.mend)
        if world.chance(faults.one_way):
            world.random.choice((seat.cable.there, seat.cable.back)).is_open = False
            self.count["one way shut"] += 1
            world.after(world.random.randrange(100, 25_000), seat.cable.mend)
        if world.chance(faults.clock_set):
            seat.clock.set_wall(world.random.randrange(-MINUTE * 60, MINUTE * 60))
            self.count["clocks set"] += 1

    def _keep_old(self, seat: SimSeat) -> None:
        kept = self.home.folder / f"{seat.name}.old"
        for suffix in ("", "-wal"):
            shutil.copy(f"{seat.place.store}{suffix}", f"{kept}{suffix}")
        self._old[seat.name] = kept

    def _seat_boots(self, seat: SimSeat) -> None:
        if not seat.is_up:
            seat.boot()

    def _hub_boots(self) -> None:
        if not self.hub.is_up:
            self.hub.boot()

    def _mend(self) -> None:
        self.is_calm = True
        self.faults = Faults(**dict.fromkeys(Faults.__dataclass_fields__, 0))
        for seat in self.seats.values():
            seat.cable.mend()
            self._seat_boots(seat)
        self._hub_boots()
        self.world.note("all is mended")

    # the people

    def _live(self, person: Person) -> None:
        """A candidate does the next thing."""
        self.world.after(self.world.random.randrange(300, 2_500), lambda: self._live(person))
        seat = self.seats[person.seat]
        if not seat.is_up:
            return
        assert seat.desk is not None
        scribe = seat.desk.scribe
        if scribe is None or not scribe.is_at_work:
            self._sit(person, seat)
            return
        if scribe.sitting.genesis.assignment_id != person.assignment:
            return
        person.submission = scribe.sitting.genesis.submission_id
        try:
            self._work(seat)
        except Refused:
            self.count["refused moves"] += 1
        else:
            person.stuck_ms = 0
            self.count["moves of candidates"] += 1

    def _work(self, seat: SimSeat) -> None:
        desk, random = seat.desk, self.world.random
        assert desk is not None
        assert desk.scribe is not None
        if self.is_calm and self.world.now_ms > LIVELY + MINUTE // 4:
            for section in desk.scribe.sitting.paper.sections:
                for question in section.questions:
                    self._answer(desk, question)
            desk.hand_in()
            return
        sitting = desk.scribe.sitting
        question = random.choice(list(sitting.paper.questions.values()))
        desk.visit(question.question_id)
        self._answer(desk, question)

    def _answer(self, desk, question) -> None:
        random = self.world.random
        try:
            desk.visit(question.question_id)
            if question.options:
                desk.choose(question.question_id, [random.choice(question.options).option_id])
            else:
                desk.type(question.question_id, f"{random.randrange(10**9)} words")
        except Refused:
            self.count["refused moves"] += 1

    def _sit(self, person: Person, seat: SimSeat) -> None:
        assert seat.desk is not None
        if self._is_over(person):
            return
        try:
            if seat.desk.candidate is None or seat.desk.candidate.roll_number != person.roll:
                seat.desk.sign_in(person.roll, person.code)
            seat.desk.begin(person.assignment)
        except Denied:  # the hall or the seat has forgotten who signed in
            seat.desk.sign_out()
            self.count["signed in again"] += 1
        except KioskError as error:
            seat.note(f"{person.roll} may not begin: {error.message}")
            self.count["not let begin"] += 1
            self._walk(person)
        else:
            self.count["begun or gone on"] += 1

    def _walk(self, person: Person) -> None:
        """Somebody tells the candidate where their sitting is."""
        if person.submission is None or not self.hub.is_up:
            return
        try:
            move = self.hub.hub.moves.waiting(person.submission)
            target = move.to_seat if move else self.hub.store.permits.lease(person.submission).lease.seat
        except KioskError:
            return
        if target != person.seat:
            self.seats[person.seat].note(f"{person.roll} walks to {target}")
            person.seat = target

    def _is_over(self, person: Person) -> bool:
        if person.submission is None:
            return False
        for seat in self.seats.values():
            scribe = None if seat.desk is None else seat.desk.scribe
            is_theirs = scribe is not None and scribe.sitting.genesis.submission_id == person.submission
            if scribe is not None and is_theirs and scribe.phase in (Phase.HANDED_IN, Phase.SEALED):
                return True
        return False

    # the proctor

    def _proctor(self) -> None:
        self.world.after(1_000, self._proctor)
        if not self.hub.is_up:
            return
        for person in self.people:
            if person.submission is None:
                continue
            try:
                self._see_to(person)
            except KioskError as error:
                self.world.note(f"order for {person.roll} refused: {error.message}")
                self.count["orders refused"] += 1

    def _see_to(self, person: Person) -> None:
        world, random = self.world, self.world.random
        seat = self.seats[person.seat]
        scribe = None if seat.desk is None else seat.desk.scribe
        is_going = scribe is not None and scribe.phase in (Phase.PAUSED, Phase.LOCKED)
        person.stuck_ms = 0 if is_going or self._is_over(person) else person.stuck_ms + 1_000
        troubled = person.seat in self.hub.troubled or person.stuck_ms > STUCK
        if troubled or (not self.is_calm and world.chance(self.faults.move)):
            self.hub.troubled.discard(person.seat)
            person.stuck_ms = 0
            free = self._free(person)
            targets = [random.choice(free) for _ in range(random.choice((1, 1, 1, 2)))]
            for target in targets:
                self._order_move(person, target)
            world.after(random.randrange(500, 4_000), lambda: self._send_away(person, random.choice(targets)))
        elif self.is_calm:
            self._open_again(person)
        elif world.chance(self.faults.order):
            self._order(person, random.choice((Act.PAUSE, Act.RESUME, Act.RESUME, Act.EXTEND, Act.LOCK, Act.UNLOCK)))

    def _free(self, person: Person) -> list[str]:
        """Return the seats a sitting may go to: those nobody sits at, rather where it never was."""
        taken = {p.seat for p in self.people if p is not person}
        been = {seat for (of, _), seat in self.oracle.writer.items() if of == person.submission}
        free = [n for n in SEATS if n not in taken and self.seats[n].is_up]
        return [n for n in free if n not in been] or free or [person.seat]

    def _send_away(self, person: Person, target: str) -> None:
        if target not in {p.seat for p in self.people}:
            person.seat = target

    def _open_again(self, person: Person) -> None:
        seat = self.seats[person.seat]
        scribe = None if seat.desk is None else seat.desk.scribe
        if scribe is not None and self.world.now_ms % 5_000 < 1_000:
            if scribe.phase is Phase.PAUSED:
                self._order(person, Act.RESUME)
            elif scribe.phase is Phase.LOCKED:
                self._order(person, Act.UNLOCK)

    def _order_move(self, person: Person, target: str) -> None:
        assert person.submission is not None
        self.hub.hub.moves.order(person.submission, target, self._pair(), "equipment")
        self.oracle.stops[person.submission] += 1
        self.count["moves ordered"] += 1
        self.world.note(f"{person.roll} is to go on at {target}")

    def _order(self, person: Person, act: Act) -> None:
        assert person.submission is not None
        pair, at = self._pair(), self.hub.clock.now().at
        lease = self.hub.store.permits.lease(person.submission).lease
        grant = Grant(
            grant_id=uuid.UUID(int=self.world.random.getrandbits(128)).hex,
            submission_id=person.submission,
            seat=lease.seat,
            act=act,
            who=pair.first.user_id,
            second=pair.second.user_id if act in NEEDS_SECOND and pair.second else None,
            amount_ms=60_000 if act is Act.EXTEND else 0,
            reason="equipment",
            issued_at=at,
        )
        envelope = sign(PayloadType.GRANT, grant.document(), self.hub.hub.moves._keys.signing)
        audit = AuditEntry(
            at=parse_iso(at), who=grant.who, action=act.value, subject_type="test_submissions", subject_id=lease.seat
        )
        self.hub.hub.commands.order((SignedGrant(grant=grant, envelope=envelope),), (audit,))
        self.oracle.stops[person.submission] += 1  # a change of state is seen to a second here
        self.count[f"ordered {act.value}"] += 1

    def _pair(self):
        return self.hub.hall._supervision.pair(PIN, SECOND_PIN, "console")

    # what came of it

    def _account(self) -> None:
        for seat in self.seats.values():
            self.oracle.look_at_seat(seat)
        self.oracle.look_at_hub(self.hub)
        self._seal()
        central = self._upload()
        for person in self.people:
            assert person.submission is not None, "nobody sat"
            if person.submission not in central.counts:
                raise Broken(f"the sitting of {person.roll} did not come to central")
            _, entries, genesis = central.counts[person.submission]
            self.oracle.look_at_journal(person.submission, entries)
            self._look_at_time(person.submission, genesis, entries)
            self.count["entries at central"] += len(entries)
            self.count["epochs"] += entries[-1].epoch
        self.count["days"] += 1

    def _seal(self) -> None:
        """Close the hall: every seat seals what is over there and sends it."""
        self.hub.store.seal_orders.order(parse_iso(self.hub.clock.now().at))
        self.world.run(self.world.now_ms + 25_000)
        missing = self.hub.store.seal_orders.missing()
        if missing:
            raise Broken(f"bundles did not come: {missing}")
        self.count["bundles"] += len(self.hub.store.bundles.lines())

    def _upload(self) -> SimCentral:
        lines = self.hub.store.bundles.lines()
        held = [self.hub.store.bundles.bundle(line.bundle_id) for line in lines]
        datas = [frame.join(one.envelope, one.body) for one in held]
        key = self.hub.hub.moves._keys.signing.public
        central, other = (SimCentral(the_keyring(), key, self.plant) for _ in range(2))
        first: dict[bytes, bytes] = {}
        for one in (central, other):
            sent = datas * 2
            self.world.random.shuffle(sent)
            if self.plant and one is other:
                sent = list(reversed(central.bundles.values()))
            for number, data in enumerate(sent):
                receipt = one.take(data, f"2031-05-06T15:00:{number % 60:02}.000Z")
                if one is central and first.setdefault(data, receipt) != receipt:
                    raise Broken("I4: a second receipt for one bundle")
        for bundle_id, data in central.bundles.items():
            if first[data] != central.receipts[bundle_id]:
                raise Broken("I3: a receipted bundle has another receipt now")
        central.same(other)
        return central

    def _look_at_time(self, submission_id, genesis, entries) -> None:
        """I8: time used never goes back, and errs by a step of the clock for each crash, move and change at most."""
        sitting = Sitting(self.paper, genesis)
        used = 0
        for entry in entries:
            sitting.apply(entry)
            if sitting.ledger.used_ms < used:
                raise Broken(f"I8: at entry {entry.seq} the time used went back")
            used = sitting.ledger.used_ms
        breaks = self.oracle.stops[submission_id] + sum(e.kind in _BREAKS for e in entries)
        room = (breaks + 2) * 2 * TICK_MS + 5_000
        ran = self.oracle.ran_ms[submission_id]
        if not ran - room <= used <= ran + room:
            raise Broken(f"I8: {used} ms were charged, {ran} ms ran (room {room})")

    @property
    def paper(self):
        """The paper everybody sits."""
        return _paper()

    def _clock(self, name: str, wall_ms: int, ppm: int) -> MachineClock:
        return MachineClock(self.world, name, wall_ms, ppm)


_BREAKS = frozenset({Kind.PAUSED, Kind.RESUMED, Kind.LOCKED, Kind.UNLOCKED, Kind.GAP, Kind.MOVED, Kind.RESTARTED})


@cache
def _paper():
    from builders import a_paper

    return a_paper()


@cache
def _template() -> Path:
    """Return the folder of a hall with its seats, enrolled and empty, of which every day is a copy."""
    root = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="kiosk-days-", dir=root if root.is_dir() else None))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    house = a_house(folder)
    for name in SEATS:
        house.desk(name)
    house.close()
    return house.home.folder


def run_day(seed: int, plant: str = "") -> tuple[Counter[str], list[str]]:
    """Return what happened on a day and its log; raises Broken, with the seed, where a promise was not kept."""
    root = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="kiosk-day-", dir=root if root.is_dir() else None) as folder:
        day = Day(seed, Path(folder) / "home", plant=plant)
        try:
            return day.run(), day.world.log
        except Exception as error:
            log = "\n".join(day.world.log[-60:])
            raise Broken(f"seed {seed}: {type(error).__name__}: {error}\n{log}") from error
        finally:
            for seat in day.seats.values():
                if seat.desk is not None:
                    seat.desk._store.close()
            if day.hub.is_up:
                day.hub.hall.close()


if __name__ == "__main__":
    happened, told = run_day(int(sys.argv[1]), *sys.argv[2:3])
    print("\n".join(told))
    print(dict(happened))
