"""Stores that are opened a thousand times in one process share what SQLAlchemy has worked out of their statements."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from sqlalchemy import Engine, create_engine

import storage.engine

_first: list[Engine] = []


@contextmanager
def one_dialect() -> Iterator[None]:
    """Let each store opened within use the compiled statements of the first: half of a day's time is spent on them."""

    def opened(*args: Any, **options: Any) -> Engine:
        engine = create_engine(*args, **options)
        if not _first:
            _first.append(engine)
        engine.dialect = engine.pool._dialect = _first[0].dialect
        engine._compiled_cache = _first[0]._compiled_cache
        return engine

    with patch.object(storage.engine, "create_engine", opened):
        yield
