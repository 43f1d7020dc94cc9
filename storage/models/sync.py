"""Columns of bundles and of central's receipts for them."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Bytes, DayKey


class BundleColumns:
    """One sealed sitting on its way to central; its id is the digest of its manifest."""

    bundle_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    opened_on: Mapped[DayKey]
    submission_id: Mapped[str]
    manifest: Mapped[Bytes]
    """The signed envelope."""
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The sealed journal, as long as it is kept beside the rows."""
    entries: Mapped[int]
    head_hash: Mapped[Bytes]
    sealed_at: Mapped[datetime]


class ReceiptColumns:
    """Central's signed word that it stored a bundle, byte for byte the same at every asking."""

    bundle_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    opened_on: Mapped[DayKey]
    envelope: Mapped[Bytes]
    issued_at: Mapped[datetime]
