"""Hall and seat files are made for one version of one place, and another is refused, not migrated."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, text

from storage.engine import StoreError, open_engine
from storage.models.hall import HallBase
from storage.models.office import OfficeBase
from storage.models.seat import SeatBase
from storage.stamp import check, digest, settle
from stores import KEY, MakeStore


def test_an_empty_store_gets_its_tables_and_its_stamp(make_file: MakeStore) -> None:
    engine = make_file("")
    settle(engine, SeatBase)
    assert set(inspect(engine).get_table_names()) == {*SeatBase.metadata.tables, "stamp"}
    settle(engine, SeatBase)
    check(engine, SeatBase)


def test_a_store_opened_again_is_recognised(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "seat.db", KEY, create=True)
    settle(engine, SeatBase)
    engine.dispose()
    check(open_engine(tmp_path / "seat.db", KEY), SeatBase)


def test_a_seat_does_not_open_a_halls_store(hall_engine: Engine) -> None:
    for act in (check, settle):
        with pytest.raises(StoreError, match="belongs to a hall, not to a seat"):
            act(hall_engine, SeatBase)


def test_a_store_of_another_version_is_refused_and_left_alone(seat_engine: Engine) -> None:
    with seat_engine.begin() as c:
        c.execute(text("UPDATE stamp SET digest = 'older'"))
    for act in (check, settle):
        with pytest.raises(StoreError, match="made by another version"):
            act(seat_engine, SeatBase)
    with seat_engine.connect() as c:
        assert c.scalar(text("SELECT digest FROM stamp")) == "older"


def test_a_store_without_a_stamp_is_refused(make_file: MakeStore) -> None:
    engine = make_file("office")
    with pytest.raises(StoreError, match="no stamp"):
        settle(engine, SeatBase)


def test_places_have_different_stamps() -> None:
    assert len({digest(base) for base in (OfficeBase, HallBase, SeatBase)}) == 3
    assert digest(SeatBase) == digest(SeatBase)


def test_an_interrupted_making_leaves_nothing(make_file: MakeStore, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = make_file("")
    monkeypatch.setattr("storage.stamp._STAMP", "CREATE TABLE stamp (")
    with pytest.raises(StoreError):
        settle(engine, SeatBase)
    assert inspect(engine).get_table_names() == []


KEPT_AWAY = {"questions", "options", "question_banks", "question_tags", "answer_keys", "marks", "sections", "tests"}


@pytest.mark.parametrize("base", [HallBase, SeatBase])
def test_neither_hall_nor_seat_has_a_place_for_a_key(base: type[HallBase] | type[SeatBase]) -> None:
    allowed = {"tests"} if base is HallBase else set()
    assert not (KEPT_AWAY - allowed) & set(base.metadata.tables)
    columns = {column.name for table in base.metadata.tables.values() for column in table.columns}
    assert not columns & {"is_correct", "points_awarded", "rubric", "weight", "feedback", "score", "key_version"}


def test_a_seat_knows_no_secret_of_a_person() -> None:
    tables = SeatBase.metadata.tables
    columns = {column.name for table in tables.values() for column in table.columns}
    assert not columns & {"email", "identity", "role", "extra_percent", "pin_hash"}
    assert {name for name, table in tables.items() if "secret_hash" in table.columns} == {"acquaintances", "advances"}
