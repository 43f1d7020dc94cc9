"""Every byte a place holds, laid open for a search: files as they are, and stores row by row."""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import MetaData, select

from storage.engine import open_engine


def files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file under a folder, its name included."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield str(path), path.name.encode() + b"\n" + path.read_bytes()


def store(path: Path, key: bytes) -> Iterator[tuple[str, bytes]]:
    """Every value of every table of an encrypted store, and the words of its schema."""
    engine = open_engine(path, key)
    tables = MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        for table in tables.tables.values():
            for row in connection.execute(select(table)):
                for name, value in row._mapping.items():
                    raw = value if isinstance(value, bytes) else str(value).encode()
                    yield f"{path.name} {table.name}.{name}", raw
    engine.dispose()
