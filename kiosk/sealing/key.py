"""Signing keys (Ed25519), and the folder of 0600 files a place keeps its keys in."""

from enum import StrEnum
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from kiosk.exam.error import Denied, Invalid, KioskError, Refused
from kiosk.sealing import age
from kiosk.sealing.age import AgeIdentity
from kiosk.sealing.key_file import (
    CERTIFICATES,
    IDENTITY,
    NEXT,
    SIGNING,
    finish,
    predecessors,
    read_line,
    read_private,
    replace_file,
    turn_over,
    write_new,
)
from kiosk.sealing.passphrase import Passphrase, current_source, must_be_strong

_PROTECTED = b"-----BEGIN ENCRYPTED PRIVATE KEY-----"


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
    def from_pem(cls, pem: bytes, passphrase: str | None = None) -> "SigningKey":
        """Read a PKCS #8 PEM; raises Invalid for anything but an Ed25519 key, Denied for a wrong passphrase."""
        try:
            private = load_pem_private_key(pem, None if passphrase is None else passphrase.encode("utf-8"))
        except (ValueError, TypeError, UnsupportedAlgorithm):
            if is_protected(pem):
                raise Denied("The passphrase does not open this key file, or the file is damaged.") from None
            raise Invalid("this is not a private key") from None
        if not isinstance(private, Ed25519PrivateKey):
            raise Invalid("this is not an Ed25519 key")
        return cls(private)

    @property
    def public(self) -> str:
        """The public half: 32 raw bytes in lower-case hex."""
        return self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()

    def to_pem(self, passphrase: str | None = None) -> bytes:
        """Return the key as PKCS #8 PEM, encrypted where a passphrase is given, for a file of mode 0600."""
        how = NoEncryption() if passphrase is None else BestAvailableEncryption(passphrase.encode("utf-8"))
        return self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how)


