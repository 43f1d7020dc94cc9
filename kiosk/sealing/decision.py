"""Decisions about branches and held bundles: signed when made, verified at every use with the root key alone."""

import hashlib
from collections.abc import Sequence

from pydantic import ValidationError

from kiosk.exam.decision import Decision
from kiosk.exam.error import Invalid
from kiosk.exam.page import AnswerRow, row_id
from kiosk.sealing.certificate import verify_chain
from kiosk.sealing.envelope import PayloadType, read_envelope, sign
from kiosk.sealing.key import KeyRole, SigningKey
from kiosk.sealing.revocation import NONE_REVOKED, Revocations
from kiosk.wire.decision import AdoptedAnswer, DecisionDocument
from kiosk.wire.document import words


def sign_decision(
    *,
    submission_id: str,
    opened_on: str,
    bundle_id: str,
    answer: AnswerRow | None,
    reason: str,
    decided_by: str,
    second: str | None,
    decided_at: str,
    key: SigningKey,
    chain: Sequence[str],
) -> bytes:
    """Return the envelope of a decision; without an answer it lets a held bundle count. Raises Invalid for a value
    that cannot travel."""
    document = {
        "version": 1,
        "submission_id": submission_id,
        "opened_on": opened_on,
        "bundle_id": bundle_id,
        "question_id": None if answer is None else answer.question_id,
        "answer": None if answer is None else _document(answer),
        "reason": reason,
        "decided_by": decided_by,
        "second": second,
        "decided_at": decided_at,
        "certificates": list(chain),
    }
    return sign(PayloadType.DECISION, document, key)


def read_decision(envelope: bytes, root: str, revoked: Revocations = NONE_REVOKED) -> Decision:
    """Return a decision believed on the word of the root's public key; raises Tampered, Invalid or Denied.

    One under a revoked certificate is refused with Denied.
    """
    read = read_envelope(envelope, PayloadType.DECISION)
    try:
        document = DecisionDocument.model_validate_json(read.canonical_payload())
    except ValidationError as error:
        raise Invalid(f"this decision is not of this version: {words(error)}") from None
    holder = verify_chain(document.certificates, root, KeyRole.RELEASE, document.decided_at, revoked)
    read.check(holder.standing().key)
    return Decision(
        decision_id=hashlib.sha256(read.payload).hexdigest(),
        submission_id=document.submission_id,
        opened_on=document.opened_on,
        bundle_id=document.bundle_id,
        question_id=document.question_id,
        answer=_answer(document.submission_id, document.question_id, document.answer),
        reason=document.reason,
        decided_by=document.decided_by,
        second=document.second,
        decided_at=document.decided_at,
    )


def _document(answer: AnswerRow) -> dict[str, object]:
    chosen = answer.selected_option_ids
    return {
        "selected_option_ids": None if chosen is None else list(chosen),
        "essay_answer": answer.essay_answer,
        "coding_answer": answer.coding_answer,
        "answered_at": answer.answered_at,
        "answered_seq": answer.answered_seq,
        "seen": answer.seen,
        "flagged": answer.flagged,
        "hints_shown": answer.hints_shown,
    }


def _answer(submission_id: str, question_id: str | None, answer: AdoptedAnswer | None) -> AnswerRow | None:
    if question_id is None or answer is None:
        return None
    return AnswerRow(
        answer_id=row_id(submission_id, "answer", question_id), question_id=question_id, **answer.model_dump()
    )
