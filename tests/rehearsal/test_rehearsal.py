"""A rehearsal finds nothing in a sound exam, and names whatever is planted in it."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text

from kiosk.ground.clock import SystemClock
from kiosk.ground.home import Home
from kiosk.rehearsal.rehearsal import Rehearsal, Verdict
from kiosk.rehearsal.script import Action, expected_score, final_responses
from kiosk.rehearsal.stage import Stage

pytestmark = pytest.mark.timeout(280)


def rehearse(folder: Path, interfere: Callable[[Stage, str], None]) -> Verdict:
    return Rehearsal(Home(folder / "home"), candidates=2, seed=3, clock=SystemClock(), interfere=interfere).run()


def alter_mark(stage: Stage, step: str) -> None:
    if step == "mark":
        with stage.central.office.engine.begin() as work:
            one = work.execute(text("SELECT submission_id, score FROM test_submissions LIMIT 1")).one()
            raised = str(Decimal(one.score) + 1)
            work.execute(
                text("UPDATE test_submissions SET score = :score WHERE submission_id = :id"),
                {"score": raised, "id": one.submission_id},
            )


def drop_entry(stage: Stage, step: str) -> None:
    if step == "count":
        with stage.central.office.engine.begin() as work:
            for name in work.scalars(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'journal'")
            ).all():
                work.execute(text(f'DROP TRIGGER "{name}"'))
            row = work.execute(text("SELECT submission_id, seq FROM journal WHERE kind = 'answered' LIMIT 1")).one()
            work.execute(
                text("DELETE FROM journal WHERE submission_id = :id AND seq = :seq"),
                {"id": row.submission_id, "seq": row.seq},
            )


def double_bundle(stage: Stage, step: str) -> None:
    if step == "export":
        bundle = next((stage.carried / "bundles").glob("*.exkb"))
        shutil.copy(bundle, bundle.with_name("copy-" + bundle.name))


def test_whatever_is_planted_is_named(tmp_path: Path) -> None:
    def interfere(stage: Stage, step: str) -> None:
        for plant in (alter_mark, drop_entry, double_bundle):
            plant(stage, step)

    verdict = rehearse(tmp_path, interfere)
    words = "\n".join(str(d) for d in verdict.discrepancies)
    assert not verdict.ok
    assert "was delivered 2 times" in words
    assert "chain: entry" in words
    assert "score" in words
    assert " instead of " in words


def test_a_sound_exam_has_no_discrepancy_and_says_what_it_did(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kiosk", "rehearse", "--candidates", "3", "--seed", "5", "--json"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    verdict = json.loads(done.stdout)
    counts = {s["name"]: s["count"] for s in verdict["steps"]}
    assert verdict["ok"] is True
    assert verdict["candidates"] == 3
    assert verdict["discrepancies"] == []
    assert counts["kills"] >= 1
    assert counts["acknowledgements"] >= 3 * 30
    assert counts["hand-ins"] == counts["intake"] == counts["count"] == 3


SOURCE = {
    "sections": [
        {
            "questions": [
                {
                    "questionText": "Which are even?",
                    "type": "MSQ",
                    "points": "2",
                    "options": [
                        {"optionText": "2", "isCorrect": True},
                        {"optionText": "4", "isCorrect": True},
                        {"optionText": "5", "isCorrect": False},
                    ],
                }
            ]
        }
    ]
}


@pytest.mark.parametrize(
    ("chosen", "points"), [((), 0), (("2",), 0), (("2", "4"), 2), (("4", "2"), 2), (("2", "4", "5"), 0)]
)
def test_the_expected_score_is_all_or_nothing(chosen: tuple[str, ...], points: int) -> None:
    given = final_responses([Action("choose", "Which are even?", chosen)])
    assert expected_score(SOURCE, given) == points


def test_the_last_answer_counts_and_a_cleared_one_is_gone() -> None:
    actions = [Action("choose", "q", ("a",)), Action("choose", "q", ("b",)), Action("choose", "r", ("c",))]
    assert final_responses([*actions, Action("clear", "r")]) == {"q": Action("choose", "q", ("b",))}
