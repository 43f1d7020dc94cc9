"""Trust: what a seat believes, on the word of the root's public key it was set up with."""

from dataclasses import dataclass

from kiosk.exam.error import Denied, Invalid
from kiosk.exam.grant import Grant
from kiosk.exam.lease import Lease
from kiosk.exam.page import SignedGrant, SignedLease
from kiosk.sealing.certificate import verify_chain
from kiosk.sealing.coded_grant import read_coded
from kiosk.sealing.envelope import PayloadType, open_envelope
from kiosk.sealing.key import KeyRole


@dataclass(frozen=True, slots=True)
class Trust:
    """The hall's public key and name, reached from the root's key, and the name of the seat that trusts it."""

    seat: str
    hall_key: str
    hall: str
    root: str

    @classmethod
    def from_chain(cls, seat: str, chain: tuple[str, ...], root: str) -> "Trust":
        """Read the seat's own certificates; raises Tampered or Denied when they do not lead to the root."""
        holder = verify_chain(chain, root, KeyRole.SEAT)
        if holder.seat != seat:
            raise Denied(f"The certificate is for the seat {holder.seat}, and this is {seat}.")
        above = verify_chain(chain[1:], root, KeyRole.HALL)
        assert above.hall is not None
        return cls(seat, above.key, above.hall, root)

    def lease(self, envelope: bytes) -> SignedLease:
        """Return a lease the hall signed for this seat; raises Tampered, Invalid or Denied otherwise."""
        signed = self.any_lease(envelope)
        self._must_be_here(signed.lease.seat)
        return signed

    def any_lease(self, envelope: bytes) -> SignedLease:
        """Return a lease the hall signed for whatever seat; raises Tampered or Invalid otherwise."""
        document = open_envelope(envelope, PayloadType.LEASE, self.hall_key)
        try:
            lease = Lease.from_document(document)
        except (KeyError, TypeError, ValueError) as error:
            raise Invalid("this permission is not of this version") from error
        return SignedLease(lease=lease, envelope=envelope)

    def grant(self, envelope: bytes) -> SignedGrant:
        """Return a grant the hall signed for this seat; raises Tampered, Invalid or Denied otherwise."""
        signed = self.any_grant(envelope)
        self._must_be_here(signed.grant.seat)
        return signed

    def any_grant(self, envelope: bytes) -> SignedGrant:
        """Return a grant the hall signed for whatever seat; raises Tampered or Invalid otherwise."""
        document = open_envelope(envelope, PayloadType.GRANT, self.hall_key)
        try:
            grant = Grant.from_document(document)
        except (KeyError, TypeError, ValueError) as error:
            raise Invalid("this permission is not of this version") from error
        return SignedGrant(grant=grant, envelope=envelope)

    def coded_grant(self, envelope: bytes) -> SignedGrant:
        """Return an act by code that a seat of this hall wrote down; raises Tampered, Invalid or Denied otherwise."""
        return SignedGrant(grant=read_coded(envelope, self.root, self.hall).grant, envelope=envelope)

    def _must_be_here(self, seat: str) -> None:
        if seat != self.seat:
            raise Denied(f"This permission is for the seat {seat}, and this is {self.seat}.")
