"""Fences: sittings of a seat that go on elsewhere, kept so that it writes them no more, however often it starts."""

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert as upsert

from kiosk.exam.fence import Fence
from kiosk.exam.moment import iso
from storage.models import seat as rows
from storage.seat.page import fence_row, table_of
from storage.transaction import Transactional


class FencePart(Transactional):
    """The fences of a seat."""

    MISFIT = "This seat holds no sitting of which it could be told that it goes on elsewhere."

    def keep(self, fence: Fence) -> None:
        """Keep a fence; one of the same epoch that is kept already stays. Raises Refused for a sitting not held."""
        with self._writing() as work:
            work.execute(upsert(table_of(rows.Fence)).on_conflict_do_nothing(), [fence_row(fence)])

    def of(self, submission_id: str) -> Fence | None:
        """Return the fence of a sitting that shuts out most epochs, or None where it may be written."""
        fence = rows.Fence
        query = select(fence).where(fence.submission_id == submission_id).order_by(fence.epoch.desc()).limit(1)
        with self._reading() as work:
            row = work.scalars(query).first()
            return None if row is None else _fence(row)


def _fence(row: rows.Fence) -> Fence:
    return Fence(
        submission_id=row.submission_id,
        opened_on=row.opened_on,
        epoch=row.epoch,
        seat=row.seat,
        at=iso(row.at),
        envelope=bytes(row.envelope),
    )
