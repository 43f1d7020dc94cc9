"""The native exam file: test > sections > questions > options under the data model's own names, and nothing else."""

from enum import StrEnum
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from kiosk.exam.draft import AccessType, QuestionType
from kiosk.exam.setting import SETTINGS, Setting
from kiosk.wire.scalar import (
    Exact,
    Flag,
    Identifier,
    Language,
    Line,
    Raw,
    SettingValue,
    Text,
    Timestamp,
    Whole,
    is_nothing,
)

MOST_SECTIONS = 50
MOST_QUESTIONS = 2_000
"""In one section."""
MOST_OPTIONS = 26
DEEPEST = 10
"""How deep a file may nest; a whole exam file needs nine levels."""


_Enum = TypeVar("_Enum", bound=StrEnum)


def _question_type(value: Any) -> QuestionType:
    return _member(QuestionType, value)


def _access_type(value: Any) -> AccessType:
    return _member(AccessType, value)


def _member(kind: type[_Enum], value: Any) -> _Enum:
    try:
        return kind(str(value))
    except ValueError as error:
        names = ", ".join(m.value for m in kind)
        raise PydanticCustomError("member", "must be one of {names}", {"names": names}) from error


_NUMBER = r"^[0-9]{1,4}(\.[0-9]{1,6})?$"


def _setting_schema(setting: Setting) -> dict[str, Any]:
    kinds: dict[str, dict[str, Any]] = {
        "bool": {"enum": [True, False, "true", "false"]},
        "int": {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": "^[0-9]{1,6}$"}]},
        "decimal": {"anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": _NUMBER}]},
        "share": {"anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, {"type": "string", "pattern": _NUMBER}]},
        "minutes": {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": "^([0-9]{1,3},?)*$"}]},
        "choice": {"enum": list(setting.choices)},
    }
    return {**kinds[setting.kind], "description": setting.help, "default": setting.default}


_SETTINGS_SCHEMA = {
    "type": "object",
    "properties": {s.key: _setting_schema(s) for s in SETTINGS},
    "additionalProperties": False,
}

Tags = Annotated[tuple[Line, ...], Field(strict=False, max_length=50)]
Duration = Annotated[Whole, Field(ge=1, le=10_080)]
Place = Annotated[Whole, Field(ge=0, le=100_000)]
Count = Annotated[Whole, Field(ge=0, le=100_000)]


class _Part(BaseModel):
    """A part of an exam file: camelCase names, nothing unknown, and an empty field is a field left out."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, alias_generator=to_camel)

    @model_validator(mode="before")
    @classmethod
    def _leave_out_nothing(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {k: v for k, v in value.items() if not is_nothing(v)}


class OptionPart(_Part):
    """One choice of a question."""

    option_id: Identifier | None = Field(None, description="Unique within the question; A, B, C ... when left out.")
    option_text: Text
    is_correct: Flag = Field(False, description="Whether choosing it is right.")
    option_order: Place | None = Field(None, description="Its place; the order of the file when left out.")
    feedback: Text | None = Field(None, description="Shown with the results, if the test shows questions.")
    weight: Annotated[Exact, Field(ge=-1, le=1)] | None = Field(
        None, description="Share of the points this option is worth, where the setting marking is weights."
    )


class ExamplePart(_Part):
    """One sample input of a program with the output it should give."""

    input: Raw = ""
    output: Raw


class QuestionPart(_Part):
    """One question."""

    question_id: Identifier | None = Field(None, description="Made when left out.")
    question_bank_id: Identifier | None = None
    type: Annotated[
        QuestionType,
        BeforeValidator(_question_type),
        WithJsonSchema({"enum": [t.value for t in QuestionType]}),
    ]
    question_text: Text = Field(description="Markdown; links and raw HTML are shown as they are written.")
    created_at: Timestamp | None = Field(None, description="The time of the import when left out.")
    order: Place | None = Field(None, description="Its place; the order of the file when left out.")
    is_active: Flag = Field(True, description="An inactive question is kept but not printed.")
    points: Annotated[Exact, Field(ge=0, le=100_000)]
    hints: Annotated[tuple[Text, ...], Field(strict=False, max_length=20)] = ()
    attachments: Annotated[tuple[Line, ...], Field(strict=False, max_length=50)] = ()
    options: Annotated[tuple[OptionPart, ...], Field(strict=False, max_length=MOST_OPTIONS)] = ()
    tags: Tags = ()
    shuffle: Flag | None = Field(None, description="false pins the order of the options.")
    min_choices: Count | None = None
    max_choices: Count | None = None
    min_words: Count | None = None
    max_words: Count | None = None
    language: Language | None = Field(None, description="Programming language of a Coding question, such as python.")
    starter: Raw | None = Field(None, description="Code a Coding answer begins with.")
    examples: Annotated[tuple[ExamplePart, ...], Field(strict=False, max_length=20)] = ()
    rubric: Text | None = Field(None, description="For markers only.")
    feedback: Text | None = Field(None, description="Shown with the results, if the test shows questions.")


class SectionPart(_Part):
    """One section with its questions."""

    section_id: Identifier | None = Field(None, description="Made when left out.")
    title: Line
    instructions: Text | None = None
    section_order: Place | None = Field(None, description="Its place; the order of the file when left out.")
    duration: Duration | None = Field(None, description="Minutes; the test's clock when left out.")
    is_mandatory: Flag | None = None
    questions: Annotated[tuple[QuestionPart, ...], Field(strict=False, max_length=MOST_QUESTIONS)] = ()


class ExamFile(_Part):
    """One whole test."""

    test_id: Identifier | None = Field(None, description="Made when left out.")
    title: Line
    description: Text | None = None
    created_at: Timestamp | None = Field(None, description="The time of the import when left out.")
    created_by: Identifier | None = Field(None, description="Whoever imports it when left out.")
    duration: Duration = Field(description="Minutes for the whole test.")
    is_active: Flag = True
    access_type: Annotated[
        AccessType, BeforeValidator(_access_type), WithJsonSchema({"enum": [a.value for a in AccessType]})
    ] = AccessType.PRIVATE
    max_attempts: Annotated[Whole, Field(ge=1, le=1_000)] | None = None
    pass_score: Annotated[Exact, Field(ge=0, le=10_000_000)] | None = Field(
        None, description="In points, or in percent with the setting passScoreIsPercent."
    )
    randomized_questions: Flag | None = None
    randomized_options: Flag | None = None
    test_version: Line | None = None
    tags: Tags = ()
    instructions: Text | None = None
    settings: Annotated[dict[str, SettingValue], WithJsonSchema(_SETTINGS_SCHEMA)] = Field({}, max_length=100)
    sections: Annotated[tuple[SectionPart, ...], Field(strict=False, min_length=1, max_length=MOST_SECTIONS)]


def exam_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of an exam file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **ExamFile.model_json_schema(by_alias=True),
        "title": "Exam file",
    }
