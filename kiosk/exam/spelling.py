"""Spelling: numbers as a person copies them by hand, in short groups that each find their own slips.

Crockford's base32 (no I, L, O or U), in groups with a check character each. A check character is the group's number and
the sum of the characters before it, each times another power of the generator of GF(32). So every slip in one character
of a group is found, every swap of two within a group, and every group that stands in the place of another.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from kiosk.exam.error import Invalid

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_KIND = str.maketrans({"O": "0", "I": "1", "L": "1"})
_POLYNOMIAL = 0b100101
"""x^5 + x^2 + 1, whose root x generates every element of GF(32) but zero."""


@dataclass(frozen=True, slots=True)
class Slip:
    """One group that cannot be right."""

    number: int
    """Counted from 1."""
    typed: str
    meant: tuple[str, ...]
    """What was probably meant: two neighbours swapped back; empty where nothing stands out."""
    place: int | None = None
    """The number of the group it would be right as."""


class Mistyped(Invalid):
    """A code with a slip of the finger in it; says which group to look at, never more of the code."""

    def __init__(self, message: str, slips: tuple[Slip, ...] = ()) -> None:
        super().__init__(message, "Look at the code again")
        self.slips = slips


@dataclass(frozen=True, slots=True)
class Spelling:
    """How one kind of code is written."""

    groups: int
    size: int
    """Characters of a group that carry something; one more checks them."""
    name: str = "A code"
    source: str = "the paper"
    """What a person copies it from."""

    def spell(self, values: Sequence[int]) -> str:
        """Return `groups` times `size` values below 32, in groups with hyphens, as they are printed."""
        parts = [values[start : start + self.size] for start in range(0, len(values), self.size)]
        return "-".join("".join(ALPHABET[v] for v in (*g, _check(g, n))) for n, g in enumerate(parts, 1))

    def read(self, typed: str) -> list[int]:
        """Return the values of a code however it is spaced and cased, with O for 0 and I or L for 1.

        Raises Mistyped, naming the groups that cannot be right.
        """
        text = "".join(c for c in typed.upper().translate(_KIND) if not c.isspace() and c not in "-–—_.")
        unknown = sorted({c for c in text if c not in ALPHABET})
        if unknown:
            raise Mistyped(
                f"{' '.join(unknown[:8])!r} is in no code. A code has digits and the letters of {ALPHABET[10:]}."
            )
        length = self.size + 1
        if len(text) != self.groups * length:
            raise Mistyped(
                f"{self.name} has {self.groups} groups of {length} characters; this has {len(text)} characters."
            )
        parts = [text[start : start + length] for start in range(0, len(text), length)]
        slips = tuple(self._slip(n, part) for n, part in enumerate(parts, 1) if not _holds(part, n))
        if slips:
            raise Mistyped(self._words(slips), slips)
        return [ALPHABET.index(c) for part in parts for c in part[: self.size]]

    def _slip(self, number: int, group: str) -> Slip:
        swapped = (group[:n] + group[n + 1] + group[n] + group[n + 2 :] for n in range(self.size))
        meant = tuple(dict.fromkeys(s for s in swapped if _holds(s, number)))
        place = next((n for n in range(1, self.groups + 1) if _holds(group, n)), None)
        return Slip(number, group, meant, place)

    def _words(self, slips: Sequence[Slip]) -> str:
        told = []
        for slip in slips:
            guesses = [*slip.meant, *([f"group {slip.place} in the wrong place"] if slip.place else [])]
            perhaps = f" (perhaps {' or '.join(guesses)}?)" if guesses else ""
            told.append(f"group {slip.number}, {slip.typed}{perhaps}")
        return f"There is a slip in {'; '.join(told)}. Compare with {self.source} and type it again."


def digits(number: int, length: int) -> list[int]:
    """Return a number in base 32, as so many values."""
    return [number >> 5 * place & 31 for place in reversed(range(length))]


def number(values: Sequence[int]) -> int:
    """Return the number that values are the base 32 digits of."""
    total = 0
    for value in values:
        total = total << 5 | value
    return total


def weighted(values: Sequence[int], powers: Sequence[int]) -> int:
    """Return the sum over GF(32) of each value times a power of the generator."""
    total = 0
    for value, power in zip(values, powers, strict=True):
        total ^= _times(value, _POWERS[power % 31])
    return total


def _holds(group: str, number: int) -> bool:
    values = [ALPHABET.index(c) for c in group]
    return _check(values[:-1], number) == values[-1]


def _check(values: Sequence[int], number: int) -> int:
    """Return the check character of a group: its number, and the sum of a^k times the k-th value, k from 1.

    The check character itself stands with weight 1. All weights differ and none is zero, so that no change of one
    character and no swap of two leaves the sum as it was; and no two groups have the same number.
    """
    return number ^ weighted(values, range(1, len(values) + 1))


def _times(a: int, b: int) -> int:
    product = 0
    while b:
        if b & 1:
            product ^= a
        a <<= 1
        if a & 32:
            a ^= _POLYNOMIAL
        b >>= 1
    return product


def _powers() -> tuple[int, ...]:
    found = [1]
    while len(found) < 31:
        found.append(_times(found[-1], 2))
    return tuple(found)


_POWERS = _powers()
