"""A drill measures the way back, finds nothing in a sound hall, and names whatever is planted in it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kiosk.central.central import Central
from kiosk.cli.main import app
from kiosk.exam.error import KioskError, Refused
from kiosk.ground.clock import SystemClock
from kiosk.ground.home import Home
from kiosk.rehearsal.drill import drill as drills
from kiosk.rehearsal.drill.drill import EXERCISES, KEPT, Drill
from kiosk.rehearsal.drill.exercise import Exercise, Verdict
from kiosk.rehearsal.drill.floor import Floor
from kiosk.rehearsal.drill.guided import BUSY, JUDGED, Guided
from kiosk.rehearsal.drill.ledger import Ledger
from kiosk.rehearsal.drill.machine import Ack
from kiosk.rehearsal.drill.seat_loss import compared
from kiosk.rehearsal.drill.skewed_clock import SkewedClock
from kiosk.rehearsal.drill.table import print_verdict
from kiosk.rehearsal.drill.whole_hall import p50, p99
from kiosk.views.board import BoardState, Counts, SeatLine, SeatState
from kiosk.views.order import Order, Outcome, Verb
from live_hub import until

DONE = Exercise(name="seat killed", measured=2.0, target=3.0, unit="s")
QUICK = ("seat", "hub", "cut", "announce")


@pytest.mark.timeout(280)
def test_a_small_hall_recovers_and_what_is_planted_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seat, hub and link are lost for real; then a seat that forgets, a missed target, a bundle brought twice."""
    kept: list[tuple[Floor, str]] = []
    monkeypatch.setattr(drills.seat_loss, "BACK_SECONDS", 0.001)

    def interfere(floor: Floor, name: str) -> None:
        kept.append((floor, name))

    home = Home(tmp_path / "home")
    verdict = Drill(home, 3, 1, SystemClock(), QUICK, interfere=interfere).run()
    assert [name for _, name in kept] == [*QUICK, "hand in"]
    assert verdict.discrepancies == ()
    found = {e.name: e for e in verdict.exercises}
    assert all(e.holds and e.measured is not None for e in verdict.exercises), verdict
    assert not found["seat killed"].passed
    assert not verdict.ok
    assert found[KEPT].passed
    assert found["hub killed"].measured < 30  # type: ignore[operator]
    floor = kept[0][0]
    assert sum(len(c.acks) for c in floor.candidates) > 20
    assert all(c.receipt for c in floor.candidates)
    with Central.open(home.office) as central:
        ledger = Ledger(central, home, floor.stage.paper.test_id)
        assert ledger.discrepancies(floor.candidates, ["b1"]) == ()
        first = floor.candidates[0]
        forgotten = replace(first.acks[3], text=first.acks[3].text + " forgotten")
        first.acks.append(forgotten)
        lost, twice = ledger.discrepancies(floor.candidates, ["b1", "b1"])[::-1]
        assert f"answer {forgotten.index} was acknowledged" in lost
        assert "is lost" in lost
        assert twice == "bundle b1 was delivered 2 times"
        first.acks[-1] = Ack(index=9, seq=10**6, epoch=1, question=forgotten.question, text="w", seat="A1")
        assert len(ledger.discrepancies(floor.candidates, [])) == 1


def test_an_exercise_that_cannot_be_done_fails_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Standing:
        def mend(self) -> None:
            raise KioskError("The hub did not start.")

    done = Drill(Home(tmp_path), 3, 1, SystemClock())._try(Standing(), "hub", None)  # type: ignore[arg-type]
    assert (done.passed, done.measured, done.words) == (False, None, "The hub did not start.")


