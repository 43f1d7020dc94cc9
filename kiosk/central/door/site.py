"""The site of a door: all a process needs to open one, and nothing more; it can be handed to another process."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine, make_url
from starlette.types import ASGIApp

from kiosk.central.door.app import make_app
from kiosk.central.door.door import IntakeDoor
from kiosk.central.door.limit import Limits
from kiosk.central.keys import CentralKeys
from kiosk.exam.error import KioskError, Refused
from kiosk.ground.clock import SystemClock
from kiosk.ground.home import read_secret
from kiosk.sealing.key import SigningKey
from kiosk.sealing.receipt import ReceiptSigner
from kiosk.sealing.revocation import RevocationFile
from storage.engine import open_engine
from storage.migration import check

ELSEWHERE = ("intake.age", "escrow.age", "root.ed25519", "release.ed25519", "hall.ed25519", "personal.key")
"""Private halves that have no business on a machine halls can reach."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorSite:
    """Where the store is, and what receipts are signed with. No key that opens a bundle is ever in it."""

    database: Path | str = field(repr=False)
    """A file, or the URL of a PostgreSQL with its password."""
    store_key: bytes | None = field(repr=False)
    keys: Path
    """Where the newest revocation list is kept."""
    root: str
    receipt_pem: bytes = field(repr=False)
    receipt_chain: tuple[str, ...] = field(repr=False)
    limits: Limits

    @classmethod
    def of(cls, database: Path | str, store_key: bytes | None, keys: Path, limits: Limits) -> "DoorSite":
        """Read the two keys a door needs: the root's public half, and what receipts are signed with."""
        held = CentralKeys(keys)
        signer = held.receipt_signer()
        return cls(
            database=database,
            store_key=store_key,
            keys=keys,
            root=held.root,
            receipt_pem=signer.key.to_pem(),
            receipt_chain=signer.chain,
            limits=limits,
        )

    @property
    def is_shared(self) -> bool:
        """Whether several processes may write to the store at once without waiting for one file."""
        return isinstance(self.database, str)

    def engine(self) -> Engine:
        """Open the store; raises StoreError where it does not answer or stands at another revision."""
        engine = open_engine(self.database, self.store_key)
        check(engine)
        return engine

    def __call__(self) -> ASGIApp:
        """Open a door here and return it as an application."""
        signer = ReceiptSigner(SigningKey.from_pem(self.receipt_pem), self.receipt_chain)
        revoked = RevocationFile(self.keys, self.root).read
        return make_app(IntakeDoor(self.engine(), self.root, signer, SystemClock(), self.limits, revoked))


def read_database(path: Path) -> str:
    """Return the URL of a database from a file of mode 0600; raises KioskError for anything else."""
    try:
        text = read_secret(path).decode("utf-8", "replace").strip()
    except FileNotFoundError:
        raise KioskError(f"{path} is missing. It holds the URL of the database in one line.") from None
    try:
        make_url(text)
    except Exception:  # noqa: BLE001 - whatever is wrong with it, it holds a password and is not shown
        raise KioskError(f"{path} does not hold the URL of a database.") from None
    return text


def must_be_bare(keys: Path, names: Sequence[str] = ELSEWHERE) -> None:
    """Raise Refused where private keys lie that a machine halls can reach must not hold."""
    found = [name for name in names if (keys / name).exists()]
    if found:
        raise Refused(
            f"{keys} holds {', '.join(found)}: a door of its own needs only the root's public key and the "
            "receipt key. Take the others away."
        )
