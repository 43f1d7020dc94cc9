"""What a console is shown of a hall: the values of `kiosk.views.board`, `preflight` and `closeout`, with bounds.

Counts, states, times, names and words of proctors; no field takes the text of a question or an answer.
"""

from typing import Annotated, Literal

from pydantic import Field

from kiosk.wire.answer import Card
from kiosk.wire.document import Count, Identifier, Name

MOST_SEATS = 2_000
"""Seats of one hall."""
MOST_ROWS = 20_000
"""Rows of any other list."""
LONGEST_MS = 7 * 86_400_000
Line = Annotated[str, Field(max_length=500)]
Words = Annotated[str, Field(max_length=2_000)]
Number = Annotated[int, Field(ge=0, le=100_000)]
Millis = Annotated[int, Field(ge=0, le=2**53 - 1)]
Percent = Annotated[int, Field(ge=0, le=100)]
SeatName = Annotated[str, Field(min_length=1, max_length=100)]
Seats = Annotated[tuple[SeatName, ...], Field(max_length=MOST_SEATS)]
Told = Annotated[tuple[tuple[Line, Words], ...], Field(max_length=MOST_ROWS)]
"""Moments and words."""
StateLetter = Literal["E", "R", "W", "P", "A", "L", "K", "H", "S", "X"]
SeverityWord = Literal["note", "warn", "alarm"]
FitnessWord = Literal["go", "no go", "not known"]
VerbWord = Literal[
    "start", "pause", "resume", "extend", "rest_break", "lock", "unlock", "message", "incident", "move",
    "hand_in_for", "reopen", "end", "absent", "check_in", "credit", "charge_gap",
    "cause", "undo",
]  # fmt: skip


class SeatChange(Card):
    """What is new of one seat: only the fields that are set count."""

    seat: SeatName
    row: Annotated[int, Field(ge=0, le=MOST_SEATS)] = 0
    column: Annotated[int, Field(ge=0, le=MOST_SEATS)] = 0
    state: StateLetter = "E"
    candidate: Line | None = None
    roll_number: Line | None = None
    test: Line | None = None
    percent: Percent | None = None
    left_ms: Millis | None = None
    since_ms: Millis = 0
    lag_ms: Millis | None = None
    saved_ms: Millis | None = None
    incidents: Number = 0
    extended: bool = False
    accommodated: bool = False
    bundle: bool = False
    central: bool = False


class AttentionAnswer(Card):
    """`Attention`."""

    attention_id: Identifier
    seat: SeatName | None
    kind: Line
    severity: SeverityWord
    words: Words
    age_ms: Millis
    proposal_ms: Millis | None = None
    cause: Line | None = None
    charge_ms: Millis | None = None
    is_over: bool = False


class CountsAnswer(Card):
    """`Counts`."""

    expected: Number
    present: Number
    working: Number
    away: Number
    handed_in: Number
    sealed: Number
    central: Number


Attentions = Annotated[tuple[AttentionAnswer, ...], Field(max_length=MOST_ROWS)]
SeatChanges = Annotated[tuple[SeatChange, ...], Field(max_length=MOST_SEATS)]
Clock = Annotated[str, Field(pattern=r"^([0-2][0-9]:[0-5][0-9]:[0-5][0-9])?$")]
"""The hall's wall time; empty before the hub has looked at the hall."""


class BoardAnswer(Card):
    """`BoardState`, but for whether the hub answers: that is seen from outside it."""

    hall: Line
    title: Line
    clock: Clock
    rows: Annotated[int, Field(ge=0, le=MOST_SEATS)]
    columns: Annotated[int, Field(ge=0, le=MOST_SEATS)]
    seats: SeatChanges
    """Every field that is not set is as its default."""
    attention: Attentions
    counts: CountsAnswer
    paused: bool


class CardAnswer(Card):
    """`Card`."""

    seat: SeatName
    candidate: Line
    roll_number: Line | None
    test: Line
    state: StateLetter
    badges: Annotated[tuple[Line, ...], Field(max_length=100)]
    started_at: Line | None
    used_ms: Millis
    left_ms: Millis
    section: Line | None
    answered: Number
    questions: Number
    saved_seat_at: Line | None
    saved_hall_at: Line | None
    saved_central_at: Line | None
    lag_ms: Millis | None
    events: Told
    incidents: Told
    build: Line | None
    paper: Line | None


class OutcomeAnswer(Card):
    """`Outcome`."""

    seat: Line
    done: bool
    words: Words


class OutcomesAnswer(Card):
    """A list of `Outcome`."""

    outcomes: Annotated[tuple[OutcomeAnswer, ...], Field(max_length=MOST_ROWS)]


class DeedAnswer(Card):
    """`Deed`."""

    act_id: Identifier
    at: Line
    who: Line
    words: Words
    seats: Seats
    can_undo: bool


class DeedsAnswer(Card):
    """A list of `Deed`."""

    deeds: Annotated[tuple[DeedAnswer, ...], Field(max_length=MOST_ROWS)]


class AnnouncementAnswer(Card):
    """`Announcement`."""

    announcement_id: Identifier
    at: Line
    text: Words
    seats: Count
    delivered: Count
    read: Count


class AnnouncementsAnswer(Card):
    """A list of `Announcement`."""

    announcements: Annotated[tuple[AnnouncementAnswer, ...], Field(max_length=MOST_ROWS)]


class CheckAnswer(Card):
    """`Check`."""

    name: Name
    fitness: FitnessWord
    words: Words


Checks = Annotated[tuple[CheckAnswer, ...], Field(max_length=200)]


class SeatFitnessAnswer(Card):
    """`SeatFitness`."""

    seat: SeatName
    checks: Checks
    is_spare: bool


class PreflightAnswer(Card):
    """`Preflight`."""

    seats: Annotated[tuple[SeatFitnessAnswer, ...], Field(max_length=MOST_SEATS)]
    hall: Checks


class CloseoutLineAnswer(Card):
    """`CloseoutLine`."""

    test: Line
    candidate: Line
    roll_number: Line | None
    seat: Line | None
    attendance: Line
    at_seat: Line
    in_hall: Line
    at_central: Line
    missing: Words


class CloseoutAnswer(Card):
    """`Closeout`."""

    lines: Annotated[tuple[CloseoutLineAnswer, ...], Field(max_length=MOST_ROWS)]
