"""Opens a store: SQLCipher or SQLite in a file, or PostgreSQL, each with the settings an exam needs."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, QueuePool, create_engine, event, make_url
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import ArgumentError

from kiosk.exam.error import KioskError

KEY_BYTES = 32
BUSY_MS = 10_000
_FULL = ("disk is full", "No space left on device")
"""What SQLite and PostgreSQL say when there is no room."""
_PREPARE = "prepare_threshold"
"""In a database's URL: after how many uses a statement is prepared; `none` for a pooler that does not follow them."""
_PLAIN_HEADER = b"SQLite format 3\x00"
_PRAGMAS = (
    f"PRAGMA busy_timeout={BUSY_MS}",  # two writers queue
    "PRAGMA journal_mode=WAL",  # readers never wait for the writer
    "PRAGMA synchronous=FULL",  # a commit that returned survives a power cut
    "PRAGMA foreign_keys=ON",
    "PRAGMA recursive_triggers=ON",  # REPLACE fires the triggers that refuse a delete
    "PRAGMA temp_store=MEMORY",  # nothing is spilled to a plain file
    "PRAGMA trusted_schema=OFF",
)


class StoreError(KioskError):
    """A store that cannot be opened, read or written."""

    title = "The store does not answer"


class StoreFull(StoreError):
    """A store whose disk has no room left."""


def open_engine(
    where: Path | str, key: bytes | None = None, *, create: bool = False, personal: bytes | None = None
) -> Engine:
    """Return the engine of a store: a Path is a file (SQLCipher with the 32-byte `key`, plain without), a str an URL.

    `personal` is the key of the personal columns of a server; without it they can be neither read nor written.
    A missing file is made, for this user only, where `create` says so. Raises StoreError for a missing file, a wrong
    key, a plain file where a key is given, an encrypted one where none is, or a database that cannot be reached.
    """
    engine = _file_engine(where, key, create) if isinstance(where, Path) else _server_engine(where)
    event.listen(engine, "handle_error", _translate)
    if personal is not None:
        from storage.personal import use_seal

        use_seal(engine, personal)
    with engine.connect():  # what cannot be opened says so here, not at the first answer
        return engine


def reading(engine: Engine) -> Engine:
    """Return a view of `engine` whose transactions only read, and so never wait for a writer."""
    options: dict[str, Any] = {"kiosk_reading": True}
    if engine.dialect.name == "postgresql":
        options["postgresql_readonly"] = True
    return engine.execution_options(**options)


def _server_engine(address: str) -> Engine:
    try:
        url = make_url(address)
    except ArgumentError as error:
        raise StoreError("The address of the database is not an URL.") from error
    if url.get_backend_name() != "postgresql":
        raise StoreError(f"A database is reached at postgresql://..., not at {url.drivername}://.")
    return create_engine(
        url.set(drivername="postgresql+psycopg").difference_update_query([_PREPARE]),
        hide_parameters=True,
        pool_pre_ping=True,
        connect_args=_preparing(url),
    )


def _preparing(url: URL) -> dict[str, int | None]:
    """Return how the driver prepares statements: as it does by itself, or as the URL says for a pooler before it."""
    wanted = url.query.get(_PREPARE)
    if wanted is None:
        return {}
    if wanted == "none":
        return {_PREPARE: None}
    if isinstance(wanted, str) and wanted.isdecimal() and len(wanted) <= 6:
        return {_PREPARE: int(wanted)}
    raise StoreError(f"{_PREPARE} in the address of the database is a number, or none.")


def _file_engine(path: Path, key: bytes | None, create: bool) -> Engine:
    from sqlcipher3 import dbapi2

    if key is not None and len(key) != KEY_BYTES:
        raise StoreError(f"The key of {path.name} is {len(key)} bytes long; it must be {KEY_BYTES}.")
    _check_file(path, key is not None, create)
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        module=dbapi2,
        creator=_opener(dbapi2, path, key),
        poolclass=QueuePool,
        hide_parameters=True,
    )
    event.listen(engine, "begin", _begin)
    return engine


def _check_file(path: Path, encrypted: bool, create: bool) -> None:
    if not path.exists():
        if not create:
            raise StoreError(f"There is no store at {path}.")
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        return
    if not encrypted:
        return
    with path.open("rb") as file:
        if file.read(len(_PLAIN_HEADER)) == _PLAIN_HEADER:
            raise StoreError(f"{path} is not encrypted, so it is not opened. Restore the store that was made here.")


def _opener(dbapi2: Any, path: Path, key: bytes | None) -> Callable[[], Any]:
    def connect() -> Any:
        connection = dbapi2.connect(str(path), isolation_level=None, check_same_thread=False)
        try:
            _unlock(connection, path, key)
            for pragma in _PRAGMAS:
                connection.execute(pragma)
        except dbapi2.DatabaseError as error:
            connection.close()
            raise _opening_error(path, key, error) from None
        return connection

    return connect


def _unlock(connection: Any, path: Path, key: bytes | None) -> None:
    if key is not None:
        connection.execute("PRAGMA cipher_log_level=NONE")  # SQLCipher logs to stderr, which is the screen
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        if connection.execute("PRAGMA cipher_version").fetchone() is None:
            raise StoreError(f"{path} must be encrypted, and the SQLite installed here cannot do it.")
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()


def _opening_error(path: Path, key: bytes | None, error: Exception) -> StoreError:
    if "not a database" in str(error):
        if key is None:
            return StoreError(f"{path} is encrypted or damaged; without its key it cannot be opened.")
        return StoreError(f"{path} does not open with the key in its key folder, or it is damaged.")
    return StoreError(f"{path} cannot be opened: {error}.")


def _begin(connection: Connection) -> None:
    is_reading = connection.get_execution_options().get("kiosk_reading", False)
    # a writer takes its place in the queue at once, rather than fail when its first write comes
    connection.exec_driver_sql("BEGIN" if is_reading else "BEGIN IMMEDIATE")


def _translate(context: ExceptionContext) -> None:
    """Raise StoreError in place of what the driver says when the store itself fails; refusals of a row pass."""
    error, dialect = context.original_exception, context.dialect
    driver_error = getattr(dialect.dbapi, "OperationalError", None)
    damage = getattr(dialect.dbapi, "DatabaseError", None)  # itself, not the refusals of a row below it
    if driver_error is not None and (isinstance(error, driver_error) or type(error) is damage):
        kind = StoreFull if any(sign in str(error) for sign in _FULL) else StoreError
        raise kind(_words(str(error))) from error
    for told in (error, context.sqlalchemy_exception):
        if told is not None and told.args:
            told.args = (_without_row(str(told.args[0])), *told.args[1:])


def _without_row(text: str) -> str:
    """Return an error's words without PostgreSQL's DETAIL, which repeats the row, personal data and all."""
    return text.split("\nDETAIL", 1)[0]


def _words(text: str) -> str:
    known = {
        "locked": "The store is busy: another program holds it. Try again in a moment.",
        **dict.fromkeys(_FULL, "The disk is full. Make room, then go on."),
        "malformed": "The store is damaged. Copy its folder away as it is, and call the technician.",
        "readonly": "The store may not be written here. Ask the technician.",
        "disk I/O": "The disk does not write. Stop work on this machine and call the technician.",
        "connection failed": "The database does not answer. Check that it runs and that the address is right.",
    }
    for sign, words in known.items():
        if sign in text:
            return words
    return f"The store refused: {text.splitlines()[0] if text else 'no reason given'}"
