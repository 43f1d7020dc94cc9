"""Columns of printed papers and what opens them."""

from datetime import datetime

from sqlalchemy import LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Bytes
from storage.personal import Personal


class PaperColumns:
    """One printed paper, addressed by its digest and never changed."""

    paper_digest: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    test_id: Mapped[str]
    body: Mapped[str] = mapped_column(Text)
    """The canonical text the digest is taken of."""
    printed_at: Mapped[datetime]


class AttachmentColumns:
    """The text of one file that papers attach, addressed by its digest and never changed."""

    digest: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    """SHA-256 of `body` in UTF-8, as the paper names it."""
    body: Mapped[str] = mapped_column(Text)


class IdentityColumns:
    """The age identity that opens one sealed paper, kept apart from it."""

    paper_digest: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    identity: Mapped[str] = mapped_column(Personal("paper_identities.identity"))
    recipient: Mapped[str]
    given_at: Mapped[datetime]
    """When it was made (office) or handed over (hall)."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(paper_digest={self.paper_digest!r})"


class PackageColumns:
    """One package of papers and roster, as the office sent it down."""

    package_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    """Digest of the manifest."""
    test_id: Mapped[str]
    hall: Mapped[str]
    number: Mapped[int]
    """Counts up for each test and hall; an older one is never loaded over a newer one."""
    session_id: Mapped[str | None]
    manifest: Mapped[Bytes]
    """The signed envelope."""
    made_at: Mapped[datetime]
    received_at: Mapped[datetime | None]


class SealedPaperColumns:
    """One paper as a sealed blob: a hall cannot read it before the release."""

    paper_digest: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    package_id: Mapped[str]
    test_id: Mapped[str]
    blob: Mapped[bytes] = mapped_column(LargeBinary)
    attachments: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The texts of its files, sealed as it is; None for a paper without any."""
