"""An exam office on each of the three engines, with its own clock."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from builders import a_clock
from kiosk.office.office import FIRST_PEOPLE, Office


@pytest.fixture
def office(engine: Engine) -> Iterator[Office]:
    """A new office at noon of the exam's day."""
    office = Office(engine, a_clock())
    office.people.found(FIRST_PEOPLE, office.now())
    yield office
    office.close()
