"""The story of an assignment as its journal tells it: the rows of `test_logs` once a sitting exists."""

from collections.abc import Iterable, Mapping

from kiosk.exam.entry import Entry, Genesis, Kind
from kiosk.exam.log import LogEntry
from kiosk.exam.moment import parse_iso
from kiosk.exam.page import row_id
from kiosk.exam.person import SYSTEM_ID
from kiosk.exam.status import LogAction

_CHANGES: Mapping[Kind, str] = {
    Kind.PAUSED: "Paused",
    Kind.EXTENDED: "Extended",
    Kind.GAP_ATTRIBUTED: "Gap charged",
    Kind.REOPENED: "Reopened",
}
"""Acts that change what time a candidate has, each an `updated` in the log."""
TOLD = frozenset({Kind.OPENED, Kind.HANDED_IN, *_CHANGES})
"""Kinds of entry that the story tells of."""


def story(genesis: Genesis, entries: Iterable[Entry], candidate_id: str) -> tuple[LogEntry, ...]:
    """Return what a journal says was done to its assignment: started, every change by a proctor, submitted."""
    told = []
    for entry in entries:
        act = _act(entry, candidate_id)
        if act is None:
            continue
        action, by, details = act
        told.append(
            LogEntry(
                log_id=log_id(genesis.submission_id, entry.seq),
                assignment_id=genesis.assignment_id,
                action=action,
                performed_by=by,
                timestamp=parse_iso(entry.at),
                details=details,
            )
        )
    return tuple(told)


def log_id(submission_id: str, seq: int) -> str:
    """Return the id of the row that tells of one entry."""
    return row_id(submission_id, "log", str(seq))


def _act(entry: Entry, candidate_id: str) -> tuple[LogAction, str, str | None] | None:
    if entry.kind is Kind.OPENED:
        return LogAction.STARTED, candidate_id, f"Attempt {entry.body['attempt']}"
    if entry.kind is Kind.HANDED_IN:
        by = {"candidate": candidate_id, "time": SYSTEM_ID}.get(entry.body["by"]) or str(entry.body["who"])
        answered = f"{entry.body['answered']} of {entry.body['questions']} answered"
        return LogAction.SUBMITTED, by, f"Handed in by {entry.body['by']}, {answered}"
    if entry.kind in _CHANGES:
        return LogAction.UPDATED, str(entry.body.get("who") or SYSTEM_ID), _details(entry)
    return None


def _details(entry: Entry) -> str:
    body, words = entry.body, _CHANGES[entry.kind]
    ms = body.get("ms", body.get("charged_ms"))
    if entry.kind is Kind.EXTENDED and ms < 0:
        words = f"Extension taken back, {_length(-ms)}"
    elif ms is not None:
        words += f" by {_length(ms)}" if entry.kind is Kind.EXTENDED else f" with {_length(ms)}"
    if body.get("second"):
        words += f", with {body['second']} standing by"
    return f"{words}: {body['reason']}" if body.get("reason") else words


def _length(ms: int) -> str:
    minutes, seconds = divmod(round(ms / 1000), 60)
    return f"{minutes} min" if not seconds else f"{minutes} min {seconds} s"
