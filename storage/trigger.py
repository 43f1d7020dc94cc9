"""Triggers that refuse: what was written as evidence is only added to, and a printed test is never changed."""

from collections.abc import Iterator

from sqlalchemy import Connection, MetaData, event

APPEND_ONLY = ("journal", "papers", "attachments", "answer_keys", "marks", "receipts", "decisions", "audit_log")
"""Tables whose rows are never changed and never taken away."""

_PRINTED_TEST = "SELECT 1 FROM tests WHERE published_at IS NOT NULL AND test_id = {row}.test_id"
_PRINTED_SECTION = (
    "SELECT 1 FROM tests JOIN sections ON sections.test_id = tests.test_id "
    "WHERE published_at IS NOT NULL AND section_id = {row}.section_id"
)
_PRINTED_QUESTION = (
    "SELECT 1 FROM tests JOIN sections ON sections.test_id = tests.test_id "
    "JOIN questions ON questions.section_id = sections.section_id "
    "WHERE published_at IS NOT NULL AND question_id = {row}.question_id"
)
PARTS = {
    "sections": _PRINTED_TEST,
    "test_settings": _PRINTED_TEST,
    "questions": _PRINTED_SECTION,
    "options": _PRINTED_QUESTION,
}
"""Tables whose rows are printed with a test, and how to tell that the test of a row is."""

_TEST_COLUMNS = (
    "test_id, title, description, created_at, created_by, duration, access_type, max_attempts, pass_score, "
    "randomized_questions, randomized_options, test_version, tags, instructions, family_id, replaces_id, "
    "published_at, paper_digest"
)
"""Every column of a test but `is_active`, which opens and shuts a printed test."""

GUARDED = (*APPEND_ONLY, "tests", *PARTS)
_KEPT = "rows of {table} are never changed or removed"
_PRINTED = "a printed test is never changed; a new version succeeds it"
_SEALED = "a sealed journal takes no entry"

OF_A_SITTING = ("submission_id", "opened_on")
OF_A_BUNDLE = (*OF_A_SITTING, "bundle_id")
"""What tells one journal from another: on a seat its sitting, in the office the bundle that brought it."""

# An entry that is there already passes, so that sending a journal again is harmless where conflicts do nothing.
_AFTER_SEAL = """
    (SELECT kind FROM journal WHERE {same} ORDER BY seq DESC LIMIT 1) = 'sealed'
    AND NOT EXISTS (SELECT 1 FROM journal WHERE {same} AND seq = NEW.seq)
"""


def guard(connection: Connection, tables: tuple[str, ...], journal: tuple[str, ...] = OF_A_SITTING) -> None:
    """Make the refusing triggers of those of `tables` that have any. They raise IntegrityError.

    `journal` are the columns that tell one journal from another.
    """
    ddl = _postgresql if connection.dialect.name == "postgresql" else _sqlite
    for statement in ddl(tuple(table for table in GUARDED if table in tables), journal):
        connection.exec_driver_sql(statement, execution_options={"no_parameters": True})


def keep_whole(connection: Connection, table: str, partition: str) -> None:
    """Have a partition refuse to be emptied, as its table does: PostgreSQL hands it only the triggers of rows."""
    if table in APPEND_ONLY:
        act = f"CREATE TRIGGER {table}_kept_whole BEFORE TRUNCATE ON {partition} FOR EACH STATEMENT"
        connection.exec_driver_sql(f"{act} EXECUTE FUNCTION {table}_kept()")


def guard_on_create(metadata: MetaData, guarded: tuple[str, ...]) -> None:
    """Have `metadata.create_all` make the triggers of `guarded` tables as well."""

    @event.listens_for(metadata, "after_create")
    def make(target: MetaData, connection: Connection, **options: object) -> None:
        created = options.get("tables")
        if created:
            names = {table.name for table in created}  # type: ignore[attr-defined]
            guard(connection, tuple(table for table in guarded if table in names), _journal_key(target))


def _journal_key(metadata: MetaData) -> tuple[str, ...]:
    journal = metadata.tables.get("journal")
    return OF_A_BUNDLE if journal is not None and "bundle_id" in journal.columns else OF_A_SITTING


