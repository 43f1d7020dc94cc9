"""The roster in the hall's store: brought by packages, read by everything else."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session as OrmSession

from kiosk.exam.assignment import Assignment, Session
from kiosk.exam.error import Denied, Invalid
from kiosk.exam.log import AuditEntry
from kiosk.exam.notification import Notification
from kiosk.exam.person import Role
from kiosk.exam.roster import Account, HeldResult, HeldTest, LoadedPackage, Roster, SealedPaper
from storage.hall.intake import take_in
from storage.hall.part import Part, write_audit
from storage.hall.value import account_of, package_of, session_of
from storage.models import hall as rows
from storage.value import assignment_of

STAFF = (Role.PROCTOR, Role.ADMIN)
"""Who may have a PIN in a hall."""


class RosterPart(Part):
    """People, tests and sessions."""

    def load(
        self, package: LoadedPackage, papers: Sequence[SealedPaper], roster: Roster, now: datetime, audit: AuditEntry
    ) -> None:
        """Take in a package, whole or not at all; a second time changes nothing."""
        with self._writing() as work:
            if work.get(rows.Package, package.package_id) is not None:
                return
            take_in(work, package, papers, roster, now)
            write_audit(work, audit)

    def newest_package(self, test_id: str) -> LoadedPackage | None:
        """Return the newest package of a test, or None before the first."""
        query = select(rows.Package).where(rows.Package.test_id == test_id).order_by(rows.Package.number.desc())
        with self._reading() as work:
            row = work.scalars(query.limit(1)).first()
            return None if row is None else package_of(row)

    def packages(self) -> tuple[LoadedPackage, ...]:
        """Return every package, in the order they were made."""
        with self._reading() as work:
            return tuple(package_of(r) for r in work.scalars(select(rows.Package).order_by(rows.Package.made_at)))

    def first_loaded_at(self) -> datetime | None:
        """Return when the first package was loaded into this store; None while there is none."""
        with self._reading() as work:
            return work.scalars(select(func.min(rows.Package.received_at))).one()

    def candidate(self, roll_number: str) -> Account | None:
        """Return who logs in with a roll number, or None."""
        query = select(rows.Person).where(rows.Person.roll_number == roll_number, rows.Person.role == Role.CANDIDATE)
        with self._reading() as work:
            row = work.scalars(query).one_or_none()
            return None if row is None else account_of(row)

    def staff(self) -> tuple[Account, ...]:
        """Return everybody who may have a PIN here, active ones only."""
        query = select(rows.Person).where(rows.Person.role.in_(STAFF), rows.Person.is_active.is_(True))
        with self._reading() as work:
            return tuple(account_of(row) for row in work.scalars(query.order_by(rows.Person.user_id)))

    def test(self, test_id: str) -> HeldTest:
        """Return one test; raises Denied where it is not held here."""
        with self._reading() as work:
            row = work.get(rows.Test, test_id)
            if row is None:
                raise Denied("This test is not held in this hall. Please ask the proctor.")
            return HeldTest(row.test_id, row.title, row.is_active, row.paper_digest)

    def assignments(self, candidate_id: str) -> tuple[Assignment, ...]:
        """Return a candidate's assignments of tests held here, those due first before the others."""
        query = (
            select(rows.Assignment)
            .join(rows.Test, rows.Test.test_id == rows.Assignment.test_id)
            .where(rows.Assignment.candidate_id == candidate_id)
        )
        with self._reading() as work:
            found = work.scalars(query.order_by(rows.Assignment.due_date, rows.Assignment.assignment_id))
            return tuple(assignment_of(row) for row in found)

    def all_assignments(self) -> tuple[Assignment, ...]:
        """Return every assignment of this hall."""
        query = select(rows.Assignment).order_by(rows.Assignment.assignment_id)
        with self._reading() as work:
            return tuple(assignment_of(row) for row in work.scalars(query))

    def names(self) -> dict[str, str]:
        """Return the candidate's name of each assignment of this hall."""
        query = select(rows.Assignment.assignment_id, rows.Person.name).join(
            rows.Person, rows.Person.user_id == rows.Assignment.candidate_id
        )
        with self._reading() as work:
            return {row.assignment_id: row.name for row in work.execute(query)}

    def sessions(self, candidate_id: str) -> tuple[Session, ...]:
        """Return the sessions a candidate is expected in: named for them, or with nobody named."""
        with self._reading() as work:
            return sessions_of(work, candidate_id)

    def chiefs(self, submission_id: str) -> frozenset[str]:
        """Return the chiefs of a sitting: of the sessions its candidate is expected in for its test."""
        query = (
            select(rows.Assignment.candidate_id, rows.Assignment.test_id)
            .join(rows.Progress, rows.Progress.assignment_id == rows.Assignment.assignment_id)
            .where(rows.Progress.submission_id == submission_id)
        )
        with self._reading() as work:
            found = work.execute(query).one_or_none()
            sessions = () if found is None else sessions_of(work, found.candidate_id)
            held = (s for s in sessions if found is not None and found.test_id in (s.test_ids or (found.test_id,)))
            return frozenset(c for session in held for c in session.chief_ids)

    def all_sessions(self) -> tuple[Session, ...]:
        """Return every session of this hall, in the order they start."""
        query = select(rows.Session).order_by(rows.Session.starts_at, rows.Session.session_id)
        with self._reading() as work:
            return tuple(_session(work, row) for row in work.scalars(query).all())

    def open_session(self, session_id: str, proctor_id: str, now: datetime, audit: AuditEntry) -> None:
        """Write down who opened a session; raises Invalid where there is none such."""
        with self._writing() as work:
            changed = work.execute(
                update(rows.Session)
                .where(rows.Session.session_id == session_id)
                .values(opened_by=proctor_id, opened_at=now)
                .returning(rows.Session.session_id)
            )
            if changed.one_or_none() is None:
                raise Invalid(f"this hall has no session {session_id}")
            write_audit(work, audit)

    def notices(self, candidate_id: str) -> tuple[Notification, ...]:
        """Return what a candidate is told, newest first."""
        query = select(rows.Notification).where(rows.Notification.user_id == candidate_id)
        with self._reading() as work:
            found = work.scalars(query.order_by(rows.Notification.created_at.desc(), rows.Notification.notification_id))
            return tuple(
                Notification(
                    notification_id=row.notification_id,
                    user_id=row.user_id,
                    type=row.type,
                    created_at=row.created_at,
                    metadata=row.particulars or {},
                    is_read=row.is_read,
                )
                for row in found
            )

    def results(self, assignment_ids: Iterable[str]) -> dict[str, HeldResult]:
        """Return the newest released result of each assignment that has one."""
        query = select(rows.Result).where(rows.Result.assignment_id.in_(list(assignment_ids)))
        with self._reading() as work:
            found = work.scalars(query.order_by(rows.Result.released_at))
            return {
                row.assignment_id: HeldResult(row.submission_id, row.assignment_id, row.released_at, row.body)
                for row in found
            }


def sessions_of(work: OrmSession, candidate_id: str) -> tuple[Session, ...]:
    """Return the sessions a candidate is expected in, in a transaction that is open."""
    named = select(rows.Attendance.session_id).where(rows.Attendance.is_named)
    query = select(rows.Session).where(
        rows.Session.session_id.in_(named.where(rows.Attendance.candidate_id == candidate_id))
        | rows.Session.session_id.not_in(named)
    )
    found = work.scalars(query.order_by(rows.Session.starts_at, rows.Session.session_id)).all()
    return tuple(_session(work, row) for row in found)


def _session(work: OrmSession, row: rows.Session) -> Session:
    held, named = rows.SessionTest, rows.SessionChief
    tests = select(held.test_id).where(held.session_id == row.session_id).order_by(held.test_id)
    chiefs = select(named.chief_id).where(named.session_id == row.session_id).order_by(named.chief_id)
    return session_of(row, tuple(work.scalars(tests)), tuple(work.scalars(chiefs)))
