"""Where a report's figures come from: the office's store, counted there."""

from kiosk.exam.person import Role
from kiosk.exam.roles import Actor
from kiosk.office.office import Office
from kiosk.office.publication import key_of, paper_of
from kiosk.reports.report import TestReport, compose


def report_on(office: Office, actor: Actor, test_id: str) -> TestReport:
    """Return the report on a published test, over the best graded attempt of each candidate."""
    summary = office.drafts.summary(test_id)
    is_task = actor.role is Role.EVALUATOR or summary.created_by == actor.user_id
    office.check("report.item_analysis", actor, in_scope=is_task)
    paper = paper_of(office, test_id)
    return compose(
        paper,
        key_of(office, test_id),
        office.results.standing(test_id),
        office.results.outcomes(test_id),
        office.results.tallies(test_id),
    )
