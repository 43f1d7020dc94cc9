"""The page of our refinements gives a reason for every column the data model does not have."""

import re
from pathlib import Path

import pytest
from pydantic.alias_generators import to_snake

from datamodel import tables
from storage.models.office import OfficeBase

DOCS = Path(__file__).parents[2] / "docs" / "schema.md"
GIVEN = {to_snake(table): {to_snake(field.name) for field in fields} for table, fields in tables().items()}
ADDED = {
    name: {column.name for column in table.columns} - GIVEN.get(name, set())
    for name, table in OfficeBase.metadata.tables.items()
}


def reasons() -> dict[str, set[str]]:
    """Return the columns the page names, by the table of their section."""
    sections = re.split(r"^### ", DOCS.read_text(encoding="utf-8"), flags=re.M)[1:]
    return {
        section.split("\n", 1)[0]: {
            name
            for line in re.findall(r"^- ((?:`\w+`,?\s*)+):", section, flags=re.M)
            for name in re.findall(r"`(\w+)`", line)
        }
        for section in sections
    }


@pytest.mark.parametrize("table", [name for name, columns in ADDED.items() if columns])
def test_every_added_column_has_its_reason(table: str) -> None:
    assert reasons().get(table, set()) == ADDED[table]


def test_every_given_table_exists() -> None:
    assert set(GIVEN) <= set(OfficeBase.metadata.tables)
    assert set(reasons()) == {name for name, columns in ADDED.items() if columns}
