"""A page: what is written to a store in one go. New entries, and what the rows say once they are folded in.

A seat writes a page for every move; central writes one for a whole journal. Both get the same rows.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kiosk.exam.attempt import Attempt
from kiosk.exam.canonical import canonical
from kiosk.exam.draft import QuestionType
from kiosk.exam.entry import MONITORING, Entry, Genesis, Kind
from kiosk.exam.evidence import Evidence
from kiosk.exam.fence import Fence
from kiosk.exam.grant import Grant
from kiosk.exam.journal import Head
from kiosk.exam.lease import Lease
from kiosk.exam.moment import parse_iso
from kiosk.exam.paper import Paper
from kiosk.exam.person import Person
from kiosk.exam.receipt import receipt_code
from kiosk.exam.status import SubmissionStatus

SCREEN_CAPTURE = "screen_capture"
"""The schema's name for the activity of a captured screen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The row of `test_submissions`, as far as a journal tells it."""

    status: SubmissionStatus
    attempt: int
    started_at: str
    submitted_at: str | None
    duration: int | None
    """Seconds used, once handed in."""
    handed_in_by: str | None
    is_late: bool
    receipt: str | None
    head: Head


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRow:
    """One row of `answers`, as far as a journal tells it."""

    answer_id: str
    question_id: str
    selected_option_ids: tuple[str, ...] | None
    essay_answer: str | None
    coding_answer: str | None
    answered_at: str | None
    answered_seq: int | None
    seen: bool
    flagged: bool
    hints_shown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedLease:
    """A lease with the envelope that proves it."""

    lease: Lease
    envelope: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedGrant:
    """A proctor's act that was carried out, with the envelope that proves it."""

    grant: Grant
    envelope: bytes
    confirmation: bytes | None = None
    """The hall's own envelope of an act that a code allowed while the hall was out of reach, once it came."""

    @property
    def envelopes(self) -> tuple[bytes, ...]:
        """Every proof of it."""
        return (self.envelope,) if self.confirmation is None else (self.envelope, self.confirmation)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """New entries of one sitting, and what the rows say after them."""

    genesis: Genesis
    entries: tuple[Entry, ...]
    standing: Standing
    answers: tuple[AnswerRow, ...]
    """The questions the entries changed."""
    activities: tuple[dict[str, Any], ...]
    """What the entries add to `proctoring_sessions.activities`."""
    candidate_id: str
    proctor_id: str | None
    """Who opened the hall's session."""
    evidence: tuple[Evidence, ...] = ()
    grant: SignedGrant | None = None
    opening: "Opening | None" = None
    """Set on the first page only."""
    fence: Fence | None = None
    """Set on the last page a seat may write before the sitting goes on elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a store must hold before the first entry of a sitting."""

    paper: Paper
    candidate: Person
    lease: SignedLease
    attachments: Mapping[str, str] = field(default_factory=dict)
    """The texts of the paper's files by their SHA-256."""


def page_of(
    attempt: Attempt,
    entries: Sequence[Entry],
    *,
    evidence: Sequence[Evidence] = (),
    grant: SignedGrant | None = None,
    opening: Opening | None = None,
    fence: Fence | None = None,
) -> Page:
    """Return the page of the last `entries` of an opened attempt, which has them folded in already."""
    assert attempt.opening is not None
    named = dict.fromkeys(e.body.get("question") for e in entries)  # a message names a question, or none
    changed = [q for q in named if q is not None and q in attempt.answers]
    return Page(
        genesis=attempt.genesis,
        entries=tuple(entries),
        standing=standing_of(attempt),
        answers=tuple(answer_row(attempt, q) for q in changed),
        activities=tuple(activity(e) for e in entries if e.kind in MONITORING),
        candidate_id=attempt.opening.body["candidate"],
        proctor_id=attempt.opening.body["proctor"],
        evidence=tuple(evidence),
        grant=grant,
        opening=opening,
        fence=fence,
    )


def answer_row(attempt: Attempt, question_id: str) -> AnswerRow:
    """Return the row of one question of an opened attempt."""
    kind, answer = attempt.paper.questions[question_id].type, attempt.answers[question_id]
    return AnswerRow(
        answer_id=row_id(attempt.genesis.submission_id, "answer", question_id),
        question_id=question_id,
        selected_option_ids=answer.option_ids or None,
        essay_answer=answer.text or None if kind is QuestionType.ESSAY else None,
        coding_answer=answer.text or None if kind is QuestionType.CODING else None,
        answered_at=answer.answered_at,
        answered_seq=answer.answered_seq,
        seen=answer.seen,
        flagged=answer.flagged,
        hints_shown=answer.hints_shown,
    )


def standing_of(attempt: Attempt) -> Standing:
    """Return where an opened attempt stands."""
    opening, hand_in = attempt.opening, attempt.hand_in_entry
    assert opening is not None
    due_at = opening.body["due_at"]
    return Standing(
        status=SubmissionStatus.SUBMITTED if hand_in else SubmissionStatus.IN_PROGRESS,
        attempt=opening.body["attempt"],
        started_at=opening.at,
        submitted_at=hand_in.at if hand_in else None,
        duration=attempt.ledger.used_ms // 1000 if hand_in else None,
        handed_in_by=hand_in.body["by"] if hand_in else None,
        is_late=bool(hand_in and due_at and parse_iso(hand_in.at) > parse_iso(due_at)),
        receipt=receipt_code(hand_in.hash) if hand_in else None,
        head=attempt.head,
    )


def activity(entry: Entry) -> dict[str, Any]:
    """Return the activity a monitoring entry is shown as, in the schema's names."""
    if entry.kind is Kind.CAPTURED:
        kind, metadata = SCREEN_CAPTURE, {"imageUrl": evidence_uri(entry.body["evidence"])}
    else:
        kind, metadata = entry.kind.value, dict(entry.body)
    return {"activityType": kind, "timestamp": entry.at, "metadata": metadata}


def evidence_uri(digest: str) -> str:
    """Return the name of a piece of evidence: nothing to fetch, only what to look for in the store."""
    return f"evidence:sha256:{digest}"


def row_id(*parts: str) -> str:
    """Return the id of a row that a seat and central must name alike without asking each other: 32 hex digits."""
    return hashlib.sha256(canonical(list(parts))).hexdigest()[:32]
