"""A file somebody brought, as text: its size is capped and its encoding found before anything reads it."""

import codecs
from dataclasses import dataclass
from pathlib import Path

from kiosk.exam.error import Invalid

LARGEST_BYTES = 16 * 1024 * 1024
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Source:
    """The text of one file, lines ending in a line feed."""

    name: str
    """The file's name, without its folder."""
    text: str
    encoding: str = "utf-8"

    @property
    def suffix(self) -> str:
        """The file's ending in lower case, such as `.yaml`."""
        return Path(self.name).suffix.lower()

    @property
    def stem(self) -> str:
        """The file's name without its ending."""
        return Path(self.name).stem

    @property
    def is_guessed(self) -> bool:
        """Whether the encoding was not certain, so that accents should be looked at."""
        return self.encoding == "windows-1252"


def read_source(path: Path) -> Source:
    """Return the text of a file; raises Invalid if it is missing, no plain file, too large or no text."""
    try:
        if path.is_dir():
            raise Invalid(f"{path}: this is a folder. Give the question files in it.")
        if not path.is_file():
            raise Invalid(f"{path}: there is no such file.")
        with path.open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise Invalid(f"{path}: cannot be read ({error.strerror}).") from error
    return decode(path.name, content)


def decode(name: str, content: bytes) -> Source:
    """Return bytes as text: by their mark, else UTF-8, else Windows-1252; raises Invalid if they are no text."""
    if len(content) > LARGEST_BYTES:
        raise Invalid(f"{name}: is larger than {LARGEST_BYTES // (1024 * 1024)} MB.")
    encoding = next((e for mark, e in _MARKS if content.startswith(mark)), None)
    for candidate in (encoding,) if encoding else ("utf-8", "windows-1252"):
        try:
            text = content.decode(candidate)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return Source(name, text.replace("\r\n", "\n").replace("\r", "\n"), candidate.removesuffix("-sig"))
    raise Invalid(f"{name}: is not a text file.")
