"""Credits: the time an incident took, given back when a proctor confirms it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from kiosk.exam.error import Denied, Refused
from kiosk.exam.grant import Act
from kiosk.exam.moment import Clock, parse_iso
from kiosk.exam.person import Person
from kiosk.hall.board.warrant import Errand, Wanted
from kiosk.hall.board.watch import Watch
from kiosk.views.board import Order


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be given back for one incident."""

    attention_id: str
    wanted: Wanted


class Credits:
    """Turns a meter into an extension: adding once, for an incident that nobody has settled."""

    def __init__(self, watch: Watch, chiefs: Callable[[str], Collection[str]], clock: Clock) -> None:
        """`chiefs` tells the chiefs of a sitting."""
        self._watch = watch
        self._chiefs = chiefs
        self._clock = clock

    def due(self, order: Order, errand: Errand) -> Due:
        """Return the extension that settles an incident.

        Raises Refused for what has no meter or comes to nothing; Denied where the hall's rule proposes nothing or less
        than is asked for, by one person who is no chief.
        """
        kept = self._watch.attentions.of(order.attention_id or "")
        record = self._watch.records.by_sitting.get(kept.submission_id or "")
        sight = None if kept.submission_id is None else self._watch.sight(kept.submission_id)
        if kept.meter is None or record is None or sight is None:
            raise Refused("There is no time to credit for this: no sitting was open.")
        proposal = kept.meter.proposal_ms(sight)
        amount = order.amount_ms or proposal or 0
        if amount <= 0:
            cause = kept.meter.cause.value
            raise Refused(f"The hall's rule gives nothing back (cause: {cause}). Give the minutes to credit otherwise.")
        if (proposal is None or amount > proposal) and errand.pair.second is None:
            self._must_be_chief(errand.pair.first, record.progress.submission_id)
        wanted = Wanted(
            act=Act.EXTEND,
            seat=record.progress.seat,
            submission_id=record.progress.submission_id,
            amount_ms=amount,
            reason=kept.words.partition(":")[0],
            note=f"credit for the incident of {kept.raised_at:%H:%M:%S} UTC: {kept.words}",
        )
        return Due(kept.attention_id, wanted)

    def settle(self, due: Due, who: Person) -> None:
        """Write down that an incident was settled."""
        now = parse_iso(self._clock.now().at)
        self._watch.attentions.settle(due.attention_id, who, now, due.wanted.amount_ms)

    def _must_be_chief(self, who: Person, submission_id: str) -> None:
        if who.user_id not in self._chiefs(submission_id):
            raise Denied("More than the hall's rule gives back needs a chief, or a second person who gives a PIN too.")
