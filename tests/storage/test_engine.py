"""A store opens with its own key or not at all, and says why in words."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, text
from sqlalchemy.exc import IntegrityError

from kiosk.exam.error import KioskError
from kiosk.ground.home import Home
from storage.engine import StoreError, open_engine, reading
from storage.models import office
from stores import KEY, Databases, MakeStore

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OTHER_KEY = bytes(reversed(KEY))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An encrypted store with one telling row."""
    path = tmp_path / "office.db"
    engine = open_engine(path, KEY, create=True)
    with engine.begin() as c:
        c.execute(text("CREATE TABLE secrets (word VARCHAR)"))
        c.execute(text("INSERT INTO secrets VALUES ('aardvark-canary')"))
    engine.dispose()
    return path


def test_an_encrypted_store_opens_with_its_key(file: Path) -> None:
    with open_engine(file, KEY).connect() as c:
        assert c.scalar(text("SELECT word FROM secrets")) == "aardvark-canary"
        assert c.scalar(text("PRAGMA cipher_version"))


def test_nothing_readable_stands_in_any_file(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "office.db", KEY, create=True)
    with engine.begin() as c:
        c.execute(text("CREATE TABLE secrets (word VARCHAR)"))
        c.execute(text("INSERT INTO secrets VALUES ('aardvark-canary')"))
    files = sorted(tmp_path.iterdir())
    assert [f.name for f in files] == ["office.db", "office.db-shm", "office.db-wal"]
    for part in files:
        content = part.read_bytes()
        assert b"aardvark" not in content
        assert b"secrets" not in content
        assert KEY not in content
        assert part.stat().st_mode & 0o777 == 0o600
    engine.dispose()


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (OTHER_KEY, "does not open with the key"),
        (None, "without its key it cannot be opened"),
        (b"short", "5 bytes long; it must be 32"),
    ],
)
def test_a_wrong_key_is_refused_in_words(file: Path, key: bytes | None, words: str) -> None:
    with pytest.raises(StoreError, match=words) as refused:
        open_engine(file, key)
    assert isinstance(refused.value, KioskError)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


def test_a_plain_file_is_not_opened_where_a_key_is_given(tmp_path: Path) -> None:
    path = tmp_path / "plain.db"
    engine = open_engine(path, create=True)
    with engine.begin() as c:
        c.execute(text("CREATE TABLE t (x INTEGER)"))
    engine.dispose()
    with pytest.raises(StoreError, match="not encrypted"):
        open_engine(path, KEY)


