"""HTML as text for a terminal: words kept, marks turned into Markdown or dropped, nothing that acts.

The tags are cut by one expression that looks no further than the next angle bracket, so that time grows with the
length of the text whatever it holds; the standard parser takes half a minute for 50 kB of opened tags. What is no
known element stays text: `if x<y and y>z` loses nothing.
"""

import re
from html import unescape

from kiosk.exchange.markdown_text import CODE, MARKS, SOFT, STRONG, escape_inline, marked

_TAG = re.compile(r"(</?[A-Za-z][A-Za-z0-9]*(?:[\s/][^<>]*)?>)")
_NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9]*)")
_ATTRIBUTE = re.compile(r"""\b(alt|src|href|title)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""", re.I)
_ENTITY = re.compile(r"&(?:#\d+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);")
_SPACE = re.compile(r"[ \t\n\r\f]+")
_BLOCK_NAMES = """
address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure footer form
h1 h2 h3 h4 h5 h6 header hr html legend main nav ol p pre section summary table tbody tfoot thead ul
"""
_DROPPED_NAMES = "applet canvas embed head iframe noscript object script style svg template title"
_INLINE_NAMES = """
a abbr acronym annotation area audio b base bdi bdo big br button cite code col colgroup data del dfn em font i img
input ins kbd label li link map mark math meta meter mfrac mi mn mo mrow msqrt msub msup mtext option output param
progress q rp rt ruby s samp select semantics small source span strike strong sub sup td textarea th time tr track tt u
var video wbr
"""
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_DROPPED = frozenset(_DROPPED_NAMES.split())
_KNOWN = _BLOCKS | _DROPPED | frozenset(_INLINE_NAMES.split())
_MARKS = {"b": STRONG, "strong": STRONG, "i": SOFT, "em": SOFT, "code": CODE, "kbd": CODE, "samp": CODE, "tt": CODE}
_LOWERED = str.maketrans("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_RAISED = str.maketrans("0123456789+-=()in", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁱⁿ")
_BLOCK_MARK = "\ufde0"
_ITEM = "\ufde7"
_OURS = re.compile("[\ufde0-\ufde7]")
_ITEM_LINE = re.compile(f"(- |[0-9]+\\. ){_ITEM}")


def looks_like_html(text: str) -> bool:
    """Return whether a text holds a known element or a character reference."""
    return ("&" in text and bool(_ENTITY.search(text))) or has_element(text)


def has_element(text: str) -> bool:
    """Return whether a text holds a tag of a known element."""
    return "<" in text and any(_element(tag) for tag in _TAG.findall(text))


def characters(text: str) -> str:
    """Return text with its character references written out, for Markdown that knows none."""
    if "&" not in text:
        return text
    return _ENTITY.sub(lambda found: escape_inline(unescape(found[0]).replace("\xa0", " ")), text)


def flatten(html: str, markdown: bool, keep_lines: bool = False) -> tuple[str, tuple[str, ...]]:
    """Return HTML as Markdown or as plain text, and a note for each kind of thing that was lost.

    With `keep_lines` a new line in the text is one in the result too.
    """
    flat = _Flat(markdown, keep_lines)
    for place, piece in enumerate(_TAG.split(_without_comments(html))):
        name = _element(piece) if place % 2 else None
        if name:
            flat.tag(name, piece)
        elif piece:
            flat.data(piece)
    return flat.text(), tuple(dict.fromkeys(flat.notes))


def _element(tag: str) -> str | None:
    found = _NAME.match(tag)
    name = found[1].lower() if found else ""
    rest = tag[found.end() : -1].strip(" /\t\n") if found else ""
    return name if name in _KNOWN and (not rest or "=" in rest) else None


def _without_comments(html: str) -> str:
    kept, start = [], 0
    while (begin := html.find("<!--", start)) >= 0 and (end := html.find("-->", begin + 4)) >= 0:
        kept.append(html[start:begin])
        start = end + 3
    return "".join([*kept, html[start:]])


