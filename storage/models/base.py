"""The three metadatas and the meaning of Python types in their columns."""

import enum
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from sqlalchemy import BigInteger, LargeBinary, MetaData
from sqlalchemy.orm import DeclarativeBase, mapped_column

from storage.partition import part_on_create
from storage.trigger import APPEND_ONLY, GUARDED, guard_on_create
from storage.types import ExactDecimal, IsoDate, UtcDateTime, enum_type, json_type

CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

DayKey = Annotated[str, mapped_column(IsoDate, primary_key=True, sort_order=-1)]
"""A sitting's date in ISO text: fixed at opening and part of every key, so that tables can be parted by month."""

Bytes = Annotated[bytes, mapped_column(LargeBinary)]

TYPES: dict[Any, Any] = {
    int: BigInteger,
    datetime: UtcDateTime,
    Decimal: ExactDecimal,
    enum.Enum: enum_type(),
    list[str]: json_type(),
    list[list[str]]: json_type(),
    list[dict[str, Any]]: json_type(),
    dict[str, Any]: json_type(),
}


class OfficeBase(DeclarativeBase):
    """Tables of the exam office, which is also central."""

    metadata = MetaData(naming_convention=CONVENTION)
    type_annotation_map = TYPES


class HallBase(DeclarativeBase):
    """Tables of a hall: no question, option or key."""

    metadata = MetaData(naming_convention=CONVENTION)
    type_annotation_map = TYPES


class SeatBase(DeclarativeBase):
    """Tables of one seat: the sitting, its journal, and the paper while it is sat."""

    metadata = MetaData(naming_convention=CONVENTION)
    type_annotation_map = TYPES


guard_on_create(OfficeBase.metadata, GUARDED)
part_on_create(OfficeBase.metadata)
guard_on_create(HallBase.metadata, APPEND_ONLY)
guard_on_create(SeatBase.metadata, APPEND_ONLY)
