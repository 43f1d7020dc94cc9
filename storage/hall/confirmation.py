"""Confirmations: the hall's own word for acts that codes allowed, kept until the seats have it, and after."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from storage.hall.part import Part, table_of
from storage.models import hall as rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """One act, confirmed."""

    grant_id: str
    submission_id: str
    seat: str
    envelope: bytes = field(repr=False)
    made_at: datetime


class ConfirmationPart(Part):
    """What was confirmed to seats."""

    def keep(self, confirmed: Confirmed) -> None:
        """Keep a confirmation; one of the same act that is there already stays."""
        values = {
            "grant_id": confirmed.grant_id,
            "submission_id": confirmed.submission_id,
            "seat": confirmed.seat,
            "envelope": confirmed.envelope,
            "made_at": confirmed.made_at,
        }
        with self._writing() as work:
            work.execute(upsert(table_of(rows.Confirmation)).on_conflict_do_nothing(), [values])

    def is_known(self, grant_id: str) -> bool:
        """Whether an act was confirmed."""
        return bool(self.known([grant_id]))

    def known(self, grant_ids: Sequence[str]) -> frozenset[str]:
        """Return those of some acts that were confirmed."""
        model = rows.Confirmation
        with self._reading() as work:
            return frozenset(work.scalars(select(model.grant_id).where(model.grant_id.in_(grant_ids))))

    def waiting(self, seat: str) -> tuple[Confirmed, ...]:
        """Return what a seat has not kept yet."""
        model = rows.Confirmation
        with self._reading() as work:
            found = work.scalars(select(model).where(model.seat == seat, model.kept_at.is_(None)))
            return tuple(_confirmed(row) for row in found)

    def of_sitting(self, submission_id: str) -> tuple[bytes, ...]:
        """Return the envelopes of what was confirmed of a sitting."""
        model = rows.Confirmation
        query = select(model.envelope).where(model.submission_id == submission_id).order_by(model.grant_id)
        with self._reading() as work:
            return tuple(bytes(envelope) for envelope in work.scalars(query))

    def kept(self, seat: str, grant_id: str, now: datetime) -> None:
        """Note that a seat holds a confirmation; one of another seat is passed over."""
        model = rows.Confirmation
        with self._writing() as work:
            work.execute(
                update(model)
                .where(model.grant_id == grant_id, model.seat == seat, model.kept_at.is_(None))
                .values(kept_at=now)
            )


def _confirmed(row: rows.Confirmation) -> Confirmed:
    return Confirmed(
        grant_id=row.grant_id,
        submission_id=row.submission_id,
        seat=row.seat,
        envelope=bytes(row.envelope),
        made_at=row.made_at,
    )
