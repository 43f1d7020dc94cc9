"""Coded grants, signed by the seat that carried them out and read by those who look into them."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from kiosk.exam.act_code import Setting, Terms, challenge_of, fits, read_code
from kiosk.exam.error import Denied, Invalid, KioskError
from kiosk.exam.grant import Grant
from kiosk.exam.page import SignedGrant
from kiosk.sealing.certificate import verify_chain
from kiosk.sealing.envelope import PayloadType, read_envelope, sign
from kiosk.sealing.key import KeyRole, SigningKey
from kiosk.wire.coded_grant import CodedGrantDocument
from kiosk.wire.document import words


@dataclass(frozen=True, slots=True, kw_only=True)
class CodedGrant:
    """An act with the challenge and code that allowed it."""

    grant: Grant
    candidate_id: str
    nonce: str
    challenge: str
    code: str

    @property
    def setting(self) -> Setting:
        """Where the challenge was drawn."""
        grant = self.grant
        return Setting(seat=grant.seat, candidate_id=self.candidate_id, submission_id=grant.submission_id)

    @property
    def proctor(self) -> int:
        """Number of the proctor the code names; raises Mistyped for a code with a slip."""
        return read_code(self.code).signatory.proctor

    def holds(self, key: bytes) -> bool:
        """Whether the hall with this seat's key gave just this code for just this act."""
        grant = self.grant
        try:
            terms, typed = Terms.of(grant.act, grant.amount_ms, grant.reason), read_code(self.code)
        except KioskError:
            return False
        if challenge_of(key, self.setting, self.nonce) != self.challenge:
            return False
        told = (grant.who, grant.second is not None)
        return told == (proctor_name(typed.signatory.proctor), typed.signatory.has_second) and fits(
            key, grant.seat, self.challenge, terms, typed
        )


def proctor_name(number: int) -> str:
    """Return who allowed an act, as far as a seat knows: the number in the code."""
    return f"proctor {number}"


def sign_coded(coded: CodedGrant, key: SigningKey, chain: Sequence[str]) -> SignedGrant:
    """Return the grant as a journal's store keeps it, in an envelope by the seat's own key."""
    document = {
        "version": 1,
        "grant": coded.grant.document(),
        "candidate_id": coded.candidate_id,
        "nonce": coded.nonce,
        "challenge": coded.challenge,
        "code": coded.code,
        "certificates": list(chain),
    }
    return SignedGrant(grant=coded.grant, envelope=sign(PayloadType.CODED_GRANT, document, key))


def is_coded(envelope: bytes) -> bool:
    """Whether an envelope says that it holds a coded grant."""
    try:
        read_envelope(envelope, PayloadType.CODED_GRANT)
    except KioskError:
        return False
    return True


def own_grant(envelope: bytes) -> Grant:
    """Return the grant in an envelope that this very seat made and kept; it is proved to nobody."""
    payload = read_envelope(envelope, PayloadType.CODED_GRANT).document()
    return Grant.from_document(payload["grant"])


def read_coded(envelope: bytes, root: str, hall: str) -> CodedGrant:
    """Return the coded grant that a seat of a hall signed.

    Raises Tampered, Invalid or Denied for anything else; what its code is worth only the hall can say.
    """
    read = read_envelope(envelope, PayloadType.CODED_GRANT)
    try:
        document = CodedGrantDocument.model_validate_json(read.canonical_payload())
    except ValidationError as error:
        raise Invalid(f"an act by code is not of this version: {words(error)}") from None
    holder = verify_chain(document.certificates, root, KeyRole.SEAT)
    read.check(holder.key)
    if (holder.hall, holder.seat) != (hall, document.grant.seat):
        raise Denied("an act by code was written down by another seat than it names")
    return CodedGrant(
        grant=Grant.from_document(document.grant.model_dump(mode="json")),
        candidate_id=document.candidate_id,
        nonce=document.nonce,
        challenge=document.challenge,
        code=document.code,
    )
