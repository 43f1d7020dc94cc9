"""Events: the last things that happened in a sitting, in words for the proctor. Never a question, never an answer."""

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any

from kiosk.exam.entry import Entry, Kind
from kiosk.exam.text import clean_line

LAST = 5
_PLAIN: Mapping[Kind, str] = {
    Kind.RESUMED: "resumed",
    Kind.UNLOCKED: "unlocked",
    Kind.MESSAGED: "told something",
    Kind.MOVED: "moved to this seat",
    Kind.FOCUS_LOST: "another window took the focus",
    Kind.RESTARTED: "the seat started again",
    Kind.SEALED: "sealed",
}
_HANDED_IN = {"candidate": "handed in", "time": "handed in: the time was over", "proctor": "handed in by the proctor"}


class RecentEvents:
    """The last few events; given every entry, it keeps those a proctor wants to see."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._events: deque[tuple[str, str]] = deque(maxlen=LAST)
        for entry in entries:
            self.add(entry)

    def add(self, entry: Entry) -> None:
        """Take note of an entry."""
        words = event_words(entry)
        if words is not None:
            self._events.append((entry.at, words))

    def __iter__(self) -> Any:
        return iter(tuple(self._events))


def event_words(entry: Entry) -> str | None:
    """Return what an entry says to a proctor, or None where it says nothing."""
    body = entry.body
    match entry.kind:
        case Kind.OPENED:
            return f"started, attempt {body['attempt']}"
        case Kind.HANDED_IN:
            return _HANDED_IN[body["by"]]
        case Kind.PAUSED | Kind.LOCKED | Kind.REOPENED:
            return _with_reason(entry.kind.value, body)
        case Kind.EXTENDED if body["ms"] < 0:
            return _with_reason(f"extension taken back, {span(-body['ms'])}", body)
        case Kind.EXTENDED:
            return _with_reason(f"extended by {span(body['ms'])}", body)
        case Kind.GAP:
            return f"gap ({body['cause']}), {'not measured' if body['ms'] is None else span(body['ms'])}"
        case Kind.GAP_ATTRIBUTED:
            return _with_reason(f"gap charged {span(body['charged_ms'])}", body)
        case Kind.CLOCK_STEPPED:
            return f"wall clock set by {body['ms'] / 1000:+.0f} s"
        case Kind.NOTED:
            return f"incident: {clean_line(body['category'], 40)}"
        case Kind.PASTED:
            return f"paste of {body['length']} characters refused"
        case Kind.DEVICE_CHANGED:
            return f"device: {clean_line(body['what'], 40)}"
    return _PLAIN.get(entry.kind)


def span(ms: int) -> str:
    """Return milliseconds as minutes and seconds, m:ss."""
    minutes, seconds = divmod(ms // 1000, 60)
    return f"{minutes}:{seconds:02d}"


def _with_reason(words: str, body: Mapping[str, Any]) -> str:
    reason = clean_line(body.get("reason", ""), 40)
    return f"{words}: {reason}" if reason else words
