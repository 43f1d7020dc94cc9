"""The App while a sitting runs: candidate's moves to the desk, the desk's state to the screens."""

from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on

from kiosk.apps.hall import HallApp
from kiosk.exam.error import Denied, KioskError
from screens import messages
from screens.page import Page
from screens.widgets.waitline import with_wait

if TYPE_CHECKING:
    from kiosk.exam.attempt import Phase
    from kiosk.views.desk import Desk, DeskEvent
    from screens.proctor.overlay import OverlayScreen
    from screens.sitting import SittingScreen

AFTER_PAINT_SECONDS = 0.002
"""What a paint is given to reach the terminal before its move is made."""


class SittingApp(HallApp):
    """The App of a sitting, candidate's side.

    A key is shown first; its move is made on this thread right after that paint, in the order of the keys, and saved
    behind it by the desk's writer, whose thread only posts back.
    Nothing of a sitting is loaded before there is one: the login screen must not wait for it.
    """

    def __init__(self, log_file: Path | None = None) -> None:
        super().__init__(log_file)
        self._capture_in = 0
        self._moves: deque[Callable[[Desk], None]] = deque()

    @property
    def overlay(self) -> "OverlayScreen | None":
        """The proctor's overlay, while it covers the seat."""
        from screens.proctor.overlay import OverlayScreen

        return next((s for s in self.screen_stack if isinstance(s, OverlayScreen)), None)

    @on(messages.QuestionAsked)
    def visit(self, asked: messages.QuestionAsked) -> None:
        """Go to a question."""
        self._move(lambda desk: desk.visit(asked.question_id))

    @on(messages.ChoiceChanged)
    def choose(self, changed: messages.ChoiceChanged) -> None:
        """Put down the chosen options."""
        self._move(lambda desk: desk.choose(changed.question_id, changed.option_ids))

    @on(messages.TextChanged)
    def put_text(self, changed: messages.TextChanged) -> None:
        """Put down the present text, once."""
        if self.in_sitting and not changed.is_down:
            changed.is_down = True
            self._move(lambda desk: desk.type(changed.question_id, changed.text))

    @on(messages.ClearAsked)
    def clear(self, asked: messages.ClearAsked) -> None:
        """Take the answer back."""
        self._move(lambda desk: desk.clear(asked.question_id))

    @on(messages.FlagChanged)
    def flag(self, changed: messages.FlagChanged) -> None:
        """Mark for review, or take the mark away."""
        self._move(lambda desk: desk.flag(changed.question_id, changed.on))

    @on(messages.HintAsked)
    def hint(self, asked: messages.HintAsked) -> None:
        """Show the next hint."""
        self._move(lambda desk: desk.show_hint(asked.question_id))

    @on(messages.ReviewAsked)
    def review(self) -> None:
        """Push the review over the question."""
        from screens.candidate.review import ReviewScreen

        if (desk := self.desk) is not None:
            self.take_text()
            review = ReviewScreen(desk.sheet(), desk.state(), desk.time_left(), desk.saved())
            review.news = self.news()
            self.push_screen(review)

    @on(messages.ReviewClosed)
    async def close_review(self, closed: messages.ReviewClosed) -> None:
        """Go back to the questions: to one of them, or to where the candidate was."""
        await self.pop_screen()
        if closed.question_id is not None:
            self.post_message(messages.QuestionAsked(closed.question_id))
        await self.refresh_sitting()

    @on(messages.HandInConfirmed)
    def hand_in(self) -> None:
        """Hand in by the candidate's own wish."""
        self.take_text()
        self._move(lambda desk: desk.hand_in())

    def on_app_blur(self) -> None:
        """Record that something else took the focus."""
        if self.in_sitting and self.desk is not None:
            self.desk.note_focus_lost()

    def on_paste_refused(self, length: int) -> None:
        """Record a paste that was not let in."""
        if self.in_sitting and self.desk is not None:
            self.desk.note_paste(length)

    def on_stop(self) -> None:
        """Put down what is being typed and wait until it is committed."""
        if self.desk is not None:
            if self.in_sitting:
                self.take_text()
            self.desk.close()

    def take_text(self) -> None:
        """Make every move that waits for its paint, and put down what somebody is typing and a screen holds back."""
        for screen in self._sitting_screens():
            for changed in screen.take_text():
                self.put_text(changed)
        self._make_moves()

    async def tick(self) -> None:
        """Do what the clocks demand and show them; called once a second."""
        desk = self.desk
        if desk is None:
            return
        await self.obey()
        if not self.is_running:
            return
        self.tell_news()
        overlay = self.overlay
        if overlay is not None:
            overlay.show_overlay(desk.overlay())
            overlay.show_link(desk.link())
        if not self.in_sitting:
            return
        for screen in self._sitting_screens():
            screen.show_time(desk.time_left())
        if overlay is None:
            self._capture(desk)

    async def obey(self) -> None:
        """Do what the clocks and the hall demand, once what is being typed has been put down."""
        self.take_text()
        if self.desk is not None and self.desk.tick():
            await self.refresh_sitting()

    async def refresh_sitting(self) -> None:
        """Show the desk's state on every screen of the sitting, changing screens when it ended or was reopened."""
        from kiosk.exam.attempt import Phase

        desk = self.desk
        if desk is None or not self.in_sitting:
            return
        state = desk.state()
        wanted = _screen_of(state.phase)
        if self.overlay is None and not any(isinstance(s, wanted) for s in self.screen_stack):
            screen = wanted(desk.sheet(), state, desk.time_left(), desk.saved())
            screen.news = self.news()
            await self.show(screen)
        if state.phase is not Phase.RUNNING:
            self._end_questions()
        for screen in self._sitting_screens():
            screen.show_state(state)
            screen.show_time(desk.time_left())
            screen.show_saved(desk.saved())

    async def show(self, page: Page) -> None:
        """Replace all that is shown by one screen, so that nobody can go back to what is over."""
        while len(self.screen_stack) > 2:
            await self.pop_screen()
        await (self.switch_screen(page) if len(self.screen_stack) == 2 else self.push_screen(page))

    def refuse(self, error: KioskError) -> None:
        """Show, on the screen that asked, why something was not done."""
        wait = error.wait_seconds if isinstance(error, Denied) else 0
        if isinstance(self.screen, Page):
            self.screen.show_refusal(error.message, wait)
        else:
            self._notice(error.title, with_wait(error.message, wait))

    def hear(self, event: "DeskEvent") -> None:
        """Take the writer's word, or the hall's, on their threads: only post back."""
        self.call_later(self._follow, event)

    async def _follow(self, event: "DeskEvent") -> None:
        from kiosk.views.desk import Changed, Ordered, Told

        match event:
            case Told():
                self.tell_news()
            case Ordered():
                await self.obey()
            case Changed():
                await self.follow(event.words)
            case _:
                self._show_saved(event)

    async def follow(self, words: str) -> None:
        """Show what the hall has changed, once what is being typed has been put down, and say it in words."""
        self.take_text()
        await self.refresh_sitting()
        self.tell_news()
        self.say(words)

    def _show_saved(self, event: "DeskEvent") -> None:
        from kiosk.views.desk import HeldByHall, SaveFailed

        if self.desk is None or not self.in_sitting:
            return
        for screen in self._sitting_screens():
            screen.show_saved(self.desk.saved())
            if isinstance(event, HeldByHall):
                screen.show_link(self.desk.link())
        if isinstance(event, SaveFailed):
            self._notice("This seat cannot save", event.message)

    def _end_questions(self) -> None:
        """Take away what asks about the work, unanswered: the work has stopped, and what happened must be seen."""
        from screens.candidate.goto import GoToDialog
        from screens.confirm import ConfirmDialog

        while self.overlay is None and isinstance(dialog := self.screen, ConfirmDialog | GoToDialog):
            dialog.dismiss(None)

    def _notice(self, title: str, message: str) -> None:
        from screens.notice import NoticeDialog

        self.push_screen(NoticeDialog(title, message))

    def _move(self, move: "Callable[[Desk], None]") -> None:
        if self.in_sitting:
            self._moves.append(move)
            self.call_after_refresh(self.set_timer, AFTER_PAINT_SECONDS, self._make_moves)

    def _make_moves(self) -> None:
        if self.desk is None or not self._moves:
            return
        while self._moves:
            try:
                self._moves.popleft()(self.desk)
            except KioskError as error:
                self.refuse(error)
        self.call_later(self.refresh_sitting)

    def _capture(self, desk: "Desk") -> None:
        from kiosk.apps.picture import screen_text
        from kiosk.exam.attempt import Phase

        every = desk.sheet().capture_seconds
        if not every or desk.state().phase is not Phase.RUNNING:
            return
        self._capture_in -= 1
        if self._capture_in <= 0 and (text := screen_text(self.screen)):  # a screen not laid out yet is taken next time
            self._capture_in = every
            desk.capture(text)

    def _sitting_screens(self) -> "list[SittingScreen]":
        """Return the screens to be told, none once the App closes; one not composed shows what it was made with."""
        from screens.sitting import SittingScreen

        return [s for s in self.screen_stack if isinstance(s, SittingScreen) and s.is_mounted and self.is_running]


def _screen_of(phase: "Phase") -> "type[SittingScreen]":
    """Return the screen a phase is shown on."""
    from kiosk.exam.attempt import Phase
    from screens.candidate.finished import FinishedScreen
    from screens.candidate.moved import MovedScreen
    from screens.candidate.question import QuestionScreen

    match phase:
        case Phase.HANDED_IN | Phase.SEALED:
            return FinishedScreen
        case Phase.MOVED:
            return MovedScreen
    return QuestionScreen
