"""The end of a day in the simulation: the hall closes, the bundles go up, and every promise is asked about."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from broken_promise import Broken
from sim_central import SimCentral

from builders import a_paper, a_person
from keyring import Keyring
from kiosk.cli.bundle.gathering import OpenHall
from kiosk.cli.hall.salvage import Salvage
from kiosk.exam.entry import Entry, Genesis
from kiosk.exam.moment import parse_iso
from kiosk.exam.person import Role
from kiosk.exam.sitting import Sitting
from kiosk.hall.collection import Collection
from kiosk.hall.supervision import Pair
from kiosk.sealing import frame
from kiosk.seat.place import seat_store

if TYPE_CHECKING:
    from hall_day import Day

CLOSING_MS = 25_000
"""By when each seat must have sealed what is over there and sent it."""


class Reckoning:
    """Raises Broken, naming the promise, where the places do not hold what they said."""

    def __init__(self, day: "Day", keyring: Keyring) -> None:
        self.day = day
        self._keyring = keyring

    def make(self) -> None:
        """Hold all places to what they said."""
        day = self.day
        for seat in day.seats.values():
            day.oracle.look_at_seat(seat)
        day.oracle.look_at_hub(day.hub)
        self._close()
        central = self._upload()
        day.count["saved entries looked for"] += day.oracle.look_at_bundles(central.kept, self._awaited())
        for person in day.candidates.people:
            if person.submission is None:
                raise Broken(f"{person.roll} was never let begin")
            if person.submission not in central.counts:
                raise Broken(f"the sitting of {person.roll} did not come to central")
            _, entries, genesis = central.counts[person.submission]
            day.oracle.look_at_journal(person.submission, entries)
            self._look_at_time(person.submission, genesis, entries)
            day.count["entries at central"] += len(entries)
            day.count["epochs"] += entries[-1].epoch
        day.trace.extend(sorted(central.receipts.values()))
        day.count["days"] += 1

    def _close(self) -> None:
        """Close the hall: every seat seals what is over there and sends it."""
        store, world = self.day.hub.store, self.day.world
        store.seal_orders.order(parse_iso(self.day.hub.clock.now().at))
        until_ms = world.now_ms + CLOSING_MS
        while world.now_ms < until_ms and store.seal_orders.missing():
            world.run(world.now_ms + 1_000)
        missing = store.seal_orders.missing()
        if missing:
            raise Broken(f"bundles did not come: {missing}")
        self._rescue()
        self.day.count["bundles"] += len(store.bundles.lines())

    def _rescue(self) -> None:
        """Seal the hall's copy where a seat sealed less than it was told is held, as the hall asks before it closes."""
        hub, lacking = self.day.hub, self.day.hub.store.bundles.lacking()
        short = {line.submission_id for line in hub.store.bundles.lines() if line.bundle_id in lacking}
        if not short:
            return
        opened = OpenHall(hub.keys, hub.store, Collection.open(self.day.home.hall, hub.keys, hub.store, hub.clock))
        both = Pair(a_person(Role.PROCTOR), a_person(Role.PROCTOR, user_id="proctor-2"))
        with Salvage.open(self.day.home, opened, hub.hall, hub.clock) as salvage:
            stranded = [one for one in hub.hall.rescues.waiting() if one.submission_id in short]
            for done in salvage.all(stranded, both, "the disk went back"):
                if done.problem is not None:
                    raise Broken(f"I2: the hall's copy was not sealed: {done.problem}")
        for submission_id in short:
            self._look_at_rescued(submission_id)
        if hub.store.bundles.lacking():
            raise Broken("I2: what the hall acknowledged is in no bundle that may count")
        self.day.count["rescued"] += len(short)

    def _look_at_rescued(self, submission_id: str) -> None:
        """Tell the oracle what the hall's own seat wrote."""
        lease, oracle = self.day.hub.store.permits.lease(submission_id).lease, self.day.oracle
        held = seat_store(self.day.home.seat(lease.seat))
        oracle.writer[submission_id, lease.epoch] = lease.seat
        for entry in held.whole_record(submission_id).entries:
            if entry.epoch == lease.epoch:
                oracle.written[submission_id, entry.epoch, entry.seq][entry.hash] = lease.seat
        held.close()

    def _awaited(self) -> frozenset[str]:
        """Return the sittings without a bundle, each of which keeps the hall from closing."""
        store = self.day.hub.store
        here = {line.submission_id for line in store.bundles.lines()}
        sat = {s.submission_id for test in store.closings.tests() for s in store.closings.sittings(test)}
        return frozenset(sat - here)

    def _upload(self) -> SimCentral:
        """Send all bundles to two centrals, each in an order of its own; the first gets everything twice."""
        day, store = self.day, self.day.hub.store
        held = [store.bundles.bundle(line.bundle_id) for line in store.bundles.lines()]
        datas = [frame.join(one.envelope, one.body) for one in held]
        key = day.hub.keys.signing.public
        central, other = (SimCentral(self._keyring, key, day.plant) for _ in range(2))
        first: dict[bytes, bytes] = {}
        for one, sent in ((central, datas * 2), (other, list(datas))):
            day.world.random.shuffle(sent)
            if day.plant and one is other:
                sent = list(reversed(central.bundles.values()))
            for number, data in enumerate(sent):
                receipt = one.take(data, f"2031-05-06T15:00:{number % 60:02}.000Z")
                if one is central and first.setdefault(data, receipt) != receipt:
                    raise Broken("I4: a second receipt for one bundle")
        for bundle_id, data in central.bundles.items():
            if first[data] != central.receipts[bundle_id]:
                raise Broken("I3: a receipted bundle has another receipt now")
        if set(central.bundles.values()) != set(datas):
            raise Broken("I3: a receipted bundle is not kept as it was sent")
        central.same(other)
        return central

    def _look_at_time(self, submission_id: str, genesis: Genesis, entries: Sequence[Entry]) -> None:
        """I8: each entry charged what ran, so that none goes back; a crash gives back a tick at most."""
        sitting, used = Sitting(a_paper(), genesis), []
        for entry in entries:
            sitting.apply(entry)
            used.append(sitting.ledger.used_ms)
        self.day.count["charges looked at"] += self.day.oracle.time.look_at(entries, used)
        self.day.count["crashes looked at"] += self.day.oracle.time.look_at_crashes(submission_id, entries)
