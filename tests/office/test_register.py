"""Every field of every table goes from JSON to SQL and back, on each engine, and what does not fit is refused."""

import json
from typing import Any

import pytest
from pydantic.alias_generators import to_snake
from sqlalchemy import Engine, func, select

from datamodel import AT, TIMES, Field, sample, tables
from kiosk.exam.error import Invalid
from kiosk.office.register import Register
from kiosk.wire.records.table import RECORDS, record_of
from storage.models.office import OfficeBase

OWNERS = {
    "createdBy": "users",
    "testId": "tests",
    "sectionId": "sections",
    "questionBankId": "questionBanks",
    "questionId": "questions",
    "candidateId": "users",
    "assignmentId": "testAssignments",
    "submissionId": "testSubmissions",
    "performedBy": "users",
    "reviewedBy": "users",
    "proctorId": "users",
}
"""Which table a field points into."""
IDS = {"users": "u-1", **{table: f"{table}-1" for table in RECORDS if table != "users"}}


def value(table: str, field: Field, member: int = -1) -> Any:
    """Return a value of a field that points where it must."""
    if to_snake(field.name) == RECORDS[table].key:
        return IDS[table]
    if field.name in OWNERS:
        return IDS[OWNERS[field.name]]
    return sample(field, member)


def whole(table: str) -> dict[str, Any]:
    """Return a row of a table with every field of the page filled."""
    if table == "users":
        return {
            "userId": "u-1",
            "role": "candidate",
            "name": "Ada",
            "rollNumber": "R-1",
            "createdAt": AT,
            "isActive": True,
        }
    if table == "notifications":
        return {
            "notificationId": "notifications-1",
            "userId": "u-1",
            "type": "test_assigned",
            "referenceId": "testAssignments-1",
            "referenceType": "testAssignments",
            "fromUserId": "u-1",
            "metadata": {"message": "You have been assigned.", "actionUrl": "/tests/1/start"},
            "createdAt": AT,
            "isRead": False,
        }
    return {f.name: value(table, f) for f in tables()[table]}


def identity(table: str) -> dict[str, Any]:
    """Return what names the row of `whole`."""
    key = RECORDS[table].key
    if key is None:
        return {name: whole(table)[name] for name in ("questionId", "tag")}
    return {RECORDS[table].model_fields[key].alias or "": IDS[table]}


@pytest.fixture
def register(engine: Engine) -> Register:
    """A register over an empty office."""
    return Register(engine)


@pytest.fixture
def filled(register: Register) -> Register:
    """A register with one whole row in every table."""
    register.put_all(kind.read(whole(table)) for table, kind in RECORDS.items())
    return register


def test_every_field_of_every_table_survives_json_to_sql_to_json(filled: Register) -> None:
    for table in RECORDS:
        returned = json.loads(filled.take(table, **identity(table)).to_json())
        if table == "users":
            assert {returned.pop(name) for name in ("extraPercent", "extraMs", "restBreaks")} == {0}
        assert returned == whole(table)


def test_every_optional_field_may_be_empty(register: Register) -> None:
    for table, kind in RECORDS.items():
        left_out = {f.name for f in tables().get(table, ()) if f.optional}
        row = {name: item for name, item in whole(table).items() if name not in left_out}
        register.put(kind.read(row))
        returned = json.loads(register.take(table, **identity(table)).to_json())
        assert returned.items() >= row.items()
        assert not left_out & set(returned)


def test_every_member_of_every_enumeration_is_kept(filled: Register) -> None:
    for table, fields in tables().items():
        for field in (f for f in fields if f.members):
            for member in field.members:
                filled.change(table, identity(table), {field.name: member})
                assert json.loads(filled.take(table, **identity(table)).to_json())[field.name] == member


def test_every_field_can_be_changed(filled: Register) -> None:
    for table, fields in tables().items():
        for field in fields:
            if field.kind not in ("String", "Int64", "Float64", "Boolean") or field.name in (*OWNERS, "tag"):
                continue
            new = {"String": "anew", "Int64": -1, "Float64": "0.5", "Boolean": True}[field.kind]
            new = "2030-01-01T00:00:00.000Z" if field.name in TIMES else new
            filled.change(table, identity(table), {field.name: new})
            assert json.loads(filled.take(table, **identity(table)).to_json())[field.name] == new


def test_ids_are_made_where_none_is_given(filled: Register) -> None:
    for table, kind in RECORDS.items():
        if kind.key is None:
            continue
        row = {name: item for name, item in whole(table).items() if name not in identity(table)}
        row |= {name: "other" for name in ("settingKey", "rollNumber") if name in row}
        if table == "answers":
            row["submissionId"] = (
                filled.put(
                    record_of("testSubmissions").read(
                        {"assignmentId": "testAssignments-1", "startedAt": AT, "status": "graded"}
                    )
                )
            ).submission_id
        made = filled.put(kind.read(row)).columns()[kind.key]
        assert made not in (None, IDS[table])
        assert filled.take(table, **{RECORDS[table].model_fields[kind.key].alias or "": made})


@pytest.mark.parametrize(
    ("table", "field"),
    [
        (t, f.name)
        for t, fields in tables().items()
        for f in fields
        if f.name in OWNERS and to_snake(f.name) != RECORDS[t].key
    ],
)
def test_a_row_that_points_to_nothing_is_refused(filled: Register, table: str, field: str) -> None:
    row = {**whole(table), field: "nobody"}
    key = RECORDS[table].key
    if key:
        row[RECORDS[table].model_fields[key].alias or ""] = "another"
    with pytest.raises(Invalid, match=f"{to_snake(table)}: the row names something that does not exist"):
        filled.put(RECORDS[table].read(row))


def test_putting_several_is_all_or_nothing(register: Register, engine: Engine) -> None:
    person = record_of("users").read(whole("users"))
    lost = record_of("sections").read(whole("sections"))
    with pytest.raises(Invalid, match="sections"):
        register.put_all([person, lost])
    with engine.connect() as c:
        assert c.scalar(select(func.count()).select_from(OfficeBase.metadata.tables["users"])) == 0


def test_a_row_of_a_sitting_carries_the_day_it_was_opened_on(filled: Register, engine: Engine) -> None:
    for name in ("test_submissions", "answers", "proctoring_sessions"):
        with engine.connect() as c:
            assert c.scalars(select(OfficeBase.metadata.tables[name].c.opened_on)).all() == ["2026-03-02"]


def test_an_option_id_need_only_be_unique_in_its_question(filled: Register) -> None:
    filled.put(record_of("questions").read({**whole("questions"), "questionId": "q-2"}))
    filled.put(record_of("options").read({**whole("options"), "questionId": "q-2"}))
    with pytest.raises(Invalid, match="several records have optionId"):
        filled.take("options", **identity("options"))
    assert filled.take("options", questionId="q-2", **identity("options"))


def test_what_is_not_there_is_said(filled: Register) -> None:
    with pytest.raises(Invalid, match="tests: no record has testId none"):
        filled.take("tests", testId="none")
    with pytest.raises(Invalid, match="tests: no record has testId none"):
        filled.change("tests", {"testId": "none"}, {"title": "x"})
    with pytest.raises(Invalid, match="there is no field secret_hash"):
        filled.find("users", secretHash="x")
    with pytest.raises(Invalid, match="titel: Extra inputs"):
        filled.change("tests", identity("tests"), {"titel": "x"})
    assert filled.find("tests", title="none") == []
