"""age encryption (X25519): whoever holds the identity reads what was sealed to its recipient, nobody else."""

from collections.abc import Sequence

import pyrage
from pyrage import passphrase as by_passphrase

from kiosk.exam.error import Denied, Invalid, KioskError, Tampered

LARGEST_SEALED = 64 * 2**20
"""Bytes of ciphertext that will be looked at."""
LARGEST_HEADER = 128 * 1024
"""Bytes in which the recipients are named, some 100 each."""
LONGEST_LINE = 1024
"""Bytes of a line of the header; an ordinary one has 64, and to read one takes time with the square of its length."""
END_OF_HEADER = b"\n--- "
_HEADER = b"age-encryption.org/"


class AgeIdentity:
    """A private age key. Its text opens things, so it is never shown by `repr`.

    `before` are the identities it took the place of: it opens what was sealed to them too, and seals nothing to them.
    """

    def __init__(self, text: str, before: Sequence["AgeIdentity"] = ()) -> None:
        try:
            self._identity = pyrage.x25519.Identity.from_str(text.strip())
        except pyrage.IdentityError:
            raise Invalid("this is not an age identity") from None
        self._text = text.strip()
        self._before: list[pyrage.x25519.Identity] = [
            each for identity in before for each in (identity._identity, *identity._before)
        ]

    def __repr__(self) -> str:
        return f"AgeIdentity({self.recipient})"

    @classmethod
    def generate(cls) -> "AgeIdentity":
        """Return a fresh identity from the system's random source."""
        return cls(str(pyrage.x25519.Identity.generate()))

    @property
    def recipient(self) -> str:
        """The public half, `age1...`."""
        return str(self._identity.to_public())

    def reveal(self) -> str:
        """Return the secret text, `AGE-SECRET-KEY-1...`: for a key file of mode 0600 or for sealing to another key."""
        return self._text

    def open(self, sealed: bytes) -> bytes:
        """Return what was sealed; raises Tampered when it was changed or sealed to somebody else."""
        if len(sealed) > LARGEST_SEALED:
            raise Invalid(f"a sealed part has {len(sealed):,} bytes; at most {LARGEST_SEALED:,} are read")
        header, end, _ = sealed[:LARGEST_HEADER].partition(END_OF_HEADER)
        if not end or max(len(line) for line in header.split(b"\n")) > LONGEST_LINE:
            raise Tampered("a sealed part does not begin as one does that is sealed with age")
        try:
            return bytes(pyrage.decrypt(sealed, [self._identity, *self._before]))
        except pyrage.DecryptError:
            raise Tampered(
                "a sealed part does not open with this key: it was changed, or is meant for another"
            ) from None


def seal_to(recipients: Sequence[str], plain: bytes) -> bytes:
    """Return `plain` sealed so that any one of `recipients` can open it; raises Invalid for a bad recipient."""
    if not recipients:
        raise Invalid("nobody to seal to: give at least one age recipient")
    try:
        keys = [pyrage.x25519.Recipient.from_str(r) for r in recipients]
    except pyrage.RecipientError:
        raise Invalid("this is not an age recipient (it begins with age1)") from None
    try:
        return bytes(pyrage.encrypt(plain, keys))
    except pyrage.EncryptError:
        raise KioskError("The bytes could not be sealed.") from None


def is_protected(content: bytes) -> bool:
    """Whether the bytes of an identity's file are themselves encrypted with a passphrase."""
    return content.startswith(_HEADER)


def protect(identity: AgeIdentity, passphrase: str) -> bytes:
    """Return an identity's file encrypted with a passphrase (age's scrypt recipient), as `age -p` writes it."""
    return bytes(by_passphrase.encrypt(f"{identity.reveal()}\n".encode("ascii"), passphrase))


def unprotect(content: bytes, passphrase: str) -> AgeIdentity:
    """Return the identity in a protected file; raises Denied for a wrong passphrase, Invalid for anything else."""
    try:
        plain = bytes(by_passphrase.decrypt(content, passphrase))
    except pyrage.DecryptError:
        raise Denied("The passphrase does not open this key file, or the file is damaged.") from None
    return AgeIdentity(plain.decode("ascii", "replace"))
