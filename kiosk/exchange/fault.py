"""What is wrong in an exam file, in words its author can act on."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from kiosk.exam.text import clean_line
from kiosk.exchange.tree import Path, Tree
from kiosk.wire.exam_file import ExamFile, ExamplePart, OptionPart, QuestionPart, SectionPart

_PARTS: Mapping[str, Any] = {
    "sections": SectionPart,
    "questions": QuestionPart,
    "options": OptionPart,
    "examples": ExamplePart,
}
_WORDS: Mapping[str, str] = {
    "missing": "is missing",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "too_short": "must hold at least {min_length} entry",
    "too_long": "holds more than {max_length} entries",
    "tuple_type": "must be a list",
    "dict_type": "must be a list of names, each with a value",
    "model_type": "must be a list of fields, each with a value",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong, and where."""

    path: Path
    words: str

    def note(self, tree: Tree) -> str:
        """Return the fault as a line: where it stands, what field it is, what is wrong."""
        line = tree.line(self.path)
        place = place_of(self.path)
        return f"line {line}: {place}{' ' if place else ''}{self.words}"


def faults_of(error: ValidationError, path: Path = ()) -> list[Fault]:
    """Return what a validation found, each fault under `path`; consequences of other faults are left out."""
    details = error.errors(include_url=False)
    roots = [d["loc"] for d in details]
    return [
        Fault((*path, *d["loc"]), _words(d, (*path, *d["loc"])))
        for d in details
        if not (d["type"] == "too_short" and _has_inner(d["loc"], roots))
    ]


def place_of(path: Path) -> str:
    """Return a path in words: `section 2, question 4, option 1: optionText`."""
    steps: list[str] = []
    for step in path:
        if isinstance(step, int):
            steps[-1] = f"{steps[-1].removesuffix('s')} {step + 1}"
        else:
            steps.append(clean_line(step, 60))
    if not steps or isinstance(path[-1], int):
        return ", ".join(steps) + (":" if steps else "")
    holder, field = steps[:-1], steps[-1]
    return f"{', '.join(holder)}: {field}" if holder else field


def _has_inner(outer: tuple[Any, ...], all_paths: Iterable[tuple[Any, ...]]) -> bool:
    return any(len(p) > len(outer) and p[: len(outer)] == outer for p in all_paths)


def _words(detail: Any, path: Path) -> str:
    kind = detail["type"]
    if kind == "extra_forbidden":
        return f"is not a field here{_nearest(path)}"
    if kind == "string_pattern_mismatch":
        blank = detail["ctx"]["pattern"] == r"\S"
        return "must not be empty" if blank else "must begin with a letter or digit and hold only those and + # . _ -"
    if kind in ("too_short", "too_long") and isinstance(detail["input"], str):
        return (
            "must not be empty" if kind == "too_short" else f"is longer than {detail['ctx']['max_length']} characters"
        )
    if kind in _WORDS:
        return _WORDS[kind].format(**detail.get("ctx", {}))
    return clean_line(detail["msg"])


def _nearest(path: Path) -> str:
    lists = [step for step in path if step in _PARTS]
    part = _PARTS[str(lists[-1])] if lists else ExamFile
    names = [f.alias or name for name, f in part.model_fields.items()]
    near = difflib.get_close_matches(str(path[-1])[:60], names, 1)
    return f"; did you mean {near[0]}?" if near else f"; known are {', '.join(names)}"
