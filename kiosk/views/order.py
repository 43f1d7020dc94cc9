"""Orders: what a proctor may ask for the seats of a hall, what became of it, and what was done before."""

from dataclasses import dataclass, field
from enum import StrEnum


class Verb(StrEnum):
    """What a proctor may ask for one seat, many, or all."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    EXTEND = "extend"
    REST_BREAK = "rest_break"
    LOCK = "lock"
    UNLOCK = "unlock"
    MESSAGE = "message"
    INCIDENT = "incident"
    MOVE = "move"
    HAND_IN_FOR = "hand_in_for"
    REOPEN = "reopen"
    END = "end"
    ABSENT = "absent"
    CHECK_IN = "check_in"
    CREDIT = "credit"
    CHARGE_GAP = "charge_gap"
    CAUSE = "cause"
    UNDO = "undo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One verb for some seats, with what it needs."""

    verb: Verb
    seats: tuple[str, ...]
    """Names of seats; empty for the whole hall at once, which only PAUSE and RESUME allow."""
    amount_ms: int = 0
    reason: str = ""
    """A category of reason, where the verb asks for one; for CAUSE the cause."""
    text: str = ""
    target: str | None = None
    """The seat a MOVE goes to."""
    attention_id: str | None = None
    """The incident or gap a CREDIT settles or a CAUSE is about, or the act an UNDO takes back."""
    pin: str = field(default="", repr=False)
    second_pin: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an order at one seat."""

    seat: str
    done: bool
    words: str
    """Why not, or what was done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One act done in the hall: who did what, when, where, and whether it can still be taken back."""

    act_id: str
    at: str
    """ISO moment."""
    who: str
    words: str
    """What was done and why, such as "extended by 10 min: power"."""
    seats: tuple[str, ...]
    can_undo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeWish:
    """What a proctor asks a code for: all of it is bound into the code."""

    seat: str
    challenge: str
    """As the seat shows it."""
    act: str
    """Value of an `Act`: resume, extend, move, unlock, reopen or start."""
    amount_ms: int = 0
    reason: str = ""
    pin: str = field(repr=False)
    second_pin: str | None = field(default=None, repr=False)
