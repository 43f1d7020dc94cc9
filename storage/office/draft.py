"""The drafts of the office: tests with their sections, questions and settings, until they are printed."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from kiosk.exam.catalogue import TestSummary
from kiosk.exam.draft import Question, Section, Test
from kiosk.exam.error import Invalid, Refused
from kiosk.exam.log import AuditEntry
from storage.models import office as rows
from storage.office.question import add_questions, clear_questions, load_questions
from storage.office.store import Store, add_rows, in_batches, write_audit

_TEST_FIELDS = (
    "test_id",
    "title",
    "description",
    "created_at",
    "created_by",
    "duration",
    "is_active",
    "access_type",
    "max_attempts",
    "pass_score",
    "randomized_questions",
    "randomized_options",
    "test_version",
    "instructions",
)
_SECTION_FIELDS = ("section_id", "title", "instructions", "section_order", "duration", "is_mandatory")


class DraftStore(Store):
    """Saves and loads whole drafts."""

    def save(self, test: Test, audit: AuditEntry, replaces_id: str | None = None) -> None:
        """Keep a draft as it stands, in place of what was there; `replaces_id` names the version it succeeds.

        Raises Refused for a test that is printed, and Invalid for a section or question id of another test.
        """
        with self._writing() as session:
            row = session.get(rows.Test, test.test_id)
            if row is not None and row.paper_digest is not None:
                raise Refused(f"{row.title} is published and never changes. Revise it: that makes a new version.")
            _check_ids(session, test)
            if row is None:
                add_rows(session, rows.Test, [_new_test(session, test, replaces_id)])
            else:
                _clear(session, test.test_id)
                session.execute(update(rows.Test).where(rows.Test.test_id == test.test_id).values(_test_values(test)))
            _add_parts(session, test)
            write_audit(session, audit)

    def load(self, test_id: str) -> Test:
        """Return a whole draft; raises Refused when there is none of that id."""
        with self._reading() as session:
            row = _row(session, test_id)
            sections = list(
                session.scalars(
                    select(rows.Section)
                    .where(rows.Section.test_id == test_id)
                    .order_by(rows.Section.section_order, rows.Section.section_id)
                )
            )
            questions = load_questions(session, [s.section_id for s in sections])
            settings = session.execute(
                select(rows.Setting.setting_key, rows.Setting.setting_value).where(rows.Setting.test_id == test_id)
            )
            return Test(
                **{name: getattr(row, name) for name in _TEST_FIELDS},
                tags=tuple(row.tags or ()),
                sections=tuple(_section(s, questions.get(s.section_id, ())) for s in sections),
                settings={row.setting_key: row.setting_value for row in settings},
            )

    def summary(self, test_id: str) -> TestSummary:
        """Return one test in a line; raises Refused when there is none of that id."""
        with self._reading() as session:
            _row(session, test_id)
            return _summaries(session, test_id)[0]

    def summaries(self) -> tuple[TestSummary, ...]:
        """Return every test in a line, newest last."""
        with self._reading() as session:
            return _summaries(session)

    def set_active(self, test_id: str, is_active: bool, audit: AuditEntry) -> None:
        """Open a test for new sittings, or shut it; the printed paper stays what it is."""
        with self._writing() as session:
            _row(session, test_id)
            session.execute(update(rows.Test).where(rows.Test.test_id == test_id).values(is_active=is_active))
            write_audit(session, audit)


def _row(session: Session, test_id: str) -> rows.Test:
    row = session.get(rows.Test, test_id)
    if row is None:
        raise Refused(f"There is no test {test_id} here. `kiosk exam list` names them all.")
    return row


def _new_test(session: Session, test: Test, replaces_id: str | None) -> dict[str, Any]:
    before = None if replaces_id is None else _row(session, replaces_id)
    family = test.test_id if before is None else before.family_id or before.test_id
    return {**_test_values(test), "family_id": family, "replaces_id": replaces_id}


def _test_values(test: Test) -> dict[str, Any]:
    return {**{name: getattr(test, name) for name in _TEST_FIELDS}, "tags": list(test.tags)}


def _check_ids(session: Session, test: Test) -> None:
    section_ids = [s.section_id for s in test.sections]
    question_ids = [q.question_id for s in test.sections for q in s.questions]
    for kind, ids in (("section", section_ids), ("question", question_ids)):
        if len(set(ids)) < len(ids):
            raise Invalid(f"two {kind}s have the id {next(i for i in ids if ids.count(i) > 1)}")
    for some in in_batches(section_ids):
        foreign = select(func.min(rows.Section.section_id)).where(
            rows.Section.section_id.in_(some), rows.Section.test_id != test.test_id
        )
        _must_be_none("section", session.scalar(foreign))
    for some in in_batches(question_ids):
        foreign = (
            select(func.min(rows.Question.question_id))
            .outerjoin(rows.Section, rows.Section.section_id == rows.Question.section_id)
            .where(rows.Question.question_id.in_(some), func.coalesce(rows.Section.test_id, "") != test.test_id)
        )
        _must_be_none("question", session.scalar(foreign))


def _must_be_none(kind: str, found: str | None) -> None:
    if found is not None:
        raise Invalid(f"the {kind} id {found} belongs to another test; give this {kind} an id of its own")


def _clear(session: Session, test_id: str) -> None:
    sections = select(rows.Section.section_id).where(rows.Section.test_id == test_id)
    clear_questions(session, sections)
    for statement in (
        delete(rows.Section).where(rows.Section.test_id == test_id),
        delete(rows.Setting).where(rows.Setting.test_id == test_id),
    ):
        session.execute(statement, execution_options={"synchronize_session": False})


def _add_parts(session: Session, test: Test) -> None:
    add_rows(
        session,
        rows.Section,
        [{"test_id": test.test_id, **{n: getattr(s, n) for n in _SECTION_FIELDS}} for s in test.sections],
    )
    add_questions(session, [(s.section_id, q) for s in test.sections for q in s.questions])
    add_rows(
        session,
        rows.Setting,
        [
            {"setting_id": uuid.uuid4().hex, "test_id": test.test_id, "setting_key": key, "setting_value": value}
            for key, value in sorted(test.settings.items())
        ],
    )


def _section(row: rows.Section, questions: Sequence[Question]) -> Section:
    return Section(**{name: getattr(row, name) for name in _SECTION_FIELDS}, questions=tuple(questions))


def _summaries(session: Session, test_id: str | None = None) -> tuple[TestSummary, ...]:
    counts = (
        select(
            rows.Section.test_id,
            func.count(func.distinct(rows.Section.section_id)).label("sections"),
            func.count(rows.Question.question_id).label("questions"),
        )
        .outerjoin(rows.Question, (rows.Question.section_id == rows.Section.section_id) & rows.Question.is_active)
        .group_by(rows.Section.test_id)
        .subquery()
    )
    query = (
        select(rows.Test, counts.c.sections, counts.c.questions)
        .outerjoin(counts, counts.c.test_id == rows.Test.test_id)
        .order_by(rows.Test.created_at, rows.Test.test_id)
    )
    if test_id is not None:
        query = query.where(rows.Test.test_id == test_id)
    return tuple(
        TestSummary(
            test_id=row.test_id,
            title=row.title,
            test_version=row.test_version,
            created_by=row.created_by,
            created_at=row.created_at,
            duration=row.duration,
            is_active=row.is_active,
            access_type=row.access_type,
            sections=sections or 0,
            questions=questions or 0,
            published_at=row.published_at,
            paper_digest=row.paper_digest,
            family_id=row.family_id or row.test_id,
            replaces_id=row.replaces_id,
        )
        for row, sections, questions in session.execute(query)
    )
