"""The release token: two kilobytes that let one hall open the papers of one test; by wire, stick or mail."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from kiosk.exam.error import Denied, Invalid
from kiosk.exam.moment import iso
from kiosk.sealing.age import AgeIdentity, seal_to
from kiosk.sealing.certificate import Holder, verify_chain
from kiosk.sealing.envelope import PayloadType, read_envelope, sign
from kiosk.sealing.key import KeyRole
from kiosk.sealing.package import Issuer
from kiosk.sealing.revocation import NONE_REVOKED, Revocations
from kiosk.wire.document import words
from kiosk.wire.release import LARGEST_TOKEN, ReleaseDocument

SUFFIX = ".release"


@dataclass(frozen=True, slots=True)
class Release:
    """A release token whose signature holds; it is opened with the hall's identity."""

    document: ReleaseDocument
    flags: tuple[str, ...] = ()

    def identities(self, hall: AgeIdentity) -> Mapping[str, str]:
        """Return what opens each paper, by its digest; raises Tampered where it is sealed to another key."""
        return {p.paper: AgeIdentity(_opened(p.identity, hall)).reveal() for p in self.document.papers}


def sign_release(
    test_id: str, hall: Holder, papers: Sequence[tuple[str, AgeIdentity]], issuer: Issuer, at: datetime
) -> bytes:
    """Return the token that lets a hall open some papers, each given by its digest with its identity."""
    if hall.recipient is None:
        raise Invalid("the hall's certificate names no age recipient, so nothing can be sealed to it")
    document = {
        "version": 1,
        "test_id": test_id,
        "hall": hall.hall,
        "recipient": hall.recipient,
        "papers": [
            {
                "paper": digest,
                "identity": base64.b64encode(seal_to([hall.recipient], secret.reveal().encode("ascii"))).decode(),
            }
            for digest, secret in papers
        ],
        "released_at": iso(at),
        "certificates": list(issuer.chain),
    }
    token = sign(PayloadType.RELEASE, document, issuer.key)
    read_release(token, issuer.root, hall=hall.hall, test_id=test_id)
    return token


def read_release(
    token: bytes,
    root: str,
    *,
    hall: str | None = None,
    test_id: str | None = None,
    revoked: Revocations = NONE_REVOKED,
) -> Release:
    """Return a token whose signature and chain hold; nothing is opened yet.

    Raises Denied for another hall's or another test's and under a revoked certificate, Tampered or Invalid for what is
    not a token under `root`.
    """
    if len(token) > LARGEST_TOKEN:
        raise Invalid(f"a release token has at most {LARGEST_TOKEN:,} bytes; this has {len(token):,}")
    envelope = read_envelope(token, PayloadType.RELEASE)
    try:
        document = ReleaseDocument.model_validate_json(envelope.canonical_payload())
    except ValidationError as error:
        raise Invalid(f"the release token is not of this version: {words(error)}") from None
    holder = verify_chain(document.certificates, root, KeyRole.RELEASE, document.released_at, revoked).standing()
    envelope.check(holder.key)
    if hall not in (None, document.hall):
        raise Denied(f"this release token is for the hall {document.hall}")
    if test_id not in (None, document.test_id):
        raise Denied(f"this release token is for the test {document.test_id}")
    return Release(document, holder.flags)


def _opened(text: str, hall: AgeIdentity) -> str:
    try:
        return hall.open(base64.b64decode(text, validate=True)).decode("ascii", "replace")
    except binascii.Error:
        raise Invalid("the release token holds what is not base64") from None
