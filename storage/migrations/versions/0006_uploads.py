"""Journals by bundle, and what uploads, releases, close-outs and decisions need."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

import storage.types
from storage.trigger import OF_A_BUNDLE, OF_A_SITTING, guard

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_STATES = ("received", "counted", "branch", "failed", "held")
_COUNTED = (
    "SELECT b.bundle_id FROM bundles b WHERE b.submission_id = {row}.submission_id "
    "AND b.opened_on = {row}.opened_on AND b.state = 'counted'"
)
_OF_COUNTED = f"COALESCE(({_COUNTED.format(row='before')}), '')"
"""The bundle an entry came with; empty for a sitting that came with none."""
_ENTRY = "submission_id, opened_on, seq, epoch, kind, at, boot_id, boot_ms, body, hash"
_BUNDLE = (
    "bundle_id, opened_on, received_at, source, hall, state, flags, problem, settled_at, "
    "submission_id, manifest, body, entries, head_hash, sealed_at"
)
_RECEIPT = "bundle_id, opened_on, envelope, issued_at"


def upgrade() -> None:
    """Go up to this revision."""
    op.add_column("test_submissions", sa.Column("bundle_id", sa.String(), nullable=True))
    op.execute(f"UPDATE test_submissions SET bundle_id = ({_COUNTED.format(row='test_submissions')})")
    _replace_journal(f"{_ENTRY}, bundle_id", f"SELECT {_ENTRY}, {_OF_COUNTED} FROM journal_before before", True)
    if op.get_bind().dialect.name == "postgresql":
        op.add_column("bundles", sa.Column("rank", sa.String(), nullable=True))
        _check_states(_STATES)
    else:
        _replace_bundles(_STATES, has_rank=True)
    _make_uploads()
    _make_releases()
    _make_decisions()
    guard(op.get_bind(), ("decisions",))


def downgrade() -> None:
    """Go back to the revision before: of several journals of a sitting the counted one stays."""
    for table in ("decisions", "releases", "envelope_codes", "hall_tokens", "closings", "chunks"):
        op.drop_table(table)
    op.execute("UPDATE bundles SET state = 'received' WHERE state = 'held'")
    counted = f"SELECT {_ENTRY} FROM journal_before before WHERE bundle_id = {_OF_COUNTED}"
    _replace_journal(_ENTRY, counted, False)
    if op.get_bind().dialect.name == "postgresql":
        op.drop_column("bundles", "rank")
        _check_states(_STATES[:-1])
    else:
        _replace_bundles(_STATES[:-1], has_rank=False)
    op.drop_column("test_submissions", "bundle_id")


def _replace_journal(columns: str, rows: str, by_bundle: bool) -> None:
    """Make the journal anew and fill it: its rows are never changed, and its key is."""
    op.execute("CREATE TABLE journal_before AS SELECT * FROM journal")
    op.drop_table("journal")
    _make_journal(by_bundle)
    op.execute(f"INSERT INTO journal ({columns}) {rows}")
    op.drop_table("journal_before")
    guard(op.get_bind(), ("journal",), OF_A_BUNDLE if by_bundle else OF_A_SITTING)


def _check_states(states: tuple[str, ...]) -> None:
    name = op.f("ck_bundles_bundlestate")
    op.drop_constraint(name, "bundles", type_="check")
    op.create_check_constraint(name, "bundles", sa.column("state").in_(states))


def _replace_bundles(states: tuple[str, ...], *, has_rank: bool) -> None:
    """Make the bundles anew, as SQLite cannot change a CHECK; receipts stand aside meanwhile, as they name them."""
    for table in ("receipts", "bundles"):
        op.execute(f"CREATE TABLE {table}_before AS SELECT * FROM {table}")
        op.drop_table(table)
    _make_bundles(states, has_rank)
    _make_receipts()
    for table, columns in (("bundles", _BUNDLE), ("receipts", _RECEIPT)):
        op.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table}_before")
        op.drop_table(f"{table}_before")
    guard(op.get_bind(), ("receipts",))


def _make_journal(by_bundle: bool) -> None:
    bundle = [sa.Column("bundle_id", sa.String(), nullable=False)] if by_bundle else []
    key = ("submission_id", "opened_on", *(column.name for column in bundle), "seq")
    op.create_table(
        "journal",
        sa.Column("submission_id", sa.String(), nullable=False),
        sa.Column("opened_on", storage.types.IsoDate(length=10), nullable=False),
        *bundle,
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("boot_id", sa.String(), nullable=False),
        sa.Column("boot_ms", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id", "opened_on"],
            ["test_submissions.submission_id", "test_submissions.opened_on"],
            name=op.f("fk_journal_submission_id_opened_on"),
        ),
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_journal")),
        sqlite_with_rowid=False,
    )


def _make_bundles(states: tuple[str, ...], has_rank: bool) -> None:
    rank = [sa.Column("rank", sa.String(), nullable=True)] if has_rank else []
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
                *states,
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
        *rank,
        sa.PrimaryKeyConstraint("bundle_id", "opened_on", name=op.f("pk_bundles")),
    )
    op.create_index(op.f("ix_bundles_state_received_at"), "bundles", ["state", "received_at"], unique=False)
    op.create_index(op.f("ix_bundles_submission_id_opened_on"), "bundles", ["submission_id", "opened_on"], unique=False)


def _make_receipts() -> None:
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


def _make_uploads() -> None:
    op.create_table(
        "chunks",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("hall", sa.String(), nullable=False),
        sa.Column("received_at", storage.types.UtcDateTime(length=24), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_chunks")),
    )
    op.create_index(op.f("ix_chunks_received_at"), "chunks", ["received_at"], unique=False)
    op.create_table(
        "closings",
        sa.Column("closing_id", sa.String(), nullable=False),
        sa.Column("hall", sa.String(), nullable=False),
        sa.Column("test_id", sa.String(), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", storage.types.UtcDateTime(length=24), nullable=False),
        sa.Column("closeout", sa.LargeBinary(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("settled_at", storage.types.UtcDateTime(length=24), nullable=True),
        sa.PrimaryKeyConstraint("closing_id", name=op.f("pk_closings")),
    )
    op.create_index(op.f("ix_closings_settled_at"), "closings", ["settled_at"], unique=False)
    op.create_index(op.f("ix_closings_test_id_hall"), "closings", ["test_id", "hall"], unique=False)
    op.create_table(
        "hall_tokens",
        sa.Column("token_id", sa.String(), nullable=False),
        sa.Column("hall", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("made_at", storage.types.UtcDateTime(length=24), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("not_after", storage.types.UtcDateTime(length=24), nullable=False),
        sa.Column("revoked_at", storage.types.UtcDateTime(length=24), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["users.user_id"], name=op.f("fk_hall_tokens_made_by")),
        sa.PrimaryKeyConstraint("token_id", name=op.f("pk_hall_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_hall_tokens_digest")),
    )


def _make_releases() -> None:
    op.create_table(
        "envelope_codes",
        sa.Column("test_id", sa.String(), nullable=False),
        sa.Column("hall", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("made_at", storage.types.UtcDateTime(length=24), nullable=False),
        sa.ForeignKeyConstraint(["test_id"], ["tests.test_id"], name=op.f("fk_envelope_codes_test_id")),
        sa.PrimaryKeyConstraint("test_id", "hall", name=op.f("pk_envelope_codes")),
    )
    op.create_table(
        "releases",
        sa.Column("test_id", sa.String(), nullable=False),
        sa.Column("hall", sa.String(), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.Column("released_at", storage.types.UtcDateTime(length=24), nullable=False),
        sa.Column("released_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["released_by"], ["users.user_id"], name=op.f("fk_releases_released_by")),
        sa.ForeignKeyConstraint(["test_id"], ["tests.test_id"], name=op.f("fk_releases_test_id")),
        sa.PrimaryKeyConstraint("test_id", "hall", name=op.f("pk_releases")),
    )


def _make_decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("decision_id", sa.String(), nullable=False),
        sa.Column("opened_on", storage.types.IsoDate(length=10), nullable=False),
        sa.Column("submission_id", sa.String(), nullable=False),
        sa.Column("bundle_id", sa.String(), nullable=False),
        sa.Column("question_id", sa.String(), nullable=True),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("second", sa.String(), nullable=True),
        sa.Column("decided_at", storage.types.UtcDateTime(length=24), nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["users.user_id"], name=op.f("fk_decisions_decided_by")),
        sa.ForeignKeyConstraint(["second"], ["users.user_id"], name=op.f("fk_decisions_second")),
        sa.ForeignKeyConstraint(
            ["submission_id", "opened_on"],
            ["test_submissions.submission_id", "test_submissions.opened_on"],
            name=op.f("fk_decisions_submission_id_opened_on"),
        ),
        sa.PrimaryKeyConstraint("decision_id", "opened_on", name=op.f("pk_decisions")),
    )
    op.create_index(
        op.f("ix_decisions_submission_id_opened_on_decided_at"),
        "decisions",
        ["submission_id", "opened_on", "decided_at"],
        unique=False,
    )
