"""Presence: which seats are on the line, and what each last told of itself. In memory only; a new hub asks afresh."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from threading import Lock

from kiosk.hall.hub.post import Post
from kiosk.wire.hub import Vitals


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One seat as the hub last heard of it. Times are milliseconds of the hub's boot clock."""

    seat: str
    build: str
    heard_ms: int
    """When it last said anything."""
    joined_ms: int
    post: Post | None = field(repr=False)
    """The way to it; None once the line is cut."""
    vitals: Vitals | None = None
    vitals_ms: int = 0
    skew_ms: int = 0
    """By how much its wall clock is ahead of the hall's, give or take the time of the way."""


class Presence:
    """Usable from any thread; what it returns is frozen."""

    def __init__(self) -> None:
        self._heard: dict[str, Heard] = {}
        self._lock = Lock()

    def join(self, seat: str, build: str, post: Post, now_ms: int) -> Post | None:
        """Note that a seat is on the line; return the way it had before, which is to be hung up."""
        with self._lock:
            before = self._heard.get(seat)
            kept = Heard(seat=seat, build=build, heard_ms=now_ms, joined_ms=now_ms, post=post)
            if before is not None:
                kept = replace(kept, vitals=before.vitals, vitals_ms=before.vitals_ms, skew_ms=before.skew_ms)
            self._heard[seat] = kept
            return None if before is None else before.post

    def leave(self, seat: str, post: Post) -> None:
        """Note that a line was cut; a newer one of the same seat stays."""
        with self._lock:
            known = self._heard.get(seat)
            if known is not None and known.post is post:
                self._heard[seat] = replace(known, post=None)

    def hear(self, seat: str, now_ms: int, vitals: Vitals | None = None, skew_ms: int | None = None) -> None:
        """Note that a seat said something, and what it told of itself."""
        with self._lock:
            known = self._heard.get(seat)
            if known is None:
                return
            known = replace(known, heard_ms=now_ms)
            if vitals is not None:
                known = replace(known, vitals=vitals, vitals_ms=now_ms)
            if skew_ms is not None:
                known = replace(known, skew_ms=skew_ms)
            self._heard[seat] = known

    def of(self, seat: str) -> Heard | None:
        """Return what was heard of a seat."""
        return self._heard.get(seat)

    def post(self, seat: str) -> Post | None:
        """Return the way to a seat; None while it is not on the line."""
        known = self._heard.get(seat)
        return None if known is None else known.post

    def __iter__(self) -> Iterator[Heard]:
        with self._lock:
            return iter(tuple(self._heard.values()))
