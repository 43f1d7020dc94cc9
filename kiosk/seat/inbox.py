"""The inbox: what the hall tells a candidate. With a test open it stands in the journal, else in the seat's store."""

from collections.abc import Iterable
from dataclasses import replace
from threading import RLock

from kiosk.exam.entry import Entry, Kind
from kiosk.exam.error import Refused
from kiosk.exam.text import clean_line, clean_text
from kiosk.seat.scribe import Scribe
from kiosk.views.desk import HallMessage
from storage.seat.message import KeptMessage, MessagePart

LONGEST = 2_000


class Inbox:
    """The messages of whoever is signed in. Usable from any thread."""

    def __init__(self, store: MessagePart) -> None:
        self._store = store
        self._candidate_id = ""
        self._messages: dict[str, HallMessage] = {}
        self._places: dict[str, int] = {}
        """Entries by message."""
        self._lock = RLock()

    def __contains__(self, message_id: object) -> bool:
        return message_id in self._messages

    def clear(self) -> None:
        """Forget it all: nobody is signed in."""
        with self._lock:
            self._candidate_id = ""
            self._messages, self._places = {}, {}

    def open(self, candidate_id: str) -> None:
        """Begin with what a candidate was told here while no test was open."""
        with self._lock:
            kept = self._store.of(candidate_id)
            self._candidate_id, self._places = candidate_id, {}
            self._messages = {m.message_id: _shown(m) for m in kept}

    def fill(self, entries: Iterable[Entry]) -> None:
        """Take back what a journal says was told and read."""
        with self._lock:
            for entry in entries:
                if entry.kind is Kind.MESSAGED and "message" in entry.body:
                    self._put(_message(entry), entry.seq)
                elif entry.kind is Kind.READ:
                    self._read(next((i for i, seq in self._places.items() if seq == entry.body["message"]), None))

    def take(self, message: HallMessage, scribe: Scribe | None) -> HallMessage | None:
        """Keep a message, in the journal where a test is open; return it as it is shown, None where nobody is here.

        What is in no journal, as outside a test and after a hand-in, is committed when this returns.
        """
        clean = replace(message, who=clean_line(message.who, 100), text=clean_text(message.text, LONGEST))
        body = {
            "message": clean.message_id,
            "at": clean.at,
            "who": clean.who,
            "text": clean.text,
            "question": clean.question_id,
        }
        with self._lock:
            if not self._candidate_id:
                return None
            if clean.message_id in self._messages:
                return self._messages[clean.message_id]
            entry = None if scribe is None else scribe.observe(Kind.MESSAGED, body)
            if entry is None:
                self._store.keep(self._candidate_id, _kept(clean))
            self._put(clean, None if entry is None else entry.seq)
            return clean

    def read(self, message_id: str, scribe: Scribe | None) -> bool:
        """Note that a message was read; return whether it had not been. Raises Refused for one never told."""
        with self._lock:
            if message_id not in self._messages:
                raise Refused("There is no such message.")
            if self._messages[message_id].is_read:
                return False
            place = self._places.get(message_id)
            if scribe is not None and place is not None:
                scribe.observe(Kind.READ, {"message": place})
            elif place is None:
                self._store.read(self._candidate_id, message_id)
            self._read(message_id)
            return True

    def messages(self) -> tuple[HallMessage, ...]:
        """Return what was told, oldest first."""
        with self._lock:
            return tuple(sorted(self._messages.values(), key=lambda m: (m.at, m.message_id)))

    def _put(self, message: HallMessage, seq: int | None) -> None:
        self._messages[message.message_id] = message
        if seq is not None:
            self._places[message.message_id] = seq

    def _read(self, message_id: str | None) -> None:
        if message_id is not None:
            self._messages[message_id] = replace(self._messages[message_id], is_read=True)


def _message(entry: Entry) -> HallMessage:
    body = entry.body
    return HallMessage(
        message_id=body["message"], at=body["at"], who=body["who"], text=body["text"], question_id=body["question"]
    )


def _kept(message: HallMessage) -> KeptMessage:
    return KeptMessage(
        message_id=message.message_id, at=message.at, who=message.who, text=message.text, question=message.question_id
    )


def _shown(kept: KeptMessage) -> HallMessage:
    return HallMessage(
        message_id=kept.message_id,
        at=kept.at,
        who=kept.who,
        text=kept.text,
        question_id=kept.question,
        is_read=kept.is_read,
    )
