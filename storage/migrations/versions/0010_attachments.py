"""The texts of files that papers attach, kept beside the papers and like them never changed."""

import sqlalchemy as sa
from alembic import op

import storage.types
from storage.trigger import guard

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up to this revision."""
    op.create_table(
        "attachments",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("kept_at", storage.types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_attachments")),
    )
    guard(op.get_bind(), ("attachments",))


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_table("attachments")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS attachments_kept()")
