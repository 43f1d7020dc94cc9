"""A hub with seats that exist only as posts, over the hall of a house.

world = World(a_house(tmp_path))
seat = world.seat("A12")
lease = seat.lease()
seat.write(3); seat.send(0)
"""

from dataclasses import dataclass, field, replace

from builders import Trial
from house import CODE, PIN, ROLL, SECOND_PIN, House
from kiosk.exam.canonical import canonical
from kiosk.exam.entry import Entry, Kind
from kiosk.exam.journal import chain_hash, genesis_head
from kiosk.exam.lease import Lease
from kiosk.exam.parcel import read_entry
from kiosk.exam.sitting import Step
from kiosk.hall.hub.hub import Hub
from kiosk.hall.keys import HallKeys
from kiosk.hall.place import hall_keys
from kiosk.sealing.envelope import PayloadType, open_envelope
from kiosk.views.authority import LeaseOffer
from kiosk.wire.hub import FrameMessage, GenesisPart, HoldingLine, HoldingMessage, HubMessage


@dataclass
class VirtualPost:
    """Keeps what it is given."""

    said: list[HubMessage] = field(default_factory=list)
    farewell: str | None = None

    def send(self, message: HubMessage) -> None:
        self.said.append(message)

    def hang_up(self, words: str) -> None:
        self.farewell = words

    def take(self, kind: type) -> list:
        """Return what was said of a kind, and forget all."""
        found = [m for m in self.said if isinstance(m, kind)]
        self.said.clear()
        return found


class World:
    """One hall's hub and its seats."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.notices: list[tuple[str, str, str]] = []
        self.hub = self.open()

    def open(self) -> Hub:
        """Return a hub over the hall as it is now, as after a restart."""
        keys = hall_keys(self.house.home.hall)
        store = self.house.hall._store
        self.store, self.keys = store, keys
        self.hub = Hub(self.house.hall, store, keys, self.house.clock, lambda *n: self.notices.append(n))
        return self.hub

    def reopen_with(self, keys: HallKeys) -> None:
        """Give this hall's hub the keys of another: a new machine with the old one's key folder."""
        self.keys = keys
        self.hub = Hub(self.house.hall, self.store, keys, self.house.clock, lambda *told: self.notices.append(told))

    def restart(self) -> Hub:
        """Close hall and hub and open them again."""
        self.house.reopen_hall()
        return self.open()

    def pair(self, second: bool = False):
        return self.house.hall._supervision.pair(PIN, SECOND_PIN if second else None, "console")

    def seat(self, name: str) -> "VirtualSeat":
        seat = VirtualSeat(self, name)
        seat.join()
        return seat


class VirtualSeat:
    """Writes one sitting and sends pieces of it."""

    def __init__(self, world: World, name: str) -> None:
        self.world = world
        self.name = name
        self.post = VirtualPost()
        self.trial: Trial | None = None
        self.leases: list[bytes] = []

    def join(self) -> None:
        self.post = VirtualPost()
        self.world.hub.join(self.name, "build", self.post)

    def offer(self, roll: str = ROLL, code: str = CODE, assignment: str = "assignment-1") -> LeaseOffer:
        hall = self.world.house.hall
        return hall.lease(hall.admit(roll, code, self.name).token, assignment, self.name)

    def lease_in(self, offer: LeaseOffer) -> Lease:
        return Lease.from_document(open_envelope(offer.envelope, PayloadType.LEASE, self.world.keys.signing.public))

    def begin(self, **who: str) -> Lease:
        """Open the sitting under the lease the hall gives."""
        offer = self.offer(**who)
        lease = self.lease_in(offer)
        self.leases = [offer.envelope]
        self.trial = Trial(self.world.house.paper, self.world.house.clock, lease)
        return lease

    def go_on(self, offer: LeaseOffer) -> Lease:
        """Take a moved sitting over from the journal the hall offers."""
        assert offer.journal is not None
        lease = self.lease_in(offer)
        first = self.lease_in(LeaseOffer(offer.journal.leases[0], "", b""))
        self.trial = Trial(self.world.house.paper, self.world.house.clock, first)
        self.trial.entries[:] = entries_of(offer.journal.entries, self.trial)
        sitting = type(self.trial.sitting).fold(
            self.world.house.paper, self.trial.genesis, self.trial.entries, self.name
        )
        self.trial.sitting = sitting
        self.leases = [e for e in offer.journal.leases if e != offer.envelope] + [offer.envelope]
        self.trial.take(sitting.take_over(lease))
        return lease

    def write(self, count: int = 1) -> None:
        assert self.trial is not None
        for _ in range(count):
            self.world.house.clock.advance(1_000)
            self.trial.take([Step(Kind.FOCUS_LOST, {})])

    @property
    def head(self) -> Entry:
        assert self.trial is not None
        return self.trial.entries[-1]

    def frame(self, first: int, count: int | None = None, *, start: bool = False) -> FrameMessage:
        """Return the frame of some entries, cut where the epoch changes."""
        assert self.trial is not None
        entries = self.trial.entries[first : None if count is None else first + count]
        entries = [e for e in entries if e.epoch == entries[0].epoch]
        before = self.trial.entries[first - 1].hash if first else genesis_head(self.trial.genesis).hash
        text = canonical(self.trial.genesis.document()).decode()
        part = GenesisPart(genesis=text, leases=tuple(e.decode() for e in self.leases)) if start else None
        return FrameMessage(
            submission_id=entries[0].submission_id,
            opened_on=entries[0].opened_on,
            epoch=entries[0].epoch,
            first=entries[0].seq,
            before=before.hex(),
            entries=tuple(canonical(e.document()).decode() for e in entries),
            start=part,
        )

    def say(self, *messages) -> None:
        for message in messages:
            self.world.hub.hear(self.name, message, self.post)
        self.world.hub.receive([(self.name, m) for m in messages])

    def send(self, first: int = 0, count: int | None = None) -> None:
        self.say(self.frame(first, count, start=True))

    def hold(self, seq: int | None = None) -> None:
        self.say(self.holding(seq))

    def holding(self, seq: int | None = None) -> HoldingMessage:
        assert self.trial is not None
        entry = self.head if seq is None else self.trial.entries[seq]
        line = HoldingLine(
            submission_id=entry.submission_id,
            opened_on=entry.opened_on,
            epoch=entry.epoch,
            seq=entry.seq,
            hash=entry.hash.hex(),
        )
        return HoldingMessage(sittings=(line,))


def entries_of(texts, trial: Trial) -> list[Entry]:
    """Return the entries of canonical texts, hashed."""
    before, found = genesis_head(trial.genesis).hash, []
    for text in texts:
        entry = read_entry(text)
        before = chain_hash(before, entry)
        found.append(replace(entry, hash=before))
    return found
