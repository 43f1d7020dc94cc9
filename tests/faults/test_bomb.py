"""Small things that grow: each is refused in words, in bounded memory and time, whoever signed it."""

import gzip
import hashlib
import io
import json
import zipfile
from functools import cache
from pathlib import Path

import pytest
from burst import Burst, measured
from signed_document import blobs, package_folder, the_bundle

from builders import a_clock
from keyring import the_keyring
from kiosk.central.intake import Intake, Outcome
from kiosk.sealing import frame
from kiosk.sealing.age import AgeIdentity, seal_to
from kiosk.sealing.body import open_body
from kiosk.sealing.bundle import verify
from kiosk.sealing.canary import LARGEST_LAYER, search
from kiosk.sealing.closing import read_closing
from kiosk.sealing.compression import compress, expand, zstd
from kiosk.sealing.copy import read_file
from kiosk.sealing.envelope import LARGEST_ENVELOPE, PayloadType, read_envelope, sign, sign_payload
from kiosk.sealing.index import read_index
from kiosk.sealing.package import BLOBS, MANIFEST, read_package
from kiosk.sealing.receipt import ReceiptSigner, read_receipt
from kiosk.sealing.release import read_release
from kiosk.sealing.revocation import read_revocations
from kiosk.wire.bundle import LARGEST_PLAIN
from storage.central.intake import IntakeStore

KEYS = the_keyring()
ROOT = KEYS.root.public
MIB = 2**20
MOST_MIB = 512
"""Memory any refusal may take, beyond what the process held."""
MOST_SECONDS = 30


def refused(what: str, burst: Burst, most_mib: int = MOST_MIB) -> None:
    """Hold a reading to its bounds."""
    print(f"{what}: {burst.outcome} in {burst.seconds:.1f} s with {burst.grown_mib:.0f} MiB more: {burst.words[:90]}")
    assert burst.outcome == "refused", (what, burst)
    assert burst.words
    assert burst.grown_mib < most_mib, (what, burst)
    assert burst.seconds < MOST_SECONDS, (what, burst)


def by_the_seat(body: bytes, plain: bytes = b"", length: int | None = None) -> bytes:
    """A bundle that verifies: a real seat's key signs whatever body it likes."""
    document = read_envelope(the_bundle(KEYS).envelope, PayloadType.BUNDLE).document() | {
        "plain": {"sha256": hashlib.sha256(plain).hexdigest(), "length": len(plain) if length is None else length},
        "sealed": {"sha256": hashlib.sha256(body).hexdigest(), "length": len(body)},
    }
    return frame.join(sign(PayloadType.BUNDLE, document, KEYS.seat), body)


def opened(data: bytes) -> object:
    told = verify(data, ROOT)
    return open_body(told.manifest, told.body, KEYS.intake)


@cache
def a_frame_of_zeros(mib: int) -> bytes:
    """One zstd frame that becomes so many MiB."""
    writer = zstd.ZstdCompressor(level=19)
    return b"".join([*(writer.compress(bytes(MIB)) for _ in range(mib)), writer.flush()])


def a_wide_frame(window_log: int) -> bytes:
    """One zstd frame of unknown length that wants a window of so many bits to be read."""
    writer = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: window_log})
    return bytes(writer.compress(bytes(MIB)) + writer.flush())


