"""Secrets people sign in with: made here, shown once, and kept as Argon2id hashes only."""

import secrets
from typing import TYPE_CHECKING

from kiosk.exam.code import ALPHABET, LENGTH, plain

if TYPE_CHECKING:
    from argon2 import PasswordHasher

PIN_DIGITS = 6


def new_code() -> str:
    """Return a fresh access code of more than 40 bits, without its hyphens."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def new_pin() -> str:
    """Return a fresh PIN of six digits for a proctor."""
    return "".join(secrets.choice("0123456789") for _ in range(PIN_DIGITS))


def hash_secret(secret: str) -> str:
    """Return the Argon2id string of a code or PIN, by what `plain` makes of it."""
    return _hasher().hash(plain(secret))


def is_secret(secret_hash: str, typed: str) -> bool:
    """Whether what a person typed is the secret of this hash."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return _hasher().verify(secret_hash, plain(typed))
    except (VerificationError, InvalidHashError):
        return False


def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher, Type

    # half the memory of RFC 9106's second choice: codes are random, and a whole hall signs in within minutes
    return PasswordHasher(time_cost=3, memory_cost=32_768, parallelism=1, hash_len=32, salt_len=16, type=Type.ID)
