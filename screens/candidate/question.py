"""The question screen: what a candidate can do with the paper, and the keys for it."""

from textual import on
from textual.binding import Binding

from kiosk.exam.attempt import Phase
from kiosk.views.candidate import QuestionCard
from screens.candidate.attachment import AttachmentScreen
from screens.candidate.goto import GoToDialog
from screens.candidate.paper import PLACE, PaperScreen
from screens.confirm import ConfirmDialog
from screens.messages import ClearAsked, FlagChanged, HintAsked, QuestionAsked, ReviewAsked
from screens.widgets.palette import Palette
from screens.widgets.tabs import SectionTabs


class QuestionScreen(PaperScreen):
    """Takes down what the candidate does: every verb is a function or navigation key, every letter an answer."""

    CSS_PATH = "question.tcss"
    HELP = (
        "Letters and numbers choose an answer; arrows and Space do too. Every choice is saved at once, also when you "
        "move on. A flagged answer is marked like any other: the flag is only a note to yourself."
    )
    BINDINGS = [
        Binding("pagedown", "step(1)", "next", id="question.next", tooltip="Next question"),
        Binding("pageup", "step(-1)", "previous", id="question.previous", tooltip="Previous question"),
        Binding("f2", "flag", "flag", id="question.flag", tooltip="Flag for review, or take the flag off"),
        Binding("f3", "clear", "clear", id="question.clear", tooltip="Clear the answer"),
        Binding("f4", "go_to", "go to", id="question.goto", tooltip="Go to a question by number"),
        Binding("f5", "hint", "hint", id="question.hint", tooltip="Show a hint, where the question has one"),
        Binding("f6", "section", "section", id="question.section", tooltip="Go to the next section"),
        Binding("f8", "timer", "timer", id="question.timer", tooltip="Hide or show the time (shown under 5 minutes)"),
        Binding("f9", "review", "review", id="question.review", tooltip="Review your answers and hand in"),
        Binding("f10", "attached", "attached", id="question.attached", tooltip="Read what is attached to the question"),
        Binding("ctrl+down,ctrl+n", "scroll(3)", show=False, id="question.down", tooltip="Scroll a long question down"),
        Binding("ctrl+up,ctrl+b", "scroll(-3)", show=False, id="question.up", tooltip="Scroll a long question up"),
    ]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Shut every verb while the exam must not be seen."""
        verbs = {"step", "flag", "clear", "go_to", "hint", "section", "timer", "review", "scroll", "attached"}
        if action in verbs and (self.is_covered or self.state.phase is not Phase.RUNNING):
            return False
        if action == "attached":
            return bool(self.card.files)
        return action != "timer" or self.sheet.allow_hide_timer

    @on(Palette.Picked)
    def pick(self, event: Palette.Picked) -> None:
        """Go to a question of this section."""
        event.stop()
        self._go(self._route.section(self.card).questions[event.place])
        self.pane.focus_answer()

    @on(SectionTabs.Picked)
    def pick_section(self, event: SectionTabs.Picked) -> None:
        """Go to a section."""
        event.stop()
        self._go(self._route.entry(self.sheet.sections[event.place].section_id))

    def action_step(self, by: int) -> None:
        """Go to the next or previous question, after a word where the end of this one was never seen."""
        if by > 0 and not self.pane.stem.end_was_seen and not self._told_more:
            self._told_more = True
            self.lower.say("There is more of this question below: Ctrl+Down. PgDn once more goes on.")
            return
        following = self._route.step(self.card, by, self.state.shut_sections)
        if following is None:
            last, first = "This is the last question. F9 shows the review.", "This is the first question."
            self.lower.say(last if by > 0 else first)
            return
        self._go(following)

    def action_section(self) -> None:
        """Go to the next section."""
        following = self._route.next_section(self.card, self.state.shut_sections)
        if following is None:
            self.lower.say("There is no other section to go to.")
            return
        self._go(following)

    def action_go_to(self) -> None:
        """Ask for a number."""
        section = self._route.section(self.card)
        dialog = GoToDialog(section.title, self.palette.states, self.palette.current)
        self.app.push_screen(dialog, lambda place: None if place is None else self._go(section.questions[place]))

    def action_flag(self) -> None:
        """Flag the question, or take the flag off."""
        on = not self.pane.flagged
        self._flags.ask(self.card.question_id, on)
        self.pane.flagged = on
        self.post_message(FlagChanged(self.card.question_id, on))

    def action_clear(self) -> None:
        """Take the answer back; a written text only after a question."""
        if self.card.type.is_choice or not self.pane.writing.editor.text.strip():
            self._clear(True)
            return
        words = "The whole text of this answer is taken away."
        self.app.push_screen(ConfirmDialog("Clear this answer?", words, "Clear the text", "Keep the text"), self._clear)

    def action_hint(self) -> None:
        """Show the next hint; one that costs points only after a question."""
        shown, hints = self._answer().hints_shown, len(self.card.hints)
        if shown >= hints:
            self.lower.say("There is no further hint." if hints else "This question has no hint.")
            return
        cost = self.sheet.hint_cost
        if not cost:
            self._hint(True)
            return
        unit = "point" if cost == 1 else "points"
        words = f"Hint {shown + 1} of {hints} costs {cost.normalize():f} {unit}. Enter shows it, Esc keeps the points."
        dialog = ConfirmDialog("Hint", words, "Show the hint", "Keep the points", focus_yes=True)
        self.app.push_screen(dialog, self._hint)

    def action_attached(self) -> None:
        """Open the files of the question over it."""
        self._send_text()
        attached = AttachmentScreen(self.sheet, self.state, self.time, self.saved, self.card)
        attached.news = self.news
        self.app.push_screen(attached)

    def action_timer(self) -> None:
        """Hide the time, or show it."""
        self.timer_hidden = not self.timer_hidden
        self.show_time(self.time)

    def action_scroll(self, by: int) -> None:
        """Scroll the question, the focus staying with the answer."""
        self.pane.stem.scroll_lines(by)

    def action_review(self) -> None:
        """Ask for the review."""
        self._send_text()
        self.post_message(ReviewAsked())

    def _go(self, card: QuestionCard) -> None:
        section = self._route.section(card)
        if card.section_id in self.state.shut_sections:
            self.lower.say(f"{section.title} is shut.")
            return
        if self.sheet.sequential_sections and card.section_id != self.card.section_id:
            title = self._route.section(self.card).title
            words = f"{title} cannot be entered again once you have left it."
            dialog = ConfirmDialog(f"Leave {title}?", words, f"Go on to {section.title}", f"Stay in {title}")
            self.app.push_screen(dialog, lambda yes: self._move(card) if yes else None)
            return
        self._move(card)

    def _move(self, card: QuestionCard) -> None:
        if card is self.card:
            return
        self._send_text()
        if self._told_more:
            self.lower.notice = ""
        self._places.ask(PLACE, card.question_id)
        self.post_message(QuestionAsked(card.question_id))
        self._open(card.question_id)
        self._draw_map()

    def _clear(self, agreed: bool | None) -> None:
        if not agreed:
            return
        if self.card.type.is_choice:
            self.pane.choices.want(frozenset())
        if not self.card.type.is_choice:
            self._send_text()
            self.pane.writing.load("")
            self._texts.ask(self.card.question_id, "")
        self.post_message(ClearAsked(self.card.question_id))

    def _hint(self, agreed: bool | None) -> None:
        if agreed:
            self.post_message(HintAsked(self.card.question_id))
