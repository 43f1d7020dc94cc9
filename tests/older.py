"""Rows put into an office of an older revision: what today's models no longer describe."""

from sqlalchemy import Boolean, Connection, Date, DateTime, Integer, LargeBinary, Numeric, inspect, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import JSON

DAY = "2026-03-02"
_SAME: tuple[tuple[type, str], ...] = (
    (Boolean, "true"),
    (Integer, "1"),
    (DateTime, f"'{DAY}T09:00:00.000Z'"),
    (Date, f"'{DAY}'"),
    (Numeric, "'5'"),
    (JSON, "'[]'"),
    (JSONB, "'[]'"),
    (LargeBinary, "'x'"),
)
_DATES = {10: f"'{DAY}'", 24: f"'{DAY}T09:00:00.000Z'"}
"""By the length of the text SQLite keeps them in."""


def put(connection: Connection, table: str, **columns: object) -> None:
    """Insert one row; a column that must hold something and is not named holds anything that fits."""
    found = inspect(connection).get_columns(table)
    values = {c["name"]: _same(c["type"]) for c in found if not c["nullable"] and c["name"] not in columns}
    values |= {name: f"'{value}'" for name, value in columns.items()}
    names = ", ".join(f'"{name}"' for name in values)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({', '.join(values.values())})"))


def put_sittings(connection: Connection, day: str = DAY) -> None:
    """Put two sittings of a day: s1 with two bundles, of which z2 was counted, and s2 that came without one."""
    put(connection, "users", user_id="u1", role="admin", name="Ada Lovelace", roll_number="R1")
    put(connection, "tests", test_id="t1", access_type="private", created_by="u1")
    put(connection, "sections", section_id="x1", test_id="t1")
    put(connection, "questions", question_id="q1", section_id="x1", type="Essay", order=1)
    put(connection, "test_assignments", assignment_id="a1", test_id="t1", candidate_id="u1", status="in_progress")
    for submission_id in ("s1", "s2"):
        put(
            connection,
            "test_submissions",
            submission_id=submission_id,
            opened_on=day,
            assignment_id="a1",
            status="graded",
        )
        entry = {"submission_id": submission_id, "opened_on": day}
        put(connection, "journal", **entry, seq=0, kind="opened")
        put(connection, "marks", **entry, question_id="q1", marker_id="u1", revision=1)
        if submission_id == "s1":
            put(connection, "journal", **entry, seq=1, kind="sealed")
    for bundle_id, state in (("z1", "branch"), ("z2", "counted")):
        put(connection, "bundles", bundle_id=bundle_id, opened_on=day, submission_id="s1", state=state)
        put(connection, "receipts", bundle_id=bundle_id, opened_on=day)


def _same(kind: object) -> str:
    dates = _DATES.get(getattr(kind, "length", None) or 0)
    return dates or next((value for known, value in _SAME if isinstance(kind, known)), "'x'")
