"""What was written once stays as it is: the store itself refuses."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, insert, text, update
from sqlalchemy.exc import IntegrityError

from storage.models import office, seat

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = "2026-03-02"

JOURNAL_ROW = {
    "submission_id": "s1",
    "opened_on": DAY,
    "epoch": 1,
    "at": "2026-03-02T09:00:00.000Z",
    "boot_id": "b",
    "boot_ms": 1,
    "body": "{}",
    "hash": bytes(32),
}


TEST = {
    "test_id": "t1",
    "title": "T",
    "created_at": NOW,
    "created_by": "u1",
    "duration": 60,
    "is_active": True,
    "access_type": "private",
}
OPTION = {"option_id": "o1", "option_text": "O", "is_correct": True, "option_order": 1}


def entry(seq: int, kind: str = "tick", bundle_id: str = "z1") -> dict[str, object]:
    return {**seat_entry(seq, kind), "bundle_id": bundle_id}


def seat_entry(seq: int, kind: str = "tick") -> dict[str, object]:
    return {**JOURNAL_ROW, "seq": seq, "kind": kind}


@pytest.fixture
def kept(engine: Engine) -> Engine:
    """An office with one row in each table that only grows."""
    with engine.begin() as c:
        c.execute(insert(office.Person), {"user_id": "u1", "role": "admin", "name": "Ada", "created_at": NOW})
        c.execute(insert(office.Test), TEST)
        c.execute(
            insert(office.Paper),
            {"paper_digest": "d1", "test_id": "t1", "body": "{}", "printed_at": NOW, "printed_by": "u1"},
        )
        c.execute(
            insert(office.AnswerKey),
            {"paper_digest": "d1", "version": 1, "digest": "k1", "body": "{}", "made_at": NOW, "made_by": "u1"},
        )
        c.execute(insert(office.Section), {"section_id": "x1", "test_id": "t1", "title": "S", "section_order": 1})
        c.execute(
            insert(office.Question),
            {
                "question_id": "q1",
                "section_id": "x1",
                "type": "Essay",
                "question_text": "Why?",
                "created_at": NOW,
                "order": 1,
                "is_active": True,
                "points": 5,
            },
        )
        c.execute(
            insert(office.Assignment),
            {
                "assignment_id": "a1",
                "test_id": "t1",
                "candidate_id": "u1",
                "assigned_at": NOW,
                "due_date": NOW,
                "status": "in_progress",
            },
        )
        c.execute(
            insert(office.Submission),
            {
                "submission_id": "s1",
                "opened_on": DAY,
                "assignment_id": "a1",
                "started_at": NOW,
                "status": "in_progress",
            },
        )
        c.execute(insert(office.JournalEntry), [entry(0), entry(1)])
        c.execute(
            insert(office.Mark),
            {
                "submission_id": "s1",
                "opened_on": DAY,
                "question_id": "q1",
                "revision": 1,
                "points": 5,
                "max_points": 5,
                "marker_id": "u1",
                "marked_at": NOW,
            },
        )
        c.execute(
            insert(office.Decision),
            {
                "decision_id": "i1",
                "submission_id": "s1",
                "opened_on": DAY,
                "bundle_id": "z1",
                "envelope": b"{}",
                "reason": "R",
                "decided_by": "u1",
                "decided_at": NOW,
            },
        )
        c.execute(
            insert(office.Audit),
            {"at": NOW, "who": "u1", "action": "printed", "subject_type": "tests", "subject_id": "t1"},
        )
    return engine


CHANGES = {
    "journal": "UPDATE journal SET body = 'x' WHERE seq = 0",
    "papers": "UPDATE papers SET body = 'x'",
    "answer_keys": "UPDATE answer_keys SET body = 'x'",
    "marks": "UPDATE marks SET comment = 'x'",
    "decisions": "UPDATE decisions SET reason = 'x'",
    "audit_log": "UPDATE audit_log SET action = 'x'",
}


@pytest.mark.parametrize("table", CHANGES)
def test_a_row_is_never_changed_or_removed(kept: Engine, table: str) -> None:
    removals = [f"DELETE FROM {table}"]
    if kept.dialect.name == "postgresql":
        removals.append(f"TRUNCATE {table} CASCADE")
    for statement in (CHANGES[table], *removals):
        with pytest.raises(IntegrityError, match="never changed or removed"), kept.begin() as c:
            c.execute(text(statement))
    with kept.connect() as c:
        assert c.scalar(text(f"SELECT count(*) FROM {table}")) == (2 if table == "journal" else 1)


@pytest.mark.parametrize("table", CHANGES)
def test_what_removes_by_another_name_is_refused(kept: Engine, table: str) -> None:
    statement = f"REPLACE INTO {table} SELECT * FROM {table}"
    if kept.dialect.name == "postgresql":
        statement = f"MERGE INTO {table} USING (SELECT 1) AS one ON true WHEN MATCHED THEN DELETE"
    with pytest.raises(IntegrityError, match="never changed or removed"), kept.begin() as c:
        c.execute(text(statement))


def test_an_upsert_cannot_change_an_entry(kept: Engine) -> None:
    with pytest.raises(IntegrityError, match="never changed or removed"), kept.begin() as c:
        c.execute(
            text(
                "INSERT INTO journal SELECT * FROM journal WHERE true "
                "ON CONFLICT (submission_id, opened_on, bundle_id, seq) DO UPDATE SET body = 'x'"
            )
        )


def test_a_sealed_journal_takes_no_entry(kept: Engine) -> None:
    with kept.begin() as c:
        c.execute(insert(office.JournalEntry), [entry(2), entry(3, "sealed")])
    for late in (entry(4), entry(99), entry(-1), entry(4, "sealed")):
        with pytest.raises(IntegrityError, match="sealed journal takes no entry"), kept.begin() as c:
            c.execute(insert(office.JournalEntry), late)


def test_a_sealed_journal_does_not_shut_out_the_journal_of_another_bundle(kept: Engine) -> None:
    with kept.begin() as c:
        c.execute(insert(office.JournalEntry), entry(2, "sealed"))
        c.execute(insert(office.JournalEntry), [entry(seq, bundle_id="z2") for seq in range(4)])
        c.execute(insert(office.JournalEntry), entry(4, "sealed", "z2"))
    with pytest.raises(IntegrityError, match="sealed journal takes no entry"), kept.begin() as c:
        c.execute(insert(office.JournalEntry), entry(5, bundle_id="z2"))


def test_a_sealed_journal_sent_again_changes_nothing(kept: Engine) -> None:
    with kept.begin() as c:
        c.execute(insert(office.JournalEntry), [entry(2), entry(3, "sealed")])
    with kept.begin() as c:
        c.execute(text("INSERT INTO journal SELECT * FROM journal WHERE true ON CONFLICT DO NOTHING"))
    with kept.connect() as c:
        assert c.scalar(text("SELECT count(*) FROM journal")) == 4


PARTS = {
    "sections": (
        "INSERT INTO sections (section_id, test_id, title, section_order) VALUES ('x9', 't1', 'S', 9)",
        "title",
    ),
    "test_settings": (
        "INSERT INTO test_settings (setting_id, test_id, setting_key, setting_value) VALUES ('e9', 't1', 'k9', 'v')",
        "setting_value",
    ),
    "options": (
        "INSERT INTO options (question_id, option_id, option_text, is_correct, option_order) "
        "VALUES ('q1', 'o9', 'O', true, 1)",
        "is_correct",
    ),
    "questions": (
        "INSERT INTO questions SELECT 'q9', question_bank_id, section_id, type, question_text, created_at, \"order\", "
        "is_active, points, hints, attachments, shuffle, min_choices, max_choices, min_words, max_words, language, "
        "starter, examples, rubric, feedback, version, replaces_id FROM questions WHERE question_id = 'q1'",
        "points",
    ),
}


@pytest.fixture
def printed(kept: Engine) -> Engine:
    """An office whose one test is printed."""
    with kept.begin() as c:
        c.execute(insert(office.Option), {**OPTION, "question_id": "q1"})
        c.execute(
            insert(office.Setting),
            {"setting_id": "e1", "test_id": "t1", "setting_key": "marking", "setting_value": "weights"},
        )
        c.execute(insert(office.Test), {**TEST, "test_id": "t2"})
        c.execute(insert(office.Section), {"section_id": "x2", "test_id": "t2", "title": "S", "section_order": 1})
        c.execute(update(office.Test).where(office.Test.test_id == "t1").values(published_at=NOW, paper_digest="d1"))
    return kept


@pytest.mark.parametrize("table", PARTS)
def test_a_part_of_a_printed_test_is_never_added_changed_or_removed(printed: Engine, table: str) -> None:
    addition, column = PARTS[table]
    for statement in (addition, f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
        with pytest.raises(IntegrityError, match="a printed test is never changed"), printed.begin() as c:
            c.execute(text(statement))


@pytest.mark.parametrize("table", PARTS)
def test_a_draft_may_be_changed(kept: Engine, table: str) -> None:
    addition, column = PARTS[table]
    with kept.begin() as c:
        c.execute(text(addition))
        c.execute(text(f"UPDATE {table} SET {column} = {column}"))
    with kept.connect() as c:
        assert c.scalar(text(f"SELECT count(*) FROM {table}")) >= 1


def test_nothing_is_moved_into_a_printed_test(printed: Engine) -> None:
    with pytest.raises(IntegrityError, match="a printed test is never changed"), printed.begin() as c:
        c.execute(text("UPDATE sections SET test_id = 't1' WHERE section_id = 'x2'"))
    with printed.begin() as c:
        c.execute(text("DELETE FROM sections WHERE section_id = 'x2'"))


def test_a_printed_test_may_only_be_opened_and_shut(printed: Engine) -> None:
    with printed.begin() as c:
        c.execute(text("UPDATE tests SET is_active = false WHERE test_id = 't1'"))
        c.execute(text("UPDATE tests SET is_active = true WHERE test_id = 't1'"))
    columns = {column.name for column in office.Test.__table__.columns} - {"is_active"}
    for statement in [f"UPDATE tests SET {c} = {c} WHERE test_id = 't1'" for c in sorted(columns)] + [
        "DELETE FROM tests WHERE test_id = 't1'"
    ]:
        with pytest.raises(IntegrityError, match="a printed test is never changed"), printed.begin() as c:
            c.execute(text(statement))


def test_a_seat_refuses_too(seat_engine: Engine) -> None:
    with seat_engine.begin() as c:
        c.execute(insert(seat.Person), {"user_id": "u1", "name": "Ada", "roll_number": "1"})
        c.execute(
            insert(seat.Submission),
            {
                "submission_id": "s1",
                "opened_on": DAY,
                "assignment_id": "a1",
                "candidate_id": "u1",
                "started_at": NOW,
                "status": "in_progress",
            },
        )
        c.execute(insert(seat.JournalEntry), [seat_entry(0), seat_entry(1, "sealed")])
    for statement in (
        "UPDATE journal SET body = 'x'",
        "DELETE FROM journal",
        "REPLACE INTO journal SELECT * FROM journal",
    ):
        with pytest.raises(IntegrityError, match="never changed or removed"), seat_engine.begin() as c:
            c.execute(text(statement))
    with pytest.raises(IntegrityError, match="sealed journal"), seat_engine.begin() as c:
        c.execute(insert(seat.JournalEntry), seat_entry(2))
