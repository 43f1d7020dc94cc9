"""Month partitions on PostgreSQL: what belongs to a sitting is parted by its date. Elsewhere there is nothing to do."""

import re
from collections.abc import Callable
from datetime import date
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, MetaData, event, text
from sqlalchemy.exc import DBAPIError

from storage.engine import StoreError, reading
from storage.trigger import keep_whole

PARTED = (
    "test_submissions",
    "journal",
    "answers",
    "evidence",
    "proctoring_sessions",
    "leases",
    "marks",
)
"""The parted tables, the sitting before what hangs on it."""
BY_MONTH = {"postgresql_partition_by": "RANGE (opened_on)"}
MONTHS_BACK, MONTHS_AHEAD = 24, 12
"""How far from today a day may lie for its month to be made: a seat's clock may say any year at all."""

_MONTH = r"\d{4}_\d{2}"
_PARTITION = re.compile(rf"({'|'.join(PARTED)})_(default|{_MONTH})")
_LOCK = 0x6B69_6F73_6B  # one maker of months at a time: "kiosk"
_PATIENCE_MS = 500  # shorter than PostgreSQL's deadlock_timeout, so that whoever counts is never the one to give way
_TRIES = 20
_KNOWN: "WeakKeyDictionary[Engine, set[date]]" = WeakKeyDictionary()
"""The months each engine need not ask for again; gone with the engine."""


def is_partition(name: str) -> bool:
    """Return whether a table is a part of another one."""
    return _PARTITION.fullmatch(name) is not None


def part_on_create(metadata: MetaData) -> None:
    """Have `metadata.create_all` make the default partition of every parted table as well."""

    @event.listens_for(metadata, "after_create")
    def make(target: MetaData, connection: Connection, **options: object) -> None:
        created = {table.name for table in options.get("tables") or ()}  # type: ignore[attr-defined]
        add_defaults(connection, [table for table in PARTED if table in created])


def add_defaults(connection: Connection, tables: list[str]) -> None:
    """Make the partitions that take a row of any month there is none for, so that no row is ever refused."""
    if connection.dialect.name == "postgresql":
        for table in tables:
            _run(connection, f"CREATE TABLE {table}_default PARTITION OF {table} DEFAULT")
            keep_whole(connection, table, f"{table}_default")


def ensure_month(engine: Engine, day: str) -> bool:
    """Have the month of a day parted before rows of it are written; return whether it is.

    It is not where the day is too far from today, where rows of it lie in the default already, or where the tables
    are another's or busy: its rows then go to the default, until `create_ahead` moves them.
    """
    if engine.dialect.name != "postgresql":
        return False
    month = _first(date.fromisoformat(day))
    known = _KNOWN.setdefault(engine, set())
    if month in known:
        return True
    with reading(engine).connect() as connection:
        if _missing(connection, [month]) and not _may_make(connection, month):
            return False
    if not _patiently(engine, lambda c: _make(c, month), 3):
        return False
    known.add(month)
    return True


def create_ahead(engine: Engine, today: date, months: int, told: Callable[[int, int], None] | None = None) -> list[str]:
    """Part this month and those ahead, and every month whose rows lie in the default; return the months made.

    Rows move out of the default under a lock that holds up whoever counts. Raises StoreError where tables stay busy.
    """
    if engine.dialect.name != "postgresql":
        return []
    wanted = [_later(_first(today), ahead) for ahead in range(months + 1)]
    with reading(engine).connect() as connection:
        wanted = sorted(_missing(connection, sorted({*wanted, *_in_default(connection, _first(today))})))
    for done, month in enumerate(wanted):
        if told is not None:
            told(done, len(wanted))
        if not _patiently(engine, lambda c, month=month: _make_and_move(c, month), _TRIES):  # type: ignore[misc]
            raise StoreError("The tables of sittings are busy. Stop the workers for a moment and try again.")
    return [f"{month:%Y-%m}" for month in wanted]


def months(connection: Connection) -> list[str]:
    """Return the months that are parted, oldest first."""
    query = text("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'test_submissions'::regclass")
    names = (str(name).removeprefix("test_submissions_") for name in connection.scalars(query))
    return sorted(name.replace("_", "-") for name in names if re.fullmatch(_MONTH, name))


def _make(connection: Connection, month: date) -> None:
    if _begin(connection, month):
        for table in PARTED:
            _add(connection, table, month)
            _attach(connection, table, month)


def _make_and_move(connection: Connection, month: date) -> None:
    if not _begin(connection, month):
        return
    lies_in_default = any(_holds(connection, table, month) for table in PARTED)
    links = _links(connection) if lies_in_default else []
    for child, name, _ in links:  # else no row of a sitting could leave the default before its children do
        _run(connection, f"ALTER TABLE {child} DROP CONSTRAINT {name}")
    for table in PARTED:
        _add(connection, table, month)
        if lies_in_default:
            _move(connection, table, month)
        _attach(connection, table, month)
    for child, name, definition in links:
        _run(connection, f"ALTER TABLE {child} ADD CONSTRAINT {name} {definition}")


