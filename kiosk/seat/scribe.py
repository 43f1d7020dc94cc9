"""The scribe: writes one open sitting. Rules first, then the entry, then the fold, then the writer, under one lock."""

from collections.abc import Callable, Mapping, Sequence
from threading import RLock
from typing import Any

from kiosk.exam.attempt import Phase
from kiosk.exam.entry import Entry, Kind
from kiosk.exam.error import Refused
from kiosk.exam.evidence import Evidence
from kiosk.exam.fence import Fence
from kiosk.exam.grant import Act
from kiosk.exam.moment import Clock, Moment
from kiosk.exam.page import Opening, Page, SignedGrant, SignedLease, page_of
from kiosk.exam.record import Record
from kiosk.exam.sitting import Sitting, Step
from kiosk.exam.supervision import carry_out
from kiosk.exam.timing import TICK_MS
from kiosk.seat.event import RecentEvents
from kiosk.seat.fence import GOES_ON_ELSEWHERE, fence_by
from kiosk.seat.handover import Handover
from kiosk.seat.watch import Watch, moment_of
from kiosk.seat.writer import Writer

Move = Callable[[Sitting, Moment], list[Step]]
"""Asks the rules for the steps of one move; may raise Refused."""
Keep = Callable[[Page, Sequence[SignedLease], Sequence[SignedGrant]], None]
"""Stores a whole journal with its leases and grants, or nothing."""
AT_WORK = frozenset({Phase.RUNNING, Phase.PAUSED, Phase.LOCKED})
"""Phases in which a sitting is neither new nor over."""


