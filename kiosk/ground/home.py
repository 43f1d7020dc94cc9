"""The folders of the three places under one home, and the key files in them."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from kiosk.exam.error import KioskError

PERSONAL_KEY = "personal.key"
"""The file of the key that seals names on a server."""
SEAT_STORE = "seat.db"
_NAME_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@dataclass(frozen=True, slots=True)
class Place:
    """One place's folder: its store, and a folder of keys that only its user may read."""

    folder: Path
    store_name: str

    @property
    def store(self) -> Path:
        """The place's database file."""
        return self.folder / self.store_name

    @property
    def keys(self) -> Path:
        """The place's key folder."""
        return self.folder / "keys"

    @property
    def exists(self) -> bool:
        """Whether the place has been made."""
        return self.store.exists() or self.database.exists()

    @property
    def database(self) -> Path:
        """The file that holds the URL of the place's database, where that is on a server."""
        return self.folder / "database.url"

    def database_url(self) -> str:
        """Return the URL of the place's database; raises KioskError when others may read it."""
        return read_secret(self.database).decode("utf-8", "replace").strip()

    def keep_database(self, url: str) -> None:
        """Keep the URL of the place's database, whole or not at all."""
        _write_whole(self.database, url.encode())

    def personal_key(self) -> bytes:
        """Return the 64 raw bytes that seal names on a server, made at the first call; raises KioskError if lost."""
        path = self.keys / PERSONAL_KEY
        if not path.exists():
            if self.database.exists():
                raise KioskError(
                    f"The key file {path} is missing; the names in the database cannot be read without it."
                )
            self.make()
            _write_whole(path, secrets.token_bytes(64))
        return read_secret(path)

    def make(self) -> None:
        """Make the folders, for this user only."""
        for folder in (self.folder, self.keys):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def store_key(self) -> bytes:
        """Return the 32 raw bytes that open the store, made at the first call; raises KioskError if lost or open."""
        path = self.keys / "store.key"
        if not path.exists():
            if self.store.exists():
                raise KioskError(f"The key file {path} is missing; the store cannot be opened without it.")
            self.make()
            write_secret(path, secrets.token_bytes(32))
        return read_secret(path)


@dataclass(frozen=True, slots=True)
class Home:
    """Where the places of one machine live."""

    folder: Path

    @classmethod
    def at(cls, folder: Path | None) -> "Home":
        """Return the home at `folder`, or the platform's data folder."""
        return cls(folder or Path(platformdirs.user_data_dir("exam-kiosk")))

    @property
    def office(self) -> Place:
        """The exam office, which is also central."""
        return Place(self.folder / "office", "office.db")

    @property
    def hall(self) -> Place:
        """The hall."""
        return Place(self.folder / "hall", "hall.db")

    def seat(self, name: str) -> Place:
        """Return one seat; raises KioskError for a name that is not plain letters, digits, - and _."""
        must_be_seat(name)
        return Place(self.folder / "seats" / name, SEAT_STORE)

    def seats(self) -> tuple[str, ...]:
        """Return the names of the seats that exist, sorted; other folders that lie among them are no seats."""
        return tuple(sorted(p.name for p in self._beside_seats() if _can_be_a_seat(p.name)))

    def strays(self) -> tuple[Path, ...]:
        """Return the folders among the seats that hold a seat's store under a name no seat can have, sorted."""
        found = (p for p in self._beside_seats() if not _can_be_a_seat(p.name))
        return tuple(sorted(p for p in found if (p / SEAT_STORE).exists()))

    def _beside_seats(self) -> tuple[Path, ...]:
        root = self.folder / "seats"
        return tuple(p for p in root.iterdir() if p.is_dir()) if root.is_dir() else ()


def must_be_seat(name: str) -> None:
    """Raise KioskError for a name no seat can have."""
    if not _can_be_a_seat(name):
        raise KioskError(f"{name[:40]!r} cannot be a seat's name: use letters, digits, - and _.")


def _can_be_a_seat(name: str) -> bool:
    return 0 < len(name) <= 32 and _NAME_CHARACTERS.issuperset(name)


def write_secret(path: Path, content: bytes) -> None:
    """Write a new file only this user may read, durably; raises FileExistsError rather than replace one."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _write_whole(path: Path, content: bytes) -> None:
    """Write a new secret file; where the disk does not take all of it, nothing is left."""
    try:
        write_secret(path, content)
    except FileExistsError:
        raise
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def read_secret(path: Path) -> bytes:
    """Return a secret file's bytes; raises KioskError when others may read it."""
    if path.stat().st_mode & 0o077:
        raise KioskError(f"The key file {path} can be read by others. Make it private: chmod 600.")
    return path.read_bytes()
