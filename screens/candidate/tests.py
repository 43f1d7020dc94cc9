"""My tests: what is to do, what is under way, what is done, and what the office has to say."""

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.getters import query_one
from textual.widgets import OptionList, Static

from kiosk.exam.assignment import AssignmentStatus
from kiosk.exam.text import clean_line
from kiosk.views.candidate import CandidateCard, Notice, TestCard
from screens.hallpage import HallPage
from screens.messages import InstructionsAsked, ResultAsked, SignOutAsked, TestsAsked
from screens.widgets.header import Header
from screens.widgets.keybar import KeyBar
from screens.widgets.line import shorten
from screens.widgets.marked_list import MarkedList
from screens.widgets.rule import Rule

_ORDER = (
    AssignmentStatus.IN_PROGRESS,
    AssignmentStatus.ASSIGNED,
    AssignmentStatus.OVERDUE,
    AssignmentStatus.COMPLETED,
)
_LOOK = {
    AssignmentStatus.IN_PROGRESS: ("→ in progress", "bold $accent"),
    AssignmentStatus.ASSIGNED: ("• assigned", "$foreground"),
    AssignmentStatus.OVERDUE: ("! overdue", "bold $urgent"),
    AssignmentStatus.COMPLETED: ("■ completed", "$answered"),
}
NOTICES_SHOWN = 3


class TestsScreen(HallPage):
    """The candidate's tests; Enter opens one, or says why it cannot be opened."""

    __test__ = False  # not a pytest class
    CSS_PATH = "tests.tcss"
    HELP = "Choose a test with the arrows and press Enter. You will read its instructions before anything starts."
    BINDINGS = [
        Binding("f5", "again", "look again", id="tests.again", tooltip="Look again whether anything has changed"),
        Binding("f6", "result", "result", id="tests.result", tooltip="Show the result of the chosen test"),
        Binding("f10", "sign_out", "sign out", id="tests.sign-out", tooltip="Sign out"),
    ]
    rows = query_one(MarkedList)
    why = query_one("#why", Static)
    lower = query_one("#lower", Rule)

    def __init__(self, candidate: CandidateCard, tests: tuple[TestCard, ...], notices: tuple[Notice, ...]) -> None:
        super().__init__()
        self._candidate = candidate
        self._tests: tuple[TestCard, ...] = ()
        self._given = tests, notices

    def compose(self) -> ComposeResult:
        """Compose the list, why the chosen test may not start, and the latest notices."""
        yield Header("My tests", self._candidate.name, f"seat {self._candidate.seat}")
        yield Rule()
        yield MarkedList()
        yield Static(id="why", markup=False)
        yield Static(id="notices", markup=False)
        yield Rule(id="lower")
        yield KeyBar(
            (
                ("Enter", "open", 0),
                ("F6", "result", 3),
                ("F5", "look again", 4),
                ("F10", "sign out", 2),
                ("F1", "help", 1),
            )
        )

    def on_mount(self) -> None:
        """Show what was given."""
        self.show_tests(*self._given)
        self.rows.focus()

    def show_tests(self, tests: tuple[TestCard, ...], notices: tuple[Notice, ...]) -> None:
        """Show the tests, open ones first, and the newest notices."""
        self._given = tests, notices
        self._tests = tuple(sorted(tests, key=lambda t: (_ORDER.index(t.status), t.due)))
        self._draw()
        news = [f"{n.created_at.astimezone():%d %b %H:%M}  {clean_line(n.text)}" for n in notices[:NOTICES_SHOWN]]
        body = Content("\n".join(["", *news])) if news else Content("\nNone.")
        self.query_one("#notices", Static).update(Content.assemble(("Notices", "bold"), body))
        if not tests:
            self.why.update("There is no test for you at present. Please raise your hand.")

    def show_refusal(self, message: str, wait_seconds: int = 0) -> None:
        """Say in the lower rule why a test cannot be opened."""
        self.lower.say(message)

    def on_resize(self) -> None:
        """Fit the rows to the width."""
        self._draw()

    @on(OptionList.OptionHighlighted)
    def tell_why(self, event: OptionList.OptionHighlighted) -> None:
        """Say what can be done with the test at the cursor."""
        test = self._tests[event.option_index]
        self.why.update(Content.assemble(f"{test.questions} questions. ", (_next_step(test), "bold")))

    @on(OptionList.OptionSelected)
    def open(self, event: OptionList.OptionSelected) -> None:
        """Open the test, its result, or say why not."""
        test = self._tests[event.option_index]
        if test.has_open_sitting or test.refusal is None:
            self.post_message(InstructionsAsked(test.assignment_id))
        elif test.has_results:
            self.post_message(ResultAsked(test.assignment_id))
        else:
            self.lower.say(test.refusal)

    def action_result(self) -> None:
        """Ask for the result of the test at the cursor."""
        if self.rows.highlighted is None:
            return
        test = self._tests[self.rows.highlighted]
        if test.has_results:
            self.post_message(ResultAsked(test.assignment_id))
        else:
            self.lower.say("There is no result to show for this test.")

    def action_again(self) -> None:
        """Ask for the tests afresh."""
        self.post_message(TestsAsked())

    def action_sign_out(self) -> None:
        """Ask to be signed out."""
        self.post_message(SignOutAsked())

    def _draw(self) -> None:
        self.rows.fill([(_row(t, self.size.width - 6), t.assignment_id) for t in self._tests])


def _row(test: TestCard, width: int) -> Content:
    words, style = _LOOK[test.status]
    facts = f"{test.minutes:>3} min  due {test.due.astimezone():%d %b %H:%M}"
    room = max(10, width - len(facts) - 17)
    title = shorten(clean_line(test.title), room)
    return Content.assemble((f"{words:<14} ", style), (f"{title:<{room}}  ", "bold"), facts)


def _next_step(test: TestCard) -> str:
    if test.has_open_sitting:
        return "Enter goes on where you left it."
    step = _step_when_closed(test)
    return step if test.receipt is None else f"Receipt {test.receipt}. {step}"


def _step_when_closed(test: TestCard) -> str:
    if test.refusal is None:
        attempts = "" if test.max_attempts is None else f" (attempt {test.attempts_used + 1} of {test.max_attempts})"
        return f"Enter opens the instructions{attempts}."
    return test.refusal + (" Enter shows the result." if test.has_results else "")
