"""Which record a table of the page holds."""

from collections.abc import Mapping

from kiosk.exam.error import Invalid
from kiosk.wire.records.person import NotificationRecord, PersonRecord
from kiosk.wire.records.record import Record
from kiosk.wire.records.sitting import (
    AnswerRecord,
    AssignmentRecord,
    LogRecord,
    ProctoringRecord,
    SubmissionRecord,
)
from kiosk.wire.records.test import (
    BankRecord,
    OptionRecord,
    QuestionRecord,
    SectionRecord,
    SettingRecord,
    TagRecord,
    TestRecord,
)

RECORDS: Mapping[str, type[Record]] = {
    record.table: record
    for record in (
        PersonRecord,
        TestRecord,
        SectionRecord,
        BankRecord,
        QuestionRecord,
        OptionRecord,
        TagRecord,
        SettingRecord,
        AssignmentRecord,
        SubmissionRecord,
        AnswerRecord,
        LogRecord,
        ProctoringRecord,
        NotificationRecord,
    )
}
"""Every table's record by the table's name on the page, in an order in which they can be put in."""


def record_of(table: str) -> type[Record]:
    """Return the record of a table; raises Invalid for a name the page does not have."""
    if table not in RECORDS:
        raise Invalid(f"there is no table {table!r}; there are {', '.join(RECORDS)}")
    return RECORDS[table]
