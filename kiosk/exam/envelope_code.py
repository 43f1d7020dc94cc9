"""The code in a hall's envelope: what opens its papers without a network, typed by hand from print.

130 random bits as 26 characters, in groups of four with a check character each (`kiosk.exam.spelling`); the last group
holds two more that check the whole.
"""

from collections.abc import Sequence

from kiosk.exam.error import Invalid
from kiosk.exam.spelling import ALPHABET, Mistyped, Slip, Spelling, digits, number, weighted

__all__ = ["ALPHABET", "BITS", "CHARACTERS", "GROUP", "GROUPS", "Mistyped", "Slip", "read", "spell"]
BITS = 130
CHARACTERS = 26
GROUP = 4
"""Characters of the secret in a group; the last group holds the two left over and the two of the whole."""
GROUPS = 7
_SPELLING = Spelling(GROUPS, GROUP)


def spell(secret: int) -> str:
    """Return the code of a secret of 130 bits, in groups with hyphens, as it is printed.

    Raises Invalid for a number that is not of 130 bits.
    """
    if not 0 <= secret < 1 << BITS:
        raise Invalid(f"the secret of an envelope has {BITS} bits")
    values = digits(secret, CHARACTERS)
    return _SPELLING.spell([*values, *_whole(values)])


def read(typed: str) -> int:
    """Return the secret of a code however it is spaced and cased, with O for 0 and I or L for 1.

    Raises Mistyped, naming the groups that cannot be right.
    """
    values = _SPELLING.read(typed)
    if _whole(values[:CHARACTERS]) != values[CHARACTERS:]:
        raise Mistyped("Every group is right by itself, but not all together. Compare each with the paper.")
    return number(values[:CHARACTERS])


def _whole(values: Sequence[int]) -> list[int]:
    """Return the two characters that check all groups together: the sums with a^k and a^2k over the whole secret."""
    places = range(1, len(values) + 1)
    return [weighted(values, places), weighted(values, [2 * k for k in places])]
