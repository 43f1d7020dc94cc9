"""The keys of a hall: what it signs leases and grants with, and what opens its packages."""

from dataclasses import dataclass, field
from pathlib import Path

from kiosk.exam.error import KioskError
from kiosk.sealing.act_key import act_key, act_secret
from kiosk.sealing.age import AgeIdentity
from kiosk.sealing.certificate import verify_chain
from kiosk.sealing.key import KeyFolder, KeyRole, SigningKey
from kiosk.sealing.revocation import RevocationFile

NAME = "hall"
ROOT = "root"


@dataclass(frozen=True, slots=True, kw_only=True)
class HallKeys:
    """A hall's own keys, its certificates, and the root's public key."""

    hall: str
    """The hall's name, as its certificate says."""
    signing: SigningKey
    identity: AgeIdentity = field(repr=False)
    chain: tuple[str, ...] = field(repr=False)
    """Its own certificate first."""
    root: str
    revocations: RevocationFile = field(repr=False)
    """The newest list a package brought."""
    folder: Path
    """Where they lie."""

    def act_key(self, seat: str) -> bytes:
        """Return the key of the codes that allow acts at a seat; what it comes from is drawn at the first call."""
        return act_key(act_secret(self.folder), self.hall, seat)

    @classmethod
    def load(cls, folder: KeyFolder) -> "HallKeys":
        """Read the keys of a hall that central has certified; raises KioskError for what is missing or not believed."""
        if not folder.has_public(ROOT):
            raise KioskError(
                f"No package has come to this hall yet. Load one: kiosk hall load FOLDER. ({folder.folder})"
            )
        root, chain = folder.public(ROOT), folder.chain(NAME)
        holder = verify_chain(chain, root, KeyRole.HALL)
        assert holder.hall is not None
        return cls(
            hall=holder.hall,
            signing=folder.signing(NAME),
            identity=folder.identity(NAME),
            chain=chain,
            root=root,
            revocations=RevocationFile(folder.folder, root),
            folder=folder.folder,
        )
