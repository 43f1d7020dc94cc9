"""The card of one candidate at one seat: times, levels of saving and what was done; never content."""

from collections.abc import Iterable, Iterator, Mapping

from kiosk.exam.accommodation import Accommodation
from kiosk.exam.assignment import Assignment
from kiosk.exam.error import Refused
from kiosk.exam.grant import Act
from kiosk.exam.log import AuditEntry
from kiosk.exam.moment import iso
from kiosk.exam.text import clean_line
from kiosk.exam.timing import MINUTE_MS
from kiosk.hall.board.deal import words_of
from kiosk.hall.board.fold import Glance
from kiosk.hall.board.watch import Watch
from kiosk.views.board import Card, SeatLine
from storage.hall.store import HallStore

_EVENTS = {
    "submission.start": "begun",
    "proctoring.checkin_identity": "signed in",
}


def card_of(store: HallStore, watch: Watch, seat: str) -> Card:
    """Return who is at a seat; raises Refused where nobody is."""
    seen = watch.seen
    look, line = seen.looks.get(seat), seen.lines.get(seat)
    if look is None or line is None or look.player is None:
        raise Refused(f"Nobody sits at {clean_line(seat, 40)}.")
    staff = {a.person.user_id: a.person.name for a in store.roster.staff()}
    record, told = look.record, look.sitting
    assignment = _assignment(look)
    sitting = None if record is None else record.progress.submission_id
    books = watch.books.of(sitting, look.player.person.user_id)
    receipted = None if sitting is None else store.board.receipted_at(sitting)
    return Card(
        seat=seat,
        candidate=clean_line(look.player.person.name),
        roll_number=look.player.person.roll_number,
        test=clean_line(seen.cast.title_of(assignment) or "-"),
        state=line.state,
        badges=tuple(_badges(look, line, assignment)),
        started_at=None if record is None else iso(record.progress.started_at),
        used_ms=look.used_ms or 0,
        left_ms=line.left_ms or 0,
        section=None if told is None or told.section is None else clean_line(told.section),
        answered=look.answered,
        questions=look.questions,
        saved_seat_at=None if told is None else told.saved_at,
        saved_hall_at=None if record is None or record.held_at is None else iso(record.held_at),
        saved_central_at=None if receipted is None else iso(receipted),
        lag_ms=line.lag_ms,
        events=tuple(_events(books, staff)),
        incidents=tuple(_incidents(watch, sitting, books)),
        build=None if look.heard is None else clean_line(look.heard.build, 100),
        paper=None if assignment is None or assignment.paper_digest is None else assignment.paper_digest[:8],
    )


def _assignment(look: Glance) -> Assignment | None:
    if look.player is None:
        return None
    own = None if look.record is None else look.record.progress.assignment_id
    return next((a for a in look.player.assignments if a.assignment_id == own), look.player.expected)


def _badges(look: Glance, line: SeatLine, assignment: Assignment | None) -> Iterator[str]:
    given = Accommodation() if assignment is None else assignment.accommodation
    if given.extra_percent:
        yield f"+{given.extra_percent} %"
    if given.extra_ms:
        yield f"+{given.extra_ms // MINUTE_MS} min"
    if given.rest_breaks:
        yield "rest breaks"
    if look.record is None:
        return
    if line.extended:
        yield f"extended {look.record.acts.extended_ms // MINUTE_MS} min"
    session = None if look.player is None else look.player.session
    if session is not None and look.record.progress.started_at > session.starts_at:
        late = (look.record.progress.started_at - session.starts_at).total_seconds() * 1000
        if late >= MINUTE_MS:
            yield f"late start {round(late) // MINUTE_MS} min"
    if look.record.acts.moved:
        yield "moved"


def _events(books: Iterable[AuditEntry], staff: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for entry in books:
        told = entry.details
        verb = str(told.get("verb") or told.get("act") or "")
        ms = told.get("ms")
        words = words_of(verb, bool(ms)) or _EVENTS.get(entry.action, entry.action)
        words += f" by {int(str(ms)) // MINUTE_MS} min" if ms else ""
        reason = told.get("reason") or told.get("note")
        words += f": {clean_line(str(reason), 100)}" if reason else ""
        who = staff.get(entry.who)
        yield iso(entry.at), f"{words} ({clean_line(who)})" if who else words


def _incidents(watch: Watch, sitting: str | None, books: Iterable[AuditEntry]) -> Iterator[tuple[str, str]]:
    """Give what was noted of a sitting, with the words of its grants."""
    for entry in books:
        grant = watch.records.grants.get(str(entry.details.get("grant", "")))
        if grant is None or grant.act is not Act.NOTE or grant.submission_id != sitting:
            continue
        words = ": ".join(w for w in (clean_line(grant.reason, 100), clean_line(grant.note, 300)) if w)
        yield iso(entry.at), words
