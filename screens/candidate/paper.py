"""The paper on the screen: the present question, the sections and the palette, as the desk tells them."""

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.getters import query_one
from textual.timer import Timer

from kiosk.exam.answer import Answer
from kiosk.exam.sitting import LONGEST_TEXT
from kiosk.views.candidate import SaveState, Sheet, SittingState, TimeLeft
from screens.clock import SHORT_MS, clock_text
from screens.messages import TextChanged
from screens.news import News
from screens.route import Route
from screens.sitting import SittingScreen
from screens.state import question_state
from screens.widgets.keybar import Keys
from screens.widgets.palette import Palette
from screens.widgets.pane import Pane
from screens.widgets.rule import Rule
from screens.widgets.tabs import SectionTabs, Tab
from screens.widgets.writing import Writing
from screens.wish import Wishes

PLACE = "place"
GATHERING_SECONDS = 0.002
TYPING_SECONDS = 0.4
"""How long text is held back while somebody types."""
_VERBS: Keys = (
    ("PgDn", "next", 1),
    ("PgUp", "previous", 5),
    ("F2", "flag", 3),
    ("F3", "clear", 6),
    ("F4", "go to", 4),
    ("F9", "review", 2),
    ("F11", "call a proctor", 7),
)


class PaperScreen(SittingScreen):
    """Shows where the candidate is in the paper; a wish is shown until the desk has answered it."""

    tabs = query_one(SectionTabs)
    upper = query_one("#upper", Rule)
    pane = query_one(Pane)
    palette = query_one(Palette)

    def __init__(self, sheet: Sheet, state: SittingState, time: TimeLeft, saved: SaveState) -> None:
        super().__init__(sheet, state, time, saved)
        self._route = Route(sheet)
        self._places: Wishes[str | None] = Wishes()
        self._flags: Wishes[bool] = Wishes()
        self._texts: Wishes[str] = Wishes()
        self._told_more = False
        self._typing: Timer | None = None
        self._under_way: list[TextChanged] = []
        """Handed over, and perhaps still waiting behind other messages, in which time the hall may stop the work."""
        self.card = self._route.first

    def compose_upper(self) -> ComposeResult:
        """Compose the sections and the rule below them."""
        yield SectionTabs()
        yield Rule(id="upper")

    def compose_desk(self) -> ComposeResult:
        """Compose the question and the palette."""
        yield Pane()
        yield Palette()

    def on_mount(self) -> None:
        """Open the question the sitting is at."""
        for wishes in self._wishes:
            wishes.on_ask = self._run_ahead
        self.pane.writing.editor.on_edit = self._run_ahead
        self._open(self.state.question_id or self.card.question_id)
        super().on_mount()

    def on_resize(self) -> None:
        """Keep the frame in step with the width."""
        self._draw_frame()

    def show_state(self, state: SittingState) -> None:
        """Show the sitting, ahead of it what has been asked for and not answered yet."""
        was_covered = self.is_covered
        super().show_state(state)
        wanted = self._places.settle(PLACE, state.question_id)
        if wanted is not None and self._route.card(wanted).section_id in state.shut_sections:
            self._places.drop()
            wanted = state.question_id
        if wanted is not None and wanted != self.card.question_id:
            self._open(wanted)
        self._hear_answers()
        answer = self._answer()
        self.pane.update_answer(answer, self._flags.settle(self.card.question_id, answer.flagged))
        self._draw_map()
        self._after_cover(was_covered)
        self.save_line.ahead = self._is_ahead

    def show_saved(self, saved: SaveState) -> None:
        """Show the save level; text still in the editor only counts as being saved."""
        was_covered = self.is_covered
        super().show_saved(saved)
        self._after_cover(was_covered)

    def show_news(self, news: News) -> None:
        """Show how things stand with the hall, and the corrections of the present question."""
        super().show_news(news)
        self.pane.correct(news.corrections(self.card.question_id))

    def show_time(self, time: TimeLeft) -> None:
        """Show both clocks; a wish nobody has answered by now is given up, so that only what is true stays shown."""
        super().show_time(time)
        if any(w.is_overdue for w in self._wishes):
            self._drop_wishes()
            self.show_state(self.state)
        if time.section_ms is None:
            self.tabs.clock = ""
            return
        self.tabs.urgent = time.section_ms < SHORT_MS
        hidden = self.timer_hidden and not self.tabs.urgent
        self.tabs.clock = "section time hidden" if hidden else f"section {clock_text(time.section_ms)}"

    def show_refusal(self, message: str, wait_seconds: int = 0) -> None:
        """Go back to what the desk says; a text stays on the screen and is offered again."""
        super().show_refusal(message, wait_seconds)
        self._drop_wishes()
        self.pane.writing.put_down_again(self._answer().text)

    def take_text(self) -> Sequence[TextChanged]:
        """Return the texts that are under way to the App, and the one that is still held back."""
        self._hand_over()
        return tuple(self._under_way)

    @on(Writing.TooLong)
    def tell_too_long(self, event: Writing.TooLong) -> None:
        """Say why the last change went back."""
        event.stop()
        self.lower.say(f"An answer can have {LONGEST_TEXT:,} characters.")

    @on(Writing.Typed)
    def hold_text(self, event: Writing.Typed) -> None:
        """Hold typed text back for a moment, so that not every letter is an entry of its own."""
        event.stop()
        self.save_line.ahead = self._is_ahead
        if self._typing is None and self.pane.has_unsent:
            self._typing = self.set_timer(TYPING_SECONDS, self._send_text)

    def _answer(self, question_id: str | None = None) -> Answer:
        question_id = question_id or self.card.question_id
        return self.state.answers.get(question_id) or Answer(question_id)

    def _hear_answers(self) -> None:
        """Let the desk answer what was asked for at any question, also at those left since."""
        self._flags.hear(lambda question_id: self._answer(question_id).flagged)
        self._texts.hear(lambda question_id: self._answer(question_id).text)
        self.pane.choices.wishes.hear(lambda question_id: frozenset(self._answer(question_id).option_ids))

    @property
    def _wishes(self) -> Sequence[Wishes[Any]]:
        return self._places, self._flags, self._texts, self.pane.choices.wishes

    @property
    def _is_ahead(self) -> bool:
        return self.pane.has_unsent or any(w.is_open for w in self._wishes)

    def _run_ahead(self) -> None:
        # in the same frame as what has just been asked for: what is not handed over must never stand beside "Saved"
        self.save_line.ahead = True

    def _drop_wishes(self) -> None:
        for wishes in self._wishes:
            wishes.drop()

    def _open(self, question_id: str) -> None:
        self._in_one_frame()
        self.card = self._route.card(question_id)
        self._route.visit(self.card)
        self._told_more = False
        section = self._route.section(self.card)
        preface = section.instructions if self.card.number == 1 else None
        answer = self._answer()
        told = answer.text if answer.answered_at else self.card.starter or ""
        text = self._texts.settle(question_id, told)
        self.pane.corrections = self.news.corrections(question_id)
        self.pane.open(self.card, answer, text, len(section.questions), preface)
        self.pane.flagged = self._flags.settle(question_id, answer.flagged)
        self._draw_frame()
        if not self.is_covered:
            self.pane.focus_answer()

    def _in_one_frame(self) -> None:
        """Hold the paint until every widget has said what changed: a second frame would come a good while later."""
        held = ExitStack()
        held.callback(self.check_idle)
        held.enter_context(self.app.batch_update())
        self.app.set_timer(GATHERING_SECONDS, held.close)

    def _draw_frame(self) -> None:
        """Let the rules meet the palette's edge, and name the keys that work."""
        width = 0 if self.has_class("-narrow") or self.is_covered else 29 if self.has_class("-wide") else 21
        self.upper.column = self.lower.column = width
        options = self.card.options
        letters: Keys = ((f"{options[0].letter}-{options[-1].letter}", "choose", 0),) if options else ()
        files = len(self.card.files)
        attached: Keys = (("F10", f"attached ({files})", 0),) if files else ()
        self.key_bar.keys = (("F1", "help", 0),) if self.is_covered else (*letters, *attached, *_VERBS)

    def _draw_map(self) -> None:
        answers, section = self.state.answers, self._route.section(self.card)
        self.palette.states = tuple(question_state(answers.get(q.question_id)) for q in section.questions)
        self.palette.current = self.card.number - 1
        self.tabs.current = self.sheet.sections.index(section)
        self.tabs.tabs = tuple(
            Tab(
                s.title,
                sum(answers[q.question_id].is_answered for q in s.questions if q.question_id in answers),
                len(s.questions),
                s.section_id in self.state.shut_sections,
            )
            for s in self.sheet.sections
        )

    def _after_cover(self, was_covered: bool) -> None:
        if self.is_covered != was_covered:
            self._draw_frame()
        if self.is_covered:
            self.set_focus(None)
        elif was_covered:
            self.pane.focus_answer()
            self._send_text()

    def _send_text(self) -> None:
        if self._typing is not None:
            self._typing.stop()
            self._typing = None
        if (changed := self._hand_over()) is not None:
            self.post_message(changed)

    def _hand_over(self) -> TextChanged | None:
        """Return the text that was held back, as under way from now on."""
        self._under_way = [changed for changed in self._under_way if not changed.is_down]
        if not self.query(Pane) or (text := self.pane.take_text()) is None:  # a screen that is going has no pane
            return None
        self._texts.ask(self.card.question_id, text)
        changed = TextChanged(self.card.question_id, text)
        self._under_way.append(changed)
        return changed
