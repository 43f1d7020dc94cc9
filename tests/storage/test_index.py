"""Every index serves the query it was made for: no full scan among very many answers."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, Select, UniqueConstraint, func, select, text
from sqlalchemy.orm import DeclarativeBase

from bulk import DAY, fill
from storage.engine import reading
from storage.models import hall, office, seat
from storage.office.result import days_query, tallies_query
from storage.partition import PARTED
from stores import Databases, Files

PARTS_OF_INDEXES = """SELECT inhrelid::regclass::text, inhparent::regclass::text FROM pg_inherits
    JOIN pg_class ON pg_class.oid = inhparent AND relkind = 'I'"""
"""The index of each partition, and the index of the whole table it is a part of."""
LONG_AGO = datetime(2026, 3, 1, tzinfo=UTC)
DOSE = 50_000
MONTHS = 2
FULL = 1_000_000


def of_sitting(model: Any, submission_id: str = "s7") -> Any:
    """Return the condition of one sitting's rows."""
    return (model.submission_id == submission_id) & (model.opened_on == DAY)


OFFICE: dict[str, Select[Any]] = {
    "uq_users_roll_number": select(office.Person).where(office.Person.roll_number == "R7"),
    "ix_notifications_user_id_is_read_created_at": select(office.Notification)
    .where(office.Notification.user_id == "u7", ~office.Notification.is_read)
    .order_by(office.Notification.created_at.desc()),
    "ix_audit_log_subject_type_subject_id_audit_id": select(office.Audit)
    .where(office.Audit.subject_type == "tests", office.Audit.subject_id == "t7")
    .order_by(office.Audit.audit_id),
    "ix_audit_log_who_audit_id": select(office.Audit).where(office.Audit.who == "u7").order_by(office.Audit.audit_id),
    "ix_tests_family_id_is_active": select(office.Test).where(office.Test.family_id == "t9", office.Test.is_active),
    "ix_sections_test_id_section_order": select(office.Section)
    .where(office.Section.test_id == "t7")
    .order_by(office.Section.section_order),
    "uq_test_settings_test_id_setting_key": select(office.Setting).where(office.Setting.test_id == "t7"),
    "ix_questions_section_id_order": select(office.Question)
    .where(office.Question.section_id == "x7")
    .order_by(office.Question.order),
    "ix_questions_question_bank_id": select(office.Question).where(office.Question.question_bank_id == "b7"),
    "ix_questions_replaces_id": select(office.Question).where(office.Question.replaces_id == "q10"),
    "ix_question_tags_tag_question_id": select(office.Tag).where(office.Tag.tag == "tag7"),
    "ix_papers_test_id": select(office.Paper).where(office.Paper.test_id == "t7"),
    "pk_options": select(office.Option).where(office.Option.question_id == "q7"),
    "pk_answer_keys": select(func.max(office.AnswerKey.version)).where(office.AnswerKey.paper_digest == "d7"),
    "pk_attendance": select(office.Attendance).where(office.Attendance.session_id == "h7"),
    "ix_attendance_candidate_id": select(office.Attendance).where(office.Attendance.candidate_id == "u7"),
    "uq_packages_test_id_hall_number": select(func.max(office.Package.number)).where(
        office.Package.test_id == "t7", office.Package.hall == "x"
    ),
    "ix_test_assignments_candidate_id_status": select(office.Assignment).where(
        office.Assignment.candidate_id == "u7", office.Assignment.status == "completed"
    ),
    "ix_test_assignments_test_id_status": select(office.Assignment).where(
        office.Assignment.test_id == "t7", office.Assignment.status == "completed"
    ),
    "ix_test_logs_assignment_id_timestamp": select(office.Log)
    .where(office.Log.assignment_id == "a7")
    .order_by(office.Log.timestamp),
    "ix_test_submissions_assignment_id_attempt": select(office.Submission)
    .where(office.Submission.assignment_id == "a7")
    .order_by(office.Submission.attempt),
    "ix_test_submissions_paper_digest_status": select(office.Submission).where(
        office.Submission.paper_digest == "d7", office.Submission.status == "graded"
    ),
    "ix_test_submissions_receipt": select(office.Submission).where(office.Submission.receipt == "CODE7"),
    "pk_journal": select(office.JournalEntry)
    .where(of_sitting(office.JournalEntry), office.JournalEntry.bundle_id == "z7")
    .order_by(office.JournalEntry.seq),
    "uq_answers_submission_id_opened_on_question_id": select(office.Answer).where(of_sitting(office.Answer)),
    "ix_answers_question_id_is_correct": select(office.Answer.is_correct, func.count())
    .where(office.Answer.question_id == "q7")
    .group_by(office.Answer.is_correct),
    "pk_answers": select(office.Answer).where(office.Answer.answer_id == "w7"),
    "pk_evidence": select(office.Evidence).where(of_sitting(office.Evidence)),
    "ix_proctoring_sessions_submission_id_opened_on": select(office.Proctoring).where(of_sitting(office.Proctoring)),
    "ix_leases_submission_id_opened_on_epoch": select(office.Lease)
    .where(of_sitting(office.Lease))
    .order_by(office.Lease.epoch),
    "pk_marks": select(office.Mark).where(of_sitting(office.Mark)),
    "ix_marks_question_id_key_version": select(office.Mark).where(
        office.Mark.question_id == "q7", office.Mark.key_version == 1
    ),
    "ix_bundles_submission_id_opened_on": select(office.Bundle).where(of_sitting(office.Bundle)),
    "ix_bundles_state_received_at": select(office.Bundle)
    .where(office.Bundle.state == "received")
    .order_by(office.Bundle.received_at)
    .limit(10),
    "ix_bundles_hall_bundle_id": select(office.Bundle.bundle_id)
    .where(office.Bundle.hall == "hall7")
    .order_by(office.Bundle.bundle_id),
    "ix_chunks_received_at": select(office.Chunk.digest).where(office.Chunk.received_at < LONG_AGO),
    "uq_hall_tokens_digest": select(office.HallToken).where(office.HallToken.digest == "g7"),
    "ix_closings_test_id_hall": select(office.Closing).where(
        office.Closing.test_id == "t7", office.Closing.hall == "hall7"
    ),
    "ix_closings_settled_at": select(office.Closing).where(office.Closing.settled_at.is_(None)),
    "ix_decisions_submission_id_opened_on_decided_at": select(office.Decision)
    .where(of_sitting(office.Decision))
    .order_by(office.Decision.decided_at),
}

