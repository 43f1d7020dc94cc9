"""The proctor's overlay on a seat: covers everything, opens by PIN, and never shows a question."""

from collections.abc import Callable
from datetime import datetime, timedelta

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Input, Static

from kiosk.exam.grant import Act
from kiosk.exam.moment import parse_iso
from kiosk.exam.text import clean_line
from kiosk.views.desk import ActRequest, OverlayState
from screens.clock import clock_text
from screens.messages import ActAsked, OverlayClosed, PinEntered
from screens.notice import NoticeDialog
from screens.page import Page
from screens.proctor.act import DONE, OFFERS, Offer, form_of, is_offered
from screens.proctor.form import Answered, FormDialog
from screens.proctor.idle import Idle
from screens.widgets.header import Header
from screens.widgets.keybar import KeyBar
from screens.widgets.press import Press
from screens.widgets.rule import Rule
from screens.widgets.waitline import WaitLine

EVENTS_SHOWN = 5
_AT_ONCE = frozenset({Act.RESUME, Act.UNLOCK})


def hall_time() -> datetime:
    """Return the wall time as the clock in the hall shows it."""
    return datetime.now().astimezone()


def _binding(offer: Offer) -> Binding:
    words = f"{offer.name}: {offer.advice}"
    keys = f"{offer.letter.lower()},{offer.letter}"
    return Binding(keys, f"act('{offer.letter}')", show=False, id=f"overlay.{offer.act}", tooltip=words)


