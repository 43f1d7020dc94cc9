"""What shuts a sitting out of this seat: a proctor's order to move it, or a newer lease for another seat."""

import re

from kiosk.exam.fence import Fence
from kiosk.exam.moment import Moment
from kiosk.exam.page import SignedGrant, SignedLease

_SEAT = re.compile(r"[A-Za-z0-9_-]{1,32}")
GOES_ON_ELSEWHERE = "This sitting goes on at another seat."
STOPPED = (
    "The hall has to look at this seat before you go on. Please raise your hand; all you wrote is kept, and the "
    "proctor will let you go on."
)
"""To a candidate whose seat holds another journal than the hall acknowledged: writing on would only part the two."""


def fence_by(signed: SignedGrant, opened_on: str, epoch: int, moment: Moment) -> Fence:
    """Return the fence of an order to move out of an epoch: the lease of the next one writes on, here or elsewhere."""
    return Fence(
        submission_id=signed.grant.submission_id,
        opened_on=opened_on,
        epoch=epoch + 1,
        seat=_named(signed.grant.note),
        at=moment.at,
        envelope=signed.envelope,
    )


def stop_of(signed: SignedLease, moment: Moment) -> Fence:
    """Return the fence of a seat's own lease, under which it may write no more until the sitting is moved, here too."""
    lease = signed.lease
    return Fence(
        submission_id=lease.submission_id,
        opened_on=lease.opened_on,
        epoch=lease.epoch + 1,
        seat=lease.seat,
        at=moment.at,
        envelope=signed.envelope,
    )


def fence_of(signed: SignedLease, moment: Moment) -> Fence:
    """Return the fence of a newer lease."""
    lease = signed.lease
    return Fence(
        submission_id=lease.submission_id,
        opened_on=lease.opened_on,
        epoch=lease.epoch,
        seat=lease.seat,
        at=moment.at,
        envelope=signed.envelope,
    )


def _named(note: str) -> str | None:
    """Return the seat a proctor named for a move; None where the words are something else."""
    return note.strip() if _SEAT.fullmatch(note.strip()) else None
