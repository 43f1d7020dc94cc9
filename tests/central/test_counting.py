from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from builders import an_attempt
from keyring import a_sealed_attempt, bundle_of, grants_of, raw_entries, seal_journal, work_through
from kiosk.exam.assignment import AssignmentStatus
from kiosk.exam.attempt import Attempt
from kiosk.exam.entry import Kind
from kiosk.exam.journal import verify as verify_journal
from kiosk.exam.moment import iso, parse_iso
from kiosk.exam.page import page_of
from kiosk.exam.sitting import Step
from kiosk.exam.status import BundleState, LogAction, SubmissionStatus
from kiosk.office import draft, publication
from kiosk.sealing.age import AgeIdentity
from storage.models import office as tables

LEASE = {
    "submission_id": "submission-1",
    "assignment_id": "assignment-1",
    "candidate_id": "candidate-1",
    "lease_id": "lease-1",
}


def all_of(site, model, **where):
    with Session(site.office.engine) as session:
        return list(session.scalars(select(model).filter_by(**where)))


def count(site, bundle):
    site.central.intake.take(bundle.data, "stick")
    return site.central.counting.settle(bundle.bundle_id)


def test_the_rows_are_what_the_journal_says(site):
    person = site.add_candidate()
    assignment_id = site.assign(person)
    lease = LEASE | {"assignment_id": assignment_id}
    attempt, evidence = a_sealed_attempt(site.paper, captures=("┌ one ┐", "┌ two ┐"), **lease)
    settled = count(site, bundle_of(attempt, evidence, keyring=site.keyring, **lease))
    assert (settled.state, settled.flags) == (BundleState.COUNTED, ())

    folded = Attempt.fold(site.paper, attempt.genesis, attempt.entries)
    page = page_of(folded, attempt.entries)
    (row,) = all_of(site, tables.Submission)
    assert (row.status, row.attempt, row.receipt) == (SubmissionStatus.SUBMITTED, 1, page.standing.receipt)
    assert iso(row.submitted_at) == page.standing.submitted_at
    assert row.duration == folded.ledger.used_ms // 1000
    answers = {a.question_id: a for a in all_of(site, tables.Answer)}
    assert set(answers) == set(site.paper.questions)
    for question_id, answer in folded.answers.items():
        found = answers[question_id]
        assert tuple(found.selected_option_ids or ()) == answer.option_ids
        assert (found.essay_answer or found.coding_answer or "") == answer.text
        assert (found.flagged, found.seen) == (answer.flagged, answer.seen)
    assert {e.digest for e in all_of(site, tables.Evidence)} == {e.digest for e in evidence}
    (proctoring,) = all_of(site, tables.Proctoring)
    assert proctoring.proctor_id == "proctor-1"
    assert proctoring.ended_at == parse_iso(page.standing.submitted_at)
    assert [a["metadata"].get("imageUrl") for a in proctoring.activities if a["activityType"] == "screen_capture"] == [
        f"evidence:sha256:{e.digest}" for e in evidence
    ]
    record = site.central.records.record("submission-1")
    record.verify()
    assert verify_journal(record.genesis, record.entries).hash == attempt.entries[-1].hash
    assert set(record.evidence) == set(evidence)


def test_the_assignment_and_its_log_tell_the_story(site):
    person = site.add_candidate()
    assignment_id = site.assign(person)
    count(site, site.bundle(assignment_id=assignment_id))
    given = site.office.assignments.assignment(assignment_id)
    assert (given.status, given.attempt_count) == (AssignmentStatus.COMPLETED, 1)
    log = site.office.logs.of_assignment(assignment_id)
    told = sorted(e.action.value for e in log)
    assert told == ["assigned", "started", "submitted", "updated", "updated", "updated"]
    details = {(e.performed_by, e.details) for e in log if e.action is LogAction.UPDATED}
    assert details == {
        ("proctor-1", "Paused: equipment"),
        ("proctor-1", "Extended by 5 min: equipment"),
        ("system", "6 answers marked"),
    }


def test_people_and_assignments_nobody_heard_of_become_provisional(site):
    settled = count(site, site.bundle(7, name="Walk-in, Ida"))
    assert settled.state is BundleState.COUNTED
    (person,) = all_of(site, tables.Person, user_id="candidate-7")
    assert (person.name, person.is_provisional, person.roll_number) == ("Walk-in, Ida", True, "B-1042")
    (given,) = all_of(site, tables.Assignment)
    assert (given.is_provisional, given.test_id, given.status) == (True, site.paper.test_id, AssignmentStatus.COMPLETED)
    acts = [(e.subject_type, e.subject_id) for e in site.office.logs.audit() if e.action == "central.provisional"]
    assert sorted(acts) == [("testAssignments", "assignment-7"), ("users", "candidate-7"), ("users", "proctor-1")]


def test_a_roll_number_that_is_taken_is_not_taken_twice(site):
    count(site, site.bundle(7))
    assert count(site, site.bundle(8)).state is BundleState.COUNTED
    assert [p.roll_number for p in all_of(site, tables.Person, user_id="candidate-8")] == [None]


def test_a_second_attempt_counts_as_one_more(site):
    person = site.add_candidate()
    assignment_id = site.assign(person)
    second = site.bundle(assignment_id=assignment_id, submission_id="s2", attempt=2, lease_id="l2")
    first = site.bundle(assignment_id=assignment_id)
    for bundle in (second, first):
        assert count(site, bundle).state is BundleState.COUNTED
    given = site.office.assignments.assignment(assignment_id)
    assert (given.status, given.attempt_count) == (AssignmentStatus.COMPLETED, 2)


