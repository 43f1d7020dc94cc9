"""The ledger: every answer a candidate was told is saved, held against what central has in the end.

It folds the journals central counts; an answer of a machine that was lost before the hub had it must lie on that
machine, kept aside. It believes no part of the program about what was saved: only what the seats acknowledged.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kiosk.central.central import Central
from kiosk.exam.attempt import Attempt
from kiosk.exam.entry import Kind
from kiosk.exam.error import KioskError
from kiosk.exam.record import Record
from kiosk.ground.home import Home
from kiosk.office.register import Register
from kiosk.rehearsal.drill.machine import Ack, Candidate
from kiosk.seat.place import seat_store


@dataclass(slots=True)
class Ledger:
    """Compares; changes nothing."""

    central: Central
    home: Home
    test_id: str
    acknowledged: int = 0
    aside: int = 0
    """Answers found only on a machine that was left behind."""
    _aside: dict[tuple[str, str], dict[tuple[int, int], set[str]]] = field(default_factory=dict)

    def discrepancies(self, candidates: Sequence[Candidate], delivered: Sequence[str]) -> tuple[str, ...]:
        """Return everything that is lost or doubled; `delivered` are the bundles in the order they came to central."""
        found = [f"bundle {b[:12]} was delivered {n} times" for b, n in Counter(delivered).items() if n > 1]
        register = Register(self.central.office.engine)
        of = {r.columns()["assignment_id"]: r.columns()["candidate_id"] for r in register.find("testAssignments")}
        rows: dict[str, list[str]] = {}
        for row in register.find("testSubmissions"):
            columns = row.columns()
            rows.setdefault(of[columns["assignment_id"]], []).append(columns["submission_id"])
        for candidate in candidates:
            found += [f"{candidate.roll}: {what}" for what in self._of(candidate, rows.get(candidate.user_id, []))]
        return tuple(found)

    def _of(self, candidate: Candidate, submissions: Sequence[str]) -> Iterator[str]:
        self.acknowledged += len(candidate.acks)
        if len(submissions) != 1:
            yield f"{len(submissions)} sittings at central instead of one"
            return
        record = self.central.records.record(submissions[0])
        if record is None:
            yield "the sitting was not counted"
            return
        try:
            record.verify()
        except KioskError as error:
            yield f"chain: {error.message}"
            return
        yield from self._answers(candidate, record)

    def _answers(self, candidate: Candidate, record: Record) -> Iterator[str]:
        shown = shown_by(record, {a.question for a in candidate.acks})
        for ack in candidate.acks:
            if ack.text in shown.get((ack.epoch, ack.seq), ()):
                continue
            if self._is_aside(ack, record):
                self.aside += 1
                continue
            yield f"answer {ack.index} was acknowledged at {ack.seat} with entry {ack.seq} and is lost"
        written = Counter(_written(record))
        for word, times in written.items():
            if times > 1:
                yield f"answer {word} is there {times} times"

    def _is_aside(self, ack: Ack, record: Record) -> bool:
        """Whether an answer lies on the machine that acknowledged it, in a branch that was left behind."""
        if ack.epoch >= max((signed.lease.epoch for signed in record.leases), default=1):
            return False  # what counts was written there: nothing of it may be missing
        key = (ack.seat, record.genesis.submission_id)
        if key not in self._aside:
            store = seat_store(self.home.seat(ack.seat))
            try:
                kept = store.record(record.genesis.submission_id)
            finally:
                store.close()
            self._aside[key] = {} if kept is None else shown_by(kept, {ack.question})
        return ack.text in self._aside[key].get((ack.epoch, ack.seq), ())


def shown_by(record: Record, questions: set[str]) -> dict[tuple[int, int], set[str]]:
    """Return by epoch and number of each entry the texts that some questions hold once it is applied."""
    attempt, shown = Attempt(record.paper, record.genesis), dict[tuple[int, int], set[str]]()
    for entry in record.entries:
        attempt.apply(entry)
        if entry.kind is Kind.TYPED:
            shown[entry.epoch, entry.seq] = {attempt.answers[q].text for q in questions}
    return shown


def _written(record: Record) -> Iterator[str]:
    """Give the last word of the text after each typing that changes it: no candidate writes one twice."""
    attempt, before = Attempt(record.paper, record.genesis), ""
    for entry in record.entries:
        attempt.apply(entry)
        if entry.kind is Kind.TYPED:
            text = attempt.answers[entry.body["question"]].text
            if text.split() and text != before:  # after a restart a seat puts the whole text down again
                yield text.split()[-1]
            before = text
