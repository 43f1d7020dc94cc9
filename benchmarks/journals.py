"""The journal of one simulated seat, kept in memory: a sitting by the rules, as a replica reads it."""

from dataclasses import dataclass, field

from kiosk.exam.entry import Entry, Genesis
from kiosk.exam.evidence import Evidence
from kiosk.exam.journal import Head, genesis_head
from kiosk.exam.lease import Lease
from kiosk.exam.moment import Clock
from kiosk.exam.page import SignedGrant, SignedLease
from kiosk.exam.paper import Paper
from kiosk.exam.piece import Holding, Piece
from kiosk.exam.sitting import Sitting, Step

BUILD = "benchmark"


@dataclass
class Journal:
    """Implements `kiosk.seat.link.replica.Journals` for the one sitting of a seat."""

    paper: Paper
    lease: SignedLease
    clock: Clock
    entries: list[Entry] = field(default_factory=list)
    grants: dict[str, SignedGrant] = field(default_factory=dict)
    evidence: dict[str, Evidence] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.genesis: Genesis = self._lease.genesis(BUILD)
        self.sitting = Sitting(self.paper, self.genesis)
        self.write(self.sitting.open(self._lease))

    @property
    def _lease(self) -> Lease:
        return self.lease.lease

    def write(self, steps: list[Step]) -> int:
        """Write steps down; return how many there were."""
        self.entries += [self.sitting.record(step, self.clock.now()) for step in steps]
        return len(steps)

    def holdings(self) -> tuple[Holding, ...]:
        """Return how far the sitting goes."""
        last = self.entries[-1]
        head = Head(last.seq, last.hash)
        return (
            Holding(
                submission_id=self.genesis.submission_id,
                opened_on=self.genesis.opened_on,
                epoch=last.epoch,
                head=head,
            ),
        )

    def piece(self, submission_id: str, first: int, most: int, most_bytes: int) -> Piece | None:
        """Return entries from `first` on; in a benchmark they are never too many bytes."""
        entries = self.entries[first : first + most]
        if not entries:
            return None
        named = {str(e.body.get("grant")) for e in entries}
        shown = {str(e.body.get("evidence")) for e in entries}
        return Piece(
            genesis=self.genesis,
            epoch=entries[0].epoch,
            before=self.entries[first - 1].hash if first else genesis_head(self.genesis).hash,
            entries=tuple(entries),
            evidence=tuple(e for key, e in self.evidence.items() if key in shown),
            grants=tuple(g for key, g in self.grants.items() if key in named),
            leases=(self.lease,),
        )

    def hash_at(self, submission_id: str, seq: int) -> bytes | None:
        """Return the hash of one entry."""
        return self.entries[seq].hash if 0 <= seq < len(self.entries) else None