OF_A_SITTING = [
    name
    for name, query in OFFICE.items()
    if "opened_on = " in str(query) and next(iter(query.get_final_froms())).name in PARTED
]
"""What asks for the rows of one sitting in a parted table."""
SITTINGS = re.compile(r"Seq Scan on test_submissions_\d{4}_\d{2}\b")
"""A read of a month's sittings: over twelve months, 500 look-ups in indexes cost more than 25,000 narrow rows."""

JOINED: dict[str, Select[Any]] = {
    "how the questions of a test were answered": tallies_query("t7", [DAY]),
    "the days a test was sat on": days_query("t7"),
    "the answers to one question, with the sitting of each": select(office.Answer.is_correct, office.Submission.score)
    .join(
        office.Submission,
        (office.Submission.submission_id == office.Answer.submission_id)
        & (office.Submission.opened_on == office.Answer.opened_on),
    )
    .where(office.Answer.question_id == "q7"),
    "the sittings of a test": select(office.Submission)
    .join(office.Assignment, office.Assignment.assignment_id == office.Submission.assignment_id)
    .where(office.Assignment.test_id == "t7"),
    "the sittings of a candidate": select(office.Submission)
    .join(office.Assignment, office.Assignment.assignment_id == office.Submission.assignment_id)
    .where(office.Assignment.candidate_id == "u7"),
}

