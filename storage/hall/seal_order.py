"""Seal orders: which sittings the hall wants sealed, at which of its seats, until their bundles are here."""

from datetime import datetime

from sqlalchemy import Exists, Select, exists, select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.orm import InstrumentedAttribute

from kiosk.exam.attempt import Phase
from storage.hall.part import Part, table_of
from storage.models import hall as rows

OVER = (Phase.HANDED_IN.value, Phase.SEALED.value)


class SealOrderPart(Part):
    """What seats were asked to seal and to send."""

    def order(self, now: datetime) -> None:
        """Ask every seat that held a lease of a sitting that is handed in for its bundle, where that is not here."""
        lease, progress, model = rows.Lease, rows.Progress, rows.SealOrder
        wanted = (
            select(lease.submission_id, lease.seat)
            .join(
                progress,
                (progress.submission_id == lease.submission_id) & (progress.opened_on == lease.opened_on),
            )
            .where(progress.phase.in_(OVER), ~_is_here(lease.submission_id, lease.seat))
            .distinct()
        )
        with self._writing() as work:
            found = [
                {"submission_id": submission_id, "seat": seat, "ordered_at": now}
                for submission_id, seat in work.execute(wanted)
            ]
            if found:
                work.execute(upsert(table_of(model)).on_conflict_do_nothing(), found)

    def waiting(self) -> dict[str, tuple[str, ...]]:
        """Return the sittings whose bundle a seat was asked for and has not sent, by seat."""
        model = rows.SealOrder
        query = select(model.seat, model.submission_id).where(~_is_here(model.submission_id, model.seat))
        return self._by_seat(query.order_by(model.seat, model.submission_id))

    def missing(self) -> dict[str, tuple[str, ...]]:
        """Return those of `waiting` at the seats where their sittings were handed in, by seat."""
        model, progress = rows.SealOrder, rows.Progress
        query = (
            select(model.seat, model.submission_id)
            .join(progress, (progress.submission_id == model.submission_id) & (progress.seat == model.seat))
            .where(~_is_here(model.submission_id, model.seat))
        )
        return self._by_seat(query.order_by(model.seat, model.submission_id))

    def _by_seat(self, query: Select[str, str]) -> dict[str, tuple[str, ...]]:
        told: dict[str, tuple[str, ...]] = {}
        with self._reading() as work:
            for seat, submission_id in work.execute(query):
                told[seat] = (*told.get(seat, ()), submission_id)
        return told


def _is_here(submission_id: InstrumentedAttribute[str], seat: InstrumentedAttribute[str]) -> Exists:
    bundle = rows.Bundle
    return exists().where(bundle.submission_id == submission_id, bundle.seat == seat)
