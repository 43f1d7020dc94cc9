"""Envelope codes and the identities of papers are sealed on PostgreSQL; a file stays as it is, encrypted as a whole."""

from collections.abc import Callable

from alembic import op
from sqlalchemy import text

from storage.personal import PersonalSeal, seal_of

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_SECRETS = {
    "envelope_codes": ("code", ("test_id", "hall")),
    "paper_identities": ("identity", ("paper_digest",)),
}
"""The column of each table that opens something, and the key of its rows."""


def upgrade() -> None:
    """Go up to this revision: needs the office's key where there are such secrets already."""
    _rewrite(PersonalSeal.seal)


def downgrade() -> None:
    """Go back to the revision before."""
    _rewrite(PersonalSeal.open)


def _rewrite(work: Callable[..., str]) -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    for table, (secret, key) in _SECRETS.items():
        rows = connection.execute(text(f"SELECT {', '.join((*key, secret))} FROM {table}")).mappings().all()
        change = f"UPDATE {table} SET {secret} = :{secret} WHERE " + " AND ".join(f"{k} = :{k}" for k in key)
        for row in rows:
            sealed = work(seal_of(connection.dialect), f"{table}.{secret}", row[secret], same=False)
            connection.execute(text(change), {**row, secret: sealed})
