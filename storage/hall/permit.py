"""Permits: leases and grants the hall gave out, and where each sitting stood when its seat last told."""

import json
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update

from kiosk.exam.assignment import AssignmentStatus
from kiosk.exam.attempt import Phase
from kiosk.exam.error import Denied, Refused
from kiosk.exam.grant import Act, Grant
from kiosk.exam.lease import Lease
from kiosk.exam.log import AuditEntry
from kiosk.exam.moment import parse_iso
from kiosk.exam.page import SignedGrant, SignedLease
from kiosk.exam.roster import Progress, Pulse
from storage.hall.part import Part, put_rows, table_of, write_audit
from storage.models import hall as rows
from storage.page import grant_row, lease_row

_PULSE = (
    update(table_of(rows.Progress))
    .where(
        rows.Progress.submission_id == bindparam("of"),
        rows.Progress.seat == bindparam("at"),
        rows.Progress.head_seq <= bindparam("seq"),
    )
    .values({name: bindparam(name) for name in ("phase", "answered", "questions", "used_ms", "reported_at")})
)


class PermitPart(Part):
    """Leases, grants and progress."""

    def progress(self, assignment_ids: tuple[str, ...]) -> dict[str, Progress]:
        """Return the latest attempt of each assignment that has one."""
        query = select(rows.Progress).where(rows.Progress.assignment_id.in_(assignment_ids))
        with self._reading() as work:
            found = work.scalars(query.order_by(rows.Progress.attempt))
            return {row.assignment_id: _progress(row) for row in found}

    def attempt_at(self, assignment_id: str, seat: str) -> Progress | None:
        """Return the latest attempt of an assignment; of two sittings of it the one at a seat. None where it has none.

        There are two where a new machine of the hall let somebody begin before it had heard of the first.
        """
        query = select(rows.Progress).where(rows.Progress.assignment_id == assignment_id)
        with self._reading() as work:
            found = [_progress(row) for row in work.scalars(query)]
        return max(found, key=lambda p: (p.attempt, p.seat == seat, p.started_at), default=None)

    def all_progress(self) -> tuple[Progress, ...]:
        """Return every sitting of this hall, in the order they began."""
        progress = rows.Progress
        query = select(*(getattr(progress, f.name) for f in fields(Progress)))
        with self._reading() as work:
            found = work.execute(query.order_by(progress.started_at, progress.submission_id))
            return tuple(_progress(row) for row in found)

    def lease(self, submission_id: str) -> SignedLease:
        """Return the lease under which a sitting may be written; raises Denied where this hall gave none."""
        query = select(rows.Lease).where(rows.Lease.submission_id == submission_id).order_by(rows.Lease.epoch.desc())
        with self._reading() as work:
            row = work.scalars(query.limit(1)).first()
            if row is None:
                raise Denied("This hall knows of no such sitting.")
            return SignedLease(lease=Lease.from_document(json.loads(row.document)), envelope=row.envelope or b"")

    def give_lease(self, signed: SignedLease, audit: AuditEntry) -> None:
        """Keep a lease that opens an attempt, and count the attempt; raises Refused where it was counted already."""
        lease = signed.lease
        now = parse_iso(lease.issued_at)
        with self._writing() as work:
            work.execute(insert(rows.Lease), [lease_row(signed)])
            work.execute(
                insert(rows.Progress),
                [
                    {
                        "submission_id": lease.submission_id,
                        "opened_on": lease.opened_on,
                        "assignment_id": lease.assignment_id,
                        "seat": lease.seat,
                        "phase": Phase.NEW.value,
                        "attempt": lease.attempt,
                        "started_at": now,
                        "reported_at": now,
                    }
                ],
            )
            counted = work.execute(
                update(rows.Assignment)
                .where(
                    rows.Assignment.assignment_id == lease.assignment_id,
                    rows.Assignment.attempt_count == lease.attempt - 1,
                )
                .values(status=AssignmentStatus.IN_PROGRESS, attempt_count=lease.attempt, last_attempt_at=now)
                .returning(rows.Assignment.assignment_id)
            )
            if counted.one_or_none() is None:
                raise Refused("This test has just been begun at another seat. Please ask the proctor.")
            write_audit(work, audit)

    def take_progress(self, told: Progress, now: datetime) -> None:
        """Take note of how a sitting stands; what is older than known is passed over."""
        with self._writing() as work:
            row = work.get(rows.Progress, (told.submission_id, told.opened_on))
            if row is not None and row.head_seq > told.head_seq:
                return
            put_rows(work, rows.Progress, [_progress_row(told, now)])
            status = AssignmentStatus.COMPLETED if told.is_over else AssignmentStatus.IN_PROGRESS
            work.execute(
                update(rows.Assignment).where(rows.Assignment.assignment_id == told.assignment_id).values(status=status)
            )

    def take_pulses(self, pulses: Sequence[Pulse], now: datetime) -> None:
        """Take note of signs of life, each from the seat that may write its sitting; what is older is passed over.

        The end of a sitting is told by a report alone, which carries the head it was handed in at.
        """
        told = [
            {
                "of": pulse.submission_id,
                "at": pulse.seat,
                "seq": pulse.seq,
                "phase": pulse.phase.value,
                "answered": pulse.answered,
                "questions": pulse.questions,
                "used_ms": pulse.used_ms,
                "reported_at": now,
            }
            for pulse in pulses
            if pulse.phase not in (Phase.HANDED_IN, Phase.SEALED)
        ]
        if told:
            with self._writing() as work:
                work.connection().execute(_PULSE, told)

    def give_grant(self, signed: SignedGrant, audit: AuditEntry) -> None:
        """Keep a grant."""
        with self._writing() as work:
            work.execute(insert(rows.Grant), [grant_row(signed)])
            write_audit(work, audit)

    def added_ms(self, submission_id: str) -> int:
        """Return how much time grants have added to a sitting, in milliseconds."""
        adding = (Act.EXTEND.value, Act.REOPEN.value)
        query = select(rows.Grant.document).where(rows.Grant.submission_id == submission_id, rows.Grant.act.in_(adding))
        with self._reading() as work:
            return sum(Grant.from_document(json.loads(d)).amount_ms for d in work.scalars(query))

    def acts(self) -> tuple[AuditEntry, ...]:
        """Return every act in this hall, in order: what the office is told afterwards."""
        return tuple(entry for _, entry in self.acts_after(0))

    def acts_after(self, number: int) -> tuple[tuple[int, AuditEntry], ...]:
        """Return the acts that were written down after the one of a number, each with its own, in order."""
        query = select(rows.Audit).where(rows.Audit.audit_id > number).order_by(rows.Audit.audit_id)
        with self._reading() as work:
            return tuple((row.audit_id, _entry(row)) for row in work.scalars(query))


