"""The base of every page of somebody who is signed in: the hall can speak to them, and they can call a proctor."""

from textual.binding import Binding

from screens.messages import HandAsked, MessagesAsked
from screens.news import News
from screens.page import Page
from screens.widgets.rule import Rule


class HallPage(Page):
    """Shows in its lower rule what waits to be read and that a proctor is called; no key is taken, nothing covered."""

    BINDINGS = [
        Binding("f12,ctrl+t", "messages", "messages", id="hall.messages", tooltip="Read what the hall tells you"),
        Binding("f11,ctrl+r", "hand", "call", id="hall.hand", tooltip="Call a proctor, or no more; the clock runs on"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.news = News()

    def on_mount(self) -> None:
        """Show what was given."""
        self.show_news(self.news)

    def show_news(self, news: News) -> None:
        """Show how things stand with the hall."""
        self.news = news
        rule = self.query_one("#lower", Rule)
        rule.hand, rule.news = news.hand_words, news.unread_words

    def say(self, words: str) -> None:
        """Say for a while, in the lower rule, what has happened."""
        self.query_one("#lower", Rule).say(words)

    def action_messages(self) -> None:
        """Ask for the messages."""
        self.post_message(MessagesAsked())

    def action_hand(self) -> None:
        """Ask for a proctor, or ask no more."""
        self.post_message(HandAsked(not self.news.hand))
