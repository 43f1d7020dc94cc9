"""The people of the office: `users`, with their accommodations and the hashes of their secrets."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from kiosk.exam.accommodation import Accommodation
from kiosk.exam.error import Refused
from kiosk.exam.log import AuditEntry
from kiosk.exam.person import SYSTEM_ID, Person, Role
from storage.models import office as rows
from storage.office.store import Store, add_rows, in_batches, write_audit
from storage.value import person_of


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person to add, with the Argon2id hash of the secret they will sign in with."""

    person: Person
    secret_hash: str | None = None

    def __repr__(self) -> str:
        return f"NewPerson({self.person!r})"


class PersonStore(Store):
    """Adds, finds and changes people."""

    def found(self, people: Sequence[Person], at: datetime) -> None:
        """Add the user `system` and the office's first people where there is no `system` yet."""
        with self._reading() as session:
            if session.get(rows.Person, SYSTEM_ID) is not None:
                return
        system = Person(user_id=SYSTEM_ID, role=Role.SYSTEM, name="exam-kiosk")
        with self._writing() as session:
            if session.get(rows.Person, SYSTEM_ID) is None:
                add_rows(session, rows.Person, [_values(NewPerson(p), at) for p in (system, *people)])

    def able(self, roles: Collection[Role]) -> tuple[str, ...]:
        """Return the ids of the active people of some roles."""
        query = select(rows.Person.user_id).where(rows.Person.role.in_(roles), rows.Person.is_active)
        with self._reading() as session:
            return tuple(session.scalars(query))

    def add(self, people: Sequence[NewPerson], at: datetime, audit: Sequence[AuditEntry]) -> None:
        """Add people, all or none; raises Refused naming the first id or roll number that is taken."""
        with self._writing() as session:
            _check_free(session, people)
            add_rows(session, rows.Person, [_values(p, at) for p in people])
            write_audit(session, *audit)

    def person(self, user_id: str) -> Person:
        """Return one person; raises Refused when there is none of that id."""
        with self._reading() as session:
            return person_of(_row(session, user_id))

    def by_roll_number(self, roll_number: str) -> Person | None:
        """Return the candidate with a roll number, or None."""
        with self._reading() as session:
            row = session.scalar(select(rows.Person).where(rows.Person.roll_number == roll_number))
            return None if row is None else person_of(row)

    def people(self, roles: Collection[Role] = tuple(Role)) -> tuple[Person, ...]:
        """Return the people of some roles, by role, roll number and name."""
        query = select(rows.Person).where(rows.Person.role.in_(roles))
        with self._reading() as session:
            found = [person_of(row) for row in session.scalars(query)]
        # here and not by the database, to which names may be sealed
        return tuple(sorted(found, key=lambda p: (p.role.value, p.roll_number or "", p.name, p.user_id)))

    def first(self, role: Role, last: Collection[str] = ()) -> Person | None:
        """Return the longest-standing active person of a role, or None; those of `last` only if there is no other."""
        query = (
            select(rows.Person)
            .where(rows.Person.role == role, rows.Person.is_active)
            .order_by(rows.Person.user_id.in_(last), rows.Person.created_at, rows.Person.user_id)
        )
        with self._reading() as session:
            row = session.scalars(query.limit(1)).first()
            return None if row is None else person_of(row)

    def secret_hashes(self, user_ids: Sequence[str]) -> Mapping[str, str]:
        """Return the hashes of secrets, of those people who have one."""
        found: dict[str, str] = {}
        with self._reading() as session:
            for some in in_batches(user_ids):
                query = select(rows.Person.user_id, rows.Person.secret_hash).where(rows.Person.user_id.in_(some))
                found |= {user_id: secret for user_id, secret in session.execute(query) if secret is not None}
        return found

    def set_secret(self, user_id: str, secret_hash: str, audit: AuditEntry) -> None:
        """Replace the hash of a person's secret."""
        self._change(user_id, {"secret_hash": secret_hash}, audit)

    def set_accommodation(self, user_id: str, given: Accommodation, audit: AuditEntry) -> None:
        """Change what a person is allowed from the next assignment on, and on those not yet begun."""
        with self._writing() as session:
            _row(session, user_id)
            session.execute(update(rows.Person).where(rows.Person.user_id == user_id).values(given.document()))
            session.execute(
                update(rows.Assignment)
                .where(rows.Assignment.candidate_id == user_id, rows.Assignment.attempt_count == 0)
                .values(given.document())
            )
            write_audit(session, audit)

    def set_active(self, user_id: str, is_active: bool, audit: AuditEntry) -> None:
        """Let a person in, or keep them out, from now on."""
        self._change(user_id, {"is_active": is_active}, audit)

    def _change(self, user_id: str, values: Mapping[str, object], audit: AuditEntry) -> None:
        with self._writing() as session:
            _row(session, user_id)
            session.execute(update(rows.Person).where(rows.Person.user_id == user_id).values(values))
            write_audit(session, audit)


def _row(session: Session, user_id: str) -> rows.Person:
    row = session.get(rows.Person, user_id)
    if row is None:
        raise Refused(f"There is no person {user_id} here.")
    return row


def _values(new: NewPerson, at: datetime) -> dict[str, object]:
    person = new.person
    return {
        "user_id": person.user_id,
        "role": person.role,
        "name": person.name,
        "roll_number": person.roll_number,
        "email": person.email,
        "is_active": person.is_active,
        "secret_hash": new.secret_hash,
        "created_at": at,
        "is_provisional": False,
        **person.accommodation.document(),
    }


def _check_free(session: Session, people: Sequence[NewPerson]) -> None:
    _check_column(session, "user id", rows.Person.user_id, [p.person.user_id for p in people])
    rolls = [p.person.roll_number for p in people if p.person.roll_number is not None]
    _check_column(session, "roll number", rows.Person.roll_number, rolls)


def _check_column(session: Session, words: str, column: InstrumentedAttribute[Any], wanted: Sequence[str]) -> None:
    seen: set[str] = set()
    for value in wanted:
        if value in seen:
            raise Refused(f"The {words} {value} is given twice.")
        seen.add(value)
    for some in in_batches(wanted):
        taken = session.scalars(select(column).where(column.in_(some))).first()
        if taken is not None:
            raise Refused(f"The {words} {taken} is taken.")
