"""What belongs to a sitting is parted by month on PostgreSQL; a file stays as it is."""

from collections.abc import Sequence

from alembic import op
from sqlalchemy import Connection, text

from storage.trigger import OF_A_BUNDLE, guard

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TABLES = ("test_submissions", "journal", "answers", "evidence", "proctoring_sessions", "leases", "marks")
_KEPT = ("journal", "marks")
_CONSTRAINTS = """
SELECT conrelid::regclass::text AS owner, conname::text AS name, pg_get_constraintdef(oid) AS definition
FROM pg_constraint WHERE conparentid = 0 AND contype IN ('p', 'u', 'f')
    AND (conrelid::regclass::text = ANY(:tables) OR confrelid = 'test_submissions'::regclass)
ORDER BY contype <> 'p', contype = 'f', 1, 2
"""
_INDEXES = """
SELECT indexrelid::regclass::text AS name, replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ') AS definition
FROM pg_index WHERE indrelid::regclass::text = ANY(:tables)
    AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid) ORDER BY 1
"""


def upgrade() -> None:
    """Go up to this revision."""
    if op.get_bind().dialect.name == "postgresql":
        _replace(op.get_bind(), parted=True)


def downgrade() -> None:
    """Go back to the revision before."""
    if op.get_bind().dialect.name == "postgresql":
        _replace(op.get_bind(), parted=False)


def _replace(connection: Connection, *, parted: bool) -> None:
    """Make each table anew, parted or whole, with its rows, and give it its own constraints, indexes and triggers."""
    constraints = connection.execute(text(_CONSTRAINTS), {"tables": list(_TABLES)}).all()
    indexes = connection.execute(text(_INDEXES), {"tables": list(_TABLES)}).all()
    for owner, name, _ in reversed(constraints):
        op.execute(f"ALTER TABLE {owner} DROP CONSTRAINT {name}")
    for name, _ in indexes:
        op.execute(f"DROP INDEX {name}")
    for table in _TABLES:
        _replace_table(connection, table, parted)
    for _, definition in indexes:
        op.execute(definition)
    for owner, name, definition in constraints:
        op.execute(f"ALTER TABLE {owner} ADD CONSTRAINT {name} {definition}")
    guard(connection, _KEPT, OF_A_BUNDLE)
    if parted:
        _keep_parts(connection)


def _replace_table(connection: Connection, table: str, parted: bool) -> None:
    op.rename_table(table, f"{table}_before")
    like = f"LIKE {table}_before INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE"
    op.execute(f"CREATE TABLE {table} ({like}){' PARTITION BY RANGE (opened_on)' if parted else ''}")
    if parted:
        op.execute(f"CREATE TABLE {table}_default PARTITION OF {table} DEFAULT")
        for name, first, end in _months(connection, table):
            op.execute(f"CREATE TABLE {name} PARTITION OF {table} FOR VALUES FROM ('{first}') TO ('{end}')")
    op.execute(f"INSERT INTO {table} SELECT * FROM {table}_before")
    op.drop_table(f"{table}_before")


def _months(connection: Connection, table: str) -> Sequence[tuple[str, str, str]]:
    """Return the partitions for the sittings there are: the same for every table, as one month is made for all."""
    source = "test_submissions_before" if table == "test_submissions" else "test_submissions"
    query = f"""SELECT DISTINCT to_char(opened_on, 'YYYY_MM'), date_trunc('month', opened_on)::date,
        (date_trunc('month', opened_on) + interval '1 month')::date FROM {source} ORDER BY 1"""
    return [(f"{table}_{month}", str(first), str(end)) for month, first, end in connection.execute(text(query))]


def _keep_parts(connection: Connection) -> None:
    """Have no partition be emptied where its table may not be."""
    for table in _KEPT:
        parts = f"SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = '{table}'::regclass"
        for part in connection.scalars(text(parts)).all():
            act = f"CREATE TRIGGER {table}_kept_whole BEFORE TRUNCATE ON {part} FOR EACH STATEMENT"
            op.execute(f"{act} EXECUTE FUNCTION {table}_kept()")