def _after_seal(journal: tuple[str, ...]) -> str:
    return _AFTER_SEAL.format(same=" AND ".join(f"{column} = NEW.{column}" for column in journal))


def _sqlite(tables: tuple[str, ...], journal: tuple[str, ...]) -> Iterator[str]:
    for table in tables:
        if table in APPEND_ONLY:
            for act in ("UPDATE", "DELETE"):
                yield _sqlite_trigger(f"{table}_no_{act.lower()}", f"{act} ON {table}", _KEPT.format(table=table))
        if table in PARTS:
            for act in ("INSERT", "UPDATE", "DELETE"):
                known = [row for row in ("OLD", "NEW") if (act, row) not in (("INSERT", "OLD"), ("DELETE", "NEW"))]
                when = " OR ".join(f"EXISTS ({PARTS[table].format(row=row)})" for row in known)
                yield _sqlite_trigger(f"{table}_printed_{act.lower()}", f"{act} ON {table}", _PRINTED, when)
    if "tests" in tables:
        for act in (f"UPDATE OF {_TEST_COLUMNS}", "DELETE"):
            name = f"tests_printed_{act.split()[0].lower()}"
            yield _sqlite_trigger(name, f"{act} ON tests", _PRINTED, "OLD.published_at IS NOT NULL")
    if "journal" in tables:
        yield _sqlite_trigger("journal_sealed", "INSERT ON journal", _SEALED, _after_seal(journal))


def _sqlite_trigger(name: str, act: str, words: str, when: str = "true") -> str:
    return f"CREATE TRIGGER {name} BEFORE {act} WHEN {when} BEGIN SELECT RAISE(ABORT, '{words}'); END"


def _postgresql(tables: tuple[str, ...], journal: tuple[str, ...]) -> Iterator[str]:
    for table in tables:
        if table in APPEND_ONLY:
            yield _pg_function(f"{table}_kept", f"{_raise(_KEPT.format(table=table))}")
            yield _pg_trigger(f"{table}_kept", f"UPDATE OR DELETE ON {table}")
            yield _pg_trigger(f"{table}_kept", f"TRUNCATE ON {table}", "_whole", "STATEMENT")
        if table in PARTS:
            yield _pg_function(
                f"{table}_printed",
                f"IF TG_OP <> 'INSERT' AND EXISTS ({PARTS[table].format(row='OLD')}) THEN {_raise(_PRINTED)} END IF; "
                f"IF TG_OP <> 'DELETE' AND EXISTS ({PARTS[table].format(row='NEW')}) THEN {_raise(_PRINTED)} END IF; "
                "RETURN COALESCE(NEW, OLD);",
            )
            yield _pg_trigger(f"{table}_printed", f"INSERT OR UPDATE OR DELETE ON {table}")
    if "tests" in tables:
        body = f"IF OLD.published_at IS NOT NULL THEN {_raise(_PRINTED)} END IF; RETURN COALESCE(NEW, OLD);"
        yield _pg_function("tests_printed", body)
        yield _pg_trigger("tests_printed", f"UPDATE OF {_TEST_COLUMNS} OR DELETE ON tests")
    if "journal" in tables:
        yield _pg_function("journal_sealed", f"IF {_after_seal(journal)} THEN {_raise(_SEALED)} END IF; RETURN NEW;")
        yield _pg_trigger("journal_sealed", "INSERT ON journal")


def _raise(words: str) -> str:
    return f"RAISE EXCEPTION '{words}' USING ERRCODE = 'integrity_constraint_violation';"


def _pg_function(name: str, body: str) -> str:
    # a plan kept from when the tables were small would read them whole at every row of a large import
    kept = "LANGUAGE plpgsql SET enable_seqscan = off"
    return f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger {kept} AS $$ BEGIN {body} END $$"


def _pg_trigger(name: str, act: str, suffix: str = "", each: str = "ROW") -> str:
    return f"CREATE TRIGGER {name}{suffix} BEFORE {act} FOR EACH {each} EXECUTE FUNCTION {name}()"
