"""Signing keys (Ed25519), and the folder of 0600 files a place keeps its keys in."""

import os
from enum import StrEnum
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from kiosk.exam.error import Invalid, KioskError, Refused
from kiosk.sealing.age import AgeIdentity


class KeyRole(StrEnum):
    """What a key is for; a key has one role and is refused in any other."""

    ROOT = "root"  # Ed25519, offline: certifies release and receipt
    RELEASE = "release"  # Ed25519, central: signs packages, certifies halls
    RECEIPT = "receipt"  # Ed25519, central: signs receipts
    INTAKE = "intake"  # age, central: opens bundles
    ESCROW = "escrow"  # age, in a safe: opens bundles when intake's key is lost
    HALL = "hall"  # Ed25519 and age: signs leases and grants, certifies seats, opens its package
    SEAT = "seat"  # Ed25519: signs bundles
    PROCTOR = "proctor"  # Ed25519


class SigningKey:
    """A private Ed25519 key; only its public half is ever shown."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self.private = private

    def __repr__(self) -> str:
        return f"SigningKey({self.public})"

    @classmethod
    def generate(cls) -> "SigningKey":
        """Return a fresh key from the system's random source."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_pem(cls, pem: bytes) -> "SigningKey":
        """Read a PKCS #8 PEM; raises Invalid for anything but an Ed25519 key."""
        try:
            private = load_pem_private_key(pem, None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise Invalid("this is not a private key") from None
        if not isinstance(private, Ed25519PrivateKey):
            raise Invalid("this is not an Ed25519 key")
        return cls(private)

    @property
    def public(self) -> str:
        """The public half: 32 raw bytes in lower-case hex."""
        return self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()

    def to_pem(self) -> bytes:
        """Return the key as PKCS #8 PEM, for a file of mode 0600."""
        return self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def read_public(text: str) -> Ed25519PublicKey:
    """Read a public key in its one spelling; raises Invalid otherwise."""
    text = text.strip()
    try:
        raw = bytes.fromhex(text)
        key = Ed25519PublicKey.from_public_bytes(raw)
    except ValueError:
        raise Invalid("a public key is 64 characters of lower-case hex") from None
    if raw.hex() != text:
        raise Invalid("a public key is 64 characters of lower-case hex")
    return key


class KeyFolder:
    """The keys of one place: private halves in files only their owner may read, public halves beside them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make_signing(self, name: str) -> SigningKey:
        """Make and keep a signing key; raises Refused rather than replace one."""
        key = SigningKey.generate()
        self._keep(f"{name}.ed25519", key.to_pem(), key.public)
        return key

    def make_identity(self, name: str) -> AgeIdentity:
        """Make and keep an age identity; raises Refused rather than replace one."""
        identity = AgeIdentity.generate()
        self._keep(f"{name}.age", f"{identity.reveal()}\n".encode("ascii"), identity.recipient)
        return identity

    def has_signing(self, name: str) -> bool:
        """Whether the private half of a signing key is here."""
        return (self.folder / f"{name}.ed25519").exists()

    def has_identity(self, name: str) -> bool:
        """Whether an age identity is here."""
        return (self.folder / f"{name}.age").exists()

    def signing(self, name: str) -> SigningKey:
        """Return a signing key; raises KioskError when it is not here or others may read it."""
        return SigningKey.from_pem(self._secret(f"{name}.ed25519"))

    def identity(self, name: str) -> AgeIdentity:
        """Return an age identity; raises KioskError when it is not here or others may read it."""
        return AgeIdentity(self._secret(f"{name}.age").decode("ascii", "replace"))

    def has_public(self, name: str) -> bool:
        """Whether a signing key's public half is here."""
        return (self.folder / f"{name}.ed25519.pub").exists()

    def public(self, name: str) -> str:
        """Return a signing key's public half, which stays when the private half is taken offline."""
        return self._public_half(f"{name}.ed25519.pub")

    def recipient(self, name: str) -> str:
        """Return an age identity's public half, which stays when the identity is taken offline."""
        return self._public_half(f"{name}.age.pub")

    def keep_public(self, name: str, public: str) -> None:
        """Keep the public signing key of somebody else; raises Refused rather than change one already trusted."""
        read_public(public)
        path = self.folder / f"{name}.ed25519.pub"
        if path.exists():
            if self.public(name) != public:
                raise Refused(f"{path} holds another key. Check which is right before you remove it.")
            return
        self._write(path, f"{public}\n".encode("ascii"), 0o644)

    def chain(self, name: str) -> tuple[str, ...]:
        """Return the certificates of a key, its own first; raises KioskError when there are none."""
        path = self.folder / f"{name}.certificates"
        try:
            return tuple(path.read_text(encoding="ascii").split())
        except FileNotFoundError:
            raise KioskError(f"The key {name!r} has no certificate here ({path}).") from None

    def keep_chain(self, name: str, chain: tuple[str, ...]) -> None:
        """Keep the certificates of a key, replacing older ones."""
        path = self.folder / f"{name}.certificates"
        draft = path.with_suffix(".new")
        draft.unlink(missing_ok=True)
        self._write(draft, "".join(f"{c}\n" for c in chain).encode("ascii"), 0o644)
        draft.replace(path)

    def _keep(self, file: str, secret: bytes, public: str) -> None:
        path = self.folder / file
        if path.exists() or path.with_name(f"{file}.pub").exists():
            raise Refused(f"There is a key {path} already; it is never replaced.")
        self._write(path, secret, 0o600)
        self._write(path.with_name(f"{file}.pub"), f"{public}\n".encode("ascii"), 0o644)

    def _write(self, path: Path, content: bytes, mode: int) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    def _secret(self, file: str) -> bytes:
        path = self.folder / file
        try:
            with path.open("rb") as opened:
                if os.fstat(opened.fileno()).st_mode & 0o077:
                    raise KioskError(f"The key file {path} can be read by others. Make it private: chmod 600.")
                return opened.read(65_536)
        except FileNotFoundError:
            raise KioskError(f"The key file {path} is not here.") from None

    def _public_half(self, file: str) -> str:
        path = self.folder / file
        try:
            return path.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            raise KioskError(f"The public key file {path} is not here.") from None
