"""What the proctor's overlay is shown of a sitting: state and times, never a question, never an answer."""

from collections.abc import Sequence

from kiosk.exam.attempt import Phase
from kiosk.exam.moment import Moment
from kiosk.exam.sitting import Sitting
from kiosk.exam.text import clean_line
from kiosk.seat.event import RecentEvents
from kiosk.views.candidate import CandidateCard
from kiosk.views.desk import OverlayState


def empty_overlay(
    candidate: CandidateCard | None, expected: Sequence[CandidateCard], moment: Moment, trouble: str | None
) -> OverlayState:
    """Return the overlay's state where no test is open; `expected` are those whom a code could start."""
    shown = () if trouble is None else ((moment.at, trouble),)
    return OverlayState(candidate, None, "no test open", 0, 0, None, None, 0, 0, shown, expected=tuple(expected))


def overlay_of(
    candidate: CandidateCard | None,
    sitting: Sitting,
    phase: Phase,
    events: RecentEvents,
    moment: Moment,
    trouble: str | None,
) -> OverlayState:
    """Return the overlay's state; `trouble` is why the hall was not reached, or None."""
    shown = tuple(events) if trouble is None else (*events, (moment.at, trouble))
    ledger, section = sitting.ledger, sitting.section
    left = ledger.left_ms(moment)
    return OverlayState(
        candidate=candidate,
        title=clean_line(sitting.paper.title),
        phase=phase.value,
        used_ms=ledger.allowance.test_ms + ledger.extended_ms - ledger.balance_ms(moment),
        left_ms=left,
        section_title=None if section is None else clean_line(sitting.paper.section(section).title),
        section_left_ms=None if section is None else ledger.section_left_ms(section, moment),
        answered=sitting.answered_count,
        questions=len(sitting.paper.questions),
        events=shown,
        gaps=tuple((seq, gap.ms) for seq, gap in sorted(ledger.gaps.items()) if gap.charged_ms is None),
    )
