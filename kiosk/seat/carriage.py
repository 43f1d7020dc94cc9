"""The carriage of bundles: what the hall asks a seat to seal goes to it in parts, until it says that it holds it."""

import base64
from collections.abc import Callable, Sequence

from kiosk.exam.error import KioskError
from kiosk.exam.moment import parse_iso
from kiosk.exam.record import SealedRecord
from kiosk.sealing.receipt import receipt_for
from kiosk.seat.outbox import Outbox
from kiosk.wire.hub import PART, BundlePartMessage, SeatMessage
from storage.seat.store import SeatStore

WHO, WHY = "hall", "the sitting went on at another seat"


class Carriage:
    """One bundle on its way at a time; used by one thread at a time."""

    def __init__(self, outbox: Outbox, store: SeatStore, root: str, say: Callable[[SeatMessage], bool]) -> None:
        """`say` sends a message and returns whether it left; `root` is the key receipts are believed on."""
        self._outbox = outbox
        self._store = store
        self._root = root
        self._say = say
        self._waiting: dict[str, SealedRecord] = {}

    def seal(self, submission_ids: Sequence[str]) -> None:
        """Seal those that are handed in, and the branches of those that went on elsewhere; then send their bundles.

        One that cannot be sealed keeps no other back; the first problem is raised when the rest is done.
        """
        wanted, problems = set(submission_ids), []
        for line in self._store.sittings():
            if line.submission_id not in wanted or line.bundle_id is not None:
                continue
            try:
                self._seal(line.submission_id, is_handed_in=line.submitted_at is not None)
            except KioskError as error:
                problems.append(error)
        held = {b.bundle_id: b for b in self._store.bundles() if b.submission_id in wanted and b.receipt is None}
        self._waiting |= held
        self.resume()
        if problems:
            raise problems[0]

    def resume(self) -> None:
        """Send the next bundle the hall has not said it holds, from its beginning."""
        for bundle in tuple(self._waiting.values())[:1]:
            for part in _parts(bundle):
                if not self._say(part):
                    return

    def held(self, bundle_id: str) -> None:
        """Take note that the hall holds a bundle."""
        if self._waiting.pop(bundle_id, None) is not None:
            self.resume()

    def received(self, bundle_id: str, envelope: bytes) -> tuple[str, str] | None:
        """Keep central's receipt for a bundle of this seat; return its sitting and when central had it.

        Returns None for a bundle of another seat; raises Tampered, Invalid or Denied for a receipt that does not hold.
        """
        bundle = next((b for b in self._store.bundles() if b.bundle_id == bundle_id), None)
        if bundle is None:
            return None
        receipt = receipt_for(bundle_id, bundle.body, envelope, self._root)
        self._store.keep_receipt(bundle_id, envelope, parse_iso(receipt.received_at))
        self._waiting.pop(bundle_id, None)
        return bundle.submission_id, receipt.received_at

    def _seal(self, submission_id: str, *, is_handed_in: bool) -> None:
        if is_handed_in:
            self._outbox.seal(submission_id)
        elif self._store.fences.of(submission_id) is not None:
            self._outbox.recover(submission_id, WHO, WHY)


def _parts(bundle: SealedRecord) -> list[BundlePartMessage]:
    count = max(1, -(-len(bundle.body) // PART))
    return [
        BundlePartMessage(
            bundle_id=bundle.bundle_id,
            envelope=bundle.envelope.decode("ascii"),
            index=index,
            count=count,
            data=base64.b64encode(bundle.body[index * PART : (index + 1) * PART]).decode("ascii"),
        )
        for index in range(count)
    ]