def _begin(connection: Connection, month: date) -> bool:
    """Take the locks in one order, before anything is changed; return whether the month is still missing."""
    _run(connection, f"SET LOCAL lock_timeout = {_PATIENCE_MS}")
    _run(connection, f"SELECT pg_advisory_xact_lock({_LOCK})")
    if not _missing(connection, [month]):
        return False
    _run(connection, f"LOCK TABLE {', '.join(_needed(connection))} IN SHARE ROW EXCLUSIVE MODE")
    return True


def _needed(connection: Connection) -> list[str]:
    """Return the tables that foreign keys lead to, then the parted ones: the order in which counting writes."""
    query = (
        "SELECT DISTINCT confrelid::regclass::text FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text"
    )
    found = connection.scalars(text(f"{query} = ANY(:tables)"), {"tables": list(PARTED)})
    return [*sorted(set(found) - set(PARTED) - {""}, reverse=True), *PARTED]


def _add(connection: Connection, table: str, month: date) -> None:
    like = f"LIKE {table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE"
    _run(connection, f"CREATE TABLE {_name(table, month)} ({like})")


def _move(connection: Connection, table: str, month: date) -> None:
    """Move the month's rows out of the default. The triggers that keep rows stand aside in this transaction alone."""
    _run(connection, f"ALTER TABLE {table}_default DISABLE TRIGGER USER")
    out = f"DELETE FROM {table}_default WHERE {_within(month)} RETURNING *"
    _run(connection, f"WITH moved AS ({out}) INSERT INTO {_name(table, month)} SELECT * FROM moved")
    _run(connection, f"ALTER TABLE {table}_default ENABLE TRIGGER USER")


def _attach(connection: Connection, table: str, month: date) -> None:
    # ATTACH shuts nobody out of the parent; CREATE TABLE ... PARTITION OF would
    name, end = _name(table, month), _later(month, 1)
    _run(connection, f"ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES FROM ('{month}') TO ('{end}')")
    keep_whole(connection, table, name)


def _links(connection: Connection) -> list[tuple[str, str, str]]:
    """Return the foreign keys to a sitting: whose, its name and its words."""
    query = """SELECT conrelid::regclass::text, conname::text, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE confrelid = 'test_submissions'::regclass AND contype = 'f' AND conparentid = 0 ORDER BY 1, 2"""
    return [(child, name, definition) for child, name, definition in connection.execute(text(query))]


def _may_make(connection: Connection, month: date) -> bool:
    today = connection.scalar(text("SELECT current_date"))
    assert isinstance(today, date)
    if not _later(_first(today), -MONTHS_BACK) <= month <= _later(_first(today), MONTHS_AHEAD):
        return False
    owned = "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = 'test_submissions'::regclass"
    return bool(connection.scalar(text(owned))) and not any(_holds(connection, table, month) for table in PARTED)


def _holds(connection: Connection, table: str, month: date) -> bool:
    return bool(connection.scalar(text(f"SELECT EXISTS (SELECT 1 FROM {table}_default WHERE {_within(month)})")))


def _in_default(connection: Connection, this: date) -> set[date]:
    found: set[date] = set()
    for table in PARTED:
        query = text(f"SELECT DISTINCT date_trunc('month', opened_on)::date FROM {table}_default")
        found.update(connection.scalars(query))
    return {m for m in found if _later(this, -MONTHS_BACK) <= m <= _later(this, MONTHS_AHEAD)}


def _missing(connection: Connection, wanted: list[date]) -> list[date]:
    made = set(months(connection))
    return [month for month in wanted if f"{month:%Y-%m}" not in made]


def _patiently(engine: Engine, act: Callable[[Connection], None], tries: int) -> bool:
    """Do something in one transaction; where a lock does not come in time, let everything go and try again."""
    for _ in range(tries):
        try:
            with engine.begin() as connection:
                act(connection)
                return True
        except (DBAPIError, StoreError) as error:
            if not _is_busy(error):
                raise
    return False


def _is_busy(error: BaseException) -> bool:
    seen: BaseException | None = error
    while seen is not None:
        if getattr(seen, "sqlstate", None) in ("55P03", "40P01"):  # no lock in time, or a deadlock
            return True
        seen = seen.__cause__
    return False


def _run(connection: Connection, statement: str) -> None:
    connection.exec_driver_sql(statement, execution_options={"no_parameters": True})


def _name(table: str, month: date) -> str:
    return f"{table}_{month:%Y_%m}"


def _within(month: date) -> str:
    return f"opened_on >= '{month}' AND opened_on < '{_later(month, 1)}'"


def _first(day: date) -> date:
    return day.replace(day=1)


def _later(month: date, count: int) -> date:
    whole = month.year * 12 + month.month - 1 + count
    return date(whole // 12, whole % 12 + 1, 1)
