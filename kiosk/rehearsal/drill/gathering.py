"""The end of a drill: everybody hands in, the hall collects over the line, and central counts."""

from kiosk.exam.error import KioskError
from kiosk.exam.moment import Clock, parse_iso
from kiosk.hall.place import hall_store
from kiosk.rehearsal.carriage import Carriage
from kiosk.rehearsal.drill.floor import Floor
from kiosk.rehearsal.drill.machine import until


def hand_in(floor: Floor) -> int:
    """Let every candidate hand in, and wait until the hub knows; return how many did."""
    floor.mend()
    handed = 0
    for machine in floor.at_work:
        assert machine.candidate is not None
        machine.work(False)
        told = machine.ask("hand_in")
        machine.candidate.receipt = told["receipt"]
        if not told["receipt"]:
            raise KioskError(f"{machine.name} shows no receipt after the hand-in.")
        handed += 1
    floor.tails_complete()
    return handed


def collect(floor: Floor, clock: Clock) -> int:
    """Let the hall ask its seats for their bundles over the line, until all are here; return how many."""
    store = hall_store(floor.stage.home.hall)
    try:

        def came() -> bool:
            store.seal_orders.order(parse_iso(clock.now().at))
            here = {d.submission_id for d in store.bundles.lines()}
            return len(here) >= len(floor.candidates) and not store.seal_orders.missing()

        until(came, "every bundle in the hall")
        return len(list(store.bundles.lines()))
    finally:
        store.close()


def carry_up(floor: Floor, clock: Clock) -> list[str]:
    """Carry what the hall holds to central by a stick and let it count; return the bundles in the order they came."""
    folder = floor.stage.carried / "bundles"
    carriage = Carriage(floor.stage, clock)
    try:
        carriage.export(folder)
    finally:
        carriage.close()
    taken = list(floor.stage.central.intake.take_folder(folder))
    refused = [f"{t.source}: {t.reason}" for t in taken if t.receipt is None]
    if refused:
        raise KioskError("Central did not take everything: " + "; ".join(refused))
    for _ in floor.stage.central.counting.work():
        pass
    return [t.digest for t in taken]
