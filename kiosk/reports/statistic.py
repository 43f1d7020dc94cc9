"""The few numbers every report needs, exact over decimals; none of them exists for no values at all."""

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal

_PLACES = Decimal("0.000001")


def mean(values: Sequence[Decimal]) -> Decimal | None:
    """Return the arithmetic mean to six places, or None of nothing."""
    return _rounded(sum(values, Decimal(0)) / len(values)) if values else None


def median(values: Sequence[Decimal]) -> Decimal | None:
    """Return the middle value, or the mean of the two middle ones, or None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return _rounded(ordered[middle])
    return _rounded((ordered[middle - 1] + ordered[middle]) / 2)


def percent(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """Return `part` of `whole` in percent to six places, or None where there is no whole."""
    return _rounded(Decimal(part) * 100 / Decimal(whole)) if whole else None


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(_PLACES, ROUND_HALF_EVEN).normalize() + Decimal(0)
