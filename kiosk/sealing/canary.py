"""The search for what must not have left: given words, in every spelling, in every layer of what did leave."""

import base64
import binascii
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kiosk.exam.error import KioskError
from kiosk.exam.key import FORMAT as KEY_FORMAT
from kiosk.sealing.compression import zstd

KEY_MARK = KEY_FORMAT.rpartition(" ")[0]
"""What every Key document begins its format with, whatever its version."""
DEEPEST = 6
LARGEST_LAYER = 256 * 2**20
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}={0,2}")
_ZSTD, _GZIP, _ZIP = b"\x28\xb5\x2f\xfd", b"\x1f\x8b\x08", b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Sighting:
    """One thing found where it must not be."""

    needle: str
    place: str
    """The layers it lay in, outermost first."""


def search(data: bytes, needles: Iterable[str], place: str = "") -> list[Sighting]:
    """Return every needle that occurs in `data` or in anything unpacked from it.

    Looked for as UTF-8, UTF-16, UTF-32, hex, JSON escapes and base64 in all three alignments; unpacked are zstd, gzip,
    zip and runs of base64. Raises KioskError for a layer too large to be searched, or a zip that does not open.
    """
    wanted = {needle: spellings(needle) for needle in needles}
    found: dict[Sighting, None] = {}
    for layer, where in _layers(data, place, 0):
        for needle, forms in wanted.items():
            if any(form in layer for form in forms):
                found[Sighting(needle, where)] = None
    return list(found)


def spellings(needle: str) -> frozenset[bytes]:
    """Return the byte sequences a text would show itself by."""
    plain = needle.encode()
    escaped = json.dumps(needle)[1:-1].encode()
    wide = [needle.encode(code) for code in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")]
    aligned = {form for raw in (plain, *wide) for form in _base64_forms(raw)}
    return frozenset({plain, escaped, *wide, plain.hex().encode(), plain.hex().upper().encode(), *aligned})


def _base64_forms(raw: bytes) -> Iterator[bytes]:
    for shift in range(3):
        text = base64.b64encode(b"\0" * shift + raw)
        begin, end = -(-shift * 8 // 6), (shift + len(raw)) * 8 // 6
        yield text[begin:end]
        yield text[begin:end].translate(bytes.maketrans(b"+/", b"-_"))


def _layers(data: bytes, place: str, depth: int) -> Iterator[tuple[bytes, str]]:
    if len(data) > LARGEST_LAYER:
        raise KioskError(f"{place or 'a part'} is too large to be searched ({len(data):,} bytes).")
    yield data, place
    if depth == DEEPEST:
        return
    for inner, kind in _unpacked(data):
        yield from _layers(inner, f"{place} > {kind}" if place else kind, depth + 1)


def _unpacked(data: bytes) -> Iterator[tuple[bytes, str]]:
    if data.startswith(_ZSTD):
        yield _expand(zstd.ZstdDecompressor(), data), "zstd"
    elif data.startswith(_GZIP):
        yield _expand(zlib.decompressobj(wbits=31), data), "gzip"
    elif data.startswith(_ZIP):
        yield from _unzipped(data)
    for run in _BASE64.findall(data):
        text = run.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
        try:
            yield base64.b64decode(text[: len(text) - (len(text) % 4 == 1)] + b"=" * (-len(text) % 4)), "base64"
        except binascii.Error:
            continue


def _expand(reader: "zstd.ZstdDecompressor | zlib._Decompress", data: bytes) -> bytes:
    try:
        plain = bytes(reader.decompress(data, LARGEST_LAYER + 1))
    except (zstd.ZstdError, zlib.error):
        return b""
    return plain


def _unzipped(data: bytes) -> Iterator[tuple[bytes, str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.infolist():
                with archive.open(member) as file:
                    yield file.read(LARGEST_LAYER + 1), f"zip {member.filename}"
    except (zipfile.BadZipFile, zlib.error):
        return
    except (RuntimeError, NotImplementedError) as error:  # encrypted, or packed in a way that is not known here
        raise KioskError("A zip in it cannot be looked into, so it cannot be searched.") from error
