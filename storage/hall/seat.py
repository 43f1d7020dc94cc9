"""Enrolled seats: which key goes by which name, so that no second machine takes the name of a first."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kiosk.exam.error import Denied, Refused
from kiosk.exam.log import AuditEntry
from storage.hall.part import Part, put_rows, write_audit
from storage.models import hall as rows


@dataclass(frozen=True, slots=True)
class EnrolledSeat:
    """One name, and the key that goes by it."""

    seat: str
    public: str
    certified_at: datetime
    enrolled_at: datetime
    let_go_at: datetime | None

    @property
    def is_free(self) -> bool:
        """Whether another key may take the name."""
        return self.let_go_at is not None


class SeatPart(Part):
    """The seats of this hall."""

    def must_be_free(self, seat: str, public: str) -> None:
        """Raise Refused where another key goes by this name and no proctor gave it free."""
        with self._reading() as work:
            _must_be_free(work, seat, public)

    def enrol(self, seat: str, public: str, certified_at: datetime, now: datetime, audit: AuditEntry) -> None:
        """Write down who goes by a name; raises what `must_be_free` raises."""
        with self._writing() as work:
            _must_be_free(work, seat, public)
            _keep(work, seat, public, certified_at, now)
            write_audit(work, audit)

    def meet(self, seat: str, public: str, certified_at: datetime, now: datetime) -> None:
        """Take note of a seat that proved itself; raises Denied where its name is another's, or was given free.

        A hall whose store is new learns its seats here. Of two keys the one the hall certified later is the seat.
        """
        with self._writing() as work:
            row = work.get(rows.Seat, seat)
            if row is None or (row.public != public and certified_at > row.certified_at):
                _keep(work, seat, public, certified_at, now)
            elif row.public != public:
                raise Denied(f"Another machine is the seat {seat} now. Enrol this one anew, under a name of its own.")
            elif row.let_go_at is not None:
                raise Denied(f"The name {seat} was given free in the hall. Enrol this seat anew.")

    def let_go(self, seat: str, now: datetime, audit: AuditEntry) -> None:
        """Give a name free; raises Refused for one nobody has."""
        with self._writing() as work:
            row = work.get(rows.Seat, seat)
            if row is None:
                raise Refused(f"No seat {seat} is enrolled in this hall.")
            row.let_go_at = now
            write_audit(work, audit)

    def is_known(self, seat: str) -> bool:
        """Return whether somebody goes, or went, by a name."""
        with self._reading() as work:
            return work.get(rows.Seat, seat) is not None

    def count(self) -> int:
        """Return how many names there are."""
        with self._reading() as work:
            return work.scalar(select(func.count()).select_from(rows.Seat)) or 0

    def seats(self) -> tuple[EnrolledSeat, ...]:
        """Return every name, sorted."""
        with self._reading() as work:
            found = work.scalars(select(rows.Seat).order_by(rows.Seat.seat)).all()
        return tuple(EnrolledSeat(r.seat, r.public, r.certified_at, r.enrolled_at, r.let_go_at) for r in found)


def _must_be_free(work: Session, seat: str, public: str) -> None:
    row = work.get(rows.Seat, seat)
    if row is not None and row.public != public and row.let_go_at is None:
        raise Refused(
            f"Another machine is the seat {seat}. Choose another name; or, if that machine is gone, a proctor gives "
            f"the name free in the hall: kiosk hall seats --forget {seat}."
        )


def _keep(work: Session, seat: str, public: str, certified_at: datetime, now: datetime) -> None:
    put_rows(
        work,
        rows.Seat,
        [
            {
                "seat": seat,
                "public": public,
                "certified_at": certified_at,
                "enrolled_at": now,
                "let_go_at": None,
            }
        ],
    )
