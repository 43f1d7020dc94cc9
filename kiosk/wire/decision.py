"""A signed decision on the wire: which bundle may count, or which answer of a branch is taken over."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from kiosk.wire.document import ChainTexts, Count, Day, Digest, Document, Identifier, Instant

LONGEST_ANSWER = 1_000_000
LONGEST_REASON = 2_000


class AdoptedAnswer(Document):
    """The answer as the branch has it, whole, so that the decision says by itself what was adopted."""

    selected_option_ids: Annotated[tuple[Identifier, ...], Field(max_length=1_000)] | None
    essay_answer: Annotated[str, Field(max_length=LONGEST_ANSWER)] | None
    coding_answer: Annotated[str, Field(max_length=LONGEST_ANSWER)] | None
    answered_at: Instant | None
    answered_seq: Count | None
    """Entry of the branch's journal that put it down."""
    seen: bool
    flagged: bool
    hints_shown: Count


class DecisionDocument(Document):
    """What the release key signs once two adjudicators have decided."""

    version: Literal[1]
    submission_id: Identifier
    opened_on: Day
    bundle_id: Digest
    """The branch the answer is taken from, or the held bundle that may count."""
    question_id: Identifier | None
    answer: AdoptedAnswer | None
    reason: Annotated[str, Field(min_length=1, max_length=LONGEST_REASON)]
    decided_by: Identifier
    second: Identifier | None
    """Who stood by; None where the office had nobody else."""
    decided_at: Instant
    certificates: ChainTexts

    @model_validator(mode="after")
    def _question_and_answer_go_together(self) -> Self:
        if (self.question_id is None) != (self.answer is None):
            raise ValueError("a question and the answer adopted for it go together")
        return self
