"""The attempt: the state of one sitting, folded from its journal entry by entry and from nothing else."""

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from typing import Any, Self

from kiosk.exam.accommodation import Accommodation
from kiosk.exam.answer import Answer
from kiosk.exam.entry import Entry, Genesis, Kind
from kiosk.exam.journal import Head, genesis_head
from kiosk.exam.order import Order, read_order
from kiosk.exam.paper import Paper
from kiosk.exam.splice import Splice
from kiosk.exam.timing import Ledger, allowance


class Phase(StrEnum):
    """What a sitting is doing."""

    NEW = "new"
    RUNNING = "running"
    PAUSED = "paused"
    LOCKED = "locked"
    MOVED = "moved"
    HANDED_IN = "handed_in"
    SEALED = "sealed"


class Attempt:
    """The state of one candidate's attempt at one paper, as its journal says."""

    def __init__(self, paper: Paper, genesis: Genesis) -> None:
        self.paper = paper
        self.genesis = genesis
        self.head: Head = genesis_head(genesis)
        self.epoch = 1
        self.order: Order = ()
        self.answers: dict[str, Answer] = {}
        self.ledger = Ledger(allowance(paper, Accommodation()))
        self.question: str | None = None
        """The question on the screen."""
        self.left_sections: set[str] = set()
        """Sections that may not be entered again."""
        self.grants: set[str] = set()
        """Grants already used."""
        self.opening: Entry | None = None
        """The entry that opened the sitting."""
        self.hand_in_entry: Entry | None = None
        """The entry that handed in, while handed in; its hash is the receipt."""
        self._whole: dict[str, tuple[str, int]] = {}
        self._spliced: set[str] = set()
        self._moved = self._sealed = False

    @classmethod
    def fold(cls, paper: Paper, genesis: Genesis, entries: Iterable[Entry]) -> Self:
        """Return the attempt a journal describes. The chain is not verified here (`journal.verify`)."""
        attempt = cls(paper, genesis)
        for entry in entries:
            attempt.apply(entry)
        return attempt

    @property
    def phase(self) -> Phase:
        """What the sitting is doing now."""
        if self._sealed:
            return Phase.SEALED
        if self._moved:
            return Phase.MOVED
        if self.ledger.handed_in:
            return Phase.HANDED_IN
        if self.ledger.locked:
            return Phase.LOCKED
        if self.ledger.paused:
            return Phase.PAUSED
        return Phase.RUNNING if self.ledger.begun else Phase.NEW

    @property
    def receipt_hash(self) -> bytes | None:
        """Chain head at hand-in, while handed in."""
        return None if self.hand_in_entry is None else self.hand_in_entry.hash

    @property
    def section(self) -> str | None:
        """The section the candidate is in."""
        return self.ledger.section

    @property
    def answered_count(self) -> int:
        """How many questions have an answer."""
        return sum(a.is_answered for a in self.answers.values())

    def apply(self, entry: Entry) -> None:
        """Fold one entry."""
        self.head = Head(entry.seq, entry.hash)
        self.epoch = entry.epoch
        self.ledger = self.ledger.after(entry) if entry.kind is not Kind.OPENED else self._opened(entry)
        if "grant" in entry.body:
            self.grants.add(entry.body["grant"])
        match entry.kind:
            case Kind.VISITED:
                self.question = entry.body["question"]
                self._change(self.question, seen=True)
            case Kind.ANSWERED | Kind.CLEARED | Kind.TYPED:
                self._put_down(entry)
            case Kind.FLAGGED:
                self._change(entry.body["question"], flagged=entry.body["on"])
            case Kind.HINT_SHOWN:
                self._change(entry.body["question"], hints_shown=entry.body["hint"])
            case Kind.SECTION_LEFT:
                self._leave(entry)
            case Kind.HANDED_IN:
                self.hand_in_entry = entry
            case Kind.REOPENED:
                self.hand_in_entry = None
            case Kind.MOVED:
                self._moved = entry.body["lease"]["seat"] != self.genesis.seat
            case Kind.SEALED:
                self._sealed = True

    def _opened(self, entry: Entry) -> Ledger:
        self.opening = entry
        self.order = read_order(entry.body["order"])
        self.answers = {i: Answer(i) for i in self.paper.questions}
        given = Accommodation.from_document(entry.body["accommodation"])
        return Ledger(allowance(self.paper, given, entry.body["limit_ms"])).after(entry)

    def _put_down(self, entry: Entry) -> None:
        question = entry.body["question"]
        stamp = {"answered_at": entry.at, "answered_seq": entry.seq}
        match entry.kind:
            case Kind.ANSWERED:
                self._change(question, option_ids=tuple(entry.body["options"]), **stamp)
            case Kind.CLEARED:
                self._change(question, option_ids=(), text="", **stamp)
                self._whole.pop(question, None)
                self._spliced.discard(question)
            case _:
                self._change(question, text=self._typed(entry), **stamp)

    def _typed(self, entry: Entry) -> str:
        body = entry.body
        if "text" in body:
            self._whole[body["question"]] = (entry.boot_id, entry.boot_ms)
            self._spliced.discard(body["question"])
            return str(body["text"])
        self._spliced.add(body["question"])
        return Splice.from_document(body).apply(self.answers[body["question"]].text)

    def _leave(self, entry: Entry) -> None:
        if entry.body["why"] == "time" or self.paper.policy.sequential_sections:
            self.left_sections.add(entry.body["section"])

    def _change(self, question_id: str, **changes: Any) -> None:
        self.answers[question_id] = replace(self.answers[question_id], **changes)