def repeated(unit: bytes, size: int) -> bytes:
    return b"[" + b",".join([unit] * (size // (len(unit) + 1))) + b"]"


GROWING = {
    "a gigabyte behind a modest claim": (lambda: a_frame_of_zeros(1_024), 1_000),
    "a gigabyte behind the largest claim": (lambda: a_frame_of_zeros(1_024), LARGEST_PLAIN),
    "a gigabyte behind a claim beyond the largest": (lambda: a_frame_of_zeros(1_024), 2**30),
    "ten thousand frames in a row": (lambda: compress(b"x" * 1_000) * 10_000, 10_000_000),
    "a frame that asks for a window of 128 megabytes": (lambda: a_wide_frame(27), MIB),
    "no frame at all": (lambda: b"\x28\xb5\x2f\xfd" + b"\xff" * 1_000, 1_000),
}


@pytest.mark.parametrize("what", GROWING)
def test_a_body_that_grows_stops_at_what_the_seat_signed_for(what):
    make, claim = GROWING[what]
    data = by_the_seat(seal_to(KEYS.recipients, make()), length=claim)
    assert len(data) < 2 * MIB
    refused(what, measured(lambda: opened(data)))


def test_the_reader_without_a_bound_grows_and_is_seen_to():
    """The control: the same frame, expanded to its end, takes what the measuring says it takes."""
    burst = measured(lambda: zstd.decompress(a_frame_of_zeros(1_024)))
    assert burst.outcome == "read"
    assert burst.grown_mib > 1_000


def test_a_body_that_is_exactly_as_long_as_signed_is_read():
    assert expand(a_frame_of_zeros(1), MIB) == bytes(MIB)


CROWDED = {
    "empty lists": b"[]",
    "empty objects": b"{}",
    "short texts": b'"ab"',
    "numbers": b"9007199254740991",
    "lists in lists": b"[[[[[[[[]]]]]]]]",
}


@pytest.mark.parametrize("what", CROWDED)
def test_a_body_of_the_largest_size_made_of_the_smallest_parts(what):
    """The digest is right, and so is the length: only what it would become in memory is too much."""
    unit = CROWDED[what]
    plain = b'{"x":' + repeated(unit, LARGEST_PLAIN - 100) + b"}"
    data = by_the_seat(seal_to(KEYS.recipients, compress(plain)), plain)
    refused(f"64 MiB of {what}", measured(lambda: opened(data)), 640)


NESTED = {
    "lists": lambda deep: b"[" * deep + b"]" * deep,
    "objects": lambda deep: b'{"a":' * deep + b"1" + b"}" * deep,
    "lists left open": lambda deep: b"[" * deep,
}


@pytest.mark.parametrize("deep", [65, 1_000, 100_000, 500_000])
@pytest.mark.parametrize("what", NESTED)
def test_documents_nested_too_deeply(what, deep):
    payload = b'{"a":' + NESTED[what](deep) + b"}"
    for data, read in (
        (payload, lambda d: read_envelope(d, PayloadType.RECEIPT)),
        (sign_payload(PayloadType.RECEIPT, payload, KEYS.receipt), lambda d: read_receipt(d, ROOT)),
        (sign_payload(PayloadType.INDEX, payload, KEYS.hall), lambda d: read_index(d, ROOT)),
        (sign_payload(PayloadType.REVOCATIONS, payload, KEYS.root), lambda d: read_revocations(d, ROOT)),
    ):
        refused(f"{deep:,} {what}", measured(lambda d=data, r=read: r(d)))
    body = by_the_seat(seal_to(KEYS.recipients, compress(payload)), payload)
    refused(f"{deep:,} {what} in a body", measured(lambda: opened(body)))


def huge_counts() -> dict[str, bytes]:
    bundle = read_envelope(the_bundle(KEYS).envelope, PayloadType.BUNDLE).document()
    epoch = bundle["epochs"][0]
    body = the_bundle(KEYS).body

    def manifest(**changes: object) -> bytes:
        return frame.join(sign(PayloadType.BUNDLE, bundle | changes, KEYS.seat), body)

    return {
        "more entries than there may be": manifest(entries=2**53 - 1),
        "a plain length nobody has": manifest(plain={"sha256": "0" * 64, "length": 2**53 - 1}),
        "a sealed length nobody has": manifest(sealed={"sha256": "0" * 64, "length": 2**53 - 1}),
        "ten thousand and one epochs": manifest(epochs=[epoch] * 10_001),
        "nine recipients": manifest(recipients=list(KEYS.recipients) * 5),
        "five certificates": manifest(certificates=[*KEYS.seat_chain, *KEYS.hall_chain]),
        "a certificate of a megabyte": manifest(certificates=["a" * MIB]),
        "a negative number of entries": manifest(entries=-1),
        "entries as a text": manifest(entries="7"),
    }


@pytest.mark.parametrize("what", huge_counts())
def test_counts_that_cannot_be(what):
    data = huge_counts()[what]
    refused(what, measured(lambda: opened(data)), 64)


def lying_frames() -> dict[str, bytes]:
    good = the_bundle(KEYS)
    magic, size = frame.MAGIC, len(good.envelope)
    return {
        "an envelope of four gigabytes": magic + b"\xff\xff\xff\xff" + good.data[len(magic) + 4 :],
        "a body of sixteen exabytes": good.data[: len(magic) + 4 + size] + b"\xff" * 8 + good.body,
        "an envelope of nothing": magic + bytes(4) + bytes(8),
        "an envelope longer than is read": frame.join(b"{" * (LARGEST_ENVELOPE + 1), b""),
        "lengths that overlap": magic + (size + 8).to_bytes(4, "big") + good.data[len(magic) + 4 :],
        "the magic alone": magic,
        "a digit of five thousand figures": frame.join(b'{"payload":' + b"9" * 5_000 + b"}", b""),
        "four megabytes of lists for an envelope": frame.join(
            b'{"payload":' + repeated(b"[]", 4 * MIB - 99) + b"}", b""
        ),
    }


@pytest.mark.parametrize("what", lying_frames())
def test_frames_that_lie(what):
    data = lying_frames()[what]
    refused(what, measured(lambda: verify(data, ROOT)))


def many_stanzas(count: int, kind: bytes = b"X25519") -> bytes:
    stanza = b"-> " + kind + b" " + b"A" * 43 + b"\n" + b"B" * 43 + b"\n"
    return b"age-encryption.org/v1\n" + stanza * count + b"--- " + b"C" * 43 + b"\n" + bytes(32)


HEADERS = {
    "ten thousand recipients": lambda: many_stanzas(10_000),
    "half a million recipients": lambda: many_stanzas(500_000),
    "half a million unknown recipients": lambda: many_stanzas(500_000, b"grease"),
    "a passphrase of a work factor of 2^30": lambda: (
        b"age-encryption.org/v1\n-> scrypt AAAAAAAAAAAAAAAAAAAAAA 30\n" + b"B" * 43 + b"\n--- " + b"C" * 43 + b"\n"
    ),
    "one stanza of thirty megabytes": lambda: (
        b"age-encryption.org/v1\n-> X25519 " + b"A" * (30 * MIB) + b"\n\n--- " + b"C" * 43 + b"\n"
    ),
    "one stanza of a hundred kilobytes": lambda: (
        b"age-encryption.org/v1\n-> X25519 " + b"A" * 100_000 + b"\n\n--- " + b"C" * 43 + b"\n"
    ),
    "more than is ever opened": lambda: bytes(64 * MIB + 1),
}


@pytest.mark.parametrize("what", HEADERS)
def test_age_headers_that_grow(what):
    sealed = HEADERS[what]()
    refused(what, measured(lambda: KEYS.intake.open(sealed)))


def test_a_body_sealed_to_a_thousand_recipients_opens_for_the_one_it_is_for():
    """More recipients than a manifest names is odd, and harmless: what is refused is decided by the body's words."""
    others = [AgeIdentity.generate().recipient for _ in range(1_000)]
    burst = measured(lambda: KEYS.intake.open(seal_to([*others, KEYS.intake.recipient], b"a few words")))
    assert burst.outcome == "read"
    assert burst.grown_mib < 64


def zipped(names: int, mib: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(names):
            with archive.open(f"{number}", "w", force_zip64=True) as member:
                for _ in range(mib):
                    member.write(bytes(MIB))
    return out.getvalue()


BEYOND = LARGEST_LAYER + 40 * MIB
PACKED = {
    "a gzip": lambda: gzip.compress(bytes(BEYOND), 1),
    "a zstd": lambda: a_frame_of_zeros(BEYOND // MIB),
    "a zip": lambda: zipped(1, BEYOND // MIB),
    "a gzip in a gzip in a gzip": lambda: gzip.compress(gzip.compress(gzip.compress(bytes(BEYOND), 1))),
    "a gzip of base64": lambda: gzip.compress(b"A" * BEYOND, 1),
}
"""Small files, each of which becomes larger than any layer that is searched."""


@pytest.mark.parametrize("what", PACKED)
def test_the_search_for_what_must_not_leave_stops_at_its_bound(what):
    """What cannot be searched is refused, not passed over: nothing goes out unsearched."""
    data = PACKED[what]()
    assert len(data) < 8 * MIB
    refused(what, measured(lambda: search(data, ["a canary"], what)), 1_024)


@pytest.fixture
def sparse(tmp_path: Path) -> Path:
    """A file of two gigabytes that takes no room."""
    path = tmp_path / f"{'0' * 64}{frame.SUFFIX}"
    with path.open("wb") as file:
        file.write(frame.MAGIC)
        file.truncate(2 * 2**30)
    return path


def test_a_file_of_two_gigabytes_under_the_name_of_a_bundle(sparse):
    refused("read as a bundle", measured(lambda: read_file(sparse, frame.LARGEST)), 64)
    intake = Intake(IntakeStore.__new__(IntakeStore), ROOT, ReceiptSigner(KEYS.receipt, KEYS.receipt_chain), a_clock())
    (taken,) = intake.take_folder(sparse.parent)
    assert taken.outcome is Outcome.UNREAD
    assert "at most" in taken.reason


@pytest.mark.parametrize("name", [MANIFEST, "a blob"])
def test_a_file_of_two_gigabytes_in_a_package(name, tmp_path):
    folder = tmp_path / "package"
    (folder / BLOBS).mkdir(parents=True)
    (folder / MANIFEST).write_bytes((package_folder(KEYS) / MANIFEST).read_bytes())
    for path, data in blobs(KEYS).items():
        (folder / path).write_bytes(data)
    spoilt = folder / (MANIFEST if name == MANIFEST else next(iter(blobs(KEYS))))
    with spoilt.open("wb") as file:
        file.truncate(2 * 2**30)
    refused(f"{name} of two gigabytes", measured(lambda: read_package(folder, ROOT)), 64)


TOO_LARGE = {
    "release token": lambda d: read_release(d, ROOT),
    "receipt": lambda d: read_receipt(d, ROOT),
    "closing": lambda d: read_closing(d, ROOT),
    "index": lambda d: read_index(d, ROOT),
    "revocation list": lambda d: read_revocations(d, ROOT),
}


@pytest.mark.parametrize("what", TOO_LARGE)
def test_documents_of_a_hundred_megabytes(what):
    for data in (bytes(100 * MIB), b"[" * (100 * MIB), json.dumps({"payload": "A" * (100 * MIB)}).encode()):
        refused(f"{what} of 100 MiB", measured(lambda d=data: TOO_LARGE[what](d)), 64)
