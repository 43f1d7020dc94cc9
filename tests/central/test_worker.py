"""Workers: any number at once, none gets what another has, and one that dies costs nothing."""

import itertools
import multiprocessing
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

import storage.central.count
from builders import a_clock
from forking import Fork
from kiosk.central import crew as crewing
from kiosk.central import worker as working
from kiosk.central.central import Central
from kiosk.central.crew import Crew, Order, stopping
from kiosk.central.worker import Worker
from kiosk.exam.error import Refused
from kiosk.exam.status import BundleState
from kiosk.office.office import Office
from storage.engine import StoreError, open_engine
from storage.models import office as tables
from stores import PERSONAL


def at_url(url: str, keys: Path) -> Central:
    """Open central on a server, as a worker's process does."""
    return Central(Office(open_engine(url, personal=PERSONAL), a_clock()), keys, a_clock())


def killing(url: str, keys: Path, mark: Path, times: int) -> Central:
    """Open central in a process that dies with a bundle claimed and rows written, the first few times."""
    central = at_url(url, keys)
    opened = central.counting_with

    def dying(identity):
        counting = opened(identity)
        judge = counting.judge

        def judged(waiting):
            if len(list(mark.iterdir())) < times:
                (mark / str(os.getpid())).touch()
                os.kill(os.getpid(), signal.SIGKILL)
            return judge(waiting)

        counting.judge = judged
        return counting

    central.counting_with = dying
    return central


def mistaken(url: str, keys: Path) -> Central:
    """Open central in a process that falls over its own feet."""
    central = at_url(url, keys)
    central.counting_with = lambda identity: 1 / 0
    return central


def take(site, *bundles):
    for bundle in bundles:
        site.central.intake.take(bundle.data, "stick")


def states(site):
    return [line.state for line in site.central.arrivals.lines()]


def url_of(site):
    return site.office.engine.url.render_as_string(hide_password=False)


@pytest.fixture
def served(site):
    """An office on a server, with a handful of bundles that wait: two of each sitting."""
    if site.office.engine.dialect.name != "postgresql":
        pytest.skip("a file has one writer")
    for number in range(1, 5):
        fork = Fork(site.paper, site.keyring, number)
        take(site, fork.bundle({"genetics-1": ["genetics-1-1"]}), fork.bundle({}, {"writing-1": "x"}, epoch=2))
    return site


def test_two_workers_never_get_the_same_bundle(served):
    """While one holds a claim, another gets the next and not the same; what the first lets go comes back."""
    seen, inside, leave = [], threading.Event(), threading.Event()
    slow, quick = served.central.counting_with(served.keyring.intake), served.central.counting
    judge = slow.judge

    def waits(waiting):
        seen.append(waiting.bundle_id)
        inside.set()
        assert leave.wait(30)
        return judge(waiting)

    slow.judge = waits
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(slow.next)
        assert inside.wait(30)
        second = quick.next()
        leave.set()
        settled = first.result(60)
    assert settled.bundle_id == seen[0] != second.bundle_id


@pytest.mark.parametrize("workers", [2, 4])
def test_many_workers_at_once_count_every_bundle_once(served, workers):
    def run(_):
        counting = served.central.counting_with(served.keyring.intake)
        return list(counting.work())

    with ThreadPoolExecutor(workers) as threads:
        done = list(itertools.chain.from_iterable(threads.map(run, range(workers))))
    assert len({s.bundle_id for s in done}) == len(done) == 8
    assert sorted(states(served)) == [BundleState.BRANCH] * 4 + [BundleState.COUNTED] * 4
    with served.office.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM test_submissions")).scalar_one() == 4


def test_a_crew_of_processes_counts_and_ends(served, tmp_path):
    crew = Crew(partial(at_url, url_of(served), tmp_path / "keys"), served.keyring.intake, 2)
    told = []
    assert crew.run(told.append, Order(once=True)) == 0
    assert len({s.bundle_id for s in told}) == 8
    assert served.central.arrivals.waiting() == 0


def test_the_parent_of_a_crew_has_other_work_done_while_the_workers_count(served, tmp_path, monkeypatch):
    """As closings are, which must not wait until a crew that never ends has ended."""
    monkeypatch.setattr(crewing, "BETWEEN_SECONDS", 0.0)
    crew = Crew(partial(at_url, url_of(served), tmp_path / "keys"), served.keyring.intake, 2)
    waiting, ran = [], []

    def between():
        ran.append(len(crew.pids))
        if len(ran) == 1:
            raise StoreError("The database does not answer.")
        waiting.append(served.central.arrivals.waiting())
        if waiting[-1] == 0:
            os.kill(os.getpid(), signal.SIGTERM)

    crew.run(lambda _: None, Order(once=False), between)
    assert waiting[-1] == 0
    assert ran == [2] * len(ran)


