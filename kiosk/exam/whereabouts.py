"""Whereabouts: how far each sitting has come from its seat by the hall to central, in one word for each place."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from kiosk.exam.delivery import DeliveryLine
from kiosk.exam.record import SittingLine
from kiosk.exam.roster import Progress
from kiosk.exam.status import SubmissionStatus


class Stand(StrEnum):
    """Where a sitting stands in one place."""

    UNKNOWN = "not here"  # the place is not on this machine, or knows nothing of it
    OPEN = "in progress"
    HANDED_IN = "handed in"
    SEALED = "sealed"
    WAITING = "waiting"  # it has not come there yet
    HELD = "held"
    RECEIVED = "received"  # central's signed receipt is here
    DECLINED = "declined"  # central did not take it; a person must look


GLYPHS: Mapping[Stand, str] = {
    Stand.UNKNOWN: "-",
    Stand.OPEN: "○",
    Stand.HANDED_IN: "◐",
    Stand.SEALED: "■",
    Stand.WAITING: "·",
    Stand.HELD: "■",
    Stand.RECEIVED: "✓",
    Stand.DECLINED: "!",
}
"""A mark beside each word, so that a long list can be looked over; the word alone says it all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """One sitting, and where it stands at its seat, in the hall and at central."""

    submission_id: str
    opened_on: str
    seat: str
    candidate: str
    """The name where the seat or the roster knows it, else the assignment's id."""
    at_seat: Stand
    in_hall: Stand
    at_central: Stand
    line: SittingLine | None = None
    """What the seat says, where it is on this machine."""
    delivery: DeliveryLine | None = None
    """What the hall says, once the bundle has come to it."""

    @property
    def bundle_id(self) -> str | None:
        """The bundle, once there is one."""
        if self.delivery is not None:
            return self.delivery.bundle_id
        return None if self.line is None else self.line.bundle_id

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should look at, in words."""
        if self.delivery is None:
            return ()
        trouble = [f"central did not take it: {self.delivery.trouble}"] if self.delivery.trouble else []
        unfinished = [] if self.delivery.is_handed_in else ["it was not handed in"]
        return (*trouble, *unfinished, *self.delivery.flags)


def whereabouts(
    seats: Mapping[str, Sequence[SittingLine]],
    progress: Iterable[Progress] = (),
    deliveries: Iterable[DeliveryLine] | None = None,
    names: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Whereabouts, ...]:
    """Return every sitting the seats or the hall know of, by day, seat and beginning.

    `deliveries` is None where no hall is on this machine; `names` are its candidates by assignment. A sitting that was
    sealed twice stands there twice.
    """
    lines = {(seat, line.submission_id): line for seat, held in seats.items() for line in held}
    delivered = {(d.seat, d.submission_id): d for d in deliveries or ()}
    told = {(p.seat, p.submission_id): p for p in progress}
    keys = dict.fromkeys((*told, *lines, *delivered))
    rows = [_row(key, lines.get(key), told.get(key), delivered.get(key), deliveries is not None, names) for key in keys]
    return tuple(sorted(rows, key=lambda row: (row.opened_on, row.seat, row.submission_id)))


def _row(
    key: tuple[str, str],
    line: SittingLine | None,
    told: Progress | None,
    delivery: DeliveryLine | None,
    has_hall: bool,
    names: Mapping[str, str],
) -> Whereabouts:
    seat, submission_id = key
    known = line or told or delivery
    assert known is not None
    return Whereabouts(
        submission_id=submission_id,
        opened_on=known.opened_on,
        seat=seat,
        candidate=line.candidate if line is not None else names.get(known.assignment_id, known.assignment_id),
        at_seat=_at_seat(line, told, delivery),
        in_hall=Stand.HELD if delivery is not None else Stand.WAITING if has_hall else Stand.UNKNOWN,
        at_central=_at_central(line, delivery),
        line=line,
        delivery=delivery,
    )


def _at_seat(line: SittingLine | None, told: Progress | None, delivery: DeliveryLine | None) -> Stand:
    if delivery is not None or (line is not None and line.bundle_id is not None):
        return Stand.SEALED
    if line is not None:
        return Stand.OPEN if line.status is SubmissionStatus.IN_PROGRESS else Stand.HANDED_IN
    return Stand.HANDED_IN if told is not None and told.is_over else Stand.OPEN


def _at_central(line: SittingLine | None, delivery: DeliveryLine | None) -> Stand:
    if (line is not None and line.is_received) or (delivery is not None and delivery.is_received):
        return Stand.RECEIVED
    return Stand.DECLINED if delivery is not None and delivery.trouble else Stand.WAITING
