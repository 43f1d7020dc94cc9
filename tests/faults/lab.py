"""A hall of several machines: the real programs, each on a host of its own, typed at by keys and read off the screen.

with Lab(folder, prepared, ("hub", "spare", "desk", "b1")) as lab:
    lab.serve("hub")
    lab.connect("b1")
    seat = lab.sit("b1", candidate)     # signed in, at the first question that is written
    seat.write(3)                       # three words, each only when the one before is acknowledged on the screen
"""

import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import Any, Self

from lan import Lan

from kiosk.central.central import Central
from kiosk.exam.entry import Kind
from kiosk.exam.journal import Head
from kiosk.exam.record import Record
from kiosk.ground.home import Home
from kiosk.hall.place import hall_store
from kiosk.office.register import Register
from kiosk.seat.place import seat_store
from terminal import Terminal

KIOSK = (sys.executable, "-m", "kiosk")
TEST, HALL = "sample-general-knowledge", "Hall 1"
PORT = 8444
PATIENCE = 60.0
COLUMNS, ROWS = 120, 30


def prepare(home: Path) -> dict[str, Any]:
    """Make a home with an office and a hall that is loaded and released; return who may sit, and the PINs."""
    made = subprocess.run(
        [*KIOSK, "demo", "--prepare", "--json", "--home", str(home)], capture_output=True, text=True, check=True
    )
    return json.loads(made.stdout)


