"""Deeds: what was done in the hall, read from its books, and which of it can still be taken back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kiosk.exam.log import AuditEntry
from kiosk.exam.moment import iso
from kiosk.exam.text import clean_line
from kiosk.hall.board.deal import UNDOABLE, words_of
from kiosk.views.order import Deed

MOST = 500
"""Deeds a console is told of, the newest."""


@dataclass(frozen=True, slots=True)
class Done:
    """One order as the books tell of it: an entry for each seat."""

    act_id: str
    verb: str
    entries: tuple[AuditEntry, ...]
    undone: frozenset[str]
    """Seats at which it was taken back."""

    @property
    def open_entries(self) -> tuple[AuditEntry, ...]:
        """Its entries that can still be taken back."""
        if self.verb not in UNDOABLE:
            return ()
        return tuple(e for e in self.entries if str(e.details.get("seat", "")) not in self.undone)


def done_acts(books: Iterable[AuditEntry], staff: Mapping[str, str]) -> dict[str, Done]:
    """Return the acts of proctors by id, in the order they began."""
    grouped: dict[str, list[AuditEntry]] = {}
    undone: dict[str, set[str]] = {}
    for entry in books:
        told = entry.details
        act_id = str(told.get("order") or told.get("grant") or "")
        if entry.who not in staff or not act_id:
            continue
        grouped.setdefault(act_id, []).append(entry)
        if told.get("undoes"):
            undone.setdefault(str(told["undoes"]), set()).add(str(told.get("seat", "")))
    return {
        act_id: Done(act_id, _verb(entries[0]), tuple(entries), frozenset(undone.get(act_id, ())))
        for act_id, entries in grouped.items()
    }


def deeds(done: Iterable[Done], staff: Mapping[str, str]) -> tuple[Deed, ...]:
    """Return them as a console shows them, newest first."""
    return tuple(_deed(one, staff) for one in reversed([*done][-MOST:]))


def _deed(done: Done, staff: Mapping[str, str]) -> Deed:
    first = done.entries[0]
    second = staff.get(str(first.details.get("second", "")))
    who = clean_line(staff[first.who]) + (f" with {clean_line(second)}" if second else "")
    return Deed(
        act_id=done.act_id,
        at=iso(first.at),
        who=who,
        words=_words(done.verb, first),
        seats=tuple(dict.fromkeys(seat for e in done.entries for seat in _seats(e))),
        can_undo=bool(done.open_entries),
    )


def _seats(entry: AuditEntry) -> list[str]:
    return str(entry.details.get("seats") or entry.details.get("seat") or "").split()


def _verb(entry: AuditEntry) -> str:
    return str(entry.details.get("verb") or entry.details.get("act") or entry.action)


def _words(verb: str, entry: AuditEntry) -> str:
    ms = entry.details.get("ms")
    words = words_of(verb, bool(ms))
    if ms:
        minutes, seconds = divmod(round(int(str(ms)) / 1000), 60)
        words += f" by {minutes} min" + (f" {seconds} s" if seconds else "")
    reason = entry.details.get("reason") or entry.details.get("note")
    return f"{words}: {clean_line(str(reason), 200)}" if reason else words
