"""A report is counted in the database, and equals one counted by hand."""

from decimal import Decimal
from random import Random

import pytest
from sqlalchemy import event

from examination import admin, assigned, candidates, evaluator, hand_in, publish, right_answers, seen
from kiosk.exam.answer import Answer
from kiosk.exam.error import Denied, Refused
from kiosk.exam.person import Role
from kiosk.exam.roles import Actor
from kiosk.office import marking
from kiosk.office.office import SYSTEM, Office
from kiosk.reports.source import report_on


def test_nobody_graded_has_no_figures(office: Office) -> None:
    test = publish(office)
    given = assigned(office, test.test_id, candidates(office, 2))
    office.assignments.start(test.test_id, given[0].candidate_id, "s", "2031-05-06", given[0].due_date, office.now())
    report = report_on(office, admin(office), test.test_id)
    assert (report.candidates, report.average_score, report.pass_rate) == (0, None, None)
    assert (report.standing.assigned, report.standing.in_progress, report.standing.to_mark) == (2, 1, 0)
    assert {(q.seen, q.difficulty) for q in report.questions} == {(0, None)}


def test_the_best_attempt_counts_and_ungraded_ones_do_not(office: Office) -> None:
    test = publish(office, max_attempts=3)
    anna, ben, cleo = assigned(office, test.test_id, candidates(office, 3))
    hand_in(office, test, anna, right_answers(test, "cells-1"), attempt=1)
    hand_in(office, test, anna, right_answers(test), attempt=2)
    hand_in(office, test, anna, {}, attempt=3)
    hand_in(office, test, ben, seen(right_answers(test, "cells-1", "cells-2"), "cells-3"))
    hand_in(office, test, cleo, {"writing-1": Answer("writing-1", text="Mitosis", seen=True)})
    marking.mark_automatic(office, SYSTEM)
    report = report_on(office, admin(office), test.test_id)
    assert (report.candidates, report.average_score, report.median_score) == (2, Decimal("8.5"), Decimal("8.5"))
    assert (report.passed, report.pass_rate) == (1, 50)
    assert (report.standing.graded, report.standing.to_mark) == (4, 1)
    by_id = {q.question_id: q for q in report.questions}
    assert (by_id["cells-1"].seen, by_id["cells-1"].difficulty) == (2, 100)
    assert (by_id["cells-3"].seen, by_id["cells-3"].empty, by_id["cells-3"].difficulty) == (2, 1, 50)
    assert (by_id["genetics-1"].seen, by_id["genetics-1"].never_seen, by_id["genetics-1"].difficulty) == (1, 1, 100)
    assert (by_id["writing-1"].seen, by_id["writing-1"].difficulty) == (0, None)


def test_ten_points_are_more_than_nine(office: Office) -> None:
    test = publish(office, max_attempts=2)
    (anna,) = assigned(office, test.test_id, candidates(office, 1))
    hand_in(office, test, anna, right_answers(test, "cells-1", "cells-2", "genetics-2", "cells-3"), attempt=1)
    hand_in(office, test, anna, right_answers(test, "cells-1", "cells-2", "genetics-2", "genetics-1"), attempt=2)
    marking.mark_automatic(office, SYSTEM)
    assert [o.score for o in office.results.outcomes(test.test_id)] == [10]


def test_partial_awards_count_by_their_points(office: Office) -> None:
    test = publish(office)
    given = assigned(office, test.test_id, candidates(office, 2))
    essay = {"writing-1": Answer("writing-1", text="Mitosis", seen=True)}
    for one, points in zip(given, ("10", "2.5"), strict=True):
        sitting = hand_in(office, test, one, essay)
        marking.award(office, evaluator(office), sitting, "writing-1", Decimal(points))
    line = next(q for q in report_on(office, admin(office), test.test_id).questions if q.question_id == "writing-1")
    assert (line.difficulty, line.average_points, line.correct) == (50, Decimal("6.25"), 1)


def test_white_space_is_an_empty_answer(office: Office) -> None:
    test = publish(office)
    (given,) = assigned(office, test.test_id, candidates(office, 1))
    hand_in(office, test, given, {"writing-1": Answer("writing-1", text=" \n\t ", seen=True)})
    assert marking.mark_automatic(office, SYSTEM).complete == 1
    line = next(q for q in report_on(office, admin(office), test.test_id).questions if q.question_id == "writing-1")
    assert (line.seen, line.empty, line.difficulty) == (1, 1, 0)


def test_a_random_hall_equals_a_count_by_hand(office: Office) -> None:
    dice = Random(7)
    test = publish(office)
    choices = [q for s in test.sections for q in s.questions if q.type.is_choice]
    right: dict[str, int] = {}
    saw: dict[str, int] = {}
    scores = []
    for given in assigned(office, test.test_id, candidates(office, 12)):
        answers, score = {}, Decimal(0)
        for question in choices:
            if dice.random() < 0.2:
                continue
            saw[question.question_id] = saw.get(question.question_id, 0) + 1
            options = tuple(sorted(o.option_id for o in question.options if o.is_correct == (dice.random() < 0.7)))
            answers[question.question_id] = Answer(question.question_id, options, seen=True)
            if options == tuple(sorted(o.option_id for o in question.options if o.is_correct)):
                right[question.question_id] = right.get(question.question_id, 0) + 1
                score += question.points
        scores.append(score)
        hand_in(office, test, given, answers)
    marking.mark_automatic(office, SYSTEM)
    report = report_on(office, admin(office), test.test_id)
    assert report.average_score == pytest.approx(sum(scores) / len(scores), abs=Decimal("0.000001"))
    for line in report.questions[:6]:
        assert (line.seen, line.correct) == (saw[line.question_id], right.get(line.question_id, 0))
    assert 0 < sum(right.values()) < sum(saw.values())


def test_the_number_of_queries_does_not_grow_with_the_hall(office: Office) -> None:
    test = publish(office)

    def queries() -> int:
        counted: list[str] = []
        listener = lambda *args: counted.append(args[2])  # noqa: E731
        event.listen(office.engine, "before_cursor_execute", listener)
        report_on(office, admin(office), test.test_id)
        event.remove(office.engine, "before_cursor_execute", listener)
        return len([c for c in counted if c.lstrip().upper().startswith("SELECT")])

    few = queries()
    for given in assigned(office, test.test_id, candidates(office, 6)):
        hand_in(office, test, given, right_answers(test))
    marking.mark_automatic(office, SYSTEM)
    assert queries() == few


def test_reports_are_for_admins_evaluators_and_the_author(office: Office) -> None:
    test = publish(office)
    report_on(office, Actor("author", Role.AUTHOR), test.test_id)
    report_on(office, Actor("evaluator", Role.EVALUATOR), test.test_id)
    for actor in (Actor("another", Role.AUTHOR), Actor("p", Role.PROCTOR), Actor("c", Role.CANDIDATE)):
        with pytest.raises(Denied):
            report_on(office, actor, test.test_id)
    with pytest.raises(Refused, match="There is no test"):
        report_on(office, admin(office), "nowhere")
