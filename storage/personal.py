"""Columns sealed on a server, with the office's key, before they leave here: what names a person or opens a paper."""

import base64
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from sqlalchemy import Dialect, Engine, LargeBinary, String, TypeDecorator, select
from sqlalchemy.exc import DontWrapMixin

from storage.engine import StoreError

PERSONAL_KEY_BYTES = 64
"""AES-SIV with two keys of 256 bits, RFC 5297."""


class SealError(StoreError, DontWrapMixin):
    """A personal value that cannot be sealed or opened; SQLAlchemy hands it on as it is."""


_MARK = "siv1:"
_NONCE_BYTES = 16


class PersonalSeal:
    """Seals and opens values of personal columns; one column's value does not open as another's."""

    def __init__(self, key: bytes) -> None:
        if len(key) != PERSONAL_KEY_BYTES:
            raise SealError(f"The key of personal data is {len(key)} bytes long; it must be {PERSONAL_KEY_BYTES}.")
        self._cipher = AESSIV(key)

    def __repr__(self) -> str:
        return "PersonalSeal()"

    def seal(self, column: str, text: str, *, same: bool) -> str:
        """Return a value sealed: equal values to equal text where `same`, else never the same twice."""
        nonce = b"" if same else os.urandom(_NONCE_BYTES)
        return _MARK + base64.b64encode(nonce + self._encrypt(column, nonce, text.encode())).decode()

    def seal_bytes(self, column: str, content: bytes) -> bytes:
        """Return bytes sealed, never the same twice."""
        nonce = os.urandom(_NONCE_BYTES)
        return _MARK.encode() + nonce + self._encrypt(column, nonce, content)

    def open_bytes(self, column: str, sealed: bytes) -> bytes:
        """Return bytes; raises StoreError for what was not sealed, or not with this key for this column."""
        mark = _MARK.encode()
        if not sealed.startswith(mark):
            raise SealError(f"{column} holds a value that is not sealed. Seal it: kiosk central migrate.")
        raw = sealed[len(mark) :]
        return self._decrypt(column, raw[:_NONCE_BYTES], raw[_NONCE_BYTES:])

    def open(self, column: str, sealed: str, *, same: bool) -> str:
        """Return a value; raises StoreError for one that was not sealed, or not with this key for this column."""
        if not sealed.startswith(_MARK):
            raise SealError(f"{column} holds a value that is not sealed. Seal it: kiosk central migrate.")
        try:
            raw = base64.b64decode(sealed[len(_MARK) :], validate=True)
            nonce, rest = (b"", raw) if same else (raw[:_NONCE_BYTES], raw[_NONCE_BYTES:])
            return self._decrypt(column, nonce, rest).decode()
        except ValueError:
            raise _not_ours(column) from None

    def _encrypt(self, column: str, nonce: bytes, content: bytes) -> bytes:
        # an empty plaintext is not taken by the cipher, and an empty value is a value like any other
        return self._cipher.encrypt(b"\x00" + content, [column.encode(), nonce])

    def _decrypt(self, column: str, nonce: bytes, sealed: bytes) -> bytes:
        try:
            return self._cipher.decrypt(sealed, [column.encode(), nonce])[1:]
        except (InvalidTag, ValueError):
            raise _not_ours(column) from None


def _not_ours(column: str) -> SealError:
    return SealError(
        f"{column} does not open with personal.key of this office: it is another office's key, or the value "
        "was changed."
    )


class Personal(TypeDecorator[str]):
    """Text that names a person or opens a paper: sealed on PostgreSQL; a file is encrypted as a whole.

    With `same`, equal values are equal in the store too, so that one can be looked up or be unique.
    """

    impl = String
    cache_ok = True

    def __init__(self, column: str, same: bool = False) -> None:
        super().__init__()
        self.column = column
        self.same = same

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return the value as it is stored; raises StoreError on a server opened without the key."""
        if value is None or dialect.name != "postgresql":
            return value
        return seal_of(dialect).seal(self.column, value, same=self.same)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:
        """Return the value; raises StoreError without the key, or where it does not open with it."""
        if value is None or dialect.name != "postgresql":
            return value
        return seal_of(dialect).open(self.column, value, same=self.same)


class PersonalBytes(TypeDecorator[bytes]):
    """Bytes that may show a person, such as a capture of a screen: sealed on PostgreSQL, as they are in a file."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, column: str) -> None:
        super().__init__()
        self.column = column

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Return the value as it is stored; raises StoreError on a server opened without the key."""
        if value is None or dialect.name != "postgresql":
            return value
        return seal_of(dialect).seal_bytes(self.column, value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> bytes | None:
        """Return the value; raises StoreError without the key, or where it does not open with it."""
        if value is None or dialect.name != "postgresql":
            return value
        return seal_of(dialect).open_bytes(self.column, bytes(value))


def use_seal(engine: Engine, key: bytes) -> None:
    """Have an engine seal and open personal columns with a key."""
    engine.dialect.kiosk_personal = PersonalSeal(key)  # type: ignore[attr-defined]


def seal_of(dialect: Dialect) -> PersonalSeal:
    """Return what seals personal columns here; raises StoreError where the store was opened without the key."""
    seal = getattr(dialect, "kiosk_personal", None)
    if not isinstance(seal, PersonalSeal):
        raise SealError("Names are sealed in this database, and it was opened without personal.key of the office.")
    return seal


def check_seal(engine: Engine) -> None:
    """Raise StoreError unless a name that stands in the store opens with the engine's key."""
    from storage.models.office import Person

    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            connection.scalar(select(Person.name).order_by(Person.user_id).limit(1))
