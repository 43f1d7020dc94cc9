"""An office of any size, made inside the database: what a query plan is asked of."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import JSON, BigInteger, Boolean, Column, Connection, Engine, Enum, LargeBinary, text

from storage.models.office import OfficeBase
from storage.partition import create_ahead
from storage.types import ExactDecimal, IsoDate, UtcDateTime

QUESTIONS = 40
"""In one test, and answered in one sitting."""
TESTS = 600
DAY = "2026-03-02"


def _sitting(number: str) -> dict[str, str]:
    """Return the key of the sitting whose number some SQL gives: they take turns with the months, s7 on DAY."""
    month = f"((({number} + 5) % :months + 2) % 12 + 1)"
    text_of = f"substr('0' || {month}, length('0' || {month}) - 1)"
    return {"submission_id": f"'s' || ({number})", "opened_on": f"'2026-' || {text_of} || '-02'"}


_OF_SITTING = _sitting(f"(n / {QUESTIONS})")
_QUESTION = {"question_id": f"'q' || (n / {QUESTIONS} % {TESTS} * {QUESTIONS} + n % {QUESTIONS})"}
_OF_BUNDLE = {**_sitting("(n / 10)"), "bundle_id": "'z' || (n / 10)"}
_SITTING = _sitting("n")
_SAME: tuple[tuple[type, str], ...] = (
    (Boolean, "true"),
    (BigInteger, "1"),
    (UtcDateTime, f"'{DAY}T09:00:00.000Z'"),
    (IsoDate, f"'{DAY}'"),
    (ExactDecimal, "'5'"),
    (JSON, "'[]'"),
    (LargeBinary, "'x'"),
)
"""What a column holds that a row says nothing of, by its type."""


@dataclass(frozen=True)
class Rows:
    """One table's rows: how many, and SQL for the telling columns of row `n`, counted from 0."""

    table: str
    count: int
    columns: dict[str, str]


def fill(engine: Engine, answers: int, months: int = 1) -> None:
    """Fill an empty office with this many answers and all that stands around them, and count it for the planner.

    The sittings are of DAY's month and those after it; of twelve months some stand before it.
    """
    create_ahead(engine, date(2026, 1, 1) if months == 12 else date.fromisoformat(DAY), months - 1)
    with engine.begin() as connection:
        for rows in _office(answers // QUESTIONS):
            _insert(connection, rows, months)
    with engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()


def _insert(connection: Connection, rows: Rows, months: int) -> None:
    table = OfficeBase.metadata.tables[rows.table]
    same = {c.name: _same(c) for c in table.columns if not c.nullable and c.name not in rows.columns}
    columns = {**same, **rows.columns}
    if connection.dialect.name == "postgresql" and "opened_on" in columns:
        columns["opened_on"] = f"CAST({columns['opened_on']} AS date)"
    series = "WITH RECURSIVE s(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n < :last) SELECT n FROM s"
    if connection.dialect.name == "postgresql":
        series = "SELECT generate_series(0, :last) AS n"
    names = ", ".join(f'"{name}"' for name in columns)
    statement = f"INSERT INTO {rows.table} ({names}) SELECT {', '.join(columns.values())} FROM ({series}) AS series"
    connection.execute(text(statement.replace(":months", str(months))), {"last": rows.count - 1})
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"ANALYZE {rows.table}"))  # the next table's foreign keys look things up in this one


def _same(column: Column[object]) -> str:
    if isinstance(column.type, Enum):
        return f"'{column.type.enums[0]}'"
    return next((value for kind, value in _SAME if isinstance(column.type, kind)), "'x'")


