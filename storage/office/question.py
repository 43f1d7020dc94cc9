"""The questions of drafts, with their options and tags: how rows become values and values rows."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from kiosk.exam.draft import Option, Question
from storage.models import office as rows
from storage.office.store import add_rows, in_batches

_FIELDS = (
    "question_id",
    "question_bank_id",
    "type",
    "question_text",
    "created_at",
    "order",
    "is_active",
    "points",
    "shuffle",
    "min_choices",
    "max_choices",
    "min_words",
    "max_words",
    "language",
    "starter",
    "rubric",
    "feedback",
    "version",
    "replaces_id",
)
_OPTION_FIELDS = ("option_id", "option_text", "is_correct", "option_order", "feedback", "weight")


def add_questions(session: Session, questions: Sequence[tuple[str, Question]]) -> None:
    """Add questions, each with the id of its section, and all that hangs on them."""
    add_rows(session, rows.Question, [_question_values(section_id, q) for section_id, q in questions])
    add_rows(
        session,
        rows.Option,
        [
            {"question_id": q.question_id, **{n: getattr(o, n) for n in _OPTION_FIELDS}}
            for _, q in questions
            for o in q.options
        ],
    )
    add_rows(
        session,
        rows.Tag,
        [{"question_id": q.question_id, "tag": t} for _, q in questions for t in dict.fromkeys(q.tags)],
    )


def clear_questions(session: Session, section_ids: Select[str]) -> None:
    """Take out every question of the sections a query names, and all that hangs on them."""
    questions = select(rows.Question.question_id).where(rows.Question.section_id.in_(section_ids))
    for statement in (
        delete(rows.Option).where(rows.Option.question_id.in_(questions)),
        delete(rows.Tag).where(rows.Tag.question_id.in_(questions)),
        delete(rows.Question).where(rows.Question.section_id.in_(section_ids)),
    ):
        session.execute(statement, execution_options={"synchronize_session": False})


def _question_values(section_id: str, question: Question) -> dict[str, Any]:
    return {
        **{name: getattr(question, name) for name in _FIELDS},
        "section_id": section_id,
        "hints": list(question.hints),
        "attachments": list(question.attachments),
        "examples": [list(pair) for pair in question.examples],
    }


def load_questions(session: Session, section_ids: Sequence[str]) -> Mapping[str, Sequence[Question]]:
    """Return the questions of sections in order, by section id. Tags come back sorted."""
    found: dict[str, list[Question]] = defaultdict(list)
    for some in in_batches(section_ids):
        query = (
            select(rows.Question)
            .where(rows.Question.section_id.in_(some))
            .order_by(rows.Question.order, rows.Question.question_id)
        )
        questions = list(session.scalars(query))
        ids = [q.question_id for q in questions]
        options, tags = _load_options(session, ids), _load_tags(session, ids)
        for row in questions:
            found[row.section_id or ""].append(_question(row, options[row.question_id], tags[row.question_id]))
    return found


def _load_options(session: Session, question_ids: Sequence[str]) -> Mapping[str, list[Option]]:
    found: dict[str, list[Option]] = defaultdict(list)
    for some in in_batches(question_ids):
        query = (
            select(rows.Option)
            .where(rows.Option.question_id.in_(some))
            .order_by(rows.Option.option_order, rows.Option.option_id)
        )
        for row in session.scalars(query):
            found[row.question_id].append(Option(**{name: getattr(row, name) for name in _OPTION_FIELDS}))
    return found


def _load_tags(session: Session, question_ids: Sequence[str]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for some in in_batches(question_ids):
        query = select(rows.Tag).where(rows.Tag.question_id.in_(some)).order_by(rows.Tag.tag)
        for row in session.scalars(query):
            found[row.question_id].append(row.tag)
    return found


def _question(row: rows.Question, options: Sequence[Option], tags: Sequence[str]) -> Question:
    return Question(
        **{name: getattr(row, name) for name in _FIELDS},
        section_id=row.section_id,
        hints=tuple(row.hints or ()),
        attachments=tuple(row.attachments or ()),
        examples=tuple((a, b) for a, b in row.examples or ()),
        options=tuple(options),
        tags=tuple(tags),
    )