def until(holds: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """Return what `holds` gives once that is something; raises AssertionError when it never is."""
    end = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < end, f"never came to be: {what}"
        Event().wait(0.05)
    return found


def clock_ms(text: str) -> int:
    """Return the milliseconds the header shows as left."""
    found = re.search(r"(?:(\d+):)?(\d+):(\d\d) left", text)
    assert found, text
    return ((int(found[1] or 0) * 60 + int(found[2])) * 60 + int(found[3])) * 1000


def footer(text: str) -> str:
    """Return the line that says how far the work is saved."""
    return next((line for line in reversed(text.splitlines()) if "Sav" in line or "saved" in line), "")


class Seat:
    """One seat's program in its terminal, and all that its screen has acknowledged."""

    def __init__(self, host: str, name: str, argv: list[str], candidate: dict[str, Any]) -> None:
        self.host, self.name, self.candidate = host, name, candidate
        self._argv = argv
        self.terminal = Terminal(argv, columns=COLUMNS, rows=ROWS)

    @property
    def text(self) -> str:
        """What the screen shows now, without what has not been read yet."""
        return self.terminal.settle(0.05)

    @property
    def last(self) -> str:
        """The last word that was acknowledged."""
        return self.candidate["typed"].split()[-1]

    def sign_in(self) -> None:
        """Sign in by keys, up to the list of tests."""
        seat, who = self.terminal, self.candidate
        seat.wait("Sign in to your exam", PATIENCE)
        seat.press(who["rollNumber"], "tab", who["code"], "enter")
        seat.wait("Is this you?", PATIENCE)
        seat.wait(who["name"])
        seat.wait(lambda text: on("Yes, this is me", text))
        seat.press("enter")
        seat.wait(lambda text: "49 questions. " in text and "Enter" in text.partition("49 questions. ")[2], PATIENCE)

    def start(self) -> None:
        """Begin the test, or go on with it, up to a question."""
        seat = self.terminal
        seat.press("enter")
        shown = seat.wait(lambda text: on("Not yet", text) or on("Go on", text) or "Question " in text, PATIENCE)
        if on("Not yet", shown):
            seat.press("left")
            seat.wait(lambda text: on("Start the test", text))
        if "Question " not in seat.text:
            seat.press("enter")
        seat.wait(lambda text: re.search(r"Question \d+ of \d+", text) is not None, PATIENCE)

    def to_writing(self) -> None:
        """Choose two options each where all must be answered, and go to the first question that is written."""
        for section in (2, 3, 4):
            self._next_section(section)
        for number in (1, 2, 3):
            self.terminal.wait(f"Question {number} of 3")
            self.terminal.press("a", "b")
            self.terminal.wait(lambda text, n=number: f"{n}■" in text and " Saved: this seat" in text)
            self.candidate["chosen"] += 1
            if number < 3:
                self.terminal.press("pagedown")
        self._next_section(5)
        for number in (1, 2, 3, 4):
            self.candidate["at"] = f"Question {number} of 4"
            shown = self.terminal.wait(lambda text: self.here in text and (is_code(text) or is_essay(text)))
            if is_essay(shown):
                return
            self.terminal.press("pagedown")
            if self.here in self.terminal.settle():  # not read to its end: asked once
                self.terminal.press("pagedown")
        raise AssertionError("no essay is asked")

    @property
    def here(self) -> str:
        """How the screen names the question that is written."""
        return str(self.candidate["at"])

    def _next_section(self, number: int) -> None:
        self.terminal.press("f6")
        self.terminal.wait(lambda text: re.search(rf"\[{number} ", text) is not None)

    def write(self, words: int) -> None:
        """Type some words nobody else types, each once the screen says the one before is saved on the seat."""
        for _ in range(words):
            word = f"{self.name.lower()}w{len(self.candidate['typed'].split()):03} "
            self.terminal.press(word)
            self.acknowledge(word)

    def acknowledge(self, word: str) -> None:
        """Wait until a typed word is on the screen and the footer calls it saved; from then on it may not be lost."""
        self.terminal.wait(lambda text: word.strip() in text.replace("\n", " ") and " Saved: this seat" in text)
        self.candidate["typed"] += word

    def kill(self) -> float:
        """End the program by SIGKILL; return when."""
        at = time.monotonic()
        self.terminal.signal(signal.SIGKILL)
        assert self.terminal.wait_gone() == -signal.SIGKILL
        self.terminal.close()
        return at

    def again(self) -> None:
        """Start the program of this seat anew."""
        self.terminal = Terminal(self._argv, columns=COLUMNS, rows=ROWS)

    def hand_in(self) -> str:
        """Hand in by keys; return the receipt the screen shows."""
        seat = self.terminal
        seat.press("f9")
        seat.wait("Before you hand in")
        seat.press("right")
        seat.wait(lambda text: on("Hand in ...", text))
        seat.press("enter")
        seat.wait(lambda text: on("Keep working", text))
        seat.press("right")
        seat.wait(lambda text: on("Hand in now", text))
        seat.press("enter")
        found = re.search(r"([A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{2})", seat.wait("Your receipt", PATIENCE))
        assert found
        return found[1]


def on(label: str, text: str) -> bool:
    """Whether the focus is on a button."""
    return re.search(rf"▶ (\[ )?{re.escape(label)}", text) is not None


def is_code(text: str) -> bool:
    """Whether the question on the screen is answered with a program, whose lines run out of sight."""
    return re.search(r"\d+ lines? · \w+", text) is not None


def is_essay(text: str) -> bool:
    """Whether it is answered with an essay."""
    return not is_code(text) and re.search(r"\d+ words?", text) is not None


class Console:
    """A console on a machine of its own."""

    def __init__(self, argv: list[str]) -> None:
        env = os.environ | {"PYTHONPATH": str(Path.cwd())}
        self._program = subprocess.Popen(argv, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, what: str, **more: Any) -> Any:
        """Return what the console was told, or raise AssertionError with why it was refused."""
        told = self.try_ask(what, **more)
        assert "told" in told, told
        return told["told"]

    def try_ask(self, what: str, **more: Any) -> dict[str, Any]:
        """Return the answer, told or refused."""
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        self._program.stdin.write(json.dumps({"ask": what, **more}) + "\n")
        self._program.stdin.flush()
        return json.loads(self._program.stdout.readline())

    def sign_in(self, pin: str) -> None:
        """Sign in as soon as the hub answers."""
        until(lambda: "told" in self.try_ask("sign in", pin=pin), "a console that may sign in")

    def line(self, seat: str) -> dict[str, Any]:
        """Return the line of a seat on the map; empty while there is none, or the hub does not answer."""
        state = self.ask("state")
        lines = [line for line in state["seats"] if line["seat"] == seat] if state["is_connected"] else []
        return lines[0] if lines else {}

    def order(self, verb: str, seat: str, pin: str, **more: Any) -> None:
        """Order something; it must be done."""
        [outcome] = self.ask("order", verb=verb, seats=[seat], pin=pin, **more)
        assert outcome["done"], outcome

    def close(self) -> None:
        """End the program."""
        self._program.kill()
        self._program.communicate()


@dataclass
class Lab:
    """The machines of one hall; everything ends with the block."""

    folder: Path
    facts: dict[str, Any]
    """What `prepare` returned."""
    names: tuple[str, ...]
    hub: subprocess.Popen[str] | None = None
    seats: list[Seat] = field(default_factory=list)
    _consoles: list[Console] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.lan = Lan(*self.names)
        self.pin = self.facts["pins"][0]
        self.candidates = [{**c, "typed": "", "chosen": 0, "at": ""} for c in self.facts["candidates"]]
        self.office = Path(self.facts["home"])

    def __enter__(self) -> Self:
        self.lan.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        for seat in self.seats:
            if error is not None:
                print(f"--- {seat.name}, as last read:\n{seat.terminal.text}")
            if seat.terminal.status is None:
                seat.terminal.close()
        for console in self._consoles:
            console.close()
        if self.hub is not None:
            self.kill_hub()
        self.lan.__exit__(kind, error, tb)

    def home(self, host: str) -> Path:
        """Return the folder of one machine."""
        return self.folder / host

    def run(self, host: str, *arguments: str, given: str = "") -> str:
        """Run one command on a machine; return what it says."""
        argv = self.lan[host].command([*KIOSK, *arguments, "--home", str(self.home(host))])
        done = subprocess.run(argv, input=given, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, f"kiosk {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done.stdout

    def settle(self, host: str, keys: Path) -> None:
        """Make a machine a hall's hub from nothing but its key folder, the package and the release."""
        shutil.copytree(keys, self.home(host) / "hall" / "keys")
        carried = self.office / "carried"
        if not (carried / "release").exists():
            argv = [*KIOSK, "central", "release", TEST, "--hall", HALL, "--to", str(carried / "release")]
            subprocess.run([*argv, "--home", str(self.office)], check=True, capture_output=True)
        [token] = (carried / "release").iterdir()
        self.run(host, "hall", "load", str(carried / "package-1"))
        self.run(host, "hall", "release", TEST, "--token", str(token), given=f"{self.pin}\n")
        for session in json.loads(self.run(host, "hall", "sessions", "--json")):
            self.run(host, "hall", "open", session["sessionId"], given=f"{self.pin}\n")

    def serve(self, host: str, *others: str) -> Path:
        """Open the hub on a machine and wait until it answers; its address names it and the `others`."""
        urls = [f"wss://{self.lan[name].address}:{PORT}" for name in (host, *others)]
        named = list(itertools.chain.from_iterable(("--url", url) for url in urls))
        argv = [*KIOSK, "hall", "serve", "--host", "0.0.0.0", "--port", str(PORT), *named, "--json"]
        argv += ["--home", str(self.home(host))]
        self.hub = subprocess.Popen(self.lan[host].command(argv), stdout=subprocess.PIPE, text=True)
        assert self.hub.stdout is not None
        return Path(json.loads(self.hub.stdout.readline())["address"])

    def kill_hub(self) -> float:
        """End the hub by SIGKILL; return when."""
        assert self.hub is not None
        at = time.monotonic()
        self.hub.kill()
        self.hub.communicate()
        self.hub = None
        return at

    def console(self, host: str, address: Path) -> Console:
        """Carry the address to a machine and open a console there, signed in."""
        self.home(host).mkdir(exist_ok=True)
        carried = shutil.copy(address, self.home(host) / "carried.json")
        reader = str(Path(__file__).with_name("board_reader.py"))
        console = Console(self.lan[host].command([sys.executable, reader, str(carried), str(self.home(host))]))
        self._consoles.append(console)
        console.sign_in(self.pin)
        return console

    def connect(self, host: str, address: Path) -> None:
        """Carry the address to a machine and make it a seat, named as the machine is."""
        self.home(host).mkdir(exist_ok=True)
        carried = shutil.copy(address, self.home(host) / "carried.json")
        self.run(host, "seat", "connect", str(carried), "--seat", host.upper())

    def open_seat(self, host: str, candidate: dict[str, Any], program: str = "") -> Seat:
        """Start the program of a seat for a candidate who has not signed in yet; `program` takes its place."""
        kiosk = (sys.executable, "-c", program) if program else KIOSK
        argv = [*kiosk, "seat", "--seat", host.upper(), "--home", str(self.home(host))]
        seat = Seat(host, host.upper(), self.lan[host].command(argv), candidate)
        self.seats.append(seat)
        return seat

    def sit(self, host: str, candidate: dict[str, Any], program: str = "") -> Seat:
        """Start a seat and bring its candidate to the question that is written."""
        seat = self.open_seat(host, candidate, program)
        seat.sign_in()
        seat.start()
        seat.to_writing()
        return seat

    def heads(self, host: str) -> dict[str, tuple[str, int, Head]]:
        """Return what is committed on a seat: by sitting, when it was opened, its epoch and its head."""
        store = seat_store(Home(self.home(host)).seat(host.upper()))
        try:
            return {h.submission_id: (h.opened_on, h.epoch, h.head) for h in store.holdings()}
        finally:
            store.close()

    def kept(self, hub: str, heads: dict[str, tuple[str, int, Head]]) -> dict[str, tuple[str, int, Head]]:
        """Return the same of what a hub keeps of these sittings."""
        store, found = hall_store(Home(self.home(hub)).hall), {}
        try:
            for submission_id, (opened_on, _, _) in heads.items():
                holding = store.tails.holding(submission_id, opened_on)
                if holding is not None:
                    newest = holding.tail.newest
                    found[submission_id] = (opened_on, newest.epoch, newest.head)
        finally:
            store.close()
        return found

    def agree(self, hub: str, host: str) -> None:
        """Wait until hub and seat hold the same journal, and hold them to it hash by hash."""
        until(lambda: self.kept(hub, h := self.heads(host)) == h, f"the journal of {host} at {hub}, whole")

    def record(self, host: str) -> Record:
        """Return the one sitting of a seat as its store holds it, its chain verified."""
        store = seat_store(Home(self.home(host)).seat(host.upper()))
        try:
            [line] = store.sittings()
            record = store.record(line.submission_id)
        finally:
            store.close()
        assert record is not None
        record.verify()
        return record

    def collect(self, hub: str, console: Console, seat: str) -> None:
        """Let the hall ask its seats for what is handed in, until it holds the bundle of one."""
        self.run(hub, "hall", "collect")
        until(lambda: console.line(seat).get("bundle"), "the bundle in the hall")

    def count(self, hub: str) -> None:
        """Carry the hub's bundles to central and hold what counts there to what the screens acknowledged."""
        stick = self.folder / "stick"
        self.run(hub, "bundle", "export", str(stick))
        argv = [*KIOSK, "central", "intake", str(stick), "--home", str(self.office)]
        subprocess.run(argv, check=True, capture_output=True)
        with Central.open(Home(self.office).office) as central:
            found = counted(central)
        wanted = {c["rollNumber"]: (c["typed"].strip(), [2] * c["chosen"]) for c in self.candidates if c["typed"]}
        assert found == wanted


def counted(central: Central) -> dict[str, tuple[str, list[int]]]:
    """Return by roll number what central counts as written, and how many options are chosen where any are.

    Each sitting must be there once, and its chain must hold.
    """
    register, found = Register(central.office.engine), dict[str, tuple[str, list[int]]]()
    for submission in (record.columns() for record in register.find("testSubmissions")):
        record = central.records.record(submission["submission_id"])
        assert record is not None
        record.verify()
        roll = record.candidate.roll_number
        assert roll
        assert roll not in found
        answers = [r.columns() for r in register.find("answers", submissionId=submission["submission_id"])]
        chosen = [len(a["selected_option_ids"]) for a in answers if a["selected_option_ids"]]
        found[roll] = "".join(a["essay_answer"] or "" for a in answers).strip(), chosen
    return found


def times(record: Record, kind: Kind) -> int:
    """Return how often something stands in a journal."""
    return sum(entry.kind is kind for entry in record.entries)
