"""Central's keys: made once at `central init`, kept in the office's key folder, the root taken offline after."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from kiosk.exam.error import KioskError
from kiosk.exam.moment import parse_iso
from kiosk.sealing.age import AgeIdentity
from kiosk.sealing.certificate import certify, verify_chain
from kiosk.sealing.key import KeyFolder, KeyRole, SigningKey
from kiosk.sealing.package import Issuer
from kiosk.sealing.receipt import ReceiptSigner
from kiosk.sealing.revocation import RevocationFile, Revocations

YEARS = 5
"""How long release and receipt certificates run; a lapsed one is flagged, never refused."""
SOON = timedelta(days=30)
"""How long before its end a hall's certificate is renewed with the next package."""
BEFORE = timedelta(days=1)
"""Certificates begin a day early, so that a clock that is behind does not raise flags."""


@dataclass(frozen=True, slots=True)
class MadeKey:
    """One key that was made, and what to do with it."""

    role: KeyRole
    path: Path
    public: str
    advice: str
    """Where its private half belongs, in words."""


class CentralKeys:
    """What central signs and opens with."""

    def __init__(self, folder: Path) -> None:
        self._folder = KeyFolder(folder)

    def make(self, now: datetime, passphrase: str | None = None) -> tuple[MadeKey, ...]:
        """Make root, release, receipt, intake and escrow keys and certify them; what was made before stays.

        Root and escrow are protected where a passphrase is given. Raises Refused where a private half was taken away
        before all were made.
        """
        root = self._signing(KeyRole.ROOT, passphrase)
        begin, end = now - BEFORE, now + timedelta(days=365 * YEARS)
        for role in (KeyRole.RELEASE, KeyRole.RECEIPT):
            key = self._signing(role)
            self._folder.keep_chain(role, certify(role, key.public, root, not_before=begin, not_after=end))
        for role in (KeyRole.INTAKE, KeyRole.ESCROW):
            if not self._folder.has_identity(role):
                self._folder.make_identity(role, passphrase if role is KeyRole.ESCROW else None)
        return tuple(self._made(role) for role in _ADVICE)

    @property
    def exist(self) -> bool:
        """Whether every key has been made here; root's and escrow's private halves need not be here any more."""
        made = [f"{role}.ed25519.pub" for role in (KeyRole.ROOT, KeyRole.RELEASE, KeyRole.RECEIPT)]
        made += [f"{role}.age.pub" for role in (KeyRole.INTAKE, KeyRole.ESCROW)]
        return all((self._folder.folder / name).exists() for name in made)

    @property
    def root(self) -> str:
        """The root's public key."""
        return self._folder.public(KeyRole.ROOT)

    def revoked(self) -> Revocations:
        """Return the newest revocation list kept here; raises Tampered or Invalid for a damaged one."""
        return RevocationFile(self._folder.folder, self.root).read()

    @property
    def recipients(self) -> tuple[str, ...]:
        """Whom bundles are sealed to: intake and escrow."""
        return (self._folder.recipient(KeyRole.INTAKE), self._folder.recipient(KeyRole.ESCROW))

    def issuer(self) -> Issuer:
        """Return what packages are signed with."""
        return Issuer(
            key=self._folder.signing(KeyRole.RELEASE),
            chain=self._folder.chain(KeyRole.RELEASE),
            root=self.root,
            recipients=self.recipients,
            revocations=self.revoked(),
        )

    def receipt_signer(self) -> ReceiptSigner:
        """Return what receipts are signed with."""
        return ReceiptSigner(self._folder.signing(KeyRole.RECEIPT), self._folder.chain(KeyRole.RECEIPT))

    def intake(self) -> AgeIdentity:
        """Return what opens bundles: intake's identity and those before it; the escrow's for those that were lost."""
        if self._folder.has_identity(KeyRole.INTAKE):
            intake = self._folder.identity(KeyRole.INTAKE)
            if self._folder.lost_predecessors(KeyRole.INTAKE) and self._folder.has_identity(KeyRole.ESCROW):
                return AgeIdentity(intake.reveal(), [intake, self._folder.identity(KeyRole.ESCROW)])
            return intake
        if self._folder.has_identity(KeyRole.ESCROW):
            return self._folder.identity(KeyRole.ESCROW)
        raise KioskError("No key that opens bundles is here. Bring back intake.age or escrow.age.")

    def certify_hall(self, hall: str, public: str, recipient: str, now: datetime) -> tuple[str, ...]:
        """Return the certificates of a hall's keys: those it has, or new where they run out or its keys are new."""
        name = f"hall-{hashlib.sha256(hall.encode()).hexdigest()[:32]}"
        try:
            chain = self._folder.chain(name)
        except KioskError:
            chain = ()
        if chain:
            held = verify_chain(chain, self.root, KeyRole.HALL, revoked=self.revoked())
            is_good = not held.is_revoked and parse_iso(held.certificate.not_after) > now + SOON
            if is_good and (held.hall, held.key, held.recipient) == (hall, public, recipient):
                return chain
        issuer = self.issuer()
        chain = certify(
            KeyRole.HALL,
            public,
            issuer.key,
            issuer.chain,
            not_before=now - BEFORE,
            not_after=now + timedelta(days=365),
            hall=hall,
            recipient=recipient,
        )
        self._folder.keep_chain(name, chain)
        return chain

    def _signing(self, role: KeyRole, passphrase: str | None = None) -> SigningKey:
        if self._folder.has_signing(role):
            return self._folder.signing(role)
        return self._folder.make_signing(role, passphrase)

    def _made(self, role: KeyRole) -> MadeKey:
        is_age = role in (KeyRole.INTAKE, KeyRole.ESCROW)
        public = self._folder.recipient(role) if is_age else self._folder.public(role)
        return MadeKey(role, self._folder.folder / f"{role}.{'age' if is_age else 'ed25519'}", public, _ADVICE[role])


_ADVICE = {
    KeyRole.ROOT: "keep offline: move it to a medium in a safe; it is needed only to certify new keys",
    KeyRole.ESCROW: "keep offline: move it to another safe; it opens bundles if the intake key is lost",
    KeyRole.INTAKE: "stays here: it opens bundles",
    KeyRole.RELEASE: "stays here: it signs packages",
    KeyRole.RECEIPT: "stays here: it signs receipts",
}
