"""Counting: a bundle that waits is claimed, opened and settled in one transaction; no two workers get the same."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Engine, Select, func, select, update
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session, defer

from kiosk.exam.decision import Decision
from kiosk.exam.error import KioskError, Refused
from kiosk.exam.lease import Lease
from kiosk.exam.log import AuditEntry, LogEntry
from kiosk.exam.page import Page, SignedLease
from kiosk.exam.person import Person
from kiosk.exam.status import BundleState
from storage.central.decision import ReadDecision, add_decision
from storage.central.sitting import missing_paper, place
from storage.engine import StoreError
from storage.models import office as rows
from storage.office.store import Store, write_audit
from storage.partition import ensure_month

MOST_AT_ONCE = 16
"""Bundles settled in one transaction: what they share is asked once, and one commit serves all."""
HEAVIEST_SEALED = 8 * 2**20
"""Bytes of sealed journals held at once, if there is more than one."""
HEAVIEST = 32 * 2**20
"""Bytes of opened journals and evidence written at once, if there is more than one."""
ENTRY_BYTES = 1_000
UNHOLDABLE = "the journal holds a value that no row can hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A bundle opened, verified and folded."""

    bundle_id: str
    rank: str
    """Of several bundles of one sitting the highest counts (`kiosk.exam.rank`)."""
    page: Page
    """The whole journal as one page."""
    candidate: Person
    leases: tuple[SignedLease, ...]
    """In the order of their epochs; the first allowed the opening."""
    story: tuple[LogEntry, ...]
    questions: frozenset[str]
    """The questions of its paper."""
    flags: tuple[str, ...] = ()

    @property
    def weight(self) -> int:
        """About how many bytes its rows have."""
        return ENTRY_BYTES * len(self.page.entries) + sum(len(e.content) for e in self.page.evidence)

    @property
    def opening_lease(self) -> Lease:
        """The lease that allowed the opening."""
        return self.leases[0].lease


