"""People, by what they may do."""

from dataclasses import dataclass
from enum import StrEnum

from kiosk.exam.accommodation import Accommodation

SYSTEM_ID = "system"
"""The user id of the program itself, for what it does without anybody asking."""


class Role(StrEnum):
    """The roles of the table of rights."""

    ADMIN = "admin"
    AUTHOR = "author"
    EVALUATOR = "evaluator"
    PROCTOR = "proctor"
    CANDIDATE = "candidate"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One row of `users`, without its secret."""

    user_id: str
    role: Role
    name: str
    roll_number: str | None = None
    """What a candidate types at login; None for staff."""
    email: str | None = None
    is_active: bool = True
    accommodation: Accommodation = Accommodation()
