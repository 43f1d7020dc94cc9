"""Questions as their authors write them: banks, questions, options, tags. Office only."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from kiosk.exam.draft import QuestionType
from storage.models.base import OfficeBase


class QuestionBank(OfficeBase):
    """Questions kept for reuse."""

    __tablename__ = "question_banks"

    question_bank_id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    description: Mapped[str | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(ForeignKey("users.user_id"))
    tags: Mapped[list[str] | None]


class Question(OfficeBase):
    """One question, in a section or waiting in a bank."""

    __tablename__ = "questions"
    __table_args__ = (
        CheckConstraint(
            '(section_id IS NULL) = ("order" IS NULL) AND (section_id IS NOT NULL OR question_bank_id IS NOT NULL)',
            name="placed",
        ),
        # the questions of a section in order
        Index(None, "section_id", "order"),
        # the questions of a bank
        Index(None, "question_bank_id"),
        # what has become of a question: its copies and successors
        Index(None, "replaces_id"),
    )

    question_id: Mapped[str] = mapped_column(primary_key=True)
    question_bank_id: Mapped[str | None] = mapped_column(ForeignKey("question_banks.question_bank_id"))
    section_id: Mapped[str | None] = mapped_column(ForeignKey("sections.section_id"))
    type: Mapped[QuestionType]
    question_text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    order: Mapped[int | None]
    is_active: Mapped[bool]
    points: Mapped[Decimal]
    hints: Mapped[list[str] | None]
    attachments: Mapped[list[str] | None]
    shuffle: Mapped[bool | None]
    min_choices: Mapped[int | None]
    max_choices: Mapped[int | None]
    min_words: Mapped[int | None]
    max_words: Mapped[int | None]
    language: Mapped[str | None]
    starter: Mapped[str | None] = mapped_column(Text)
    examples: Mapped[list[list[str]] | None]
    """Pairs of sample input and output."""
    rubric: Mapped[str | None] = mapped_column(Text)
    feedback: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)
    replaces_id: Mapped[str | None] = mapped_column(ForeignKey("questions.question_id"))


class Option(OfficeBase):
    """One choice of one question; its id need only be unique there."""

    __tablename__ = "options"

    question_id: Mapped[str] = mapped_column(ForeignKey("questions.question_id"), primary_key=True)
    option_id: Mapped[str] = mapped_column(primary_key=True)
    option_text: Mapped[str] = mapped_column(Text)
    is_correct: Mapped[bool]
    option_order: Mapped[int]
    feedback: Mapped[str | None] = mapped_column(Text)
    weight: Mapped[Decimal | None]


class Tag(OfficeBase):
    """One tag of one question."""

    __tablename__ = "question_tags"
    __table_args__ = (
        # the questions that carry a tag
        Index(None, "tag", "question_id"),
    )

    question_id: Mapped[str] = mapped_column(ForeignKey("questions.question_id"), primary_key=True)
    tag: Mapped[str] = mapped_column(primary_key=True)
