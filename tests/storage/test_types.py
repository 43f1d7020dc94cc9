"""Times, days, points, objects and enumerations mean the same on each engine."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, MetaData, delete, insert, select, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from kiosk.exam.person import Role
from storage.models.base import CONVENTION, TYPES
from storage.types import IsoDate, growing_enum
from stores import MakeStore

NOON = datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=UTC)
ZONES = [UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-11))]
MANY_ON_ONE_STORE = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


class Base(DeclarativeBase):
    """A metadata of this test's own."""

    metadata = MetaData(naming_convention=CONVENTION)
    type_annotation_map = TYPES


class Shelf(Base):
    """One column of each type."""

    __tablename__ = "shelf"

    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime | None]
    day: Mapped[str | None] = mapped_column(IsoDate)
    points: Mapped[Decimal | None]
    thing: Mapped[dict[str, Any] | None]
    words: Mapped[list[str] | None]
    role: Mapped[Role | None]
    kind: Mapped[Role | None] = mapped_column(growing_enum(Role))


@pytest.fixture
def shelf(make_store: MakeStore) -> Engine:
    """A store with one column of each type."""
    engine = make_store("")
    Base.metadata.create_all(engine)
    return engine


def kept(engine: Engine, **columns: Any) -> Any:
    """Put one row in, and return the one column of it."""
    with engine.begin() as c:
        c.execute(delete(Shelf))
        c.execute(insert(Shelf), {"n": 1, **columns})
        return c.scalar(select(getattr(Shelf, next(iter(columns)))))


def refusal(engine: Engine, **columns: Any) -> str:
    """Return the words with which a value is refused."""
    with pytest.raises((StatementError, IntegrityError)) as refused:
        kept(engine, **columns)
    return str(refused.value)


@MANY_ON_ONE_STORE
@given(when=st.datetimes(datetime(1970, 1, 1), datetime(2199, 1, 1), timezones=st.sampled_from(ZONES)))
def test_a_moment_is_kept_to_the_millisecond_in_utc(shelf: Engine, when: datetime) -> None:
    found = kept(shelf, at=when)
    assert found == when.replace(microsecond=when.microsecond // 1000 * 1000)
    assert found.utcoffset() == timedelta(0)


def test_a_naive_datetime_is_refused(shelf: Engine) -> None:
    assert "without a zone" in refusal(shelf, at=NOON.replace(tzinfo=None))


def test_moments_sort_and_compare_as_time_does(shelf: Engine) -> None:
    moments = [NOON + timedelta(milliseconds=n) for n in (5, 1, 999, 86_400_000, 1000)]
    with shelf.begin() as c:
        c.execute(insert(Shelf), [{"n": n, "at": at} for n, at in enumerate(moments)])
        assert c.scalars(select(Shelf.n).order_by(Shelf.at)).all() == [1, 0, 2, 4, 3]
        assert c.scalars(select(Shelf.n).where(Shelf.at > NOON + timedelta(milliseconds=999))).all() == [3, 4]


@MANY_ON_ONE_STORE
@given(points=st.decimals(-(10**12), 10**12, places=12) | st.decimals(-10, 10, places=28))
def test_points_are_kept_to_the_last_digit(shelf: Engine, points: Decimal) -> None:
    found = kept(shelf, points=points)
    assert found == points
    assert found.as_tuple() == Decimal(str(found)).as_tuple()


@pytest.mark.parametrize(("put", "got"), [("5.00", "5"), ("-0", "0"), ("1E+3", "1000"), ("0.10", "0.1")])
def test_points_come_back_in_their_one_spelling(shelf: Engine, put: str, got: str) -> None:
    assert str(kept(shelf, points=Decimal(put))) == got


@pytest.mark.parametrize("bad", [0.5, True, "5", Decimal("NaN"), Decimal("Infinity"), Decimal("1E+99")])
def test_what_is_no_exact_number_is_refused(shelf: Engine, bad: Any) -> None:
    assert refusal(shelf, points=bad)


def test_a_day_is_its_iso_text(shelf: Engine) -> None:
    assert kept(shelf, day="2026-03-02") == "2026-03-02"
    for bad in ("2026-02-30", "soon", ""):
        assert refusal(shelf, day=bad)


@pytest.mark.parametrize("thing", [{}, {"a": [1, 0.5, None, True, {"ü": "✓"}]}, None])
def test_an_object_is_kept(shelf: Engine, thing: Any) -> None:
    assert kept(shelf, thing=thing) == thing


@pytest.mark.parametrize("words", [[], ["b", "a", ""], None])
def test_a_list_keeps_its_order_and_nothing_differs_from_empty(shelf: Engine, words: Any) -> None:
    assert kept(shelf, words=words) == words
    with shelf.connect() as c:
        assert c.scalar(text("SELECT words IS NULL FROM shelf")) == (words is None)


def test_an_enumeration_is_its_value_in_the_store_and_a_member_outside(shelf: Engine) -> None:
    assert kept(shelf, role=Role.PROCTOR) is Role.PROCTOR
    assert kept(shelf, role="author") is Role.AUTHOR
    with shelf.connect() as c:
        assert c.scalar(text("SELECT role FROM shelf")) == "author"


def test_an_unknown_member_is_refused_here_and_by_the_store(shelf: Engine) -> None:
    assert refusal(shelf, role="king")
    with pytest.raises(IntegrityError), shelf.begin() as c:
        c.execute(text("INSERT INTO shelf (n, role) VALUES (2, 'king')"))


def test_an_enumeration_that_grows_has_no_check(shelf: Engine) -> None:
    with shelf.begin() as c:
        c.execute(text("INSERT INTO shelf (n, kind) VALUES (2, 'king')"))
