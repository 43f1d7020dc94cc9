"""A hall's board over a real store, with seats that exist only as virtual posts.

room = a_room(tmp_path)
seat = room.seat("A12"); room.begin("A12"); seat.tell(phase="running", left_ms=...)
room.order(Verb.PAUSE, "A12", reason="power")
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from house import CODE, OTHER_CODE, OTHER_ROLL, PIN, ROLL, House, a_house
from kiosk.exam.attempt import Phase
from kiosk.exam.grant import Act, Grant
from kiosk.exam.roster import Roster
from kiosk.ground.rights import load_rights
from kiosk.hall.board.board import Boardroom, HallBoard, open_boardroom
from kiosk.hall.board.notice import Notices
from kiosk.hall.hub.gate import BUILD
from kiosk.hall.hub.hub import Hub
from kiosk.hall.place import hall_keys
from kiosk.sealing.envelope import PayloadType, open_envelope
from kiosk.views.board import Attention, BoardState, SeatLine
from kiosk.views.order import Order, Outcome, Verb
from kiosk.wire.hub import AnnouncementMessage, CommandMessage, DoneMessage, HubMessage, Vitals
from storage.models import hall as rows

MINUTE = 60_000
LOGINS = {"assignment-1": (ROLL, CODE), "assignment-2": (OTHER_ROLL, OTHER_CODE)}


@dataclass
class VirtualSeat:
    """A seat on the line: it answers commands at once, says what it is told to, and keeps what it was sent."""

    room: "Room"
    name: str
    vitals: Vitals
    answers: bool = True
    refuses: str = ""
    grants: list[Grant] = field(default_factory=list)
    announced: list[str] = field(default_factory=list)

    def send(self, message: HubMessage) -> None:
        """Take a message of the hub."""
        match message:
            case CommandMessage():
                document = open_envelope(message.envelope.encode(), PayloadType.GRANT, self.room.keys.signing.public)
                grant = Grant.from_document(document)
                self.grants.append(grant)
                if self.answers:
                    self.answer(grant)
            case AnnouncementMessage():
                self.announced.append(message.text)

    def answer(self, grant: Grant) -> None:
        """Say what became of a grant, and be as it says."""
        words = self.refuses
        self.room.hub.commands.done(self.name, DoneMessage(command_id=grant.grant_id, done=not words, words=words))
        phases = {
            Act.PAUSE: "paused", Act.RESUME: "running", Act.LOCK: "locked", Act.UNLOCK: "running",
            Act.END: "handed_in", Act.REOPEN: "running",
        }  # fmt: skip
        if not words and grant.act in phases:
            self.tell(phase=Phase(phases[grant.act]))

    def hang_up(self, words: str) -> None:
        """End the line."""
        self.cut()

    def cut(self) -> None:
        """Lose the line."""
        self.room.hub.presence.leave(self.name, self)

    def tell(self, **changes: Any) -> None:
        """Tell how the seat is, at this moment of the hall's clock unless `at` says otherwise."""
        now = self.room.house.clock.now()
        self.vitals = self.vitals.model_copy(
            update={"at": now.at, "boot_ms": now.boot_ms, "saved_at": now.at} | changes
        )
        skew = changes.pop("skew_ms", None)
        self.room.hub.presence.hear(self.name, now.boot_ms, self.vitals, skew)


@dataclass
class Room:
    """A house's hall with its hub's parts and one board."""

    house: House
    hub: Hub
    room: Boardroom
    board: HallBoard
    keys: Any
    seats: dict[str, VirtualSeat] = field(default_factory=dict)

    @property
    def store(self) -> Any:
        """The hall's store."""
        return self.house.hall._store

    def seat(self, name: str = "A12", **told: Any) -> VirtualSeat:
        """Put a seat on the line."""
        now = self.house.clock.now()
        fields: dict[str, Any] = {
            "at": now.at, "boot_id": "boot-1", "boot_ms": now.boot_ms, "build": BUILD, "free_bytes": 8 * 2**30,
            "is_locked_down": True, "papers": (self.house.paper.digest,),
        }  # fmt: skip
        seat = self.seats[name] = VirtualSeat(self, name, Vitals(**fields | told))
        self.hub.presence.join(name, BUILD, seat, now.boot_ms)
        seat.tell()
        return seat

    def begin(self, seat: str = "A12", assignment: str = "assignment-1", **told: Any) -> VirtualSeat:
        """Let a candidate begin at a seat; the seat tells that the sitting runs."""
        roll, code = LOGINS[assignment]
        admission = self.house.hall.admit(roll, code, seat)
        self.house.hall.lease(admission.token, assignment, seat)
        (progress,) = [p for p in self.store.permits.all_progress() if p.assignment_id == assignment]
        here = self.seats.get(seat) or self.seat(seat)
        fields: dict[str, Any] = {
            "submission_id": progress.submission_id, "candidate_id": admission.candidate.user_id,
            "phase": Phase.RUNNING, "questions": 8, "left_ms": 60 * MINUTE, "used_ms": 0,
        }  # fmt: skip
        here.tell(**fields | told)
        return here

    def hold(self, assignment: str = "assignment-1", seq: int = 3) -> None:
        """Let the hall hold a copy of a sitting up to an entry; what it says is nobody's matter here."""
        (progress,) = [p for p in self.store.permits.all_progress() if p.assignment_id == assignment]
        with Session(self.store._engine) as work, work.begin():
            work.merge(
                rows.Tail(
                    submission_id=progress.submission_id, opened_on=progress.opened_on, epoch=1, genesis="{}",
                    fork_seq=-1, fork_hash=b"", head_seq=seq, head_hash=bytes(32), heard_at=self.house.clock.at,
                )
            )  # fmt: skip

    def order(self, verb: Verb, *seats: str, **changes: Any) -> dict[str, Outcome]:
        """Give an order with the first proctor's PIN and return what came of it, by seat."""
        order = Order(**{"verb": verb, "seats": seats, "pin": PIN} | changes)
        return {o.seat: o for o in self.board.carry_out(order)}

    def look(self) -> BoardState:
        """Look at the hall afresh."""
        return self.room.watch.look_afresh()

    def line(self, seat: str = "A12") -> SeatLine:
        """Return a seat's line, looked at now."""
        return next(line for line in self.look().seats if line.seat == seat)

    def needing(self, kind: str) -> Sequence[Attention]:
        """Return what needs somebody, of one kind, looked at now."""
        return [a for a in self.look().attention if a.kind == kind]

    def pass_time(self, ms: int, *speaking: str) -> None:
        """Let time pass; the seats named tell how they are at its end, their clocks having run."""
        self.house.clock.advance(ms)
        for name in speaking:
            seat = self.seats[name]
            ran = ms if seat.vitals.phase is Phase.RUNNING else 0
            seat.tell(used_ms=seat.vitals.used_ms + ran, left_ms=max(0, seat.vitals.left_ms - ran))

    def reopen(self) -> "Room":
        """Start the hub again, as after a crash: only what is in the store is known."""
        self.house.reopen_hall()
        return _of(self.house)


def a_room(folder: Path, roster: Roster | None = None, **changes: Any) -> Room:
    """Return the board of a hall in which two candidates sit from noon to three."""
    return _of(a_house(folder, roster=roster, **changes))


def _of(house: House) -> Room:
    keys, notices, store = hall_keys(house.home.hall), Notices(), house.hall._store
    hub = Hub(house.hall, store, keys, house.clock, notices)
    room = open_boardroom(house.home.hall, store, keys, load_rights(), hub, house.clock, notices, patience_seconds=0)
    return Room(house, hub, room, room.board(), keys)
