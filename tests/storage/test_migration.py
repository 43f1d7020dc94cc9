"""The office's revisions make exactly the tables the models describe, on each engine."""

import re

import pytest
from alembic import command
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from older import DAY, put, put_sittings
from storage import migration
from storage.engine import StoreError
from storage.models.office import OfficeBase
from stores import MakeStore

PG_SCHEMA = """
SELECT 'column', table_name, column_name, concat_ws(' ', data_type, is_nullable, character_maximum_length)
    FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT 'constraint', conrelid::regclass::text, conname::text, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'index', tablename::text, indexname::text, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname::text, pg_get_triggerdef(oid)
    FROM pg_trigger WHERE NOT tgisinternal
ORDER BY 1, 2, 3
"""


def schema(engine: Engine) -> list[tuple[str, ...]]:
    """Return everything the database says about its tables, but for Alembic's own."""
    query = PG_SCHEMA if engine.dialect.name == "postgresql" else "SELECT type, tbl_name, name, sql FROM sqlite_master"
    with engine.connect() as c:
        rows = [tuple(lines(str(part)) for part in row) for row in c.execute(text(query))]
    return sorted(row for row in rows if row[1] != "alembic_version")


def lines(ddl: str) -> str:
    """Return DDL with its columns and constraints in one order, as their order means nothing."""
    ddl = re.sub(r"\s+", " ", ddl)
    if not ddl.startswith("CREATE TABLE"):
        return ddl
    first, last = ddl.index("("), ddl.rindex(")")
    parts = re.split(r",(?![^(]*\))", ddl[first + 1 : last])
    return " | ".join([ddl[:first], *sorted(part.strip() for part in parts), ddl[last + 1 :]])


def test_migrations_and_models_make_the_same_tables(make_store: MakeStore) -> None:
    migrated, modelled = make_store(""), make_store("office")
    migration.upgrade(migrated)
    made = schema(migrated)
    assert len(made) > 80
    assert made == schema(modelled)
    migration.verify_models(migrated)


def test_upgrade_stands_at_the_head_and_may_be_repeated(make_store: MakeStore) -> None:
    engine = make_store("")
    assert migration.current(engine) is None
    with pytest.raises(StoreError, match="no exam office"):
        migration.check(engine)
    migration.upgrade(engine)
    migration.upgrade(engine)
    assert migration.current(engine) == migration.head()
    migration.check(engine)


def test_every_revision_can_be_taken_back(make_store: MakeStore) -> None:
    engine = make_store("")
    migration.upgrade(engine)
    with engine.begin() as c:
        command.downgrade(migration._config(c), "base")
    assert schema(engine) == []
    assert migration.current(engine) is None


def test_a_sitting_that_is_there_keeps_its_journal_under_the_bundle_it_came_with(make_store: MakeStore) -> None:
    engine = make_store("")
    with engine.begin() as c:
        command.upgrade(migration._config(c), "0005")
        put_sittings(c)
    migration.upgrade(engine)
    query = "SELECT submission_id, bundle_id, seq, kind FROM journal ORDER BY 1, 3"
    with engine.begin() as c:
        kept = [tuple(row) for row in c.execute(text(query))]
        assert kept == [("s1", "z2", 0, "opened"), ("s1", "z2", 1, "sealed"), ("s2", "", 0, "opened")]
        counted = c.execute(text("SELECT submission_id, bundle_id FROM test_submissions ORDER BY 1"))
        assert [tuple(row) for row in counted] == [("s1", "z2"), ("s2", None)]
        assert c.scalar(text("SELECT count(*) FROM receipts")) == 2
        c.execute(text("UPDATE bundles SET state = 'held', rank = 'r' WHERE bundle_id = 'z1'"))
        with pytest.raises(IntegrityError, match="sealed journal"), c.begin_nested():
            put(c, "journal", submission_id="s1", opened_on=DAY, bundle_id="z2", seq=2, kind="tick")
    with engine.begin() as c:
        command.downgrade(migration._config(c), "0005")
    with engine.connect() as c:
        assert [tuple(r) for r in c.execute(text("SELECT submission_id, seq FROM journal ORDER BY 1, 2"))] == [
            ("s1", 0),
            ("s1", 1),
            ("s2", 0),
        ]
        states = c.execute(text("SELECT bundle_id, state FROM bundles ORDER BY 1"))
        assert [tuple(r) for r in states] == [("z1", "received"), ("z2", "counted")]
    migration.upgrade(engine)
    migration.verify_models(engine)


def test_an_interrupted_upgrade_leaves_nothing(make_store: MakeStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the power went")

    engine = make_store("")
    monkeypatch.setattr("storage.trigger.guard", fail)
    with pytest.raises(RuntimeError, match="the power went"):
        migration.upgrade(engine)
    assert schema(engine) == []
    monkeypatch.undo()
    migration.upgrade(engine)


def test_a_store_from_a_newer_program_is_refused(make_store: MakeStore) -> None:
    engine = make_store("")
    migration.upgrade(engine)
    with engine.begin() as c:
        c.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for act in (migration.check, migration.upgrade):
        with pytest.raises(StoreError, match="newer than this program"):
            act(engine)


def test_an_older_store_is_named(make_store: MakeStore) -> None:
    engine = make_store("")
    migration.upgrade(engine)
    with engine.begin() as c:
        c.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    with pytest.raises(StoreError, match="stands at revision 0001; bring it to"):
        migration.check(engine)


def test_a_store_with_foreign_tables_is_refused(make_store: MakeStore) -> None:
    engine = make_store("")
    with engine.begin() as c:
        c.execute(text("CREATE TABLE cats (name VARCHAR(10))"))
    with pytest.raises(StoreError, match="not an exam office"):
        migration.upgrade(engine)


def test_a_store_at_the_head_is_opened_without_alembic(make_store: MakeStore, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = make_store("")
    migration.upgrade(engine)
    monkeypatch.setitem(__import__("sys").modules, "alembic", None)
    migration.upgrade(engine)
    migration.check(engine)


def test_every_table_has_a_primary_key_and_named_constraints() -> None:
    for table in OfficeBase.metadata.tables.values():
        assert table.primary_key.columns, table.name
        assert all(constraint.name for constraint in table.constraints), table.name
        assert all(len(str(named.name)) <= 63 for named in [*table.constraints, *table.indexes]), table.name
