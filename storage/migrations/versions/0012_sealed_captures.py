"""Captures of screens are sealed on PostgreSQL: a screen shows who sits at it. A file stays as it is."""

from collections.abc import Callable

from alembic import op
from sqlalchemy import text

from storage.personal import PersonalSeal, seal_of

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_KEY = "submission_id, opened_on, digest"
_SAME = "submission_id = :submission_id AND opened_on = :opened_on AND digest = :digest"


def upgrade() -> None:
    """Go up to this revision: needs the office's key where there are captures already."""
    _rewrite(PersonalSeal.seal_bytes)


def downgrade() -> None:
    """Go back to the revision before."""
    _rewrite(PersonalSeal.open_bytes)


def _rewrite(work: Callable[[PersonalSeal, str, bytes], bytes]) -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    for key in connection.execute(text(f"SELECT {_KEY} FROM evidence")).mappings().all():
        body = connection.scalar(text(f"SELECT body FROM evidence WHERE {_SAME}"), dict(key))
        sealed = work(seal_of(connection.dialect), "evidence.body", bytes(body))
        connection.execute(text(f"UPDATE evidence SET body = :body WHERE {_SAME}"), {**key, "body": sealed})
