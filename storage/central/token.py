"""Tokens of halls: who may come to the upload door. Only the digest of a token is kept, never the token."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from kiosk.exam.error import Denied, Refused
from kiosk.exam.log import AuditEntry
from storage.models import office as rows
from storage.office.store import Store, add_rows, write_audit


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptToken:
    """One token as central keeps it."""

    token_id: str
    hall: str
    digest: str
    """SHA-256 of the token; 256 random bits need no slow hash."""
    made_at: datetime
    made_by: str
    not_after: datetime
    revoked_at: datetime | None = None


class TokenStore(Store):
    """Keeps the tokens of halls."""

    def add(self, token: KeptToken, audit: AuditEntry) -> None:
        """Keep a new token."""
        with self._writing() as session:
            add_rows(session, rows.HallToken, [{name: getattr(token, name) for name in KeptToken.__slots__}])
            write_audit(session, audit)

    def tokens(self) -> tuple[KeptToken, ...]:
        """Return every token, hall by hall, in the order they were made."""
        token = rows.HallToken
        with self._reading() as session:
            query = select(token).order_by(token.hall, token.made_at, token.token_id)
            return tuple(_value(row) for row in session.scalars(query))

    def revoke(self, token_id: str, at: datetime, audit: AuditEntry) -> KeptToken:
        """Let a token open nothing from now on; raises Refused for one that is not here, or is revoked already."""
        with self._writing() as session:
            row = session.get(rows.HallToken, token_id, with_for_update=True)
            if row is None:
                raise Refused(f"There is no token {token_id}. See them: kiosk central token --list.")
            if row.revoked_at is not None:
                raise Refused(f"The token {token_id} was revoked before.")
            row.revoked_at = at
            write_audit(session, audit)
            return _value(row)

    def holder(self, digest: str, at: datetime) -> KeptToken:
        """Return the token of a digest; raises Denied unless it is known, in its time and not revoked."""
        with self._reading() as session:
            row = session.scalars(select(rows.HallToken).where(rows.HallToken.digest == digest)).first()
            if row is None:
                raise Denied("Central does not know this token. Ask the office for a connection file.")
            token = _value(row)
        if token.revoked_at is not None:
            raise Denied("This token was revoked. Ask the office for a new connection file.")
        if token.not_after <= at:
            raise Denied("This token has run out. Ask the office for a new connection file.")
        return token


def _value(row: rows.HallToken) -> KeptToken:
    return KeptToken(**{name: getattr(row, name) for name in KeptToken.__slots__})
