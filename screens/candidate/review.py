"""Before handing in: what is answered, what is empty, what is flagged, and the way back to each."""

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.getters import query_one
from textual.widgets import OptionList, Static

from kiosk.exam.answer import Answer
from kiosk.views.candidate import QuestionCard, SectionCard, SittingState
from screens.confirm import ConfirmDialog
from screens.messages import HandInConfirmed, ReviewClosed
from screens.notice import NoticeDialog
from screens.sitting import SittingScreen
from screens.widgets.line import shorten
from screens.widgets.marked_list import MarkedList
from screens.widgets.press import Press

_ADVICE = "Nothing is lost if you go back. Once handed in, no answer can be changed."

SHOWN_NUMBERS = 5
"""More than this many numbers are left to the list below."""


class ReviewScreen(SittingScreen):
    """Counts by section, a list to jump back from, and a hand-in that asks once more."""

    CSS_PATH = "review.tcss"
    HELP = (
        "Nothing has been handed in yet. Go back to any question, or hand in; handing in asks once more. Flagged "
        "answers are marked like any other."
    )
    BINDINGS = [
        Binding("escape,f9", "back", "back", id="review.back", tooltip="Back to the questions"),
        Binding("left", "app.focus_previous", show=False, id="review.previous", tooltip="Previous answer"),
        Binding("right", "app.focus_next", show=False, id="review.next", tooltip="Next answer"),
    ]
    AUTO_FOCUS = "#back"
    summary = query_one("#summary", Static)
    places = query_one(MarkedList)

    def compose_desk(self) -> ComposeResult:
        """Compose the counts, the list and the two answers."""
        with Vertical(id="review"):
            yield Static("Before you hand in", id="title")
            yield Static(id="summary")
            yield MarkedList()
            yield Static(Content(_ADVICE), id="advice")
            with Horizontal(id="answers"):
                yield Press(self._back_words(), id="back")
                yield Press("Hand in ...", id="hand-in")

    def on_mount(self) -> None:
        """Name the keys."""
        super().on_mount()
        self.key_bar.keys = (("Enter", "choose", 0), ("Tab", "list and answers", 2), ("Esc", "back", 1))

    def show_state(self, state: SittingState) -> None:
        """Count anew."""
        super().show_state(state)
        self.summary.update(Content("\n").join([self._line(s) for s in self.sheet.sections]))
        open_cards = self._open_cards()
        self.places.fill([(self._row(card), card.question_id) for card in open_cards])
        self.places.display = bool(open_cards)

    def show_refusal(self, message: str, wait_seconds: int = 0) -> None:
        """Say why it could not be handed in; this must be read."""
        if self.is_current:
            self.app.push_screen(NoticeDialog("Not handed in", message))

    @on(OptionList.OptionSelected)
    def jump(self, event: OptionList.OptionSelected) -> None:
        """Go back to the chosen question."""
        self.post_message(ReviewClosed(event.option_id))

    @on(Press.Pressed, "#back")
    def go_back(self) -> None:
        """Go back to the first empty question, or to where one was."""
        empty = self._first_empty()
        self.post_message(ReviewClosed(empty.question_id if empty else None))

    def action_back(self) -> None:
        """Go back to where one was."""
        self.post_message(ReviewClosed())

    @on(Press.Pressed, "#hand-in")
    def ask_once_more(self) -> None:
        """The second step: what happens, with the safe answer in focus."""
        questions = sum(len(s.questions) for s in self.sheet.sections)
        answered = sum(a.is_answered for a in self.state.answers.values())
        empty = questions - answered
        rest = "none is empty" if not empty else f"{empty} {'is' if empty == 1 else 'are'} empty"
        words = f"You have answered {answered} of {questions} questions; {rest}. After that no answer can be changed."
        dialog = ConfirmDialog(f"Hand in {self.sheet.title}?", words, "Hand in now", "Keep working")
        self.app.push_screen(dialog, self._hand_in)

    def _hand_in(self, agreed: bool | None) -> None:
        if agreed:
            self.post_message(HandInConfirmed())

    def _answer(self, card: QuestionCard) -> Answer:
        return self.state.answers.get(card.question_id) or Answer(card.question_id)

    def _is_shut(self, card: QuestionCard) -> bool:
        return card.section_id in self.state.shut_sections

    def _open_cards(self) -> list[QuestionCard]:
        cards = [card for section in self.sheet.sections for card in section.questions if not self._is_shut(card)]
        return [c for c in cards if not self._answer(c).is_answered or self._answer(c).flagged]

    def _first_empty(self) -> QuestionCard | None:
        return next((c for c in self._open_cards() if not self._answer(c).is_answered), None)

    def _back_words(self) -> str:
        empty = self._first_empty()
        if empty is None:
            return "Go back to the questions"
        title = next(s.title for s in self.sheet.sections if s.section_id == empty.section_id)
        return f"Go back to {shorten(title, 16)} {empty.number}, empty"

    def _line(self, section: SectionCard) -> Content:
        answers = [(q.number, self._answer(q)) for q in section.questions]
        empty = [str(n) for n, a in answers if not a.is_answered]
        flagged = [str(n) for n, a in answers if a.flagged]
        total = len(answers)
        is_shut = section.section_id in self.state.shut_sections
        parts: list[str | tuple[str, str]] = [
            (f"{shorten(section.title, 12):<12}", "bold"),
            f"{total - len(empty):>3} of {total:>2} answered",
            ("   shut", "$muted") if is_shut else "",
        ]
        if empty:
            needed = section.is_mandatory and not is_shut
            words = f"  {len(empty)} empty{', needed' if needed else ''}: {_numbers(empty)}"
            parts.append((words, "bold $urgent" if needed else "$seen"))
        if flagged:
            parts.append((f"  {len(flagged)} flagged: {_numbers(flagged)}", "$flagged"))
        return Content.assemble(*parts)

    def _row(self, card: QuestionCard) -> Content:
        answer = self._answer(card)
        title = next(s.title for s in self.sheet.sections if s.section_id == card.section_id)
        state = "empty" if not answer.is_answered else "answered"
        flag = ("  • flagged", "$flagged") if answer.flagged else ""
        return Content.assemble(f" {shorten(title, 20)} {card.number}  ", (state, "bold"), flag)


def _numbers(numbers: list[str]) -> str:
    return " ".join(numbers) if len(numbers) <= SHOWN_NUMBERS else " ".join([*numbers[: SHOWN_NUMBERS - 1], "…"])
