"""The outline: what may be told of a test before its paper is opened. Times, sections, attempts, and no question."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kiosk.exam.canonical import canonical
from kiosk.exam.error import Invalid
from kiosk.exam.field import Fields
from kiosk.exam.paper import Paper, PaperSection
from kiosk.exam.policy import Policy

FORMAT = "exam-kiosk outline 1"


@dataclass(frozen=True, slots=True)
class OutlineSection:
    """One section as far as it is told of."""

    section_id: str
    title: str
    questions: int
    """How many there are."""
    duration_minutes: int | None
    is_mandatory: bool
    instructions: str | None = None
    """None before the release: they may hold the passage its questions are about, so they travel in the paper only."""


@dataclass(frozen=True, slots=True)
class Outline:
    """One test as a candidate is told of it before the start."""

    test_id: str
    title: str
    description: str | None
    instructions: str | None
    duration_minutes: int
    policy: Policy
    sections: tuple[OutlineSection, ...]

    @classmethod
    def of(cls, paper: Paper, *, opened: bool = False) -> "Outline":
        """Return the outline of a paper; one that is `opened` may be told of with the instructions of its sections."""
        return cls(
            test_id=paper.test_id,
            title=paper.title,
            description=paper.description,
            instructions=paper.instructions,
            duration_minutes=paper.duration_minutes,
            policy=paper.policy,
            sections=tuple(_section(s, s.instructions if opened else None) for s in paper.sections),
        )

    @property
    def questions(self) -> int:
        """How many questions there are."""
        return sum(s.questions for s in self.sections)

    def document(self) -> dict[str, Any]:
        """Return what travels before the release, as plain JSON values, field by field."""
        return {
            "format": FORMAT,
            "testId": self.test_id,
            "title": self.title,
            "description": self.description,
            "instructions": self.instructions,
            "duration": self.duration_minutes,
            "policy": self.policy.document(),
            "sections": [
                {
                    "sectionId": s.section_id,
                    "title": s.title,
                    "questions": s.questions,
                    "duration": s.duration_minutes,
                    "isMandatory": s.is_mandatory,
                }
                for s in self.sections
            ],
        }

    def to_bytes(self) -> bytes:
        """Return the canonical bytes of the document."""
        return canonical(self.document())

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Outline":
        """Read an outline back; raises Invalid when a field is missing, unknown or of the wrong kind."""
        try:
            outline = _read(Fields(document))
        except (Invalid, ValueError) as error:
            raise Invalid(f"this is not an outline of this version ({error})") from error
        if outline.to_bytes() != canonical(document):
            raise Invalid("this outline holds fields this version does not know")
        return outline


def _section(section: PaperSection, instructions: str | None) -> OutlineSection:
    return OutlineSection(
        section_id=section.section_id,
        title=section.title,
        questions=len(section.questions),
        duration_minutes=section.duration_minutes,
        is_mandatory=section.is_mandatory,
        instructions=instructions,
    )


def _read(d: Fields) -> Outline:
    if d.text("format") != FORMAT:
        raise Invalid(f"its format is {d.text('format')!r}")
    return Outline(
        test_id=d.text("testId"),
        title=d.text("title"),
        description=d.text_or_none("description"),
        instructions=d.text_or_none("instructions"),
        duration_minutes=d.whole("duration"),
        policy=Policy.read(d.inner("policy")),
        sections=tuple(
            OutlineSection(
                section_id=s.text("sectionId"),
                title=s.text("title"),
                questions=s.whole("questions"),
                duration_minutes=s.whole_or_none("duration"),
                is_mandatory=s.flag("isMandatory"),
            )
            for s in d.rows("sections")
        ),
    )