class OverlayScreen(Page):
    """First a PIN, then one column of acts. The PIN lives only as long as the overlay does."""

    CSS_PATH = "overlay.tcss"
    HELP = "For the proctor. Every act is checked by the hall and noted in the candidate's journal. The clock runs on."
    BINDINGS = [
        *(_binding(offer) for offer in OFFERS),
        Binding("escape,x,X", "close", "close", id="overlay.close", tooltip="Close the overlay; the exam goes on"),
        Binding("down", "app.focus_next", show=False, id="overlay.next", tooltip="Next act"),
        Binding("up", "app.focus_previous", show=False, id="overlay.previous", tooltip="Previous act"),
    ]
    pin = query_one("#pin", Input)
    wait = query_one(WaitLine)
    facts = query_one("#facts", Static)
    lower = query_one("#lower", Rule)

    def __init__(
        self, seat: str, overlay: OverlayState, can_close_seat: bool = False, now: Callable[[], datetime] = hall_time
    ) -> None:
        super().__init__()
        self._seat, self._overlay, self._can_close_seat, self._now = seat, overlay, can_close_seat, now
        self._typed_pin = self._open_pin = ""
        self._idle = Idle(self, self.action_close)

    def compose(self) -> ComposeResult:
        """Compose the door and, behind it, the facts and the acts."""
        yield Header("Proctor", "", f"seat {self._seat}")
        yield Rule()
        with Vertical(id="door"):
            yield Static("For the proctor. The exam goes on underneath; the clock runs.", id="door-words")
            yield Static("PIN", classes="label")
            yield Input(password=True, max_length=64, id="pin")
            yield WaitLine()
        with Vertical(id="room"):
            yield Static(id="facts", markup=False)
            for offer in OFFERS:
                yield Press(f"{offer.letter}  {offer.name:<16} {offer.advice}", id=f"act-{offer.letter}")
            yield Press("X  Close            back to the exam", id="act-X")
        yield Rule(id="lower")
        yield KeyBar((("Enter", "choose", 0), ("Esc", "back to the exam", 1), ("F1", "help", 2)))

    def on_mount(self) -> None:
        """Wait for a PIN."""
        self.pin.cursor_blink = False
        self.pin.focus()
        self.show_overlay(self._overlay)
        self._idle.touch()

    def on_key(self, event: events.Key) -> None:
        """Somebody is there."""
        self._idle.touch()

    def on_screen_resume(self) -> None:
        """Back from a form."""
        self._idle.touch()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer acts only to a proctor who is in, and only those that make sense now."""
        if action != "act":
            return True
        return bool(self._open_pin) and any(o.letter == parameters[0] for o in OFFERS if self._offers(o.letter))

    # what the App tells

    def show_unlocked(self, proctor_name: str) -> None:
        """The hall knows the PIN: show the acts."""
        self._open_pin, self._typed_pin = self._typed_pin, ""
        self.pin.value = ""
        self.add_class("-open")
        self.lower.say(f"{clean_line(proctor_name)}: every act is noted.")
        self.show_overlay(self._overlay)
        next(iter(self.query(Press).filter(".-offered"))).focus()
        self._idle.touch()

    def show_overlay(self, overlay: OverlayState) -> None:
        """Show how the sitting stands."""
        self._overlay = overlay
        self.facts.update(self._facts())
        for offer in OFFERS:
            self.query_one(f"#act-{offer.letter}", Press).set_class(self._offers(offer.letter), "-offered")
        self.query_one("#act-X", Press).add_class("-offered")

    def show_done(self, act: str) -> None:
        """Say that an act has been carried out; `act` is the value of an `Act`."""
        self.lower.say(DONE.get(act, act))

    def show_refusal(self, message: str, wait_seconds: int = 0) -> None:
        """Say why a PIN or an act was refused."""
        if self._open_pin:
            self.app.push_screen(NoticeDialog("Not done", message))
            return
        self._typed_pin = self.pin.value = ""
        self.wait.show(message, wait_seconds)
        self.pin.disabled = wait_seconds > 0
        self.pin.focus()

    # what the proctor does

    @on(Input.Submitted, "#pin")
    def enter_pin(self, event: Input.Submitted) -> None:
        """Ask the hall about a PIN; one question at a time."""
        if event.value and not self._typed_pin:
            self._typed_pin = event.value
            self.wait.show("")
            self.post_message(PinEntered(event.value))

    @on(WaitLine.Over)
    def try_again(self) -> None:
        """The wait after a wrong PIN is over."""
        self.pin.disabled = False
        self.pin.focus()

    @on(Press.Pressed)
    def press_act(self, event: Press.Pressed) -> None:
        """Enter on an act is its letter."""
        letter = (event.press.id or "")[-1:]
        if letter == "X":
            self.action_close()
        else:
            self.action_act(letter)

    def action_act(self, letter: str) -> None:
        """Ask for what an act needs, then for the act itself."""
        offer = next(o for o in OFFERS if o.letter == letter)
        if offer.act in _AT_ONCE:
            self._ask((ActRequest(act=offer.act), None))
        else:
            self.app.push_screen(FormDialog(form_of(offer, self._overlay, self._now())), self._ask)

    def action_close(self) -> None:
        """Go back to the exam and forget the PIN."""
        self._open_pin = self._typed_pin = ""
        self._idle.stop()
        self.post_message(OverlayClosed())

    def _ask(self, answered: Answered | None) -> None:
        if answered is not None and self._open_pin:
            request, second_pin = answered
            self.post_message(ActAsked(self._open_pin, request, second_pin))

    def _offers(self, letter: str) -> bool:
        offer = next(o for o in OFFERS if o.letter == letter)
        return is_offered(offer, self._overlay, self._can_close_seat)

    def _facts(self) -> Content:
        state = self._overlay
        who = (
            f"{clean_line(state.candidate.name)} · {state.candidate.roll_number}"
            if state.candidate
            else "Nobody signed in"
        )
        lines = [Content.assemble((who, "bold"), f"   {state.phase.replace('_', ' ')}"), Content(state.title or "")]
        lines += self._time_lines() if state.questions else []
        lines += [Content.assemble(("Last events", "$muted"))]
        recent = state.events[-EVENTS_SHOWN:]
        lines += [Content(f"  {_event_time(at)}  {clean_line(words)}") for at, words in recent] or [Content("  none")]
        return Content("\n").join(lines)

    def _time_lines(self) -> list[Content]:
        state = self._overlay
        ends = self._now() + timedelta(milliseconds=state.left_ms)
        used, left = clock_text(state.used_ms), clock_text(state.left_ms)
        clock = f", {clock_text(state.section_left_ms)} left" if state.section_left_ms is not None else ""
        section = f"section {state.section_title}{clock} · " if state.section_title else ""
        return [
            Content(f"used {used} · left {left} · ends {ends:%H:%M:%S} if not stopped"),
            Content(f"{section}answered {state.answered} of {state.questions}"),
        ]


def _event_time(at: str) -> str:
    try:
        return f"{parse_iso(at).astimezone():%H:%M:%S}"
    except ValueError:
        return at
