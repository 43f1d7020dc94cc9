"""What a simulated candidate will do, written down beforehand in the words of the exam file.

A script speaks of questions and options by their text, never by an id or a place, so that what it expects can be
computed from the exam file alone.
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, Literal

Doing = Literal["choose", "type", "clear", "flag", "extend", "note", "pause"]
WORDS = [
    "cell",
    "light",
    "water",
    "force",
    "energy",
    "city",
    "river",
    "law",
    "music",
    "stone",
    "number",
    "garden",
    "wind",
    "letter",
    "voice",
]
PROGRAM = "def solve(values):\n    return sum(v for v in values if v % {n} == 0)\n"


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a candidate, or a proctor at the candidate's seat, does."""

    doing: Doing
    question: str = ""
    """Text of the question."""
    options: tuple[str, ...] = ()
    """Texts of the chosen options."""
    text: str = ""
    amount: int = 0
    """Minutes of an extension."""

    def document(self) -> dict[str, Any]:
        """Return the action as plain JSON values."""
        return {**asdict(self), "options": list(self.options)}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Action":
        """Read `document` back."""
        return cls(**{**document, "options": tuple(document["options"])})


def write_script(source: Mapping[str, Any], dice: random.Random, *, extends: bool = False) -> list[Action]:
    """Return one candidate's script for an exam file: answers, changes of mind, flags, and a proctor's visits.

    `extends`: an extension is certain, not left to the dice.
    """
    actions: list[Action] = []
    for section in source["sections"]:
        for question in section["questions"]:
            actions += _work_on(question, dice, may_skip=not section.get("isMandatory"))
    _change_minds(source, actions, dice)
    if dice.random() < 0.3 or extends:
        actions.insert(dice.randrange(len(actions)), Action("extend", amount=dice.choice((2, 5, 10))))
    if dice.random() < 0.2:
        actions.insert(dice.randrange(len(actions)), Action("note", text="asked for water"))
    if dice.random() < 0.15:
        actions.insert(dice.randrange(len(actions)), Action("pause"))
    return actions


def final_responses(actions: Iterable[Action]) -> dict[str, Action]:
    """Return the last answer of each question, by question text; a cleared question has none."""
    last: dict[str, Action] = {}
    for action in actions:
        if action.doing in ("choose", "type"):
            last[action.question] = action
        elif action.doing == "clear":
            last.pop(action.question, None)
    return last


def expected_score(source: Mapping[str, Any], responses: Mapping[str, Action]) -> Decimal:
    """Return the points a machine must give, straight from the exam file: every right option and no other."""
    score = Decimal(0)
    for section in source["sections"]:
        for question in section["questions"]:
            given = responses.get(question["questionText"])
            right = {o["optionText"] for o in question.get("options", ()) if o["isCorrect"]}
            if given is not None and right and set(given.options) == right:
                score += Decimal(str(question["points"]))
    return score


def _work_on(question: Mapping[str, Any], dice: random.Random, may_skip: bool) -> list[Action]:
    text = question["questionText"]
    if may_skip and dice.random() < 0.08:
        return [Action("flag", text)] if dice.random() < 0.5 else []
    answer = [Action("flag", text)] if dice.random() < 0.15 else []
    if question["type"] in ("Essay", "Coding"):
        return [*answer, *(Action("type", text, text=t) for t in _typing(question["type"], dice))]
    answer.append(_choice(question, dice))
    if dice.random() < 0.2:
        answer.append(_choice(question, dice))
    return answer


def _choice(question: Mapping[str, Any], dice: random.Random) -> Action:
    options = question["options"]
    right = tuple(o["optionText"] for o in options if o["isCorrect"])
    if dice.random() < 0.6:
        return Action("choose", question["questionText"], right)
    texts = [o["optionText"] for o in options]
    count = 1 if question["type"] != "MSQ" else dice.randint(1, question.get("maxChoices") or len(texts))
    return Action("choose", question["questionText"], tuple(dice.sample(texts, count)))


def _typing(kind: str, dice: random.Random) -> Sequence[str]:
    if kind == "Coding":
        whole = PROGRAM.format(n=dice.randint(2, 9))
    else:
        whole = " ".join(dice.choice(WORDS) for _ in range(dice.randint(30, 120)))
    cuts = sorted(dice.sample(range(1, len(whole)), 4))
    return [*(whole[:cut] for cut in cuts), whole]


def _change_minds(source: Mapping[str, Any], actions: list[Action], dice: random.Random) -> None:
    sections = source["sections"]
    choices = [(q, s) for s in sections for q in s["questions"] if q["type"] not in ("Essay", "Coding")]
    for question, section in dice.sample(choices, min(3, len(choices))):
        text = question["questionText"]
        first = next((i for i, a in enumerate(actions) if a.doing == "choose" and a.question == text), None)
        if first is None:
            continue
        clears = not section.get("isMandatory") and dice.random() < 0.3
        place = dice.randint(first + 1, len(actions))
        actions.insert(place, Action("clear", text) if clears else _choice(question, dice))