def test_a_worker_killed_with_a_bundle_in_hand_leaves_it_to_the_others(served, tmp_path):
    (mark := tmp_path / "dead").mkdir()
    crew = Crew(partial(killing, url_of(served), tmp_path / "keys", mark, 3), served.keyring.intake, 2)
    told = []
    lost = crew.run(told.append, Order(once=True))
    assert (lost, len(list(mark.iterdir()))) == (3, 3)
    assert len({s.bundle_id for s in told}) == len(told) == 8
    assert set(states(served)) == {BundleState.COUNTED, BundleState.BRANCH}


def test_a_crew_whose_workers_all_die_says_so(served, tmp_path, monkeypatch):
    monkeypatch.setattr(crewing, "MOST_LOST", 2)
    (mark := tmp_path / "dead").mkdir()
    crew = Crew(partial(killing, url_of(served), tmp_path / "keys", mark, 10_000), served.keyring.intake, 2)
    with pytest.raises(Refused, match=r"^3 workers died .* ended by the system \(SIGKILL\)"):
        crew.run(lambda _: None, Order(once=True))
    assert len(list(mark.iterdir())) >= 3
    assert served.central.arrivals.waiting() == 8
    assert multiprocessing.active_children() == []


def test_a_worker_that_meets_a_mistake_of_the_program_says_so(served, tmp_path, monkeypatch):
    monkeypatch.setattr(crewing, "MOST_LOST", 1)
    crew = Crew(partial(mistaken, url_of(served), tmp_path / "keys"), served.keyring.intake, 1)
    with pytest.raises(Refused, match=r"^2 workers died .* mistake .*ZeroDivisionError at test_worker.py:\d+\)"):
        crew.run(lambda _: None, Order(once=True))
    assert served.central.arrivals.waiting() == 8


def test_a_signal_ends_the_work_after_the_bundles_in_hand(site, monkeypatch):
    take(site, *(Fork(site.paper, site.keyring, n).bundle() for n in (1, 2, 3)))
    done = []

    def told(settled):
        done.append(settled)
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(storage.central.count, "MOST_AT_ONCE", 2)
    with stopping() as stop:
        Worker(site.central.counting, stop.wait).run(told, once=False)
    assert [s.state for s in done] == [BundleState.COUNTED] * 2
    assert site.central.arrivals.waiting() == 1


def test_a_bundle_that_cannot_be_counted_blocks_nothing_and_waits_for_its_time(site):
    good, spoilt = Fork(site.paper, site.keyring, 1).bundle(), Fork(site.paper, site.keyring, 2).bundle()
    take(site, spoilt, good)
    counting = site.central.counting
    sound = counting.opener

    def verified(envelope, body):
        return 1 / 0 if body == spoilt.body else sound.verified(envelope, body)

    counting.opener = SimpleNamespace(verified=verified, opened=sound.opened)
    done = list(counting.work())
    assert {s.bundle_id: s.state for s in done} == {
        spoilt.bundle_id: BundleState.FAILED,
        good.bundle_id: BundleState.COUNTED,
    }
    assert [s.problem for s in done if s.problem] == [
        "this program cannot open it (ZeroDivisionError); tell its makers"
    ]
    counting.opener = sound
    assert list(counting.work()) == []
    assert [s.state for s in counting.work(again=True)] == [BundleState.COUNTED]


class Shy:
    """Counting over a store that does not answer some of the time."""

    def __init__(self, counting, failures):
        self.counting = counting
        self.failures = failures

    def some(self):
        if self.failures:
            self.failures -= 1
            raise StoreError("The database does not answer.")
        return self.counting.some()

    def renew(self, *, again=False):
        return self.counting.renew(again=again)


def test_a_store_that_does_not_answer_is_asked_again_at_longer_pauses(site):
    take(site, Fork(site.paper, site.keyring).bundle())
    pauses, done = [], []
    wait = lambda seconds: bool(pauses.append(seconds))  # noqa: E731
    Worker(Shy(site.central.counting, working.MOST_TRIES - 1), wait).run(done.append, once=True)
    assert [s.state for s in done] == [BundleState.COUNTED]
    assert len([p for p in pauses if p]) == working.MOST_TRIES - 1
    with pytest.raises(StoreError):
        Worker(Shy(site.central.counting, working.MOST_TRIES), wait).run(done.append, once=True)


def test_a_worker_waits_for_what_has_not_come_yet(site):
    done, bundle, beats = [], Fork(site.paper, site.keyring).bundle(), []

    def wait(seconds):
        beats.append(seconds)
        if seconds and len(done) == 0:
            take(site, bundle)
        return bool(done) and seconds == 0

    Worker(site.central.counting, wait).run(done.append, once=False)
    assert [s.bundle_id for s in done] == [bundle.bundle_id]
    assert working.BEAT_SECONDS / 2 <= max(beats) <= working.BEAT_SECONDS * 1.5


