"""A released result on its way to the candidate, cut by the office to the policy of its test."""

from typing import Annotated

from pydantic import Field

from kiosk.wire.document import Document, Name

MOST_LINES = 2_000
Points = Annotated[str, Field(pattern=r"^-?\d{1,30}(\.\d{1,30})?$")]
"""An exact decimal as text."""
Words = Annotated[str, Field(max_length=20_000)]


class ResultLineDocument(Document):
    """One question of a result, numbered as the paper prints it."""

    number: Annotated[int, Field(ge=1, le=100_000)]
    section: Name
    points: Points | None
    max_points: Points
    feedback: Words | None


class ResultBody(Document):
    """What the candidate may see; the `body` of a roster's result is its canonical text."""

    title: Name
    score: Points
    max_score: Points
    passed: bool | None
    feedback: Words | None
    lines: Annotated[tuple[ResultLineDocument, ...], Field(max_length=MOST_LINES)]
