"""The board: what a proctor's console is shown of a hall and may ask of it. Counts, states and times; never content."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from kiosk.exam.error import Denied
from kiosk.views.closeout import Closeout
from kiosk.views.order import CodeWish, Deed, Order, Outcome
from kiosk.views.preflight import Preflight


class SeatState(StrEnum):
    """Where a seat stands, by the letter the map shows."""

    EMPTY = "E"
    READY = "R"
    WORKING = "W"
    PAUSED = "P"
    AWAY = "A"
    LOST = "L"
    LOCKED = "K"
    HANDED_IN = "H"
    SEALED = "S"
    ABSENT = "X"


class Severity(StrEnum):
    """How much somebody is needed."""

    NOTE = "note"
    WARN = "warn"
    ALARM = "alarm"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatLine:
    """One seat of the map at one moment."""

    seat: str
    row: int
    column: int
    """Its place in the room, from 0."""
    state: SeatState
    candidate: str | None = None
    """Name of who sits or is expected there."""
    roll_number: str | None = None
    test: str | None = None
    percent: int | None = None
    """Answered questions of a hundred; None where nothing is open."""
    left_ms: int | None = None
    since_ms: int = 0
    """How long it has been in this state."""
    lag_ms: int | None = None
    """Age of the oldest entry the hall does not hold; None where the seat has not been heard of."""
    saved_ms: int | None = None
    """Age of the last save on the seat, while working."""
    incidents: int = 0
    extended: bool = False
    accommodated: bool = False
    bundle: bool = False
    """Whether the hall holds its bundle."""
    central: bool = False
    """Whether central has receipted it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """Something that needs a person; it rises and ages until it is acknowledged, and never goes by itself."""

    attention_id: str
    seat: str | None
    kind: str
    """Such as lost, slow, incident, mismatch, clock, disk, hand raised."""
    severity: Severity
    words: str
    age_ms: int
    proposal_ms: int | None = None
    """Time an incident's cause would credit by the hall's rule."""
    cause: str | None = None
    """Value of a `kiosk.exam.incident.Cause`: who it is laid to; None where nothing is credited or charged."""
    charge_ms: int | None = None
    """Time a gap's cause would charge by the hall's rule, 0 for none; None where it is no gap or cannot be said."""
    is_over: bool = False
    """Whether the cause has gone although nobody has acknowledged it yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The numbers that are always in sight."""

    expected: int = 0
    present: int = 0
    working: int = 0
    away: int = 0
    handed_in: int = 0
    sealed: int = 0
    central: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardState:
    """Everything the console draws, at one moment."""

    hall: str
    title: str
    clock: str
    """The hall's wall time, hh:mm:ss."""
    rows: int
    columns: int
    seats: tuple[SeatLine, ...]
    attention: tuple[Attention, ...]
    counts: Counts
    paused: bool = False
    """Whether the whole hall is paused."""
    is_connected: bool = True
    """Whether the hub answers; the last state is shown greyed where it does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One candidate at one seat, as the console shows them: times, levels of saving, story; never content."""

    seat: str
    candidate: str
    roll_number: str | None
    test: str
    state: SeatState
    badges: tuple[str, ...]
    """Such as +25 %, rest breaks, late start."""
    started_at: str | None
    used_ms: int
    left_ms: int
    section: str | None
    answered: int
    questions: int
    saved_seat_at: str | None
    """ISO moment of the last save at each level; None where there was none."""
    saved_hall_at: str | None
    saved_central_at: str | None
    lag_ms: int | None
    events: tuple[tuple[str, str], ...]
    """ISO moment and words, newest last."""
    incidents: tuple[tuple[str, str], ...] = ()
    build: str | None = None
    paper: str | None = None
    """First characters of the paper's digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """Something said to the hall, and how far it has come."""

    announcement_id: str
    at: str
    """ISO moment."""
    text: str
    seats: int
    """To how many seats it was said."""
    delivered: int = 0
    read: int = 0


class SignedOut(Denied):
    """Nobody is signed in at this console any more; whoever acts gives a PIN first."""

    title = "Sign in again"


class Board(Protocol):
    """A hall as its console sees it. Methods may block and may raise Denied, Refused or KioskError."""

    def listen(self, listener: Callable[[BoardState], None]) -> None:
        """Tell `listener`, from another thread, each new state: at least once a second while anything changes."""
        ...

    def state(self) -> BoardState:
        """Return the present state at once, from memory."""
        ...

    def sign_in(self, pin: str) -> str:
        """Recognise a proctor; return their name; raises Denied with the wait."""
        ...

    def sign_out(self) -> None:
        """Forget who signed in; returns at once and never fails. A session also ends after a quarter of an hour."""
        ...

    def card(self, seat: str) -> Card:
        """Return who sits at a seat; blocking."""
        ...

    def carry_out(self, order: Order) -> Sequence[Outcome]:
        """Ask for a verb at every seat named; does what can be done and says why of the rest; blocking."""
        ...

    def announce(self, text: str, seats: Sequence[str] = (), question: str | None = None) -> str:
        """Tell everybody, or some seats, something; return the announcement's id; blocking; may raise SignedOut.

        With `question`, the id the office names in its erratum, only those whose paper has that question are told.
        """
        ...

    def announcements(self) -> Sequence[Announcement]:
        """Return each announcement with how far it has come, newest first; blocking."""
        ...

    def deeds(self) -> Sequence[Deed]:
        """Return the acts done in this hall, newest first; an UNDO names one by `attention_id`; blocking."""
        ...

    def acknowledge(self, attention_id: str) -> None:
        """Take note of something that needed a person; blocking; may raise SignedOut."""
        ...

    def preflight(self) -> Preflight:
        """Return whether each seat is fit, by what it last told; blocking."""
        ...

    def closeout(self) -> Closeout:
        """Return every row of the roster and what is missing; blocking."""
        ...

    def code(self, wish: CodeWish) -> str:
        """Return the code that allows an act at a seat that cannot reach the hall; blocking; may raise Denied."""
        ...
