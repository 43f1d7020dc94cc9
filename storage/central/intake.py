"""Bundles as they arrive: stored with their receipt in one transaction, or set aside with the reason."""

import hashlib
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from kiosk.exam.arrival import Arrival, BundleLine, Quarantined
from kiosk.exam.error import Refused
from kiosk.exam.log import AuditEntry
from kiosk.exam.status import BundleState
from storage.central.once import add_once
from storage.models import office as rows
from storage.office.store import Store, write_audit

MOST_ASIDE = 10_000
"""Things kept in quarantine at most."""
MOST_ASIDE_BYTES = 4 * 2**30
"""Bytes kept in quarantine at most; what is over either is left where it came from, with words."""


class IntakeStore(Store):
    """Stores what arrives. It opens nothing and holds no key."""

    def accept(self, arrival: Arrival, receipt: Callable[[], bytes]) -> tuple[bytes, bool]:
        """Store a bundle and its receipt together; return the stored receipt and whether the bundle was new.

        A bundle that is here already changes nothing, and its receipt is the one signed the first time.
        """
        with self._writing() as session:
            if not add_once(session, rows.Bundle, _bundle_row(arrival)):
                return _receipt(session, arrival.bundle_id), False
            signed = receipt()
            values = {
                "bundle_id": arrival.bundle_id,
                "opened_on": arrival.opened_on,
                "envelope": signed,
                "issued_at": arrival.received_at,
            }
            add_once(session, rows.Receipt, values)
            return signed, True

    def receipt(self, bundle_id: str) -> bytes:
        """Return the receipt of a bundle, the same bytes at every asking; raises Refused for one that is not here."""
        with self._reading() as session:
            return _receipt(session, bundle_id)

    def holds(self, bundle_id: str) -> bool:
        """Return whether a bundle is stored here."""
        with self._reading() as session:
            return session.scalar(select(rows.Bundle.bundle_id).where(rows.Bundle.bundle_id == bundle_id)) is not None

    def quarantine(self, content: bytes, source: str, reason: str, at: datetime) -> str:
        """Keep what did not verify, once, and return its digest; raises Refused where no more of such is kept."""
        digest = hashlib.sha256(content).hexdigest()
        values = {"digest": digest, "content": content, "source": source, "reason": reason, "received_at": at}
        with self._writing() as session:
            if session.scalar(select(rows.Quarantine.digest).where(rows.Quarantine.digest == digest)) is None:
                _must_have_room(session, len(content))
                add_once(session, rows.Quarantine, values)
        return digest

    def take_out(self, digest: str, audit: AuditEntry) -> None:
        """Take something out of quarantine once it is stored as what it is, and write that down."""
        with self._writing() as session:
            session.execute(delete(rows.Quarantine).where(rows.Quarantine.digest == digest))
            write_audit(session, audit)

    def note(self, audit: AuditEntry) -> None:
        """Write down that somebody looked at, or took a copy of, what is in quarantine."""
        with self._writing() as session:
            write_audit(session, audit)

    def quarantined(self) -> tuple[Quarantined, ...]:
        """Return what was set aside, in the order it came."""
        query = select(
            rows.Quarantine.digest,
            rows.Quarantine.source,
            rows.Quarantine.reason,
            rows.Quarantine.received_at,
            func.length(rows.Quarantine.content),
        ).order_by(rows.Quarantine.received_at, rows.Quarantine.digest)
        with self._reading() as session:
            return tuple(
                Quarantined(digest=digest, source=source, reason=reason, received_at=at, length=length)
                for digest, source, reason, at, length in session.execute(query)
            )

    def quarantined_content(self, digest: str) -> bytes:
        """Return the bytes of something set aside; raises Refused when there is none of that digest."""
        with self._reading() as session:
            row = session.get(rows.Quarantine, digest)
            if row is None:
                raise Refused(f"There is nothing {digest[:12]} in quarantine.")
            return row.content

    def lines(self, *states: BundleState) -> tuple[BundleLine, ...]:
        """Return the bundles in some states (all unless told), in the order they came."""
        bundle = rows.Bundle
        query = select(
            bundle.bundle_id,
            bundle.submission_id,
            bundle.opened_on,
            bundle.hall,
            bundle.state,
            bundle.received_at,
            bundle.source,
            bundle.flags,
            bundle.problem,
        ).order_by(bundle.received_at, bundle.bundle_id)
        if states:
            query = query.where(bundle.state.in_(states))
        with self._reading() as session:
            return tuple(
                BundleLine(**{**row, "flags": tuple(row["flags"])}) for row in session.execute(query).mappings()
            )

    def waiting(self) -> int:
        """Return how many bundles wait to be opened."""
        query = select(func.count()).select_from(rows.Bundle).where(rows.Bundle.state == BundleState.RECEIVED)
        with self._reading() as session:
            return session.scalar(query) or 0

    def counts(self) -> dict[str, int]:
        """Return how many bundles stand where, and how much is set aside or provisional."""
        by_state = select(rows.Bundle.state, func.count()).group_by(rows.Bundle.state)
        with self._reading() as session:
            found = {state.value: 0 for state in BundleState}
            found |= {state.value: count for state, count in session.execute(by_state)}
            found["quarantined"] = session.scalar(select(func.count()).select_from(rows.Quarantine)) or 0
            for name, model in (("provisional_people", rows.Person), ("provisional_assignments", rows.Assignment)):
                query = select(func.count()).select_from(model).where(model.is_provisional)
                found[name] = session.scalar(query) or 0
            return found


def _must_have_room(session: Session, length: int) -> None:
    content = rows.Quarantine.content
    count, held = session.execute(select(func.count(), func.coalesce(func.sum(func.length(content)), 0))).one()
    if count >= MOST_ASIDE or held + length > MOST_ASIDE_BYTES:
        raise Refused(
            f"The quarantine is full: {count:,} things, {held:,} bytes. Nothing more is kept; leave it where it is and "
            "look at `kiosk central quarantine list`."
        )


def _receipt(session: Session, bundle_id: str) -> bytes:
    envelope = session.scalar(select(rows.Receipt.envelope).where(rows.Receipt.bundle_id == bundle_id))
    if envelope is None:
        raise Refused(f"There is no bundle {bundle_id[:12]} here.")
    return bytes(envelope)


def _bundle_row(arrival: Arrival) -> dict[str, object]:
    return {
        "bundle_id": arrival.bundle_id,
        "opened_on": arrival.opened_on,
        "submission_id": arrival.submission_id,
        "manifest": arrival.envelope,
        "body": arrival.body,
        "entries": arrival.entries,
        "head_hash": arrival.head_hash,
        "sealed_at": arrival.sealed_at,
        "received_at": arrival.received_at,
        "source": arrival.source,
        "hall": arrival.hall,
        "state": BundleState.RECEIVED,
        "flags": list(arrival.flags),
        "problem": None,
        "settled_at": None,
    }
