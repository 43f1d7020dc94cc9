"""Marking by the machine and by people: awards are only added, and the rows show what is in force."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from examination import (
    DAY,
    admin,
    assigned,
    author,
    candidates,
    evaluator,
    hand_in,
    publish,
    right_answers,
    seen,
)
from kiosk.exam.answer import Answer
from kiosk.exam.assignment import Assignment
from kiosk.exam.draft import Test
from kiosk.exam.error import Denied, Refused
from kiosk.exam.person import SYSTEM_ID, Role
from kiosk.exam.roles import Actor
from kiosk.exam.status import LogAction, SubmissionStatus
from kiosk.office import marking, person, publication
from kiosk.office.office import SYSTEM, Office
from storage.models import office as rows

WRITTEN = {
    "writing-1": Answer("writing-1", text="Mitosis and meiosis", seen=True),
    "writing-2": Answer("writing-2", text="def count(cells): ...", seen=True),
}


def submission(office: Office, submission_id: str) -> rows.Submission:
    with Session(office.engine, expire_on_commit=False) as session:
        return session.get_one(rows.Submission, (submission_id, DAY))


def shown(office: Office, submission_id: str) -> dict[str, tuple[bool | None, Decimal | None]]:
    query = select(rows.Answer).where(rows.Answer.submission_id == submission_id)
    with Session(office.engine) as session:
        return {a.question_id: (a.is_correct, a.points_awarded) for a in session.scalars(query)}


def one_sitting(office: Office, **changes: object) -> tuple[Test, Assignment]:
    test = publish(office, **changes)
    return test, assigned(office, test.test_id, candidates(office, 1))[0]


def test_a_sitting_of_choices_alone_is_graded(office: Office) -> None:
    test, given = one_sitting(office)
    answers = seen(right_answers(test, "cells-1", "cells-2"), "cells-3", "writing-1")
    sitting = hand_in(office, test, given, answers)
    told = marking.mark_automatic(office, evaluator(office))
    assert (told.marked, told.complete, told.waiting, told.changed) == (1, 1, 0, ())
    row = submission(office, sitting)
    assert (row.status, row.score, row.max_score, row.passed) == (SubmissionStatus.GRADED, 5, 30, False)
    assert row.key_version == 1
    assert shown(office, sitting) == {
        "cells-1": (True, 2),
        "cells-2": (True, 3),
        "cells-3": (False, 0),
        "writing-1": (False, 0),
    }
    awards = office.marks.awards(sitting)
    assert len(awards) == 8
    assert {a.marker_id for a, _ in awards} == {SYSTEM_ID}
    assert {a.key_version for a, _ in awards} == {1}
    assert LogAction.GRADED in {e.action for e in office.logs.of_assignment(given.assignment_id)}


def test_marking_again_changes_nothing(office: Office) -> None:
    test, given = one_sitting(office)
    sitting = hand_in(office, test, given, right_answers(test))
    marking.mark_automatic(office, SYSTEM)
    before = office.marks.awards(sitting), office.logs.of_assignment(given.assignment_id)
    assert marking.mark_automatic(office, SYSTEM).marked == 0
    told = marking.mark_automatic(office, SYSTEM, submission_id=sitting)
    assert (told.marked, told.complete) == (1, 1)
    assert (office.marks.awards(sitting), office.logs.of_assignment(given.assignment_id)) == before


def test_written_answers_wait_for_a_person_and_the_score_is_not_final(office: Office) -> None:
    test, given = one_sitting(office)
    sitting = hand_in(office, test, given, {**right_answers(test), **WRITTEN})
    told = marking.mark_automatic(office, SYSTEM)
    assert (told.complete, told.waiting) == (0, 1)
    row = submission(office, sitting)
    assert (row.status, row.score, row.passed) == (SubmissionStatus.SUBMITTED, 12, None)
    assert shown(office, sitting)["writing-1"] == (None, None)
    essay, program = marking.queue(office, evaluator(office))
    assert (essay.submission_id, essay.question_id, essay.words, essay.max_points) == (sitting, "writing-1", 3, 10)
    assert essay.rubric == "Two points for each cause named."
    assert program.answer == "def count(cells): ..."
    assert marking.release(office, admin(office), test.test_id) == 0


def test_an_evaluator_completes_the_grade(office: Office) -> None:
    test, given = one_sitting(office)
    sitting = hand_in(office, test, given, {**right_answers(test), **WRITTEN})
    marking.mark_automatic(office, SYSTEM)
    first = marking.award(office, evaluator(office), sitting, "writing-1", Decimal("7.5"), "Good, but  short.")
    assert first.grade.left == ("writing-2",)
    assert [i.question_id for i in marking.queue(office, evaluator(office))] == ["writing-2"]
    last = marking.award(office, evaluator(office), sitting, "writing-2", Decimal(8))
    assert (last.grade.score, last.grade.passed, last.grade.is_complete) == (Decimal("27.5"), True, True)
    row = submission(office, sitting)
    assert (row.status, row.score, row.passed) == (SubmissionStatus.GRADED, Decimal("27.5"), True)
    assert shown(office, sitting)["writing-1"] == (False, Decimal("7.5"))
    assert shown(office, sitting)["writing-2"] == (True, 8)
    log = office.logs.of_assignment(given.assignment_id)
    assert sorted(e.performed_by for e in log if e.action is LogAction.GRADED) == ["evaluator"]
    assert "7.5 of 10 points for question writing-1" in {e.details for e in log}
    by_person = {a.question_id: a for a, _ in office.marks.awards(sitting) if not a.is_by_machine}
    assert (by_person["writing-1"].key_version, by_person["writing-1"].comment) == (None, "Good, but  short.")


def test_an_award_before_the_machine_brings_the_machine_with_it(office: Office) -> None:
    test, given = one_sitting(office)
    sitting = hand_in(office, test, given, {**right_answers(test), "writing-1": WRITTEN["writing-1"]})
    done = marking.award(office, evaluator(office), sitting, "writing-1", Decimal(1))
    assert (done.grade.score, done.grade.is_complete) == (13, True)


def test_the_machine_never_overwrites_an_award(office: Office) -> None:
    test, given = one_sitting(office)
    sitting = hand_in(office, test, given, {**right_answers(test), **WRITTEN})
    marking.award(office, evaluator(office), sitting, "writing-1", Decimal(3))
    marking.award(office, evaluator(office), sitting, "cells-1", Decimal("0.5"))
    marking.mark_automatic(office, SYSTEM, submission_id=sitting)
    assert shown(office, sitting)["writing-1"] == (False, 3)
    assert shown(office, sitting)["cells-1"] == (False, Decimal("0.5"))


def test_rows_folded_again_show_the_awards_at_the_next_marking(office: Office) -> None:
    test, given = one_sitting(office)
    sitting = hand_in(office, test, given, {**right_answers(test), "writing-1": WRITTEN["writing-1"]})
    marking.award(office, evaluator(office), sitting, "writing-1", Decimal(4))
    with Session(office.engine) as session, session.begin():
        session.execute(update(rows.Answer).values(is_correct=None, points_awarded=None))
    marking.mark_automatic(office, SYSTEM, submission_id=sitting)
    assert shown(office, sitting)["writing-1"] == (False, 4)
    assert shown(office, sitting)["cells-1"] == (True, 2)


def test_marks_are_only_added(office: Office) -> None:
    test, given = one_sitting(office)
    hand_in(office, test, given, right_answers(test))
    marking.mark_automatic(office, SYSTEM)
    for statement in (update(rows.Mark).values(points=Decimal(99)), delete(rows.Mark)):
        with pytest.raises(IntegrityError), Session(office.engine) as session, session.begin():
            session.execute(statement)


def test_an_evaluator_may_mend_their_own_award_and_the_old_one_stays(office: Office) -> None:
    test, given = one_sitting(office)
    sitting = hand_in(office, test, given, WRITTEN)
    for points in (3, 5):
        marking.award(office, evaluator(office), sitting, "writing-1", Decimal(points))
    revisions = [(a.revision, a.points) for a, _ in office.marks.awards(sitting) if a.question_id == "writing-1"]
    assert revisions == [(1, 3), (2, 5)]
    assert shown(office, sitting)["writing-1"] == (False, 5)


def test_overriding_somebody_else_needs_a_second_evaluator(office: Office) -> None:
    test, given = one_sitting(office)
    sitting = hand_in(office, test, given, WRITTEN)
    staff = [person.staff(Role.EVALUATOR, name) for name in ("Sato, Ren", "Diaz, Eva")]
    sato, diaz = (a.person.user_id for a in person.add(office, office.acting("user.assign_role"), staff))
    marking.award(office, office.acting("answer.mark", diaz), sitting, "writing-1", Decimal(3))
    with pytest.raises(Denied, match="needs a second person"):
        marking.award(office, office.acting("answer.mark", sato), sitting, "writing-1", Decimal(9))
    assert shown(office, sitting)["writing-1"] == (False, 3)
    together = office.acting("answer.mark", sato, diaz)
    assert marking.award(office, together, sitting, "writing-1", Decimal(9)).grade.score == 9


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUTHOR, Role.PROCTOR, Role.CANDIDATE])
def test_only_evaluators_award_and_read_the_queue(office: Office, role: Role) -> None:
    test, given = one_sitting(office)
    sitting = hand_in(office, test, given, WRITTEN)
    with pytest.raises(Denied):
        marking.award(office, Actor("admin", role), sitting, "writing-1", Decimal(3))
    with pytest.raises(Denied):
        marking.queue(office, Actor("admin", role))


def test_what_cannot_be_awarded_is_refused(office: Office) -> None:
    test, given = one_sitting(office)
    sitting = hand_in(office, test, given, WRITTEN)
    for question, points, words in (("writing-1", "10.5", "0 to 10"), ("q99", "1", "no question q99")):
        with pytest.raises(Refused, match=words):
            marking.award(office, evaluator(office), sitting, question, Decimal(points))
    with pytest.raises(Refused, match="no sitting nowhere"):
        marking.award(office, evaluator(office), "nowhere", "writing-1", Decimal(1))
    assert office.marks.awards(sitting) == ()


def test_a_sitting_still_running_is_not_marked(office: Office) -> None:
    test, given = one_sitting(office)
    office.assignments.start(test.test_id, given.candidate_id, "s1", DAY, given.due_date, office.now())
    assert marking.mark_automatic(office, SYSTEM).marked == 0
    with pytest.raises(Refused, match="not handed in yet"):
        marking.mark_automatic(office, SYSTEM, submission_id="s1")


def test_a_mended_key_rescores_with_a_preview(office: Office) -> None:
    test, _ = one_sitting(office)
    people = candidates(office, 2, first=10)
    wrong = {"cells-1": Answer("cells-1", ("cells-1-3",), seen=True)}
    sittings = [
        hand_in(office, test, given, answers)
        for given, answers in zip(
            assigned(office, test.test_id, people), (right_answers(test, "cells-1"), wrong), strict=True
        )
    ]
    marking.mark_automatic(office, SYSTEM)
    key = publication.key_of(office, test.test_id)
    mended = replace(key, questions=(replace(key.questions[0], correct_ids=("cells-1-3",)), *key.questions[1:]))
    publication.mend_key(office, office.acting("question.change_key_after_exam"), mended, "Typo")
    assert marking.mark_automatic(office, SYSTEM).marked == 0
    told = marking.preview_rescore(office, evaluator(office), test.test_id)
    assert {(m.submission_id, m.before, m.grade.score) for m in told.changed} == {
        (sittings[0], 2, 0),
        (sittings[1], 0, 2),
    }
    assert submission(office, sittings[0]).score == 2
    marking.mark_automatic(office, SYSTEM, test_id=test.test_id, rescore=True)
    assert [submission(office, s).score for s in sittings] == [0, 2]
    assert [submission(office, s).key_version for s in sittings] == [2, 2]
    assert {a.revision for a, _ in office.marks.awards(sittings[0])} == {1, 2}
    assert marking.preview_rescore(office, evaluator(office), test.test_id).marked == 0


def test_progress_is_told_in_sittings(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marking, "BATCH", 2)
    test = publish(office)
    for given in assigned(office, test.test_id, candidates(office, 5)):
        hand_in(office, test, given, right_answers(test, "cells-1"))
    told: list[tuple[int, int]] = []
    marking.mark_automatic(
        office, SYSTEM, test_id=test.test_id, progress=lambda done, whole: told.append((done, whole))
    )
    assert told == [(2, 5), (4, 5), (5, 5)]


def test_a_review_gives_the_whole_sitting_words(office: Office) -> None:
    test, given = one_sitting(office)
    sitting = hand_in(office, test, given, {**right_answers(test), "writing-1": WRITTEN["writing-1"]})
    with pytest.raises(Refused, match="left to mark"):
        marking.review(office, evaluator(office), sitting, "Well done.")
    marking.award(office, evaluator(office), sitting, "writing-1", Decimal(4))
    marking.review(office, evaluator(office), sitting, "Well done.")
    row = submission(office, sitting)
    assert (row.status, row.feedback, row.reviewed_by) == (SubmissionStatus.REVIEWED, "Well done.", "evaluator")
    marking.mark_automatic(office, SYSTEM, submission_id=sitting)
    assert submission(office, sitting).status is SubmissionStatus.REVIEWED


def test_release_tells_candidates_their_score_once(office: Office) -> None:
    test, given = one_sitting(office, settings={"showResults": "score"})
    sitting = hand_in(office, test, given, right_answers(test))
    marking.mark_automatic(office, SYSTEM)
    assert marking.release(office, admin(office), test.test_id) == 1
    assert marking.release(office, admin(office), test.test_id) == 0
    assert submission(office, sitting).released_at == office.now()
    notice = next(n for n in office.notices.of([given.candidate_id])[given.candidate_id] if n.type == "test_graded")
    assert (notice.reference_id, notice.reference_type, notice.from_user_id) == (sitting, "testSubmissions", "admin")
    assert notice.metadata == {
        "message": 'Your test "Biology II" has been graded. Your score is 12.',
        "actionUrl": "/tests/biology-2/results",
    }
    assert LogAction.REVIEWED in {e.action for e in office.logs.of_assignment(given.assignment_id)}
    entry = office.logs.audit("tests", test.test_id)[-2]
    assert (entry.action, entry.details) == (
        "submission.release_results",
        {"shows": "score", "second": None, "released": 1},
    )


def test_release_keeps_the_score_where_the_policy_does(office: Office) -> None:
    test, given = one_sitting(office)
    hand_in(office, test, given, right_answers(test))
    marking.mark_automatic(office, SYSTEM)
    marking.release(office, admin(office), test.test_id)
    notice = office.notices.of([given.candidate_id])[given.candidate_id]
    assert {n.message for n in notice if n.type == "test_graded"} == {'Your test "Biology II" has been graded.'}


def test_results_are_released_by_admins_only(office: Office) -> None:
    test, _ = one_sitting(office)
    with pytest.raises(Denied):
        marking.release(office, author(office), test.test_id)
