"""The tests held in a hall and their sealed papers."""

from sqlalchemy import ForeignKeyConstraint, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import HallBase
from storage.models.paper import IdentityColumns, PackageColumns, SealedPaperColumns


class Package(PackageColumns, HallBase):
    """One package that was loaded."""

    __tablename__ = "packages"
    # also serves: the newest package of a test
    __table_args__ = (UniqueConstraint("test_id", "hall", "number"),)


class Test(HallBase):
    """One test held here: what may be known of it before its paper is opened."""

    __test__ = False  # not a pytest class
    __tablename__ = "held_tests"
    __table_args__ = (ForeignKeyConstraint(["paper_digest"], ["sealed_papers.paper_digest"]),)

    test_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    title: Mapped[str]
    is_active: Mapped[bool]
    paper_digest: Mapped[str]
    """The newest paper; an assignment may name an older one."""


class SealedPaper(SealedPaperColumns, HallBase):
    """One paper that only its identity opens."""

    __tablename__ = "sealed_papers"
    __table_args__ = (ForeignKeyConstraint(["package_id"], ["packages.package_id"]),)

    recipient: Mapped[str]
    """The age recipient it is sealed to; nothing here opens it before the release."""
    locked_identity: Mapped[bytes] = mapped_column(LargeBinary)
    """Its identity, sealed to the envelope code and then to this hall."""
    outline: Mapped[str] = mapped_column(Text)
    """Canonical text of what a candidate is told before the paper is opened: times, sections, attempts."""


class PaperIdentity(IdentityColumns, HallBase):
    """What opens a paper, once central has given it."""

    __tablename__ = "paper_identities"
    __table_args__ = (ForeignKeyConstraint(["paper_digest"], ["sealed_papers.paper_digest"]),)
