"""The proctor's overlay on a seat: covers everything, opens by PIN or for codes alone, and never shows a question."""

from collections.abc import Callable
from datetime import datetime

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.getters import query_one
from textual.widgets import Input, Static

from kiosk.exam.grant import Act
from kiosk.exam.text import clean_line
from kiosk.views.desk import ActRequest, LinkState, OverlayState
from screens.messages import ActAsked, CodeAsked, OverlayClosed, PinEntered
from screens.notice import NoticeDialog
from screens.page import Page
from screens.proctor.act import DONE, OFFERS, by_code, form_of, is_offered
from screens.proctor.facts import facts_of, hall_time
from screens.proctor.form import Answered, FormDialog
from screens.proctor.idle import Idle
from screens.widgets.header import Header
from screens.widgets.keybar import KeyBar
from screens.widgets.press import Press
from screens.widgets.rule import Rule
from screens.widgets.waitline import WaitLine, with_wait

_AT_ONCE = frozenset({Act.RESUME, Act.UNLOCK})
LOST = "The hall does not answer. Acts need a code from a console."
BACK = "The hall answers again."


class OverlayScreen(Page):
    """First a PIN, then one column of acts. The PIN lives only as long as the overlay does.

    Where the hall cannot check a PIN there is no door: only what a code from a console allows can be done.
    """

    CSS_PATH = "overlay.tcss"
    HELP = "For the proctor. Every act is checked by the hall and noted in the candidate's journal. The clock runs on."
    BINDINGS = [
        *(offer.binding for offer in OFFERS),
        Binding("c,C", "code", show=False, id="overlay.code", tooltip="By code, or by PIN again"),
        Binding("escape,x,X", "close", "close", id="overlay.close", tooltip="Close the overlay; the exam goes on"),
        Binding("down", "app.focus_next", show=False, id="overlay.next", tooltip="Next act"),
        Binding("up", "app.focus_previous", show=False, id="overlay.previous", tooltip="Previous act"),
    ]
    pin = query_one("#pin", Input)
    wait = query_one(WaitLine)
    facts = query_one("#facts", Static)
    lower = query_one("#lower", Rule)

    def __init__(
        self,
        seat: str,
        overlay: OverlayState,
        can_close_seat: bool = False,
        now: Callable[[], datetime] = hall_time,
        link: LinkState | None = None,
    ) -> None:
        super().__init__()
        self._seat, self._overlay, self._can_close_seat, self._now = seat, overlay, can_close_seat, now
        self._typed_pin = self._open_pin = ""
        self._is_lost = _is_lost(link)
        self._by_code = False
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
            yield Press("C  By code          the hall does not answer: a console gives a code", id="act-C")
            yield Press("C  By PIN           the hall answers again", id="pin-C")
            yield Press("X  Close            back to the exam", id="act-X")
        yield Rule(id="lower")
        yield KeyBar((("Enter", "choose", 0), ("Esc", "back to the exam", 1), ("F1", "help", 2)))

    def on_mount(self) -> None:
        """Wait for a PIN."""
        self.pin.cursor_blink = False
        self.pin.focus()
        self.show_overlay(self._overlay)
        self._idle.touch()
        if self._is_lost:
            self._open_codes()

    def on_key(self, event: events.Key) -> None:
        """Somebody is there."""
        self._idle.touch()

    def on_screen_suspend(self) -> None:
        """A form has a patience of its own."""
        self._idle.stop()

    def on_screen_resume(self) -> None:
        """Back from a form."""
        self._idle.touch()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer acts only to a proctor who is in, and only those that make sense now."""
        if action == "code":
            return self._is_open and self._by_code != self._is_lost
        return action != "act" or (self._is_open and self._offers(str(parameters[0])))

    # what the App tells

    def show_unlocked(self, proctor_name: str) -> None:
        """The hall knows the PIN: show the acts."""
        self._open_pin, self._typed_pin = self._typed_pin, ""
        self.pin.value = ""
        self._by_code = self._is_lost = False
        self.add_class("-open")
        self.lower.say(f"{clean_line(proctor_name)}: every act is noted.")
        self._begin_acts()

    def show_hall_lost(self, message: str) -> None:
        """The hall was asked and did not answer: codes are left."""
        self._is_lost = True
        self._typed_pin = self.pin.value = ""
        if self._open_pin:
            self.app.push_screen(NoticeDialog("Not done", f"{message}\nC: by a code from a console."))
            self.show_overlay(self._overlay)
        else:
            self._open_codes()

    def show_link(self, link: LinkState | None) -> None:
        """Offer codes while the hall is lost, and the PIN once it is back."""
        if self._is_lost == _is_lost(link) or not self._is_open:
            return
        self._is_lost = _is_lost(link)
        self.lower.say(LOST if self._is_lost else BACK)
        self.show_overlay(self._overlay)

    def show_overlay(self, overlay: OverlayState) -> None:
        """Show how the sitting stands."""
        self._overlay = overlay
        self.facts.update(facts_of(overlay, self._now()))
        for offer in OFFERS:
            self.query_one(f"#act-{offer.letter}", Press).set_class(self._offers(offer.letter), "-offered")
        self.query_one("#act-C", Press).set_class(self._is_lost and not self._by_code, "-offered")
        self.query_one("#pin-C", Press).set_class(self._by_code and not self._is_lost, "-offered")
        self.query_one("#act-X", Press).add_class("-offered")

    def show_done(self, act: str) -> None:
        """Say that an act has been carried out; `act` is the value of an `Act`."""
        self.lower.say(DONE.get(act, act))

    def show_refusal(self, message: str, wait_seconds: int = 0) -> None:
        """Say why a PIN or an act was refused."""
        if self._is_open:
            self.app.push_screen(NoticeDialog("Not done", with_wait(message, wait_seconds)))
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
        elif letter == "C":
            self.action_code()
        else:
            self.action_act(letter)

    def action_act(self, letter: str) -> None:
        """Ask for what an act needs, then for the act itself."""
        offer = next(o for o in OFFERS if o.letter == letter)
        if offer.act in _AT_ONCE:
            self._ask((ActRequest(act=offer.act), None))
        else:
            form = form_of(offer, self._overlay, self._now())
            self.app.push_screen(FormDialog(by_code(form) if self._by_code else form), self._ask)

    def action_code(self) -> None:
        """Go on by codes where the hall is lost, and back to the PIN where it is there again."""
        if self._is_lost:
            self._open_codes()
            return
        self._by_code = False
        self.remove_class("-open")
        self.pin.focus()

    def action_close(self) -> None:
        """Go back to the exam and forget the PIN."""
        self._open_pin = self._typed_pin = ""
        self._idle.stop()
        self.post_message(OverlayClosed())

    @property
    def _is_open(self) -> bool:
        return self._by_code or bool(self._open_pin)

    def _open_codes(self) -> None:
        """Show the acts a code can allow; a PIN that was checked before is forgotten."""
        self._open_pin = self._typed_pin = ""
        self._by_code = True
        self.add_class("-open")
        self.lower.say(LOST)
        self._begin_acts()

    def _begin_acts(self) -> None:
        self.show_overlay(self._overlay)
        next(iter(self.query(Press).filter(".-offered"))).focus()
        self._idle.touch()

    def _ask(self, answered: Answered | None) -> None:
        if answered is None:
            return
        request, second_pin = answered
        if self._by_code:
            self.post_message(CodeAsked(request))
        elif self._open_pin:
            self.post_message(ActAsked(self._open_pin, request, second_pin))

    def _offers(self, letter: str) -> bool:
        offer = next(o for o in OFFERS if o.letter == letter)
        return is_offered(offer, self._overlay, self._can_close_seat, self._by_code)


def _is_lost(link: LinkState | None) -> bool:
    return link is not None and link.hall is not None and not link.is_connected
