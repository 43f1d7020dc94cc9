"""The table of rights: who may do what, read from a table of roles and operations; what it does not name is denied."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from kiosk.exam.error import Denied, Invalid
from kiosk.exam.person import Role

STAFF = (Role.ADMIN, Role.AUTHOR, Role.EVALUATOR, Role.PROCTOR)
_HEADER = ["object", "operation", *(r.value for r in (*STAFF, Role.CANDIDATE)), "condition"]
_TRADES = {"test": Role.AUTHOR, "bank": Role.AUTHOR, "question": Role.AUTHOR, "tag": Role.AUTHOR}


class Grade(StrEnum):
    """How far a right goes, by the letters of the table."""

    ANY = "Y"
    SCOPED = "S"
    """Only what is the person's task: own tests, the assigned hall, the allotted marking."""
    OWN = "O"
    """Only what is about the person."""
    TWO = "2"
    """Only together with a second person who has a right to the same act."""
    BREAK_GLASS = "B"
    """Only in an emergency, with a reason, for an hour: never by an ordinary command."""
    JOB = "X"
    """Only the system's own jobs."""
    NONE = "-"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and who stands by where an act needs two."""

    user_id: str
    role: Role
    second: "Actor | None" = None
    is_alone: bool = False
    """Whether nobody else in the place could stand by: such an act is allowed, and recorded as done alone."""


class Rights:
    """The table of rights; asked with an operation such as `test.create`."""

    def __init__(self, grades: Mapping[str, Mapping[Role, Grade]]) -> None:
        self._grades = grades

    @classmethod
    def parse(cls, text: str) -> "Rights":
        """Read the table from CSV text; raises Invalid, naming the line, for anything it does not know."""
        rows = csv.reader(text.splitlines())
        if next(rows, []) != _HEADER:
            raise Invalid(f"the table of rights must begin with {','.join(_HEADER)}")
        grades: dict[str, dict[Role, Grade]] = {}
        for number, row in enumerate(rows, 2):
            if len(row) != len(_HEADER):
                raise Invalid(f"the table of rights, line {number}: {len(row)} fields instead of {len(_HEADER)}")
            operation = f"{row[0]}.{row[1]}"
            if operation in grades:
                raise Invalid(f"the table of rights, line {number}: {operation} stands twice")
            try:
                grades[operation] = {Role(r): Grade(g) for r, g in zip(_HEADER[2:-1], row[2:-1], strict=True)}
            except ValueError as error:
                raise Invalid(f"the table of rights, line {number}: {error}") from error
        return cls(grades)

    @property
    def operations(self) -> tuple[str, ...]:
        """Every operation of the table, in its order."""
        return tuple(self._grades)

    def grade(self, operation: str, role: Role) -> Grade:
        """Return how far a role's right to an operation goes; NONE for what the table does not name."""
        row = self._grades.get(operation, {})
        if role is Role.SYSTEM:
            return Grade.ANY if Grade.JOB in row.values() else Grade.NONE
        return row.get(role, Grade.NONE)

    def role_for(self, operation: str) -> Role:
        """Return the role of staff whose right to an operation goes furthest; of equals, whose trade the thing is."""
        order = (Grade.ANY, Grade.TWO, Grade.SCOPED)
        trade = _TRADES.get(operation.partition(".")[0])
        able = [r for r in STAFF if self.grade(operation, r) in order]
        return min(able, key=lambda r: (order.index(self.grade(operation, r)), r is not trade), default=Role.ADMIN)

    def goes_everywhere(self, operation: str, role: Role) -> bool:
        """Whether a role's right to an operation has no bounds."""
        return self.grade(operation, role) is Grade.ANY

    def may_stand_by(self, operation: str, role: Role) -> bool:
        """Whether a person of `role` can be the second person of an operation."""
        return self.grade(operation, role) is Grade.TWO

    def check(self, operation: str, actor: Actor, *, in_scope: bool = False, is_own: bool = False) -> None:
        """Raise Denied, saying why and what would help, unless `actor` may do `operation` here.

        `in_scope` says that the thing is the actor's task, `is_own` that it is about the actor.
        """
        grade = self.grade(operation, actor.role)
        words = _words(operation)
        match grade:
            case Grade.ANY:
                return
            case Grade.SCOPED if in_scope or is_own:
                return
            case Grade.OWN if is_own:
                return
            case Grade.TWO:
                self._check_second(operation, actor)
            case Grade.SCOPED:
                raise Denied(f"{_a(actor.role)} may {words} only within their own task; this belongs to somebody else.")
            case Grade.OWN:
                raise Denied(f"{_a(actor.role)} may {words} only for themselves.")
            case Grade.BREAK_GLASS:
                raise Denied(f"{_a(actor.role)} may {words} only in an emergency, not by this command.")
            case Grade.JOB:
                raise Denied(f"Nobody may {words} by hand: the program does it by itself.")
            case _:
                raise Denied(f"{_a(actor.role)} may not {words}. {self._hint(operation)}")

    def _check_second(self, operation: str, actor: Actor) -> None:
        second = actor.second
        if second is None:
            if not actor.is_alone:
                raise Denied(f"To {_words(operation)} needs a second person, who stands by it.")
        elif second.user_id == actor.user_id:
            raise Denied("The second person must be somebody else.")
        elif not self.may_stand_by(operation, second.role):
            raise Denied(f"{_a(second.role)} cannot be the second person to {_words(operation)}.")

    def _hint(self, operation: str) -> str:
        able = [r for r in (*STAFF, Role.CANDIDATE) if self.grade(operation, r) not in (Grade.NONE, Grade.JOB)]
        return f"This is for: {_listed(r.value for r in able)}." if able else "Nobody may."


def _words(operation: str) -> str:
    thing, _, act = operation.partition(".")
    return f"{act.replace('_', ' ')} ({thing})"


def _a(role: Role) -> str:
    article = "An" if role.value[0] in "aeiou" else "A"
    return "The system" if role is Role.SYSTEM else f"{article} {role.value}"


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)
