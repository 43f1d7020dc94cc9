"""People, what they are told, and the log of what they do."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

import storage.types
from storage.trigger import guard

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up to this revision."""
    op.create_table(
        "users",
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "admin",
                "author",
                "evaluator",
                "proctor",
                "candidate",
                "system",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("secret_hash", sa.String(), nullable=True),
        sa.Column("created_at", storage.types.UtcDateTime(length=24), nullable=False),
        sa.Column("is_provisional", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("roll_number", sa.String(), nullable=True),
        sa.Column("extra_percent", sa.BigInteger(), nullable=False),
        sa.Column("extra_ms", sa.BigInteger(), nullable=False),
        sa.Column("rest_breaks", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_users")),
        sa.UniqueConstraint("roll_number", name=op.f("uq_users_roll_number")),
    )
    op.create_table(
        "audit_log",
        sa.Column("audit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("at", storage.types.UtcDateTime(length=24), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject_type", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column(
            "details",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=Text()), "postgresql"
            ),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(["who"], ["users.user_id"], name=op.f("fk_audit_log_who")),
        sa.PrimaryKeyConstraint("audit_id", name=op.f("pk_audit_log")),
    )
    op.create_index(
        op.f("ix_audit_log_subject_type_subject_id_audit_id"),
        "audit_log",
        ["subject_type", "subject_id", "audit_id"],
        unique=False,
    )
    op.create_index(op.f("ix_audit_log_who_audit_id"), "audit_log", ["who", "audit_id"], unique=False)
    op.create_table(
        "notifications",
        sa.Column("notification_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("reference_id", sa.String(), nullable=True),
        sa.Column("reference_type", sa.String(), nullable=True),
        sa.Column("from_user_id", sa.String(), nullable=True),
        sa.Column(
            "metadata",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=Text()), "postgresql"
            ),
            nullable=True,
        ),
        sa.Column("created_at", storage.types.UtcDateTime(length=24), nullable=False),
        sa.Column("is_read", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["from_user_id"], ["users.user_id"], name=op.f("fk_notifications_from_user_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name=op.f("fk_notifications_user_id")),
        sa.PrimaryKeyConstraint("notification_id", name=op.f("pk_notifications")),
    )
    op.create_index(
        op.f("ix_notifications_user_id_is_read_created_at"),
        "notifications",
        ["user_id", "is_read", "created_at"],
        unique=False,
    )
    guard(op.get_bind(), ("audit_log",))


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_index(op.f("ix_notifications_user_id_is_read_created_at"), table_name="notifications")
    op.drop_table("notifications")
    op.drop_index(op.f("ix_audit_log_who_audit_id"), table_name="audit_log")
    op.drop_index(op.f("ix_audit_log_subject_type_subject_id_audit_id"), table_name="audit_log")
    op.drop_table("audit_log")
    op.drop_table("users")
