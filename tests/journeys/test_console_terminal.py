"""The console in a real terminal over a full hall: the real hub, 250 seats that speak its protocol, one proctor."""

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from crowded_hall import SEATS, SPARE, Crowd, CrowdedHall
from house import PIN, SECOND_PIN
from kiosk.exam.grant import REASONS, Act
from kiosk.hall.place import hall_store
from terminal import Terminal

pytestmark = [pytest.mark.terminal, pytest.mark.slow, pytest.mark.timeout(600)]
KIOSK = (sys.executable, "-m", "kiosk")
LARGE, SMALL = (132, 50), (80, 24)
PATIENCE = 120.0
"""Seconds until something must have come: fifty times what a quiet machine takes."""
CHOSEN = ("A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "A9", "A10", "A11", "A12", "B3")


@dataclass
class Floor:
    """The hall, its hub, and everybody in it."""

    hall: CrowdedHall
    crowd: Crowd

    def console(self, size: tuple[int, int]) -> Terminal:
        argv = [*KIOSK, "hall", "console", "--home", str(self.hall.home.folder)]
        return Terminal(argv, columns=size[0], rows=size[1])

    def acts(self, seat: str) -> list[tuple[Act, int, str]]:
        """Return what the hall has signed for a seat: act, milliseconds, reason."""
        store = hall_store(self.hall.home.hall)
        try:
            assignment = self.hall.candidates[seat][2]
            own = {p.submission_id for p in store.permits.all_progress() if p.assignment_id == assignment}
            return [(g.act, g.amount_ms, g.reason) for g in store.board.grants() if g.submission_id in own]
        finally:
            store.close()

    def lost(self) -> set[str | None]:
        """Return the seats that are lost, of which nobody has taken note."""
        store = hall_store(self.hall.home.hall)
        try:
            kept = store.board.attentions()
            return {a.seat for a in kept if a.kind == "lost" and a.acknowledged_at is None}
        finally:
            store.close()


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    hall = CrowdedHall.made(tmp_path_factory.mktemp("hall"))
    crowd = Crowd.of(hall, real=())
    hall.open_hub()
    try:
        with crowd.at_work():
            yield Floor(hall, crowd)
    finally:
        hall.kill_hub()


def sees(console: Terminal, wanted: str | Callable[[str], bool]) -> str:
    return console.wait(wanted, PATIENCE)


def state(text: str, seat: str) -> str:
    """Return the letter of a seat on the map, with its mark; empty where no map is shown."""
    heads = [line for line in text.splitlines() if re.match(r" +1 +2 +3", line)]
    rows = [line for line in text.splitlines() if line.startswith(f" {seat[0]} ")]
    place = re.search(rf"(?<!\d){seat[1:]}(?!\d)", heads[0]) if heads else None
    return "" if place is None or not rows else rows[0][place.start() : place.start() + 2].strip()


def stands(letter: str, *seats: str) -> Callable[[str], bool]:
    return lambda text: all(state(text, seat).startswith(letter) for seat in seats)


def select(console: Terminal, words: str, count: int) -> None:
    console.press("/", words)
    sees(console, f"{count} seat")
    console.press("enter")
    sees(console, f" {count} selected")


def choose(console: Terminal, reason: str) -> None:
    """Walk down to a reason and take it, without a look at the screen."""
    console.press(*["down"] * (REASONS.index(reason) + 1), "enter")


def test_a_day_at_the_console(floor: Floor) -> None:
    with floor.console(LARGE) as console:
        _opens(console)
        _acts(floor, console)
        _tells(console)
        _loses(floor, console)
        _looks(console)
        _leaves(console)


def _opens(console: Terminal) -> None:
    """The door, and a hall that fills before one's eyes: everybody's letter in its place, the counts in sight."""
    sees(console, "Your PIN")
    console.press("000000", "enter")
    sees(console, "! This PIN is not right.")
    console.press(PIN, "enter")
    sees(console, lambda text: re.search(r"expected 248 +present 2\d\d +working [12]\d\d", text) is not None)
    text = sees(console, stands("W", *CHOSEN))
    assert all(state(text, seat) for seat in SEATS if seat not in SPARE)
    assert not any("W" in state(text, seat) for seat in SPARE)


def _acts(floor: Floor, console: Terminal) -> None:
    """Words select, a letter acts, the map shows it, and what is signed is what was asked for."""
    select(console, "B3", 1)
    console.press("e", "10", "enter")
    choose(console, "disturbance")
    sees(console, lambda text: state(text, "B3") == "W+")
    assert (Act.EXTEND, 600_000, "disturbance") in floor.acts("B3")
    select(console, "A1-A12,B3 !extended", 12)
    select(console, "A1-A12,B3", 13)
    console.press("p")
    choose(console, "power")
    sees(console, stands("P", *CHOSEN))
    assert not any(stands("P", seat)(console.text) for seat in SEATS if seat not in CHOSEN)
    console.press("r", "right", "enter")
    sees(console, stands("W", *CHOSEN))
    assert floor.acts("A1") == [(Act.PAUSE, 0, "power"), (Act.RESUME, 0, "")]
    assert [act for act, _, _ in floor.acts("B3")] == [Act.EXTEND, Act.PAUSE, Act.RESUME]
    console.press("escape")
    sees(console, " 0 selected")
    console.press("z")
    sees(console, "Done in this hall")
    sees(console, lambda text: "▶" in text)
    console.press("down", "down", "enter")
    sees(console, "ake back")
    console.press("right", "enter")
    sees(console, lambda _: len(floor.acts("B3")) == 4)
    assert floor.acts("B3")[-1][0] is Act.TAKE_BACK
    console.press("escape")
    sees(console, "needs you")


def _tells(console: Terminal) -> None:
    """One is told something, all are told something, and it is counted whom it has reached."""
    select(console, "A5", 1)
    console.press("m", "tab", "Please look up once.", "enter")
    console.press("f4")
    sees(console, re.compile(r" 1 +1 +[01] +Please look up once").search)
    console.press("escape")
    sees(console, " 1 selected")
    console.press("escape", "n", "Thirty minutes are left.", "enter", "enter", "f4")
    sees(console, lambda text: (n := re.search(r" 250 +250 +(\d+) +Thirty minutes", text)) and int(n[1]) > 100)
    console.press("escape")
    sees(console, "needs you")


def _loses(floor: Floor, console: Terminal) -> None:
    """A machine stops: its letter, the bell and the title say so; note is taken of it, and it comes back."""
    bells = console.bells
    floor.crowd.silence("A5")
    sees(console, stands("L", "A5"))
    console.wait(lambda _: console.bells > bells, PATIENCE)
    assert re.match(r"\(\d+\) Hall 2", console.title)
    console.press("home", *["right"] * 4)
    sees(console, "keys act on A5")
    console.press("y")
    sees(console, lambda _: "A5" not in floor.lost())  # on a slow machine others may be above it in the list
    floor.crowd.wake("A5")
    sees(console, stands("W", "A5"))


def _looks(console: Terminal) -> None:
    """A card, the pre-flight and the close-out of the whole hall."""
    console.press("home", *["right"] * 4, "enter")
    sees(console, "incidents and events, newest first")
    sees(console, re.compile(r"A5 · .* · B-1005").search)
    console.press("escape", "f2")
    sees(console, re.compile(r"(NO )?GO +\d+ of 248 seats go, 2 spare").search)
    sees(console, "the hall itself goes")
    console.press("escape")
    sees(console, "needs you")
    console.press("f9")
    sees(console, re.compile(r"248 on the roster: 2\d\d present, \d+ expected; 248 not explained").search)
    console.press("escape")
    sees(console, "needs you")


def _leaves(console: Terminal) -> None:
    console.press("f10")
    sees(console, "Leave the console?")
    console.press("right", "enter")
    assert console.wait_gone(PATIENCE) == 0


def test_the_same_hall_on_a_small_screen_and_a_hub_that_dies(floor: Floor) -> None:
    with floor.console(SMALL) as console:
        sees(console, "Your PIN")
        console.press(SECOND_PIN, "enter")
        sees(console, stands("W", *CHOSEN))
        sees(console, lambda text: all(state(text, seat) for seat in SEATS if seat not in SPARE))
        sees(console, "needs you (")
        console.press("f8")
        sees(console, "Pause: the whole hall")
        choose(console, "fire alarm")
        sees(console, stands("P", *CHOSEN))
        console.press("escape", "f8")
        sees(console, "Resume: the whole hall")
        console.press("right", "enter")
        sees(console, stands("W", *CHOSEN))
        console.press("escape")
        floor.hall.kill_hub()
        sees(console, "No word from the hub")
        floor.hall.open_hub()
        sees(console, lambda text: "No word from the hub" not in text)
        sees(console, stands("W", *CHOSEN))
        console.press("f10", "right", "enter")
        assert console.wait_gone(PATIENCE) == 0
