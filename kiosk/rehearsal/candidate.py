"""A simulated candidate: carries a script out through the same desk the screens use, and a proctor's acts with it."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from kiosk.exam.attempt import Phase
from kiosk.exam.grant import Act
from kiosk.rehearsal.script import Action
from kiosk.views.candidate import QuestionCard, Sheet
from kiosk.views.desk import ActRequest, Desk

MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Pins:
    """Two proctors' PINs, typed at the seat where a script asks for an act."""

    first: str
    second: str

    def __repr__(self) -> str:
        return "Pins(...)"


class SimulatedCandidate:
    """Plays one script at one desk."""

    def __init__(self, desk: Desk, sheet: Sheet, pins: Pins) -> None:
        self._desk = desk
        self._pins = pins
        self._questions: dict[str, QuestionCard] = {q.text: q for s in sheet.sections for q in s.questions}

    def settle_in(self) -> None:
        """Let the proctor resume a sitting that a crash left paused."""
        if self._desk.state().phase is Phase.PAUSED:
            self._act(ActRequest(act=Act.RESUME))

    def do(self, action: Action) -> None:
        """Carry out one action."""
        match action.doing:
            case "extend":
                self._act(ActRequest(act=Act.EXTEND, amount_ms=action.amount * MINUTE_MS, reason="equipment"))
            case "note":
                self._act(ActRequest(act=Act.NOTE, reason="other", note=action.text))
            case "pause":
                self._act(ActRequest(act=Act.PAUSE, reason="disturbance"))
                self._act(ActRequest(act=Act.RESUME))
            case _:
                self._answer(action)
        self._desk.tick()

    def hand_in(self) -> None:
        """Hand in by the candidate's own wish."""
        self._desk.hand_in()

    def _answer(self, action: Action) -> None:
        question = self._questions[action.question]
        self._desk.visit(question.question_id)
        match action.doing:
            case "choose":
                wanted = set(action.options)
                chosen = [o.option_id for o in question.options if o.text in wanted]
                self._desk.choose(question.question_id, chosen)
            case "type":
                self._desk.type(question.question_id, action.text)
            case "clear":
                self._desk.clear(question.question_id)
            case "flag":
                self._desk.flag(question.question_id, on=True)

    def _act(self, request: ActRequest) -> None:
        self._desk.note_overlay(opened=True)
        self._desk.act(self._pins.first, request)
        self._desk.note_overlay(opened=False)


class Acknowledgements:
    """Says which actions are saved, in order, once the writer has said so; called from two threads."""

    def __init__(self, say: Callable[[int, int], None]) -> None:
        self._say = say
        self._lock = Lock()
        self._waiting: list[tuple[int, int]] = []
        self._saved = -1

    def expect(self, index: int, seq: int) -> None:
        """Action `index` is saved when entry `seq` is."""
        with self._lock:
            self._waiting.append((index, seq))
            self._tell()

    def hear(self, seq: int) -> None:
        """Entries up to `seq` are committed."""
        with self._lock:
            self._saved = max(self._saved, seq)
            self._tell()

    def _tell(self) -> None:
        while self._waiting and self._waiting[0][1] <= self._saved:
            self._say(*self._waiting.pop(0))
