"""The exam office: its stores over one engine, its table of rights and its clock."""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from kiosk.exam.error import Denied
from kiosk.exam.log import AuditEntry
from kiosk.exam.moment import Clock, parse_iso
from kiosk.exam.person import SYSTEM_ID, Person, Role
from kiosk.exam.roles import STAFF, Actor, Grade, Rights
from kiosk.ground.clock import SystemClock
from kiosk.ground.home import Place
from kiosk.ground.rights import load_rights
from storage.engine import StoreError, open_engine
from storage.migration import check, upgrade
from storage.office.assignment import AssignmentStore
from storage.office.draft import DraftStore
from storage.office.mark import MarkStore
from storage.office.notice import LogStore, NoticeStore
from storage.office.paper import PaperStore
from storage.office.person import PersonStore
from storage.office.queue import QueueStore
from storage.office.result import ResultStore
from storage.office.session import SessionStore
from storage.personal import check_seal

FIRST_PEOPLE = (
    Person(user_id="admin", role=Role.ADMIN, name="Exam office"),
    Person(user_id="author", role=Role.AUTHOR, name="Exam office, author"),
    Person(user_id="evaluator", role=Role.EVALUATOR, name="Exam office, evaluator"),
)
"""Who acts at the office machine until it has people of its own. They have no secret: nobody signs in as one."""
OWN = frozenset(p.user_id for p in FIRST_PEOPLE)
"""These are the hats of whoever keeps the office: never a second person."""
SYSTEM = Actor(SYSTEM_ID, Role.SYSTEM)


class Office:
    """One exam office. Every verb of `kiosk.office` takes it, and an actor whose right it checks."""

    def __init__(self, engine: Engine, clock: Clock | None = None, rights: Rights | None = None) -> None:
        self.engine = engine
        self.rights = rights or load_rights()
        self._clock = clock or SystemClock()

    @classmethod
    def open(
        cls,
        where: Place | str,
        clock: Clock | None = None,
        *,
        create: bool = False,
        migrate: bool = False,
        personal: bytes | None = None,
    ) -> "Office":
        """Open the office at a place, or at the URL of a PostgreSQL; `create` makes one where there is none.

        A place knows whether its store is a file or on a server; with an URL comes the key of its `personal` columns.
        A file is brought to the newest revision; a server only with `create` or `migrate`. Raises StoreError in words.
        """
        if isinstance(where, Place) and not (create or where.exists):
            raise StoreError("There is no exam office here yet. Make one: kiosk central init.")
        engine = open_engine(where, personal=personal) if isinstance(where, str) else _engine(where, create)
        if create or migrate or engine.dialect.name == "sqlite":
            upgrade(engine)
        else:
            check(engine)
        check_seal(engine)
        office = cls(engine, clock)
        office.people.found(FIRST_PEOPLE, office.now())
        return office

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    def __enter__(self) -> "Office":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @cached_property
    def people(self) -> PersonStore:
        """Users."""
        return PersonStore(self.engine)

    @cached_property
    def drafts(self) -> DraftStore:
        """Tests as their authors write them."""
        return DraftStore(self.engine)

    @cached_property
    def papers(self) -> PaperStore:
        """Printed papers and keys."""
        return PaperStore(self.engine)

    @cached_property
    def assignments(self) -> AssignmentStore:
        """Tests given to candidates."""
        return AssignmentStore(self.engine)

    @cached_property
    def sessions(self) -> SessionStore:
        """Sessions of halls."""
        return SessionStore(self.engine)

    @cached_property
    def marks(self) -> MarkStore:
        """Awards."""
        return MarkStore(self.engine)

    @cached_property
    def queue(self) -> QueueStore:
        """Answers that wait for a person."""
        return QueueStore(self.engine)

    @cached_property
    def results(self) -> ResultStore:
        """Results."""
        return ResultStore(self.engine)

    @cached_property
    def notices(self) -> NoticeStore:
        """Notifications."""
        return NoticeStore(self.engine)

    @cached_property
    def logs(self) -> LogStore:
        """What was done."""
        return LogStore(self.engine)

    def now(self) -> datetime:
        """Return the present time."""
        return parse_iso(self._clock.now().at)

    def acting(self, operation: str, user_id: str | None = None, second_id: str | None = None) -> Actor:
        """Return who does an operation: the person named, or the office's first one whose right goes furthest.

        Raises Denied for somebody who is not an active member of staff. Where the act needs two and there is nobody
        else who could stand by, the actor is marked as alone.
        """
        person = self._staff(user_id) if user_id else self._first(self.rights.role_for(operation))
        if second_id in OWN:
            raise Denied(f"{second_id} is the office's own account, and not a second person.")
        second = self._staff(second_id) if second_id else None
        return Actor(
            user_id=person.user_id,
            role=person.role,
            second=None if second is None else Actor(second.user_id, second.role),
            is_alone=second is None and self._is_alone(operation, person),
        )

    def check(self, operation: str, actor: Actor, *, in_scope: bool = False, is_own: bool = False) -> None:
        """Raise Denied unless the actor may do an operation here."""
        self.rights.check(operation, actor, in_scope=in_scope, is_own=is_own)

    def audit(self, operation: str, actor: Actor, table: str, subject_id: str, **details: Any) -> AuditEntry:
        """Return the entry of an act for the log, with who stood by."""
        if self.rights.grade(operation, actor.role) is Grade.TWO:
            details |= {"second": None if actor.second is None else actor.second.user_id}
        return AuditEntry(
            at=self.now(),
            who=actor.user_id,
            action=operation,
            subject_type=table,
            subject_id=subject_id,
            details=details,
        )

    def _staff(self, user_id: str) -> Person:
        person = self.people.person(user_id)
        if person.role not in STAFF or not person.is_active:
            raise Denied(f"{user_id} is not an active member of staff here.")
        return person

    def _first(self, role: Role) -> Person:
        person = self.people.first(role, OWN)
        if person is None:
            raise Denied(f"This needs somebody with the role {role.value}, and there is nobody. Name one with --as.")
        return person

    def _is_alone(self, operation: str, person: Person) -> bool:
        if self.rights.grade(operation, person.role) is not Grade.TWO:
            return False
        roles = [r for r in STAFF if self.rights.may_stand_by(operation, r)]
        return not set(self.people.able(roles)) - OWN - {person.user_id}


Progress = Callable[[int, int], None]
"""Told how much is done of how much."""


def no_progress(done: int, whole: int) -> None:
    """Tell nobody."""


def _engine(place: Place, create: bool) -> Engine:
    if place.database.exists():
        return open_engine(place.database_url(), personal=place.personal_key())
    path: Path = place.store
    if create and not path.exists():
        place.make()
    return open_engine(path, place.store_key(), create=create)


__all__ = ["FIRST_PEOPLE", "OWN", "SYSTEM", "Office", "Progress", "no_progress"]
