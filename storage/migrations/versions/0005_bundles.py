"""Bundles taken in, receipts given, and what was not let in."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

import storage.types
from storage.trigger import guard

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up to this revision."""
    op.create_table(
        "bundles",
        sa.Column("bundle_id", sa.String(), nullable=False),
        sa.Column("opened_on", storage.types.IsoDate(length=10), nullable=False),
        sa.Column("received_at", storage.types.UtcDateTime(length=24), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("hall", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "received",
                "counted",
                "branch",
                "failed",
                name="bundlestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "flags",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("settled_at", storage.types.UtcDateTime(length=24), nullable=True),
        sa.Column("submission_id", sa.String(), nullable=False),
        sa.Column("manifest", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("head_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", storage.types.UtcDateTime(length=24), nullable=False),
        sa.PrimaryKeyConstraint("bundle_id", "opened_on", name=op.f("pk_bundles")),
    )
    op.create_index(op.f("ix_bundles_state_received_at"), "bundles", ["state", "received_at"], unique=False)
    op.create_index(op.f("ix_bundles_submission_id_opened_on"), "bundles", ["submission_id", "opened_on"], unique=False)
    op.create_table(
        "quarantine",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("received_at", storage.types.UtcDateTime(length=24), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_quarantine")),
    )
    op.create_table(
        "receipts",
        sa.Column("bundle_id", sa.String(), nullable=False),
        sa.Column("opened_on", storage.types.IsoDate(length=10), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", storage.types.UtcDateTime(length=24), nullable=False),
        sa.ForeignKeyConstraint(
            ["bundle_id", "opened_on"],
            ["bundles.bundle_id", "bundles.opened_on"],
            name=op.f("fk_receipts_bundle_id_opened_on"),
        ),
        sa.PrimaryKeyConstraint("bundle_id", "opened_on", name=op.f("pk_receipts")),
    )
    guard(op.get_bind(), ("receipts",))


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_table("receipts")
    op.drop_table("quarantine")
    op.drop_index(op.f("ix_bundles_submission_id_opened_on"), table_name="bundles")
    op.drop_index(op.f("ix_bundles_state_received_at"), table_name="bundles")
    op.drop_table("bundles")
