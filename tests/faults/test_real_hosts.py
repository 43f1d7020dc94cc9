"""A hall on several real hosts: lines are cut, hubs and seats die, and what a screen acknowledged is what counts."""

import shutil
import time
from pathlib import Path

import pytest
from lab import PATIENCE, Console, Lab, Seat, clock_ms, footer, prepare, times, until
from lan import why_not

from kiosk.exam.entry import Kind

WHY_NOT = why_not()
pytestmark = [
    pytest.mark.terminal,
    pytest.mark.timeout(280),
    pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT)),
]
TICK_MS = 5_000
"""What a standstill may give at most."""
OFTEN, LOSS = 10, 30
"""How often a cable is pulled, and what a bad line loses of a hundred packets each way."""
NEVER_AGAIN = """
from kiosk.cli.start import run
from kiosk.seat.link.replica import Replica
from kiosk.wire.hub import WantMessage
connected, hear = Replica.connected, Replica.hear
def begin(self, now_ms):
    said = connected(self, now_ms)
    for held in self.journals.holdings():
        self._courses[held.submission_id].next = held.head.seq + 1
    return said
Replica.connected = begin
Replica.hear = lambda self, message: None if isinstance(message, WantMessage) else hear(self, message)
run()
"""
"""A seat that never says again what a hub did not hear."""


def told(what: str, since: float) -> float:
    """Print how long something took, for the page of proofs; return it in seconds."""
    took = time.monotonic() - since
    print(f"{what}: {took:.1f} s")
    return took


@pytest.fixture
def lab(tmp_path: Path):
    office = tmp_path / "office"
    facts = prepare(office)
    shutil.move(office / "hall", tmp_path / "hub" / "hall")
    with Lab(tmp_path, facts, ("hub", "spare", "desk", "b1", "b2")) as made:
        yield made


def test_a_seat_that_is_cut_off_goes_on_and_is_whole_when_it_is_back(lab: Lab) -> None:
    address = lab.serve("hub", "spare")
    lab.connect("b1", address)
    seat = lab.sit("b1", lab.candidates[0])
    console = lab.console("desk", address)
    part(lab, seat, console)
    hear_one_way(lab, seat, console)
    lose_hub(lab, seat, console)
    lose_seat(lab, seat)
    receipt = seat.hand_in()
    lab.collect("hub", console, "B1")
    console.close()
    lab.kill_hub()
    lab.count("hub")
    assert times(lab.record("b1"), Kind.HANDED_IN) == 1
    assert receipt


def part(lab: Lab, seat: Seat, console: Console) -> None:
    """Part a seat and its hub: the candidate writes on, the console says lost, and all is caught up afterwards."""
    seat.write(3)
    until(lambda: console.line("B1").get("lag_ms") == 0, "nothing behind")
    cut = time.monotonic()
    lab.lan.part("b1", "hub")
    seat.write(5)
    until(lambda: console.line("B1").get("state") == "L", "the console calls it lost")
    told("console says lost after the cut", cut)
    seat.terminal.wait(lambda text: "hall lost since" in footer(text))
    seat.write(3)
    heads = lab.heads("b1")
    assert lab.kept("hub", heads) != heads, "a partition that parts nothing proves nothing"
    lab.lan.mend()
    is_caught_up(lab, console, "a partition")


def is_caught_up(lab: Lab, console: Console, after: str) -> None:
    """Hold a mended line to ten seconds until nothing is behind, and both ends to the same journal."""
    back = time.monotonic()
    until(lambda: console.line("B1").get("lag_ms") == 0 and console.line("B1")["state"] != "L", "caught up")
    lab.agree("hub", "b1")
    assert told(f"caught up after {after}", back) < 10


def hear_one_way(lab: Lab, seat: Seat, console: Console) -> None:
    """Lose what goes one way only, then the other: what is ordered meanwhile is done once, when it can be."""
    lab.lan.lose("hub", "b1")
    seat.write(2)
    console.order("pause", "B1", lab.pin, reason="equipment")
    seat.write(2)
    assert times(lab.record("b1"), Kind.PAUSED) == 0
    lab.lan.mend()
    seat.terminal.wait("The exam is paused", PATIENCE)
    until(lambda: console.line("B1").get("state") == "P", "paused on the map")
    lab.lan.lose("b1", "hub")
    console.order("resume", "B1", lab.pin)
    seat.terminal.wait(lambda text: "The exam is paused" not in text and seat.here in text, PATIENCE)
    seat.write(2)
    lab.lan.mend()
    is_caught_up(lab, console, "one-way loss")
    record = lab.record("b1")
    assert (times(record, Kind.PAUSED), times(record, Kind.RESUMED)) == (1, 1)


def lose_hub(lab: Lab, seat: Seat, console: Console) -> None:
    """Kill the hub under typing: nobody stops; another program of the same hall has it all again."""
    seat.write(1)
    lab.kill_hub()
    shutil.copytree(lab.home("hub"), lab.home("older"))
    seat.write(4)
    lab.serve("hub", "spare")
    back = time.monotonic()
    console.sign_in(lab.pin)
    told("a PIN works again after the hub's start", back)
    is_caught_up(lab, console, "the hub was killed and started")
    heads = lab.heads("b1")
    assert lab.kept("older", heads) != heads, "an older copy must be found out"


def lose_seat(lab: Lab, seat: Seat) -> None:
    """Kill the seat and resume at it, with the hub there."""
    left = clock_ms(seat.text)
    seat.kill()
    seat.again()
    begun = time.monotonic()
    seat.sign_in()
    seat.start()
    seat.terminal.wait(seat.here)
    seat.terminal.wait(seat.last)
    assert told("resumed at the same seat, hub there", begun) < 30
    shown = seat.terminal.wait(" left")
    assert -TICK_MS <= left - clock_ms(shown) <= 15_000
    seat.write(2)


