"""Plain text written so that Markdown shows it as it is, and marks put in where they can only be marks."""

import re

STRONG = ("\ufde1", "\ufde2")
SOFT = ("\ufde3", "\ufde4")
CODE = ("\ufde5", "\ufde6")
"""Begin and end of what is to be marked, as characters that no text holds."""
MARKS = re.compile("[\ufde1-\ufde6]")
_SIGNS = {"\ufde1": "**", "\ufde2": "**", "\ufde3": "*", "\ufde4": "*", "\ufde5": "`", "\ufde6": "`"}

_CODE = re.compile("\ufde5([^\ufde1-\ufde6`\n]+)\ufde6")
_PAIR = re.compile(
    "(?:(?<=[\\s(])|\\A)(?:\ufde1((?:[^\ufde1-\ufde4\n])+)\ufde2|\ufde3((?:[^\ufde1-\ufde4\n])+)\ufde4)(?=[\\s.,;:?!)]|\\Z)"
)
_EDGES = re.compile("(?<![\ufde1\ufde3])([\ufde1\ufde3]+)([ \t]+)|(?<![ \t])([ \t]+)([\ufde2\ufde4]+)")
_INLINE = re.compile(
    "\ufde5[^\ufde6]*\ufde6"  # code stays as it is
    r"|\\(?=[!-/:-@\[-`{-~\n\uFDE1-\uFDE6]|\Z)"  # a backslash that would escape what follows, or break the line
    r"|[*`]|~~+"
    r"|(?<=[^\s_])_+(?![^\W_])|(?<=[^\w\s])_+"  # underscores that could end an emphasis
)
_START = re.compile(r"#{1,6}(?=\s|\Z)|>|[-+](?=\s|\Z)|(?:=+|-+)(?=\s*\Z)")
_NUMBER = re.compile(r"(\d{1,9})([.)])(?=\s|\Z)")
_BAR = re.compile(r"[\s|:+-]*-[\s|:+-]*\Z")


def escape(text: str) -> str:
    """Return plain text, of several lines perhaps, with what Markdown would take for marks escaped."""
    return "\n".join(escape_start(escape_inline(line.strip())) for line in text.split("\n"))


def escape_inline(text: str) -> str:
    """Return text with the marks escaped that count anywhere in a line."""
    return _INLINE.sub(_escaped, text)


def escape_start(line: str) -> str:
    """Return a line with the marks escaped that count at its beginning."""
    if _BAR.match(line):
        return line.replace("-", "\\-").replace("|", "\\|").replace("+", "\\+")
    if "___" in line.replace(" ", "") and not line.strip("_ \t"):
        return line.replace("_", "\\_")
    if found := _NUMBER.match(line):
        return f"{found[1]}\\{line[found.end(1) :]}"
    return f"\\{line}" if _START.match(line) else line


def marked(line: str) -> str:
    """Return a line of plain text with begins and ends in it as Markdown.

    Pairs that Markdown might misread are dropped: strong and soft words are marked only where blanks or the usual
    punctuation stand around them.
    """
    if not MARKS.search(line):
        return escape_start(escape_inline(line.strip()))
    kept = _kept(line)
    return MARKS.sub(lambda m: _SIGNS[m[0]], escape_start(escape_inline(kept)))


def _kept(line: str) -> str:
    """Return a line without the marks that will not be written."""
    safe = [False] * len(line)
    for found in _CODE.finditer(line):
        if found[1].strip() and line[found.start() - 1 : found.start()] != CODE[1]:
            safe[found.start()] = safe[found.end() - 1] = True
    bare = "".join(c for c, keep in zip(line, safe, strict=True) if keep or c not in CODE)
    bare = _EDGES.sub(lambda m: f"{m[2]}{m[1]}" if m[1] else f"{m[4]}{m[3]}", bare).strip()
    pairs = {place for found in _PAIR.finditer(bare) for place in (found.start(), found.end() - 1)}
    return "".join(c for place, c in enumerate(bare) if place in pairs or c in CODE or not MARKS.match(c))


def _escaped(found: re.Match[str]) -> str:
    return found[0] if found[0].startswith(CODE[0]) else "".join(f"\\{c}" for c in found[0])
