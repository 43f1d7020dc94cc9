"""The drill: what central holds is opened with the escrow identity alone, so that the safe is known to hold the key."""

import hashlib
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kiosk.exam.error import Denied, KioskError, Tampered
from kiosk.sealing import frame
from kiosk.sealing.age import AgeIdentity, seal_to
from kiosk.sealing.body import open_body
from kiosk.sealing.bundle import verify
from kiosk.sealing.compression import compress, expand

TEST_BYTES = 100_000


@dataclass(frozen=True, slots=True)
class Drilled:
    """One bundle of a drill."""

    bundle_id: str
    """Empty for the bytes made for the drill where central holds no bundle."""
    problem: str | None = None
    """Why it did not open to what its manifest names; None where it did."""


def drill(bundles: Iterable[tuple[str, bytes, bytes]], escrow: AgeIdentity, named: str, root: str) -> Iterator[Drilled]:
    """Open every bundle with the escrow identity and hold it against its manifest; one that fails stops no other.

    Without a bundle, fresh bytes are sealed to `named`, the escrow recipient that packages name, and opened. Raises
    Denied where the identity is not the one named.
    """
    if escrow.recipient != named:
        raise Denied("This is another identity than the escrow that packages name. Look in the other safe.")
    seen = False
    for bundle_id, envelope, body in bundles:
        seen = True
        try:
            bundle = verify(frame.join(envelope, body), root)
            open_body(bundle.manifest, bundle.body, escrow)
        except KioskError as error:
            yield Drilled(bundle_id, error.message)
        else:
            yield Drilled(bundle_id)
    if not seen:
        _try(escrow, named)
        yield Drilled("")


def _try(escrow: AgeIdentity, named: str) -> None:
    plain = secrets.token_bytes(TEST_BYTES)
    opened = expand(escrow.open(seal_to([named], compress(plain))), len(plain))
    if hashlib.sha256(opened).digest() != hashlib.sha256(plain).digest():
        raise Tampered("What was sealed to the escrow did not open to the same bytes.")
