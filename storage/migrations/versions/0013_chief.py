"""The proctors who are chiefs of a session."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up to this revision."""
    op.create_table(
        "exam_session_chiefs",
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("chief_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["chief_id"], ["users.user_id"], name=op.f("fk_exam_session_chiefs_chief_id")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["exam_sessions.session_id"], name=op.f("fk_exam_session_chiefs_session_id")
        ),
        sa.PrimaryKeyConstraint("session_id", "chief_id", name=op.f("pk_exam_session_chiefs")),
    )


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_table("exam_session_chiefs")
