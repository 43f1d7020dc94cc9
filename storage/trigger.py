"""Triggers that refuse: rows of a journal, printed papers, keys and marks are only ever added."""

from collections.abc import Iterator

from sqlalchemy import Connection, MetaData, event

APPEND_ONLY = ("journal", "papers", "answer_keys", "marks", "receipts", "audit_log")
"""Tables whose rows are never changed and never taken away."""

_PG_REFUSE = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""

_PG_SEALED = """
CREATE OR REPLACE FUNCTION refuse_after_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT kind FROM journal WHERE submission_id = NEW.submission_id AND opened_on = NEW.opened_on
            ORDER BY seq DESC LIMIT 1) = 'sealed'
        AND NOT EXISTS (SELECT 1 FROM journal WHERE submission_id = NEW.submission_id
            AND opened_on = NEW.opened_on AND seq = NEW.seq)
    THEN
        RAISE EXCEPTION 'a sealed journal takes no entry' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""

# An entry that is there already passes, so that sending a journal again is harmless where conflicts do nothing.
_SQLITE_SEALED = """
CREATE TRIGGER journal_sealed BEFORE INSERT ON journal
WHEN (SELECT kind FROM journal WHERE submission_id = NEW.submission_id AND opened_on = NEW.opened_on
        ORDER BY seq DESC LIMIT 1) = 'sealed'
    AND NOT EXISTS (SELECT 1 FROM journal WHERE submission_id = NEW.submission_id
        AND opened_on = NEW.opened_on AND seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'a sealed journal takes no entry'); END
"""


def guard(connection: Connection, tables: tuple[str, ...]) -> None:
    """Make the refusing triggers of those of `tables` that are append-only. They raise IntegrityError."""
    guarded = tuple(table for table in APPEND_ONLY if table in tables)
    ddl = _postgresql if connection.dialect.name == "postgresql" else _sqlite
    for statement in ddl(guarded):
        connection.exec_driver_sql(statement, execution_options={"no_parameters": True})


def guard_on_create(metadata: MetaData) -> None:
    """Have `metadata.create_all` make the triggers as well."""

    @event.listens_for(metadata, "after_create")
    def make(target: MetaData, connection: Connection, **options: object) -> None:
        created = options.get("tables")
        if created:
            guard(connection, tuple(table.name for table in created))  # type: ignore[attr-defined]


def _sqlite(tables: tuple[str, ...]) -> Iterator[str]:
    for table in tables:
        for act in ("UPDATE", "DELETE"):
            yield (
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are never changed or removed'); END"
            )
    if "journal" in tables:
        yield _SQLITE_SEALED


def _postgresql(tables: tuple[str, ...]) -> Iterator[str]:
    yield _PG_REFUSE
    for table in tables:
        yield (
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        yield (
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    if "journal" in tables:
        yield _PG_SEALED
        yield "CREATE TRIGGER journal_sealed BEFORE INSERT ON journal FOR EACH ROW EXECUTE FUNCTION refuse_after_seal()"
