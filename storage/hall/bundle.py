"""Bundles in the hall's store: taken from its seats, kept until central has them and after, with the receipts."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from kiosk.exam.delivery import Delivery, DeliveryLine
from kiosk.exam.error import Refused
from kiosk.exam.log import AuditEntry
from storage.hall.part import Part, table_of, write_audit
from storage.hall.shortfall import lacking
from storage.models import hall as rows

_BYTES = ("manifest", "body")


class BundlePart(Part):
    """What the seats of this hall have sealed."""

    def keep(self, delivery: Delivery, audit: AuditEntry) -> bool:
        """Keep a bundle and return whether it is new; one that is here already is left as it is."""
        statement = upsert(table_of(rows.Bundle)).on_conflict_do_nothing().returning(rows.Bundle.bundle_id)
        with self._writing() as work:
            if work.execute(statement, [_row(delivery)]).first() is None:
                return False
            write_audit(work, audit)
            return True

    def keep_receipt(self, bundle_id: str, envelope: bytes, issued_at: datetime) -> bool:
        """Keep central's receipt and return whether it is new; raises Refused for a bundle that is not here."""
        with self._writing() as work:
            query = select(rows.Bundle.opened_on).where(rows.Bundle.bundle_id == bundle_id)
            opened_on = work.execute(query).scalar_one_or_none()
            if opened_on is None:
                raise Refused("This receipt is for a bundle this hall does not hold.")
            receipt = {"bundle_id": bundle_id, "opened_on": opened_on, "envelope": envelope, "issued_at": issued_at}
            kept = upsert(table_of(rows.Receipt)).on_conflict_do_nothing().returning(rows.Receipt.bundle_id)
            is_new = work.execute(kept, [receipt]).first() is not None
            _tell(work, bundle_id, None)
            return is_new

    def tell_trouble(self, bundle_id: str, trouble: str) -> None:
        """Write down why central did not take a bundle; nothing once its receipt is here."""
        with self._writing() as work:
            received = select(rows.Receipt.bundle_id).where(rows.Receipt.bundle_id == bundle_id)
            if work.execute(received).first() is None:
                _tell(work, bundle_id, trouble)

    def lines(self) -> tuple[DeliveryLine, ...]:
        """Return every bundle of this hall, in the order they were sealed, without their bytes."""
        return self._lines()

    def waiting(self) -> tuple[DeliveryLine, ...]:
        """Return the bundles central's receipt has not come back for."""
        return self._lines(rows.Receipt.bundle_id.is_(None))

    def of_sitting(self, submission_id: str, opened_on: str) -> tuple[DeliveryLine, ...]:
        """Return the bundles of one sitting; more than one where it was sealed at several seats."""
        return self._lines(rows.Bundle.submission_id == submission_id, rows.Bundle.opened_on == opened_on)

    def bundle(self, bundle_id: str) -> Delivery:
        """Return one bundle with its bytes, the same at every asking; raises Refused where it is not here."""
        query = _query(rows.Bundle.manifest, rows.Bundle.body, rows.Receipt.envelope).where(
            rows.Bundle.bundle_id == bundle_id
        )
        with self._reading() as work:
            row = work.execute(query).mappings().one_or_none()
        if row is None:
            raise Refused(f"This hall holds no bundle {bundle_id}.")
        told = {name: value for name, value in row.items() if name not in (*_BYTES, "receipt_id", "envelope")}
        return Delivery(
            **_told(told, row["receipt_id"]),
            envelope=bytes(row["manifest"]),
            body=bytes(row["body"]),
            receipt=None if row["envelope"] is None else bytes(row["envelope"]),
        )

    def holds(self, bundle_id: str) -> bool:
        """Return whether a bundle is here."""
        with self._reading() as work:
            return work.scalar(select(rows.Bundle.bundle_id).where(rows.Bundle.bundle_id == bundle_id)) is not None

    def lacking(self, submission_id: str | None = None) -> frozenset[str]:
        """Return the bundles, of one sitting or of all, that have not all this hall acknowledged to its seat."""
        with self._reading() as work:
            return lacking(work, submission_id)

    def received(self, seat: str) -> tuple[str, ...]:
        """Return the ids of a seat's bundles that central's receipt has come for, in the order they were sealed."""
        return self.received_by_seat(seat).get(seat, ())

    def received_by_seat(self, *seats: str) -> dict[str, tuple[str, ...]]:
        """Return the ids of received bundles by seat: of those named, or of all."""
        query = select(rows.Bundle.seat, rows.Bundle.bundle_id).join(
            rows.Receipt,
            (rows.Receipt.bundle_id == rows.Bundle.bundle_id) & (rows.Receipt.opened_on == rows.Bundle.opened_on),
        )
        if seats:
            query = query.where(rows.Bundle.seat.in_(seats))
        with self._reading() as work:
            found = work.execute(query.order_by(rows.Bundle.sealed_at, rows.Bundle.bundle_id)).all()
        told: dict[str, tuple[str, ...]] = {}
        for seat, bundle_id in found:
            told[seat] = (*told.get(seat, ()), bundle_id)
        return told

    def receipts(self, bundle_ids: Iterable[str]) -> dict[str, bytes]:
        """Return central's receipt of each of these bundles that has one."""
        query = select(rows.Receipt.bundle_id, rows.Receipt.envelope).where(
            rows.Receipt.bundle_id.in_(list(bundle_ids))
        )
        with self._reading() as work:
            return {bundle_id: bytes(envelope) for bundle_id, envelope in work.execute(query)}

    def _lines(self, *where: ColumnElement[bool]) -> tuple[DeliveryLine, ...]:
        query = _query().where(*where).order_by(rows.Bundle.sealed_at, rows.Bundle.bundle_id)
        with self._reading() as work:
            found = work.execute(query).mappings().all()
        return tuple(
            DeliveryLine(**_told({n: v for n, v in row.items() if n != "receipt_id"}, row["receipt_id"]))
            for row in found
        )


def _query(*more: Any) -> Select[Any]:
    bundle = rows.Bundle
    columns = [c for c in table_of(bundle).columns if c.name not in _BYTES]
    length = (func.length(bundle.manifest) + func.length(bundle.body)).label("length")
    return select(*columns, length, rows.Receipt.bundle_id.label("receipt_id"), *more).outerjoin(
        rows.Receipt, (rows.Receipt.bundle_id == bundle.bundle_id) & (rows.Receipt.opened_on == bundle.opened_on)
    )


def _told(columns: dict[str, Any], receipt_id: str | None) -> dict[str, Any]:
    return {**columns, "flags": tuple(columns["flags"]), "is_received": receipt_id is not None}


def _row(delivery: Delivery) -> dict[str, Any]:
    return {
        "bundle_id": delivery.bundle_id,
        "opened_on": delivery.opened_on,
        "submission_id": delivery.submission_id,
        "manifest": delivery.envelope,
        "body": delivery.body,
        "entries": delivery.entries,
        "head_hash": delivery.head_hash,
        "sealed_at": delivery.sealed_at,
        "assignment_id": delivery.assignment_id,
        "seat": delivery.seat,
        "is_handed_in": delivery.is_handed_in,
        "received_at": delivery.received_at,
        "flags": list(delivery.flags),
        "trouble": None,
    }


def _tell(work: Any, bundle_id: str, trouble: str | None) -> None:
    work.execute(update(rows.Bundle).where(rows.Bundle.bundle_id == bundle_id).values(trouble=trouble))
