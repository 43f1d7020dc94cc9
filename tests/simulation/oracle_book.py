"""The oracle: what was written and acknowledged in the simulation, in plain dicts, held against what the places keep.

It computes nothing the program computes: an entry is its number, its epoch and the hash its seat gave it.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from broken_promise import Broken
from time_book import TimeBook

from builders import NOON
from kiosk.exam.entry import Entry, Kind
from kiosk.exam.lease import Lease
from kiosk.exam.moment import parse_iso
from kiosk.wire.hub import AckMessage, FrameMessage

if TYPE_CHECKING:
    from sim_hub import SimHub
    from sim_seat import SimSeat

Place = tuple[str, int, int]
"""A sitting, an epoch, a number."""


class Oracle:
    """Told of everything; raises Broken, naming the promise."""

    def __init__(self, now: Callable[[], int]) -> None:
        """`now` is the world's time in milliseconds."""
        self.now = now
        self.time = TimeBook(now)
        self._told: dict[Place, int] = {}
        """When the hub of this store first acknowledged each."""
        self._cut: dict[tuple[str, int], int] = {}
        """When the hub of this store signed the lease of an epoch."""
        self._cut_before: dict[tuple[str, int], int] = {}
        """When any hub signed a lease that a seat went on under."""
        self.written: dict[Place, dict[bytes, str]] = defaultdict(dict)
        """Every entry that was ever folded, by hash, with the seat that wrote it."""
        self.on_seat: dict[str, dict[Place, bytes]] = defaultdict(dict)
        """What each seat said was saved."""
        self.in_hall: dict[Place, bytes] = {}
        """What the hub of this store acknowledged."""
        self.opened_on: dict[str, str] = {}
        self.writer: dict[tuple[str, int], str] = {}
        self._went_back: set[str] = set()
        """Seats whose disk was put back to an older state."""

    def wrote(self, seat: str, entries: Sequence[Entry]) -> None:
        """A seat folded entries."""
        self.time.wrote(seat, entries)
        for entry in entries:
            place = (entry.submission_id, entry.epoch, entry.seq)
            self.opened_on[entry.submission_id] = entry.opened_on
            if entry.kind is Kind.MOVED:
                self._cut_before[entry.submission_id, entry.epoch] = _signed_ms(entry)
            self.written[place].setdefault(entry.hash, seat)
            holder = self.writer.setdefault((entry.submission_id, entry.epoch), seat)
            if holder in self._went_back:
                # its disk may have lost all there was of this epoch; with the hub lost too, nobody knows it was given
                self.writer[entry.submission_id, entry.epoch] = seat
            elif holder != seat:
                raise Broken(f"two seats write epoch {entry.epoch}: {holder} and {seat}")

    def saved(self, seat: str, entries: Sequence[Entry]) -> None:
        """A seat said that entries are saved."""
        for entry in entries:
            self.on_seat[seat][entry.submission_id, entry.epoch, entry.seq] = entry.hash

    def held(self, ack: AckMessage) -> None:
        """A hub sends an acknowledgement."""
        place = (ack.submission_id, ack.epoch, ack.seq)
        self.in_hall[place] = bytes.fromhex(ack.hash)
        self._told.setdefault(place, self.now())

    def false_ack(self, said: Iterable[object]) -> None:
        """Take the word of a hub that has committed nothing."""
        for message in said:
            if isinstance(message, FrameMessage):
                place = (message.submission_id, message.epoch, message.first + len(message.entries) - 1)
                self.in_hall[place] = next(iter(self.written[place]))

    def stopped(self, seat: "SimSeat") -> None:
        """A seat was cut short."""
        assert seat.desk is not None
        scribe = seat.desk.scribe
        runs = scribe is not None and scribe.is_at_work and scribe.sitting.ledger.running
        self.time.stopped(seat.name, scribe.sitting.genesis.submission_id if runs and scribe else None)

    def hub_is_new(self) -> None:
        """The machine that acknowledged is gone with what it held."""
        self.in_hall.clear()
        self._told.clear()
        self._cut.clear()

    def signed(self, lease: Lease) -> None:
        """A hub signed a lease by which a sitting goes on elsewhere."""
        self._cut[lease.submission_id, lease.epoch] = self.now()

    def disk_went_back(self, seat: str) -> None:
        """What this seat acknowledged is not to be asked of it any more."""
        self.time.disk_went_back(seat)
        self._went_back.add(seat)
        self.on_seat.pop(seat, None)

    def look_at_seat(self, seat: "SimSeat") -> None:
        """I1: every entry a seat said was saved is in its store after any crash."""
        assert seat.desk is not None
        kept: dict[str, dict[tuple[int, int], bytes]] = {}
        for (submission_id, epoch, seq), digest in self.on_seat[seat.name].items():
            if submission_id not in kept:
                record = seat.desk._store.record(submission_id)
                entries = () if record is None else record.entries
                kept[submission_id] = {(e.epoch, e.seq): e.hash for e in entries}
            if kept[submission_id].get((epoch, seq)) != digest:
                raise Broken(f"I1: {seat.name} does not hold entry {seq} of epoch {epoch}, which it said was saved")

    def look_at_hub(self, hub: "SimHub") -> None:
        """I2: every entry the hall acknowledged is in its store, and all before it of its epoch."""
        for (submission_id, epoch, seq), digest in self.in_hall.items():
            day = self.opened_on[submission_id]
            # an epoch that has written nothing yet is acknowledged up to where it was cut from the one before
            kept = (hub.store.tails.hash_at(submission_id, day, e, seq) for e in range(epoch, 0, -1))
            if digest not in kept:
                raise Broken(f"I2: the hub does not hold entry {seq} of epoch {epoch}, which it acknowledged")

    def look_at_journal(self, submission_id: str, entries: Sequence[Entry]) -> None:
        """What counts in the end was written by its seats, epoch by epoch, and nothing is merged into it."""
        for entry in entries:
            if entry.kind is Kind.SEALED:  # the seat's last, written with its bundle
                continue
            if entry.hash not in self.written[submission_id, entry.epoch, entry.seq]:
                raise Broken(f"entry {entry.seq} of epoch {entry.epoch} was written by nobody")
        epochs = [e.epoch for e in entries]
        if epochs != sorted(epochs):
            raise Broken("the journal goes back to an older epoch")
        self._look_at_acknowledged(submission_id, entries)
        last = max(epochs)
        there = {e.seq: e.hash for e in entries if e.epoch == last}
        seat = self.writer[submission_id, last]
        for (of, epoch, seq), digest in self.on_seat[seat].items():
            if of == submission_id and epoch == last and there.get(seq) != digest:
                raise Broken(f"entry {seq}, saved by {seat} who wrote last, does not count")

    def look_at_bundles(self, kept: Mapping[str, Collection[bytes]], awaited: Collection[str]) -> int:
        """Every entry a seat said was saved came to central, counted or beside it; return how many were looked for.

        `kept` has the hashes of all bundles by sitting; one that is `awaited` keeps the hall from closing.
        """
        seen = 0
        for seat, saved in self.on_seat.items():
            for (submission_id, epoch, seq), digest in saved.items():
                seen += 1
                if submission_id not in awaited and digest not in kept.get(submission_id, ()):
                    raise Broken(
                        f"entry {seq} of epoch {epoch}, saved by {seat}, is in no bundle, and nobody waits for it"
                    )
        return seen

    def _look_at_acknowledged(self, submission_id: str, entries: Sequence[Entry]) -> None:
        """I2: what the hall had acknowledged when it moved a sitting went with it, and counts.

        A sitting is cut when the hall signs the lease, not when the new seat writes of it: that answer may be lost,
        and asked for again seconds later. What the old seat sends in between is kept beside the journal; the hub says
        so, since the entries are safe, and says in the same breath that they do not count (`FencedMessage`). So it is
        too where nobody ever went on under that lease, because the sitting was moved once more before.
        """
        there = {e.hash for e in entries}
        cuts = self._cut_before | self._cut
        for (of, epoch, seq), digest in self.in_hall.items():
            cut_ms = min((at for (sat, later), at in cuts.items() if sat == of and later > epoch), default=None)
            if of != submission_id or (cut_ms is not None and self._told.get((of, epoch, seq), 0) >= cut_ms):
                continue
            if digest not in there:
                raise Broken(f"I2: entry {seq} of epoch {epoch}, which the hall acknowledged, does not count")


def _signed_ms(moved: Entry) -> int:
    """Return when the hall signed the lease of a move, in the world's time: nobody sets the clock of its wall."""
    return round((parse_iso(moved.body["lease"]["issued_at"]) - NOON) / timedelta(milliseconds=1))