def test_a_hall_goes_on_at_a_new_machine_and_a_sitting_at_another_seat(lab: Lab) -> None:
    address = lab.serve("hub", "spare")
    lab.connect("b1", address)
    lab.connect("b2", address)
    seat = lab.sit("b1", lab.candidates[0])
    seat.write(3)
    lab.agree("hub", "b1")
    keys = shutil.copytree(lab.home("hub") / "hall" / "keys", lab.folder / "safe")
    lab.kill_hub()
    lab.lan.unplug("hub")
    seat.write(2)
    resume_alone(lab, seat)
    lab.settle("spare", keys)
    begun = time.monotonic()
    address = lab.serve("spare", "hub")
    lab.agree("spare", "b1")
    told("a new hub machine holds the tails, from its start", begun)
    console = lab.console("desk", address)
    other = lab.open_seat("b2", lab.candidates[0])
    until(lambda: console.line("B2"), "the spare seat on the map")
    move(lab, seat, other, console)
    other.write(2)
    lab.agree("spare", "b2")
    other.hand_in()
    lab.collect("spare", console, "B2")
    console.close()
    lab.kill_hub()
    lab.count("spare")


def resume_alone(lab: Lab, seat: Seat) -> None:
    """Kill a seat that has no hub and resume at it by the candidate's own roll number and code."""
    seat.kill()
    seat.again()
    begun = time.monotonic()
    seat.sign_in()
    seat.start()
    seat.terminal.wait(seat.here)
    seat.terminal.wait(seat.last)
    assert told("resumed at the same seat, no hub", begun) < 30
    seat.write(2)


def move(lab: Lab, seat: Seat, other: Seat, console: Console) -> None:
    """Move a sitting to another seat: the old one writes no more, the new one shows the same question and time."""
    until(lambda: console.line("B1").get("lag_ms") == 0, "nothing behind")
    read: list[int] = []

    def has_moved(text: str) -> bool:
        if "goes on at another seat" in text:
            return True
        read.append(clock_ms(text))
        return False

    begun = time.monotonic()
    console.order("move", "B1", lab.pin, target="B2", reason="equipment")
    seat.terminal.wait(has_moved, PATIENCE)
    before = lab.heads("b1")
    seat.terminal.press("lost")
    other.sign_in()
    other.start()
    shown = other.terminal.wait(lambda text: seat.here in text and seat.last in text and " left" in text, PATIENCE)
    assert told("went on at another seat, from the order", begun) < 60
    assert 0 <= read[-1] - clock_ms(shown) <= 2_000
    assert lab.heads("b1") == before, "a seat that has heard of the move writes no more"


@pytest.mark.slow
def test_a_bad_line_and_a_loose_cable_cost_nothing_and_a_broken_seat_is_left_behind(lab: Lab) -> None:
    address = lab.serve("hub", "spare")
    lab.connect("b1", address)
    lab.connect("b2", address)
    seat = lab.sit("b1", lab.candidates[0])
    console = lab.console("desk", address)
    lab.lan.lose("hub", "b1", LOSS)
    lab.lan.lose("b1", "hub", LOSS)
    seat.write(20)
    console.order("pause", "B1", lab.pin, reason="equipment")
    lab.lan.mend()
    seat.terminal.wait("The exam is paused", PATIENCE)
    until(lambda: console.line("B1").get("state") == "P", "paused on the map")
    console.order("resume", "B1", lab.pin)
    seat.terminal.wait(lambda text: "The exam is paused" not in text and seat.here in text, PATIENCE)
    is_caught_up(lab, console, f"a line that loses {LOSS} %")
    for number in range(OFTEN):
        lab.lan.unplug("b1")
        seat.write(1 + number * 7 % 4)
        lab.lan.plug("b1")
        seat.write(1 + number * 3 % 5)
    is_caught_up(lab, console, f"{OFTEN} pulls of the cable")
    record = lab.record("b1")
    assert (times(record, Kind.PAUSED), times(record, Kind.RESUMED)) == (1, 1)
    other = lab.open_seat("b2", seat.candidate)
    until(lambda: console.line("B2"), "the spare seat on the map")
    leave_behind(lab, seat, other, console)
    other.write(3)
    other.hand_in()
    lab.collect("hub", console, "B2")
    lab.kill_hub()
    lab.count("hub")


def leave_behind(lab: Lab, seat: Seat, other: Seat, console: Console) -> None:
    """Kill a seat for good and go on at a spare one with what the hall holds."""
    lab.agree("hub", "b1")
    broken = seat.kill()
    console.order("move", "B1", lab.pin, target="B2", reason="equipment")
    other.sign_in()
    other.start()
    other.terminal.wait(lambda text: seat.here in text and seat.last in text, PATIENCE)
    assert told("went on at a spare seat, from the old one's death", broken) < 30


@pytest.mark.slow
def test_a_seat_that_never_sends_again_is_found_out(lab: Lab) -> None:
    address = lab.serve("hub", "spare")
    lab.connect("b1", address)
    seat = lab.sit("b1", lab.candidates[0], program=NEVER_AGAIN)
    seat.write(2)
    lab.agree("hub", "b1")
    lab.lan.part("b1", "hub")
    seat.write(4)
    seat.terminal.wait(lambda text: "hall lost since" in footer(text), PATIENCE)
    lab.lan.mend()
    seat.terminal.wait(lambda text: "hall lost since" not in footer(text), PATIENCE)
    seat.write(2)
    with pytest.raises(AssertionError, match="whole"):
        lab.agree("hub", "b1")
