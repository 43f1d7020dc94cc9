"""The rehearsal: a whole exam from import to report, with seats that die on the way, and what came of it."""

import math
import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

import yaml

from kiosk.exam.error import KioskError
from kiosk.exam.moment import Clock
from kiosk.ground.home import Home
from kiosk.office.marking import award, mark_automatic, queue, release
from kiosk.office.sample_exam import sample_source
from kiosk.rehearsal.audit import WRITTEN_SHARE, Audit, Discrepancy
from kiosk.rehearsal.carriage import Carriage
from kiosk.rehearsal.course import Course
from kiosk.rehearsal.script import write_script
from kiosk.rehearsal.seating import Played, Seating
from kiosk.rehearsal.stage import Stage, set_stage
from kiosk.reports.report import TestReport
from kiosk.reports.source import report_on
from kiosk.seat.place import open_outbox, seat_store

AT_ONCE = 2
"""Seats that work at the same time."""
KILLED_SHARE = 0.25
"""Share of candidates whose seat is killed at least once."""
Interference = Callable[[Stage, str], None]
"""Called after each step with its name: where a test plants what must be found."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rehearsal came to."""

    candidates: int
    course: Course
    discrepancies: tuple[Discrepancy, ...]
    report: TestReport

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.discrepancies

    def document(self) -> dict[str, Any]:
        """Return the verdict as `kiosk rehearse --json` prints it."""
        return {
            "ok": self.ok,
            "candidates": self.candidates,
            "steps": [{"name": s.name, "count": s.count, "seconds": round(s.seconds, 3)} for s in self.course.steps],
            "discrepancies": [str(d) for d in self.discrepancies],
        }


@dataclass(slots=True)
class Rehearsal:
    """One rehearsal in one home. The same seed gives the same scripts and the same kills."""

    home: Home
    candidates: int
    seed: int
    clock: Clock
    course: Course = field(default_factory=Course)
    interfere: Interference = lambda stage, step: None

    def run(self) -> Verdict:
        """Go through the whole exam; raises KioskError where a step cannot be done at all."""
        names = [f"S{n + 1}" for n in range(min(self.candidates, max(AT_ONCE, math.isqrt(self.candidates) * 2)))]
        stage = set_stage(self.home, self.candidates, names, self.clock, self.course)
        try:
            played = self._sit(stage)
            self.interfere(stage, "sit")
            delivered = self._bring_up(stage)
            self._mark(stage)
            with self.course.step("report") as step:
                report = report_on(stage.central.office, stage.actor("report.item_analysis"), stage.paper.test_id)
                step.count = len(stage.paper.questions)
            self.interfere(stage, "report")
            with self.course.step("audit") as step:
                audit = Audit(stage.central, yaml.safe_load(sample_source().text), stage.paper)
                found = audit.discrepancies(played, delivered)
                step.count = sum(len(p.acknowledged) for p in played)
            return Verdict(self.candidates, self.course, found, report)
        finally:
            stage.close()

    def _sit(self, stage: Stage) -> list[Played]:
        played = self._parts(stage)
        lock, name = Lock(), "sit"
        with self.course.step(name, len(played)) as step:

            def tell(_: Played) -> None:
                with lock:
                    step.count += 1
                    self.course.tell(name, step.count, len(played))

            codes = {a.person.user_id: a.secret for a in stage.candidates}
            with ThreadPoolExecutor(AT_ONCE) as pool:
                runs = [
                    pool.submit(
                        Seating(stage, seat, random.Random(f"{self.seed}/{seat}"), tell).run,
                        [(p, codes[p.user_id]) for p in played[number :: len(stage.seats)]],
                    )
                    for number, seat in enumerate(stage.seats)
                ]
                for run in runs:
                    run.result()
        self.course.count("kills", sum(p.kills for p in played))
        self.course.count("acknowledgements", sum(len(p.acknowledged) for p in played))
        self.course.count("extensions", sum(a.doing == "extend" for p in played for a in p.actions))
        self.course.count("hand-ins", sum(p.handed_in for p in played))
        return played

    def _parts(self, stage: Stage) -> list[Played]:
        source = yaml.safe_load(sample_source().text)
        played = []
        for number, admitted in enumerate(stage.candidates):
            dice = random.Random(f"{self.seed}/{number}")
            actions = write_script(source, dice, extends=number == 0)
            killed = number % round(1 / KILLED_SHARE) == 0
            kills = dice.sample(range(1, len(actions)), dice.randint(1, 2)) if killed else []
            roll = admitted.person.roll_number or ""
            played.append(Played(admitted.person.user_id, roll, actions, frozenset(kills)))
        return played

    def _bring_up(self, stage: Stage) -> list[str]:
        folder = stage.carried / "bundles"
        carriage = Carriage(stage, self.clock)
        try:
            with self.course.step("seal and collect", len(stage.seats)) as step:
                step.count = sum(carriage.collect(seat) for seat in stage.seats)
            with self.course.step("export") as step:
                step.count = carriage.export(folder)
            self.interfere(stage, "export")
            with self.course.step("intake") as step:
                taken = list(stage.central.intake.take_folder(folder))
                refused = [f"{t.source}: {t.reason}" for t in taken if t.receipt is None]
                if refused:
                    raise KioskError("Central did not take everything: " + "; ".join(refused))
                step.count = len(taken)
            with self.course.step("receipts back") as step:
                step.count = carriage.bring_back({t.digest: t.receipt for t in taken if t.receipt is not None})
        finally:
            carriage.close()
        with self.course.step("count") as step:
            step.count = sum(1 for _ in stage.central.counting.work())
        self.interfere(stage, "count")
        return [t.digest for t in taken]

    def _mark(self, stage: Stage) -> None:
        office = stage.central.office
        with self.course.step("mark by machine") as step:
            step.count = mark_automatic(office, stage.actor("answer.mark"), test_id=stage.paper.test_id).marked
        with self.course.step("mark by a person") as step:
            actor = stage.actor("answer.mark")
            for item in queue(office, stage.actor("answer.read"), stage.paper.test_id):
                award(office, actor, item.submission_id, item.question_id, item.max_points * WRITTEN_SHARE)
                step.count += 1
        self.interfere(stage, "mark")
        with self.course.step("release") as step:
            step.count = release(office, stage.actor("submission.release_results"), stage.paper.test_id)


def export_seat(home: Home, seat: str, folder: Path, clock: Clock) -> int:
    """Seal what is handed in at a seat and write its bundles into a folder; return how many."""
    from kiosk.sealing import frame
    from kiosk.sealing.copy import write_copy

    place = home.seat(seat)
    store = seat_store(place)
    try:
        sealed: Sequence[Any] = open_outbox(place, store, clock).seal_all()
    finally:
        store.close()
    for bundle in sealed:
        write_copy(folder, f"{bundle.bundle_id}{frame.SUFFIX}", frame.join(bundle.envelope, bundle.body))
    return len(sealed)


__all__ = ["Rehearsal", "Verdict", "export_seat"]
