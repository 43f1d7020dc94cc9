"""What a proctor is told about a sitting at the seat: who, how it stands, the times, the last events; never content."""

from datetime import datetime, timedelta

from textual.content import Content

from kiosk.exam.moment import parse_iso
from kiosk.exam.text import clean_line
from kiosk.views.candidate import CandidateCard
from kiosk.views.desk import OverlayState
from screens.clock import clock_text

EVENTS_SHOWN = 5


def hall_time() -> datetime:
    """Return the wall time as the clock in the hall shows it."""
    return datetime.now().astimezone()


def facts_of(state: OverlayState, now: datetime) -> Content:
    """Return the facts, a line each; `now` is the hall's time, for when the sitting ends."""
    who = "Nobody signed in" if state.candidate is None else who_words(state.candidate)
    lines = [Content.assemble((who, "bold"), f"   {state.phase.replace('_', ' ')}"), Content(state.title or "")]
    lines += _time_lines(state, now) if state.questions else []
    lines += [Content.assemble(("Last events", "$muted"))]
    recent = state.events[-EVENTS_SHOWN:]
    lines += [Content(f"  {_event_time(at)}  {clean_line(words)}") for at, words in recent] or [Content("  none")]
    return Content("\n").join(lines)


def who_words(candidate: CandidateCard) -> str:
    """Return who somebody is: "Okafor, Anna · B-1042"."""
    return f"{clean_line(candidate.name)} · {clean_line(candidate.roll_number)}"


def _time_lines(state: OverlayState, now: datetime) -> list[Content]:
    ends = now + timedelta(milliseconds=state.left_ms)
    used, left = clock_text(state.used_ms), clock_text(state.left_ms)
    clock = f", {clock_text(state.section_left_ms)} left" if state.section_left_ms is not None else ""
    section = f"section {state.section_title}{clock} · " if state.section_title else ""
    return [
        Content(f"used {used} · left {left} · ends {ends:%H:%M:%S} if not stopped"),
        Content(f"{section}answered {state.answered} of {state.questions}"),
    ]


def _event_time(at: str) -> str:
    try:
        return f"{parse_iso(at).astimezone():%H:%M:%S}"
    except ValueError:
        return at
