"""Certificates: a key is believed when a chain of signatures leads from it to the root key.

A certificate that has run out is flagged and never a reason to refuse an answer. One that the root has revoked is
marked: what central says under it is refused (`Holder.standing`), what a candidate wrote under it is held for a person.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from pydantic import ValidationError

from kiosk.exam.error import Denied, Invalid, Tampered
from kiosk.exam.moment import iso, parse_iso
from kiosk.sealing.envelope import PayloadType, read_envelope, sign
from kiosk.sealing.key import KeyRole, SigningKey, read_public
from kiosk.sealing.revocation import NONE_REVOKED, Revocations
from kiosk.wire.certificate import CertificateDocument
from kiosk.wire.document import words

ISSUED_BY: Mapping[KeyRole, KeyRole] = {
    KeyRole.RELEASE: KeyRole.ROOT,
    KeyRole.RECEIPT: KeyRole.ROOT,
    KeyRole.HALL: KeyRole.RELEASE,
    KeyRole.SEAT: KeyRole.HALL,
    KeyRole.PROCTOR: KeyRole.HALL,
}
"""Which role's key certifies which."""
LINKS = 2048
"""Certificates that need not be verified again: the bundles of a hall all bring the same ones. Whether one has run out
or was revoked is asked each time."""
_REVOKED = " is revoked since "


@dataclass(frozen=True, slots=True)
class Holder:
    """A key believed, and what its chain says about it."""

    certificate: CertificateDocument
    flags: tuple[str, ...] = ()
    """What a person should look at, in words: certificates out of their time, or revoked."""
    is_revoked: bool = False
    """Whether the root has revoked this certificate or one above it."""

    @property
    def key(self) -> str:
        """The public key."""
        return self.certificate.key

    @property
    def hall(self) -> str | None:
        """The hall the key belongs to."""
        return self.certificate.hall

    @property
    def seat(self) -> str | None:
        """The seat the key belongs to."""
        return self.certificate.seat

    @property
    def recipient(self) -> str | None:
        """The age recipient that goes with the key."""
        return self.certificate.recipient

    def standing(self) -> "Holder":
        """Return the holder; raises Denied, in words, where a certificate of its chain is revoked."""
        if self.is_revoked:
            raise Denied(f"{next(f for f in self.flags if _REVOKED in f)}; what it signs is not taken")
        return self


def certify(
    role: KeyRole,
    public: str,
    issuer: SigningKey,
    issuer_chain: Sequence[str] = (),
    *,
    not_before: datetime,
    not_after: datetime,
    hall: str | None = None,
    seat: str | None = None,
    recipient: str | None = None,
) -> tuple[str, ...]:
    """Return the chain of a newly certified key: its own certificate, then its issuer's (none for the root)."""
    read_public(public)
    try:
        document = CertificateDocument.model_validate(
            {
                "version": 1,
                "serial": uuid.uuid4().hex,
                "role": role.value,
                "key": public,
                "recipient": recipient,
                "hall": hall,
                "seat": seat,
                "not_before": iso(not_before),
                "not_after": iso(not_after),
            }
        )
    except ValidationError as error:
        raise Invalid(f"this cannot be certified: {words(error)}") from None
    own = sign(PayloadType.CERTIFICATE, document.model_dump(mode="json"), issuer)
    return (own.decode("ascii"), *issuer_chain)


def verify_chain(
    chain: Sequence[str], root: str, role: KeyRole, at: str | None = None, revoked: Revocations = NONE_REVOKED
) -> Holder:
    """Return the holder of the first certificate of `chain`.

    Raises Tampered when the signatures do not lead to `root`, Denied when a key certified what it may not or the
    holder has another role than `role`. Certificates out of their time at `at` are flagged; those named in `revoked`
    are flagged and marked, whenever they signed, because whoever stole a key can write any date.
    """
    issuer, issuer_role = root, KeyRole.ROOT
    above: CertificateDocument | None = None
    flags: list[str] = []
    struck: list[str] = []
    if not 1 <= len(chain) <= 4:
        raise Invalid("a chain has one to four certificates")
    for text in reversed(chain):
        certificate = _read(text, issuer)
        held = KeyRole(certificate.role)
        if ISSUED_BY[held] is not issuer_role:
            raise Denied(f"a {issuer_role} key cannot certify a {held} key")
        _must_narrow(certificate, held, above)
        flags += _lapsed(certificate, at)
        struck += _struck(certificate, revoked)
        issuer, issuer_role, above = certificate.key, held, certificate
    assert above is not None
    if issuer_role is not role:
        raise Denied(f"this is a {issuer_role} key and not a {role} key")
    return Holder(above, (*struck, *flags), is_revoked=bool(struck))


@lru_cache(LINKS)
def _read(text: str, issuer: str) -> CertificateDocument:
    envelope = read_envelope(text.encode("utf-8", "replace"), PayloadType.CERTIFICATE)
    try:
        envelope.check(issuer)
    except Tampered:
        raise Tampered("a certificate is not signed by the key above it") from None
    try:
        return CertificateDocument.model_validate_json(envelope.canonical_payload())
    except ValidationError as error:
        raise Invalid(f"a certificate is not of this version: {words(error)}") from None


def _must_narrow(certificate: CertificateDocument, role: KeyRole, above: CertificateDocument | None) -> None:
    if role in (KeyRole.HALL, KeyRole.SEAT, KeyRole.PROCTOR) and certificate.hall is None:
        raise Denied(f"a {role} certificate names its hall")
    if role is KeyRole.SEAT and certificate.seat is None:
        raise Denied("a seat certificate names its seat")
    if above is not None and above.hall is not None and certificate.hall != above.hall:
        raise Denied("a hall certified a key of another hall")


def _lapsed(certificate: CertificateDocument, at: str | None) -> list[str]:
    if at is None:
        return []
    when, whose = parse_iso(at), f"the {certificate.role} certificate {certificate.serial}"
    if when < parse_iso(certificate.not_before):
        return [f"{whose} began only at {certificate.not_before}"]
    if when > parse_iso(certificate.not_after):
        return [f"{whose} ended at {certificate.not_after}"]
    return []


def _struck(certificate: CertificateDocument, revoked: Revocations) -> list[str]:
    entry = revoked.find(certificate.serial, certificate.key)
    if entry is None:
        return []
    return [f"the {certificate.role} certificate {certificate.serial}{_REVOKED}{entry.at}: {entry.reason}"]
