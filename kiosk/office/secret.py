"""Secrets people sign in with: made here, shown once, and kept as Argon2id strings only."""

import secrets

from kiosk.exam.code import ALPHABET, LENGTH, grouped
from kiosk.exam.person import Role
from kiosk.sealing.secret import CODE, STANDARD, hash_secret

PIN_DIGITS = 6


def new_secret(role: Role) -> str:
    """Return a fresh access code for a candidate, in groups, a fresh PIN for a proctor, nothing for others."""
    if role is Role.CANDIDATE:
        return grouped("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))
    return "".join(secrets.choice("0123456789") for _ in range(PIN_DIGITS)) if role is Role.PROCTOR else ""


def hashed(role: Role, secret: str) -> str | None:
    """Return the Argon2id string of a secret, or None where there is none."""
    if not secret:
        return None
    return hash_secret(secret, CODE if role is Role.CANDIDATE else STANDARD)
