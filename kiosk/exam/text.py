"""Cleaning of text that somebody else wrote, on the way in and on the way out."""

import re
import unicodedata

LONGEST_TEXT = 200_000
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = "\x00-\x08\x0e-\x1f\x7f-\x9f"
_SURROGATES = "\ud800-\udfff"
_DIRECTIONS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_INVISIBLE = "\u00ad\u180e\u200b\u2060\ufeff\ufff9-\ufffb"
_DROPPED = re.compile(f"[{_CONTROLS}{_SURROGATES}{_DIRECTIONS}{_INVISIBLE}]")
_UNCLEAN = re.compile(f"[\r\x0b\x0c\u2028\u2029{_CONTROLS}{_SURROGATES}{_DIRECTIONS}{_INVISIBLE}]")


def clean_text(text: str, limit: int = LONGEST_TEXT) -> str:
    """Return `text` as NFC without control, bidirectional and lone surrogate characters, cut to `limit`.

    New lines and tabs stay; every other way to end a line becomes a new line, so that a terminal is never steered by
    content.
    """
    if _UNCLEAN.search(text):
        text = _DROPPED.sub("", _LINE_ENDS.sub("\n", text))
    return unicodedata.normalize("NFC", text)[:limit]


def clean_line(text: str, limit: int = 500) -> str:
    """Return `text` cleaned and folded to one line."""
    return " ".join(clean_text(text, limit).split())
