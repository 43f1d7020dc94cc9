"""Figures and how they are told: medians and tails beside a floor measured in the same run."""

import json
import math
import os
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of measurements."""

    name: str
    values: tuple[float, ...]
    unit: str = "ms"

    def quantile(self, share: float) -> float:
        """Return the value that a share of the measurements do not exceed (nearest rank)."""
        return sorted(self.values)[max(0, math.ceil(share * len(self.values)) - 1)]

    @property
    def median(self) -> float:
        """The middle measurement."""
        return statistics.median(self.values)


@dataclass(frozen=True, slots=True)
class Promise:
    """What a row must keep to: a quantile, as a multiple of the floor's, or as it stands where there is no floor."""

    row: str
    share: float
    limit: float


@dataclass(frozen=True, slots=True)
class Table:
    """The figures of one run, beside one of them, and the promise they are held to."""

    title: str
    figures: Sequence[Figure]
    floor: str | None = None
    tail: float = 0.95
    promise: Promise | None = None

    def document(self) -> dict[str, Any]:
        """Return the table as plain values, with the number of cores and the load it was measured under."""
        document: dict[str, Any] = {
            "title": self.title,
            "cores": os.cpu_count(),
            "load": round(os.getloadavg()[0], 1),
            "rows": [self._row(f) for f in self.figures],
        }
        if self.promise is not None:
            found = self._ratio(self._figure(self.promise.row), self.promise.share)
            document["promise"] = {
                "row": self.promise.row,
                "quantile": self.promise.share,
                "limit": self.promise.limit,
                "found": found,
                "kept": found <= self.promise.limit,
            }
        return document

    def _row(self, figure: Figure) -> dict[str, Any]:
        row: dict[str, Any] = {"name": figure.name, "n": len(figure.values), "unit": figure.unit}
        for share in (0.5, self.tail):
            row[_label(share)] = round(figure.quantile(share), 3)
            if self.floor is not None:
                row[f"ratio {_label(share)}"] = self._ratio(figure, share)
        return row

    def _ratio(self, figure: Figure, share: float) -> float:
        beside = 1.0 if self.floor is None else self._figure(self.floor).quantile(share)
        return round(figure.quantile(share) / beside, 2)

    def _figure(self, name: str) -> Figure:
        return next(f for f in self.figures if f.name == name)


def tell(*tables: Table) -> None:
    """Print tables for a person, or as JSON with --json."""
    documents = [t.document() for t in tables]
    if "--json" in sys.argv[1:]:
        print(json.dumps(documents, indent=2))
        return
    for document in documents:
        print(f"{document['title']} ({document['cores']} cores, load {document['load']})")
        _print_rows(document["rows"])
        if promise := document.get("promise"):
            verdict = "kept" if promise["kept"] else "MISSED"
            asked = f"{_label(promise['quantile'])} of {promise['row']}: {promise['found']}, at most {promise['limit']}"
            print(f"promise {verdict}: {asked}")
        print()


def _label(share: float) -> str:
    return f"p{share * 100:g}"


def _print_rows(rows: Sequence[dict[str, Any]]) -> None:
    names = list(rows[0])
    widths = [max(len(name), *(len(str(row[name])) for row in rows)) for name in names]
    for row in [dict(zip(names, names, strict=True)), *rows]:
        cells = [str(row[name]) for name in names]
        print("  ".join([cells[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(cells[1:], widths[1:], strict=True))]))
