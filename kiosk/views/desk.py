"""The desk: everything the candidate's screens may ask of the seat they run on."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from kiosk.exam.grant import Act
from kiosk.views.candidate import (
    CandidateCard,
    Instructions,
    Notice,
    Result,
    SaveState,
    Sheet,
    SittingState,
    TestCard,
    TimeLeft,
)


@dataclass(frozen=True, slots=True)
class Saved:
    """Entries up to `seq` are committed on this seat."""

    seq: int
    at: str


@dataclass(frozen=True, slots=True)
class SaveFailed:
    """The store refuses to write: work must stop, nothing shown as saved is lost."""

    message: str


@dataclass(frozen=True, slots=True)
class HeldByCentral:
    """Central's receipt for the sitting has come."""

    at: str


@dataclass(frozen=True, slots=True)
class HeldByHall:
    """Entries up to `seq` are committed in the hall too."""

    seq: int
    at: str


@dataclass(frozen=True, slots=True)
class Told:
    """The hall says something to the candidate; it is to be shown, and counted as read when they say so."""

    message: "HallMessage"


@dataclass(frozen=True, slots=True)
class Changed:
    """The hall changed the state of the sitting or the desk: paused, resumed, locked, extended, moved, may start."""

    words: str
    """What happened, for the candidate."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """The hall has ordered something that the next `tick` carries out, so that held-back text is put down first."""


DeskEvent = Saved | SaveFailed | HeldByHall | Told | Changed | Ordered | HeldByCentral


@dataclass(frozen=True, slots=True, kw_only=True)
class HallMessage:
    """One announcement as the candidate is shown it."""

    message_id: str
    at: str
    who: str
    text: str
    question_id: str | None = None
    """The question it corrects."""
    is_read: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkState:
    """How the seat stands with its hall."""

    is_connected: bool
    hall: str | None = None
    """Name of the hall that keeps copies over a link; None where the seat opens its hall in process."""
    since: str | None = None
    """ISO moment since when it is so."""
    behind: int = 0
    """Entries the hall does not hold yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActRequest:
    """What a proctor asks for at the seat, with the secrets the hall will check."""

    act: Act
    amount_ms: int = 0
    section: str | None = None
    gap: int | None = None
    reason: str = ""
    note: str = ""
    """Words of an incident; for MOVE the seat it goes to."""


@dataclass(frozen=True, slots=True)
class OverlayState:
    """What the proctor's overlay shows: never a question, never an answer."""

    candidate: CandidateCard | None
    title: str | None
    phase: str
    used_ms: int
    left_ms: int
    section_title: str | None
    section_left_ms: int | None
    answered: int
    questions: int
    events: tuple[tuple[str, str], ...]
    """The last events: wall time and words."""
    gaps: tuple[tuple[int, int | None], ...] = ()
    """Unsettled gaps: entry number and milliseconds, where they could be measured."""
    expected: tuple[CandidateCard, ...] = ()
    """While nobody is signed in: whom a code could start here."""


class Desk(Protocol):
    """One seat at work. `blocking` methods belong in a thread worker; the rest return at once.

    A move raises `Refused` with words for the candidate and changes nothing. A move that is taken is shown at once
    and saved behind it: the listener hears `Saved` when its entry is committed, never before.
    """

    seat: str

    def listen(self, listener: Callable[[DeskEvent], None]) -> None:
        """Tell `listener`, from the writer's thread, what became of saves."""
        ...

    # blocking: these ask the hall or read the store

    def sign_in(self, roll_number: str, code: str) -> CandidateCard:
        """Check a candidate in with the hall; blocking; raises Denied, with the seconds to wait after wrong tries."""
        ...

    def sign_out(self) -> None:
        """Forget the candidate, after a sitting or at "this is not me"; blocking."""
        ...

    def tests(self) -> tuple[TestCard, ...]:
        """Return the candidate's tests; blocking."""
        ...

    def notices(self) -> tuple[Notice, ...]:
        """Return the candidate's notifications, newest first; blocking."""
        ...

    def instructions(self, assignment_id: str) -> Instructions:
        """Return what is read before the start; blocking."""
        ...

    def begin(self, assignment_id: str) -> Sheet:
        """Open the sitting, or go on with the open one at the same question; blocking; may raise Refused."""
        ...

    def result(self, assignment_id: str) -> Result:
        """Return the released result; blocking; raises Refused while there is none to show."""
        ...

    def unlock_overlay(self, pin: str) -> str:
        """Let the hall check a proctor's PIN; return the proctor's name; blocking; raises Denied with the wait."""
        ...

    def act(self, pin: str, request: ActRequest, second_pin: str | None = None) -> None:
        """Ask the hall for a grant and carry it out; blocking; raises Denied or Refused.

        CLOSE_SEAT is granted with or without a sitting; the App leaves when it returns.
        """
        ...

    def act_by_code(self, request: ActRequest, code: str) -> None:
        """Carry out an act by the code a console gave for `challenge(request)`; blocking.

        Raises Denied with the wait after a wrong code; tries are limited, across restarts.
        """
        ...

    # at once

    def challenge(self, request: ActRequest) -> str:
        """Return what the console must be told to give a code for an act: good once, for this seat and candidate."""
        ...

    def link(self) -> LinkState:
        """Return how the seat stands with its hall."""
        ...

    def messages(self) -> tuple[HallMessage, ...]:
        """Return what the hall told this candidate, oldest first."""
        ...

    def read_message(self, message_id: str) -> None:
        """Record that the candidate has read a message."""
        ...

    def raise_hand(self, on: bool) -> None:
        """Ask for a proctor, or ask no more; the clock runs on."""
        ...

    def sheet(self) -> Sheet:
        """Return the paper in this candidate's order."""
        ...

    def state(self) -> SittingState:
        """Return the present state of the sitting."""
        ...

    def time_left(self) -> TimeLeft:
        """Return the clocks at this moment."""
        ...

    def saved(self) -> SaveState:
        """Return how far everything is saved."""
        ...

    def overlay(self) -> OverlayState:
        """Return what the proctor's overlay shows."""
        ...

    def visit(self, question_id: str) -> None:
        """Go to a question."""
        ...

    def choose(self, question_id: str, option_ids: Iterable[str]) -> None:
        """Put down the chosen options."""
        ...

    def type(self, question_id: str, text: str) -> None:
        """Put down the present text."""
        ...

    def clear(self, question_id: str) -> None:
        """Take the answer back."""
        ...

    def flag(self, question_id: str, on: bool) -> None:
        """Mark for review, or take the mark away."""
        ...

    def show_hint(self, question_id: str) -> None:
        """Show the next hint."""
        ...

    def hand_in(self) -> None:
        """Hand in by the candidate's own wish."""
        ...

    def tick(self) -> bool:
        """Do what the clocks and the hall demand; return whether the state changed.

        Called about once a second, and at once after `Ordered`, when held-back text has been put down. A command of
        the hall is carried out here and nowhere else, and told with `Changed`, so that it never overtakes a text.
        """
        ...

    def note_overlay(self, opened: bool) -> None:
        """Record that the proctor's overlay was opened or closed."""
        ...

    def note_focus_lost(self) -> None:
        """Record that the terminal lost the focus."""
        ...

    def note_paste(self, length: int) -> None:
        """Record that a paste of `length` characters was refused."""
        ...

    def capture(self, text: str) -> None:
        """Keep a text picture of the screen as evidence."""
        ...

    def close(self) -> None:
        """Wait until everything put down is committed, and let go of the store; blocking, called once at the end."""
        ...
