"""Decisions of adjudicators, laid over the rows of a sitting: kept signed, believed only when they verify."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from kiosk.exam.decision import Decision, in_force
from kiosk.exam.error import KioskError, Refused
from kiosk.exam.log import AuditEntry
from kiosk.exam.moment import parse_iso
from kiosk.exam.status import BundleState
from storage.central.award import flag_overtaken, mark_again, put_down_in
from storage.central.text import storable
from storage.models import office as rows
from storage.office.store import Store, add_rows, write_audit
from storage.page import answer_row

ReadDecision = Callable[[bytes], Decision]
"""Reads a signed decision; raises KioskError for one that does not verify."""
SittingKey = tuple[str, str]
"""Submission id and the day it was opened."""


@dataclass(frozen=True, slots=True)
class Adopted:
    """The answers decisions put in place of the counted journal's, and what a person should look at."""

    answers: dict[str, dict[str, Any]]
    """Rows of `answers` without their sitting, by question."""
    flags: tuple[str, ...]


class DecisionStore(Store):
    """Keeps decisions and carries them out."""

    def __init__(self, engine: Engine, read_decision: ReadDecision) -> None:
        super().__init__(engine)
        self._read_decision = read_decision

    def adopt(self, decided: Sequence[tuple[Decision, bytes]], audit: AuditEntry, at: datetime) -> None:
        """Take answers over from a branch, mark them anew and write the act down, all in one transaction.

        Raises Refused where a decision's bundle is no branch of its sitting.
        """
        with self._writing() as session:
            for decision, envelope in decided:
                sitting = session.get(
                    rows.Submission, (decision.submission_id, decision.opened_on), with_for_update={"key_share": True}
                )
                bundle = session.get(rows.Bundle, (decision.bundle_id, decision.opened_on))
                if sitting is None or bundle is None or bundle.submission_id != decision.submission_id:
                    raise Refused(f"There is no bundle {decision.bundle_id[:16]} of this sitting here.")
                if bundle.state is not BundleState.BRANCH:
                    raise Refused(f"The bundle {decision.bundle_id[:16]} is {bundle.state.value}, and not a branch.")
                add_decision(session, decision, envelope)
                self._carry_out(session, sitting, decision, at)
            write_audit(session, audit)

    def note(self, audit: AuditEntry) -> None:
        """Write down that somebody looked at what is to be decided."""
        with self._writing() as session:
            write_audit(session, audit)

    def envelopes(self, sitting: SittingKey) -> tuple[bytes, ...]:
        """Return the decisions on a sitting as they were signed, in the order they were made."""
        with self._reading() as session:
            return tuple(row.envelope for row in _decisions(session, sitting))

    def _carry_out(self, session: Session, sitting: rows.Submission, decision: Decision, at: datetime) -> None:
        assert decision.answer is not None
        key = (sitting.submission_id, sitting.opened_on)
        before = put_down_in(session, key)
        answer = rows.Answer
        session.execute(
            delete(answer).where(
                answer.submission_id == key[0], answer.opened_on == key[1], answer.question_id == decision.question_id
            )
        )
        add_rows(session, answer, [{**_sitting_columns(key), **storable(answer_row(decision.answer))}])
        counted = session.get_one(rows.Bundle, (sitting.bundle_id, sitting.opened_on))
        flags = flag_overtaken(session, key, before)
        counted.flags = sorted({*counted.flags, *flags})
        mark_again(session, sitting, at)


def adopted(
    session: Session, sitting: SittingKey, counted: str, questions: frozenset[str], read: ReadDecision
) -> Adopted:
    """Return what the decisions on a sitting come to while the bundle `counted` counts.

    A decision is dropped, and flagged, when it does not verify, names another paper's question, or takes an answer from
    the very bundle that counts by itself now.
    """
    sound, flags = [], []
    for row in _decisions(session, sitting):
        try:
            decision = read(row.envelope)
        except KioskError as error:
            flags.append(f"the decision {row.decision_id[:16]} is not followed: {error.message}")
            continue
        told = (decision.decision_id, decision.submission_id, decision.opened_on, decision.bundle_id)
        if told != (row.decision_id, *sitting, row.bundle_id) or decision.question_id != row.question_id:
            flags.append(f"the decision {row.decision_id[:16]} is not followed: it is kept under another name")
            continue
        sound.append(decision)
    answers = {}
    for question_id, decision in in_force(sound).items():
        if decision.bundle_id == counted:
            flags.append(f"the decision on {question_id} took its answer from this bundle, which counts by itself now")
        elif question_id not in questions or decision.answer is None:
            flags.append(f"the decision on {question_id} is not followed: this paper does not ask it")
        else:
            answers[question_id] = storable(answer_row(decision.answer))
    return Adopted(answers, tuple(flags))


def add_decision(session: Session, decision: Decision, envelope: bytes) -> None:
    """Keep a signed decision, in the transaction that carries it out."""
    values = {
        "decision_id": decision.decision_id,
        "submission_id": decision.submission_id,
        "opened_on": decision.opened_on,
        "bundle_id": decision.bundle_id,
        "question_id": decision.question_id,
        "envelope": envelope,
        "reason": decision.reason,
        "decided_by": decision.decided_by,
        "second": decision.second,
        "decided_at": parse_iso(decision.decided_at),
    }
    session.flush()
    add_rows(session, rows.Decision, [values])


def _decisions(session: Session, sitting: SittingKey) -> Sequence[rows.Decision]:
    query = (
        select(rows.Decision)
        .where(rows.Decision.submission_id == sitting[0], rows.Decision.opened_on == sitting[1])
        .order_by(rows.Decision.decided_at, rows.Decision.decision_id)
    )
    return session.scalars(query).all()


def _sitting_columns(sitting: SittingKey) -> dict[str, str]:
    return {"submission_id": sitting[0], "opened_on": sitting[1]}
