"""Figures and how they are printed: medians and tails, beside a floor, with the machine named by cores only."""

import json
import os
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of measurements in milliseconds, or bytes where `unit` says so."""

    name: str
    values: tuple[float, ...]
    unit: str = "ms"

    def quantile(self, share: float) -> float:
        """Return the value below which `share` of the measurements lie (nearest rank)."""
        ordered = sorted(self.values)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    @property
    def median(self) -> float:
        """The middle measurement."""
        return statistics.median(self.values)


def show(title: str, figures: Sequence[Figure], floor: str, tail: float = 0.95) -> None:
    """Print a table with the ratio of each figure to the floor, or JSON when asked with --json."""
    base = next(f for f in figures if f.name == floor)
    rows = [
        {
            "name": f.name,
            "n": len(f.values),
            "p50": round(f.median, 3),
            f"p{tail * 100:g}": round(f.quantile(tail), 3),
            "unit": f.unit,
            "ratio_p50": round(f.median / base.median, 2),
            f"ratio_p{tail * 100:g}": round(f.quantile(tail) / base.quantile(tail), 2),
        }
        for f in figures
    ]
    if "--json" in sys.argv:
        print(json.dumps({"title": title, "cores": os.cpu_count(), "floor": floor, "rows": rows}, indent=2))
        return
    print(f"{title} ({os.cpu_count()} cores; floor: {floor})")
    names = list(rows[0])
    print(" | ".join(names))
    for row in rows:
        print(" | ".join(str(row[n]) for n in names))
