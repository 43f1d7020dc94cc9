"""The office's revisions make exactly the tables the models describe, on each engine."""

import re

import pytest
from sqlalchemy import Engine, text

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
    if not ddl.startswith("CREATE TABLE"):
        return re.sub(r"\s+", " ", ddl)
    return " | ".join(sorted(part.strip().rstrip(",") for part in ddl.splitlines() if part.strip(" ,()")))


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
    from alembic import command

    engine = make_store("")
    migration.upgrade(engine)
    with engine.begin() as c:
        command.downgrade(migration._config(c), "base")
    assert schema(engine) == []
    assert migration.current(engine) is None


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