def test_an_unfinished_sitting_is_counted_and_flagged(site):
    attempt = an_attempt(site.paper, **LEASE)
    work_through(attempt)
    seal_journal(attempt)
    settled = count(site, bundle_of(attempt, keyring=site.keyring, **LEASE))
    assert (settled.state, settled.flags) == (BundleState.COUNTED, ("the sitting was not handed in",))
    (row,) = all_of(site, tables.Submission)
    assert (row.status, row.submitted_at) == (SubmissionStatus.IN_PROGRESS, None)
    assert all_of(site, tables.Assignment)[0].status is AssignmentStatus.IN_PROGRESS


def test_an_act_without_a_grant_is_flagged(site):
    attempt = an_attempt(site.paper, **LEASE)
    work_through(attempt)
    attempt.take(
        [
            Step(
                Kind.EXTENDED,
                {"who": "proctor-1", "reason": "other", "grant": "forged", "ms": 3_600_000, "section": None},
            )
        ]
    )
    attempt.take(attempt.sitting.hand_in(attempt.clock.advance(1_000)))
    seal_journal(attempt)
    real = [g for g in grants_of(attempt) if g.grant_id != "forged"]
    settled = count(site, bundle_of(attempt, keyring=site.keyring, grants=real, **LEASE))
    assert settled.state is BundleState.COUNTED
    assert len(settled.flags) == 1
    assert "no grant signed by the hall" in settled.flags[0]
    assert site.central.arrivals.lines()[0].flags == settled.flags


def test_a_grant_for_less_does_not_cover_more(site):
    attempt, _ = a_sealed_attempt(site.paper, **LEASE)
    smaller = [replace(g, amount_ms=min(g.amount_ms, 1_000)) for g in grants_of(attempt)]
    settled = count(site, bundle_of(attempt, keyring=site.keyring, grants=smaller, **LEASE))
    assert [f for f in settled.flags if "extended" in f]


def test_a_lease_the_hall_did_not_sign_is_not_counted(site):
    attempt, _ = a_sealed_attempt(site.paper, **LEASE)
    settled = count(site, bundle_of(attempt, keyring=replace(site.keyring, hall=site.keyring.seat), **LEASE))
    assert settled.state is BundleState.FAILED
    assert all_of(site, tables.Submission) == []


def test_a_bundle_for_another_intake_fails_and_is_tried_again(site, tmp_path):
    stranger = AgeIdentity.generate()
    keyring = replace(site.keyring, intake=stranger, escrow=stranger)
    attempt, _ = a_sealed_attempt(site.paper, **LEASE)
    bundle = bundle_of(attempt, keyring=keyring, **LEASE)
    settled = count(site, bundle)
    assert settled.state is BundleState.FAILED
    assert "does not open" in settled.problem
    key = tmp_path / "keys" / "intake.age"
    key.write_text(stranger.reveal())
    del site.central.counting
    assert site.settle() == []
    assert [s.state for s in site.central.counting.work(again=True)] == [BundleState.COUNTED]
    assert site.central.arrivals.lines()[0].problem is None


def test_the_escrow_key_opens_when_intakes_is_lost(site, tmp_path):
    (tmp_path / "keys" / "intake.age").unlink()
    assert count(site, site.bundle()).state is BundleState.COUNTED


def test_a_paper_printed_later_lets_the_bundle_count(make_site):
    first = make_site()
    bundle = first.bundle()
    later = make_site(published=False)
    settled = count(later, bundle)
    assert (settled.state, "was not printed here" in settled.problem) == (BundleState.FAILED, True)
    assert later.settle() == []
    author = later.office.acting("test.approve_publish")
    publication.publish(later.office, author, draft.catalogue(later.office, author)[0].test_id)
    assert [s.state for s in later.settle()] == [BundleState.COUNTED]


def test_a_character_no_database_holds_costs_no_answer(site):
    attempt = an_attempt(site.paper, **LEASE)
    typed = Step(Kind.TYPED, {"question": "writing-1", "text": "a\0b"})
    noted = Step(Kind.NOTED, {"category": "other", "text": "\0", "who": "proctor-1", "grant": "g"})
    attempt.entries = raw_entries(attempt, [typed, noted])
    assert count(site, bundle_of(attempt, keyring=site.keyring, **LEASE)).state is BundleState.COUNTED
    assert [a.essay_answer for a in all_of(site, tables.Answer, question_id="writing-1")] == ["a\ufffdb"]
    site.central.records.record("submission-1").verify()


def test_an_assignment_of_another_candidate_is_not_counted(site):
    assignment_id = site.assign(site.add_candidate(1))
    settled = count(site, site.bundle(2, assignment_id=assignment_id))
    assert settled.state is BundleState.FAILED
    assert "another candidate" in settled.problem
    assert site.office.assignments.assignment(assignment_id).attempt_count == 0


@pytest.mark.parametrize(
    "step",
    [
        Step(Kind.ANSWERED, {"question": "no such question", "options": []}),
        Step(Kind.ANSWERED, {"options": ["x"]}),
        Step(Kind.TYPED, {"question": "writing-1", "start": "x", "removed": 0, "inserted": ""}),
        Step(Kind.FLAGGED, {"question": "writing-1", "on": "yes"}),
        Step(Kind.HINT_SHOWN, {"question": "writing-1", "hint": {"a": 1}}),
    ],
)
def test_a_journal_that_cannot_be_replayed_harms_nothing(site, step):
    attempt = an_attempt(site.paper, **LEASE)
    attempt.entries = raw_entries(attempt, [step])
    settled = count(site, bundle_of(attempt, keyring=site.keyring, **LEASE))
    assert settled.state is BundleState.FAILED
    assert all_of(site, tables.Submission) == []
    assert count(site, site.bundle(2)).state is BundleState.COUNTED
