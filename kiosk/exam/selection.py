"""The language in which a proctor names seats: `A1-A12,B3 !extended`, `working`, `lag>10`.

Words apart by blanks narrow each other; parts of a word apart by commas add up, and a part behind `!` is left out. A
line that begins with `+` adds to what is selected, one that begins with `-` takes away from it.
"""

import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from difflib import get_close_matches

from kiosk.exam.error import Invalid

LONGEST = 500
"""Characters of a line."""
STATES = (
    "empty", "ready", "working", "paused", "away", "lost", "locked", "handed_in", "sealed", "absent",
)  # fmt: skip
"""Words for where a seat stands."""
MARKS = ("extended", "accommodated", "incident", "alarm", "bundle", "central")
"""Words for what else may hold for a seat."""
MEASURES: Mapping[str, int] = {
    "lag": 1_000,
    "saved": 1_000,
    "since": 60_000,
    "left": 60_000,
    "done": 1,
    "incidents": 1,
}
"""Words for numbers, with what one of it is without a unit: milliseconds for times."""
_ASKED = {"lag": "seconds", "saved": "seconds", "since": "minutes", "left": "minutes", "done": "percent"}
_TEXTS = ("name", "roll", "test")
_SAME = {"handed": "handed_in", "handed-in": "handed_in", "in": "handed_in", "incidents": "incident", "*": "all"}
_UNITS = {"": 0, "s": 1_000, "sec": 1_000, "m": 60_000, "min": 60_000, "h": 3_600_000}
_PLAIN_UNITS = ("", "%")
_COMPARE: Mapping[str, Callable[[int, int], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
}
_MEASURE = re.compile(r"([a-z]+)(<=|>=|<|>|=)(.*)", re.DOTALL)
_NUMBER = re.compile(r"([0-9]{1,7})([a-z%]*)")
_NAME = re.compile(r"(.*?)([0-9]{1,6})", re.DOTALL)
_TIGHT = re.compile(r"\s*(,|<=|>=|<|>|=)\s*")
_DASH = re.compile(r"(?<=[0-9a-z])\s+-\s+(?=[0-9a-z])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What can be asked of one seat."""

    seat: str
    state: str
    marks: frozenset[str] = frozenset()
    measures: Mapping[str, int | None] = field(default_factory=dict)
    """Of `MEASURES`; times in milliseconds; a measure that is not there fits no comparison."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """Name, roll number and test."""


_Test = Callable[[Facts], bool]


def choose(line: str, seats: Sequence[Facts], selected: Set[str] = frozenset()) -> frozenset[str]:
    """Return the seats that shall be selected after `line`; raises Invalid with words for the one who typed it."""
    line = line.strip()
    sign = line[:1]
    if sign not in ("+", "-"):
        return pick(line, seats, selected)
    picked = pick(line[1:], seats, selected)
    return frozenset(selected | picked if sign == "+" else selected - picked)


def pick(line: str, seats: Sequence[Facts], selected: Set[str] = frozenset()) -> frozenset[str]:
    """Return the seats that every word of `line` names; raises Invalid with words for the one who typed it."""
    if len(line) > LONGEST:
        raise Invalid(f"That is too long: {LONGEST} characters at most.")
    words = _words(line)
    if not words:
        raise Invalid("Type seats or a state, such as A1-A12,B3 or working.")
    reading = _Reading(seats, selected)
    tests = [reading.word(word) for word in words]
    return frozenset(s.seat for s in seats if all(test(s) for test in tests))


def seat_order(name: str) -> tuple[int, str, int, str]:
    """Return by what seats are sorted: A2 before A10, Z9 before AA1."""
    letters, number = _parts(name)
    return len(letters), letters, number, name


def spell(chosen: Set[str], seats: Iterable[str]) -> str:
    """Return the shortest plain line that names `chosen` among `seats`: runs of a row as ranges."""
    parts: list[str] = []
    run: list[str] = []
    for seat in [*sorted(seats, key=seat_order), ""]:
        goes_on = seat in chosen and (not run or _parts(run[0])[0] == _parts(seat)[0])
        if run and not goes_on:
            parts.append(_spell_run(run))
            run = []
        if seat in chosen:
            run.append(seat)
    return ",".join(parts)


def _spell_run(run: list[str]) -> str:
    if len(run) < 3 or any(_parts(seat)[1] < 0 for seat in run):
        return ",".join(run)
    return f"{run[0]}-{run[-1]}"


def _words(line: str) -> list[str]:
    folded = _TIGHT.sub(r"\1", line.casefold().strip())
    return _DASH.sub("-", folded).replace("! ", "!").split()


def _parts(name: str) -> tuple[str, int]:
    matched = _NAME.fullmatch(name.casefold())
    return (matched[1], int(matched[2])) if matched and matched[2].isascii() else (name.casefold(), -1)


class _Reading:
    """Reads the words of one line against the seats there are."""

    def __init__(self, seats: Sequence[Facts], selected: Set[str]) -> None:
        self._names = {s.seat.casefold(): s.seat for s in seats}
        self._places = {s.seat: _parts(s.seat) for s in seats}
        self._rows = {letters for letters, number in self._places.values() if number >= 0 and letters}
        self._selected = selected

    def word(self, word: str) -> _Test:
        """Return the test of one word: any of its parts, and none of those left out."""
        parts = [part for part in word.split(",") if part]
        if not parts or any(not part.lstrip("!") for part in parts):
            raise Invalid(f"“{word}” says nothing. Put seats or states between the commas, such as A1,A2.")
        wanted = [self._part(part) for part in parts if not part.startswith("!")]
        left_out = [self._part(part.lstrip("!")) for part in parts if part.startswith("!")]
        return lambda seat: (
            (not wanted or any(test(seat) for test in wanted)) and not any(test(seat) for test in left_out)
        )

    def _part(self, part: str) -> _Test:
        part = _SAME.get(part, part)
        if part in self._names:
            seat = self._names[part]
            return lambda s: s.seat == seat
        if part == "all":
            return lambda s: True
        if part == "selected":
            return lambda s: s.seat in self._selected
        if part in STATES:
            return lambda s: s.state == part
        if part in MARKS:
            return lambda s: part in s.marks
        if part in self._rows:
            return lambda s: self._places[s.seat][0] == part
        return self._measure(part) or self._text(part) or self._range(part) or self._unknown(part)

    def _measure(self, part: str) -> _Test | None:
        matched = _MEASURE.fullmatch(part)
        if matched is None:
            return None
        name, sign, number = matched.groups()
        if name not in MEASURES:
            raise Invalid(f"Nothing is measured as “{name}”. There is {_listed(MEASURES)}.{_nearest(name, MEASURES)}")
        limit, compare = _limit(name, sign, number), _COMPARE[sign]

        def test(seat: Facts) -> bool:
            value = seat.measures.get(name)
            return value is not None and compare(value, limit)

        return test

    def _text(self, part: str) -> _Test | None:
        name, colon, wanted = part.partition(":")
        if not colon:
            return None
        if name not in _TEXTS:
            raise Invalid(f"“{name}:” is not known. There is name:, roll: and test:, such as name:okafor.")
        if not wanted:
            raise Invalid(f"Type a part of the {name} behind “{name}:”, without blanks.")
        return lambda seat: wanted in seat.texts.get(name, "").casefold()

    def _range(self, part: str) -> _Test | None:
        for place in [place for place, char in enumerate(part) if char == "-"]:
            first, last = part[:place], part[place + 1 :]
            if first and last and (inside := self._between(first, last)) is not None:
                if not inside:
                    raise Invalid(f"No seat of this hall is in {part.upper()}.{self._room()}")
                return lambda seat: seat.seat in inside
        return None

    def _between(self, first: str, last: str) -> frozenset[str] | None:
        (row, number), (last_row, last_number) = _parts(first), _parts(last)
        if number < 0 and last_number < 0 and {row, last_row} <= self._rows:
            number, last_number = 0, 10**6
        elif number < 0 or last_number < 0 or (row != last_row and not (row.isalpha() and last_row.isalpha())):
            return None
        top, bottom = sorted([(len(row), row), (len(last_row), last_row)])
        left, right = sorted([number, last_number])
        return frozenset(
            name
            for name, (letters, place) in self._places.items()
            if top <= (len(letters), letters) <= bottom and left <= place <= right
        )

    def _unknown(self, part: str) -> _Test:
        if _parts(part)[1] >= 0:
            raise Invalid(f"There is no seat {part.upper()} in this hall.{self._room()}")
        known = [w.replace("_", "-") for w in (*STATES, *MARKS, *MEASURES, "all", "selected")]
        hint = _nearest(part, known) or " Try seats (A1-A12), a state (working) or a number (lag>10)."
        if part in MEASURES:
            hint = f" Compare it with a number, such as {part}>10."
        raise Invalid(f"“{part}” is neither a seat nor a word known here.{hint}")

    def _room(self) -> str:
        ordered = sorted(self._places, key=seat_order)
        return f" Seats go from {ordered[0]} to {ordered[-1]}." if ordered else " It has no seats yet."


def _limit(name: str, sign: str, typed: str) -> int:
    matched = _NUMBER.fullmatch(typed)
    is_time = MEASURES[name] > 1
    if matched is None or matched[2] not in (_UNITS if is_time else _PLAIN_UNITS):
        unit = f" ({_ASKED[name]} where no unit is given)" if is_time else ""
        example = "10m" if is_time else "10"
        raise Invalid(f"Put a number behind “{name}{sign}”, such as {name}{sign}{example}{unit}.")
    return int(matched[1]) * ((_UNITS[matched[2]] if is_time else 1) or MEASURES[name])


def _nearest(word: str, known: Iterable[str]) -> str:
    found = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f" Do you mean “{found[0]}”?" if found else ""


def _listed(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}"
