"""The code in a hall's envelope: what opens its papers without a network, typed by hand from print.

130 random bits as 26 characters of Crockford's base32 (no I, L, O or U), in groups of four with a check character each;
the last group holds two more that check the whole. A check character is the group's number and the sum of the
characters before it, each times another power of the generator of GF(32). So every slip in one character of a group is
found, every swap of two within a group, and every group that stands in the place of another.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from kiosk.exam.error import Invalid

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BITS = 130
CHARACTERS = 26
GROUP = 4
"""Characters of the secret in a group; the last group holds the two left over and the two of the whole."""
GROUPS = 7
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


def spell(secret: int) -> str:
    """Return the code of a secret of 130 bits, in groups with hyphens, as it is printed.

    Raises Invalid for a number that is not of 130 bits.
    """
    if not 0 <= secret < 1 << BITS:
        raise Invalid(f"the secret of an envelope has {BITS} bits")
    values = [secret >> 5 * place & 31 for place in reversed(range(CHARACTERS))]
    values += _whole(values)
    groups = [values[start : start + GROUP] for start in range(0, len(values), GROUP)]
    return "-".join("".join(ALPHABET[v] for v in (*g, _check(g, n))) for n, g in enumerate(groups, 1))


def read(typed: str) -> int:
    """Return the secret of a code however it is spaced and cased, with O for 0 and I or L for 1.

    Raises Mistyped, naming the groups that cannot be right.
    """
    text = "".join(c for c in typed.upper().translate(_KIND) if not c.isspace() and c not in "-–—_.")
    unknown = sorted({c for c in text if c not in ALPHABET})
    if unknown:
        raise Mistyped(
            f"{' '.join(unknown[:8])!r} is in no code. A code has digits and the letters of {ALPHABET[10:]}."
        )
    size = GROUP + 1
    if len(text) != GROUPS * size:
        raise Mistyped(f"A code has {GROUPS} groups of {size} characters; this has {len(text)} characters.")
    groups = [text[start : start + size] for start in range(0, len(text), size)]
    slips = tuple(_slip(n, group) for n, group in enumerate(groups, 1) if not _holds(group, n))
    if slips:
        raise Mistyped(_words(slips), slips)
    values = [ALPHABET.index(c) for group in groups for c in group[:GROUP]]
    if _whole(values[:CHARACTERS]) != values[CHARACTERS:]:
        raise Mistyped("Every group is right by itself, but not all together. Compare each with the paper.")
    secret = 0
    for value in values[:CHARACTERS]:
        secret = secret << 5 | value
    return secret


def _holds(group: str, number: int) -> bool:
    values = [ALPHABET.index(c) for c in group]
    return _check(values[:GROUP], number) == values[GROUP]


def _slip(number: int, group: str) -> Slip:
    swapped = (group[:n] + group[n + 1] + group[n] + group[n + 2 :] for n in range(GROUP))
    meant = tuple(dict.fromkeys(s for s in swapped if _holds(s, number)))
    place = next((n for n in range(1, GROUPS + 1) if _holds(group, n)), None)
    return Slip(number, group, meant, place)


def _words(slips: Sequence[Slip]) -> str:
    told = []
    for slip in slips:
        guesses = [*slip.meant, *([f"group {slip.place} in the wrong place"] if slip.place else [])]
        perhaps = f" (perhaps {' or '.join(guesses)}?)" if guesses else ""
        told.append(f"group {slip.number}, {slip.typed}{perhaps}")
    return f"There is a slip in {'; '.join(told)}. Compare with the paper and type it again."


def _check(values: Sequence[int], number: int) -> int:
    """Return the check character of a group: its number, and the sum of a^k times the k-th value, k from 1.

    The check character itself stands with weight 1. All weights differ and none is zero, so that no change of one
    character and no swap of two leaves the sum as it was; and no two groups have the same number.
    """
    return number ^ _sum(values, range(1, len(values) + 1))


def _whole(values: Sequence[int]) -> list[int]:
    """Return the two characters that check all groups together: the sums with a^k and a^2k over the whole secret."""
    places = range(1, len(values) + 1)
    return [_sum(values, places), _sum(values, [2 * k for k in places])]


def _sum(values: Sequence[int], powers: Sequence[int]) -> int:
    total = 0
    for value, power in zip(values, powers, strict=True):
        total ^= _times(value, _POWERS[power % 31])
    return total


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
