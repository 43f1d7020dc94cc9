"""Who is expected at a seat: what the hall tells it ahead, so that a test can begin there without the hall."""

from typing import Literal

from kiosk.wire.answer import CandidateAnswer, InstructionsAnswer, TestAnswer
from kiosk.wire.document import Document, Identifier


class ExpectedDocument(Document):
    """What the hall signs beside a lease given ahead: cards and instructions, no question and no secret."""

    version: Literal[1]
    submission_id: Identifier
    candidate: CandidateAnswer
    test: TestAnswer
    instructions: InstructionsAnswer
