"""Moves in the hall's store: the orders, and the leases that follow them, one at a time."""

from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from kiosk.exam.dispatch import CommandState
from kiosk.exam.error import Refused
from kiosk.exam.grant import Act
from kiosk.exam.journal import Head
from kiosk.exam.log import AuditEntry
from kiosk.exam.move import Move, MoveState
from kiosk.exam.page import SignedGrant, SignedLease
from storage.hall.command import OPEN, put_commands
from storage.hall.part import Part, write_audit
from storage.hall.stretch import leases_of, tail_of
from storage.models import hall as rows
from storage.page import grant_row, lease_row

LATE = "The sitting went on at another seat before this was done. If it is still wanted, order it there."


class MovePart(Part):
    """Which sitting goes on where."""

    def order(self, move: Move, signed: SignedGrant, audit: AuditEntry) -> None:
        """Keep an order with its grant and the command to the old seat; one nobody has followed is replaced."""
        with self._writing() as work:
            put_commands(work, (signed,))
            _put_move(work, move)
            write_audit(work, audit)

    def waiting(self, submission_id: str) -> Move | None:
        """Return the order that waits for a sitting; None where there is none."""
        query = select(rows.Move).where(
            rows.Move.submission_id == submission_id, rows.Move.state == MoveState.ORDERED.value
        )
        with self._reading() as work:
            row = work.scalars(query).one_or_none()
            return None if row is None else _move(row)

    def moves(self, submission_id: str) -> tuple[Move, ...]:
        """Return every order for a sitting, oldest first."""
        query = select(rows.Move).where(rows.Move.submission_id == submission_id)
        with self._reading() as work:
            return tuple(_move(row) for row in work.scalars(query.order_by(rows.Move.ordered_at, rows.Move.move_id)))

    def follow(self, move: Move, signed: SignedLease, audit: AuditEntry, now: datetime) -> bool:
        """Keep the lease that follows an order, with the tail cut where it says.

        Returns False, with nothing changed, where the tail has grown since the lease was written. Raises Refused where
        the order stands no more.
        """
        with self._writing() as work:
            if _head_of(work, signed) != signed.lease.fork:
                return False
            _follow(work, move, signed, now)
            write_audit(work, audit)
            return True

    def rescue(
        self, move: Move, grant: SignedGrant, signed: SignedLease, seen: Head, audit: AuditEntry, now: datetime
    ) -> bool:
        """Keep an order together with the lease that follows it at once, and send its old seat nothing: it is gone.

        Returns False, with nothing changed, where the tail's head is no more the one that was `seen`.
        """
        with self._writing() as work:
            if _head_of(work, signed) != seen:
                return False
            work.execute(insert(rows.Grant), [grant_row(grant)])
            _put_move(work, move)
            _follow(work, move, signed, now)
            write_audit(work, audit)
            return True


def _put_move(work: Session, move: Move) -> None:
    work.execute(
        update(rows.Move)
        .where(rows.Move.submission_id == move.submission_id, rows.Move.state == MoveState.ORDERED.value)
        .values(state=MoveState.REPLACED.value)
    )
    row = {
        "move_id": move.move_id,
        "submission_id": move.submission_id,
        "from_seat": move.from_seat,
        "to_seat": move.to_seat,
        "state": move.state.value,
        "ordered_at": move.ordered_at,
    }
    work.execute(insert(rows.Move), [row])


def _head_of(work: Session, signed: SignedLease) -> Head | None:
    tail = tail_of(work, signed.lease.submission_id, signed.lease.opened_on)
    return None if tail is None else tail.newest.head


def _follow(work: Session, move: Move, signed: SignedLease, now: datetime) -> None:
    lease = signed.lease
    followed = work.execute(
        update(rows.Move)
        .where(rows.Move.move_id == move.move_id, rows.Move.state == MoveState.ORDERED.value)
        .values(state=MoveState.FOLLOWED.value, epoch=lease.epoch)
        .returning(rows.Move.move_id)
    )
    if followed.one_or_none() is None:
        raise Refused("This sitting has just been moved elsewhere. Please ask the proctor.")
    if leases_of(work, lease.submission_id, lease.opened_on)[-1].lease.epoch != lease.epoch - 1:
        raise Refused("A newer permission has been given for this sitting. Please try again.")
    work.execute(insert(rows.Lease), [lease_row(signed)])
    _go_on(work, signed, lease.fork, now)
    _give_up(work, move, lease.seat, now)


def _go_on(work: Session, signed: SignedLease, fork: Head | None, now: datetime) -> None:
    """Say where the sitting is now: reports that come later are measured against the fork."""
    lease = signed.lease
    told: dict[str, object] = {"seat": lease.seat, "head_seq": -1, "head_hash": ""}
    if fork is not None:
        told |= {"head_seq": fork.seq, "head_hash": fork.hash.hex()}
        row = {
            "submission_id": lease.submission_id,
            "opened_on": lease.opened_on,
            "epoch": lease.epoch,
            "genesis": None,
            "fork_seq": fork.seq,
            "fork_hash": fork.hash,
            "head_seq": fork.seq,
            "head_hash": fork.hash,
            "heard_at": now,
        }
        work.execute(insert(rows.Tail), [row])
    work.execute(
        update(rows.Progress)
        .where(rows.Progress.submission_id == lease.submission_id, rows.Progress.opened_on == lease.opened_on)
        .values(**told)
    )


def _give_up(work: Session, move: Move, seat: str, now: datetime) -> None:
    """End the commands for this sitting that nobody has answered; seats it has left are still told to give it up.

    A seat it has come back to must not be told so by an order from before.
    """
    grant = rows.Grant
    of_sitting = select(grant.grant_id).where(
        grant.submission_id == move.submission_id, (grant.act != Act.MOVE.value) | (grant.seat == seat)
    )
    work.execute(
        update(rows.Command)
        .where(rows.Command.grant_id.in_(of_sitting), rows.Command.state.in_(OPEN))
        .values(state=CommandState.REFUSED.value, words=LATE, answered_at=now)
    )


def _move(row: rows.Move) -> Move:
    return Move(
        move_id=row.move_id,
        submission_id=row.submission_id,
        from_seat=row.from_seat,
        to_seat=row.to_seat,
        state=MoveState(row.state),
        ordered_at=row.ordered_at,
        epoch=row.epoch,
    )
