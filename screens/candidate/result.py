"""A released result, as far as the test lets the candidate see it."""

from decimal import Decimal

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Static

from kiosk.exam.text import clean_line
from kiosk.views.candidate import CandidateCard, Result, ResultLine
from screens.hallpage import HallPage
from screens.messages import TestsAsked
from screens.widgets.header import Header
from screens.widgets.keybar import KeyBar
from screens.widgets.line import shorten
from screens.widgets.press import Press
from screens.widgets.reading import Reading
from screens.widgets.rule import Rule


class ResultScreen(HallPage):
    """The score, whether it was enough, and the questions where they may be seen."""

    CSS_PATH = "result.tcss"
    HELP = "Your result. If you think it is wrong, ask the exam office and give them your receipt."
    BINDINGS = [
        Binding("down", "scroll(4)", show=False, id="result.down", tooltip="Scroll down"),
        Binding("up", "scroll(-4)", show=False, id="result.up", tooltip="Scroll up"),
        Binding("pagedown", "page(1)", show=False, id="result.page-down", tooltip="One page down"),
        Binding("pageup", "page(-1)", show=False, id="result.page-up", tooltip="One page up"),
        Binding("escape", "back", "back", id="result.back", tooltip="Back to my tests"),
    ]

    def __init__(self, candidate: CandidateCard, result: Result) -> None:
        super().__init__()
        self._candidate, self._result = candidate, result

    def compose(self) -> ComposeResult:
        """Compose score, feedback and questions."""
        result = self._result
        yield Header(clean_line(result.title), self._candidate.name, f"seat {self._candidate.seat}")
        yield Rule()
        with Reading(id="text"):
            yield Static(self._score(), id="score")
            if result.feedback:
                yield Static(Content(result.feedback), classes="part")
            if result.lines:
                yield Static(Content("\n").join([_row(line) for line in result.lines]), classes="part")
            else:
                yield Static("The questions are not shown for this test.", classes="part")
        yield Rule(id="lower")
        yield Press("Back to my tests", id="back")
        yield KeyBar((("Enter", "back", 0), ("Down", "read on", 2), ("F1", "help", 1)))

    @on(Press.Pressed, "#back")
    def action_back(self) -> None:
        """Go back to the tests."""
        self.post_message(TestsAsked())

    @on(Reading.Moved)
    def show_cue(self, event: Reading.Moved) -> None:
        """Say how much of the text is below."""
        self.query_one("#lower", Rule).cue = event.cue

    def action_scroll(self, by: int) -> None:
        """Scroll by lines."""
        self.query_one(Reading).scroll_lines(by)

    def action_page(self, by: int) -> None:
        """Scroll by pages."""
        self.query_one(Reading).scroll_pages(by)

    def _score(self) -> Content:
        result = self._result
        line = Content.assemble((f"{_number(result.score)} of {_number(result.max_score)} points", "bold"))
        if result.passed is None:
            return line
        passed = ("   ■ passed", "bold $answered") if result.passed else ("   ! not passed", "bold $urgent")
        return Content.assemble(line, passed)


def _row(line: ResultLine) -> Content:
    points = "not marked" if line.points is None else f"{_number(line.points)} of {_number(line.max_points)}"
    full = line.points is not None and line.points >= line.max_points
    mark = ("■", "$answered") if full else ("·", "$seen")
    feedback = f"   {clean_line(line.feedback)}" if line.feedback else ""
    place = f"  {shorten(clean_line(line.section), 20):<20} {line.number:>3}  "
    return Content.assemble(mark, place, (f"{points:>12}", "bold"), feedback)


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}"
