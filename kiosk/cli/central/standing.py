"""`kiosk central status`: where the bundles stand, and what a person should look at."""

from typing import TYPE_CHECKING, Any

from kiosk.cli.option import HomeOption, JsonOption, put_json, put_text
from kiosk.cli.table import put_table
from kiosk.exam.moment import iso
from kiosk.exam.status import BundleState
from kiosk.ground.home import Home

if TYPE_CHECKING:
    from datetime import datetime

    from kiosk.exam.arrival import BundleLine, Quarantined
    from storage.central.backlog import Backlog


def status(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Say how many bundles stand where, hall by hall, how long one has waited, and what a person should look at."""
    from kiosk.central.central import Central

    with Central.open(Home.at(home).office) as central:
        root, now = central.keys.root, central.office.now()
        counts, backlog = central.arrivals.counts(), central.backlog.backlog()
        lines, aside = central.backlog.attention(), central.arrivals.quarantined()
    facts = {"root": root, "counts": counts, **_figures(backlog, now)}
    if as_json:
        put_json(facts | {"attention": [_line(one) for one in lines], "quarantine": [_aside(q) for q in aside]})
        return
    put_text(f"root     {root}")
    for name, count in counts.items():
        put_text(f"{count:8} {name.replace('_', ' ')}")
    put_text(f"{backlog.closings_open:8} closings that leave something open, {backlog.closings_settled} settled")
    if backlog.oldest is not None:
        put_text(f"The bundle that has waited longest came at {iso(backlog.oldest)}.")
    if backlog.months:
        put_text(f"Months made: {backlog.months[0]} to {backlog.months[-1]}.")
    states = [s.value for s in BundleState]
    put_table(("hall", *states), ((hall, *(told[s] for s in states)) for hall, told in backlog.halls.items()))
    for line in lines:
        for words in (*([line.problem] if line.problem else ()), *line.flags):
            put_text(f"{line.submission_id} ({line.hall}, {line.state.value}): {words}")
    for one in aside:
        put_text(f"{one.digest[:16]} from {one.source}: {one.reason}")


def _figures(backlog: "Backlog", now: "datetime") -> dict[str, Any]:
    oldest = backlog.oldest
    return {
        "halls": backlog.halls,
        "backlog": {
            "oldest": None if oldest is None else iso(oldest),
            "seconds": None if oldest is None else max(0, round((now - oldest).total_seconds())),
        },
        "quarantinedBytes": backlog.quarantined_bytes,
        "closings": {"open": backlog.closings_open, "settled": backlog.closings_settled},
        "months": list(backlog.months),
    }


def _line(line: "BundleLine") -> dict[str, Any]:
    return {
        "bundle": line.bundle_id,
        "submission": line.submission_id,
        "hall": line.hall,
        "state": line.state.value,
        "flags": list(line.flags),
        "problem": line.problem,
    }


def _aside(one: "Quarantined") -> dict[str, Any]:
    return {"digest": one.digest, "source": one.source, "reason": one.reason, "bytes": one.length}
