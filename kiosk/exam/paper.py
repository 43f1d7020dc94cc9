"""The Paper: exactly what a candidate may see of a test, frozen and addressed by its digest."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from kiosk.exam.canonical import canonical, digest
from kiosk.exam.draft import QuestionType
from kiosk.exam.error import Invalid
from kiosk.exam.field import Fields
from kiosk.exam.policy import Policy

FORMAT = "exam-kiosk paper 1"
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class PaperOption:
    """One choice as printed: its text, and an id that says nothing."""

    option_id: str
    text: str


@dataclass(frozen=True, slots=True)
class PaperQuestion:
    """One question as printed."""

    question_id: str
    type: QuestionType
    text: str
    points: Decimal
    options: tuple[PaperOption, ...] = ()
    hints: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()
    shuffle: bool = True
    min_choices: int | None = None
    max_choices: int | None = None
    min_words: int | None = None
    max_words: int | None = None
    language: str | None = None
    starter: str | None = None
    examples: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PaperSection:
    """One section as printed."""

    section_id: str
    title: str
    instructions: str | None
    duration_minutes: int | None
    is_mandatory: bool
    questions: tuple[PaperQuestion, ...]


@dataclass(frozen=True, slots=True)
class PaperFile:
    """One file that questions name among their attachments; its text travels beside the paper."""

    name: str
    sha256: str
    """Of its text in UTF-8, lower-case hex."""
    length: int
    """Bytes of that."""


@dataclass(frozen=True)
class Paper:
    """One printed test. Equal papers have equal canonical bytes and so one digest."""

    test_id: str
    title: str
    description: str | None
    instructions: str | None
    test_version: str | None
    duration_minutes: int
    randomized_questions: bool
    randomized_options: bool
    policy: Policy
    sections: tuple[PaperSection, ...]
    files: tuple[PaperFile, ...] = ()
    """What attachments name and a terminal can show, in the order of their names."""

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical document, lower-case hex."""
        return digest(self.document())

    @cached_property
    def questions(self) -> Mapping[str, PaperQuestion]:
        """Every question by its id, in printed order."""
        return {q.question_id: q for s in self.sections for q in s.questions}

    @cached_property
    def section_of(self) -> Mapping[str, PaperSection]:
        """The section each question stands in, by question id."""
        return {q.question_id: s for s in self.sections for q in s.questions}

    def files_of(self, question: PaperQuestion) -> tuple[PaperFile, ...]:
        """Return the files among a question's attachments, in the question's order."""
        held = {f.name: f for f in self.files}
        return tuple(held[a] for a in dict.fromkeys(question.attachments) if a in held)

    def section(self, section_id: str) -> PaperSection:
        """Return a section by id; raises Invalid if the paper has none such."""
        for section in self.sections:
            if section.section_id == section_id:
                return section
        raise Invalid(f"this paper has no section {section_id}")

    def document(self) -> dict[str, Any]:
        """Return the paper as plain JSON values, field by field: what is not named here never travels."""
        return {
            "format": FORMAT,
            "testId": self.test_id,
            "title": self.title,
            "description": self.description,
            "instructions": self.instructions,
            "testVersion": self.test_version,
            "duration": self.duration_minutes,
            "randomizedQuestions": self.randomized_questions,
            "randomizedOptions": self.randomized_options,
            "policy": self.policy.document(),
            "sections": [_section_document(s) for s in self.sections],
            **({"files": [_file_document(f) for f in self.files]} if self.files else {}),
        }

    def to_bytes(self) -> bytes:
        """Return the canonical bytes the digest is taken of."""
        return canonical(self.document())

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Paper":
        """Read a paper back; raises Invalid when a field is missing, unknown or of the wrong kind."""
        try:
            paper = _read_paper(Fields(document))
        except (Invalid, ValueError) as error:
            raise Invalid(f"this is not a paper of this version ({error})") from error
        if canonical(paper.document()) != canonical(document):
            raise Invalid("this paper holds fields this version does not know")
        return paper


def _file_document(file: PaperFile) -> dict[str, Any]:
    return {"name": file.name, "sha256": file.sha256, "length": file.length}


def _section_document(section: PaperSection) -> dict[str, Any]:
    return {
        "sectionId": section.section_id,
        "title": section.title,
        "instructions": section.instructions,
        "duration": section.duration_minutes,
        "isMandatory": section.is_mandatory,
        "questions": [_question_document(q) for q in section.questions],
    }


def _question_document(question: PaperQuestion) -> dict[str, Any]:
    return {
        "questionId": question.question_id,
        "type": question.type.value,
        "questionText": question.text,
        "points": question.points,
        "options": [{"optionId": o.option_id, "optionText": o.text} for o in question.options],
        "hints": list(question.hints),
        "attachments": list(question.attachments),
        "shuffle": question.shuffle,
        "minChoices": question.min_choices,
        "maxChoices": question.max_choices,
        "minWords": question.min_words,
        "maxWords": question.max_words,
        "language": question.language,
        "starter": question.starter,
        "examples": [list(pair) for pair in question.examples],
    }


def _read_paper(d: Fields) -> Paper:
    if d.text("format") != FORMAT:
        raise Invalid(f"its format is {d.text('format')!r}")
    paper = Paper(
        test_id=d.text("testId"),
        title=d.text("title"),
        description=d.text_or_none("description"),
        instructions=d.text_or_none("instructions"),
        test_version=d.text_or_none("testVersion"),
        duration_minutes=d.whole("duration"),
        randomized_questions=d.flag("randomizedQuestions"),
        randomized_options=d.flag("randomizedOptions"),
        policy=Policy.read(d.inner("policy")),
        sections=tuple(_read_section(s) for s in d.rows("sections")),
        files=tuple(_read_file(f) for f in d.rows("files")) if d.has("files") else (),
    )
    named = {a for q in paper.questions.values() for a in q.attachments}
    names = [f.name for f in paper.files]
    if names != sorted(set(names)) or not named.issuperset(names):
        raise Invalid("its files are not in order, or no question names them")
    return paper


def _read_file(d: Fields) -> PaperFile:
    file = PaperFile(d.text("name"), d.text("sha256"), d.whole("length"))
    if not _DIGEST.fullmatch(file.sha256) or file.length < 1:
        raise Invalid(f"the file {file.name!r} has no digest or no length")
    return file


def _read_section(d: Fields) -> PaperSection:
    return PaperSection(
        section_id=d.text("sectionId"),
        title=d.text("title"),
        instructions=d.text_or_none("instructions"),
        duration_minutes=d.whole_or_none("duration"),
        is_mandatory=d.flag("isMandatory"),
        questions=tuple(_read_question(q) for q in d.rows("questions")),
    )


def _read_question(d: Fields) -> PaperQuestion:
    return PaperQuestion(
        question_id=d.text("questionId"),
        type=QuestionType(d.text("type")),
        text=d.text("questionText"),
        points=d.decimal("points"),
        options=tuple(PaperOption(o.text("optionId"), o.text("optionText")) for o in d.rows("options")),
        hints=d.texts("hints"),
        attachments=d.texts("attachments"),
        shuffle=d.flag("shuffle"),
        min_choices=d.whole_or_none("minChoices"),
        max_choices=d.whole_or_none("maxChoices"),
        min_words=d.whole_or_none("minWords"),
        max_words=d.whole_or_none("maxWords"),
        language=d.text_or_none("language"),
        starter=d.text_or_none("starter"),
        examples=d.pairs("examples"),
    )
