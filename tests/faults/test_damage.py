"""No byte of anything signed can change unseen: every kind of document, every place, every length."""

from collections.abc import Callable
from itertools import pairwise
from random import Random

import pytest
from signed_document import KINDS, Kind, blobs, read_package_with

from keyring import the_keyring
from kiosk.exam.error import KioskError
from kiosk.sealing.envelope import PayloadType
from kiosk.sealing.revocation import NONE_REVOKED

RING = the_keyring()
KIND = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
DOSE_OF_BLOBS = 500
"""Changes and truncations each of the sealed parts of a package in a dose; the parts of it are large."""


def read(kind: Kind, data: bytes) -> object:
    return kind.read(data, RING, NONE_REVOKED)


def flips(data: bytes, bits: int, seed: int) -> list[tuple[int, int]]:
    """Every byte, with some of its bits."""
    random = Random(seed)
    return [(place, bit) for place in range(len(data)) for bit in random.sample(range(8), bits)]


def turned(data: bytes, place: int, bit: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1 << bit]) + data[place + 1 :]


def refused(read_it: Callable[[bytes], object], spoilt: bytes, what: str) -> int:
    """Count one spoilt document; fail when it is read as if nothing were wrong."""
    try:
        read_it(spoilt)
    except KioskError as error:
        return int(bool(error.message))
    pytest.fail(f"{what} was accepted")


def spoil(kind: Kind, bits: int) -> tuple[int, int]:
    data = kind.make(RING)
    read(kind, data)
    changed = sum(
        refused(lambda d: read(kind, d), turned(data, place, bit), f"bit {bit} of byte {place} turned, {kind.name}")
        for place, bit in flips(data, bits, len(data))
    )
    cut = sum(
        refused(lambda d: read(kind, d), data[:length], f"{kind.name} cut to {length}") for length in range(len(data))
    )
    print(f"{kind.name}: {changed:,} changed bits and {cut:,} truncations of {len(data):,} bytes refused")
    return changed, cut


@KIND
def test_every_changed_byte_and_every_truncation_is_refused(kind):
    changed, cut = spoil(kind, 1)
    assert changed == cut > 400


@pytest.mark.slow
@pytest.mark.timeout(3_600)
@KIND
def test_every_changed_bit_is_refused(kind):
    changed, cut = spoil(kind, 8)
    assert changed == 8 * cut > 3_200


@KIND
def test_what_was_not_spoilt_is_accepted(kind):
    """The control: the very reading that refuses takes the document as it was."""
    assert read(kind, kind.make(RING)) is not None


@KIND
def test_bytes_before_or_after_are_refused(kind):
    data = kind.make(RING)
    for more in (b" ", b"\n", b"\0", b"{}", data):
        for spoilt in (data + more, more + data):
            with pytest.raises(KioskError):
                read(kind, spoilt)


@KIND
def test_a_document_of_another_kind_is_refused(kind):
    for other in KINDS:
        if other is not kind:
            with pytest.raises(KioskError):
                read(kind, other.make(RING))


def spoil_blobs(most: int) -> int:
    total = 0
    for name, data in blobs(RING).items():
        random = Random(name)
        for place in sorted(random.sample(range(len(data)), min(most, len(data)))):
            spoilt = turned(data, place, random.randrange(8))
            total += refused(lambda d, n=name: read_package_with(RING, {n: d}), spoilt, f"{name}, byte {place}")
        for length in sorted(random.sample(range(len(data)), min(most, len(data)))):
            total += refused(lambda d, n=name: read_package_with(RING, {n: d}), data[:length], f"{name} to {length}")
    print(f"sealed parts of a package: {total:,} changed bits and truncations in {len(blobs(RING))} parts refused")
    return total


def test_changed_and_cut_parts_of_a_package_are_refused():
    assert spoil_blobs(DOSE_OF_BLOBS // len(blobs(RING))) >= DOSE_OF_BLOBS


@pytest.mark.slow
@pytest.mark.timeout(3_600)
def test_every_changed_byte_and_truncation_of_every_part_of_a_package_is_refused():
    lengths = sum(len(data) for data in blobs(RING).values())
    assert spoil_blobs(lengths) == 2 * lengths


def test_parts_of_a_package_under_each_others_names_are_refused():
    parts = blobs(RING)
    names = list(parts)
    for first, second in pairwise(names):
        with pytest.raises(KioskError):
            read_package_with(RING, {first: parts[second], second: parts[first]})


def test_no_kind_of_document_is_forgotten():
    assert {kind.payload_type for kind in KINDS} == set(PayloadType)
