"""Tokens of halls: given with a connection file, listed, taken back. The token itself is never shown or kept."""

import secrets
import uuid
from datetime import timedelta

from pydantic import ValidationError

from kiosk.central.door.bearer import digest_of
from kiosk.exam.error import Invalid
from kiosk.exam.roles import Actor
from kiosk.office.office import Office
from kiosk.wire.connection import ConnectionDocument
from kiosk.wire.document import words
from storage.central.token import KeptToken, TokenStore

ENROL = "settings.enrol_kiosk_key"
BYTES = 32
"""Random bytes of a token."""
DAYS = 90
MOST_DAYS = 730


def give(
    office: Office, actor: Actor, hall: str, url: str, certificate: str | None, days: int = DAYS
) -> tuple[KeptToken, ConnectionDocument]:
    """Make a token for a hall; return what is kept of it, and the connection that holds it.

    Raises Denied without the right, Invalid for a name or address that cannot be.
    """
    office.check(ENROL, actor)
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(f"a token is good for 1 to {MOST_DAYS} days")
    token = secrets.token_urlsafe(BYTES)
    connection = _connection(url, hall, token, certificate)
    now = office.now()
    kept = KeptToken(
        token_id=str(uuid.uuid4()),
        hall=hall,
        digest=digest_of(token),
        made_at=now,
        made_by=actor.user_id,
        not_after=now + timedelta(days=days),
    )
    audit = office.audit(ENROL, actor, "hall_tokens", kept.token_id, hall=hall, days=days)
    TokenStore(office.engine).add(kept, audit)
    return kept, connection


def revoke(office: Office, actor: Actor, token_id: str) -> KeptToken:
    """Take a token back at once; raises Denied without the right, Refused where there is nothing to take back."""
    office.check(ENROL, actor)
    audit = office.audit(ENROL, actor, "hall_tokens", token_id, revoked=True)
    return TokenStore(office.engine).revoke(token_id, office.now(), audit)


def _connection(url: str, hall: str, token: str, certificate: str | None) -> ConnectionDocument:
    try:
        return ConnectionDocument(version=1, url=url.rstrip("/"), hall=hall, token=token, certificate=certificate)
    except ValidationError as error:
        raise Invalid(f"this connection cannot be: {words(error)}") from None
