"""Where central stands with its bundles: how many, of which hall, how long one has waited, what needs a person."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, String, cast, func, or_, select

from kiosk.exam.arrival import BundleLine
from kiosk.exam.status import BundleState
from storage.models import office as rows
from storage.office.store import Store
from storage.partition import months

MOST_LINES = 1_000
"""Bundles named one by one; the counts tell of all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """Figures of the intake and the counting."""

    halls: dict[str, dict[str, int]]
    """By hall, how many of its bundles stand where."""
    oldest: datetime | None
    """When the bundle came that has waited longest."""
    quarantined_bytes: int
    closings_open: int
    """Statements of halls that still leave something unexplained."""
    closings_settled: int
    months: tuple[str, ...]
    """The months that are parted, on PostgreSQL."""


class BacklogStore(Store):
    """Tells where the bundles stand; it changes nothing."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._is_parted = engine.dialect.name == "postgresql"

    def backlog(self) -> Backlog:
        """Return the figures of this moment."""
        bundle, closing = rows.Bundle, rows.Closing
        by_hall = select(bundle.hall, bundle.state, func.count()).group_by(bundle.hall, bundle.state)
        waiting = select(func.min(bundle.received_at)).where(bundle.state == BundleState.RECEIVED)
        aside = select(func.coalesce(func.sum(func.length(rows.Quarantine.content)), 0))
        open_ = select(func.count()).select_from(closing).where(closing.settled_at.is_(None))
        settled = select(func.count()).select_from(closing).where(closing.settled_at.is_not(None))
        halls: dict[str, dict[str, int]] = {}
        with self._reading() as session:
            for hall, state, count in session.execute(by_hall):
                halls.setdefault(hall, {s.value: 0 for s in BundleState})[state.value] = count
            return Backlog(
                halls=dict(sorted(halls.items())),
                oldest=session.scalar(waiting),
                quarantined_bytes=int(session.scalar(aside) or 0),
                closings_open=session.scalar(open_) or 0,
                closings_settled=session.scalar(settled) or 0,
                months=tuple(months(session.connection())) if self._is_parted else (),
            )

    def attention(self) -> tuple[BundleLine, ...]:
        """Return the bundles a person should look at, in the order they came, at most `MOST_LINES`."""
        bundle = rows.Bundle
        columns = [getattr(bundle, name) for name in _LINE]
        flagged = cast(bundle.flags, String) != "[]"
        query = (
            select(*columns)
            .where(or_(bundle.problem.is_not(None), flagged))
            .order_by(bundle.received_at, bundle.bundle_id)
            .limit(MOST_LINES)
        )
        with self._reading() as session:
            return tuple(
                BundleLine(**{**row, "flags": tuple(row["flags"])}) for row in session.execute(query).mappings()
            )


_LINE = ("bundle_id", "submission_id", "opened_on", "hall", "state", "received_at", "source", "flags", "problem")