class Scribe:
    """Owns a sitting while it is open here, so that its state, its journal and the clock go together.

    Used from the screen's thread and from workers; the lock is never held while a disk is waited for.
    """

    def __init__(self, sitting: Sitting, clock: Clock, writer: Writer, watch: Watch) -> None:
        self.sitting = sitting
        self.events = RecentEvents()
        self.lock = RLock()
        self._clock = clock
        self._writer = writer
        self._watch = watch
        self.fenced: str | None = None
        """Why nothing is written here any more, in words; None while it is."""

    @classmethod
    def open(
        cls, opening: Opening, build: str, clock: Clock, writer: Writer, started: SignedGrant | None = None
    ) -> "Scribe":
        """Open a sitting that its lease allows; `started` is the act by code that did, where the hall was lost."""
        lease, moment = opening.lease.lease, clock.now()
        scribe = cls(Sitting(opening.paper, lease.genesis(build)), clock, writer, Watch(moment))
        scribe.sitting.epoch = lease.epoch  # above one where it was moved before its hall heard of any entry
        scribe._write(scribe.sitting.open(lease), moment, opening=opening, grant=started)
        return scribe

    @classmethod
    def take_over(cls, handover: Handover, clock: Clock, writer: Writer, keep: Keep) -> "Scribe":
        """Go on with a sitting that was written elsewhere; `keep` stores it all, or nothing, before it goes on."""
        record, moment = handover.record, clock.now()
        sitting, entries = handover.go_on(moment)
        keep(handover.page(sitting, entries), record.leases, record.grants)
        scribe = cls(sitting, clock, writer, Watch(moment))
        scribe.events = RecentEvents(record.entries + tuple(entries))
        return scribe

    @classmethod
    def resume(cls, record: Record, seat: str, build: str, clock: Clock, writer: Writer) -> "Scribe":
        """Go on with a sitting where its journal ends; raises Tampered when the journal does not hold."""
        record.verify()
        sitting = Sitting.fold(record.paper, record.genesis, record.entries, seat)
        scribe = cls(sitting, clock, writer, Watch(moment_of(record.entries[-1])))
        scribe.events = RecentEvents(record.entries)
        if sitting.phase in AT_WORK:
            moment = clock.now()
            away = scribe._watch.after_restart(sitting.ledger, moment)
            scribe._write([*away, Step(Kind.RESTARTED, {"build": build})], moment)
        return scribe

    @property
    def phase(self) -> Phase:
        """What the sitting is doing as far as this seat may say: one that goes on elsewhere is moved."""
        phase = self.sitting.phase
        return Phase.MOVED if self.fenced is not None and phase is not Phase.SEALED else phase

    @property
    def is_at_work(self) -> bool:
        """Whether the sitting is neither new nor over, nor goes on elsewhere."""
        return self.phase in AT_WORK

    def fence(self, words: str = GOES_ON_ELSEWHERE) -> bool:
        """Write no more, and say why; return whether that was news. What is written is committed."""
        with self.lock:
            was_fenced, self.fenced = self.fenced is not None, words
            return not was_fenced

    def now(self) -> Moment:
        """Return the present moment."""
        return self._clock.now()

    def move(self, ask: Move) -> None:
        """Make a candidate's move; raises Refused, and changes nothing, where the rules do not allow it."""
        with self.lock:
            moment = self._look()
            self._must_be_ours()
            self._write(ask(self.sitting, moment), moment)

    def tick(self) -> bool:
        """Do what the clocks demand; return whether that changed what the candidate may do."""
        with self.lock:
            if not self.is_at_work or self._writer.failure is not None:
                return False
            moment = self._look()
            before = self._gist(moment)
            while steps := self.sitting.due(moment):
                self._write(steps, moment)
            if self.sitting.ledger.running and moment.boot_ms - self.sitting.ledger.boot_ms >= TICK_MS:
                self._write([Step(Kind.TICK, {})], moment)
            return self._gist(moment) != before

    def observe(self, kind: Kind, body: Mapping[str, Any], evidence: Sequence[Evidence] = ()) -> Entry | None:
        """Record what the seat noticed, while there is work to notice it in; return the entry it became."""
        with self.lock:
            if not self.is_at_work or self._writer.failure is not None:
                return None
            moment = self._look()
            return self._write([Step(kind, body)], moment, evidence=evidence)[-1]

    def carry_out(self, signed: SignedGrant) -> None:
        """Carry out a verified grant; raises Refused when it is used or out of place. A move is the last act here."""
        with self.lock:
            moment = self._look()
            self._must_be_ours()
            steps = carry_out(self.sitting, signed.grant, moment)
            if signed.grant.act is not Act.MOVE:
                self._write(steps, moment, grant=signed)
                return
            opened_on, epoch = self.sitting.genesis.opened_on, self.sitting.epoch
            self._write(steps, moment, grant=signed, fence=fence_by(signed, opened_on, epoch, moment))
            self.fence()

    def note(self, steps: Sequence[Step], signed: SignedGrant) -> None:
        """Record steps a grant asks for that leave the sitting as it is."""
        with self.lock:
            moment = self._look()
            self._must_be_ours()
            self._write(steps, moment, grant=signed)

    def _must_be_ours(self) -> None:
        if self.fenced is not None:
            raise Refused(self.fenced)

    def _look(self) -> Moment:
        if self._writer.failure is not None:
            raise Refused(self._writer.failure)
        moment = self._clock.now()
        if self.is_at_work:
            self._write(self._watch.look(self.sitting.ledger, moment), moment)
        return moment

    def _write(
        self,
        steps: Sequence[Step],
        moment: Moment,
        *,
        evidence: Sequence[Evidence] = (),
        grant: SignedGrant | None = None,
        opening: Opening | None = None,
        fence: Fence | None = None,
    ) -> list[Entry]:
        if not steps:
            return []
        entries: list[Entry] = []
        try:
            for step in steps:
                entries.append(self.sitting.record(step, moment))
                self.events.add(entries[-1])
        finally:  # what was folded is written, so that the two never part
            if entries:
                page = page_of(self.sitting, entries, evidence=evidence, grant=grant, opening=opening, fence=fence)
                self._writer.put(page)
        return entries

    def _gist(self, moment: Moment) -> tuple[object, ...]:
        sitting = self.sitting
        return self.phase, sitting.section, sitting.question, sitting.shut_sections(moment)