def test_a_file_takes_one_worker(site):
    if site.office.engine.dialect.name == "postgresql":
        site.central.counting.must_take_workers()
    else:
        with pytest.raises(Refused, match="PostgreSQL"):
            site.central.counting.must_take_workers()


ANYTHING = st.lists(st.integers(0, 7), min_size=1, max_size=14)


DOSE, FULL = 10, 60
RELAXED = {"deadline": None, "suppress_health_check": list(HealthCheck)}


@settings(max_examples=DOSE, **RELAXED)
@given(data=st.data())
def test_the_rows_are_a_function_of_the_set_of_bundles(emptied, data):
    the_order_does_not_matter(emptied, data)


@pytest.mark.slow
@settings(max_examples=FULL, **RELAXED)
@given(data=st.data())
def test_the_rows_are_a_function_of_the_set_of_bundles_in_many_orders(emptied, data):
    the_order_does_not_matter(emptied, data)


def the_order_does_not_matter(emptied, data):
    """Any order with any repeats, and counting whenever it likes in between: the rows are those of one fixed order."""
    site, empty = emptied
    pool = bundles_of(site)
    picked = data.draw(ANYTHING)
    settle_after = data.draw(st.sets(st.integers(0, len(picked))))
    found = []
    for order, pauses, most in ((sorted(set(picked)), set(), 1), (picked, settle_after, data.draw(st.integers(1, 5)))):
        empty()
        for place, number in enumerate(order):
            take(site, pool[number])
            if place in pauses:
                count_all(site, most)
        count_all(site, most)
        found.append(shown(site))
    assert found[0] == found[1]


def count_all(site, most):
    """Count what waits, so many bundles in one transaction."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(storage.central.count, "MOST_AT_ONCE", most)
        site.settle()


@pytest.fixture
def emptied(site):
    """An office, and what brings it back to where it was before the first bundle."""
    engine = site.office.engine
    if engine.dialect.name == "sqlite":
        return site, partial(put_back, engine, Path(engine.url.database), frozen(engine))
    with engine.connect() as connection:
        people = set(connection.scalars(select(tables.Person.user_id)))
        settled = {t.name for t in tables.OfficeBase.metadata.sorted_tables if connection.execute(t.select()).first()}
    return site, partial(sweep, engine, people, settled)


def frozen(engine):
    """Return the bytes of a file's store, with nothing left beside it."""
    with engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    engine.dispose()
    return Path(engine.url.database).read_bytes()


def put_back(engine, path, content):
    """Bring a file's store back."""
    engine.dispose()
    for beside in ("-wal", "-shm"):
        path.with_name(path.name + beside).unlink(missing_ok=True)
    path.write_bytes(content)


def sweep(engine, people, settled):
    """Take away what came since from a server, where triggers and foreign keys would keep it."""
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table in tables.OfficeBase.metadata.sorted_tables:
            if table.name not in settled:
                connection.execute(table.delete())
        connection.execute(tables.Person.__table__.delete().where(tables.Person.user_id.not_in(people)))


def bundles_of(site):
    """Eight bundles of three sittings; made once for one ring of keys, as sealing is never the same twice."""
    ring = site.keyring.root.public
    if ring not in _MADE:
        one, other = Fork(site.paper, site.keyring, 1), Fork(site.paper, site.keyring, 2)
        choices = [{"genetics-1": [f"genetics-1-{n}"]} for n in (1, 2, 3)]
        _MADE[ring] = [
            one.bundle(choices[0]),
            one.bundle(choices[1], epoch=2, name="Okafor, A."),
            one.bundle(choices[2], epoch=2, lease_id="again", issued_at="2031-05-06T12:02:31.000Z"),
            one.bundle({}, {"writing-1": "a line"}, epoch=3, hand_in=False),
            other.bundle(choices[0], {"writing-2": "print()"}),
            other.bundle({}, hand_in=False, epoch=2, name="Another Name"),
            other.bundle(choices[1]),
            Fork(site.paper, site.keyring, 3).bundle(choices[2]),
        ]
    return _MADE[ring]


_MADE = {}


def shown(site):
    """Every row a set of bundles makes, without when it was made and the history of awards."""
    when = {"log_id", "timestamp", "settled_at", "received_at", "created_at", "issued_at", "envelope", "source"}
    found = {}
    for table in tables.OfficeBase.metadata.sorted_tables:
        if table.name in ("marks", "audit_log"):
            continue
        columns = [c for c in table.columns if c.name not in when]
        with site.office.engine.connect() as connection:
            rows = connection.execute(table.select().with_only_columns(*columns)).all()
        told = [r for r in rows if table.name != "test_logs" or r.performed_by != "system"]
        found[table.name] = sorted(repr(tuple(r)) for r in told)
    return found
