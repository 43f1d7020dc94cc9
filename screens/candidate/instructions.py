"""What is read before the start, and the start itself."""

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from kiosk.exam.text import clean_line
from kiosk.views.candidate import CandidateCard, Instructions
from screens.hallpage import HallPage
from screens.markdown import QuestionMarkdown
from screens.messages import StartAsked, TestsAsked
from screens.widgets.header import Header
from screens.widgets.keybar import KeyBar
from screens.widgets.line import shorten
from screens.widgets.press import Press
from screens.widgets.reading import Reading
from screens.widgets.rule import Rule

_HOUSE = (
    "Every answer is saved at once, also when you only move on. A flag is a note to yourself: flagged answers are "
    "marked like any other. The exam is left by handing in. If anything goes wrong, raise your hand: nothing that was "
    "shown as saved is lost."
)
_WAITING = "You have said that you are ready: it begins by itself when the hall lets it. Esc goes back to my tests."


class InstructionsScreen(HallPage):
    """Instructions, sections and times; nothing starts before Start is pressed."""

    CSS_PATH = "instructions.tcss"
    HELP = "Read everything, then choose Start. The clock begins to run when you do, and not before."
    BINDINGS = [
        Binding("left", "app.focus_previous", show=False, id="instructions.previous", tooltip="Previous answer"),
        Binding("right", "app.focus_next", show=False, id="instructions.next", tooltip="Next answer"),
        Binding("down", "scroll(4)", show=False, id="instructions.down", tooltip="Scroll down"),
        Binding("up", "scroll(-4)", show=False, id="instructions.up", tooltip="Scroll up"),
        Binding("pagedown", "page(1)", show=False, id="instructions.page-down", tooltip="One page down"),
        Binding("pageup", "page(-1)", show=False, id="instructions.page-up", tooltip="One page up"),
        Binding("escape", "back", show=False, id="instructions.back", tooltip="Back to my tests"),
    ]

    def __init__(self, candidate: CandidateCard, read: Instructions) -> None:
        super().__init__()
        self._candidate, self._read = candidate, read

    def compose(self) -> ComposeResult:
        """Compose the text, the sections and the two answers."""
        read = self._read
        yield Header(clean_line(read.title), self._candidate.name, f"seat {self._candidate.seat}")
        yield Rule()
        with Reading(id="text"):
            yield Static(self._facts(), id="facts")
            if read.description:
                yield Static(QuestionMarkdown(read.description), classes="part")
            if read.instructions:
                yield Static(QuestionMarkdown(read.instructions), classes="part")
            yield Static(self._sections(), id="sections")
            yield Static(Content(_HOUSE), classes="part house")
        yield Static(id="waiting", markup=False)
        yield Rule(id="lower")
        with Horizontal(id="answers"):
            yield Press("Go on with the test" if read.resumes else "Start the test", id="start")
            yield Press("Not yet: back to my tests", id="back")
        yield KeyBar((("Enter", "choose", 0), ("Down", "read on", 2), ("Esc", "back", 3), ("F1", "help", 1)))

    def on_mount(self) -> None:
        """Put the focus on the answer that changes nothing."""
        self.query_one("#start" if self._read.resumes else "#back", Press).focus()

    @on(Press.Pressed, "#start")
    def start(self) -> None:
        """Ask for the start; pressed twice it is asked once."""
        self._let_choose(False)
        self.post_message(StartAsked(self._read.assignment_id))

    @on(Press.Pressed, "#back")
    def action_back(self) -> None:
        """Go back to the tests; not while a start is under way, whose clock would run unseen."""
        if not self.query_one("#start", Press).disabled:
            self.post_message(TestsAsked())

    @on(Reading.Moved)
    def show_cue(self, event: Reading.Moved) -> None:
        """Say how much of the text is below."""
        self.query_one("#lower", Rule).cue = event.cue

    def action_scroll(self, by: int) -> None:
        """Scroll the text by lines."""
        self.query_one(Reading).scroll_lines(by)

    def action_page(self, by: int) -> None:
        """Scroll the text by pages."""
        self.query_one(Reading).scroll_pages(by)

    def show_waiting(self, message: str) -> None:
        """Say what the start waits for; it has been asked for, and comes by itself."""
        self.query_one("#waiting", Static).update(Content.assemble((f"Waiting: {message}", "bold"), f"\n{_WAITING}"))
        self.add_class("-waiting")
        self._let_choose(True)

    def show_refusal(self, message: str, wait_seconds: int = 0) -> None:
        """Say why it cannot start; it may be tried again."""
        self.query_one("#lower", Rule).say(message)
        self._let_choose(True)

    def _let_choose(self, free: bool) -> None:
        for press in self.query(Press):
            press.disabled = not free
        if free:
            self.query_one("#back", Press).focus()

    def _facts(self) -> Content:
        read = self._read
        questions = sum(s.questions for s in read.sections)
        of = f" of {read.max_attempts}" if read.max_attempts else ""
        minutes = "1 minute" if read.minutes == 1 else f"{read.minutes} minutes"
        facts = f"{questions} {'question' if questions == 1 else 'questions'} · {minutes} · attempt {read.attempt}{of}"
        return Content.assemble((facts, "bold"), "   you have begun this test already" if read.resumes else "")

    def _sections(self) -> Content:
        lines = []
        for number, section in enumerate(self._read.sections, 1):
            time = f"{section.minutes:>3} minutes" if section.minutes else "no own limit"
            must = "   must be completed" if section.is_mandatory else ""
            title = shorten(clean_line(section.title), 24)
            lines.append(f"{number} {title:<24} {section.questions:>3} questions   {time}{must}")
        return Content("\n".join(lines))
