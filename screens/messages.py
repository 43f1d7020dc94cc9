"""What screens ask of the App: one frozen fact or wish a message, and the App owns the desk.

Down: a screen is constructed with frozen cards of `kiosk.views`, and the App calls its `show_...` methods. Up: a screen
posts the messages below, which bubble to the App; the App asks the desk (blocking calls in a thread worker), shows a
`KioskError` with `show_refusal(message, wait_seconds)` on the screen that asked, and after every move, taken or
refused, calls `show_state(desk.state())`. Under `screens.candidate`, with what each posts:

    login.LoginScreen(seat, samples)                    SignInAsked
    who.WhoScreen(candidate)                            IdentityAnswered
    tests.TestsScreen(candidate, tests, notices)        InstructionsAsked ResultAsked TestsAsked SignOutAsked
    instructions.InstructionsScreen(candidate, read)    StartAsked TestsAsked
    question.QuestionScreen(sheet, state, time, saved)  QuestionAsked ChoiceChanged TextChanged ClearAsked FlagChanged
                                                        HintAsked ReviewAsked
    review.ReviewScreen(sheet, state, time, saved)      ReviewClosed HandInConfirmed
    finished.FinishedScreen(sheet, state, time, saved)  SignOutAsked
    result.ResultScreen(candidate, result)              TestsAsked

`screens.proctor.overlay.OverlayScreen(seat, overlay, can_close_seat)` posts PinEntered, ActAsked and OverlayClosed and
is told `show_unlocked(proctor_name)`, `show_overlay(overlay)` every second, `show_done(words)` and `show_refusal`.
`screens.notice.NoticeDialog(title, message)` is a modal that Enter closes.

`screens.sitting.SittingScreen` is the base of question, review and finished: the App calls `show_state`, `show_time`,
`show_saved` and `show_refusal` on every screen of the stack that is one. Review is pushed over the question, and the
overlay over everything. Text is held back for at most half a second while somebody types, so before `desk.tick()`,
before the overlay and before any stop the App asks each SittingScreen for `take_text()` and puts that down first.
`screens.theme.register_themes(app)` belongs into the App's `__init__`; `screens.page.Page` is the base of every screen
(F1 help, F7 theme).
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from kiosk.views.desk import ActRequest


@dataclass
class SignInAsked(Message):
    """A candidate typed a roll number and an access code."""

    roll_number: str
    code: str = field(repr=False)


@dataclass
class IdentityAnswered(Message):
    """The answer to "Is this you?"."""

    is_me: bool


@dataclass
class TestsAsked(Message):
    """Show the candidate's tests, afresh."""

    __test__ = False  # not a pytest class


@dataclass
class InstructionsAsked(Message):
    """Show what is read before a test starts."""

    assignment_id: str


@dataclass
class StartAsked(Message):
    """Begin the sitting, or go on with the open one."""

    assignment_id: str


@dataclass
class ResultAsked(Message):
    """Show a released result."""

    assignment_id: str


@dataclass
class SignOutAsked(Message):
    """Forget the candidate and show the login screen."""


@dataclass
class QuestionAsked(Message):
    """Go to a question."""

    question_id: str


@dataclass
class ChoiceChanged(Message):
    """The candidate wants exactly these options chosen."""

    question_id: str
    option_ids: tuple[str, ...]


@dataclass
class TextChanged(Message):
    """The present text of an essay or program; one that was put down ahead of its turn is not put down again."""

    question_id: str
    text: str = field(repr=False)
    is_down: bool = field(default=False, compare=False)


@dataclass
class ClearAsked(Message):
    """Take the answer back."""

    question_id: str


@dataclass
class FlagChanged(Message):
    """Mark a question for review, or take the mark away."""

    question_id: str
    on: bool


@dataclass
class HintAsked(Message):
    """Show the next hint; its cost has been agreed to."""

    question_id: str


@dataclass
class ReviewAsked(Message):
    """Show the review that comes before handing in."""


@dataclass
class ReviewClosed(Message):
    """Back to the questions: to one of them, or to where the candidate was."""

    question_id: str | None = None


@dataclass
class HandInConfirmed(Message):
    """Hand in; asked for twice already."""


@dataclass
class MessagesAsked(Message):
    """Show what the hall has told the candidate."""


@dataclass
class MessageRead(Message):
    """The end of a message has been on the screen."""

    message_id: str


@dataclass
class HandAsked(Message):
    """Call a proctor, or take the call back."""

    on: bool


@dataclass
class PinEntered(Message):
    """A proctor typed a PIN into the overlay."""

    pin: str = field(repr=False)


@dataclass
class ActAsked(Message):
    """An unlocked proctor wants an act carried out."""

    pin: str = field(repr=False)
    request: "ActRequest"
    second_pin: str | None = field(default=None, repr=False)


@dataclass
class CodeAsked(Message):
    """The hall does not answer: a proctor wants an act carried out by a console's code."""

    request: "ActRequest"


@dataclass
class CodeEntered(Message):
    """A proctor typed the code a console gave for an act."""

    request: "ActRequest"
    code: str = field(repr=False)


@dataclass
class CodeClosed(Message):
    """No code after all: back to the overlay."""


@dataclass
class OverlayClosed(Message):
    """The proctor is done, or stopped half-way; the overlay may go."""
