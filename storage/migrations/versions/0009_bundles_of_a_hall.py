"""The bundles of a hall by id: what a closing is held against."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up to this revision."""
    op.create_index(op.f("ix_bundles_hall_bundle_id"), "bundles", ["hall", "bundle_id"])


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_index(op.f("ix_bundles_hall_bundle_id"), "bundles")
