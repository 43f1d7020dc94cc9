"""Records have the page's fields, each with its type, and nothing else."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic.alias_generators import to_snake

from datamodel import AT, Field, sample, tables
from kiosk.exam.error import Invalid
from kiosk.wire.records.person import NotificationRecord, PersonRecord
from kiosk.wire.records.sitting import AnswerRecord, SubmissionRecord
from kiosk.wire.records.table import RECORDS, record_of
from kiosk.wire.records.test import QuestionRecord, TestRecord
from storage.models.office import OfficeBase

ADDED_MEMBERS = {("testSubmissions", "status"): ("in_progress",)}
MADE_BY_US = {"users", "notifications"}
RELAXED = {
    ("questions", "sectionId"),
    ("questions", "order"),
    ("answers", "answeredAt"),
    ("proctoringSessions", "proctorId"),
}
"""Fields the page asks for always and `docs/schema.md` says when not."""


def test_the_page_describes_twelve_tables_and_all_have_records() -> None:
    assert len(tables()) == 12
    assert set(RECORDS) == set(tables()) | MADE_BY_US


@pytest.mark.parametrize("table", tables())
def test_a_record_has_exactly_the_fields_of_the_page(table: str) -> None:
    fields = tables()[table]
    assert len(fields) > 1
    assert [info.alias for info in RECORDS[table].model_fields.values()] == [f.name for f in fields]
    columns = OfficeBase.metadata.tables[to_snake(table)].columns
    assert {to_snake(f.name) for f in fields} <= set(columns.keys())


@pytest.mark.parametrize("table", tables())
def test_only_ids_and_what_the_page_calls_optional_may_be_left_out(table: str) -> None:
    kind = RECORDS[table]
    whole = {f.name: sample(f) for f in tables()[table]}
    for field in tables()[table]:
        rest = {name: value for name, value in whole.items() if name != field.name}
        if field.name == "order":
            del rest["sectionId"]
        if field.name == "sectionId" and table == "questions":
            del rest["order"]
        may_lack = field.optional or to_snake(field.name) == kind.key or (table, field.name) in RELAXED
        if may_lack:
            kind.read(rest)
        else:
            with pytest.raises(Invalid, match=f"{table}: {field.name}: Field required"):
                kind.read(rest)


@pytest.mark.parametrize("table", tables())
def test_every_field_survives_json(table: str) -> None:
    whole = {f.name: sample(f) for f in tables()[table]}
    assert json.loads(RECORDS[table].from_json(json.dumps(whole)).to_json()) == whole


@pytest.mark.parametrize(("table", "field"), [(t, f) for t, fields in tables().items() for f in fields])
def test_a_field_refuses_what_is_not_of_its_type(table: str, field: Field) -> None:
    whole = {f.name: sample(f) for f in tables()[table]}
    strange = {"Boolean": 1, "Int64": "1", "String": 7, "ID": "", "Enum": "none"}.get(field.kind, {"a": 1})
    with pytest.raises(Invalid, match=field.name):
        RECORDS[table].read({**whole, field.name: strange})


@pytest.mark.parametrize(("table", "field"), [(t, f) for t, fields in tables().items() for f in fields if f.members])
def test_every_member_of_an_enumeration_is_read_and_kept(table: str, field: Field) -> None:
    whole = {f.name: sample(f) for f in tables()[table]}
    for member in (*field.members, *ADDED_MEMBERS.get((table, field.name), ())):
        assert json.loads(RECORDS[table].read({**whole, field.name: member}).to_json())[field.name] == member
    kind = RECORDS[table].model_fields[to_snake(field.name)].annotation
    assert [m.value for m in kind] == [*ADDED_MEMBERS.get((table, field.name), ()), *field.members]  # type: ignore[union-attr]


OWN = {
    "users": {"role": "author", "name": "Ada", "createdAt": AT},
    "notifications": {"userId": "u", "type": "t", "createdAt": AT, "isRead": True},
}


@pytest.mark.parametrize("table", RECORDS)
def test_an_unknown_field_is_refused(table: str) -> None:
    with pytest.raises(Invalid, match="secretHash: Extra inputs"):
        RECORDS[table].read({"secretHash": "x"} | OWN.get(table, {f.name: sample(f) for f in tables().get(table, ())}))


def submission(**changes: Any) -> dict[str, Any]:
    return {"assignmentId": "a", "startedAt": AT, "status": "submitted"} | changes


def test_submitted_without_a_time_of_submission_reads_as_in_progress() -> None:
    assert SubmissionRecord.read(submission()).status == "in_progress"
    assert SubmissionRecord.read(submission(submittedAt=None)).status == "in_progress"
    assert SubmissionRecord.read(submission(submittedAt=AT)).status == "submitted"
    assert SubmissionRecord.read(submission(status="graded")).status == "graded"


@pytest.mark.parametrize(
    ("written", "exact"),
    [
        ("5.0", "5"),
        ('"5.00"', "5"),
        ("0.1", "0.1"),
        ("1e2", "100"),
        ('"-0"', "0"),
        ("66.66666666666667", "66.66666666666667"),
        ("0.1234567890123456789012345", "0.1234567890123456789012345"),
        ('"123456789012345678901234567890"', "123456789012345678901234567890"),
    ],
)
def test_points_are_read_from_numbers_and_strings_and_stay_exact(written: str, exact: str) -> None:
    text = f'{{"submissionId":"s","questionId":"q","pointsAwarded":{written}}}'
    record = AnswerRecord.from_json(text)
    assert record.points_awarded == Decimal(exact)
    assert json.loads(record.to_json())["pointsAwarded"] == exact


@given(
    st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15).filter(
        lambda f: f == 0 or abs(f) > 1e-9
    )
)
def test_every_ordinary_float_survives(number: float) -> None:
    record = AnswerRecord.read({"submissionId": "s", "questionId": "q", "pointsAwarded": number})
    assert float(json.loads(record.to_json())["pointsAwarded"]) == number


@pytest.mark.parametrize("bad", ["NaN", "Infinity", '"NaN"', '"1e999"', "1e999", '"five"', "true", "[]", '"1e-99"'])
def test_what_is_no_number_is_refused(bad: str) -> None:
    with pytest.raises(Invalid):
        AnswerRecord.from_json(f'{{"submissionId":"s","questionId":"q","pointsAwarded":{bad}}}')


@pytest.mark.parametrize("bad", ["2026-03-02T09:00:00", "2026-03-02", "soon", 7, None, ""])
def test_a_time_without_a_zone_is_refused(bad: Any) -> None:
    with pytest.raises(Invalid, match="startedAt"):
        SubmissionRecord.read(submission(startedAt=bad))


def test_a_time_of_another_zone_is_written_in_utc() -> None:
    record = SubmissionRecord.read(submission(startedAt="2026-03-02T11:30:00+02:30"))
    assert record.started_at == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert json.loads(record.to_json())["startedAt"] == "2026-03-02T09:00:00.000Z"


def test_text_is_cleaned_of_what_steers_a_terminal() -> None:
    notice = {
        "userId": "u",
        "type": "t\x1b[2J",
        "createdAt": AT,
        "isRead": False,
        "metadata": {"message\x00": "a\x1b]0;x\x07b", "deep": ["\u202eabc"]},
    }
    record = NotificationRecord.read(notice)
    assert record.type == "t[2J"
    assert record.metadata == {"message": "a]0;xb", "deep": ["abc"]}


def test_a_bottomless_object_is_refused() -> None:
    deep: dict[str, Any] = {}
    for _ in range(50):
        deep = {"x": deep}
    with pytest.raises(Invalid, match="metadata: is nested too deep"):
        NotificationRecord.read({"userId": "u", "type": "t", "createdAt": AT, "isRead": True, "metadata": deep})
    with pytest.raises(Invalid, match="not JSON"):
        NotificationRecord.from_json("[" * 100_000)


def test_a_question_without_a_section_must_be_in_a_bank() -> None:
    bare = {"type": "Essay", "questionText": "Why?", "createdAt": AT, "isActive": True, "points": 1}
    QuestionRecord.read({**bare, "questionBankId": "b"})
    QuestionRecord.read({**bare, "sectionId": "s", "order": 1})
    for wrong in ({}, {"order": 1, "questionBankId": "b"}, {"sectionId": "s"}):
        with pytest.raises(Invalid, match=r"sectionId and order|must be in a bank"):
            QuestionRecord.read(bare | wrong)


def test_the_words_of_a_refusal_do_not_repeat_what_was_sent() -> None:
    with pytest.raises(Invalid) as refused:
        TestRecord.read({"title": "aardvark", "duration": "aardvark"})
    assert "aardvark" not in str(refused.value)


def test_a_table_the_page_does_not_have_is_refused() -> None:
    with pytest.raises(Invalid, match="there is no table 'answer_keys'"):
        record_of("answer_keys")


def test_no_record_has_a_field_for_a_secret() -> None:
    names = {name for record in RECORDS.values() for name in record.model_fields}
    assert not {name for name in names if "secret" in name or "hash" in name or "identity" in name}
    assert "secret_hash" in OfficeBase.metadata.tables["users"].columns
    assert PersonRecord.key == "user_id"