def _entry(row: rows.Audit) -> AuditEntry:
    return AuditEntry(
        at=row.at,
        who=row.who,
        action=row.action,
        subject_type=row.subject_type,
        subject_id=row.subject_id,
        details=row.details or {},
    )


def _progress(row: rows.Progress | Row[Any]) -> Progress:
    return Progress(
        submission_id=row.submission_id,
        opened_on=row.opened_on,
        assignment_id=row.assignment_id,
        seat=row.seat,
        phase=Phase(row.phase),
        attempt=row.attempt,
        started_at=row.started_at,
        submitted_at=row.submitted_at,
        answered=row.answered,
        questions=row.questions,
        used_ms=row.used_ms,
        head_seq=row.head_seq,
        head_hash=row.head_hash,
    )


def _progress_row(told: Progress, now: datetime) -> dict[str, object]:
    return {
        "submission_id": told.submission_id,
        "opened_on": told.opened_on,
        "assignment_id": told.assignment_id,
        "seat": told.seat,
        "phase": told.phase.value,
        "attempt": told.attempt,
        "started_at": told.started_at,
        "submitted_at": told.submitted_at,
        "answered": told.answered,
        "questions": told.questions,
        "used_ms": told.used_ms,
        "head_seq": told.head_seq,
        "head_hash": told.head_hash,
        "reported_at": now,
    }
