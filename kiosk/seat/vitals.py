"""Vitals: how a seat is, for its hall. Counts, states and times; never a question, never an answer."""

import shutil
from pathlib import Path

from kiosk.exam.moment import Clock
from kiosk.exam.text import clean_line
from kiosk.seat.desk import Desk
from kiosk.wire.hub import MOST_GAPS, GapLine, Vitals


def vitals_of(desk: Desk, folder: Path, clock: Clock, build: str) -> Vitals:
    """Return how a seat is now; `folder` is where its store lies. Returns at once."""
    now, saved, candidate, scribe = clock.now(), desk.saved(), desk.candidate, desk.scribe
    hand, overlay = desk.asks
    seat = Vitals(
        at=now.at,
        boot_id=now.boot_id,
        boot_ms=now.boot_ms,
        build=build,
        free_bytes=shutil.disk_usage(folder).free,
        candidate_id=None if candidate is None else candidate.user_id,
        saved_at=saved.seat_at,
        unsaved=saved.pending,
        failure=saved.failure,
        overlay=overlay,
        hand=hand,
    )
    if scribe is None:
        return seat
    with scribe.lock:
        sitting = scribe.sitting
        section = sitting.section
        moment = scribe.now()
        gaps = [GapLine(gap=n, ms=g.ms) for n, g in sitting.ledger.gaps.items() if g.charged_ms is None]
        return seat.model_copy(
            update={
                "submission_id": sitting.genesis.submission_id,
                "phase": scribe.phase,
                "answered": sitting.answered_count,
                "questions": len(sitting.paper.questions),
                "used_ms": sitting.ledger.used_ms,
                "left_ms": sitting.ledger.left_ms(moment),
                "section": None if section is None else clean_line(sitting.paper.section(section).title, 500),
                "gaps": tuple(gaps[-MOST_GAPS:]),
                "seq": sitting.head.seq - saved.pending,
            }
        )