@dataclass(frozen=True, slots=True)
class Unfit:
    """A bundle that cannot be counted now: `failed` where it was found wrong, `held` until people decide."""

    state: BundleState
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A bundle to be opened, as it was stored."""

    bundle_id: str
    envelope: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class Settled:
    """A bundle that was opened, and where it stands now."""

    bundle_id: str
    state: BundleState
    flags: tuple[str, ...] = ()
    problem: str | None = None

    @property
    def is_counted(self) -> bool:
        """Whether its journal is in the rows."""
        return self.state is BundleState.COUNTED

    @property
    def is_failed(self) -> bool:
        """Whether it was found wrong when it was opened."""
        return self.state is BundleState.FAILED


Judge = Callable[[Waiting], Opened | Unfit]
"""Opens a bundle; what is wrong with it is returned and not raised."""
Judged = tuple[rows.Bundle, Opened | Unfit]


class CountStore(Store):
    """Turns waiting bundles into the rows of their sittings."""

    def __init__(self, engine: Engine, read_decision: ReadDecision) -> None:
        super().__init__(engine)
        self._engine = engine
        self._read_decision = read_decision
        self._alone = 0
        self.takes_many = engine.dialect.name == "postgresql"
        """Whether several workers can write at once: whether rows are locked one by one."""

    def settle_some(self, judge: Judge, now: Callable[[], datetime], most: int | None = None) -> tuple[Settled, ...]:
        """Open and settle those that have waited longest and that no other worker has, together; none where none waits.

        On PostgreSQL claim and rows are one transaction: a worker that dies leaves the bundles to the others. A file
        has one writer, so there bundles are opened first and the store is locked only to write. Where one of several
        does not fit, each is settled alone.
        """
        try:
            if self._alone == 0 and most != 1:
                return self._settle_batch(judge, now, most or MOST_AT_ONCE)
        except _Spoilt as spoilt:
            self._alone = spoilt.count
        self._alone = max(0, self._alone - 1)
        return self._settle_batch(judge, now, 1)

    def _settle_batch(self, judge: Judge, now: Callable[[], datetime], most: int) -> tuple[Settled, ...]:
        bundle = rows.Bundle
        waits = (
            select(bundle, func.length(bundle.body))
            .options(defer(bundle.body))
            .where(bundle.state == BundleState.RECEIVED)
            .order_by(bundle.received_at, bundle.bundle_id)
            .limit(most)
        )
        if self.takes_many:
            with self._writing() as session:
                found = session.execute(waits.with_for_update(skip_locked=True, of=bundle)).all()
                return self._settle_all(session, self._judged(session, _light(found), judge), now())
        return self._settle_apart(waits, judge, now)

    def settle(self, bundle_id: str, judge: Judge, at: datetime) -> Settled:
        """Open and settle one bundle, also one that failed before; one that is settled stays as it is."""
        if self.takes_many:
            one = select(rows.Bundle).where(rows.Bundle.bundle_id == bundle_id)
            with self._writing() as session:
                row = session.scalars(one.with_for_update()).one()
                if not _waits(row):
                    return _told(row)
                return self._settle_all(session, self._judged(session, [row], judge), at)[0]
        body = rows.Bundle.body
        query = select(rows.Bundle, func.length(body)).options(defer(body)).where(rows.Bundle.bundle_id == bundle_id)
        (settled,) = self._settle_apart(query, judge, lambda: at)
        return settled

    def try_again(self) -> int:
        """Let every bundle that failed wait again; return how many."""
        return self._requeue(rows.Bundle.state == BundleState.FAILED)

    def with_papers(self) -> int:
        """Let the bundles wait again that failed for want of a paper which is here now; return how many."""
        come = select(missing_paper(rows.Paper.paper_digest))
        return self._requeue((rows.Bundle.state == BundleState.FAILED) & rows.Bundle.problem.in_(come))

    def allow(self, decision: Decision, envelope: bytes, judge: Judge, audit: AuditEntry, at: datetime) -> Settled:
        """Count a held bundle by a signed decision, both in one transaction.

        Raises Refused for a bundle that is not held, and with its problem for one that cannot be counted.
        """
        with self._writing() as session:
            query = select(rows.Bundle).where(rows.Bundle.bundle_id == decision.bundle_id)
            row = session.scalars(query.with_for_update()).one_or_none()
            if row is None or row.state is not BundleState.HELD:
                raise Refused(f"There is no held bundle {decision.bundle_id[:16]} here.")
            (settled,) = self._settle_all(session, self._judged(session, [row], judge), at)
            if settled.state not in (BundleState.COUNTED, BundleState.BRANCH):
                raise Refused(f"This bundle cannot be counted: {settled.problem}.")
            add_decision(session, decision, envelope)
            write_audit(session, audit)
            return settled

    def _requeue(self, which: ColumnElement[bool]) -> int:
        with self._reading() as session:
            if session.scalars(select(rows.Bundle.bundle_id).where(which).limit(1)).first() is None:
                return 0  # nothing to write, so nobody is made to wait
        values = {"state": BundleState.RECEIVED, "problem": None}
        with self._writing() as session:
            found = session.execute(update(rows.Bundle).where(which).values(values).returning(rows.Bundle.bundle_id))
            return len(found.all())

    def _settle_apart(self, query: Select[Any], judge: Judge, now: Callable[[], datetime]) -> tuple[Settled, ...]:
        with self._reading() as session:
            seen = _light(session.execute(query).all())
            done = [_told(row) for row in seen if not _waits(row)]
            judged = self._judged(session, [row for row in seen if _waits(row)], judge)
        if not judged:
            return tuple(done)
        with self._writing() as session:
            held = [(session.get_one(rows.Bundle, (r.bundle_id, r.opened_on)), verdict) for r, verdict in judged]
            done += [_told(row) for row, _ in held if not _waits(row)]
            return (*done, *self._settle_all(session, [one for one in held if _waits(one[0])], now()))

    def _judged(self, session: Session, waiting: Sequence[rows.Bundle], judge: Judge) -> list[Judged]:
        """Open bundles one after the other; those that would make too many rows at once are left waiting."""
        bundle = rows.Bundle
        query = select(bundle.bundle_id, bundle.body).where(bundle.bundle_id.in_([row.bundle_id for row in waiting]))
        bodies = {row.bundle_id: row.body for row in session.execute(query)} if waiting else {}
        judged: list[Judged] = []
        weight, taken = 0, set[str]()
        for row in waiting:
            verdict = self._verdict(row, bodies[row.bundle_id], judge)
            if isinstance(verdict, Opened):
                names = {row.submission_id, verdict.candidate.user_id, verdict.page.genesis.assignment_id}
                weight += verdict.weight
                if judged and (weight > HEAVIEST or names & taken):
                    break
                taken |= names
            judged.append((row, verdict))
        return judged

    def _verdict(self, row: rows.Bundle, body: bytes | None, judge: Judge) -> Opened | Unfit:
        if body is None:
            return Unfit(BundleState.FAILED, "its sealed journal is not kept here any more")
        verdict = judge(Waiting(bundle_id=row.bundle_id, envelope=row.manifest, body=body))
        if isinstance(verdict, Opened):
            ensure_month(self._engine, row.opened_on)  # no table of the month is touched yet, so none is waited for
        return verdict

    def _settle_all(self, session: Session, judged: Sequence[Judged], at: datetime) -> tuple[Settled, ...]:
        opened = [(row, verdict) for row, verdict in judged if isinstance(verdict, Opened)]
        problem = self._placed(session, opened, at) if opened else None
        if problem is not None and len(judged) > 1:
            raise _Spoilt(len(judged))
        for row, verdict in judged:
            unfit = problem if isinstance(verdict, Opened) else verdict
            if unfit is not None:
                row.state, row.problem = unfit.state, unfit.problem
            row.settled_at = at
        return tuple(_told(row) for row, _ in judged)

    def _placed(self, session: Session, opened: Sequence[tuple[rows.Bundle, Opened]], at: datetime) -> Unfit | None:
        """Write the rows of opened bundles, or none of them and return why."""
        try:
            with session.begin_nested():
                place(session, opened, self._read_decision, at)
        except StoreError:
            raise  # the store's trouble says nothing about the bundle
        except IntegrityError:
            return Unfit(BundleState.FAILED, self.MISFIT)
        except StatementError:  # a value of another kind than its column; its words may hold an answer
            return Unfit(BundleState.FAILED, UNHOLDABLE)
        except KioskError as error:
            return Unfit(BundleState.FAILED, error.message)
        return None


class _Spoilt(Exception):
    """One of several bundles does not fit, so that none of them was written."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count


def _light(found: Sequence[tuple[rows.Bundle, int | None]]) -> list[rows.Bundle]:
    """Return the first of some bundles, as many as may be held in memory at once."""
    light: list[rows.Bundle] = []
    weight = 0
    for row, length in found:
        weight += length or 0
        if light and weight > HEAVIEST_SEALED:
            break
        light.append(row)
    return light


def _waits(row: rows.Bundle) -> bool:
    return row.state in (BundleState.RECEIVED, BundleState.FAILED)


def _told(row: rows.Bundle) -> Settled:
    return Settled(row.bundle_id, row.state, tuple(row.flags), row.problem)
