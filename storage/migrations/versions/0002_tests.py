"""Tests and questions, and the papers and keys printed of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

import storage.types
from storage.trigger import guard

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up to this revision."""
    op.create_table(
        "question_banks",
        sa.Column("question_bank_id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("created_at", storage.types.UtcDateTime(length=24), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column(
            "tags",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=Text()), "postgresql"
            ),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(["created_by"], ["users.user_id"], name=op.f("fk_question_banks_created_by")),
        sa.PrimaryKeyConstraint("question_bank_id", name=op.f("pk_question_banks")),
    )
    op.create_table(
        "tests",
        sa.Column("test_id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("created_at", storage.types.UtcDateTime(length=24), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("duration", sa.BigInteger(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column(
            "access_type",
            sa.Enum("public", "private", name="accesstype", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("max_attempts", sa.BigInteger(), nullable=True),
        sa.Column("pass_score", storage.types.ExactDecimal(length=64), nullable=True),
        sa.Column("randomized_questions", sa.Boolean(), nullable=True),
        sa.Column("randomized_options", sa.Boolean(), nullable=True),
        sa.Column("test_version", sa.String(), nullable=True),
        sa.Column(
            "tags",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=Text()), "postgresql"
            ),
            nullable=True,
        ),
        sa.Column("instructions", sa.String(), nullable=True),
        sa.Column("family_id", sa.String(), nullable=True),
        sa.Column("replaces_id", sa.String(), nullable=True),
        sa.Column("published_at", storage.types.UtcDateTime(length=24), nullable=True),
        sa.Column("paper_digest", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["users.user_id"], name=op.f("fk_tests_created_by")),
        sa.ForeignKeyConstraint(
            ["paper_digest"], ["papers.paper_digest"], name=op.f("fk_tests_paper_digest"), use_alter=True
        ),
        sa.ForeignKeyConstraint(["replaces_id"], ["tests.test_id"], name=op.f("fk_tests_replaces_id")),
        sa.PrimaryKeyConstraint("test_id", name=op.f("pk_tests")),
    )
    op.create_index(op.f("ix_tests_family_id_is_active"), "tests", ["family_id", "is_active"], unique=False)
    op.create_table(
        "papers",
        sa.Column("paper_digest", sa.String(), nullable=False),
        sa.Column("printed_by", sa.String(), nullable=False),
        sa.Column("test_id", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("printed_at", storage.types.UtcDateTime(length=24), nullable=False),
        sa.ForeignKeyConstraint(["printed_by"], ["users.user_id"], name=op.f("fk_papers_printed_by")),
        sa.ForeignKeyConstraint(["test_id"], ["tests.test_id"], name=op.f("fk_papers_test_id")),
        sa.PrimaryKeyConstraint("paper_digest", name=op.f("pk_papers")),
    )
    op.create_index(op.f("ix_papers_test_id"), "papers", ["test_id"], unique=False)
    op.create_table(
        "sections",
        sa.Column("section_id", sa.String(), nullable=False),
        sa.Column("test_id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("instructions", sa.String(), nullable=True),
        sa.Column("section_order", sa.BigInteger(), nullable=False),
        sa.Column("duration", sa.BigInteger(), nullable=True),
        sa.Column("is_mandatory", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["test_id"], ["tests.test_id"], name=op.f("fk_sections_test_id")),
        sa.PrimaryKeyConstraint("section_id", name=op.f("pk_sections")),
    )
    op.create_index(op.f("ix_sections_test_id_section_order"), "sections", ["test_id", "section_order"], unique=False)
    op.create_table(
        "test_settings",
        sa.Column("setting_id", sa.String(), nullable=False),
        sa.Column("test_id", sa.String(), nullable=False),
        sa.Column("setting_key", sa.String(), nullable=False),
        sa.Column("setting_value", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["test_id"], ["tests.test_id"], name=op.f("fk_test_settings_test_id")),
        sa.PrimaryKeyConstraint("setting_id", name=op.f("pk_test_settings")),
        sa.UniqueConstraint("test_id", "setting_key", name=op.f("uq_test_settings_test_id_setting_key")),
    )
    op.create_table(
        "answer_keys",
        sa.Column("paper_digest", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("made_at", storage.types.UtcDateTime(length=24), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["users.user_id"], name=op.f("fk_answer_keys_made_by")),
        sa.ForeignKeyConstraint(["paper_digest"], ["papers.paper_digest"], name=op.f("fk_answer_keys_paper_digest")),
        sa.PrimaryKeyConstraint("paper_digest", "version", name=op.f("pk_answer_keys")),
    )
    op.create_table(
        "paper_identities",
        sa.Column("paper_digest", sa.String(), nullable=False),
        sa.Column("identity", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("given_at", storage.types.UtcDateTime(length=24), nullable=False),
        sa.ForeignKeyConstraint(
            ["paper_digest"], ["papers.paper_digest"], name=op.f("fk_paper_identities_paper_digest")
        ),
        sa.PrimaryKeyConstraint("paper_digest", name=op.f("pk_paper_identities")),
    )
    op.create_table(
        "questions",
        sa.Column("question_id", sa.String(), nullable=False),
        sa.Column("question_bank_id", sa.String(), nullable=True),
        sa.Column("section_id", sa.String(), nullable=True),
        sa.Column(
            "type",
            sa.Enum(
                "MCQ",
                "MSQ",
                "Essay",
                "Coding",
                "TrueFalse",
                name="questiontype",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("question_text", sa.Text(), nullable=False),
        sa.Column("created_at", storage.types.UtcDateTime(length=24), nullable=False),
        sa.Column("order", sa.BigInteger(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("points", storage.types.ExactDecimal(length=64), nullable=False),
        sa.Column(
            "hints",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=Text()), "postgresql"
            ),
            nullable=True,
        ),
        sa.Column(
            "attachments",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=Text()), "postgresql"
            ),
            nullable=True,
        ),
        sa.Column("shuffle", sa.Boolean(), nullable=True),
        sa.Column("min_choices", sa.BigInteger(), nullable=True),
        sa.Column("max_choices", sa.BigInteger(), nullable=True),
        sa.Column("min_words", sa.BigInteger(), nullable=True),
        sa.Column("max_words", sa.BigInteger(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("starter", sa.Text(), nullable=True),
        sa.Column(
            "examples",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=Text()), "postgresql"
            ),
            nullable=True,
        ),
        sa.Column("rubric", sa.Text(), nullable=True),
        sa.Column("feedback", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("replaces_id", sa.String(), nullable=True),
        sa.CheckConstraint(
            '(section_id IS NULL) = ("order" IS NULL) AND (section_id IS NOT NULL OR question_bank_id IS NOT NULL)',
            name=op.f("ck_questions_placed"),
        ),
        sa.ForeignKeyConstraint(
            ["question_bank_id"], ["question_banks.question_bank_id"], name=op.f("fk_questions_question_bank_id")
        ),
        sa.ForeignKeyConstraint(["replaces_id"], ["questions.question_id"], name=op.f("fk_questions_replaces_id")),
        sa.ForeignKeyConstraint(["section_id"], ["sections.section_id"], name=op.f("fk_questions_section_id")),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_questions")),
    )
    op.create_index(op.f("ix_questions_question_bank_id"), "questions", ["question_bank_id"], unique=False)
    op.create_index(op.f("ix_questions_replaces_id"), "questions", ["replaces_id"], unique=False)
    op.create_index(op.f("ix_questions_section_id_order"), "questions", ["section_id", "order"], unique=False)
    op.create_table(
        "options",
        sa.Column("question_id", sa.String(), nullable=False),
        sa.Column("option_id", sa.String(), nullable=False),
        sa.Column("option_text", sa.Text(), nullable=False),
        sa.Column("is_correct", sa.Boolean(), nullable=False),
        sa.Column("option_order", sa.BigInteger(), nullable=False),
        sa.Column("feedback", sa.Text(), nullable=True),
        sa.Column("weight", storage.types.ExactDecimal(length=64), nullable=True),
        sa.ForeignKeyConstraint(["question_id"], ["questions.question_id"], name=op.f("fk_options_question_id")),
        sa.PrimaryKeyConstraint("question_id", "option_id", name=op.f("pk_options")),
    )
    op.create_table(
        "question_tags",
        sa.Column("question_id", sa.String(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["question_id"], ["questions.question_id"], name=op.f("fk_question_tags_question_id")),
        sa.PrimaryKeyConstraint("question_id", "tag", name=op.f("pk_question_tags")),
    )
    op.create_index(op.f("ix_question_tags_tag_question_id"), "question_tags", ["tag", "question_id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        op.create_foreign_key("fk_tests_paper_digest", "tests", "papers", ["paper_digest"], ["paper_digest"])
    guard(op.get_bind(), ("papers", "answer_keys", "tests", "sections", "test_settings", "questions", "options"))


def downgrade() -> None:
    """Go back to the revision before."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("fk_tests_paper_digest", "tests", type_="foreignkey")
    op.drop_index(op.f("ix_question_tags_tag_question_id"), table_name="question_tags")
    op.drop_table("question_tags")
    op.drop_table("options")
    op.drop_index(op.f("ix_questions_section_id_order"), table_name="questions")
    op.drop_index(op.f("ix_questions_replaces_id"), table_name="questions")
    op.drop_index(op.f("ix_questions_question_bank_id"), table_name="questions")
    op.drop_table("questions")
    op.drop_table("paper_identities")
    op.drop_table("answer_keys")
    op.drop_table("test_settings")
    op.drop_index(op.f("ix_sections_test_id_section_order"), table_name="sections")
    op.drop_table("sections")
    op.drop_index(op.f("ix_papers_test_id"), table_name="papers")
    op.drop_table("papers")
    op.drop_index(op.f("ix_tests_family_id_is_active"), table_name="tests")
    op.drop_table("tests")
    op.drop_table("question_banks")
