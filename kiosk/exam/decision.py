"""A decision about the bundles of one sitting: an answer taken over from a branch, or a held bundle let count."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kiosk.exam.attempt import Attempt
from kiosk.exam.entry import Entry
from kiosk.exam.page import AnswerRow, answer_row


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What two adjudicators decided and central signed."""

    decision_id: str
    """SHA-256 of the payload."""
    submission_id: str
    opened_on: str
    bundle_id: str
    question_id: str | None
    """The question whose answer is taken over; None where a held bundle is let count."""
    answer: AnswerRow | None
    """The answer as the branch has it; None where a held bundle is let count."""
    reason: str
    decided_by: str
    second: str | None
    decided_at: str


@dataclass(frozen=True, slots=True)
class Contrast:
    """One question as the counted journal and a branch tell it."""

    question_id: str
    counted: AnswerRow
    branch: AnswerRow

    @property
    def differs(self) -> bool:
        """Whether the two put down different answers."""
        return put_down(self.counted) != put_down(self.branch)


def put_down(row: AnswerRow) -> tuple[tuple[str, ...], str, str]:
    """Return what a candidate put down in a row, apart from when."""
    return tuple(sorted(row.selected_option_ids or ())), row.essay_answer or "", row.coding_answer or ""


def fork(counted: Sequence[Entry], branch: Sequence[Entry]) -> int:
    """Return the number of the first entry in which two journals of one sitting differ."""
    same = 0
    for one, other in zip(counted, branch, strict=False):
        if one.hash != other.hash:
            break
        same += 1
    return same


def contrasts(
    counted: Attempt, counted_entries: Sequence[Entry], branch: Attempt, branch_entries: Sequence[Entry]
) -> tuple[Contrast, ...]:
    """Return side by side every question that either journal touched after the two parted, in the paper's order."""
    parted = fork(counted_entries, branch_entries)
    touched = {*_questions(counted_entries[parted:]), *_questions(branch_entries[parted:])}
    return tuple(
        Contrast(q, answer_row(counted, q), answer_row(branch, q))
        for q in counted.paper.questions
        if q in touched and q in branch.paper.questions
    )


def in_force(decisions: Iterable[Decision]) -> dict[str, Decision]:
    """Return the decision that stands for each question: the last one made."""
    ordered = sorted(decisions, key=lambda d: (d.decided_at, d.decision_id))
    return {d.question_id: d for d in ordered if d.question_id is not None}


def _questions(entries: Iterable[Entry]) -> set[str]:
    return {e.body["question"] for e in entries if "question" in e.body}