HALL: dict[str, Select[Any]] = {
    "ix_act_codes_seat_challenge": select(hall.ActCode).where(
        hall.ActCode.seat == "A7", hall.ActCode.challenge == "c7"
    ),
    "ix_confirmations_seat_kept_at": select(hall.Confirmation).where(
        hall.Confirmation.seat == "A7", hall.Confirmation.kept_at.is_(None)
    ),
    "ix_confirmations_submission_id": select(hall.Confirmation.envelope)
    .where(hall.Confirmation.submission_id == "s7")
    .order_by(hall.Confirmation.grant_id),
    "ix_closings_test_id_made_at": select(hall.Closing)
    .where(hall.Closing.test_id == "t7")
    .order_by(hall.Closing.made_at.desc())
    .limit(1),
    "uq_users_roll_number": select(hall.Person).where(hall.Person.roll_number == "R7"),
    "uq_packages_test_id_hall_number": select(func.max(hall.Package.number)).where(
        hall.Package.test_id == "t7", hall.Package.hall == "H"
    ),
    "uq_leases_submission_id_opened_on_epoch": select(hall.Lease)
    .where(of_sitting(hall.Lease))
    .order_by(hall.Lease.epoch),
    "ix_results_assignment_id": select(hall.Result).where(hall.Result.assignment_id == "a7"),
    "ix_attendance_candidate_id": select(hall.Attendance).where(hall.Attendance.candidate_id == "u7"),
    "ix_grants_submission_id": select(hall.Grant).where(hall.Grant.submission_id == "s7"),
    "ix_notifications_user_id_created_at": select(hall.Notification)
    .where(hall.Notification.user_id == "u7")
    .order_by(hall.Notification.created_at.desc()),
    "ix_bundles_submission_id_opened_on": select(hall.Bundle).where(of_sitting(hall.Bundle)),
    "ix_test_assignments_candidate_id": select(hall.Assignment).where(hall.Assignment.candidate_id == "u7"),
    "pk_tails": select(hall.Tail).where(of_sitting(hall.Tail)).order_by(hall.Tail.epoch),
    "pk_tail_entries": select(hall.TailEntry).where(of_sitting(hall.TailEntry), hall.TailEntry.epoch == 1),
    "ix_moves_submission_id_ordered_at": select(hall.Move)
    .where(hall.Move.submission_id == "s7")
    .order_by(hall.Move.ordered_at.desc())
    .limit(1),
    "ix_commands_seat_state_ordered_at": select(hall.Command)
    .where(hall.Command.seat == "A7", hall.Command.state == "waiting")
    .order_by(hall.Command.ordered_at),
    "ix_announcement_seats_seat_delivered_at": select(hall.AnnouncementSeat).where(
        hall.AnnouncementSeat.seat == "A7", hall.AnnouncementSeat.delivered_at.is_(None)
    ),
    "ix_progress_assignment_id_attempt": select(hall.Progress)
    .where(hall.Progress.assignment_id == "a7")
    .order_by(hall.Progress.attempt),
}

SEAT: dict[str, Select[Any]] = {
    "ix_grants_submission_id": select(seat.Grant).where(seat.Grant.submission_id == "s7"),
    "ix_leases_submission_id_opened_on_epoch": select(seat.Lease)
    .where(of_sitting(seat.Lease))
    .order_by(seat.Lease.epoch),
    "ix_test_submissions_status": select(seat.Submission).where(seat.Submission.status == "in_progress"),
    "uq_answers_submission_id_opened_on_question_id": select(seat.Answer).where(of_sitting(seat.Answer)),
    "uq_bundles_submission_id_opened_on": select(seat.Bundle).where(of_sitting(seat.Bundle)),
    "ix_proctoring_sessions_submission_id_opened_on": select(seat.Proctoring).where(of_sitting(seat.Proctoring)),
    "pk_journal": select(seat.JournalEntry).where(of_sitting(seat.JournalEntry)).order_by(seat.JournalEntry.seq),
}


@pytest.mark.parametrize(
    ("base", "queries"),
    [(office.OfficeBase, OFFICE), (hall.HallBase, HALL), (seat.SeatBase, SEAT)],
    ids=["office", "hall", "seat"],
)
def test_every_index_has_a_query(base: type[DeclarativeBase], queries: dict[str, Select[Any]]) -> None:
    named: set[str] = set()
    for table in base.metadata.tables.values():
        named |= {str(index.name) for index in table.indexes}
        named |= {str(c.name) for c in table.constraints if isinstance(c, UniqueConstraint)}
    assert named == {name for name in queries if not name.startswith("pk_")}


