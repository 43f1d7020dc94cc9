"""Records of tests, sections, settings, banks, questions, options and tags."""

from typing import ClassVar, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from kiosk.exam.draft import AccessType, QuestionType
from kiosk.wire.records.field import Id, Int64, Member, Moment, Points, Strings, Text
from kiosk.wire.records.record import Record


class TestRecord(Record):
    """One test."""

    __test__ = False  # not a pytest class
    table: ClassVar[str] = "tests"
    key: ClassVar[str | None] = "test_id"

    test_id: Id | None = None
    title: Text
    description: Text | None = None
    created_at: Moment
    created_by: Id
    duration: Int64
    is_active: bool
    access_type: Member[AccessType]
    max_attempts: Int64 | None = None
    pass_score: Points | None = None
    randomized_questions: bool | None = None
    randomized_options: bool | None = None
    test_version: Text | None = None
    tags: Strings | None = None
    instructions: Text | None = None


class SectionRecord(Record):
    """One section of a test."""

    table: ClassVar[str] = "sections"
    key: ClassVar[str | None] = "section_id"

    section_id: Id | None = None
    test_id: Id
    title: Text
    instructions: Text | None = None
    section_order: Int64
    duration: Int64 | None = None
    is_mandatory: bool | None = None


class SettingRecord(Record):
    """One setting of a test."""

    table: ClassVar[str] = "testSettings"
    key: ClassVar[str | None] = "setting_id"

    setting_id: Id | None = None
    test_id: Id
    setting_key: Text
    setting_value: Text


class BankRecord(Record):
    """One question bank."""

    table: ClassVar[str] = "questionBanks"
    key: ClassVar[str | None] = "question_bank_id"

    question_bank_id: Id | None = None
    title: Text
    description: Text | None = None
    created_at: Moment
    created_by: Id
    tags: Strings | None = None


class QuestionRecord(Record):
    """One question; without section and order only while it lives in a bank."""

    table: ClassVar[str] = "questions"
    key: ClassVar[str | None] = "question_id"

    question_id: Id | None = None
    question_bank_id: Id | None = None
    section_id: Id | None = None
    type: Member[QuestionType]
    question_text: Text
    created_at: Moment
    order: Int64 | None = None
    is_active: bool
    points: Points
    hints: Strings | None = None
    attachments: Strings | None = None

    @model_validator(mode="after")
    def _is_placed(self) -> Self:
        if (self.section_id is None) != (self.order is None):
            raise PydanticCustomError("placed", "sectionId and order stand together")
        if self.section_id is None and self.question_bank_id is None:
            raise PydanticCustomError("placed", "a question without a section must be in a bank")
        return self


class OptionRecord(Record):
    """One option of a question."""

    table: ClassVar[str] = "options"
    key: ClassVar[str | None] = "option_id"

    option_id: Id | None = None
    question_id: Id
    option_text: Text
    is_correct: bool
    option_order: Int64
    feedback: Text | None = None


class TagRecord(Record):
    """One tag of a question."""

    table: ClassVar[str] = "questionTags"

    question_id: Id
    tag: Text
