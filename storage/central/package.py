"""Packages as they were sent, and the identity that opens each paper, made once and kept."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from kiosk.exam.log import AuditEntry
from storage.models import office as rows
from storage.office.store import Store, add_rows, write_audit


@dataclass(frozen=True, slots=True, kw_only=True)
class SentPackage:
    """One package on record."""

    package_id: str
    test_id: str
    hall: str
    number: int
    envelope: bytes = field(repr=False)
    made_at: datetime


class PackageStore(Store):
    """Remembers what was sent down."""

    def identity(self, paper: str, make: Callable[[], tuple[str, str]], at: datetime) -> str:
        """Return the secret identity of a paper; `make` gives secret and recipient the first time."""
        with self._writing() as session:
            row = session.get(rows.PaperIdentity, paper, with_for_update=True)
            if row is not None:
                return row.identity
            secret, recipient = make()
            values = {"paper_digest": paper, "identity": secret, "recipient": recipient, "given_at": at}
            add_rows(session, rows.PaperIdentity, [values])
            return secret

    def newest(self, test_id: str, hall: str) -> SentPackage | None:
        """Return the newest package of a test for a hall, or None before the first."""
        query = (
            select(rows.Package)
            .where(rows.Package.test_id == test_id, rows.Package.hall == hall)
            .order_by(rows.Package.number.desc())
            .limit(1)
        )
        with self._reading() as session:
            row = session.scalars(query).first()
            return None if row is None else _value(row)

    def packages(self) -> tuple[SentPackage, ...]:
        """Return every package, in the order they were made."""
        query = select(rows.Package).order_by(rows.Package.made_at, rows.Package.package_id)
        with self._reading() as session:
            return tuple(_value(row) for row in session.scalars(query))

    def add(self, package: SentPackage, audit: AuditEntry) -> None:
        """Remember a package; raises Refused where its number is taken."""
        with self._writing() as session:
            values = {
                "package_id": package.package_id,
                "test_id": package.test_id,
                "hall": package.hall,
                "number": package.number,
                "manifest": package.envelope,
                "made_at": package.made_at,
            }
            add_rows(session, rows.Package, [values])
            write_audit(session, audit)


def _value(row: rows.Package) -> SentPackage:
    return SentPackage(
        package_id=row.package_id,
        test_id=row.test_id,
        hall=row.hall,
        number=row.number,
        envelope=row.manifest,
        made_at=row.made_at,
    )
