"""Counting: a bundle that waits is claimed, opened and settled in one transaction; no two workers get the same."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Engine, Select, select, update
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

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


class CountStore(Store):
    """Turns waiting bundles into the rows of their sittings."""

    def __init__(self, engine: Engine, read_decision: ReadDecision) -> None:
        super().__init__(engine)
        self._engine = engine
        self._read_decision = read_decision
        self.takes_many = engine.dialect.name == "postgresql"
        """Whether several workers can write at once: whether rows are locked one by one."""

    def settle_next(self, judge: Judge, now: Callable[[], datetime]) -> Settled | None:
        """Open and settle the bundle that has waited longest and that no other worker has; None where none waits.

        On PostgreSQL claim and rows are one transaction: a worker that dies leaves the bundle to the others. A file
        has one writer, so there the bundle is opened first and the store is locked only to write.
        """
        waits = (
            select(rows.Bundle)
            .where(rows.Bundle.state == BundleState.RECEIVED)
            .order_by(rows.Bundle.received_at, rows.Bundle.bundle_id)
            .limit(1)
        )
        if self.takes_many:
            with self._writing() as session:
                row = session.scalars(waits.with_for_update(skip_locked=True)).first()
                return None if row is None else self._settle(session, row, self._judged(row, judge), now())
        return self._settle_apart(waits, judge, now)

    def settle(self, bundle_id: str, judge: Judge, at: datetime) -> Settled:
        """Open and settle one bundle, also one that failed before; one that is settled stays as it is."""
        one = select(rows.Bundle).where(rows.Bundle.bundle_id == bundle_id)
        if self.takes_many:
            with self._writing() as session:
                row = session.scalars(one.with_for_update()).one()
                return self._settle(session, row, self._judged(row, judge), at) if _waits(row) else _told(row)
        settled = self._settle_apart(one, judge, lambda: at)
        assert settled is not None
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
            settled = self._settle(session, row, self._judged(row, judge), at)
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

    def _settle_apart(self, query: Select[rows.Bundle], judge: Judge, now: Callable[[], datetime]) -> Settled | None:
        with self._reading() as session:
            seen = session.scalars(query).first()
        if seen is None:
            return None
        if not _waits(seen):
            return _told(seen)
        verdict = self._judged(seen, judge)
        with self._writing() as session:
            row = session.get_one(rows.Bundle, (seen.bundle_id, seen.opened_on))
            return self._settle(session, row, verdict, now()) if _waits(row) else _told(row)

    def _judged(self, row: rows.Bundle, judge: Judge) -> Opened | Unfit:
        if row.body is None:
            return Unfit(BundleState.FAILED, "its sealed journal is not kept here any more")
        verdict = judge(Waiting(bundle_id=row.bundle_id, envelope=row.manifest, body=row.body))
        if isinstance(verdict, Opened):
            ensure_month(self._engine, row.opened_on)  # no table of the month is touched yet, so none is waited for
        return verdict

    def _settle(self, session: Session, row: rows.Bundle, verdict: Opened | Unfit, at: datetime) -> Settled:
        if isinstance(verdict, Opened):
            try:
                with session.begin_nested():
                    place(session, row, verdict, self._read_decision, at)
            except StoreError:
                raise  # the store's trouble says nothing about the bundle
            except IntegrityError:
                verdict = Unfit(BundleState.FAILED, self.MISFIT)
            except StatementError:  # a value of another kind than its column; its words may hold an answer
                verdict = Unfit(BundleState.FAILED, UNHOLDABLE)
            except KioskError as error:
                verdict = Unfit(BundleState.FAILED, error.message)
        if isinstance(verdict, Unfit):
            row.state, row.problem = verdict.state, verdict.problem
        row.settled_at = at
        return _told(row)


def _waits(row: rows.Bundle) -> bool:
    return row.state in (BundleState.RECEIVED, BundleState.FAILED)


def _told(row: rows.Bundle) -> Settled:
    return Settled(row.bundle_id, row.state, tuple(row.flags), row.problem)
