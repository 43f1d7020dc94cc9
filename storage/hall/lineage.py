"""The leases of a sitting that a seat brings to a new machine with the keys of the hall."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.orm import Session

from kiosk.exam.assignment import AssignmentStatus
from kiosk.exam.attempt import Phase
from kiosk.exam.error import Denied, Tampered
from kiosk.exam.log import AuditEntry
from kiosk.exam.moment import parse_iso
from kiosk.exam.page import SignedLease
from kiosk.exam.parcel import Parcel
from kiosk.exam.status import AttendanceState
from storage.hall.part import put_rows, table_of, write_audit
from storage.hall.roster import sessions_of
from storage.models import hall as rows
from storage.page import lease_row


def learn_leases(work: Session, parcel: Parcel, known: Sequence[SignedLease], now: datetime) -> tuple[SignedLease, ...]:
    """Keep the leases of a parcel that are newer than those known, and return all; their signatures are proved.

    Raises Denied where the sitting is of nobody on the roster, Tampered where another lease of an epoch is known.
    """
    assert parcel.beginning is not None
    held = {signed.lease.epoch: signed for signed in known}
    brought = {signed.lease.epoch: signed for signed in parcel.beginning.leases}
    for epoch, signed in brought.items():
        if (signed.lease.submission_id, signed.lease.opened_on) != (parcel.submission_id, parcel.opened_on):
            raise Denied("These leases are of another sitting.")
        if epoch in held and held[epoch].lease.lease_id != signed.lease.lease_id:
            raise Tampered("the hall gave the same right to write at two seats, before and after its own loss")
    newest = max(held, default=0)
    fresh = [brought[epoch] for epoch in sorted(brought) if epoch > newest]
    if not fresh:
        return tuple(held[epoch] for epoch in sorted(held))
    _check_roster(work, fresh)
    work.execute(insert(rows.Lease), [lease_row(signed) for signed in fresh])
    _tell(work, fresh[-1], now)
    _welcome(work, fresh[-1])
    held |= {signed.lease.epoch: signed for signed in fresh}
    return tuple(held[epoch] for epoch in sorted(held))


def _check_roster(work: Session, leases: Sequence[SignedLease]) -> None:
    for signed in leases:
        assignment = work.get(rows.Assignment, signed.lease.assignment_id)
        if assignment is None or assignment.candidate_id != signed.lease.candidate_id:
            raise Denied("This sitting is of nobody on this hall's roster. Load the hall's package.")


def _tell(work: Session, signed: SignedLease, now: datetime) -> None:
    """Count the attempt and say where it is; what its seat reports later says how it stands."""
    lease = signed.lease
    told = {
        "submission_id": lease.submission_id,
        "opened_on": lease.opened_on,
        "assignment_id": lease.assignment_id,
        "seat": lease.seat,
        "phase": Phase.NEW.value,
        "attempt": lease.attempt,
        "started_at": parse_iso(lease.issued_at),
        "answered": 0,
        "questions": 0,
        "used_ms": 0,
        "head_seq": -1,
        "head_hash": "",
        "reported_at": now,
    }
    progress = upsert(table_of(rows.Progress))
    work.execute(
        progress.on_conflict_do_update(
            index_elements=["submission_id", "opened_on"], set_={"seat": progress.excluded.seat}
        ),
        [told],
    )
    work.execute(
        update(rows.Assignment)
        .where(rows.Assignment.assignment_id == lease.assignment_id, rows.Assignment.attempt_count < lease.attempt)
        .values(
            status=AssignmentStatus.IN_PROGRESS,
            attempt_count=lease.attempt,
            last_attempt_at=parse_iso(lease.issued_at),
        )
    )


def _welcome(work: Session, signed: SignedLease) -> None:
    """Write down that who sat is present, in each of their sessions that was open then, and how that is known.

    What a proctor or a login says of them in this store already stands.
    """
    lease, came = signed.lease, parse_iso(signed.lease.issued_at)
    attendance = rows.Attendance
    for session in sessions_of(work, lease.candidate_id):
        held = work.get(attendance, (session.session_id, lease.candidate_id))
        is_known = held is not None and held.state is not AttendanceState.EXPECTED
        if is_known or not session.opens_at <= came < session.ends_at:
            continue
        told = {
            "session_id": session.session_id,
            "candidate_id": lease.candidate_id,
            "seat": lease.seat,
            "state": AttendanceState.PRESENT,
            "arrived_at": came,
            "note": f"sat at {lease.seat}, as that seat's journal says",
            "is_named": False,
        }
        put_rows(work, attendance, [told], "seat", "is_named")
        audit = AuditEntry(
            at=came,
            who=lease.candidate_id,
            action="proctoring.checkin_identity",
            subject_type="attendance",
            subject_id=session.session_id,
            details={"state": AttendanceState.PRESENT.value, "seat": lease.seat, "known_by": "journal"},
        )
        write_audit(work, audit)
