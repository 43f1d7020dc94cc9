"""The audit of a rehearsal: what was acknowledged at the seats, held against what the office has in the end.

It reads the office's records, folds journals and computes scores from the exam file; it imports no marking.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kiosk.central.central import Central
from kiosk.exam.answer import Answer
from kiosk.exam.attempt import Attempt
from kiosk.exam.entry import Kind
from kiosk.exam.error import KioskError
from kiosk.exam.paper import Paper
from kiosk.exam.receipt import receipt_code
from kiosk.exam.record import Record
from kiosk.office.register import Register
from kiosk.rehearsal.script import Action, expected_score, final_responses
from kiosk.rehearsal.seating import Played

Columns = dict[str, Any]
WRITTEN = ("Essay", "Coding")
WRITTEN_SHARE = Decimal("0.5")
"""What the simulated evaluator gives for every written answer."""


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Something that is not as it must be."""

    candidate: str
    """Roll number, or empty for what concerns the whole."""
    what: str

    def __str__(self) -> str:
        return f"{self.candidate}: {self.what}" if self.candidate else self.what


class Audit:
    """Compares; changes nothing."""

    def __init__(self, central: Central, source: Mapping[str, Any], paper: Paper) -> None:
        self._central = central
        self._source = source
        self._paper = paper
        self._register = Register(central.office.engine)

    def discrepancies(self, played: Sequence[Played], delivered: Sequence[str]) -> tuple[Discrepancy, ...]:
        """Return everything that is wrong; `delivered` are the bundle ids in the order they were handed in."""
        found = [Discrepancy("", f"bundle {b[:12]} was delivered {n} times") for b, n in _repeated(delivered)]
        rows = self._submissions()
        for one in played:
            found += [Discrepancy(one.roll, what) for what in self._of(one, rows.get(one.user_id, []))]
        known = {p.user_id for p in played}
        found += [Discrepancy("", f"a sitting nobody played, of {c}") for c in rows if c not in known]
        return tuple(found)

    def _of(self, played: Played, rows: Sequence[Columns]) -> Iterator[str]:
        if played.trouble is not None:
            yield f"the seat said: {played.trouble}"
        if len(rows) != 1:
            yield f"{len(rows)} sittings at central instead of one"
            return
        row = rows[0]
        record = self._central.records.record(row["submission_id"])
        if record is None:
            yield "the sitting was not counted"
            return
        try:
            record.verify()
            yield from self._journal(played, record)
        except KioskError as error:
            yield f"chain: {error.message}"
        yield from self._answers(played, row)

    def _journal(self, played: Played, record: Record) -> Iterator[str]:
        """Hold the receipt and every acknowledgement against the journal, each at the entry it named."""
        receipts = [receipt_code(e.hash) for e in record.entries if e.kind is Kind.HANDED_IN]
        if played.receipt is not None and receipts[-1:] != [played.receipt]:
            yield f"the candidate holds the receipt {played.receipt}, the journal says {receipts}"
        attempt = Attempt(record.paper, record.genesis)
        due = sorted((seq, index) for index, seq in played.acknowledged.items() if index < len(played.actions))
        for entry in record.entries:
            attempt.apply(entry)
            while due and due[0][0] == entry.seq:
                _, index = due.pop(0)
                if not self._shows(attempt, played.actions[index]):
                    yield f"answer {index} was acknowledged with entry {entry.seq} and is not there"
        for seq, index in due:
            yield f"answer {index} was acknowledged with entry {seq}, which is missing"
        wanted = Counter(a.doing for i, a in enumerate(played.actions) if i in played.acknowledged)
        extensions = sum(e.kind is Kind.EXTENDED for e in record.entries)
        if extensions < wanted["extend"]:
            yield f"{wanted['extend']} extensions were acknowledged and {extensions} are there"

    def _shows(self, attempt: Attempt, action: Action) -> bool:
        if action.doing in ("extend", "note", "pause"):
            return True
        question = next(q for q in self._paper.questions.values() if q.text == action.question)
        answer = attempt.answers[question.question_id]
        match action.doing:
            case "flag":
                return answer.flagged
            case "clear":
                return not answer.is_answered
            case "type":
                return answer.text == action.text
            case _:
                return _texts(self._paper, answer) == set(action.options)

    def _answers(self, played: Played, row: Columns) -> Iterator[str]:
        wanted = final_responses(played.actions)
        found = {a["question_id"]: a for a in self._find("answers", submissionId=row["submission_id"])}
        for question in self._paper.questions.values():
            action, answer = wanted.get(question.text), found.get(question.question_id)
            held = Answer(question.question_id)
            if answer is not None:
                text = answer["essay_answer"] or answer["coding_answer"] or ""
                held = Answer(question.question_id, tuple(answer["selected_option_ids"] or ()), text)
            if _texts(self._paper, held) != set(action.options if action else ()) or held.text != (
                action.text if action else ""
            ):
                yield f"question {question.question_id}: the office holds another answer than the script ends with"
        expected = expected_score(self._source, wanted) + written_points(self._source, wanted)
        if row["score"] is None or Decimal(str(row["score"])) != expected:
            yield f"score {row['score']} instead of {expected}"

    def _submissions(self) -> dict[str, list[Columns]]:
        assignments = self._find("testAssignments", testId=self._paper.test_id)
        candidate_of = {a["assignment_id"]: a["candidate_id"] for a in assignments}
        rows: dict[str, list[Columns]] = {}
        for row in self._find("testSubmissions"):
            candidate = candidate_of.get(row["assignment_id"])
            if candidate is not None:
                rows.setdefault(candidate, []).append(row)
        return rows

    def _find(self, table: str, **where: str) -> list[Columns]:
        return [record.columns() for record in self._register.find(table, **where)]


def written_points(source: Mapping[str, Any], responses: Mapping[str, Action]) -> Decimal:
    """Return what the simulated evaluator gives for the written answers of a script."""
    questions = (q for s in source["sections"] for q in s["questions"] if q["type"] in WRITTEN)
    return sum(
        (Decimal(str(q["points"])) * WRITTEN_SHARE for q in questions if q["questionText"] in responses), Decimal(0)
    )


def _texts(paper: Paper, answer: Answer) -> set[str]:
    options = paper.questions[answer.question_id].options
    return {o.text for o in options if o.option_id in answer.option_ids}


def _repeated(bundle_ids: Sequence[str]) -> list[tuple[str, int]]:
    return [(b, n) for b, n in Counter(bundle_ids).items() if n > 1]
