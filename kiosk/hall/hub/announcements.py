"""Announcements: what the hall is told, and how many seats have it on the screen, and read it."""

import uuid
from collections.abc import Callable, Iterable, Sequence

from kiosk.exam.dispatch import SpokenWord
from kiosk.exam.error import Refused
from kiosk.exam.log import AuditEntry
from kiosk.exam.moment import Clock, iso, parse_iso
from kiosk.exam.person import Person
from kiosk.exam.text import clean_line, clean_text
from kiosk.hall.hub.erratum import seats_with
from kiosk.hall.hub.presence import Presence
from kiosk.views.board import Announcement
from kiosk.wire.hub import AnnouncementMessage, ToldMessage
from storage.hall.store import HallStore

LONGEST = 2_000
NO_ANSWER_MS = 5_000
"""After so long an announcement that no seat has on its screen is said again."""


class Announcements:
    """Durable; said again after every connection, until the seat says it is on the screen."""

    def __init__(
        self, store: HallStore, presence: Presence, clock: Clock, papers_with: Callable[[str], frozenset[str]]
    ) -> None:
        """`papers_with` tells which papers have a question."""
        self._papers_with = papers_with
        self._store = store
        self._presence = presence
        self._clock = clock
        self._due: dict[str, int] = {}
        """Seats on the line that were told something, and when, by the hub's boot clock."""

    def give(self, text: str, who: Person, seats: Sequence[str], question: str | None = None) -> str:
        """Tell some seats something and return its id; with `question`, those whose paper has it.

        Raises Refused for a text that says nothing or is too long, and where no seat is left to be told.
        """
        words = clean_text(text, LONGEST + 1).strip()
        if not words or len(words) > LONGEST:
            raise Refused(f"An announcement has at least one character and at most {LONGEST:,}.")
        if question is not None:
            seats = seats_with(self._store, self._presence, self._papers_with(question), seats)
        told = tuple(dict.fromkeys(seats))
        if not told:
            raise Refused("No seat is told this." if question is None else "No paper at these seats has that question.")
        now = parse_iso(self._clock.now().at)
        word = SpokenWord(
            announcement_id=uuid.uuid4().hex,
            who=who.user_id,
            text=words,
            question=question,
            at=now,
        )
        audit = AuditEntry(
            at=now,
            who=who.user_id,
            action="notification.broadcast_hall",
            subject_type="announcements",
            subject_id=word.announcement_id,
            details={"seats": len(told)} | ({} if question is None else {"question": question}),
        )
        self._store.announcements.give(word, told, audit)
        for seat in told:
            self._say(seat, [(word, who.name)])
        return word.announcement_id

    def told(self, seat: str, message: ToldMessage) -> None:
        """Write down how far an announcement came at a seat; what it was not told is passed over."""
        self.take([(seat, message)])

    def take(self, batch: Sequence[tuple[str, ToldMessage]]) -> None:
        """Write down how far announcements came at some seats, in one transaction."""
        if not batch:
            return
        now = parse_iso(self._clock.now().at)
        self._store.announcements.told_all([(said.announcement_id, seat, said.is_read) for seat, said in batch], now)
        due = {seat for seat, _ in batch if seat in self._due}
        for seat in due - self._store.announcements.untold(due):
            del self._due[seat]

    def given(self) -> tuple[Announcement, ...]:
        """Return every announcement with how far it has come, newest first."""
        return tuple(
            Announcement(
                announcement_id=word.announcement_id,
                at=iso(word.at),
                text=word.text,
                seats=word.seats,
                delivered=word.delivered,
                read=word.read,
            )
            for word in self._store.announcements.given()
        )

    def send_waiting(self, seat: str) -> None:
        """Send a seat that has just joined what it was not told yet."""
        self._due.pop(seat, None)
        self._say(seat, self._store.announcements.waiting(seat))

    def tick(self) -> None:
        """Say again what has not come to a screen for a while."""
        now = self._clock.now().boot_ms
        for seat in [seat for seat, said in self._due.items() if now - said >= NO_ANSWER_MS]:
            self.send_waiting(seat)

    def _say(self, seat: str, words: Iterable[tuple[SpokenWord, str]]) -> None:
        post = self._presence.post(seat)
        if post is None:
            return
        for word, name in words:
            self._due.setdefault(seat, self._clock.now().boot_ms)
            post.send(
                AnnouncementMessage(
                    announcement_id=word.announcement_id,
                    at=iso(word.at),
                    who=clean_line(name),
                    text=word.text,
                    question=word.question,
                )
            )
