"""Sittings with journal, answers, evidence, leases and marks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

import storage.types
from storage.trigger import guard

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up to this revision."""
    op.create_table(
        "test_submissions",
        sa.Column("submission_id", sa.String(), nullable=False),
        sa.Column("opened_on", storage.types.IsoDate(length=10), nullable=False),
        sa.Column("score", storage.types.ExactDecimal(length=64), nullable=True),
        sa.Column("max_score", storage.types.ExactDecimal(length=64), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("feedback", sa.Text(), nullable=True),
        sa.Column("reviewed_by", sa.String(), nullable=True),
        sa.Column("key_version", sa.BigInteger(), nullable=True),
        sa.Column("released_at", storage.types.UtcDateTime(length=24), nullable=True),
        sa.Column("assignment_id", sa.String(), nullable=False),
        sa.Column("started_at", storage.types.UtcDateTime(length=24), nullable=False),
        sa.Column("submitted_at", storage.types.UtcDateTime(length=24), nullable=True),
        sa.Column("duration", sa.BigInteger(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "in_progress",
                "submitted",
                "graded",
                "reviewed",
                name="submissionstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("attempt", sa.BigInteger(), nullable=False),
        sa.Column("paper_digest", sa.String(), nullable=True),
        sa.Column("seat", sa.String(), nullable=True),
        sa.Column("lease_id", sa.String(), nullable=True),
        sa.Column("build", sa.String(), nullable=True),
        sa.Column("handed_in_by", sa.String(), nullable=True),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("receipt", sa.String(), nullable=True),
        sa.Column("head_seq", sa.BigInteger(), nullable=True),
        sa.Column("head_hash", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["test_assignments.assignment_id"], name=op.f("fk_test_submissions_assignment_id")
        ),
        sa.ForeignKeyConstraint(
            ["paper_digest"], ["papers.paper_digest"], name=op.f("fk_test_submissions_paper_digest")
        ),
        sa.ForeignKeyConstraint(["reviewed_by"], ["users.user_id"], name=op.f("fk_test_submissions_reviewed_by")),
        sa.PrimaryKeyConstraint("submission_id", "opened_on", name=op.f("pk_test_submissions")),
    )
    op.create_index(
        op.f("ix_test_submissions_assignment_id_attempt"),
        "test_submissions",
        ["assignment_id", "attempt"],
        unique=False,
    )
    op.create_index(
        op.f("ix_test_submissions_paper_digest_status"), "test_submissions", ["paper_digest", "status"], unique=False
    )
    op.create_index(op.f("ix_test_submissions_receipt"), "test_submissions", ["receipt"], unique=False)
    op.create_table(
        "answers",
        sa.Column("answer_id", sa.String(), nullable=False),
        sa.Column("opened_on", storage.types.IsoDate(length=10), nullable=False),
        sa.Column("is_correct", sa.Boolean(), nullable=True),
        sa.Column("points_awarded", storage.types.ExactDecimal(length=64), nullable=True),
        sa.Column("submission_id", sa.String(), nullable=False),
        sa.Column("question_id", sa.String(), nullable=False),
        sa.Column(
            "selected_option_ids",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=Text()), "postgresql"
            ),
            nullable=True,
        ),
        sa.Column("essay_answer", sa.Text(), nullable=True),
        sa.Column("coding_answer", sa.Text(), nullable=True),
        sa.Column("answered_at", storage.types.UtcDateTime(length=24), nullable=True),
        sa.Column("answered_seq", sa.BigInteger(), nullable=True),
        sa.Column("seen", sa.Boolean(), nullable=False),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("hints_shown", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["question_id"], ["questions.question_id"], name=op.f("fk_answers_question_id")),
        sa.ForeignKeyConstraint(
            ["submission_id", "opened_on"],
            ["test_submissions.submission_id", "test_submissions.opened_on"],
            name=op.f("fk_answers_submission_id_opened_on"),
        ),
        sa.PrimaryKeyConstraint("answer_id", "opened_on", name=op.f("pk_answers")),
        sa.UniqueConstraint(
            "submission_id", "opened_on", "question_id", name=op.f("uq_answers_submission_id_opened_on_question_id")
        ),
    )
    op.create_index(op.f("ix_answers_question_id_is_correct"), "answers", ["question_id", "is_correct"], unique=False)
    op.create_table(
        "evidence",
        sa.Column("submission_id", sa.String(), nullable=False),
        sa.Column("opened_on", storage.types.IsoDate(length=10), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("captured_at", storage.types.UtcDateTime(length=24), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id", "opened_on"],
            ["test_submissions.submission_id", "test_submissions.opened_on"],
            name=op.f("fk_evidence_submission_id_opened_on"),
        ),
        sa.PrimaryKeyConstraint("submission_id", "opened_on", "digest", name=op.f("pk_evidence")),
    )
    op.create_table(
        "journal",
        sa.Column("submission_id", sa.String(), nullable=False),
        sa.Column("opened_on", storage.types.IsoDate(length=10), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "opened",
                "visited",
                "answered",
                "typed",
                "cleared",
                "flagged",
                "hint_shown",
                "section_entered",
                "section_left",
                "handed_in",
                "tick",
                "paused",
                "resumed",
                "extended",
                "gap",
                "gap_attributed",
                "clock_stepped",
                "noted",
                "messaged",
                "read",
                "locked",
                "unlocked",
                "moved",
                "reopened",
                "focus_lost",
                "pasted",
                "captured",
                "device_changed",
                "restarted",
                "overlay_opened",
                "overlay_closed",
                "sealed",
                name="kind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
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
        sa.PrimaryKeyConstraint("submission_id", "opened_on", "seq", name=op.f("pk_journal")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "leases",
        sa.Column("lease_id", sa.String(), nullable=False),
        sa.Column("opened_on", storage.types.IsoDate(length=10), nullable=False),
        sa.Column("submission_id", sa.String(), nullable=False),
        sa.Column("assignment_id", sa.String(), nullable=False),
        sa.Column("candidate_id", sa.String(), nullable=False),
        sa.Column("seat", sa.String(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=True),
        sa.Column("issued_at", storage.types.UtcDateTime(length=24), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id", "opened_on"],
            ["test_submissions.submission_id", "test_submissions.opened_on"],
            name=op.f("fk_leases_submission_id_opened_on"),
        ),
        sa.PrimaryKeyConstraint("lease_id", "opened_on", name=op.f("pk_leases")),
    )
    op.create_index(
        op.f("ix_leases_submission_id_opened_on_epoch"), "leases", ["submission_id", "opened_on", "epoch"], unique=False
    )
    op.create_table(
        "marks",
        sa.Column("submission_id", sa.String(), nullable=False),
        sa.Column("opened_on", storage.types.IsoDate(length=10), nullable=False),
        sa.Column("question_id", sa.String(), nullable=False),
        sa.Column("revision", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("points", storage.types.ExactDecimal(length=64), nullable=False),
        sa.Column("max_points", storage.types.ExactDecimal(length=64), nullable=False),
        sa.Column("is_correct", sa.Boolean(), nullable=True),
        sa.Column("key_version", sa.BigInteger(), nullable=True),
        sa.Column("marker_id", sa.String(), nullable=False),
        sa.Column("marked_at", storage.types.UtcDateTime(length=24), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["marker_id"], ["users.user_id"], name=op.f("fk_marks_marker_id")),
        sa.ForeignKeyConstraint(["question_id"], ["questions.question_id"], name=op.f("fk_marks_question_id")),
        sa.ForeignKeyConstraint(
            ["submission_id", "opened_on"],
            ["test_submissions.submission_id", "test_submissions.opened_on"],
            name=op.f("fk_marks_submission_id_opened_on"),
        ),
        sa.PrimaryKeyConstraint("submission_id", "opened_on", "question_id", "revision", name=op.f("pk_marks")),
    )
    op.create_index(op.f("ix_marks_question_id_key_version"), "marks", ["question_id", "key_version"], unique=False)
    op.create_table(
        "proctoring_sessions",
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("opened_on", storage.types.IsoDate(length=10), nullable=False),
        sa.Column("submission_id", sa.String(), nullable=False),
        sa.Column("proctor_id", sa.String(), nullable=True),
        sa.Column("started_at", storage.types.UtcDateTime(length=24), nullable=False),
        sa.Column("ended_at", storage.types.UtcDateTime(length=24), nullable=True),
        sa.Column(
            "activities",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=Text()), "postgresql"
            ),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(["proctor_id"], ["users.user_id"], name=op.f("fk_proctoring_sessions_proctor_id")),
        sa.ForeignKeyConstraint(
            ["submission_id", "opened_on"],
            ["test_submissions.submission_id", "test_submissions.opened_on"],
            name=op.f("fk_proctoring_sessions_submission_id_opened_on"),
        ),
        sa.PrimaryKeyConstraint("session_id", "opened_on", name=op.f("pk_proctoring_sessions")),
    )
    op.create_index(
        op.f("ix_proctoring_sessions_submission_id_opened_on"),
        "proctoring_sessions",
        ["submission_id", "opened_on"],
        unique=False,
    )
    guard(op.get_bind(), ("journal", "marks"))


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_index(op.f("ix_proctoring_sessions_submission_id_opened_on"), table_name="proctoring_sessions")
    op.drop_table("proctoring_sessions")
    op.drop_index(op.f("ix_marks_question_id_key_version"), table_name="marks")
    op.drop_table("marks")
    op.drop_index(op.f("ix_leases_submission_id_opened_on_epoch"), table_name="leases")
    op.drop_table("leases")
    op.drop_table("journal")
    op.drop_table("evidence")
    op.drop_index(op.f("ix_answers_question_id_is_correct"), table_name="answers")
    op.drop_table("answers")
    op.drop_index(op.f("ix_test_submissions_receipt"), table_name="test_submissions")
    op.drop_index(op.f("ix_test_submissions_paper_digest_status"), table_name="test_submissions")
    op.drop_index(op.f("ix_test_submissions_assignment_id_attempt"), table_name="test_submissions")
    op.drop_table("test_submissions")
