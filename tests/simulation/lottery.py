"""Every chance of the program drawn from a seed, so that a day is the same at each run: ids, salts, keys and seals."""

import os
import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

import age_by_seed
import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.sealing.age import AgeIdentity
from kiosk.sealing.key import SigningKey


@contextmanager
def drawn_from(source: random.Random) -> Iterator[None]:
    """Draw from `source` what the system's random source gives: `os.urandom` and all that rests on it.

    `uuid4`, `secrets` and `SystemRandom` rest on it by Python; keys and age's seals are made here.
    """
    chance = source.randbytes
    changes = (
        patch.object(os, "urandom", chance),
        patch.object(random, "_urandom", chance),
        patch.object(pyrage, "encrypt", lambda plain, to: age_by_seed.seal(plain, map(str, to), chance)),
        patch.object(SigningKey, "generate", lambda: SigningKey(Ed25519PrivateKey.from_private_bytes(chance(32)))),
        patch.object(AgeIdentity, "generate", lambda: AgeIdentity(age_by_seed.identity(chance))),
    )
    with ExitStack() as stack:
        for change in changes:
            stack.enter_context(change)
        yield
