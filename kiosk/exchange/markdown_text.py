"""Plain text written so that Markdown shows it as it is."""

import re

_INLINE = re.compile(r"\\(?=[!-/:-@\[-`{-~])|[*`]|~~+|_(?![^\W_])|(?<![^\W_])_")
_START = re.compile(r"(#{1,6}(?=\s|$)|>|[-+](?=\s|$)|(?:={1,}|-{1,})(?=\s*$))")
_NUMBER = re.compile(r"(\d{1,9})([.)])(?=\s|$)")
_BAR = re.compile(r"^[\s|:+-]*-[\s|:+-]*$")


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
    if found := _NUMBER.match(line):
        return f"{found[1]}\\{line[found.end(1) :]}"
    return f"\\{line}" if _START.match(line) else line


def _escaped(found: re.Match[str]) -> str:
    return "".join(f"\\{c}" for c in found[0])
