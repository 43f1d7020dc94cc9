"""What stands between a person at a seat and their hall: messages, a call for a proctor, and the link."""

from dataclasses import dataclass

from kiosk.exam.text import clean_line
from kiosk.views.desk import HallMessage, LinkState

CALLED = "▲ a proctor is called"
UNHEARD = "▲ the hall does not answer: raise your hand"


@dataclass(frozen=True, slots=True)
class News:
    """All of it at one moment, as the App tells every page of somebody who is signed in."""

    messages: tuple[HallMessage, ...] = ()
    """What may be read now, oldest first."""
    hand: bool = False
    """Whether a proctor has been called."""
    link: LinkState | None = None

    @property
    def hand_words(self) -> str:
        """The call in words, or nothing."""
        if not self.hand:
            return ""
        return CALLED if self.link is None or self.link.is_connected else UNHEARD

    @property
    def unread_words(self) -> str:
        """What has not been read, with its key and how the newest begins, or nothing."""
        unread = [m for m in self.messages if not m.is_read]
        if not unread:
            return ""
        count = "1 message" if len(unread) == 1 else f"{len(unread)} messages"
        return f"F12 reads {count} from the hall: {clean_line(unread[-1].text)}"

    def corrections(self, question_id: str) -> tuple[str, ...]:
        """Return what has been said about one question, oldest first."""
        return tuple(m.text for m in self.messages if m.question_id == question_id)
