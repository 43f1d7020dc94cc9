"""The data model's page as test data: its field lists, and a small reader that runs its TypeScript blocks."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parent / "data" / "schema.md"

AT = "2026-03-02T09:00:00.123Z"
SAMPLES: dict[str, Any] = {
    "ID": "an-id.1",
    "String": "Zwölf Boxkämpfer\n\tjagen «Viktor» 𝄞",
    "Int64": 2**62,
    "Boolean": False,
    "Float64": "-12345678901234567890.1234567890123456789",
    "Array of Strings": ["one", "", "drei ✓"],
    "Array of IDs": ["b", "a"],
    "Array of Objects": [{"activityType": "screen_capture", "timestamp": AT, "metadata": {"n": [1, 0.5, None, True]}}],
}
TIMES = {
    "createdAt",
    "assignedAt",
    "dueDate",
    "lastAttemptAt",
    "startedAt",
    "submittedAt",
    "answeredAt",
    "endedAt",
    "timestamp",
}
"""Fields of kind String that hold a time."""

_HEADING = re.compile(r"^### \d+\. (.+) Table$", re.M)
_FIELD = re.compile(r"^- `(\w+)` \((.+?)\): ", re.M)
_BLOCK = re.compile(r"^### ([A-F])\. .*?```typescript\n(.*?)```", re.M | re.S)
_TOKEN = re.compile(
    r"\s*(?:(?P<comment>//[^\n]*)|(?P<number>\d+(?:\.\d+)?)|(?P<text>\"[^\"]*\")|(?P<template>`[^`]*`)"
    r"|(?P<name>[A-Za-z_]\w*)|(?P<mark>[{}()\[\],;:.=*+]))"
)


@dataclass(frozen=True)
class Field:
    """One field as the page lists it."""

    name: str
    kind: str
    optional: bool
    members: tuple[str, ...] = ()


@cache
def tables() -> dict[str, tuple[Field, ...]]:
    """Return the fields of every table the page describes, by the table's name in its code."""
    text = PAGE.read_text(encoding="utf-8")
    heads = list(_HEADING.finditer(text))
    ends = [head.start() for head in heads[1:]] + [text.index("## Relationships and Data Flow", heads[-1].start())]
    found = {}
    for head, end in zip(heads, ends, strict=True):
        words = head[1].split()
        name = words[0].lower() + "".join(words[1:])
        found[name] = tuple(_field(m[1], m[2]) for m in _FIELD.finditer(text, head.end(), end))
    return found


def _field(name: str, description: str) -> Field:
    members = tuple(re.findall(r'"(\w+)"', description))
    kind = "Enum" if members else description.split(",")[0]
    return Field(name, kind, "optional" in description, members)


def sample(field: Field, member: int = -1) -> Any:
    """Return a telling value of a field: of its members the one asked for, else one that is easily lost on the way."""
    if field.members:
        return field.members[member]
    return AT if field.name in TIMES else SAMPLES[field.kind]


@cache
def blocks() -> dict[str, str]:
    """Return the page's TypeScript blocks by the letter of their section."""
    return {m[1]: m[2] for m in _BLOCK.finditer(PAGE.read_text(encoding="utf-8"))}


def run(code: str, names: dict[str, Any]) -> None:
    """Run declarations, awaits and for-of loops; what they declare is added to `names`."""
    _Reader(code, names).statements()


def evaluate(code: str, start: str, names: dict[str, Any]) -> Any:
    """Return the value of the one expression that begins with `start` in `code`."""
    assert code.count(start) == 1, start
    return _Reader(code[code.index(start) :], names).expression()


class Date:
    """JavaScript's Date, as far as the page uses it, on a clock of the test's own."""

    now: datetime

    def __init__(self, milliseconds: Decimal | None = None) -> None:
        start = datetime(1970, 1, 1, tzinfo=UTC)
        self.at = self.now if milliseconds is None else start + timedelta(milliseconds=float(milliseconds))

    def toISOString(self) -> str:  # noqa: N802
        """Return the time as JavaScript writes it."""
        return self.at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{self.at.microsecond // 1000:03d}Z"


class _Reader:
    """Reads and runs at once, one token ahead."""

    def __init__(self, code: str, names: dict[str, Any]) -> None:
        self.tokens = [t for t in _tokens(code) if t[0] != "comment"]
        self.place = 0
        self.names = names

    @property
    def ahead(self) -> str:
        return self.tokens[self.place][1] if self.place < len(self.tokens) else ""

    def next(self, expected: str | None = None) -> str:
        word = self.ahead
        assert expected is None or word == expected, f"{expected} expected, {word} found"
        self.place += 1
        return word

    def statements(self) -> None:
        while self.ahead and self.ahead != "}":
            if self.ahead == "for":
                self.loop()
                continue
            if self.ahead == "const":
                self.next()
                name = self.next()
                self.next("=")
                self.names[name] = self.expression()
            else:
                self.expression()
            self.next(";")

    def loop(self) -> None:
        for word in ("for", "(", "const"):
            self.next(word)
        name = self.next()
        self.next("of")
        items = self.expression()
        self.next(")")
        self.next("{")
        start = self.place
        for item in items:
            self.place = start
            self.names[name] = item
            self.statements()
        self.next("}")

    def expression(self) -> Any:
        value = self.product()
        while self.ahead == "+":
            self.next()
            value = value + self.product()
        return value

    def product(self) -> Any:
        value = self.primary()
        while self.ahead == "*":
            self.next()
            value = value * self.primary()
        return value

    def primary(self) -> Any:
        kind, word = self.tokens[self.place]
        self.place += 1
        if kind == "number":
            return Decimal(word) if "." in word else int(word)
        if kind == "text":
            return word[1:-1]
        if kind == "template":
            return re.sub(r"\$\{(.+?)\}", lambda m: str(_Reader(m[1], self.names).expression()), word[1:-1])
        if word == "[":
            return self.listed("]", self.expression)
        if word == "{":
            return dict(self.listed("}", self.pair))
        if word in ("await", "new"):
            return self.primary()
        return self.named({"true": True, "false": False}.get(word, self.names.get(word)), word)

    def named(self, value: Any, word: str) -> Any:
        assert value is not None, f"the page uses {word}, which nothing has declared"
        while self.ahead in (".", "("):
            if self.next() == "(":
                value = value(*self.listed(")", self.expression))
            else:
                field = self.next()
                value = value[field] if isinstance(value, dict) else getattr(value, field)
        return value

    def pair(self) -> tuple[str, Any]:
        name = self.next()
        self.next(":")
        return name, self.expression()

    def listed(self, end: str, item: Callable[[], Any]) -> list[Any]:
        items = []
        while self.ahead != end:
            items.append(item())
            if self.ahead != end:
                self.next(",")
        self.next(end)
        return items


def _tokens(code: str) -> Iterator[tuple[str, str]]:
    place = 0
    while match := _TOKEN.match(code, place):
        place = match.end()
        assert match.lastgroup
        yield match.lastgroup, match[match.lastgroup]
