"""Pre-flight: whether each seat is fit by what it last told, and whether the hall itself may begin."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from kiosk.exam.error import KioskError
from kiosk.exam.moment import Clock, parse_iso
from kiosk.hall.board.fold import LOST_MS, Glance
from kiosk.hall.board.watch import Watch
from kiosk.hall.keys import HallKeys
from kiosk.sealing.certificate import verify_chain
from kiosk.sealing.key import KeyRole
from kiosk.views.preflight import Check, Fitness, Preflight, SeatFitness
from storage.hall.store import HallStore

SEAT_BYTES = 500 * 2**20
HALL_BYTES = 2 * 2**30
SKEW_MS = 60_000
"""So far may a seat's wall clock be off."""
EXAM = timedelta(hours=24)
"""So long must the hall's certificates hold at least."""
GO, NO_GO, UNKNOWN = Fitness.GO, Fitness.NO_GO, Fitness.UNKNOWN


@dataclass(frozen=True, slots=True)
class Preflights:
    """Looks at what is known; asks no seat anything."""

    store: HallStore
    watch: Watch
    keys: HallKeys
    clock: Clock
    build: str
    folder: Path

    def look(self) -> Preflight:
        """Return every seat and the hall, check by check."""
        self.watch.look_afresh()
        seen, papers = self.watch.seen, self.store.board.papers()
        seats = tuple(
            SeatFitness(seat, tuple(self._of_seat(look)), is_spare=look.player is None)
            for seat, look in seen.looks.items()
        )
        return Preflight(seats, tuple(self._of_hall(papers, parse_iso(self.clock.now().at))))

    def _of_seat(self, look: Glance) -> Iterator[Check]:
        wanted = self._wanted()
        told, heard = look.vitals, look.heard
        on_line = heard is not None and heard.post is not None and (look.silent_ms or 0) <= LOST_MS
        yield _check("link", on_line, "on the line", "not on the line: start it, and look at its cable")
        if told is None or heard is None:
            for name in ("build", "paper", "disk", "clock", "fonts", "lockdown", "key"):
                yield Check(name, UNKNOWN, "the seat has not said")
            return
        yield _check("build", told.build == self.build, told.build, f"{told.build}, the hall has {self.build}: install")
        missing = len(wanted - set(told.papers))
        there = f"{len(wanted)} papers there" if wanted else "no paper to have"
        yield _check(
            "paper", not missing, there, f"{missing} of {len(wanted)} papers missing: wait, or look at the link"
        )
        free = f"{told.free_bytes / 2**30:.1f} GB free"
        yield _check("disk", told.free_bytes >= SEAT_BYTES, free, f"{free}: make room")
        skew = f"{abs(heard.skew_ms) / 1000:.1f} s {'ahead of' if heard.skew_ms > 0 else 'behind'} the hall"
        yield _check("clock", abs(heard.skew_ms) <= SKEW_MS, skew, f"{skew}: set its clock")
        yield _check("fonts", told.has_fonts, "all glyphs", "its terminal lacks glyphs: install the font")
        lockdown = UNKNOWN if told.is_locked_down is None else GO if told.is_locked_down else NO_GO
        words = {GO: "in force", NO_GO: "not in force: kiosk seat doctor", UNKNOWN: "this machine has none"}
        yield Check("lockdown", lockdown, words[lockdown])
        yield Check("key", GO, "certified by this hall, and proved on this line")

    def _wanted(self) -> set[str]:
        """Return the papers that must lie on each seat: those of the sessions of the hour, for anybody may be moved."""
        due = {p.expected.paper_digest for p in self.watch.seen.cast.expected if p.expected is not None}
        return {digest for digest in due if digest is not None}

    def _of_hall(self, papers: dict[str, bool], now: datetime) -> Iterator[Check]:
        cast = self.watch.seen.cast
        due = {p.expected.paper_digest for p in cast.expected if p.expected is not None}
        lacking = sum(d is None or d not in papers for d in due)
        yield _check(
            "packages", not lacking and bool(due), f"{len(due)} papers", "a paper has not come: kiosk hall load"
        )
        sealed = sum(not papers.get(d or "", False) for d in due)
        yield _check("release", not sealed, "all papers open", f"{sealed} papers sealed yet: kiosk hall release")
        shut = [s.title for s in cast.sessions if s.opened_by is None]
        words = f"not opened: {', '.join(shut)}. kiosk hall open"
        yield _check("sessions", not shut, f"{len(cast.sessions)} open", words)
        free = shutil.disk_usage(self.folder).free
        text = f"{free / 2**30:.1f} GB free"
        yield _check("disk", free >= HALL_BYTES, text, f"{text}: make room")
        yield self._clock_check(now)
        yield self._certificate_check(now)

    def _clock_check(self, now: datetime) -> Check:
        """Judge the hall's clock by its seats', for nothing else in the room knows the time."""
        skews = sorted(h.skew_ms for look in self.watch.seen.looks.values() if (h := look.heard) is not None)
        if not skews:
            return Check("clock", GO, f"{now:%H:%M:%S} UTC; no seat to compare with")
        median = skews[len(skews) // 2]
        words = f"most seats' clocks are {median / 1000:+.0f} s off it"
        return _check("clock", abs(median) <= SKEW_MS, f"{now:%H:%M:%S} UTC", f"{words}: set the hall's clock")

    def _certificate_check(self, now: datetime) -> Check:
        try:
            holder = verify_chain(self.keys.chain, self.keys.root, KeyRole.HALL)
        except KioskError as error:
            return Check("certificate", NO_GO, error.message)
        until = parse_iso(holder.certificate.not_after)
        words = f"holds until {until:%Y-%m-%d}"
        return _check("certificate", until >= now + EXAM, words, f"{words}: ask the office for a newer package")


def _check(name: str, is_fit: bool, go: str, no_go: str) -> Check:
    return Check(name, GO if is_fit else NO_GO, go if is_fit else no_go)
