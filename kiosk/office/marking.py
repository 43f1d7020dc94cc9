"""Marking: by the machine, by an evaluator, and the release of results."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from kiosk.exam.draft import QuestionType
from kiosk.exam.error import Denied, Refused
from kiosk.exam.grading import Award, machine_awards, person_award
from kiosk.exam.key import Key
from kiosk.exam.person import SYSTEM_ID
from kiosk.exam.roles import Actor
from kiosk.exam.script import MarkedScript, QueueItem, Script
from kiosk.exam.text import clean_text
from kiosk.office.office import SYSTEM, Office, Progress, no_progress
from kiosk.office.publication import paper_of

BATCH = 100
"""Sittings marked in one transaction."""


@dataclass(frozen=True, slots=True)
class Tidings:
    """What a run of marking came to."""

    marked: int
    """Sittings that got a new award or a grade."""
    complete: int
    """Of these, with nothing left to mark."""
    waiting: int
    """Of these, with answers left to a person."""
    changed: tuple[MarkedScript, ...]
    """Those whose score is another than before."""


def mark_automatic(
    office: Office,
    actor: Actor,
    *,
    test_id: str | None = None,
    submission_id: str | None = None,
    rescore: bool = False,
    progress: Progress = no_progress,
) -> Tidings:
    """Mark what a machine can: one sitting, those of a test, or all that are handed in, under the key in force.

    Only adds awards, and never touches a person's. With `rescore`, also sittings graded under an older key.
    Written answers are left to a person. Running it again changes nothing. The program itself may do it too.
    """
    if actor != SYSTEM:
        office.check("answer.mark", actor, in_scope=True)
    if test_id is not None:
        paper_of(office, test_id)
    sittings = (
        (office.marks.sitting(submission_id),)
        if submission_id is not None
        else office.marks.to_mark(test_id, rescore=rescore)
    )
    marked: list[MarkedScript] = []
    for start in range(0, len(sittings), BATCH):
        some = sittings[start : start + BATCH]
        marked += office.marks.mark(some, _by_machine, SYSTEM_ID, office.now())
        progress(start + len(some), len(sittings))
    return _tidings(marked)


def preview_rescore(office: Office, actor: Actor, test_id: str) -> Tidings:
    """Return what marking a test again under the key in force would change, changing nothing."""
    office.check("answer.mark", actor, in_scope=True)
    return _tidings(office.marks.preview(office.marks.to_mark(test_id, rescore=True), _by_machine))


def award(
    office: Office, actor: Actor, submission_id: str, question_id: str, points: Decimal, feedback: str | None = None
) -> MarkedScript:
    """Give an answer points by an evaluator's judgement; machine marks still missing are added with it.

    Changing what another evaluator or the machine gave, or what is released, needs a second evaluator. Raises Refused
    for points the question cannot give.
    """
    office.check("answer.mark", actor, in_scope=True)
    words = clean_text(feedback).strip() or None if feedback else None

    def marking(key: Key, script: Script) -> tuple[Award, ...]:
        before = script.in_force.get(question_id)
        if _is_override(key, script, question_id, before, actor):
            office.check("answer.moderate_override", _moderator(office, actor))
        own = person_award(key, question_id, points, actor.user_id, words, before)
        machine = (a for a in _by_machine(key, script) if a.question_id != question_id)
        return (own, *machine)

    sitting = office.marks.sitting(submission_id)
    return office.marks.mark([sitting], marking, actor.user_id, office.now())[0]


def review(office: Office, actor: Actor, submission_id: str, feedback: str) -> None:
    """Give a whole graded sitting an evaluator's words; it is `reviewed` from then on."""
    office.check("answer.mark", actor, in_scope=True)
    words = clean_text(feedback).strip()
    if not words:
        raise Refused("A review has words.")
    office.marks.review(office.marks.sitting(submission_id), words, actor.user_id, office.now())


def queue(office: Office, actor: Actor, test_id: str | None = None) -> tuple[QueueItem, ...]:
    """Return the written answers that wait for a person, without anybody's name."""
    office.check("answer.read", actor, in_scope=True)
    return office.queue.waiting(test_id)


def release(office: Office, actor: Actor, test_id: str) -> int:
    """Let candidates see what is graded, as far as the test's policy says, and tell them; return how many."""
    office.check("submission.release_results", actor)
    policy = paper_of(office, test_id).policy
    audit = office.audit("submission.release_results", actor, "tests", test_id, shows=policy.show_results)
    return office.results.release(test_id, policy.show_results != "never", audit)


def _by_machine(key: Key, script: Script) -> tuple[Award, ...]:
    return machine_awards(key, script.answers, script.in_force)


def _is_override(key: Key, script: Script, question_id: str, before: Award | None, actor: Actor) -> bool:
    question = key.by_question.get(question_id)
    is_written = question is not None and question.type in (QuestionType.ESSAY, QuestionType.CODING)
    if script.is_released or not is_written:
        return True
    return before is not None and not before.is_by_machine and before.marker_id != actor.user_id


def _moderator(office: Office, actor: Actor) -> Actor:
    if actor.second is not None:
        return actor
    try:
        return office.acting("answer.moderate_override", actor.user_id)
    except Denied:
        return actor


def _tidings(marked: Sequence[MarkedScript]) -> Tidings:
    complete = sum(m.grade.is_complete for m in marked)
    return Tidings(
        marked=len(marked),
        complete=complete,
        waiting=len(marked) - complete,
        changed=tuple(m for m in marked if m.before is not None and m.before != m.grade.score),
    )
