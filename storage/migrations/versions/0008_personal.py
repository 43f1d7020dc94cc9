"""Names, roll numbers and addresses are sealed on PostgreSQL; a file stays as it is, encrypted as a whole."""

from alembic import op
from sqlalchemy import Connection, text

from storage.personal import seal_of

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_COLUMNS = {"name": False, "roll_number": True, "email": False}
"""The columns of `users`, and whether equal values are equal when sealed."""


def upgrade() -> None:
    """Go up to this revision: needs the office's key where there are people already."""
    if op.get_bind().dialect.name == "postgresql":
        _rewrite(op.get_bind(), sealing=True)


def downgrade() -> None:
    """Go back to the revision before."""
    if op.get_bind().dialect.name == "postgresql":
        _rewrite(op.get_bind(), sealing=False)


def _rewrite(connection: Connection, *, sealing: bool) -> None:
    people = connection.execute(text(f"SELECT user_id, {', '.join(_COLUMNS)} FROM users")).mappings().all()
    if not people:
        return
    seal = seal_of(connection.dialect)
    change = text(f"UPDATE users SET {', '.join(f'{c} = :{c}' for c in _COLUMNS)} WHERE user_id = :user_id")
    for person in people:
        values = dict(person)
        for column, same in _COLUMNS.items():
            if values[column] is not None:
                work = seal.seal if sealing else seal.open
                values[column] = work(f"users.{column}", values[column], same=same)
        connection.execute(change, values)
