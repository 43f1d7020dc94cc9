"""A GIFT file cut into blocks: one question, description or category each, with the line it begins on.

GIFT separates questions by blank lines, but files in the wild forget the blank line, keep one inside the braces, or
never close a brace. One pass over the lines finds the blocks all the same; no line is looked at more than twice.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

_ESCAPE = re.compile(r"\\([:#={}~\\n])")
_MASKS = {c: chr(0xFDD0 + n) for n, c in enumerate(":#={}~\\n")}
_BARE = {mask: "\n" if c == "n" else c for c, mask in _MASKS.items()}
_MASKED = re.compile("[\ufdd0-\ufdef]")
_HELD = re.compile("[\ufdd0-\ufdd7]")
_ID = re.compile(r"\[id:([^\[\]]{1,200})\]")
_TAG = re.compile(r"\[tag:([^\[\]]{1,200})\]")
CATEGORY = "$CATEGORY:"


@dataclass(frozen=True, slots=True)
class Block:
    """One block, its escapes masked, comments taken out."""

    line: int
    """Where it begins, counted from 1."""
    text: str
    identifier: str | None = None
    tags: tuple[str, ...] = ()
    is_open: bool = False
    """Whether a brace in it is never closed."""

    @property
    def category(self) -> str | None:
        """The path of a category line, or None for anything else."""
        return unmask(self.text[len(CATEGORY) :]).strip() if self.text.startswith(CATEGORY) else None


def mask(text: str) -> str:
    r"""Return `text` with every escape (`\=`, `\{` ...) as one character that means nothing to GIFT."""
    if _MASKED.search(text):
        text = _MASKED.sub("", text)
    return _ESCAPE.sub(lambda m: _MASKS[m[1]], text) if "\\" in text else text


def unmask(text: str) -> str:
    """Return masked text as its author meant it, without escapes."""
    return _HELD.sub(lambda m: _BARE[m[0]], text)


def blocks(text: str) -> Iterator[Block]:
    """Yield the blocks of a GIFT text in order."""
    lines = mask(text).split("\n")
    place = 0
    head = Block(0, "")
    while place < len(lines):
        line = lines[place].strip()
        if not line:
            place += 1
        elif line.startswith("//"):
            head = _with_comment(head, line)
            place += 1
        elif line.startswith(CATEGORY):
            yield Block(place + 1, line)
            place += 1
        else:
            block, place = _question(lines, place, head)
            yield block
            head = Block(0, "")


def _with_comment(head: Block, comment: str) -> Block:
    if "[" not in comment:
        return head
    identifier = _ID.search(comment)
    tags = tuple(unmask(t).strip() for t in _TAG.findall(comment))
    return replace(
        head,
        identifier=unmask(identifier[1]).strip() if identifier else head.identifier,
        tags=tuple(dict.fromkeys((*head.tags, *tags))),
    )


def _question(lines: list[str], first: int, head: Block) -> tuple[Block, int]:
    """Return the block that begins at `first`, and the place of the line after it."""
    braces = _Braces()
    place = first
    while place < len(lines):
        line = lines[place].strip()
        if not line:
            if braces.is_over:
                break
            braces.blank = braces.blank or place
        elif place > first and braces.closed and (line.startswith(("::", CATEGORY)) or line.startswith("//")):
            break
        elif not line.startswith("//") and not braces.take(line, place):
            place = braces.end
            break
        place += 1
    else:
        place = braces.end if braces.is_open else place
    kept = (line for line in lines[first:place] if not line.lstrip().startswith("//"))
    text = "\n".join(kept).strip()
    return Block(first + 1, text, head.identifier, head.tags, braces.is_open), place


class _Braces:
    """What the lines of one block have opened and closed so far."""

    def __init__(self) -> None:
        self.is_open = False
        self.closed: int | None = None
        """Place of the line with the last closing brace."""
        self.blank: int | None = None
        """Place of the first blank line inside an open brace."""
        self._last = 0

    @property
    def is_over(self) -> bool:
        """Whether a blank line ends the block."""
        return not self.is_open

    @property
    def end(self) -> int:
        """Where a block that cannot go on ends."""
        if self.is_open:
            return self.blank or self._last + 1
        return (self.closed or 0) + 1

    def take(self, line: str, place: int) -> bool:
        """Take a line; False when a new question must have begun before it ends."""
        if "{" in line or "}" in line:
            for character in line:
                if character == "{" and not self._open(place):
                    return False
                if character == "}" and self.is_open:
                    self.is_open, self.blank, self.closed = False, None, place
        self._last = place
        return True

    def _open(self, place: int) -> bool:
        if self.is_open:
            return self.blank is None
        if self.closed is not None and self.closed < place:
            return False
        self.is_open = True
        return True
