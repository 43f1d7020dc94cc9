"""Cleaning of text that somebody else wrote, on the way in and on the way out."""

import re
import unicodedata

LONGEST_TEXT = 200_000
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_KEPT_CONTROLS = frozenset("\n\t")
_DROPPED_FORMATS = frozenset(
    "\u00ad\u061c\u180e\u200b\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)


def clean_text(text: str, limit: int = LONGEST_TEXT) -> str:
    """Return `text` as NFC without control, bidirectional and lone surrogate characters, cut to `limit`.

    New lines and tabs stay; every other way to end a line becomes a new line, so that a terminal is never steered by
    content.
    """
    plain = _LINE_ENDS.sub("\n", text)
    kept = "".join(c for c in plain if c in _KEPT_CONTROLS or not _is_dropped(c))
    return unicodedata.normalize("NFC", kept)[:limit]


def clean_line(text: str, limit: int = 500) -> str:
    """Return `text` cleaned and folded to one line."""
    return " ".join(clean_text(text, limit).split())


def _is_dropped(character: str) -> bool:
    if character in _DROPPED_FORMATS:
        return True
    return unicodedata.category(character) in ("Cc", "Cs")
