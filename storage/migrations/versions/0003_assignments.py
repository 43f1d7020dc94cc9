"""Sessions of a hall, packages for them, and tests given to candidates."""

import sqlalchemy as sa
from alembic import op

import storage.types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up to this revision."""
    op.create_table(
        "exam_sessions",
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("hall", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("shift", sa.String(), nullable=True),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("opens_at", storage.types.UtcDateTime(length=24), nullable=False),
        sa.Column("starts_at", storage.types.UtcDateTime(length=24), nullable=False),
        sa.Column("ends_at", storage.types.UtcDateTime(length=24), nullable=False),
        sa.Column("late_entry_minutes", sa.BigInteger(), nullable=True),
        sa.Column("opened_by", sa.String(), nullable=True),
        sa.Column("opened_at", storage.types.UtcDateTime(length=24), nullable=True),
        sa.Column("closed_at", storage.types.UtcDateTime(length=24), nullable=True),
        sa.ForeignKeyConstraint(["opened_by"], ["users.user_id"], name=op.f("fk_exam_sessions_opened_by")),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_exam_sessions")),
    )
    op.create_table(
        "attendance",
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("candidate_id", sa.String(), nullable=False),
        sa.Column("seat", sa.String(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "expected",
                "present",
                "absent",
                "sent_away",
                name="attendancestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("arrived_at", storage.types.UtcDateTime(length=24), nullable=True),
        sa.Column("identity_checked_at", storage.types.UtcDateTime(length=24), nullable=True),
        sa.Column("identity_checked_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["candidate_id"], ["users.user_id"], name=op.f("fk_attendance_candidate_id")),
        sa.ForeignKeyConstraint(
            ["identity_checked_by"], ["users.user_id"], name=op.f("fk_attendance_identity_checked_by")
        ),
        sa.ForeignKeyConstraint(["session_id"], ["exam_sessions.session_id"], name=op.f("fk_attendance_session_id")),
        sa.PrimaryKeyConstraint("session_id", "candidate_id", name=op.f("pk_attendance")),
    )
    op.create_index(op.f("ix_attendance_candidate_id"), "attendance", ["candidate_id"], unique=False)
    op.create_table(
        "exam_session_tests",
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("test_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["exam_sessions.session_id"], name=op.f("fk_exam_session_tests_session_id")
        ),
        sa.ForeignKeyConstraint(["test_id"], ["tests.test_id"], name=op.f("fk_exam_session_tests_test_id")),
        sa.PrimaryKeyConstraint("session_id", "test_id", name=op.f("pk_exam_session_tests")),
    )
    op.create_table(
        "packages",
        sa.Column("package_id", sa.String(), nullable=False),
        sa.Column("test_id", sa.String(), nullable=False),
        sa.Column("hall", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("session_id", sa.String(), nullable=True),
        sa.Column("manifest", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", storage.types.UtcDateTime(length=24), nullable=False),
        sa.Column("received_at", storage.types.UtcDateTime(length=24), nullable=True),
        sa.ForeignKeyConstraint(["session_id"], ["exam_sessions.session_id"], name=op.f("fk_packages_session_id")),
        sa.ForeignKeyConstraint(["test_id"], ["tests.test_id"], name=op.f("fk_packages_test_id")),
        sa.PrimaryKeyConstraint("package_id", name=op.f("pk_packages")),
        sa.UniqueConstraint("test_id", "hall", "number", name=op.f("uq_packages_test_id_hall_number")),
    )
    op.create_table(
        "test_assignments",
        sa.Column("assignment_id", sa.String(), nullable=False),
        sa.Column("is_provisional", sa.Boolean(), nullable=False),
        sa.Column("test_id", sa.String(), nullable=False),
        sa.Column("candidate_id", sa.String(), nullable=False),
        sa.Column("assigned_at", storage.types.UtcDateTime(length=24), nullable=False),
        sa.Column("due_date", storage.types.UtcDateTime(length=24), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "assigned",
                "in_progress",
                "completed",
                "overdue",
                name="assignmentstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("attempt_count", sa.BigInteger(), nullable=False),
        sa.Column("last_attempt_at", storage.types.UtcDateTime(length=24), nullable=True),
        sa.Column("paper_digest", sa.String(), nullable=True),
        sa.Column("withdrawn_at", storage.types.UtcDateTime(length=24), nullable=True),
        sa.Column("absent", sa.Boolean(), nullable=False),
        sa.Column("extra_percent", sa.BigInteger(), nullable=False),
        sa.Column("extra_ms", sa.BigInteger(), nullable=False),
        sa.Column("rest_breaks", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["candidate_id"], ["users.user_id"], name=op.f("fk_test_assignments_candidate_id")),
        sa.ForeignKeyConstraint(
            ["paper_digest"], ["papers.paper_digest"], name=op.f("fk_test_assignments_paper_digest")
        ),
        sa.ForeignKeyConstraint(["test_id"], ["tests.test_id"], name=op.f("fk_test_assignments_test_id")),
        sa.PrimaryKeyConstraint("assignment_id", name=op.f("pk_test_assignments")),
    )
    op.create_index(
        op.f("ix_test_assignments_candidate_id_status"), "test_assignments", ["candidate_id", "status"], unique=False
    )
    op.create_index(op.f("ix_test_assignments_test_id_status"), "test_assignments", ["test_id", "status"], unique=False)
    op.create_table(
        "test_logs",
        sa.Column("log_id", sa.String(), nullable=False),
        sa.Column("assignment_id", sa.String(), nullable=False),
        sa.Column(
            "action",
            sa.Enum(
                "assigned",
                "started",
                "submitted",
                "graded",
                "reviewed",
                "updated",
                name="logaction",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("performed_by", sa.String(), nullable=False),
        sa.Column("timestamp", storage.types.UtcDateTime(length=24), nullable=False),
        sa.Column("details", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["test_assignments.assignment_id"], name=op.f("fk_test_logs_assignment_id")
        ),
        sa.ForeignKeyConstraint(["performed_by"], ["users.user_id"], name=op.f("fk_test_logs_performed_by")),
        sa.PrimaryKeyConstraint("log_id", name=op.f("pk_test_logs")),
    )
    op.create_index(
        op.f("ix_test_logs_assignment_id_timestamp"), "test_logs", ["assignment_id", "timestamp"], unique=False
    )


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_index(op.f("ix_test_logs_assignment_id_timestamp"), table_name="test_logs")
    op.drop_table("test_logs")
    op.drop_index(op.f("ix_test_assignments_test_id_status"), table_name="test_assignments")
    op.drop_index(op.f("ix_test_assignments_candidate_id_status"), table_name="test_assignments")
    op.drop_table("test_assignments")
    op.drop_table("packages")
    op.drop_table("exam_session_tests")
    op.drop_index(op.f("ix_attendance_candidate_id"), table_name="attendance")
    op.drop_table("attendance")
    op.drop_table("exam_sessions")
