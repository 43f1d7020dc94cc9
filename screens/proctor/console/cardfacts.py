"""One candidate at one seat in lines: state, own times, how far everything is saved, and the story; never content."""

from textual.content import Content

from kiosk.exam.text import clean_line
from kiosk.views.board import Card, SeatState
from screens.clock import clock_text
from screens.proctor.console.sign import age, end_of, state_word, wall
from screens.widgets.line import shorten


def title_of(card: Card) -> str:
    """Return who sits where: "B3 · Sato, Ren · B-1043 · +25 %"."""
    parts = (card.seat, card.candidate, card.roll_number, *card.badges)
    return " · ".join(clean_line(part, 60) for part in parts if part)


def fact_lines(card: Card, clock: str) -> list[Content]:
    """Return how the sitting stands, a line for each kind of fact."""
    section = f" · section {clean_line(card.section, 60)}" if card.section else ""
    lag = "–" if card.lag_ms is None else f"{card.lag_ms // 1000} s"
    runs = card.state in (SeatState.WORKING, SeatState.LOST)
    ends = _pairs(("   ends", end_of(clock, card.left_ms))) if runs else Content("")
    word = state_word(card.state, card.candidate)
    times = [
        _pairs(("answered", f"{card.answered} of {card.questions}"), ("started", wall(card.started_at))),
        _pairs(("used", clock_text(card.used_ms)), ("left", clock_text(card.left_ms))) + ends,
    ]
    lines = [
        Content.assemble((word, "bold"), f" · {clean_line(card.test, 80)}{section}"),
        *([Content("not begun")] if card.started_at is None else times),
        _saved("saved here   ", card.saved_seat_at, clock),
        _saved("saved hall   ", card.saved_hall_at, clock) + Content.assemble(("   lag ", "$muted"), lag),
        _saved("saved central", card.saved_central_at, clock),
    ]
    if card.build or card.paper:
        lines.append(
            _pairs(("program", clean_line(card.build or "–", 30)), ("paper", clean_line(card.paper or "–", 16)))
        )
    return lines


def incident_lines(card: Card) -> list[Content]:
    """Return the incidents, newest first."""
    return [
        Content.assemble((f"! {wall(at)}  ", "$urgent"), clean_line(words, 200))
        for at, words in reversed(card.incidents)
    ]


def event_lines(card: Card) -> list[Content]:
    """Return the story, newest first."""
    return [
        Content.assemble((f"  {wall(at)}  ", "$muted"), clean_line(words, 200)) for at, words in reversed(card.events)
    ]


def short_card(card: Card, clock: str, width: int, height: int) -> Content:
    """Return as much of a card as fits beside the map."""
    lines = [Content.styled(shorten(title_of(card), width), "bold"), *fact_lines(card, clock)]
    lines += [Content(""), *incident_lines(card), *event_lines(card)]
    return Content("\n").join([line.truncate(width, ellipsis=True) for line in lines[:height]])


def _pairs(*pairs: tuple[str, str]) -> Content:
    return Content("   ").join([Content.assemble((f"{word} ", "$muted"), (value, "")) for word, value in pairs])


def _saved(word: str, at: str | None, clock: str) -> Content:
    old = age(at, clock) if at else ""
    return Content.assemble((f"{word} ", "$muted"), wall(at), (f" ({old} ago)" if old else "", "$muted"))
