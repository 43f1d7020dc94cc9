"""The exam that comes with the program: real questions to try every part with."""

from datetime import UTC, datetime
from importlib.resources import files

from kiosk.exam.draft import Test
from kiosk.exam.error import Invalid
from kiosk.exchange.native import read_native
from kiosk.exchange.origin import Origin
from kiosk.exchange.source import Source, decode

NAME = "exam.yaml"


def sample_source() -> Source:
    """Return the text of the sample exam file."""
    return decode(NAME, files("kiosk.office").joinpath("sample", NAME).read_bytes())


def sample_test(by: str = "system", at: datetime | None = None) -> Test:
    """Return the sample exam as a draft written by `by`; raises Invalid if the file does not hold together."""
    reading = read_native(sample_source(), Origin.of(at or datetime.now(UTC), by))
    if reading.test is None or not reading.is_clean:
        raise Invalid("\n".join(note for item in reading.items for note in item.notes))
    return reading.test
