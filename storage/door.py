"""Doors: where codes and PINs are tried. Every try is counted before it is judged, so that no crash gives one away."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert as upsert

from storage.transaction import Transactional


@dataclass(frozen=True, slots=True)
class Try:
    """What became of somebody who came to a door."""

    may: bool
    """Whether the try may be judged; otherwise a door is shut and nothing was counted."""
    open_at: datetime
    """When the next try may be made, should this one be wrong or not be made at all."""


class Doors(Transactional):
    """Wrong tries, kept across restarts, in the throttles of one place's store."""

    MISFIT = "Somebody tries at this very moment. Try again."
    throttle: ClassVar[Any]
    """The model of a throttle."""

    def count(self, doors: Iterable[str], now: datetime, wait_seconds: Callable[[int], int]) -> Try:
        """Count a try as wrong at every door, unless one is shut; `wait_seconds` says how long that many shut it."""
        names, model = sorted(doors), self.throttle
        with self._writing() as work:
            found = {r.door: r for r in work.scalars(select(model).where(model.door.in_(names)))}
            _reset(found.values(), now, wait_seconds)
            open_at = max((r.shut_until for r in found.values() if r.shut_until is not None), default=now)
            if open_at > now:
                return Try(False, open_at)
            tries = {door: found[door].wrong_tries + 1 if door in found else 1 for door in names}
            shut = {door: now + timedelta(seconds=wait_seconds(n)) for door, n in tries.items()}
            statement = upsert(model.__table__)
            new = {name: statement.excluded[name] for name in ("wrong_tries", "last_at", "shut_until")}
            work.execute(
                statement.on_conflict_do_update(index_elements=["door"], set_=new),
                [{"door": d, "wrong_tries": tries[d], "last_at": now, "shut_until": shut[d]} for d in names],
            )
            return Try(True, max(shut.values()))

    def clear(self, doors: Iterable[str]) -> None:
        """Forget the wrong tries at some doors."""
        with self._writing() as work:
            work.execute(delete(self.throttle).where(self.throttle.door.in_(list(doors))))


def _reset(throttles: Iterable[Any], now: datetime, wait_seconds: Callable[[int], int]) -> None:
    """Let no door be shut for longer than its tries shut it: a clock that was set back locks nobody out."""
    for row in throttles:
        latest = now + timedelta(seconds=wait_seconds(row.wrong_tries))
        if row.shut_until is not None and row.shut_until > latest:
            row.shut_until = latest