def _office(sittings: int) -> list[Rows]:
    people = max(sittings // 2, 2_000)
    some = max(sittings, 4_000)
    return [*_drafts(people), *_hall(people, some), *_sittings(sittings, people), *_bundles(sittings, some)]


def _drafts(people: int) -> list[Rows]:
    questions = TESTS * QUESTIONS
    question = {
        "question_id": "'q' || n",
        "question_bank_id": "'b' || (n % 300)",
        "section_id": "'x' || (n / 10)",
        "order": "n % 10",
        "replaces_id": "CASE WHEN n % 10 = 9 THEN 'q' || (n - 9) END",
    }
    test = {"test_id": "'t' || n", "created_by": "'u0'", "family_id": "'t' || (n / 3 * 3)", "is_active": "(n % 3 = 0)"}
    return [
        Rows("users", people, {"user_id": "'u' || n", "roll_number": "'R' || n"}),
        Rows("question_banks", 300, {"question_bank_id": "'b' || n", "created_by": "'u0'"}),
        Rows("tests", TESTS, test),
        Rows("sections", TESTS * 4, {"section_id": "'x' || n", "test_id": "'t' || (n / 4)", "section_order": "n % 4"}),
        Rows(
            "test_settings",
            TESTS * 5,
            {"setting_id": "'e' || n", "test_id": "'t' || (n / 5)", "setting_key": "'k' || (n % 5)"},
        ),
        Rows("questions", questions, question),
        Rows("options", questions // 2, {"question_id": "'q' || (n / 2)", "option_id": "'o' || (n % 2)"}),
        Rows("question_tags", questions, {"question_id": "'q' || n", "tag": "'tag' || (n % 500)"}),
        Rows("papers", TESTS, {"paper_digest": "'d' || n", "test_id": "'t' || n", "printed_by": "'u0'"}),
        Rows(
            "answer_keys",
            TESTS * 3,
            {"paper_digest": "'d' || (n / 3)", "version": "n % 3 + 1", "made_by": "'u0'"},
        ),
    ]


def _hall(people: int, some: int) -> list[Rows]:
    notice = {"notification_id": "'n' || n", "user_id": "'u' || (n / 4)", "is_read": "(n % 4 > 0)"}
    act = {
        "audit_id": "n + 1",
        "who": "'u' || (n % 500)",
        "subject_type": "'tests'",
        "subject_id": f"'t' || (n % {TESTS})",
    }
    return [
        Rows("exam_sessions", 200, {"session_id": "'h' || n"}),
        Rows("attendance", people, {"session_id": "'h' || (n % 200)", "candidate_id": "'u' || n"}),
        Rows("notifications", people * 4, notice),
        Rows("audit_log", some, act),
    ]


def _sittings(sittings: int, people: int) -> list[Rows]:
    answers = sittings * QUESTIONS
    assignment = {
        "assignment_id": "'a' || n",
        "test_id": f"'t' || (n % {TESTS})",
        "candidate_id": f"'u' || (n % {people})",
        "status": "'completed'",
    }
    submission = {
        **_SITTING,
        "assignment_id": "'a' || n",
        "paper_digest": f"'d' || (n % {TESTS})",
        "status": "'graded'",
        "receipt": "'CODE' || n",
        "score": "'5'",
    }
    return [
        Rows("test_assignments", sittings, assignment),
        Rows("test_submissions", sittings, submission),
        Rows(
            "test_logs",
            sittings * 3,
            {"log_id": "'l' || n", "assignment_id": "'a' || (n / 3)", "performed_by": "'u0'"},
        ),
        Rows("answers", answers, {"answer_id": "'w' || n", **_OF_SITTING, **_QUESTION, "is_correct": "(n % 3 = 0)"}),
        Rows("marks", answers // 5, {**_OF_SITTING, **_QUESTION, "key_version": "1", "marker_id": "'u0'"}),
        Rows("journal", sittings * 10, {**_OF_BUNDLE, "seq": "n % 10", "kind": "'tick'"}),
        Rows("evidence", sittings * 2, {**_sitting("(n / 2)"), "digest": "'e' || n"}),
        Rows("proctoring_sessions", sittings, {"session_id": "'p' || n", **_SITTING}),
        Rows("leases", sittings, {"lease_id": "'y' || n", **_SITTING}),
    ]


def _bundles(sittings: int, some: int) -> list[Rows]:
    package = {"package_id": "'p' || n", "test_id": f"'t' || (n % {TESTS})", "number": "n"}
    bundle = {"bundle_id": "'z' || n", **_SITTING, "received_at": "'2026-03-02T10:00:00.000Z'"}
    closing = {"closing_id": "'v' || n", "test_id": f"'t' || (n % {TESTS})", "hall": "'hall' || (n % 50)"}
    return [
        Rows("packages", some, package),
        Rows("chunks", some, {"digest": "'c' || n"}),
        Rows("hall_tokens", some, {"token_id": "'k' || n", "digest": "'g' || n", "made_by": "'u0'"}),
        Rows("closings", some, {**closing, "settled_at": "'2026-03-02T11:00:00.000Z'"}),
        Rows("closings", 40, {**closing, "closing_id": "'open' || n"}),
        Rows("decisions", sittings, {**_SITTING, "decision_id": "'i' || n", "decided_by": "'u0'"}),
        Rows("bundles", sittings, {**bundle, "state": "CASE WHEN n % 100 = 0 THEN 'received' ELSE 'counted' END"}),
    ]
