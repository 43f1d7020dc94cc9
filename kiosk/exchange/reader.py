"""Which reader reads a file."""

from pathlib import Path

from kiosk.exam.error import Invalid
from kiosk.exchange.origin import Origin
from kiosk.exchange.report import Reading, rejected
from kiosk.exchange.source import Source, read_source

_NATIVE = frozenset({".yaml", ".yml", ".json"})
_GIFT = frozenset({".gift", ".txt"})


def read_file(path: Path, origin: Origin) -> Reading:
    """Return what a question file holds; raises Invalid for a file that cannot be read or whose kind is not known."""
    return read_text(read_source(path), origin)


def look_at(path: Path, origin: Origin) -> Reading:
    """Return the report on a file, also on one that cannot be read at all."""
    try:
        return read_file(path, origin)
    except Invalid as error:
        words = error.message.removeprefix(f"{path}: ").removeprefix(f"{path.name}: ")
        return Reading(path.name, "unknown", (rejected("", path.name, [words], None),), None)


def read_text(source: Source, origin: Origin) -> Reading:
    """Return what the text of a question file holds, read as its name says."""
    if source.suffix in _NATIVE:
        from kiosk.exchange.native import read_native

        return read_native(source, origin)
    if source.suffix in _GIFT:
        from kiosk.exchange.gift import read_gift

        return read_gift(source, origin)
    raise Invalid(f"{source.name}: unknown kind of file; known are .yaml, .yml and .json (exam files), .gift and .txt.")
