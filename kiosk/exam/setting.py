"""The settings a test may carry in `test_settings`, each with its kind, default and meaning."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from kiosk.exam.error import Invalid

Kind = Literal["bool", "int", "decimal", "share", "choice", "minutes"]
Audience = Literal["paper", "key", "office"]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: where it is printed, what values it takes and what it does."""

    key: str
    kind: Kind
    default: str
    audience: Audience
    """Where publishing prints it: `paper` may travel to seats, `key` and `office` never do."""
    help: str
    choices: tuple[str, ...] = ()


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "allowHideTimer",
        "bool",
        "true",
        "paper",
        "The candidate may hide the time left (it returns at 5 minutes).",
    ),
    Setting("warnMinutes", "minutes", "15,5,1", "paper", "Minutes left at which one notice is shown."),
    Setting(
        "sectionOrder",
        "choice",
        "free",
        "paper",
        "free: any open section; sequential: a left section stays shut.",
        ("free", "sequential"),
    ),
    Setting(
        "hintCost",
        "decimal",
        "0",
        "paper",
        "Points each shown hint costs, never below zero for the question.",
    ),
    Setting(
        "lateEntryMinutes",
        "int",
        "30",
        "paper",
        "Minutes after the session's start in which a sitting may open.",
    ),
    Setting("dueDateEnds", "bool", "false", "paper", "The due date also ends a running sitting."),
    Setting("captureSeconds", "int", "60", "paper", "Seconds between screen captures; 0 for none."),
    Setting(
        "showResults",
        "choice",
        "never",
        "paper",
        "What the candidate may see once results are released.",
        ("never", "score", "questions"),
    ),
    Setting(
        "immediateFeedback",
        "bool",
        "false",
        "paper",
        "Practice: feedback during the sitting; never with private access.",
    ),
    Setting("passScoreIsPercent", "bool", "false", "key", "passScore is a percentage of the points, not a score."),
    Setting(
        "marking",
        "choice",
        "allOrNothing",
        "key",
        "How several-answer questions are marked.",
        ("allOrNothing", "rightMinusWrong", "weights"),
    ),
    Setting(
        "wrongAnswerPenalty",
        "share",
        "0",
        "key",
        "Share of the points a wrong single answer costs (0 to 1); such a question may end below zero.",
    ),
    Setting("negativeTotal", "bool", "false", "key", "The score of the whole test may end below zero."),
)
LARGEST_NUMBER = 1000
_NUMBER = re.compile(r"[0-9]{1,4}(\.[0-9]{1,6})?\Z")
_BY_KEY: Mapping[str, Setting] = {s.key: s for s in SETTINGS}


def read_setting(settings: Mapping[str, str], key: str) -> str:
    """Return the checked value of a setting, or its default; raises Invalid naming the setting."""
    setting = _BY_KEY[key]
    return check_setting(key, settings[key]) if key in settings else setting.default


def check_setting(key: str, value: str) -> str:
    """Return `value` if `key` is a known setting and may hold it; raises Invalid otherwise."""
    setting = _BY_KEY.get(key)
    if setting is None:
        raise Invalid(f"there is no setting {key!r}; known are {', '.join(sorted(_BY_KEY))}")
    if not _fits(setting, value):
        allowed = " or ".join(setting.choices) if setting.choices else setting.kind
        raise Invalid(f"the setting {key} cannot be {value!r}; it takes {allowed}")
    return value


def _fits(setting: Setting, value: str) -> bool:
    match setting.kind:
        case "bool":
            return value in ("true", "false")
        case "int":
            return value.isascii() and value.isdigit() and len(value) < 7
        case "minutes":
            return value == "" or all(part.isascii() and part.isdigit() and len(part) < 4 for part in value.split(","))
        case "choice":
            return value in setting.choices
        case "decimal":
            return bool(_NUMBER.match(value)) and Decimal(value) <= LARGEST_NUMBER
        case "share":
            return bool(_NUMBER.match(value)) and Decimal(value) <= 1
