"""What every screen of a running sitting has: the clocks, the save level, and a cover for when nothing may be seen."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.getters import query_one

from kiosk.exam.attempt import Phase
from kiosk.views.candidate import SaveState, Sheet, SittingState, TimeLeft
from kiosk.views.desk import LinkState
from screens.clock import SHORT_MS, clock_text, warning_due, warning_words
from screens.hallpage import HallPage
from screens.messages import TextChanged
from screens.news import News
from screens.widgets.cover import WORDS, Cover
from screens.widgets.header import Header
from screens.widgets.keybar import KeyBar
from screens.widgets.rule import Rule
from screens.widgets.saveline import SaveLine

FAILED = "Your answers can no longer be saved"
FAILED_ADVICE = "Everything shown as saved is kept. Please raise your hand."


class SittingScreen(HallPage):
    """Base of question, review and finished. The App tells it the state, the time and the save level."""

    COVERS = True
    """Whether a pause hides this screen."""
    header = query_one(Header)
    lower = query_one("#lower", Rule)
    save_line = query_one(SaveLine)
    key_bar = query_one(KeyBar)
    cover = query_one(Cover)

    def __init__(self, sheet: Sheet, state: SittingState, time: TimeLeft, saved: SaveState) -> None:
        super().__init__()
        self.sheet, self.state, self.time, self.saved = sheet, state, time, saved
        self._earlier: tuple[str | None, TimeLeft] | None = None
        self.timer_hidden = False

    def compose(self) -> ComposeResult:
        """Compose the frame: header, what the screen is for, cover, footer."""
        candidate = self.sheet.candidate
        yield Header(self.sheet.title, candidate.name, f"seat {candidate.seat}")
        yield from self.compose_upper()
        with Horizontal(id="desk"):
            yield from self.compose_desk()
        yield Cover()
        yield Rule("┴", id="lower")
        yield SaveLine()
        yield KeyBar()

    def compose_upper(self) -> ComposeResult:
        """Compose what stands between header and desk."""
        yield Rule()

    def compose_desk(self) -> ComposeResult:
        """Compose what the screen is for."""
        yield from ()

    def on_mount(self) -> None:
        """Show what was given."""
        self.show_state(self.state)
        self.show_saved(self.saved)
        self.show_time(self.time)

    @property
    def is_covered(self) -> bool:
        """Whether the exam must not be seen now."""
        stopped = self.state.phase in WORDS or self.saved.failure is not None
        return self.COVERS and stopped

    def show_news(self, news: News) -> None:
        """Show how things stand with the hall, and how far it keeps up."""
        super().show_news(news)
        self.show_link(news.link)

    def show_link(self, link: LinkState | None) -> None:
        """Show how far the hall keeps up."""
        self.save_line.show_link(link)

    def take_text(self) -> Sequence[TextChanged]:
        """Return what was typed and is not down yet, oldest first: what is under way, and what is still held back."""
        return ()

    def show_state(self, state: SittingState) -> None:
        """Show the sitting as it is now."""
        self.state = state
        self._hide_or_show()

    def show_saved(self, saved: SaveState) -> None:
        """Show how far everything is saved; where saving has failed, stop the work."""
        self.saved = saved
        self.save_line.saved = saved
        self._hide_or_show()

    def show_time(self, time: TimeLeft) -> None:
        """Show the time left, and the warning that falls due."""
        self.time = time
        self.header.urgent = time.test_ms < SHORT_MS
        hidden = self.timer_hidden and not self.header.urgent
        left = "time hidden" if hidden else f"{clock_text(time.test_ms)} left"
        self.header.clock = left if time.running else f"clock stopped · {left}"
        if time.running:
            self._warn(time)

    def show_refusal(self, message: str, wait_seconds: int = 0) -> None:
        """Say in the lower rule why a move was refused; no key is taken."""
        self.lower.say(message)

    def section_name(self) -> str:
        """Return the title of the section the clocks speak of."""
        return next((s.title for s in self.sheet.sections if s.section_id == self.state.section_id), "this section")

    def _warn(self, now: TimeLeft) -> None:
        before, self._earlier = self._earlier, (self.state.section_id, now)
        if before is None:
            return
        (section, then), minutes = before, self.sheet.warn_minutes
        test = warning_due(then.test_ms, now.test_ms, minutes)
        if test is not None:
            self.lower.say(warning_words(test, "in the test"))
        elif section == self.state.section_id and then.section_ms is not None and now.section_ms is not None:
            due = warning_due(then.section_ms, now.section_ms, minutes)
            if due is not None:
                self.lower.say(warning_words(due, f"in {self.section_name()}"))

    def _hide_or_show(self) -> None:
        if self.saved.failure is not None:
            self.cover.words = (FAILED, f"{self.saved.failure}\n{FAILED_ADVICE}")
        elif self.state.phase in WORDS:
            self.cover.words = WORDS[self.state.phase]
        self.set_class(self.is_covered, "-covered")
        self.set_class(self.state.phase is not Phase.RUNNING, "-stopped")
