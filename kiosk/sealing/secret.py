"""Secrets people type: access codes and PINs, kept only as Argon2id strings (RFC 9106)."""

from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from kiosk.exam.code import plain
from kiosk.exam.error import Invalid


@dataclass(frozen=True, slots=True)
class Cost:
    """How much work one try is."""

    passes: int = 3
    memory_kib: int = 64 * 1024
    lanes: int = 4


STANDARD = Cost()
"""RFC 9106's second recommendation: about 0.2 s on a small machine."""

CODE = Cost(passes=2, memory_kib=19 * 1024, lanes=1)
"""OWASP's least, for access codes: they are random, and a roster has hundreds."""


def hash_secret(secret: str, cost: Cost = STANDARD) -> str:
    """Return the Argon2id string of a secret without its hyphens and blanks, salted anew at every call."""
    hasher = PasswordHasher(time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=cost.lanes)
    return hasher.hash(plain(secret))


def fits(secret: str, hashed: str) -> bool:
    """Whether a secret, however it is spaced, is the one that was hashed; raises Invalid for no Argon2 string."""
    try:
        return PasswordHasher().verify(hashed, plain(secret))
    except VerifyMismatchError:
        return False
    except (InvalidHashError, VerificationError):
        raise Invalid("this is not the Argon2id string of a secret") from None
