"""Tests as their authors write them: tests, sections, settings. Office only."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kiosk.exam.draft import AccessType
from storage.models.base import OfficeBase


class Test(OfficeBase):
    """One version of one test; printed ones are never changed, only succeeded."""

    __test__ = False  # not a pytest class
    __tablename__ = "tests"
    __table_args__ = (
        # the versions of one test, and which of them is active
        Index(None, "family_id", "is_active"),
    )

    test_id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    description: Mapped[str | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(ForeignKey("users.user_id"))
    duration: Mapped[int]
    """Minutes."""
    is_active: Mapped[bool]
    access_type: Mapped[AccessType]
    max_attempts: Mapped[int | None]
    pass_score: Mapped[Decimal | None]
    randomized_questions: Mapped[bool | None]
    randomized_options: Mapped[bool | None]
    test_version: Mapped[str | None]
    tags: Mapped[list[str] | None]
    instructions: Mapped[str | None]
    family_id: Mapped[str | None]
    """The test id of the first version; None reads as this row's own."""
    replaces_id: Mapped[str | None] = mapped_column(ForeignKey("tests.test_id"))
    published_at: Mapped[datetime | None]
    paper_digest: Mapped[str | None] = mapped_column(ForeignKey("papers.paper_digest", use_alter=True))


class Section(OfficeBase):
    """One section of one test."""

    __tablename__ = "sections"
    __table_args__ = (
        # the sections of a test in order
        Index(None, "test_id", "section_order"),
    )

    section_id: Mapped[str] = mapped_column(primary_key=True)
    test_id: Mapped[str] = mapped_column(ForeignKey("tests.test_id"))
    title: Mapped[str]
    instructions: Mapped[str | None]
    section_order: Mapped[int]
    duration: Mapped[int | None]
    """Minutes."""
    is_mandatory: Mapped[bool | None]


class Setting(OfficeBase):
    """One setting of one test."""

    __tablename__ = "test_settings"
    # also serves: the settings of a test
    __table_args__ = (UniqueConstraint("test_id", "setting_key"),)

    setting_id: Mapped[str] = mapped_column(primary_key=True)
    test_id: Mapped[str] = mapped_column(ForeignKey("tests.test_id"))
    setting_key: Mapped[str]
    setting_value: Mapped[str]
