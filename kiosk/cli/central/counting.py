"""`kiosk central work|branches|adopt`: bundles are counted, and people decide about those that differ."""

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kiosk.cli.central.closeout import settle_closings
from kiosk.cli.option import AsOption, HomeOption, JsonOption, SecondOption, put_json, put_text
from kiosk.cli.progress import Told, progress_bar
from kiosk.cli.table import put_table
from kiosk.exam.status import BundleState
from kiosk.ground.home import Home

if TYPE_CHECKING:
    from kiosk.central.adjudication import Branching
    from kiosk.central.counting import Settled
    from kiosk.exam.decision import Decision
    from kiosk.exam.page import AnswerRow

MOST_NAMED = 1_000
"""Bundles named one by one at the end; the others are counted only."""


def work(
    once: Annotated[bool, typer.Option("--once", help="End when nothing waits any more.")] = False,
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="Processes that count.")] = 1,
    again: Annotated[bool, typer.Option("--again", help="Try first what failed before.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Open and count bundles as they come; SIGTERM ends it after the bundle in hand. Exit 1 where one did not count."""
    from kiosk.central.central import Central
    from kiosk.central.crew import Crew, Order, stopping
    from kiosk.central.worker import Worker

    place = Home.at(home).office
    lost = 0
    with Central.open(place) as central, progress_bar("Counting") as told:
        done = Tally(told, central.arrivals.waiting())
        if workers == 1:
            with stopping() as stop:
                Worker(central.counting, stop.wait, partial(settle_closings, central)).run(done, once=once, again=again)
        else:
            central.counting.must_take_workers()
            crew = Crew(partial(Central.open, place), central.keys.intake(), workers)
            lost = crew.run(done, Order(once=once, again=again), partial(settle_closings, central))
        settle_closings(central)
    put_json({**done.facts(), "workersLost": lost}) if as_json else _say(done, lost)
    if done.states[BundleState.FAILED]:
        raise typer.Exit(1)


def branches(
    sitting: Annotated[str | None, typer.Argument(help="Id of the sitting.", show_default="every one")] = None,
    user: AsOption = None,
    second: SecondOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show, question by question, what a branch says after it parted from the journal that counts."""
    from kiosk.central.adjudication import ADJUDICATE
    from kiosk.central.central import Central

    with Central.open(Home.at(home).office) as central:
        found = central.adjudication.branches(central.office.acting(ADJUDICATE, user, second), sitting)
    if as_json:
        put_json({"branches": [_branching(b) for b in found]})
        return
    for one in found:
        put_text(f"{one.submission_id}: the bundle {one.counted[:16]} counts; {one.branch[:16]}, sealed at {one.seat}")
        put_text(f"in {one.hall}, parts from it at entry {one.parted_at}.")
        rows = (
            (c.question_id, _said(c.counted), _said(c.branch), _mark(c.differs, c.question_id in one.adopted))
            for c in one.contrasts
        )
        put_table(("question", "counted", "branch", ""), rows, indent=2)
    put_text(f"{len(found)} branches.")


def adopt(
    sitting: Annotated[str | None, typer.Argument(help="Id of the sitting; not needed for a held bundle.")] = None,
    bundle: Annotated[str, typer.Option("--bundle", help="Id of the branch or held bundle, or how it begins.")] = "",
    question: Annotated[
        list[str] | None, typer.Option("--question", help="A question whose answer is taken over; may be repeated.")
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why.")] = "",
    user: AsOption = None,
    second: SecondOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Decide, with a second person: take answers over from a branch, or let a held bundle count. Signed and kept."""
    from kiosk.central.adjudication import ADJUDICATE
    from kiosk.central.central import Central

    if bool(sitting) != bool(question):
        raise typer.BadParameter("a branch needs its sitting and the questions; a held bundle neither")
    with Central.open(Home.at(home).office) as central:
        actor = central.office.acting(ADJUDICATE, user, second)
        if sitting is None:
            settled = central.adjudication.allow(actor, bundle, reason)
            put_json(_settled(settled)) if as_json else put_text(f"The bundle is {settled.state.value} now.")
            return
        decided = central.adjudication.adopt(actor, sitting, bundle, question or [], reason)
    if as_json:
        put_json({"decisions": [_decision(d) for d in decided]})
        return
    put_text(f"{len(decided)} answers taken over, signed, and marked anew.")


class Tally:
    """What was settled so far, and what of it a person should look at."""

    def __init__(self, told: Told, waiting: int) -> None:
        self._told = told
        self._waiting = waiting
        self.states: Counter[BundleState] = Counter()
        self.attention: list[Settled] = []

    def __call__(self, one: "Settled") -> None:
        """Take note of one bundle."""
        self.states[one.state] += 1
        if (one.flags or one.problem) and len(self.attention) < MOST_NAMED:
            self.attention.append(one)
        opened = self.states.total()
        self._told(opened, max(self._waiting, opened))

    def facts(self) -> dict[str, Any]:
        """Return it for scripts."""
        states = {state.value: count for state, count in self.states.items()}
        return {"opened": self.states.total(), "states": states, "attention": [_settled(s) for s in self.attention]}


def _settled(one: "Settled") -> dict[str, Any]:
    return {"bundle": one.bundle_id, "state": one.state.value, "flags": list(one.flags), "problem": one.problem}


def _say(done: Tally, lost: int) -> None:
    for one in done.attention:
        for words in (*([one.problem] if one.problem else ()), *one.flags):
            put_text(f"{one.bundle_id[:16]} {one.state.value}: {words}", err=True)
    if lost:
        put_text(f"{lost} workers died; others took their bundles.", err=True)
    put_text(f"Bundles opened: {done.states.total()}; {done.states[BundleState.COUNTED]} of them count.")


def _branching(one: "Branching") -> dict[str, Any]:
    return {
        "submission": one.submission_id,
        "openedOn": one.opened_on,
        "counted": one.counted,
        "branch": one.branch,
        "hall": one.hall,
        "seat": one.seat,
        "partedAt": one.parted_at,
        "questions": [
            {
                "question": c.question_id,
                "differs": c.differs,
                "adopted": c.question_id in one.adopted,
                "counted": _answer(c.counted),
                "branch": _answer(c.branch),
            }
            for c in one.contrasts
        ],
    }


def _answer(row: "AnswerRow") -> dict[str, Any]:
    return {
        "options": list(row.selected_option_ids or ()),
        "text": row.essay_answer or row.coding_answer,
        "answeredAt": row.answered_at,
        "entry": row.answered_seq,
    }


def _said(row: "AnswerRow") -> str:
    text = ", ".join(row.selected_option_ids or ()) or row.essay_answer or row.coding_answer or "-"
    return text if len(text) <= 30 else f"{text[:29]}…"


def _mark(differs: bool, is_adopted: bool) -> str:
    return "adopted" if is_adopted else "differs" if differs else ""


def _decision(one: "Decision") -> dict[str, Any]:
    return {
        "decision": one.decision_id,
        "submission": one.submission_id,
        "bundle": one.bundle_id,
        "question": one.question_id,
        "decidedBy": one.decided_by,
        "second": one.second,
        "decidedAt": one.decided_at,
        "reason": one.reason,
    }
