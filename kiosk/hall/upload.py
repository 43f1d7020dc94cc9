"""The upload: what waits is offered to central round after round, until a verified receipt is kept for each."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from kiosk.exam.error import KioskError
from kiosk.hall.central import CentralDoor, ComeAgain, Declined
from kiosk.hall.shelf import Shelf
from kiosk.wire.upload import Held
from storage.engine import StoreError

BATCH = 200
"""Bundles asked for at once."""
FIRST_WAIT, LONGEST_WAIT, JITTER = 1.0, 300.0, 1.0
"""Seconds between rounds in which nothing moved: doubling, with chance, so that halls do not come all at once."""


@dataclass(slots=True)
class Uploaded:
    """What an upload came to."""

    received: list[str] = field(default_factory=list)
    """Bundles whose receipt was kept now."""
    declined: dict[str, str] = field(default_factory=dict)
    """What a person must look at, in words, by bundle."""
    left: int = 0
    """Bundles that still wait."""
    problem: str | None = None
    """Why it ended before its end, or None."""


class Upload:
    """Offers what waits. It may be cut off at any moment and begun again: all it keeps are verified receipts."""

    def __init__(
        self,
        shelf: Shelf,
        door: CentralDoor,
        told: Callable[[int, int], None] = lambda done, whole: None,
        say: Callable[[str], None] = lambda words: None,
    ) -> None:
        """`told` hears how many bundles are settled of how many, `say` why it waits."""
        self._shelf = shelf
        self._door = door
        self._told = told
        self._say = say
        self._chance = random.SystemRandom()
        self.result = Uploaded()
        """What it has come to so far."""

    def run(self, *, once: bool = False) -> Uploaded:
        """Go on until everything is received or declined, for ever if need be; with `once`, try each one time."""
        import stamina

        stamina.instrumentation.set_on_retry_hooks([])  # it would log to the terminal the progress is shown on
        try:
            while self._waiting():
                for attempt in stamina.retry_context(
                    on=self._pause,
                    attempts=1 if once else None,
                    timeout=None,
                    wait_initial=FIRST_WAIT,
                    wait_max=LONGEST_WAIT,
                    wait_jitter=JITTER,
                ):
                    with attempt:
                        self._round(once=once)
        except (ComeAgain, Declined) as error:
            self.result.problem = error.message
        self.result.left = len(self._waiting())
        return self.result

    def _waiting(self) -> list[str]:
        return [i for i in self._shelf.waiting() if i not in self.result.declined]

    def _round(self, *, once: bool) -> None:
        """Offer everything that waits one time; raises ComeAgain where nothing moved, or in the only round."""
        before = len(self._waiting())
        trouble = None
        try:
            trouble = self._offer(self._waiting())
        except ComeAgain as error:
            trouble = error
        if trouble is not None and (once or len(self._waiting()) == before):
            raise trouble

    def _offer(self, bundle_ids: Sequence[str]) -> ComeAgain | None:
        """Return the last trouble that was with one bundle alone; raises the trouble that is with all."""
        whole, trouble = self._settled + len(bundle_ids), None
        for batch in _batches(bundle_ids):
            for held in self._door.have(batch):
                trouble = self._settle(held) or trouble
                self._told(self._settled, whole)
        return trouble

    def _settle(self, held: Held) -> ComeAgain | None:
        try:
            known = held.receipt
            receipt = self._door.put(held.id, self._shelf.data(held.id)) if known is None else known.encode("utf-8")
            self._shelf.keep(held.id, receipt)
        except ComeAgain as error:
            if error.is_everywhere:
                raise
            return error
        except StoreError:
            raise  # the hall's own trouble says nothing about the bundle
        except KioskError as error:
            if isinstance(error, Declined) and error.is_everywhere:
                raise
            self.result.declined[held.id] = error.message
            self._shelf.tell_trouble(held.id, error.message)
        else:
            self.result.received.append(held.id)
        return None

    @property
    def _settled(self) -> int:
        return len(self.result.received) + len(self.result.declined)

    def _pause(self, error: Exception) -> bool | float:
        if not isinstance(error, ComeAgain):
            return False
        self._say(error.message)
        if error.wait is None:
            return True
        return error.wait + self._chance.uniform(0, JITTER)


def _batches(ids: Sequence[str]) -> Iterator[list[str]]:
    rest = iter(ids)
    while batch := list(islice(rest, BATCH)):
        yield batch
