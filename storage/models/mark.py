"""Keys and marks: what is right, and what was given for it. Office only."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import DayKey, OfficeBase
from storage.partition import BY_MONTH


class AnswerKey(OfficeBase):
    """One version of the Key of one paper; a wrong key is mended by a new version."""

    __tablename__ = "answer_keys"

    paper_digest: Mapped[str] = mapped_column(ForeignKey("papers.paper_digest"), primary_key=True, sort_order=-1)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, sort_order=-1)
    digest: Mapped[str]
    body: Mapped[str] = mapped_column(Text)
    """The canonical text the digest is taken of."""
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(ForeignKey("users.user_id"))
    reason: Mapped[str | None]

    def __repr__(self) -> str:
        return f"AnswerKey(paper_digest={self.paper_digest!r}, version={self.version})"


class Mark(OfficeBase):
    """One award for one question of one sitting; the highest `revision` is in force."""

    __tablename__ = "marks"
    __table_args__ = (
        ForeignKeyConstraint(
            ["submission_id", "opened_on"], ["test_submissions.submission_id", "test_submissions.opened_on"]
        ),
        # who is touched when the key of a question changes
        Index(None, "question_id", "key_version"),
        BY_MONTH,
    )

    submission_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    opened_on: Mapped[DayKey]
    question_id: Mapped[str] = mapped_column(ForeignKey("questions.question_id"), primary_key=True, sort_order=-1)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, sort_order=-1)
    """Counts from 1 for each question of a sitting."""
    points: Mapped[Decimal]
    max_points: Mapped[Decimal]
    is_correct: Mapped[bool | None]
    key_version: Mapped[int | None]
    """None where a person marked without the machine's rule."""
    marker_id: Mapped[str] = mapped_column(ForeignKey("users.user_id"))
    """`system` for the machine."""
    marked_at: Mapped[datetime]
    comment: Mapped[str | None] = mapped_column(Text)