class _Flat:
    """The text while it is put together."""

    def __init__(self, markdown: bool, keep_lines: bool) -> None:
        self.notes: list[str] = []
        self._markdown = markdown
        self._keep_lines = keep_lines
        self._parts: list[str] = []
        self._raw: list[str] = []
        self._moved: list[tuple[str, int]] = []
        self._lists: list[int | None] = []
        self._dropping: str | None = None
        self._pre: int | None = None

    def data(self, text: str) -> None:
        """Take text between tags."""
        if self._dropping:
            return
        plain = unescape(text)
        if self._pre is not None or not self._keep_lines:
            self._words(plain)
            return
        for place, line in enumerate(plain.split("\n")):
            if place:
                self._line()
            self._words(line)

    def tag(self, name: str, tag: str) -> None:
        """Take a tag of a known element."""
        closing = tag.startswith("</")
        if self._dropping:
            self._dropping = None if closing and name == self._dropping else self._dropping
        elif name in _DROPPED:
            self._drop(name, closing or tag.endswith("/>") or name == "embed")
        elif self._pre is not None and not (closing and name == "pre"):
            if name == "br":
                self._parts.append("\n")
        elif name in _BLOCKS:
            self._block(name, closing)
        elif name in _MARKS:
            self._parts.append(_MARKS[name][closing])
        elif name in ("sub", "sup"):
            self._move(name, closing)
        else:
            self._inline(name, tag, closing)

    def text(self) -> str:
        """Return the whole, without blanks at the ends of lines or more than one empty line."""
        if self._pre is not None:
            self._block("pre", True)
        lines = (self._written(line) for line in "".join(self._parts).split("\n"))
        joined = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
        raws = iter(self._raw)
        return re.sub(_BLOCK_MARK, lambda _: next(raws, ""), joined)

    def _written(self, line: str) -> str:
        item = _ITEM_LINE.match(line.lstrip())
        words = line.lstrip()[item.end() :] if item else line
        return (item[1] if item else "") + (marked(words) if self._markdown else MARKS.sub("", words).strip())

    def _words(self, text: str) -> None:
        text = _OURS.sub("", text)
        if self._pre is not None:
            self._parts.append(text.replace("\xa0", " "))
            return
        text = _SPACE.sub(" ", text.replace("\xa0", " "))
        self._parts.append(text.lstrip() if self._at_start else text)

    @property
    def _at_start(self) -> bool:
        last = next((p for p in reversed(self._parts) if p and not MARKS.fullmatch(p)), "\n")
        return last.endswith(("\n", _ITEM))

    def _line(self) -> None:
        self._parts.append("\n")

    def _drop(self, name: str, is_over: bool) -> None:
        if name not in ("head", "title", "noscript"):
            self.notes.append(f"<{name}> was taken out")
        self._dropping = None if is_over else name

    def _block(self, name: str, closing: bool) -> None:
        if name == "pre" and closing != (self._pre is None):
            self._preformatted(closing)
            return
        if name in ("ul", "ol"):
            if closing and self._lists:
                self._lists.pop()
            elif not closing:
                self._lists.append(0 if name == "ol" else None)
        if name == "table" and not closing:
            self.notes.append("a table became lines of text")
        is_tight = name in ("tbody", "thead", "tfoot") or (name in ("ul", "ol") and len(self._lists) > 1)
        self._parts.append("\n" if is_tight else "\n\n")

    def _preformatted(self, closing: bool) -> None:
        if not closing:
            self._parts.append("\n\n")
            self._pre = len(self._parts)
            return
        code = MARKS.sub("", "".join(self._parts[self._pre :])).strip("\n")
        del self._parts[self._pre :]
        self._pre = None
        fence = "```" if "```" not in code else "~~~~"
        self._raw.append(f"{fence}\n{code}\n{fence}" if self._markdown else code)
        self._parts.append(f"{_BLOCK_MARK}\n\n")

    def _move(self, name: str, closing: bool) -> None:
        if not closing:
            self._moved.append((name, len(self._parts)))
        elif self._moved and self._moved[-1][0] == name:
            _, start = self._moved.pop()
            inner = "".join(self._parts[start:])
            core = MARKS.sub("", inner).strip()
            if core and "\n" not in core and _BLOCK_MARK not in core:
                self._parts[start:] = [_moved(name, core)]

    def _inline(self, name: str, tag: str, closing: bool) -> None:
        if name == "br":
            self._line()
        elif name == "tr" and not closing:
            self._parts.append("\n")
        elif name in ("td", "th") and not closing and not self._at_start:
            self._parts.append(" | ")
        elif name == "li" and not closing:
            self._item()
        elif name in ("img", "audio", "video") and not closing:
            self._medium(name, tag)
        elif name == "math" and not closing:
            self.notes.append("a formula became plain text")
        elif name == "a" and not closing and (target := self._attribute(tag, "href")):
            self.notes.append(f"a link was taken out: {target[:80]}")

    def _item(self) -> None:
        if not self._at_start:
            self._parts.append("\n")
        count = self._lists[-1] if self._lists else None
        if count is not None:
            self._lists[-1] = count + 1
        self._parts.append(f"- {_ITEM}" if count is None else f"{count + 1}. {_ITEM}")

    def _medium(self, name: str, tag: str) -> None:
        kind = "picture" if name == "img" else name
        label = self._attribute(tag, "alt") or self._attribute(tag, "title")
        self.notes.append(f"a {kind} could not be brought: {self._attribute(tag, 'src')[:80] or 'without a name'}")
        self._words(f"[{kind}: {label}]" if label else f"[{kind}]")

    @staticmethod
    def _attribute(tag: str, name: str) -> str:
        found = (m[2].strip("\"'") for m in _ATTRIBUTE.finditer(tag) if m[1].lower() == name)
        return _SPACE.sub(" ", unescape(next(found, ""))).strip()


def _moved(name: str, text: str) -> str:
    moved = text.translate(_LOWERED if name == "sub" else _RAISED)
    if any(a == b for a, b in zip(text, moved, strict=True)):
        return f"{'_' if name == 'sub' else '^'}({text})"
    return moved
