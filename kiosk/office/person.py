"""People: added with a secret that is shown once, changed, and looked up."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kiosk.exam.accommodation import Accommodation
from kiosk.exam.error import Invalid
from kiosk.exam.person import Person, Role
from kiosk.exam.roles import STAFF, Actor
from kiosk.exam.text import clean_line
from kiosk.office.office import Office, Progress, no_progress
from kiosk.office.secret import hashed
from kiosk.office.secret import new_secret as fresh_secret
from storage.office.person import NewPerson

LONGEST_ROLL = 40
_NOTHING_EXTRA = Accommodation()


@dataclass(frozen=True, slots=True)
class Admitted:
    """A person with the secret to hand out: it is known now and never again."""

    person: Person
    secret: str
    """A candidate's access code in groups, or a proctor's PIN; empty for those who do not sign in."""

    def __repr__(self) -> str:
        return f"Admitted({self.person!r})"


def candidate(
    name: str, roll_number: str, *, email: str | None = None, accommodation: Accommodation = _NOTHING_EXTRA
) -> Person:
    """Return a new candidate; raises Invalid without a name or with a roll number that cannot be typed."""
    roll = clean_line(roll_number)
    if not roll or len(roll) > LONGEST_ROLL:
        raise Invalid(f"{clean_line(name)}: a roll number has 1 to {LONGEST_ROLL} characters")
    person = _person(Role.CANDIDATE, name, email)
    return replace(person, roll_number=roll, accommodation=accommodation)


def staff(role: Role, name: str, *, email: str | None = None) -> Person:
    """Return a new member of staff; raises Invalid for a role that is none of theirs."""
    if role not in STAFF:
        raise Invalid(f"{role.value} is not a role of staff")
    return _person(role, name, email)


def add(
    office: Office, actor: Actor, people: Sequence[Person], progress: Progress = no_progress
) -> tuple[Admitted, ...]:
    """Add people, all or none, each with a fresh secret. Raises Refused where an id or roll number is taken."""
    office.check("user.create_disable", actor)
    if any(p.role is not Role.CANDIDATE for p in people):
        office.check("user.assign_role", actor)
    admitted = []
    new = []
    for number, person in enumerate(people, 1):
        secret = fresh_secret(person.role)
        admitted.append(Admitted(person, secret))
        new.append(NewPerson(person, hashed(person.role, secret)))
        progress(number, len(people))
    audit = [office.audit(_operation(p.role), actor, "users", p.user_id, role=p.role.value) for p in people]
    office.people.add(new, office.now(), audit)
    return tuple(admitted)


def new_secret(office: Office, actor: Actor, user_id: str) -> Admitted:
    """Give a candidate or proctor a fresh secret; the old one is worth nothing from then on."""
    office.check("user.reset_credential", actor)
    person = office.people.person(user_id)
    secret = fresh_secret(person.role)
    secret_hash = hashed(person.role, secret)
    if secret_hash is None:
        raise Invalid(f"{person.name} does not sign in with a secret.")
    audit = office.audit("user.reset_credential", actor, "users", user_id)
    office.people.set_secret(user_id, secret_hash, audit)
    return Admitted(person, secret)


def accommodate(office: Office, actor: Actor, user_id: str, given: Accommodation) -> Person:
    """Set what a person is allowed beyond the paper, also on what they have not yet begun."""
    office.check("assignment.set_accommodation", actor)
    audit = office.audit("assignment.set_accommodation", actor, "users", user_id, **given.document())
    office.people.set_accommodation(user_id, given, audit)
    return office.people.person(user_id)


def set_active(office: Office, actor: Actor, user_id: str, is_active: bool) -> None:
    """Let a person in, or keep them out."""
    office.check("user.create_disable", actor)
    audit = office.audit("user.create_disable", actor, "users", user_id, is_active=is_active)
    office.people.set_active(user_id, is_active, audit)


def everybody(office: Office, actor: Actor, role: Role | None = None) -> tuple[Person, ...]:
    """Return the people of a role, or all."""
    office.check("user.read_directory", actor)
    return office.people.people(tuple(Role) if role is None else (role,))


def _person(role: Role, name: str, email: str | None) -> Person:
    plain_name = clean_line(name)
    if not plain_name:
        raise Invalid("a person needs a name")
    return Person(user_id=uuid.uuid4().hex, role=role, name=plain_name, email=clean_line(email) if email else None)


def _operation(role: Role) -> str:
    return "user.create_disable" if role is Role.CANDIDATE else "user.assign_role"
