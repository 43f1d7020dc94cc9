"""Sittings that were brought to a seat: the files as they came, which stay sealed to it."""

from pathlib import Path

from kiosk.exam.error import Refused
from kiosk.exam.lease import Lease
from kiosk.ground.home import Place
from kiosk.sealing import frame
from kiosk.sealing.copy import read_file
from kiosk.sealing.handover import SUFFIX, HandedOver, open_handover
from kiosk.sealing.key_file import replace_file
from kiosk.seat.caller import offer_of
from kiosk.seat.trust import Trust
from kiosk.views.authority import LeaseOffer

PREFIX = "handed-"
"""Of the names they have in the seat's folder, with which they are wiped."""


class Handed:
    """Keeps them, and finds what a lease that begins at a fork goes on with."""

    def __init__(self, place: Place, trust: Trust, act_key: bytes | None) -> None:
        self._folder = place.folder
        self._trust = trust
        self._act_key = act_key

    def open(self, data: bytes) -> HandedOver:
        """Return what is in a file of this hall for this seat; raises KioskError for anything else."""
        if self._act_key is None:
            raise Refused("This seat was never connected to a hub, so that nothing can be handed over to it.")
        trust = self._trust
        return open_handover(data, hall=trust.hall, hall_key=trust.hall_key, seat=trust.seat, act_key=self._act_key)

    def keep(self, handed: HandedOver, data: bytes) -> None:
        """Keep a file that was opened, flushed to the disk."""
        replace_file(self._path(handed.manifest.submission_id, handed.manifest.epoch), data, 0o600)

    def offer(self, lease: Lease) -> LeaseOffer | None:
        """Return what a lease goes on with here; None where it was not brought."""
        path = self._path(lease.submission_id, lease.epoch)
        if not path.exists():
            return None
        return offer_of(self.open(read_file(path, frame.LARGEST)).contents.offer)

    def _path(self, submission_id: str, epoch: int) -> Path:
        return self._folder / f"{PREFIX}{submission_id}-{epoch}{SUFFIX}"
