"""The form behind each act of a proctor: minutes, a reason, words, a second person, and what it will come to."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Input, OptionList, Static

from kiosk.exam.grant import REASONS, Act
from kiosk.exam.text import clean_line
from kiosk.views.desk import ActRequest
from screens.clock import MINUTE_MS
from screens.confirm import ConfirmDialog
from screens.dialog import Dialog
from screens.proctor.idle import Idle
from screens.widgets.marked_list import MarkedList
from screens.widgets.press import Press

MOST_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What one act asks for."""

    act: Act
    title: str
    words: str = ""
    minutes: str | None = None
    """Label of the minutes, or None where there are none."""
    least: int = 1
    """Least number of minutes."""
    text: str | None = None
    """Label of free words, or None where there are none."""
    needs_text: bool = False
    """Whether the words may not be left out."""
    confirms: Callable[[str], tuple[str, str, str]] | None = None
    """Title, words and answer of a second look, from the words typed; None where Enter is enough."""
    asks_reason: bool = True
    gap: int | None = None
    second: str | None = None
    """Label of a second person's PIN, or None where nobody else is asked."""
    alone_minutes: int | None = None
    """Up to how many minutes one proctor decides alone; None where a second person is always needed."""
    outcome: Callable[[int], str] | None = None
    """What a number of minutes will come to, in words."""


Answered = tuple[ActRequest, str | None]
"""The request, and the second person's PIN where one is needed."""


class FormDialog(Dialog[Answered | None]):
    """Fills one form; Enter goes from field to field and confirms in the last."""

    CSS_PATH = ["../dialog.tcss", "form.tcss"]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (24, "-tall")]
    problem = query_one("#problem", Static)

    def __init__(self, form: Form) -> None:
        super().__init__(form.title, form.words)
        self._form = form
        self._idle = Idle(self, self.action_close)

    def compose_body(self) -> ComposeResult:
        """Compose the fields this act asks for, in the order they are read."""
        form = self._form
        if form.minutes is not None:
            yield Static(form.minutes, classes="label")
            yield Input(type="integer", max_length=4, id="minutes")
        if form.outcome is not None:
            yield Static(form.outcome(0), id="outcome", markup=False)
        if form.asks_reason:
            yield Static("Reason", classes="label")
            yield MarkedList([(Content(reason), None) for reason in REASONS], id="reason", begins=False)
        if form.text is not None:
            yield Static(form.text, classes="label")
            yield Input(max_length=500, id="text")
        if form.second is not None:
            yield Static(form.second, classes="label")
            yield Input(password=True, max_length=64, id="second")
        yield Static("", id="problem", classes="problem", markup=False)

    def compose_answers(self) -> ComposeResult:
        """Compose the two answers."""
        yield Press("Back, do nothing", id="back")
        yield Press("Do it", id="do")

    def on_mount(self) -> None:
        """Begin in the first field."""
        for field in self.query(Input):
            field.cursor_blink = False
        next(iter([*self._fields(), self.query_one("#back", Press)])).focus()
        self._idle.touch()

    @on(Input.Changed)
    @on(OptionList.OptionHighlighted)
    def notice_life(self) -> None:
        """Somebody is working here."""
        self._idle.touch()

    @on(Input.Changed, "#minutes")
    def tell_outcome(self, event: Input.Changed) -> None:
        """Say what the minutes will come to."""
        if self._form.outcome is not None:
            minutes = int(event.value) if event.value.isdecimal() else 0
            self.query_one("#outcome", Static).update(Content(self._form.outcome(minutes)))

    @on(Input.Submitted)
    @on(OptionList.OptionSelected)
    def go_on(self) -> None:
        """Go to the next field, or confirm in the last."""
        fields = [f for f in self._fields() if f.id != "second" or f.has_focus or self._needs_second()]
        place = next((n for n, field in enumerate(fields) if field.has_focus), len(fields) - 1)
        if place + 1 < len(fields):
            fields[place + 1].focus()
        else:
            self.confirm()

    @on(Press.Pressed, "#do")
    def confirm(self) -> None:
        """Close with the request, once every field holds what it must."""
        form = self._form
        request = ActRequest(act=form.act, gap=form.gap)
        if form.minutes is not None:
            minutes = self._minutes()
            if minutes is None:
                self._complain(f"Type the minutes: {form.least} to {MOST_MINUTES}.", "minutes")
                return
            request = replace(request, amount_ms=minutes * MINUTE_MS)
        if form.asks_reason:
            place = self.query_one("#reason", MarkedList).highlighted
            if place is None:
                self._complain("Choose a reason.", "reason")
                return
            request = replace(request, reason=REASONS[place])
        if form.text is not None:
            request = replace(request, note=clean_line(self.query_one("#text", Input).value).strip())
            if form.needs_text and not request.note:
                self._complain(f"Type it: {form.text.lower()}.", "text")
                return
        second = self.query_one("#second", Input).value if form.second is not None else ""
        if not second and form.second is not None and form.alone_minutes is None:
            self._complain("A second person must type a PIN.", "second")
            return
        self._close_with((request, second or None))

    @on(Press.Pressed, "#back")
    def action_close(self) -> None:
        """Close and do nothing."""
        self.dismiss(None)

    def _close_with(self, answered: Answered) -> None:
        """Close, after a second look where the act is worth one."""
        if self._form.confirms is None:
            self.dismiss(answered)
            return
        title, words, yes = self._form.confirms(answered[0].note)
        self._idle.stop()

        def look(sure: bool | None) -> None:
            if sure:
                self.dismiss(answered)
            else:
                self._idle.touch()

        self.app.push_screen(ConfirmDialog(title, words, yes, "Back, do nothing"), look)

    def _fields(self) -> list[Input | OptionList]:
        return [f for f in self.query("Input, OptionList").results() if isinstance(f, Input | OptionList)]

    def _needs_second(self) -> bool:
        form = self._form
        if form.second is None:
            return False
        return form.alone_minutes is None or (self._minutes() or 0) > form.alone_minutes

    def _minutes(self) -> int | None:
        value = self.query_one("#minutes", Input).value
        minutes = int(value) if value.isdecimal() else -1
        return minutes if self._form.least <= minutes <= MOST_MINUTES else None

    def _complain(self, words: str, field: str) -> None:
        self.problem.update(Content(f"! {words}"))
        self.query_one(f"#{field}").focus()
