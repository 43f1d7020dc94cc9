"""Bundles come in from the seats, part by part, and central's receipts go back to them."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kiosk.exam.error import Invalid
from kiosk.hall.collection import Collection, Outcome
from kiosk.hall.hub.presence import Presence
from kiosk.hall.hub.tails import Notice
from kiosk.sealing import frame
from kiosk.sealing.age import LARGEST_SEALED
from kiosk.wire.hub import BundleHeldMessage, BundlePartMessage, ReceiptMessage
from storage.hall.bundle import BundlePart

LOOK_TICKS = 5
"""Ticks between two looks for receipts that came meanwhile, whichever program fetched them."""


@dataclass(slots=True)
class _Arriving:
    bundle_id: str
    next: int
    """Index of the part that is to come."""
    length: int


class BundleArrivals:
    """Implements `kiosk.hall.hub.hub.BundleIn`. Used by one thread at a time.

    A seat sends one bundle at a time, its parts in order; part 0 begins anew. What has come of one lies in a file for
    each seat, sealed as it is, so that the bundles of a whole hall never lie in memory at once.
    """

    def __init__(
        self,
        bundles: BundlePart,
        collection: Callable[[], Collection],
        presence: Presence,
        notice: Notice,
        folder: Path,
    ) -> None:
        """`collection` is asked for anew with each bundle, as the revocation list may have been changed."""
        self._bundles = bundles
        self._collection = collection
        self._presence = presence
        self._notice = notice
        self._folder = folder
        folder.mkdir(mode=0o700, exist_ok=True)
        for left in folder.glob("*.part"):
            left.unlink()
        self._arriving: dict[str, _Arriving] = {}
        self._told: dict[str, set[str]] = {}
        self._ticks = 0

    def take(self, seat: str, message: BundlePartMessage) -> None:
        """Keep a part; the last one is answered once the bundle is verified and committed.

        Raises Invalid for parts that cannot be a bundle's. One that does not verify is told to a person, not kept.
        """
        if message.index == 0 and self._is_held(message.bundle_id):
            self._arriving.pop(seat, None)
            self._answer(seat, message.bundle_id)
            return
        path = self._folder / f"{seat}.part"
        arriving = self._expected(seat, message, path)
        if arriving is None:
            return
        data = _data_of(message)
        arriving.length += len(data)
        if arriving.length > LARGEST_SEALED:
            self._forget(seat, path)
            raise Invalid("this bundle is larger than any can be")
        with path.open("ab") as file:
            file.write(data)
        arriving.next += 1
        if arriving.next == message.count:
            body = path.read_bytes()
            self._forget(seat, path)
            self._keep(seat, message, body)

    def join(self, seat: str) -> None:
        """Send a seat that has just joined central's receipts for its bundles."""
        self._told[seat] = set()
        self._send_receipts(seat, self._bundles.received(seat))

    def tick(self) -> None:
        """Send the receipts that came since."""
        self._ticks += 1
        if self._ticks % LOOK_TICKS:
            return
        for seat, bundle_ids in self._bundles.received_by_seat().items():
            if seat in self._told:
                self._send_receipts(seat, bundle_ids)

    def _expected(self, seat: str, message: BundlePartMessage, path: Path) -> _Arriving | None:
        """Return what this part continues; None for one that came before, or continues nothing."""
        if message.index == 0:
            path.unlink(missing_ok=True)
            self._arriving[seat] = _Arriving(message.bundle_id, 0, 0)
        arriving = self._arriving.get(seat)
        if arriving is None or (arriving.bundle_id, arriving.next) != (message.bundle_id, message.index):
            return None
        return arriving

    def _forget(self, seat: str, path: Path) -> None:
        self._arriving.pop(seat, None)
        path.unlink(missing_ok=True)

    def _keep(self, seat: str, message: BundlePartMessage, body: bytes) -> None:
        taken = self._collection().take(frame.join(message.envelope.encode("utf-8"), body), f"seat {seat}")
        if taken.outcome is Outcome.REFUSED:
            self._notice(seat, "bundle", f"A bundle of this seat is not taken: {taken.problem}")
            return
        if taken.bundle_id != message.bundle_id:
            self._notice(seat, "bundle", "This seat sent a bundle under another bundle's id.")
        for flag in taken.flags:
            self._notice(seat, "bundle", f"A bundle of this seat: {flag}")
        self._answer(seat, taken.bundle_id)

    def _is_held(self, bundle_id: str) -> bool:
        return self._bundles.holds(bundle_id)

    def _answer(self, seat: str, bundle_id: str) -> None:
        post = self._presence.post(seat)
        if post is not None:
            post.send(BundleHeldMessage(bundle_id=bundle_id))

    def _send_receipts(self, seat: str, bundle_ids: tuple[str, ...]) -> None:
        told, post = self._told.setdefault(seat, set()), self._presence.post(seat)
        new = [i for i in bundle_ids if i not in told]
        if post is None or not new:
            return
        for bundle_id, envelope in self._bundles.receipts(new).items():
            post.send(ReceiptMessage(bundle_id=bundle_id, envelope=envelope.decode("ascii")))
            told.add(bundle_id)


def _data_of(message: BundlePartMessage) -> bytes:
    if message.index >= message.count:
        raise Invalid("a part of a bundle is beyond its end")
    try:
        return base64.b64decode(message.data, validate=True)
    except binascii.Error:
        raise Invalid("a part of a bundle came damaged") from None
