"""The App as the hall reaches it: messages to read, a proctor to call, and how the seat stands with its hall."""

from pathlib import Path
from typing import TYPE_CHECKING

from textual import on

from kiosk.apps.locked import LockedApp
from screens import messages

if TYPE_CHECKING:
    from kiosk.views.desk import Desk, HallMessage
    from screens.hallpage import HallPage
    from screens.news import News

NO_LINE = "Nobody can be called from this seat. Please raise your hand."


class HallApp(LockedApp):
    """A locked App with a desk, whose pages are told what the hall says."""

    def __init__(self, log_file: Path | None = None) -> None:
        super().__init__(log_file)
        self.desk: Desk | None = None
        self.in_sitting = False
        self.hand = False
        """Whether a proctor has been called."""

    @on(messages.MessagesAsked)
    def show_messages(self) -> None:
        """Open the messages over whatever the candidate was doing."""
        from screens.candidate.told import ToldDialog

        desk = self.desk
        if desk is not None:
            self.push_screen(ToldDialog(self._messages(desk), self._places(desk)))

    @on(messages.MessageRead)
    def read_message(self, read: messages.MessageRead) -> None:
        """Record that a message has been read."""
        if self.desk is not None:
            self.desk.read_message(read.message_id)
            self.tell_news()

    @on(messages.HandAsked)
    def raise_hand(self, asked: messages.HandAsked) -> None:
        """Call a proctor, or take the call back."""
        desk = self.desk
        if desk is None:
            return
        if asked.on and desk.link().hall is None:
            self.say(NO_LINE)
            return
        self.set_hand(asked.on)

    def set_hand(self, on: bool) -> None:
        """Call a proctor, or call them no more."""
        if self.desk is not None and self.hand != on:
            self.hand = on
            self.desk.raise_hand(on)
            self.tell_news()

    def tell_news(self) -> None:
        """Tell every page of somebody who is signed in how things stand with the hall."""
        from screens.candidate.told import ToldDialog

        news = self.news()
        for page in self._hall_pages():
            page.show_news(news)
        for screen in self.screen_stack:
            if isinstance(screen, ToldDialog) and screen.is_mounted:
                screen.show_messages(news.messages)

    def news(self) -> "News":
        """Return how things stand with the hall now."""
        from screens.news import News

        desk = self.desk
        return News() if desk is None else News(self._messages(desk), self.hand, desk.link())

    def say(self, words: str) -> None:
        """Say what has happened, on every page that is shown."""
        for page in self._hall_pages():
            page.say(words)

    def _messages(self, desk: "Desk") -> "tuple[HallMessage, ...]":
        """Return what may be read now: a correction only with its question in sight."""
        shown = self._places(desk)
        return tuple(m for m in desk.messages() if m.question_id is None or m.question_id in shown)

    def _places(self, desk: "Desk") -> dict[str, str]:
        """Name every question that may be seen now: "question 7 of Cells"."""
        from kiosk.exam.attempt import Phase

        if not self.in_sitting or desk.state().phase is not Phase.RUNNING:
            return {}
        sections = desk.sheet().sections
        return {q.question_id: f"question {q.number} of {s.title}" for s in sections for q in s.questions}

    def _hall_pages(self) -> "list[HallPage]":
        """Return the pages to be told; one that is not composed yet shows what it was made with.

        None once the App closes: its pages are taken apart then, while its timers go on.
        """
        from screens.hallpage import HallPage

        return [s for s in self.screen_stack if isinstance(s, HallPage) and s.is_mounted and self.is_running]
