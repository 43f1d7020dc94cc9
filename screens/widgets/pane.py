"""One question at work: caption, text, and the place where it is answered."""

import re

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.getters import query_one
from textual.reactive import reactive
from textual.widgets import Static

from kiosk.exam.answer import Answer
from kiosk.exam.attachment import is_address
from kiosk.exam.text import clean_line
from kiosk.views.candidate import QuestionCard
from screens.widgets.caption import caption
from screens.widgets.choices import Choices
from screens.widgets.stem import Stem
from screens.widgets.writing import Writing

LEAST_STEM = 4
NETWORK = " (needs a network)"
_MARKUP = re.compile(r"([\\`*_\[\]<>~|])")
AIRY_ROWS = 15
"""With more rows than this there is a blank one below the caption."""


class Pane(Vertical):
    """Shows one question after another in the same widgets, so that going on is never slower than a keystroke."""

    DEFAULT_CSS = """
    Pane {
        & #caption { height: 1; color: $muted; }
        & Writing { display: none; }
        &.-text Writing { display: block; }
        &.-text Choices { display: none; }
    }
    """

    flagged: reactive[bool] = reactive(False)
    caption = query_one("#caption", Static)
    stem = query_one(Stem)
    choices = query_one(Choices)
    writing = query_one(Writing)

    def __init__(self) -> None:
        super().__init__()
        self.card: QuestionCard | None = None
        self._questions = 0
        self._hints = 0
        self._preface: str | None = None
        self.corrections: tuple[str, ...] = ()
        """What the hall has said about this question, oldest first."""

    def compose(self) -> ComposeResult:
        """Compose what every type of question needs; only the right part is shown."""
        yield Static(id="caption")
        yield Stem()
        yield Choices()
        yield Writing()

    def open(self, card: QuestionCard, answer: Answer, text: str, questions: int, preface: str | None) -> None:
        """Show a question with its present answer and text; `questions` counts those of its section."""
        self.card, self._questions, self._hints, self._preface = card, questions, answer.hints_shown, preface
        is_choice = card.type.is_choice
        self.set_class(not is_choice, "-text")
        self.stem.show(self._text())
        if is_choice:
            self.choices.show(card, frozenset(answer.option_ids))
        else:
            self.writing.open(card, text)
        self.flagged = answer.flagged
        self._write_caption()
        self.allot()

    def update_answer(self, answer: Answer, flagged: bool) -> None:
        """Show what has changed in the present question's answer; text is left to the person writing it."""
        self.choices.show_chosen(frozenset(answer.option_ids))
        if answer.hints_shown != self._hints:
            self._hints = answer.hints_shown
            self.stem.show(self._text(), keep_place=True)
            self.allot()
            self.call_after_refresh(self.stem.scroll_lines, len(self.stem.lines()))
        self.flagged = flagged

    def correct(self, corrections: tuple[str, ...]) -> None:
        """Show the corrections of the present question; what is being read stays where it is."""
        if corrections == self.corrections:
            return
        self.corrections = corrections
        self.stem.show(self._text(), keep_place=True)
        self._write_caption()
        self.allot()

    @property
    def is_text(self) -> bool:
        """Whether the present question is answered by writing."""
        return self.has_class("-text")

    @property
    def has_unsent(self) -> bool:
        """Whether there is text that has not been handed over."""
        return self.is_text and self.writing.has_unsent

    def take_text(self) -> str | None:
        """Return text that has not been handed over, as handed over from now on."""
        return self.writing.take() if self.is_text else None

    def focus_answer(self) -> None:
        """Put the focus where this question is answered."""
        (self.writing.editor if self.is_text else self.choices).focus()

    def watch_flagged(self) -> None:
        """The flag stands in the caption."""
        if self.is_mounted:
            self._write_caption()

    def on_resize(self) -> None:
        """Share the rows anew, and keep the caption at both ends."""
        self._write_caption()
        self.allot()

    def allot(self) -> None:
        """Share the rows: the answer keeps its place, a long question scrolls above it."""
        airy = self.content_size.height > AIRY_ROWS
        self.caption.styles.height = 2 if airy else 1
        rows, width = self.content_size.height - (2 if airy else 1), self.content_size.width
        if rows < 2 or self.card is None:
            return
        stem = self.stem.wanted(width - 2)
        if self.is_text:
            given = max(2, min(stem, rows // 2))
            self.writing.allot(rows, width)
        else:
            want = self.choices.wanted(width)
            most = max(rows // 2, rows - stem, rows - LEAST_STEM if want > rows else 0)
            self.choices.styles.height = min(want, most)
            given = min(stem, rows - min(want, most))
        self.stem.styles.height = given
        self.stem.can_focus = stem > given

    def _text(self) -> str:
        card = self.card
        if card is None:
            return ""
        parts = ["> " + self._preface.replace("\n", "\n> ")] if self._preface else []
        parts.append(card.text)
        parts += [f"**Correction:** {_plain(clean_line(words))}" for words in self.corrections]
        if card.files:
            parts.append("Attached, shown by F10: " + ", ".join(_plain(f.name) for f in card.files))
        parts += [f"Attached: {name}{NETWORK if is_address(name) else ''}" for name in card.attachments]
        parts += [f"**Hint {n}:** {hint}" for n, hint in enumerate(card.hints[: self._hints], 1)]
        return "\n\n".join(parts)

    def _write_caption(self) -> None:
        if self.card is not None:
            width, is_corrected = self.content_size.width, bool(self.corrections)
            words = caption(self.card, self._questions, self.flagged, width, is_corrected)
            self.caption.update(words, layout=False)


def _plain(name: str) -> str:
    return _MARKUP.sub(r"\\\1", name)


if __name__ == "__main__":
    from decimal import Decimal

    from kiosk.exam.draft import QuestionType
    from kiosk.views.candidate import OptionCard
    from screens.widgets.sample import show

    options = (OptionCard("1", "A", "Chloroplast"), OptionCard("2", "B", "Centriole"))
    question = QuestionCard("q", 7, "s", QuestionType.MCQ, "Which is **not** in a plant?", Decimal(2), options)
    pane = Pane()
    pane.call_later(pane.open, question, Answer("q", ("2",)), "", 15, None)
    show(pane)
