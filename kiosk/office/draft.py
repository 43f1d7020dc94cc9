"""Drafts: kept, shown, listed and revised."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import replace

from kiosk.exam.catalogue import TestSummary
from kiosk.exam.draft import Question, Section, Test
from kiosk.exam.error import Refused
from kiosk.exam.person import Role
from kiosk.exam.press import print_test
from kiosk.exam.roles import Actor
from kiosk.exam.setting import check_setting
from kiosk.office.office import Office


def keep(office: Office, actor: Actor, test: Test) -> Test:
    """Keep a draft, in place of an earlier draft of the same id, and return it as kept; its author is the actor.

    A test that is published never changes: what comes under its id becomes a new version with ids of its own.
    Raises Invalid for a setting there is not, Refused where nothing differs from the published version.
    """
    for key, value in test.settings.items():
        check_setting(key, value)
    known = {s.test_id: s for s in office.drafts.summaries()}
    before = known.get(test.test_id)
    if before is None:
        office.check("test.create", actor)
        return _save(office, actor, "test.create", replace(test, created_by=actor.user_id))
    if before.is_published:
        if print_test(test)[0].digest == before.paper_digest:
            raise Refused(f"{before.title} is published already, and nothing in it has changed.")
        return _succeed(office, actor, before, test)
    office.check("test.update_draft", actor, in_scope=before.created_by == actor.user_id)
    return _save(office, actor, "test.update_draft", replace(test, created_by=before.created_by))


def revise(office: Office, actor: Actor, test_id: str) -> Test:
    """Return a new draft with the content of a published test, ready to be edited; raises Refused for a draft."""
    before = office.drafts.summary(test_id)
    if not before.is_published:
        raise Refused(f"{before.title} is still a draft: edit it as it is.")
    return _succeed(office, actor, before, office.drafts.load(test_id))


def show(office: Office, actor: Actor, test_id: str) -> Test:
    """Return a whole test with what is right in it."""
    summary = office.drafts.summary(test_id)
    office.check("test.read_content", actor, in_scope=_is_author(summary, actor))
    return office.drafts.load(test_id)


def catalogue(office: Office, actor: Actor) -> tuple[TestSummary, ...]:
    """Return the tests the actor may know of: authors know their own, evaluators and proctors what is published."""
    office.check("test.list_metadata", actor, in_scope=True)
    tests = office.drafts.summaries()
    if office.rights.goes_everywhere("test.list_metadata", actor.role):
        return tests
    if actor.role is Role.AUTHOR:
        return tuple(t for t in tests if _is_author(t, actor))
    return tuple(t for t in tests if t.is_published)


def set_active(office: Office, actor: Actor, test_id: str, is_active: bool) -> None:
    """Open a test for new sittings, or shut it."""
    office.check("test.schedule_window", actor)
    audit = office.audit("test.schedule_window", actor, "tests", test_id, is_active=is_active)
    office.drafts.set_active(test_id, is_active, audit)


def _is_author(test: TestSummary, actor: Actor) -> bool:
    return test.created_by == actor.user_id


def _save(office: Office, actor: Actor, operation: str, test: Test, replaces_id: str | None = None) -> Test:
    audit = office.audit(
        operation, actor, "tests", test.test_id, questions=sum(len(s.questions) for s in test.sections)
    )
    office.drafts.save(test, audit, replaces_id)
    return office.drafts.load(test.test_id)


def _succeed(office: Office, actor: Actor, before: TestSummary, test: Test) -> Test:
    office.check("test.clone_new_version", actor, in_scope=_is_author(before, actor))
    printed = {q.question_id: q for s in office.drafts.load(before.test_id).sections for q in s.questions}
    label = test.test_version
    successor = replace(
        test,
        test_id=_draft_after(office, before) or uuid.uuid4().hex,
        created_at=office.now(),
        created_by=actor.user_id,
        test_version=_next_label(label) if label == before.test_version else label,
        sections=tuple(_copy_section(s, printed) for s in test.sections),
    )
    return _save(office, actor, "test.clone_new_version", successor, before.test_id)


def _draft_after(office: Office, before: TestSummary) -> str | None:
    drafts = (t for t in office.drafts.summaries() if t.replaces_id == before.test_id and not t.is_published)
    return next((t.test_id for t in drafts), None)


def _copy_section(section: Section, printed: Mapping[str, Question]) -> Section:
    section_id = uuid.uuid4().hex
    questions = tuple(_copy_question(q, section_id, printed.get(q.question_id)) for q in section.questions)
    return replace(section, section_id=section_id, questions=questions)


def _copy_question(question: Question, section_id: str, before: Question | None) -> Question:
    return replace(
        question,
        question_id=uuid.uuid4().hex,
        section_id=section_id,
        version=1 if before is None else before.version + 1,
        replaces_id=None if before is None else before.question_id,
    )


def _next_label(label: str | None) -> str:
    found = re.fullmatch(r"(.*?)(\d+)", label or "v1")
    return f"{label} (2)" if found is None else f"{found[1]}{int(found[2]) + 1}"
