"""One question at work: caption, text, and the place where it is answered."""

from dataclasses import dataclass

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.getters import query_one
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static, TextArea

from kiosk.exam.answer import Answer, count_words
from kiosk.exam.draft import QuestionType
from kiosk.views.candidate import QuestionCard
from screens.widgets.choices import Choices
from screens.widgets.editor import Editor
from screens.widgets.examples import Examples
from screens.widgets.line import spread
from screens.widgets.stem import Stem

LEAST_STEM = 4
AIRY_ROWS = 15
"""With more rows than this there is a blank one below the caption."""


class Pane(Vertical):
    """Shows one question after another in the same widgets, so that going on is never slower than a keystroke."""

    DEFAULT_CSS = """
    Pane {
        & #caption { height: 1; color: $muted; }
        & #count { height: 1; color: $muted; padding: 0 1; }
        & Editor { height: 1fr; min-height: 3; }
        &.-choice Editor, &.-choice #count, &.-choice Examples { display: none; }
        &.-text Choices { display: none; }
        &.-essay Examples { display: none; }
    }
    """

    flagged: reactive[bool] = reactive(False)
    caption = query_one("#caption", Static)
    count = query_one("#count", Static)
    stem = query_one(Stem)
    choices = query_one(Choices)
    editor = query_one(Editor)
    examples = query_one(Examples)

    @dataclass
    class Typed(Message):
        """The text in the editor is no longer what was put down."""

    def __init__(self) -> None:
        super().__init__()
        self.card: QuestionCard | None = None
        self._of = 0
        self._put_down = ""
        self._hints = 0
        self._preface: str | None = None

    def compose(self) -> ComposeResult:
        yield Static(id="caption")
        yield Stem()
        yield Choices()
        yield Editor()
        yield Static(id="count")
        yield Examples()

    def open(self, card: QuestionCard, answer: Answer, of: int, preface: str | None) -> None:
        """Show a question with its present answer; `of` counts the questions of its section."""
        self.card, self._of, self._hints = card, of, answer.hints_shown
        self._preface = preface
        is_choice = card.type.is_choice
        self.set_class(is_choice, "-choice")
        self.set_class(not is_choice, "-text")
        self.set_class(card.type is QuestionType.ESSAY, "-essay")
        self.stem.show(self._text())
        if is_choice:
            self.choices.show(card.options, card.type is QuestionType.MSQ, frozenset(answer.option_ids))
        else:
            self.load_text(answer.text or (card.starter or "" if answer.answered_at is None else ""))
            self.examples.show(card.examples)
        self.flagged = answer.flagged
        self._write_caption()
        self.allot()

    def update(self, answer: Answer, chosen: frozenset[str], flagged: bool) -> None:
        """Show what has changed in the present question's answer; text is left to the person writing it."""
        self.choices.show_chosen(chosen)
        self.flagged = flagged
        if answer.hints_shown != self._hints:
            self._hints = answer.hints_shown
            self.stem.show(self._text(), keep_place=True)
            self.allot()
            self.stem.scroll_lines(10_000)
        self._write_caption()

    def load_text(self, text: str) -> None:
        """Put a text into the editor and take it as put down."""
        card = self.card
        self._put_down = text
        self.editor.open(text, card.language if card else None, bool(card and card.type is QuestionType.CODING))
        self._write_count()

    def take_text(self) -> str | None:
        """Return the text if it is not what was last put down, and take it as put down from now on."""
        if not self.has_unsent:
            return None
        self._put_down = self.editor.text
        return self._put_down

    @property
    def has_unsent(self) -> bool:
        """Whether the editor holds text that has not been handed over."""
        return self.card is not None and not self.card.type.is_choice and self.editor.text != self._put_down

    def put_down_again(self, text: str) -> None:
        """Take `text` as what was put down, so that anything else in the editor is offered once more."""
        self._put_down = text

    def focus_answer(self) -> None:
        """Put the focus where this question is answered."""
        (self.editor if self.has_class("-text") else self.choices).focus()

    def allot(self) -> None:
        """Share the rows: the answer keeps its place, a long question scrolls above it."""
        airy = self.size.height > AIRY_ROWS
        self.caption.styles.height = 2 if airy else 1
        rows, width = self.size.height - (2 if airy else 1), self.size.width
        if rows < 2 or self.card is None:
            return
        stem = self.stem.wanted(width - 2)
        if self.has_class("-choice"):
            want = self.choices.wanted(width)
            given = min(want, max(rows // 2, rows - stem, rows - LEAST_STEM if want > rows else 0))
            self.choices.styles.height = given
            self.stem.styles.height = min(stem, rows - given)
        else:
            below = self.examples.wanted(width) if self.card.examples else 0
            self.examples.styles.height = min(below, max(2, rows // 4)) if below else 0
            self.stem.styles.height = max(2, min(stem, rows * 2 // 5))
        self.stem.can_focus = stem > (self.stem.styles.height.value if self.stem.styles.height else 0)

    def on_resize(self, event: events.Resize) -> None:
        """Share the rows anew, and keep the caption at both ends."""
        self._write_caption()
        self.allot()

    @on(TextArea.Changed)
    def tell_typing(self, event: TextArea.Changed) -> None:
        """Count the words and tell that there is something to put down."""
        event.stop()
        self._write_count()
        if self.editor.text != self._put_down:
            self.post_message(self.Typed())

    def _text(self) -> str:
        card = self.card
        if card is None:
            return ""
        parts = ["> " + self._preface.replace("\n", "\n> ")] if self._preface else []
        parts.append(card.text)
        parts += [f"Attached: {name}" for name in card.attachments]
        parts += [f"**Hint {n}:** {hint}" for n, hint in enumerate(card.hints[: self._hints], 1)]
        return "\n\n".join(parts)

    def _write_caption(self) -> None:
        card = self.card
        if card is None:
            return
        points = f"{card.points.normalize():f} point{'' if card.points == 1 else 's'}"
        left = Content.assemble((f" Question {card.number} of {self._of}", "bold $foreground"))
        if words := choice_words(card):
            left += Content(f" · {words}")
        if self.flagged:
            left += Content.assemble(("  • flagged", "bold $flagged"))
        self.caption.update(spread(left, Content(f"{points} "), self.size.width))

    def _write_count(self) -> None:
        card = self.card
        if card is None or card.type is not QuestionType.ESSAY:
            lines = self.editor.document.line_count
            unit = "line" if lines == 1 else "lines"
            self.count.update(Content(f"{lines} {unit} · {(card and card.language) or 'text'}"))
            return
        words = count_words(self.editor.text)
        self.count.update(Content.assemble(*word_parts(words, card.min_words, card.max_words)))


def choice_words(card: QuestionCard) -> str:
    """Return how many options may be chosen, in words: "choose 2 to 3"."""
    match card.type:
        case QuestionType.MCQ:
            return "choose one"
        case QuestionType.TRUE_FALSE:
            return "true or false"
        case QuestionType.MSQ:
            least, most = card.min_choices or 1, card.max_choices or len(card.options)
            return f"choose {least}" if least == most else f"choose {least} to {most}"
    return ""


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
