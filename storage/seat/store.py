"""The store of one seat."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, Engine, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import IntegrityError

from kiosk.exam.error import KioskError, Refused
from kiosk.exam.moment import iso, parse_iso
from kiosk.exam.page import Page, SignedGrant, SignedLease
from kiosk.exam.piece import Holding, Piece
from kiosk.exam.record import Record, SealedRecord, SittingLine
from kiosk.exam.status import SubmissionStatus
from storage.engine import open_engine, reading
from storage.models import seat as rows
from storage.models.base import SeatBase
from storage.seat.acquaintance import AcquaintancePart
from storage.seat.advance import AdvancePart
from storage.seat.challenge import ChallengePart
from storage.seat.door import DoorPart
from storage.seat.fence import FencePart
from storage.seat.grant import GrantPart
from storage.seat.message import MessagePart
from storage.seat.page import table_of, write_page
from storage.seat.paper import PaperPart
from storage.seat.record import read_record
from storage.seat.tail import read_hash, read_holdings, read_piece
from storage.seat.take_over import write_taken_over
from storage.stamp import settle

Seal = Callable[[Record], tuple[Page, SealedRecord]]
"""Makes the last page of a record and the bundle it becomes."""


class SeatStore:
    """Everything one seat keeps. `append` is for one thread alone; the rest may be called from any."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._readers = reading(engine)
        self._held: Connection | None = None
        self.fences = FencePart(engine)
        """Sittings that go on elsewhere."""
        self.doors = DoorPart(engine)
        """Wrong tries while the hall does not answer."""
        self.challenges = ChallengePart(engine)
        """What codes are asked for with."""
        self.acquaintances = AcquaintancePart(engine)
        """Who signed in here."""
        self.advances = AdvancePart(engine)
        """Permissions given ahead."""
        self.grants = GrantPart(engine)
        """Acts that were carried out."""
        self.messages = MessagePart(engine)
        """What candidates were told outside their tests."""
        self.papers = PaperPart(engine)
        """Sealed papers sent before the exam."""

    @classmethod
    def open(cls, path: Path, key: bytes, *, create: bool = False) -> "SeatStore":
        """Open a seat's file, or make it where `create` says so; raises StoreError for one of another stamp."""
        engine = open_engine(path, key, create=create)
        settle(engine, SeatBase)
        return cls(engine)

    def append(self, pages: Sequence[Page]) -> None:
        """Write pages in one transaction and return once it is committed, fsync included.

        Raises whatever the store raises; what of it reached the disk is then unknown until it is opened again, and
        the connection is given up.
        """
        held = self._held or self._engine.connect()
        self._held = None
        try:
            with held.begin():
                for page in pages:
                    write_page(held, page)
            self._held = held
        finally:
            if self._held is None:
                held.invalidate()
                held.close()

    def take_over(self, page: Page, leases: Sequence[SignedLease], grants: Sequence[SignedGrant]) -> None:
        """Write a sitting that was written elsewhere, and its first entries here, in one transaction.

        Raises Refused, and changes nothing, where this seat holds what is not in that journal or has sealed it.
        """
        try:
            with self._engine.begin() as connection:
                write_taken_over(connection, page, leases, grants)
        except IntegrityError as error:
            raise Refused("This seat has sealed its part of the sitting. It has to go on at another seat.") from error

    def record(self, submission_id: str) -> Record | None:
        """Return everything held of a sitting but its evidence, unverified, or None where there is none such."""
        with self._readers.connect() as connection:
            return read_record(connection, submission_id)

    def whole_record(self, submission_id: str) -> Record:
        """Return everything held of a sitting; raises KioskError where there is none such."""
        with self._readers.connect() as connection:
            return _existing(connection, submission_id)

    def holdings(self) -> tuple[Holding, ...]:
        """Return how far each sitting is committed that is not both sealed and received by central."""
        with self._readers.connect() as connection:
            return read_holdings(connection)

    def piece(self, submission_id: str, first: int, most: int, most_bytes: int) -> Piece | None:
        """Return committed entries of one epoch from `first` on, within bounds, or None where there is none."""
        with self._readers.connect() as connection:
            return read_piece(connection, submission_id, first, most, most_bytes)

    def hash_at(self, submission_id: str, seq: int) -> bytes | None:
        """Return the hash of one committed entry, or None where it is not held."""
        with self._readers.connect() as connection:
            return read_hash(connection, submission_id, seq)

    def sittings(self) -> tuple[SittingLine, ...]:
        """Return every sitting of this seat, in the order they began."""
        with self._readers.connect() as connection:
            found = connection.execute(
                select(rows.Submission.__table__, rows.Person.name, rows.Bundle.bundle_id, rows.Receipt.envelope)
                .join(rows.Person, rows.Person.user_id == rows.Submission.candidate_id)
                .outerjoin(rows.Bundle, rows.Bundle.submission_id == rows.Submission.submission_id)
                .outerjoin(rows.Receipt, rows.Receipt.bundle_id == rows.Bundle.bundle_id)
                .order_by(rows.Submission.started_at)
            ).all()
        return tuple(
            SittingLine(
                submission_id=row.submission_id,
                opened_on=row.opened_on,
                assignment_id=row.assignment_id,
                candidate=row.name,
                status=row.status,
                started_at=iso(row.started_at),
                submitted_at=iso(row.submitted_at) if row.submitted_at else None,
                receipt=row.receipt,
                entries=row.head_seq + 1,
                bundle_id=row.bundle_id,
                is_received=row.envelope is not None,
            )
            for row in found
        )

    def to_seal(self) -> tuple[str, ...]:
        """Return the sittings that are handed in and not yet sealed."""
        return tuple(
            line.submission_id
            for line in self.sittings()
            if line.status is SubmissionStatus.SUBMITTED and line.bundle_id is None
        )

    def unfinished(self) -> tuple[str, ...]:
        """Return the sittings that are neither handed in nor sealed."""
        return tuple(
            line.submission_id
            for line in self.sittings()
            if line.status is SubmissionStatus.IN_PROGRESS and line.bundle_id is None
        )

    def seal(self, submission_id: str, seal: Seal) -> SealedRecord:
        """Seal a sitting once: its last page and its bundle in one transaction; the stored bundle ever after."""
        with self._engine.begin() as connection:
            found = _read_bundles(connection, rows.Bundle.submission_id == submission_id)
            if found:
                return found[0]
            page, sealed = seal(_existing(connection, submission_id))
            write_page(connection, page)
            last = page.entries[-1]
            connection.execute(
                insert(table_of(rows.Bundle)),
                [
                    {
                        "bundle_id": sealed.bundle_id,
                        "opened_on": sealed.opened_on,
                        "submission_id": sealed.submission_id,
                        "manifest": sealed.envelope,
                        "body": sealed.body,
                        "entries": last.seq + 1,
                        "head_hash": last.hash,
                        "sealed_at": parse_iso(last.at),
                    }
                ],
            )
            return sealed

    def is_sealed(self, submission_id: str) -> bool:
        """Whether a sitting has become a bundle."""
        query = select(rows.Bundle.bundle_id).where(rows.Bundle.submission_id == submission_id)
        with self._readers.connect() as connection:
            return connection.execute(query).first() is not None

    def bundles(self) -> tuple[SealedRecord, ...]:
        """Return every bundle of this seat, the same bytes at every asking."""
        with self._readers.connect() as connection:
            return _read_bundles(connection)

    def keep_receipt(self, bundle_id: str, envelope: bytes, issued_at: datetime) -> None:
        """Keep central's receipt for a bundle; a second one for the same bundle changes nothing."""
        with self._engine.begin() as connection:
            found = _read_bundles(connection, rows.Bundle.bundle_id == bundle_id)
            if not found:
                raise KioskError("This receipt is for a bundle that was not made on this seat.")
            connection.execute(
                upsert(table_of(rows.Receipt)).on_conflict_do_nothing(),
                [
                    {
                        "bundle_id": bundle_id,
                        "opened_on": found[0].opened_on,
                        "envelope": envelope,
                        "issued_at": issued_at,
                    }
                ],
            )

    def close(self) -> None:
        """Let go of the file."""
        if self._held is not None:
            self._held.close()
            self._held = None
        self._engine.dispose()


def _existing(connection: Connection, submission_id: str) -> Record:
    record = read_record(connection, submission_id, with_evidence=True)
    if record is None:
        raise KioskError(f"This seat holds no sitting {submission_id}.")
    return record


def _read_bundles(connection: Connection, *where: ColumnElement[bool]) -> tuple[SealedRecord, ...]:
    bundle, receipt = rows.Bundle, rows.Receipt
    found = connection.execute(
        select(table_of(bundle), receipt.envelope)
        .outerjoin(receipt, receipt.bundle_id == bundle.bundle_id)
        .where(*where)
        .order_by(bundle.sealed_at, bundle.bundle_id)
    )
    return tuple(
        SealedRecord(
            bundle_id=row.bundle_id,
            submission_id=row.submission_id,
            opened_on=row.opened_on,
            envelope=bytes(row.manifest),
            body=bytes(row.body),
            receipt=None if row.envelope is None else bytes(row.envelope),
        )
        for row in found
    )
