"""Stores made quickly for tests: each new one is a copy of one made once."""

import shutil
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Engine, Table, make_url

from storage.engine import open_engine
from storage.models.hall import HallBase
from storage.models.office import OfficeBase
from storage.models.seat import SeatBase
from storage.stamp import settle

KEY = bytes(range(32))
PERSONAL = bytes(range(64))
"""The key of the personal columns on a server."""
BASES = {"office": OfficeBase, "hall": HallBase, "seat": SeatBase}

MakeStore = Callable[[str], Engine]
"""Makes a new store with the tables of "office", "hall" or "seat"; "" makes an empty one."""


_EMPTY = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();
SET session_replication_role = replica;
"""
"""Shuts out whoever a test left connected, and lets rows go that triggers and foreign keys would keep."""


class Databases:
    """Databases on one PostgreSQL; one with the tables of a place is emptied and used again, as making it is slow."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.names: list[str] = []
        self.free: dict[str, list[str]] = {place: [] for place in BASES}
        self.lent: dict[Engine, tuple[str, str]] = {}

    def run(self, statement: str, database: str | None = None) -> None:
        """Run one or more statements outside any transaction."""
        import psycopg

        url = self.url.set(database=database or self.url.database)
        with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
            connection.execute(statement)

    def make(self, place: str) -> Engine:
        """Return the engine of an empty database, with the tables of a place if one is named."""
        name = self.free[place].pop() if self.free.get(place) else ""
        is_new = not name
        if is_new:
            name = f"kiosk_{uuid.uuid4().hex}"
            self.run(f"CREATE DATABASE {name}")
            self.names.append(name)
        engine = open_engine(self.url.set(database=name).render_as_string(hide_password=False), personal=PERSONAL)
        if place and is_new:
            BASES[place].metadata.create_all(engine)
        self.lent[engine] = (place, name)
        return engine

    def close(self, engine: Engine) -> None:
        """Take a database back."""
        engine.dispose()
        place, name = self.lent.pop(engine)
        if not place:
            return
        tables = BASES[place].metadata.tables
        numbered = [f"ALTER SEQUENCE {t}_{c.name}_seq RESTART" for t in tables for c in _numbered(tables[t])]
        self.run(_EMPTY + ";".join([*(f"DELETE FROM {table}" for table in tables), *numbered]), name)
        self.free[place].append(name)

    def drop(self) -> None:
        """Drop every database made here."""
        for name in self.names:
            self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _numbered(table: Table) -> list[Column[Any]]:
    return [table.autoincrement_column] if table.autoincrement_column is not None else []


class Files:
    """Database files, each a copy of a template with the tables of one place."""

    def __init__(self, folder: Path, key: bytes | None) -> None:
        self.folder = folder
        self.key = key

    def make(self, place: str, folder: Path) -> Engine:
        """Return the engine of a new file, with the tables of a place if one is named."""
        path = folder / f"{uuid.uuid4().hex}.db"
        if place:
            shutil.copy(self._template(place), path)
        return open_engine(path, self.key, create=not place)

    def _template(self, place: str) -> Path:
        path = self.folder / f"{place}.db"
        if not path.exists():
            engine = open_engine(path, self.key, create=True)
            if place == "office":
                OfficeBase.metadata.create_all(engine)
            else:
                settle(engine, BASES[place])
            engine.dispose()
        return path


def stores_of(kind: str, request: pytest.FixtureRequest) -> Iterator[MakeStore]:
    """Yield a maker of new stores on an engine, and take every store back in the end."""
    made: list[Engine] = []
    if kind == "postgresql":
        databases: Databases = request.getfixturevalue("databases")
        make, close = databases.make, databases.close
    else:
        files: Files = request.getfixturevalue("plain_files" if kind == "sqlite" else "cipher_files")
        make, close = partial(files.make, folder=request.getfixturevalue("tmp_path")), Engine.dispose

    def keep(place: str) -> Engine:
        made.append(make(place))
        return made[-1]

    yield keep
    for engine in made:
        close(engine)