def test_a_missing_file_is_not_made_by_accident(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no store at"):
        open_engine(tmp_path / "office.db", KEY)
    assert list(tmp_path.iterdir()) == []


def test_a_cut_or_damaged_file_is_refused(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[40] ^= 1
    file.write_bytes(content)
    with pytest.raises(StoreError, match="damaged"):
        open_engine(file, KEY)


def test_the_key_stands_in_no_repr(file: Path) -> None:
    engine = open_engine(file, KEY)
    shown = f"{engine!r} {engine.url!r} {engine.url} {engine.pool!r} {vars(engine.pool)!r} {engine.dialect!r}"
    assert KEY.hex() not in shown
    assert repr(KEY) not in shown


def test_nothing_is_written_over_the_screen(file: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from storage.engine import open_engine, StoreError\n"
        f"try: open_engine(Path({str(file)!r}), bytes(32))\n"
        "except StoreError: sys.exit(7)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False, env={**os.environ})
    assert (done.returncode, done.stdout, done.stderr) == (7, b"", b"")


def test_the_key_file_of_a_place_is_private(tmp_path: Path) -> None:
    place = Home.at(tmp_path).office
    key = place.store_key()
    assert len(key) == 32
    assert (place.keys / "store.key").stat().st_mode & 0o777 == 0o600
    assert place.keys.stat().st_mode & 0o777 == 0o700
    open_engine(place.store, key, create=True).dispose()
    (place.keys / "store.key").chmod(0o644)
    with pytest.raises(KioskError, match="can be read by others"):
        place.store_key()


SETTINGS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1, "temp_store": 2}


def test_every_connection_has_the_settings_of_an_exam(make_file: MakeStore) -> None:
    engine = make_file("office")
    connections = [engine.connect() for _ in range(3)]
    for connection in connections:
        found = {name: connection.scalar(text(f"PRAGMA {name}")) for name in SETTINGS}
        assert found == SETTINGS
        connection.rollback()
        connection.close()


def test_a_writer_holds_the_store_from_its_begin_on(make_file: MakeStore, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = make_file("office")
    with engine.connect() as first, engine.connect() as second:
        second.exec_driver_sql("PRAGMA busy_timeout=1")
        second.rollback()
        first.begin()
        with pytest.raises(StoreError, match="busy"):
            second.begin()
        first.rollback()
        second.begin()


def test_readers_do_not_wait_for_a_writer(engine: Engine) -> None:
    with engine.begin() as writer:
        writer.execute(insert(office.Person), {"user_id": "u", "role": "admin", "name": "A", "created_at": NOW})
        with reading(engine).connect() as reader:
            assert reader.scalar(text("SELECT count(*) FROM users")) == 0


def test_foreign_keys_hold(engine: Engine) -> None:
    with pytest.raises(IntegrityError), engine.begin() as c:
        c.execute(insert(office.Section), {"section_id": "x", "test_id": "none", "title": "S", "section_order": 1})


@pytest.mark.parametrize("fault", [{"user_id": "aardvark-b"}, {"user_id": None}, {"is_read": None}])
def test_the_row_is_repeated_in_no_error(engine: Engine, fault: dict[str, object]) -> None:
    with engine.begin() as c:
        c.execute(insert(office.Person), {"user_id": "u", "role": "admin", "name": "A", "created_at": NOW})
    row = {"notification_id": "aardvark-a", "user_id": "u", "type": "aardvark-c", "created_at": NOW, "is_read": True}
    with pytest.raises(IntegrityError) as refused, engine.begin() as c:
        c.execute(insert(office.Notification), {**row, **fault})
    assert "aardvark" not in str(refused.value)
    assert "aardvark" not in str(refused.value.orig)
    assert "notifications" in str(refused.value)


@pytest.mark.parametrize(
    ("address", "words"),
    [("mysql://host/db", "postgresql://"), ("not an address", "not an URL")],
)
def test_an_address_that_is_no_postgresql_is_refused(address: str, words: str) -> None:
    with pytest.raises(StoreError, match=words):
        open_engine(address)


def test_a_database_that_does_not_answer_says_so_without_the_password() -> None:
    with pytest.raises(StoreError, match="does not answer") as refused:
        open_engine("postgresql://someone:aardvark@127.0.0.1:9/nowhere")
    assert "aardvark" not in str(refused.value)


@pytest.mark.parametrize(("wanted", "prepared"), [(None, 1), ("3", 1), ("0", 1), ("none", 0)])
def test_a_session_keeps_nothing_a_pooler_would_lose_where_the_address_says_so(
    databases: Databases, wanted: str | None, prepared: int
) -> None:
    made = databases.make("office")
    url = made.url if wanted is None else made.url.update_query_dict({"prepare_threshold": wanted})
    engine = open_engine(url.render_as_string(hide_password=False))
    prepared_now = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE :x"
    state = f"SELECT ({prepared_now}), (SELECT count(*) FROM pg_cursors WHERE is_holdable)"
    with engine.connect() as connection:
        before = set(connection.execute(text("SELECT name, setting FROM pg_settings")))
        connection.commit()
        for number in range(20):
            assert connection.scalar(text("SELECT CAST(:n AS int) AS quokka"), {"n": number}) == number
            connection.commit()
        assert tuple(connection.execute(text(state), {"x": "SELECT CAST(%quokka"}).one()) == (prepared, 0)
        assert set(connection.execute(text("SELECT name, setting FROM pg_settings"))) == before
    with reading(engine).connect() as connection:
        assert connection.scalar(text("SHOW transaction_read_only")) == "on"
    with engine.connect() as connection:
        assert connection.scalar(text("SHOW transaction_read_only")) == "off"
        assert connection.scalar(text("SHOW default_transaction_read_only")) == "off"
    engine.dispose()
    databases.close(made)


@pytest.mark.parametrize("wanted", ["None", "many", "-1", "5&prepare_threshold=6", "9999999"])
def test_an_address_says_plainly_how_to_prepare(wanted: str) -> None:
    with pytest.raises(StoreError, match="a number, or none"):
        open_engine(f"postgresql://kiosk:secret@127.0.0.1:9/x?prepare_threshold={wanted}")
