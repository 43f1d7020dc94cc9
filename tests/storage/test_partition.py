"""Months on PostgreSQL: made ahead, by several at once, and never a way around what is kept."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from older import put, put_sittings
from storage import migration
from storage.engine import open_engine
from storage.models.office import OfficeBase
from storage.partition import BY_MONTH, PARTED, create_ahead, ensure_month, is_partition, months
from stores import Databases, Files

TODAY = date(2026, 3, 20)
CHILDREN = """SELECT inhparent::regclass::text, count(*) FROM pg_inherits
    WHERE inhparent IN (SELECT oid FROM pg_class WHERE relkind = 'p') GROUP BY 1"""


@pytest.fixture
def office(databases: Databases) -> Iterator[Engine]:
    """A new office on PostgreSQL."""
    engine = databases.make("")
    migration.upgrade(engine)
    yield engine
    engine.dispose()


def parts(engine: Engine) -> dict[str, int]:
    """Return how many partitions each table has."""
    with engine.connect() as c:
        return {table: count for table, count in c.execute(text(CHILDREN)) if table in PARTED}


def this_month(engine: Engine) -> date:
    """Return the server's day."""
    with engine.connect() as c:
        return c.scalar(text("SELECT current_date"))


def test_the_models_name_the_same_tables() -> None:
    parted = {t.name for t in OfficeBase.metadata.tables.values() if t.dialect_options["postgresql"]["partition_by"]}
    assert parted == set(PARTED)
    assert BY_MONTH == {"postgresql_partition_by": "RANGE (opened_on)"}
    assert not any(is_partition(name) for name in OfficeBase.metadata.tables)


def test_months_are_made_ahead_once(office: Engine) -> None:
    assert create_ahead(office, TODAY, 2) == ["2026-03", "2026-04", "2026-05"]
    assert create_ahead(office, TODAY, 3) == ["2026-06"]
    assert create_ahead(office, TODAY, 3) == []
    assert parts(office) == dict.fromkeys(PARTED, 5)
    migration.verify_models(office)


def test_a_year_ends(office: Engine) -> None:
    assert create_ahead(office, date(2026, 12, 31), 1) == ["2026-12", "2027-01"]


def test_several_at_once_make_each_month_once(office: Engine) -> None:
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda _: create_ahead(office, TODAY, 3), range(6)))
    assert {month for those in made for month in those} == {"2026-03", "2026-04", "2026-05", "2026-06"}
    with office.connect() as c:
        assert months(c) == ["2026-03", "2026-04", "2026-05", "2026-06"]
    assert parts(office) == dict.fromkeys(PARTED, 5)


def test_the_month_of_a_day_is_made_before_its_rows_come(office: Engine) -> None:
    day = this_month(office).isoformat()
    assert ensure_month(office, day)
    assert ensure_month(office, day)
    with office.begin() as c:
        put_sittings(c, day)
        query = text("SELECT DISTINCT tableoid::regclass::text FROM test_submissions")
        assert list(c.scalars(query)) == [f"test_submissions_{day[:7].replace('-', '_')}"]


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "2999-01-01", "9999-12-31"])
def test_a_clock_that_is_wrong_makes_no_table(office: Engine, day: str) -> None:
    assert not ensure_month(office, day)
    with office.begin() as c:
        put_sittings(c, day)
        assert c.scalar(text("SELECT count(*) FROM test_submissions_default")) == 2
    assert parts(office) == dict.fromkeys(PARTED, 1)


def test_rows_that_fell_into_the_default_are_moved(office: Engine) -> None:
    with office.begin() as c:
        put_sittings(c, "2026-02-11")
    assert not ensure_month(office, "2026-02-12")
    assert create_ahead(office, TODAY, 0) == ["2026-02", "2026-03"]
    with office.begin() as c:
        for table, count in (("test_submissions", 2), ("journal", 3)):
            assert c.scalar(text(f"SELECT count(*) FROM {table}_default")) == 0
            assert c.scalar(text(f"SELECT count(*) FROM {table}_2026_02")) == count
        with pytest.raises(IntegrityError, match="never changed or removed"), c.begin_nested():
            c.execute(text("DELETE FROM journal"))
        with pytest.raises(IntegrityError, match="foreign key"), c.begin_nested():
            put(c, "leases", lease_id="y", opened_on="2026-02-11", submission_id="nobody")
        with pytest.raises(IntegrityError, match="foreign key"), c.begin_nested():
            c.execute(text("DELETE FROM test_submissions"))
    migration.verify_models(office)


@pytest.mark.parametrize("part", ["default", "2026_03"])
@pytest.mark.parametrize("act", ["UPDATE {t} SET opened_on = opened_on", "DELETE FROM {t}", "TRUNCATE {t}"])
@pytest.mark.parametrize("table", ["journal", "marks"])
def test_a_partition_is_no_way_around_what_is_kept(office: Engine, table: str, act: str, part: str) -> None:
    create_ahead(office, TODAY, 0)
    with office.begin() as c:
        put_sittings(c, "2026-03-02" if part != "default" else "2020-01-01")
        assert c.scalar(text(f"SELECT count(*) FROM {table}_{part}")) > 0
    with pytest.raises(IntegrityError, match="never changed or removed"), office.begin() as c:
        c.execute(text(act.format(t=f"{table}_{part}")))


def test_a_lock_that_does_not_come_leaves_the_rows_to_the_default(office: Engine) -> None:
    day = this_month(office).isoformat()
    with office.begin() as c:
        c.execute(text("LOCK TABLE answers IN ROW EXCLUSIVE MODE"))
        assert not ensure_month(office, day)
    assert ensure_month(office, day)


def test_who_does_not_own_the_tables_makes_none(office: Engine) -> None:
    day = this_month(office).isoformat()
    with office.begin() as c:
        role = f"kiosk_worker_{office.url.database}"[:60]
        c.execute(text(f"CREATE ROLE {role} LOGIN"))
        c.execute(text(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}"))
    worker = open_engine(office.url.set(username=role, password=None).render_as_string(hide_password=False))
    try:
        assert not ensure_month(worker, day)
    finally:
        worker.dispose()
        with office.begin() as c:
            c.execute(text(f"DROP OWNED BY {role}; DROP ROLE {role}"))
    assert ensure_month(office, day)


def test_a_file_has_no_months(plain_files: Files, tmp_path_factory: pytest.TempPathFactory) -> None:
    engine = plain_files.make("office", tmp_path_factory.mktemp("file"))
    assert not ensure_month(engine, "2026-03-02")
    assert create_ahead(engine, TODAY, 3) == []
    engine.dispose()
