"""zstd with a bound: what comes from outside never grows larger than it may."""

import sys

from kiosk.exam.error import Invalid, Tampered

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["compress", "expand", "zstd"]

LEVEL = 10
LARGEST_WINDOW = 24
"""Base-two logarithm of the memory a frame may ask for."""


def compress(plain: bytes) -> bytes:
    """Return one zstd frame with a checksum."""
    options: dict[int, int] = {
        zstd.CompressionParameter.compression_level: LEVEL,
        zstd.CompressionParameter.window_log: min(LARGEST_WINDOW, max(10, len(plain).bit_length())),
        zstd.CompressionParameter.checksum_flag: 1,
    }
    return bytes(zstd.compress(plain, options=options))


def expand(frame: bytes, length: int) -> bytes:
    """Return the `length` bytes of one frame; raises Tampered when it holds more, less, or something after it."""
    if length < 0:
        raise Invalid("a length cannot be negative")
    reader = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: LARGEST_WINDOW})
    try:
        plain = bytes(reader.decompress(frame, max_length=length + 1))
        if not reader.eof and len(plain) == length:
            plain += bytes(reader.decompress(b"", max_length=1))
    except (zstd.ZstdError, EOFError):
        raise Tampered("a compressed part is damaged") from None
    if len(plain) > length or not reader.eof or reader.unused_data:
        raise Tampered(f"a compressed part does not hold the {length:,} bytes it should")
    if len(plain) != length:
        raise Tampered(f"a compressed part holds {len(plain):,} bytes instead of {length:,}")
    return plain