@pytest.fixture(scope="module", params=["sqlite", "sqlcipher", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """The three engines."""
    return str(request.param)


def open_office(kind: str, request: pytest.FixtureRequest, folder: Path) -> Engine:
    """Return a new office that lives as long as this module."""
    if kind == "postgresql":
        databases: Databases = request.getfixturevalue("databases")
        return databases.make("office")
    files: Files = request.getfixturevalue("plain_files" if kind == "sqlite" else "cipher_files")
    return files.make("office", folder)


@pytest.fixture(scope="module")
def dose(kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An office with a dose of answers."""
    engine = open_office(kind, request, tmp_path_factory.mktemp("dose"))
    fill(engine, DOSE, MONTHS)
    yield engine
    engine.dispose()


def test_no_query_reads_a_whole_table(dose: Engine) -> None:
    assert count(dose) == DOSE
    check_plans(dose)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_no_query_reads_a_whole_table_among_a_million_answers(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    engine = open_office(kind, request, tmp_path)
    fill(engine, FULL, months=12)
    assert count(engine) == FULL
    check_plans(engine)
    for name in OF_A_SITTING if kind == "postgresql" else ():
        check_months(engine, name)
    engine.dispose()


@pytest.mark.parametrize("name", OF_A_SITTING)
def test_a_sitting_is_looked_for_in_its_month_alone(dose: Engine, name: str) -> None:
    if dose.dialect.name != "postgresql":
        pytest.skip("a file is not parted")
    check_months(dose, name)


def test_a_default_partition_is_empty(dose: Engine) -> None:
    with dose.connect() as c:
        for table in PARTED if dose.dialect.name == "postgresql" else ():
            assert c.scalar(text(f"SELECT count(*) FROM {table}_default")) == 0


def test_the_check_finds_a_full_scan(dose: Engine) -> None:
    unserved = select(office.Answer).where(office.Answer.essay_answer == "none")
    assert scans(plan(dose, unserved))
    assert not scans(plan(dose, OFFICE["pk_answers"]))


def test_a_dropped_index_is_missed(dose: Engine) -> None:
    # a question nobody has asked the plan of yet: the driver keeps compiled statements
    difficulty = select(office.Answer.is_correct).where(office.Answer.question_id == "q8")
    with dose.connect() as c:
        c.execute(text("DROP INDEX ix_answers_question_id_is_correct"))
        steps = plan_on(c, difficulty)
        c.rollback()
    assert scans(steps)
    assert not scans(plan(dose, OFFICE["ix_answers_question_id_is_correct"]))


@pytest.mark.parametrize("place", ["hall", "seat"])
def test_no_query_of_a_hall_or_seat_reads_a_whole_table(place: str, plain_files: Files, tmp_path: Path) -> None:
    engine = plain_files.make(place, tmp_path)
    for name, query in (HALL if place == "hall" else SEAT).items():
        steps = plan(engine, query)
        assert not scans(steps), (name, steps)
        assert serves(name, steps), (name, steps)
    engine.dispose()


def check_months(engine: Engine, name: str) -> None:
    """Fail unless a query looks into one month alone."""
    table = next(iter(OFFICE[name].get_final_froms())).name
    assert parts(plan(engine, OFFICE[name]), table) == {f"{table}_2026_03"}


def check_plans(engine: Engine) -> None:
    """Fail unless each query goes through its index, and no joined query reads a whole table but SITTINGS."""
    for name, query in OFFICE.items():
        steps = plan(engine, query)
        assert not scans(steps), (name, steps)
        assert serves(name, steps), (name, steps)
    for name, query in JOINED.items():
        steps = plan(engine, query)
        assert not [step for step in scans(steps) if not SITTINGS.search(step)], (name, steps)
    if engine.dialect.name == "postgresql":
        steps = plan(engine, JOINED["how the questions of a test were answered"])
        assert parts(steps, "answers") == {"answers_2026_03"}


def count(engine: Engine) -> int:
    """Return how many answers there are."""
    with engine.connect() as c:
        return c.scalar(select(func.count()).select_from(office.Answer)) or 0


def plan(engine: Engine, query: Select[Any]) -> list[str]:
    """Return the steps of a query's plan."""
    with reading(engine).connect() as c:
        return plan_on(c, query)


def plan_on(c: Any, query: Select[Any]) -> list[str]:
    """Return the steps of a query's plan on a connection."""
    statement = query.compile(c.engine, compile_kwargs={"literal_binds": True})
    if c.dialect.name == "postgresql":
        whole = {str(part): str(index) for part, index in c.execute(text(PARTS_OF_INDEXES))}
        steps = [str(row[0]) for row in c.execute(text(f"EXPLAIN {statement}"))]
        return [re.sub(r"(?:(?<= using )|(?<= Scan on ))\w+", lambda m: whole.get(m[0], m[0]), step) for step in steps]
    return [str(row[3]) for row in c.execute(text(f"EXPLAIN QUERY PLAN {statement}"))]


def scans(steps: list[str]) -> list[str]:
    """Return the steps that read a whole table, a whole index, or skip through one.

    A default partition is empty; what a query itself selected before, SQLite calls a scan too.
    """
    own = {f"SCAN {made[1]}" for step in steps if (made := re.match(r"(?:CO-ROUTINE|MATERIALIZE) (.+)", step))}
    found = [step for step in steps if "Seq Scan" in step or step.startswith("SCAN") or "ANY(" in step]
    return [step for step in found if "_default" not in step and step not in own]


def parts(steps: list[str], table: str) -> set[str]:
    """Return the partitions of a table that a plan looks into."""
    return {part for step in steps for part in re.findall(rf" on ({table}_(?:default|\d{{4}}_\d{{2}}))\b", step)}


def serves(name: str, steps: list[str]) -> bool:
    """Return whether a step goes through the index; SQLite has its own names for those of constraints."""
    if any(name in step for step in steps):
        return True
    return not name.startswith("ix_") and any("sqlite_autoindex" in step or "PRIMARY KEY" in step for step in steps)
