"""A whole exam through the real program: keys in a real terminal at 80x24, then the office's commands."""

import csv
import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from terminal import Terminal

pytestmark = [pytest.mark.terminal, pytest.mark.timeout(240)]
KIOSK = (sys.executable, "-m", "kiosk")
TEST = "sample-general-knowledge"


@dataclass
class Demo:
    home: Path
    candidates: list[dict[str, str]]
    pins: list[str]

    def kiosk(self, *arguments: str) -> str:
        done = subprocess.run(
            [*KIOSK, *arguments, "--home", str(self.home)], capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def seat(self) -> Terminal:
        return Terminal([*KIOSK, "seat", "--seat", "A1", "--home", str(self.home)])


@pytest.fixture
def demo(tmp_path: Path) -> Demo:
    home = tmp_path / "home"
    made = subprocess.run(
        [*KIOSK, "demo", "--prepare", "--json", "--home", str(home)], capture_output=True, text=True, check=True
    )
    facts = json.loads(made.stdout)
    return Demo(home, facts["candidates"], facts["pins"])


def on(label: str) -> Callable[[str], bool]:
    """Return whether the focus is on a button."""
    return lambda text: re.search(rf"▶ (\[ )?{re.escape(label)}", text) is not None


def sign_in(seat: Terminal, candidate: dict[str, str]) -> None:
    seat.wait("Sign in to your exam")
    seat.press(candidate["rollNumber"], "tab", candidate["code"], "enter")
    seat.wait("Is this you?")
    seat.wait(candidate["name"])
    seat.wait(on("Yes, this is me"))
    seat.press("enter")
    seat.wait(lambda text: "49 questions. " in text and "Enter" in text.partition("49 questions. ")[2])


def start(seat: Terminal) -> None:
    seat.press("enter")
    not_yet, go_on = on("Not yet"), on("Go on")
    if not_yet(seat.wait(lambda text: not_yet(text) or go_on(text))):
        seat.press("left")
        seat.wait(on("Start the test"))
    seat.press("enter")
    seat.wait("section ")


def next_section(seat: Terminal, number: int) -> None:
    seat.press("f6")
    seat.wait(lambda text: re.search(rf"\[{number} ", text) is not None)


def cell(text: str, number: int) -> str:
    """Return the palette's cell of a question: its mark, in brackets where the candidate is."""
    found = re.search(rf"[\[ ]{number:2}(.)[\] ]?", text.replace("│", " "))
    return found[1] if found else ""


def answer_mandatory_section(seat: Terminal) -> None:
    for number in (1, 2, 3):
        seat.wait(f"Question {number} of 3")
        seat.press("a", "b")
        seat.wait(lambda text, n=number: f"{n}■" in text)
        if number < 3:
            seat.press("pagedown")


def extend(seat: Terminal, pin: str) -> None:
    seat.wait(lambda text: minutes_left(text) in (58, 59))
    seat.press("ctrl+o")
    seat.wait("For the proctor")
    assert "Question" not in seat.text
    seat.press("000000", "enter")
    seat.wait("This PIN is not right.")
    seat.press(pin, "enter")
    seat.wait("every act is noted", seconds=60)
    seat.press("e")
    seat.wait("Minutes to add")
    seat.press("10")
    seat.wait("→ 1:0")
    seat.press("enter")
    seat.settle()
    seat.press("down")
    seat.wait("▶ equipment")
    seat.press("enter")
    seat.wait("The time has been extended.")
    seat.press("escape")
    seat.wait(lambda text: "Question" in text and minutes_left(text) in (68, 69))


def minutes_left(text: str) -> int:
    """Return the whole minutes of the test's clock, -1 where it is not on the screen."""
    found = re.search(r"(?:(\d+):)?(\d+):(\d\d) left", text)
    return int(found[1] or 0) * 60 + int(found[2]) if found else -1


def test_a_sitting_from_login_to_report(demo: Demo, tmp_path: Path) -> None:
    anna = demo.candidates[0]
    with demo.seat() as seat:
        sign_in(seat, anna)
        start(seat)
        seat.wait("Question 1 of 14")
        seat.press("b")
        seat.wait("chosen")
        seat.wait(lambda text: "Saved: this seat" in text and "1■" in text)
        seat.press("pagedown")
        seat.wait("Question 2 of 14")
        seat.press("f2")
        seat.wait("2•")
        seat.wait("Saved: this seat")
        seat.signal(signal.SIGKILL)
        assert seat.wait_gone() == -signal.SIGKILL

    with demo.seat() as seat:
        sign_in(seat, anna)
        seat.wait("in progress")
        start(seat)
        seat.wait("Question 2 of 14")
        seat.wait(lambda text: "1■" in text and "2•" in text)
        for key in ("ctrl+c", "ctrl+q", "ctrl+z", "ctrl+backslash", "ctrl+p"):
            seat.press(key)
        extend(seat, demo.pins[0])

        seat.press("f9")
        seat.wait("Before you hand in")
        seat.press("escape")
        seat.wait("Question 2 of 14")
        for number in (2, 3, 4):
            next_section(seat, number)
        answer_mandatory_section(seat)
        next_section(seat, 5)
        type_answers(seat)
        receipt = hand_in(seat)
        seat.signal(signal.SIGTERM)
        assert seat.wait_gone() == 0

    check_office(demo, tmp_path, anna, receipt)
    check_result(demo, tmp_path / "down", anna)


def type_answers(seat: Terminal) -> None:
    for number in (1, 2, 3, 4):
        seat.wait(f"Question {number} of 4")
        seat.press("It is because of the light, I think.")
        seat.wait("because of the light, I think.")
        seat.wait(lambda text, n=number: f"{n}■" in text)
        for _ in range(2):  # a question that was not read to its end asks once whether to go on
            if number < 4 and f"Question {number} of 4" in seat.text:
                seat.press("pagedown")
                seat.settle()


def hand_in(seat: Terminal) -> str:
    seat.press("f9")
    seat.wait("Before you hand in")
    seat.press("right")
    seat.wait(on("Hand in ..."))
    seat.press("enter")
    seat.wait(on("Keep working"))
    seat.press("right")
    seat.wait(on("Hand in now"))
    seat.press("enter")
    text = seat.wait("Your receipt")
    found = re.search(r"([A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{2})", text)
    assert found, text
    assert "8 of 49 questions answered" in text
    return found[1]


def check_office(demo: Demo, tmp_path: Path, anna: dict[str, str], receipt: str) -> None:
    bundles = tmp_path / "stick"
    demo.kiosk("bundle", "export", str(bundles))
    demo.kiosk("central", "intake", str(bundles))
    assert anna["name"] in demo.kiosk("receipt", "check", receipt)
    demo.kiosk("mark", "auto")
    for item in json.loads(demo.kiosk("mark", "queue", "--json")):
        demo.kiosk("mark", "award", item["submissionId"], item["questionId"], "1")
    demo.kiosk("mark", "release", TEST)
    report = json.loads(demo.kiosk("report", TEST, "--json"))
    assert report["candidates"] == 1
    demo.kiosk("report", TEST, "--csv", str(tmp_path / "report.csv"))
    assert len(list(csv.reader((tmp_path / "report.csv").open()))) > 49


def check_result(demo: Demo, folder: Path, anna: dict[str, str]) -> None:
    """Bring the released result down to the hall and let the candidate read it at the seat."""
    demo.kiosk("central", "package", TEST, "--hall", "Hall 1", "--to", str(folder))
    assert "Green" in demo.kiosk("hall", "load", str(folder))
    with demo.seat() as seat:
        sign_in(seat, anna)
        seat.wait("completed")
        seat.press("f6")
        seat.wait(lambda text: "of 68" in text and "passed" in text.lower())