def is_protected(pem: bytes) -> bool:
    """Whether a PEM is encrypted with a passphrase."""
    return pem.lstrip().startswith(_PROTECTED)


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
    """The keys of one place: private halves in files only their owner may read, public halves beside them.

    A private half may be protected by a passphrase, which `passphrase` is asked for only when that file is read.
    """

    def __init__(self, folder: Path, passphrase: Passphrase | None = None) -> None:
        self.folder = folder
        self._passphrase = passphrase or current_source()
        self._opened: dict[str, SigningKey | AgeIdentity] = {}

    def make_signing(self, name: str, passphrase: str | None = None) -> SigningKey:
        """Make and keep a signing key, protected where a passphrase is given; raises Refused rather than replace."""
        key = SigningKey.generate()
        self._keep(f"{name}{SIGNING}", _pem(key, passphrase), key.public)
        return key

    def make_identity(self, name: str, passphrase: str | None = None) -> AgeIdentity:
        """Make and keep an age identity, protected where a passphrase is given; raises Refused rather than replace."""
        identity = AgeIdentity.generate()
        self._keep(f"{name}{IDENTITY}", _age_file(identity, passphrase), identity.recipient)
        return identity

    def has_signing(self, name: str) -> bool:
        """Whether the private half of a signing key is here."""
        return self._path(name, SIGNING).exists()

    def has_identity(self, name: str) -> bool:
        """Whether an age identity is here."""
        return self._path(name, IDENTITY).exists()

    def signing(self, name: str) -> SigningKey:
        """Return a signing key; raises KioskError when it is not here, open to others, or stays shut."""
        path = self._path(name, SIGNING)
        content = read_private(path)
        if not is_protected(content):
            return SigningKey.from_pem(content)
        known = self._opened.get(path.name)
        key = known if isinstance(known, SigningKey) else SigningKey.from_pem(content, self._passphrase(path))
        self._opened[path.name] = key
        return key

    def identity(self, name: str) -> AgeIdentity:
        """Return an age identity, which opens what its predecessors opened; raises KioskError as `signing` does."""
        path = self._path(name, IDENTITY)
        before = [self._identity(self.folder / f"{old}{IDENTITY}") for old in self.predecessors(name)]
        return AgeIdentity(self._identity(path).reveal(), before)

    def predecessors(self, name: str) -> tuple[str, ...]:
        """Return the names of the keys before this one whose age identity is still here, oldest first."""
        return tuple(n for n in predecessors(self.folder, name) if (self.folder / f"{n}{IDENTITY}").exists())

    def lost_predecessors(self, name: str) -> tuple[str, ...]:
        """Return the names of the keys before this one whose age identity is not here any more."""
        was_age = [n for n in predecessors(self.folder, name) if (self.folder / f"{n}{IDENTITY}.pub").exists()]
        return tuple(n for n in was_age if n not in self.predecessors(name))

    def has_public(self, name: str) -> bool:
        """Whether a signing key's public half is here."""
        return self._path(name, f"{SIGNING}.pub").exists()

    def public(self, name: str) -> str:
        """Return a signing key's public half, which stays when the private half is taken offline."""
        return read_line(self._path(name, f"{SIGNING}.pub"))

    def recipient(self, name: str) -> str:
        """Return an age identity's public half, which stays when the identity is taken offline."""
        return read_line(self._path(name, f"{IDENTITY}.pub"))

    def keep_public(self, name: str, public: str) -> None:
        """Keep the public signing key of somebody else; raises Refused rather than change one already trusted."""
        read_public(public)
        path = self._path(name, f"{SIGNING}.pub")
        if path.exists():
            if self.public(name) != public:
                raise Refused(f"{path} holds another key. Check which is right before you remove it.")
            return
        write_new(path, f"{public}\n".encode("ascii"), 0o644)

    def chain(self, name: str) -> tuple[str, ...]:
        """Return the certificates of a key, its own first; raises KioskError when there are none."""
        path = self._path(name, CERTIFICATES)
        try:
            return tuple(path.read_text(encoding="ascii").split())
        except FileNotFoundError:
            raise KioskError(f"The key {name!r} has no certificate here ({path}).") from None

    def keep_chain(self, name: str, chain: tuple[str, ...]) -> None:
        """Keep the certificates of a key, replacing older ones."""
        replace_file(self._path(name, CERTIFICATES), "".join(f"{c}\n" for c in chain).encode("ascii"), 0o644)

    def is_protected(self, file: str) -> bool:
        """Whether a private half here needs a passphrase."""
        content = read_private(self.folder / file)
        return is_protected(content) or age.is_protected(content)

    def protect(self, file: str, passphrase: str | None) -> None:
        """Write a private half again, protected by another passphrase, or by none.

        Raises Denied where the present passphrase is wrong. The file is replaced at one stroke.
        """
        path = self.folder / file
        if file.endswith(SIGNING):
            content = _pem(self.signing(file.removesuffix(SIGNING)), passphrase)
        else:
            content = _age_file(self._identity(path), passphrase)
        replace_file(path, content, 0o600)
        self._opened.pop(file, None)

    def turn_over(self, name: str) -> str:
        """Let the keys `NAME.next` take the place of `NAME`; return the numbered name the old ones are kept under."""
        self._opened.clear()
        return turn_over(self.folder, name)

    def _path(self, name: str, suffix: str) -> Path:
        if NEXT not in name:
            finish(self.folder, name)
        return self.folder / f"{name}{suffix}"

    def _identity(self, path: Path) -> AgeIdentity:
        content = read_private(path)
        if not age.is_protected(content):
            return AgeIdentity(content.decode("ascii", "replace"))
        known = self._opened.get(path.name)
        identity = known if isinstance(known, AgeIdentity) else age.unprotect(content, self._passphrase(path))
        self._opened[path.name] = identity
        return identity

    def _keep(self, file: str, secret: bytes, public: str) -> None:
        path = self.folder / file
        if path.exists() or path.with_name(f"{file}.pub").exists():
            raise Refused(f"There is a key {path} already; it is never replaced.")
        write_new(path, secret, 0o600)
        write_new(path.with_name(f"{file}.pub"), f"{public}\n".encode("ascii"), 0o644)


def _pem(key: SigningKey, passphrase: str | None) -> bytes:
    if passphrase is not None:
        must_be_strong(passphrase)
    return key.to_pem(passphrase)


def _age_file(identity: AgeIdentity, passphrase: str | None) -> bytes:
    if passphrase is None:
        return f"{identity.reveal()}\n".encode("ascii")
    must_be_strong(passphrase)
    return age.protect(identity, passphrase)
