"""What a printed page is made of: plain values, which are drawn as PDF or written as text."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Heading:
    """The name of a part."""

    text: str
    begins_page: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph."""

    text: str
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class Pairs:
    """Facts with their names, beside each other."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    name: str
    share: int
    """Its part of the width, against the others."""
    is_right: bool = False
    is_code: bool = False
    """Whether it holds a digest, in small letters."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under named columns; the names stand on every page."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    row_mm: float = 0
    """Least height of a row: room to write by hand."""
    empty: str = "None."
    """What is said where there is no row."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One seat of a plan."""

    seat: str
    lines: tuple[str, ...]
    mark: str = ""
    """What is special about who sits here; it gets a heavy frame."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A room seen from above: rows of letters, columns of numbers."""

    rows: tuple[str, ...]
    numbers: tuple[int, ...]
    cells: Mapping[tuple[str, int], Cell] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Slip:
    """One slip to cut out."""

    title: str
    name: str
    pairs: tuple[tuple[str, str], ...]
    foot: str


@dataclass(frozen=True, slots=True)
class Slips:
    """Slips, several on a page."""

    slips: tuple[Slip, ...]


@dataclass(frozen=True, slots=True)
class Signatures:
    """Lines to sign on, kept together."""

    lines: tuple[str, ...]


Block = Heading | Words | Pairs | Table | Plan | Slips | Signatures


@dataclass(frozen=True, slots=True, kw_only=True)
class Printout:
    """A whole document, before anybody has drawn it."""

    title: str
    place: str
    """Which hall, and when: at the top of every page."""
    blocks: tuple[Block, ...]
    digest: str
    """SHA-256 of the facts it shows."""
    made_at: str
    """ISO moment."""
    is_wide: bool = False
    """Whether the page lies on its side."""
