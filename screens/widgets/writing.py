"""Where an essay or a program is written: editor, count and examples, and what of it has been handed over."""

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.getters import query_one
from textual.message import Message
from textual.widgets import Static, TextArea

from kiosk.exam.answer import count_words
from kiosk.exam.draft import QuestionType
from kiosk.exam.sitting import LONGEST_TEXT
from kiosk.views.candidate import QuestionCard
from screens.widgets.editor import Editor
from screens.widgets.examples import Examples


class Writing(Vertical):
    """Holds one text at a time and knows whether it is what was last handed over."""

    DEFAULT_CSS = """
    Writing {
        height: 1fr;
        & #count { height: 1; color: $muted; padding: 0 1; }
        & Editor { height: 1fr; min-height: 3; }
        &.-essay Examples { display: none; }
    }
    """
    count = query_one("#count", Static)
    editor = query_one(Editor)
    examples = query_one(Examples)

    @dataclass
    class Typed(Message):
        """The text in the editor has changed."""

    @dataclass
    class TooLong(Message):
        """The text would have become longer than an answer may be."""

    def __init__(self) -> None:
        super().__init__()
        self.card: QuestionCard | None = None
        self._put_down = ""

    def compose(self) -> ComposeResult:
        """Compose editor, count and examples."""
        yield Editor()
        yield Static(id="count")
        yield Examples()

    def open(self, card: QuestionCard, text: str) -> None:
        """Show the text of a question."""
        self.card = card
        self.set_class(card.type is QuestionType.ESSAY, "-essay")
        self.examples.show(card.examples)
        self.load(text)

    def load(self, text: str) -> None:
        """Put a text into the editor and take it as handed over."""
        card = self.card
        self._put_down = text
        self.editor.open(text, card.language if card else None, bool(card and card.type is QuestionType.CODING))
        self._write_count()

    @property
    def has_unsent(self) -> bool:
        """Whether the editor holds text that has not been handed over."""
        return self.card is not None and self.editor.text != self._put_down

    def take(self) -> str | None:
        """Return the text if it has not been handed over, and take it as handed over from now on."""
        if not self.has_unsent:
            return None
        self._put_down = self.editor.text
        return self._put_down

    def put_down_again(self, text: str) -> None:
        """Take `text` as what was handed over, so that anything else in the editor is offered once more."""
        self._put_down = text

    def allot(self, rows: int, width: int) -> None:
        """Give the examples a quarter of the rows at most."""
        below = self.examples.wanted(width - 2) if self.card and self.card.examples else 0
        self.examples.styles.height = min(below, max(2, rows // 4)) if below else 0

    @on(TextArea.Changed)
    def tell_typing(self, event: TextArea.Changed) -> None:
        """Count anew and tell that the text has changed; too long a text goes back by one step."""
        event.stop()
        if len(self.editor.text) > LONGEST_TEXT:
            self.editor.undo()
            self.post_message(self.TooLong())
            return
        self._write_count()
        self.post_message(self.Typed())

    def _write_count(self) -> None:
        card = self.card
        if card is not None and card.type is QuestionType.ESSAY:
            words = count_words(self.editor.text)
            self.count.update(Content.assemble(*word_parts(words, card.min_words, card.max_words)), layout=False)
            return
        lines = self.editor.document.line_count
        language = (card and card.language) or "text"
        self.count.update(Content(f"{lines} {'line' if lines == 1 else 'lines'} · {language}"), layout=False)


def word_parts(words: int, least: int | None, most: int | None) -> list[tuple[str, str]]:
    """Return the word count with its limits: "214 words of 300 to 500", and a word where it is outside them."""
    unit = "word" if words == 1 else "words"
    limits = ""
    if least and most:
        limits = f" of {least} to {most}"
    elif least or most:
        limits = f" of at least {least}" if least else f" of at most {most}"
    parts = [(f"{words} {unit}{limits}", "$foreground")]
    if most and words > most:
        parts.append((f"  ! {words - most} too many", "bold $urgent"))
    return parts


if __name__ == "__main__":
    from decimal import Decimal

    from screens.widgets.sample import show

    essay = QuestionCard("q", 1, "s", QuestionType.ESSAY, "", Decimal(10), min_words=300, max_words=500)
    writing = Writing()
    writing.call_later(writing.open, essay, "Cells divide to grow.")
    show(writing)
