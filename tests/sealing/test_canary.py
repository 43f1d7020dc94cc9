import base64
import gzip
import io
import json
import zipfile

import pytest

from builders import a_key, a_paper
from kiosk.exam.error import KioskError
from kiosk.sealing.canary import KEY_MARK, search
from kiosk.sealing.compression import compress

WORD = "canary-7f3a91c2-ü"


def zipped(data: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.txt", data)
    return file.getvalue()


LAYERS = {
    "plain": lambda raw: raw,
    "zstd": compress,
    "gzip": gzip.compress,
    "zip": zipped,
    "base64": base64.b64encode,
    "base64 shifted": lambda raw: base64.b64encode(b"xy" + raw + b"z"),
    "url base64": base64.urlsafe_b64encode,
    "hex": lambda raw: raw.hex().encode(),
    "json": lambda raw: json.dumps({"a": raw.decode("utf-8", "replace")}).encode(),
}


CASES = [(inner, "utf-8") for inner in LAYERS] + [
    (inner, code) for inner in LAYERS if inner not in ("hex", "json") for code in ("utf-16-le", "utf-16-be")
]


@pytest.mark.parametrize(("inner", "code"), CASES)
def test_a_word_is_found_in_every_spelling(inner, code):
    hidden = LAYERS[inner](f"before {WORD} after".encode(code))
    assert {s.needle for s in search(hidden, [WORD, "absent"])} == {WORD}


@pytest.mark.parametrize("outer", ["zstd", "gzip", "zip", "base64"])
@pytest.mark.parametrize("inner", ["zstd", "gzip", "zip", "base64"])
def test_a_word_is_found_through_two_layers(inner, outer):
    assert search(LAYERS[outer](LAYERS[inner](WORD.encode())), [WORD])


def test_a_bundle_of_noise_holds_nothing():
    assert search(bytes(range(256)) * 50 + b"A" * 1000, [WORD]) == []


def test_a_key_shows_itself_and_a_paper_does_not():
    assert search(a_key().to_bytes(), [KEY_MARK])
    assert search(base64.b64encode(a_key().to_bytes()), [KEY_MARK])
    assert search(a_paper().to_bytes(), [KEY_MARK]) == []


@pytest.mark.parametrize(
    ("offset", "value"), [(6, b"\x01\x00"), (8, b"\x61\x00")], ids=["encrypted", "packed otherwise"]
)
def test_a_zip_that_cannot_be_looked_into_is_said(offset, value):
    shut = bytearray(zipped(WORD.encode()))
    central = shut.index(b"PK\x01\x02")
    for place in (offset, central + offset + 2):
        shut[place : place + 2] = value
    with pytest.raises(KioskError, match="cannot be looked into"):
        search(bytes(shut), [WORD])
