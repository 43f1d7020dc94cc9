"""The attempt: the state of one sitting, folded from its journal entry by entry and from nothing else."""

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from typing import Any, Self

from kiosk.exam.accommodation import Accommodation
from kiosk.exam.answer import Answer
from kiosk.exam.entry import Entry, Genesis, Kind
from kiosk.exam.journal import Head, genesis_head
from kiosk.exam.manuscript import Manuscript
from kiosk.exam.moment import Moment
from kiosk.exam.order import Order, read_order
from kiosk.exam.paper import Paper
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

    def __init__(self, paper: Paper, genesis: Genesis, seat: str | None = None) -> None:
        """Begin before the first entry; `seat` is where the attempt is looked at, by default where it was opened."""
        self.paper = paper
        self.genesis = genesis
        self.seat = seat or genesis.seat
        self.holder = genesis.seat
        """The seat that may write."""
        self.head: Head = genesis_head(genesis)
        self.epoch = 1
        self.order: Order = ()
        self.answers: dict[str, Answer] = {}
        self.ledger = Ledger(allowance(paper, Accommodation()))
        self.question: str | None = None
        """The question on the screen."""
        self.left_sections: set[str] = set()
        """Sections that may not be entered again."""
        self.reopened_sections: set[str] = set()
        """Left sections that an extension opened again and that have not been left since."""
        self.grants: set[str] = set()
        """Grants already used."""
        self.opening: Entry | None = None
        """The entry that opened the sitting."""
        self.hand_in_entry: Entry | None = None
        """The entry that handed in, while handed in; its hash is the receipt."""
        self.manuscript = Manuscript()
        self._is_sealed = False

    @classmethod
    def fold(cls, paper: Paper, genesis: Genesis, entries: Iterable[Entry], seat: str | None = None) -> Self:
        """Return the attempt a journal describes. The chain is not verified here (`journal.verify`)."""
        attempt = cls(paper, genesis, seat)
        for entry in entries:
            attempt.apply(entry)
        return attempt

    @property
    def phase(self) -> Phase:
        """What the sitting is doing now, as `seat` must see it."""
        if self._is_sealed:
            return Phase.SEALED
        if self.ledger.handed_in:
            return Phase.HANDED_IN
        if self.holder != self.seat:
            return Phase.MOVED
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

    def empty_numbers(self, section_id: str) -> list[int]:
        """Return the numbers, as this candidate counts them, of the questions of a section without an answer."""
        section = next(s for s in self.order if s.section_id == section_id)
        return [n for n, q in enumerate(section.questions, 1) if not self.answers[q.question_id].is_answered]

    def is_open(self, section_id: str, moment: Moment) -> bool:
        """Whether a section may be worked in at `moment`."""
        return section_id not in self.left_sections and self.ledger.section_left_ms(section_id, moment) != 0

    def shut_sections(self, moment: Moment) -> frozenset[str]:
        """Return the sections that may not be worked in at `moment`."""
        return frozenset(s.section_id for s in self.paper.sections if not self.is_open(s.section_id, moment))

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
                self._left(entry)
            case Kind.EXTENDED:
                self._extended(entry)
            case Kind.HANDED_IN:
                self.hand_in_entry = entry
            case Kind.REOPENED:
                self.hand_in_entry = None
            case Kind.MOVED:
                self.holder = entry.body["lease"]["seat"]
            case Kind.SEALED:
                self._is_sealed = True

    def _opened(self, entry: Entry) -> Ledger:
        self.opening = entry
        self.order = read_order(entry.body["order"])
        self.answers = {i: Answer(i) for i in self.paper.questions}
        given = Accommodation.from_document(entry.body["accommodation"])
        return Ledger(allowance(self.paper, given, entry.body["limit_ms"])).after(entry)

    def _put_down(self, entry: Entry) -> None:
        question = entry.body["question"]
        before = self.answers[question]
        match entry.kind:
            case Kind.ANSWERED:
                after = replace(before, option_ids=tuple(entry.body["options"]))
            case Kind.CLEARED:
                self.manuscript.forget(question)
                after = replace(before, option_ids=(), text="")
            case _:
                after = replace(before, text=self.manuscript.write(entry, before.text))
        if after != before:
            self.answers[question] = replace(after, answered_at=entry.at, answered_seq=entry.seq)

    def _left(self, entry: Entry) -> None:
        self.reopened_sections.discard(entry.body["section"])
        if entry.body["why"] != "moved":
            self.left_sections.add(entry.body["section"])

    def _extended(self, entry: Entry) -> None:
        section = entry.body["section"]
        if entry.body["ms"] > 0 and section in self.left_sections:
            self.left_sections.discard(section)
            self.reopened_sections.add(section)

    def _change(self, question_id: str, **changes: Any) -> None:
        self.answers[question_id] = replace(self.answers[question_id], **changes)
