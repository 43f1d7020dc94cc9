"""A whole hall on one hub: seats that type and choose, a console that draws and orders, a hub that is killed.

The hub is `kiosk hall serve` with a real store; the seats are one process of their own, the console another. All start
within two minutes and work; the hub is killed and comes back; all hand in within a minute, and every bundle comes in.
What the hub holds in the end is compared with what the seats wrote. The floors are lines that only echo, at the
same rate of messages over the same TLS, and a bare durable commit on the same disk.

python -m benchmarks.hub [--seats 500] [--minutes 10] [--json]
"""

import argparse
import os
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.commit import Floor, taken_ms
from benchmarks.figure import Figure, Promise, Table, tell
from benchmarks.overseer import Ordered, Report, oversee
from benchmarks.processor import Vitals, flushes_per_second
from benchmarks.simulated import Book
from benchmarks.throng import Throng
from benchmarks.venue import Venue
from benchmarks.wire import Wire, echoed
from kiosk.hall.place import hall_store

COMMITS = 1_000
LAG, COMMAND, SHOWN = "replication lag", "order to act at the seat", "order to the console's map"
FLOOR = "bare echo and bare commit"


@dataclass
class Run:
    """Everything that was measured in one run."""

    seats: int
    load: list[float] = field(default_factory=list)
    vitals: list[Vitals] = field(default_factory=list)
    """Of the hub, once a second while all worked."""
    spans: dict[str, float] = field(default_factory=dict)
    start: dict[str, list[float]] = field(default_factory=dict)
    hand_in: list[float] = field(default_factory=list)
    book: Book = field(default_factory=Book)
    console: Report = field(default_factory=Report)
    seconds: float = 0.0
    bursts: dict[str, float] = field(default_factory=dict)
    """Of one core, at each burst."""
    flushes: float | None = None
    floor_ms: tuple[float, ...] = ()
    commits_ms: tuple[float, ...] = ()
    wire: Wire | None = None
    heads: list[tuple[str, str, int, str, int]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    """What the hub does not hold as the seats wrote it."""


@dataclass(frozen=True, kw_only=True)
class Dose:
    """How much of it."""

    seats: int = 500
    seconds: float = 600.0
    start_seconds: float = 110.0
    hand_in_seconds: float = 55.0
    watch_seconds: float = 10.0
    floor_seconds: float = 15.0


def measured(dose: Dose, say: Callable[[str], None] = lambda words: None) -> Run:
    """Make a hall, let it work, and return what was seen."""
    run = Run(dose.seats)
    with tempfile.TemporaryDirectory(prefix="kiosk-benchmark-") as folder:
        venue = Venue.made(Path(folder), dose.seats)
        venue.open_hub()
        throng = Throng.gather(venue)
        try:
            _day(run, dose, venue, throng, say)
            run.heads = throng.ask("heads")
        finally:
            throng.disperse()
            venue.end_hub()
        run.faults = faults(venue, run)
        say("floors")
        _floors(run, dose, venue, Path(folder))
    return run


def _day(run: Run, dose: Dose, venue: Venue, throng: Throng, say: Callable[[str], None]) -> None:
    say("enrolling")
    with _Spent(run, "enrolment", venue):
        run.spans["enrolled"] = throng.ask("enrol")
    say(f"start, within {dose.start_seconds:g} s")
    with _Spent(run, "start", venue):
        run.start = throng.ask("start", dose.start_seconds)
    console = oversee(venue, dose.seconds)
    throng.ask("caught up")
    console.wait()
    throng.ask("mark")
    began = time.monotonic()
    say(f"at work for {dose.seconds:g} s")
    _watch(run, dose.seconds, venue)
    run.console = console.report(180)
    run.book, run.seconds = throng.ask("figures"), time.monotonic() - began
    run.flushes = flushes_per_second(venue.pid, dose.watch_seconds)
    say("the hub is killed")
    venue.kill_hub()
    killed = time.monotonic()
    venue.open_hub()
    run.spans["hub open again"] = time.monotonic() - killed
    with _Spent(run, "everybody back", venue):
        run.spans["all tails whole"] = throng.ask("caught up")
    say(f"hand-in, within {dose.hand_in_seconds:g} s")
    with _Spent(run, "hand-in", venue):
        run.hand_in = throng.ask("hand in", dose.hand_in_seconds)
    say("bundles")
    with _Spent(run, "bundles", venue):
        run.spans["bundles held"] = throng.ask("bundles")
    throng.ask("caught up")


class _Spent:
    """Notes what share of one core the hub used meanwhile."""

    def __init__(self, run: Run, name: str, venue: Venue) -> None:
        self._run, self._name, self._venue = run, name, venue

    def __enter__(self) -> None:
        self._before = self._venue.vitals()

    def __exit__(self, *error: object) -> None:
        if error[0] is None:
            after = self._venue.vitals()
            self._run.bursts[self._name] = (after.cpu - self._before.cpu) / (after.at - self._before.at)


def _watch(run: Run, seconds: float, venue: Venue) -> None:
    ended = threading.Event()
    began = time.monotonic()
    while not ended.wait(min(1.0, max(0.0, began + seconds - time.monotonic()))):
        run.vitals.append(venue.vitals())
        run.load.append(os.getloadavg()[0])
        if time.monotonic() - began >= seconds:
            ended.set()


def faults(venue: Venue, run: Run) -> list[str]:
    """Return in words whatever the hall does not hold as the seats wrote it."""
    store, found = hall_store(venue.home.hall), []
    try:
        for submission_id, opened_on, seq, digest, held in run.heads:
            holding = store.tails.holding(submission_id, opened_on)
            head = None if holding is None else holding.tail.newest.head
            if head is None or (head.seq, head.hash.hex()) != (seq, digest):
                found.append(f"{submission_id}: the seat wrote up to {seq}, the hall holds {head}")
            if held != seq:
                found.append(f"{submission_id}: the seat wrote up to {seq}, and was told {held}")
            if store.tails.strays(submission_id):
                found.append(f"{submission_id}: entries are kept aside")
        bundles = len(store.bundles.lines())
        if bundles != run.seats:
            found.append(f"the hall holds {bundles} bundles of {run.seats}")
    finally:
        store.close()
    for kind in ("refused", "fenced"):
        if run.book.counts[kind]:
            found.append(f"{kind}: {run.book.counts[kind]}")
    return found


def _floors(run: Run, dose: Dose, venue: Venue, folder: Path) -> None:
    floor = Floor(folder)
    run.commits_ms = tuple(taken_ms(floor.commit) for _ in range(COMMITS))
    keys = venue.home.hall.keys
    rate = sum(run.book.counts[k] for k in ("frames", "messages up")) / run.seconds
    run.wire = echoed(keys / "hub.certificate.pem", keys / "hub.key.pem", dose.seats, rate, dose.floor_seconds)


def tables(run: Run) -> list[Table]:
    """Return what there is to tell."""
    return [_speed(run), _use(run), _bursts(run), *_orders(run)]


def _speed(run: Run) -> Table:
    assert run.wire is not None
    both = tuple(_sum(run.wire.rounds, run.commits_ms))
    figures = (
        Figure("bare echo", run.wire.rounds),
        Figure("bare SQLCipher commit", run.commits_ms),
        Figure(FLOOR, both),
        Figure("beat and its echo", _ms(run.book.echoes)),
        Figure(LAG, _ms(run.book.lags)),
    )
    title = f"{run.seats} seats for {run.seconds:.0f} s: from an entry at a seat to its ack (promise: p99 2 s)"
    return Table(title, figures, FLOOR, 0.99)


def _use(run: Run) -> Table:
    assert run.wire is not None
    shares = [(b.cpu - a.cpu) / (b.at - a.at) for a, b in zip(run.vitals, run.vitals[1:], strict=False)]
    counts = run.book.counts
    rss = {
        f"RSS after {n} min": run.vitals[min(n * 60, len(run.vitals) - 1)].rss for n in range(len(run.vitals) // 60 + 1)
    }
    figures = [
        Figure("hub, of one core", tuple(shares), ""),
        Figure("bare echo at the same rate, of one core", (run.wire.core,), ""),
        Figure("frames", (counts["frames"] / run.seconds,), "/s"),
        Figure("entries", (counts["entries"] / run.seconds,), "/s"),
        Figure("messages up", ((counts["frames"] + counts["messages up"]) / run.seconds,), "/s"),
        Figure("messages down", (counts["messages down"] / run.seconds,), "/s"),
        *(Figure(name, (value,), "MiB") for name, value in rss.items()),
        Figure("RSS, growth of the last half", (_growth(run),), "MiB"),
        Figure("console, frame updated", tuple(f[0] for f in run.console.ticks)),
        Figure("console, frame drawn", tuple(f[1] for f in run.console.ticks)),
        Figure("console, of one core", (run.console.cpu / max(0.001, run.console.seconds),), ""),
        Figure("console, between two states", _ms(run.console.gaps)),
        Figure("load of the machine", tuple(run.load), ""),
    ]
    if run.flushes is not None:
        figures.append(Figure("flushes (fsync), counted apart", (run.flushes,), "/s"))
    return Table(f"{run.seats} seats: what the hub uses", figures, None, 0.99)


def _bursts(run: Run) -> Table:
    figures = [
        Figure("Enter to signed in", _ms(run.start["signing"])),
        Figure("Enter to the paper", _ms(run.start["opening"])),
        Figure("handed in to held by the hall", _ms(run.hand_in)),
        *(Figure(name, (value,), "s") for name, value in run.spans.items()),
        *(Figure(f"hub at {name}, of one core", (value,), "") for name, value in run.bursts.items()),
    ]
    return Table(f"{run.seats} seats: start, loss of the hub, hand-in", figures, None, 0.99)


def _orders(run: Run) -> list[Table]:
    acted, shown, told = (dict[str, list[float]]() for _ in range(3))
    for order in run.console.orders:
        acted.setdefault(order.kind, []).extend((at - order.asked) * 1000 for at in acts_of(order, run.book))
        told.setdefault(order.kind, []).append((order.answered - order.asked) * 1000)
        if order.shown is not None:
            shown.setdefault(order.kind, []).append((order.shown - order.asked) * 1000)
    figures = [
        *(Figure(f"{COMMAND}, {kind}", tuple(values)) for kind, values in acted.items() if values),
        *(Figure(f"{SHOWN}, {kind}", tuple(values)) for kind, values in shown.items()),
        *(Figure(f"order to its answer, {kind}", tuple(values)) for kind, values in told.items()),
    ]
    if not figures:
        return []
    row = f"{COMMAND}, one"
    promise = Promise(row, 0.99, 250) if any(f.name == row for f in figures) else None
    return [Table(f"{run.seats} seats: from an order at the console", figures, None, 0.99, promise)]


def acts_of(order: Ordered, book: Book) -> list[float]:
    """Return when each seat of an order did it."""
    seats, found = set(order.seats), list[float]()
    for seat, act, at in book.done:
        if at >= order.asked and act == order.act and seat in seats:
            seats.discard(seat)
            found.append(at)
    return found


def _growth(run: Run) -> float:
    middle = run.vitals[len(run.vitals) // 2]
    return run.vitals[-1].rss - middle.rss


def _ms(seconds: Sequence[float]) -> tuple[float, ...]:
    return tuple(value * 1000 for value in seconds) or (float("nan"),)


def _sum(ones: Sequence[float], others: Sequence[float]) -> list[float]:
    """Add two distributions rank by rank: what a message would take that was as slow in both."""
    ones, others = sorted(ones), sorted(others)
    return [one + others[n * len(others) // len(ones)] for n, one in enumerate(ones)]


def main() -> None:
    """Read the command line, measure, and tell."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hub")
    parser.add_argument("--seats", type=int, default=500)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--json", action="store_true")
    given: Any = parser.parse_args()
    run = measured(Dose(seats=given.seats, seconds=given.minutes * 60), lambda words: print(f"# {words}", flush=True))
    tell(*tables(run))
    for fault in run.faults:
        print(f"LOST: {fault}")
    if run.faults:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
