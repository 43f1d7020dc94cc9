"""Stores made quickly for tests: each new one is a copy of one made once."""

import shutil
import uuid
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine, make_url

from storage.engine import open_engine
from storage.models.hall import HallBase
from storage.models.office import OfficeBase
from storage.models.seat import SeatBase
from storage.stamp import settle

KEY = bytes(range(32))
BASES = {"office": OfficeBase, "hall": HallBase, "seat": SeatBase}

MakeStore = Callable[[str], Engine]
"""Makes a new store with the tables of "office", "hall" or "seat"; "" makes an empty one."""


class Databases:
    """Databases on one PostgreSQL, each a copy of a template with the tables of one place."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.names: list[str] = []
        self.templates: dict[str, str] = {}

    def run(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self.url.render_as_string(hide_password=False), autocommit=True) as connection:
            connection.execute(statement)

    def new(self, template: str = "template1") -> str:
        name = f"kiosk_{uuid.uuid4().hex}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        self.names.append(name)
        return name

    def open(self, name: str) -> Engine:
        return open_engine(self.url.set(database=name).render_as_string(hide_password=False))

    def make(self, place: str) -> Engine:
        if not place:
            return self.open(self.new())
        if place not in self.templates:
            self.templates[place] = self.new()
            engine = self.open(self.templates[place])
            BASES[place].metadata.create_all(engine)
            engine.dispose()
        return self.open(self.new(self.templates[place]))

    def drop(self) -> None:
        for name in self.names:
            self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


class Files:
    """Database files, each a copy of a template with the tables of one place."""

    def __init__(self, folder: Path, key: bytes | None) -> None:
        self.folder = folder
        self.key = key

    def make(self, place: str, folder: Path) -> Engine:
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