@pytest.mark.parametrize(
    ("exercises", "discrepancies", "ok"),
    [
        ([DONE], [], True),
        ([DONE, replace(DONE, measured=None, skipped=True)], [], True),
        ([], [], False),
        ([replace(DONE, measured=None, skipped=True)], [], False),
        ([DONE, replace(DONE, measured=3.1)], [], False),
        ([replace(DONE, holds=False)], [], False),
        ([replace(DONE, measured=None)], [], False),
        ([DONE], ["R-1001: answer 3 is lost"], False),
    ],
)
def test_a_drill_is_good_when_all_that_was_done_is(
    exercises: Sequence[Exercise], discrepancies: Sequence[str], ok: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    verdict = Verdict(3, tuple(exercises), tuple(discrepancies))
    assert verdict.ok is ok
    assert verdict.document()["ok"] is ok
    print_verdict(verdict)
    shown = capsys.readouterr().out
    assert ("meets its target" in shown) is ok
    assert all(d in shown for d in discrepancies)


@pytest.mark.parametrize(
    ("after", "fits"),
    [
        ({"question": "q1", "left": 60_000}, True),
        ({"question": "q1", "left": 65_000}, True),
        ({"question": "q1", "left": 54_999}, False),
        ({"question": "q1", "left": 65_001}, False),
        ({"question": "q2", "left": 60_000}, False),
    ],
)
def test_time_left_is_the_same_within_a_tick(after: dict[str, object], fits: bool) -> None:
    assert compared({"question": "q1", "left": 60_000}, after)[0] is fits


def test_percentiles_are_values_that_were_measured() -> None:
    assert (p50([5, 1, 3]), p99([5, 1, 3]), p99(list(range(1, 101))), p99([7])) == (3, 5, 99, 7)


def test_a_skewed_clock_is_wrong_on_the_wall_and_right_since_boot() -> None:
    clock = SkewedClock(SystemClock())
    before = clock.now()
    clock.ahead_seconds = 3_600
    after = clock.now()
    assert after.at[:10] >= before.at[:10]
    assert after.at[11:13] == f"{(int(before.at[11:13]) + 1) % 24:02d}" or after.at[14:16] == "00"
    assert 0 <= after.boot_ms - before.boot_ms < 5_000


@pytest.mark.parametrize("arguments", [["--only", "earthquake"], ["--seats", "2"]])
def test_a_drill_that_is_none_is_refused(arguments: list[str], tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["drill", *arguments, "--home", str(tmp_path / "home")])
    assert done.exit_code != 0
    assert not (tmp_path / "home").exists()


def test_a_home_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    done = CliRunner().invoke(app, ["drill", "--home", str(tmp_path)])
    assert (done.exit_code, "is not empty" in done.output) == (1, True)


def test_a_drill_that_is_told_to_end_leaves_nothing_behind(tmp_path: Path) -> None:
    argv = [sys.executable, "-c", "from kiosk.cli.start import run; run()", "drill", "--seats", "3", "--only", "seat"]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    drill = subprocess.Popen(argv, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until(lambda: any(tmp_path.glob("kiosk-drill-*/*")), 60)
    drill.terminate()
    assert drill.wait(60) == 128 + signal.SIGTERM
    assert not list(tmp_path.glob("kiosk-drill-*"))


class Hall:
    """A board of three seats, moved about by the technician below."""

    def __init__(self) -> None:
        self.seats = {"A1": SeatState.WORKING, "A2": SeatState.WORKING, "A3": SeatState.EMPTY}
        self.is_connected = True
        self.lag_ms = 0
        self.orders: list[Order] = []

    def state(self) -> BoardState:
        lines = tuple(
            SeatLine(seat=s, row=0, column=n, state=state, lag_ms=self.lag_ms)
            for n, (s, state) in enumerate(self.seats.items())
        )
        return BoardState(
            hall="Hall 1", title="Drill", clock="10:00:00", rows=1, columns=3, seats=lines, attention=(),
            counts=Counts(), is_connected=self.is_connected,
        )  # fmt: skip

    def carry_out(self, order: Order) -> Sequence[Outcome]:
        self.orders.append(order)
        self.seats[order.seats[0]], self.seats[order.target or ""] = SeatState.EMPTY, SeatState.WORKING
        return [Outcome(order.seats[0], True, "moved")]


class Hands:
    """A technician: pulls what is to be pulled, and judges as the test says."""

    def __init__(self, hall: Hall, *, skips: str = "", judges: bool = True, idle: bool = False) -> None:
        self.hall, self.skips, self.judges, self.idle = hall, skips, judges, idle
        self.names = iter(["Z9", "A3", "A1", "A1", "A3"])

    def do(self, words: str) -> str:
        if self.skips and self.skips in words:
            return "no spare hub"
        if self.idle:
            return ""
        if "Pull the plug of A1" in words:
            self.hall.seats["A1"] = SeatState.LOST
        if "Plug A1 in" in words:
            self.hall.seats["A1"] = SeatState.WORKING
        if "plug of the hub" in words:
            self.hall.is_connected = False
        if "Plug the hub in" in words:
            self.hall.is_connected = True
        return ""

    def name(self, words: str) -> str:
        return next(self.names)

    def judge(self, words: str) -> bool:
        return self.judges


def guided(hall: Hall, hands: Hands, patience: float = 5.0) -> Guided:
    return Guided(hall, hands, "4711", patience)  # type: ignore[arg-type]


def test_a_technician_is_led_through_every_step_of_the_human_drill() -> None:
    hall = Hall()
    verdict = guided(hall, Hands(hall)).run(although_busy=True)
    assert verdict.ok, verdict
    names = [e.name for e in verdict.exercises]
    assert names[:5] == [
        "a seat's plug: noticed", "a seat's plug: back", "a seat's plug: tail complete",
        "the hub's plug: tails complete", "a candidate moved",
    ]  # fmt: skip
    assert names[5:] == [name for name, _, _ in JUDGED]
    assert [(o.verb, o.seats, o.target, o.pin) for o in hall.orders] == [(Verb.MOVE, ("A1",), "A3", "4711")]


def test_a_step_is_skipped_with_its_reason_and_the_rest_is_done() -> None:
    hall = Hall()
    verdict = guided(hall, Hands(hall, skips="plug of the hub")).run(although_busy=True)
    skipped = [e.document() for e in verdict.exercises if e.skipped]
    assert [(e["name"], e["pass"], e["words"]) for e in skipped] == [("the hub's plug", None, "no spare hub")]
    assert verdict.ok


def test_what_was_not_seen_fails(capsys: pytest.CaptureFixture[str]) -> None:
    hall = Hall()
    verdict = guided(hall, Hands(hall, judges=False)).run(although_busy=True)
    failed = {e.name for e in verdict.exercises if not e.passed}
    assert failed >= {name for name, _, _ in JUDGED} | {"the hub's plug: tails complete", "a candidate moved"}
    print_verdict(verdict)
    assert "FAIL" in capsys.readouterr().out


def test_a_seat_that_is_never_shown_as_lost_fails() -> None:
    hall = Hall()
    verdict = guided(hall, Hands(hall, idle=True), patience=0.1).run(although_busy=True)
    first = verdict.exercises[0]
    assert (first.name, first.passed, "A1 is shown as lost" in first.words) == ("a seat's plug", False, True)


@pytest.mark.parametrize("state", sorted(BUSY))
def test_nobody_pulls_plugs_in_a_real_exam_unasked(state: SeatState) -> None:
    hall = Hall()
    hall.seats = {"A1": state, "A2": SeatState.EMPTY}
    with pytest.raises(Refused, match="1 sittings are open"):
        guided(hall, Hands(hall)).run()


def test_the_json_of_a_drill_has_what_the_table_has() -> None:
    document = json.loads(json.dumps(Verdict(6, (DONE,), ("x",)).document()))
    assert document == {
        "ok": False,
        "seats": 6,
        "exercises": [{"name": "seat killed", "measured": 2.0, "target": 3.0, "unit": "s", "pass": True, "words": ""}],
        "discrepancies": ["x"],
    }
    assert len(EXERCISES) == 12
