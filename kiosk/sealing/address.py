"""The address of a hub: signed by its hall, carried to seats and consoles with the token that lets them in."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import ValidationError

from kiosk.exam.error import Denied, Invalid
from kiosk.exam.moment import iso
from kiosk.sealing.certificate import verify_chain
from kiosk.sealing.envelope import PayloadType, read_envelope, sign
from kiosk.sealing.key import KeyRole, SigningKey
from kiosk.sealing.revocation import NONE_REVOKED, Revocations
from kiosk.wire.address import LARGEST_ADDRESS, AddressFile, HubAddress
from kiosk.wire.document import words

LARGEST_FILE = 2 * LARGEST_ADDRESS
"""Bytes of an address file: the envelope is a text within it."""


def sign_address(
    urls: Sequence[str], certificate: str, token: str, key: SigningKey, chain: Sequence[str], root: str, at: datetime
) -> AddressFile:
    """Return the address of a hub at `urls`, which shows `certificate` (PEM), with the token.

    Raises Invalid for a URL or certificate that cannot stand in it.
    """
    holder = verify_chain(chain, root, KeyRole.HALL)
    try:
        address = HubAddress.model_validate(
            {
                "version": 1,
                "hall": holder.hall,
                "urls": tuple(urls),
                "certificate": certificate,
                "made_at": iso(at),
                "chain": tuple(chain),
                "root": root,
            }
        )
    except ValidationError as error:
        raise Invalid(f"this cannot be the address of a hub: {words(error)}") from None
    envelope = sign(PayloadType.HUB_ADDRESS, address.model_dump(mode="json"), key)
    return AddressFile(version=1, envelope=envelope.decode("ascii"), token=token)


def parse_address(data: bytes) -> AddressFile:
    """Return the address file that bytes hold, nothing of it believed yet; raises Invalid for another shape."""
    if len(data) > LARGEST_FILE:
        raise Invalid(f"an address file of {len(data):,} bytes is not read; at most {LARGEST_FILE:,}")
    try:
        return AddressFile.model_validate_json(data)
    except ValidationError as error:
        raise Invalid(f"this is not the address file of a hub: {words(error)}") from None


def read_address(file: AddressFile, root: str | None = None, revoked: Revocations = NONE_REVOKED) -> HubAddress:
    """Return what the hall signed, under `root`, or under the root it names where the reader knows none yet.

    Raises Tampered where it is not signed by a hall under that root, Denied for another root or a revoked key,
    Invalid for another shape.
    """
    envelope = read_envelope(file.envelope.encode("utf-8", "replace"), PayloadType.HUB_ADDRESS)
    try:
        address = HubAddress.model_validate_json(envelope.canonical_payload())
    except ValidationError as error:
        raise Invalid(f"the address of a hub is not of this version: {words(error)}") from None
    if root is not None and address.root != root:
        raise Denied("this address is of a hall under another central office")
    holder = verify_chain(address.chain, address.root, KeyRole.HALL, revoked=revoked).standing()
    envelope.check(holder.key)
    if holder.hall != address.hall:
        raise Denied(f"this address says {address.hall}, and the key that signed it is of {holder.hall}")
    return address
