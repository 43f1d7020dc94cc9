"""Credits: the time an incident took, given back when a proctor confirms it; and gaps, charged by their cause."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from kiosk.exam.attention import KeptAttention
from kiosk.exam.error import Denied, Refused
from kiosk.exam.grant import Act
from kiosk.exam.incident import Cause, Meter, cause_of
from kiosk.exam.log import AuditEntry
from kiosk.exam.moment import Clock, parse_iso
from kiosk.exam.person import Person
from kiosk.exam.roles import Actor, Rights
from kiosk.exam.supervision import is_possible
from kiosk.exam.timing import MINUTE_MS
from kiosk.hall.board.attention import RIGHT
from kiosk.hall.board.fold import Glance
from kiosk.hall.board.outage import gap_of, stood_words
from kiosk.hall.board.warrant import Errand, Wanted, stamp
from kiosk.hall.board.watch import Watch
from kiosk.views.order import Order, Verb
from kiosk.wire.hub import GapLine


@dataclass(frozen=True, slots=True)
class Due:
    """What settles one incident or gap."""

    attention_id: str | None
    """None for a gap too short to have been raised."""
    wanted: Wanted
    errand: Errand
    credited_ms: int
    """What is not charged, or is given back."""


class Credits:
    """Turns a meter into an extension, or a gap into its charge: once, for what nobody has settled."""

    def __init__(self, watch: Watch, chiefs: Callable[[str], Collection[str]], rights: Rights, clock: Clock) -> None:
        """`chiefs` tells the chiefs of a sitting."""
        self._watch = watch
        self._chiefs = chiefs
        self._rights = rights
        self._clock = clock

    def due(self, order: Order, errand: Errand) -> Due:
        """Return the act that settles an incident, or a gap by the hall's rule.

        Raises Refused for what has no meter or comes to nothing; Denied where the hall's rule proposes nothing or less
        than is asked for, by one person who is no chief.
        """
        kept = self._watch.attentions.of(order.attention_id or "")
        if kept.meter is not None and kept.meter.gap is not None:
            return self._ruled(kept, kept.meter, errand)
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
        return Due(kept.attention_id, wanted, errand, amount)

    def gap_due(self, look: Glance, order: Order, errand: Errand) -> Due:
        """Return the act that charges what an order says for the oldest gap of a seat.

        Raises Refused where there is none, or it was shorter; Denied for anything but what the hall's rule says of the
        reason, give or take the part of a minute, by one person who is no chief.
        """
        line = gap_of(look)
        if line is None or look.record is None or look.phase is None or not is_possible(Act.CHARGE_GAP, look.phase):
            raise Refused("There is no gap to settle at this seat.")
        sitting = look.record.progress.submission_id
        kept = self._watch.attentions.of_gap(sitting, line.gap)
        stood_ms = line.ms if kept is None or kept.meter is None else kept.meter.stood_ms
        if line.ms is not None and order.amount_ms > line.ms:
            raise Refused(f"It {stood_words(line.ms)}: no more than that can be charged.")
        rule_ms = _rule_ms(line, stood_ms, cause_of(order.reason))
        is_by_rule = rule_ms is not None and (order.amount_ms == rule_ms or _is_about(order.amount_ms, rule_ms))
        if not is_by_rule and errand.pair.second is None:
            self._must_be_chief(errand.pair.first, sitting)
        attention_id = None if kept is None else kept.attention_id
        wanted = _charge(look.record.progress.seat, sitting, line.gap, order.amount_ms, order.reason, stood_ms)
        return Due(attention_id, wanted, errand, max(0, (stood_ms or 0) - order.amount_ms))

    def settle(self, due: Due, who: Person) -> None:
        """Write down that an incident or a gap was settled."""
        if due.attention_id is not None:
            self._watch.attentions.settle(due.attention_id, who, parse_iso(self._clock.now().at), due.credited_ms)

    def lay(self, order: Order, errand: Errand) -> str:
        """Lay an incident or a gap to another cause; return that in words.

        Raises Denied without the right, Refused for what is no cause or has none.
        """
        person = errand.pair.first
        self._rights.check(RIGHT, Actor(person.user_id, person.role), in_scope=True)
        try:
            cause = Cause(order.reason)
        except ValueError as error:
            raise Refused("Choose a cause: equipment, hall, candidate or unclear.") from error
        kept = self._watch.attentions.of(order.attention_id or "")
        details: dict[str, object] = {"reason": cause.value, "words": kept.words}
        details.update(stamp(errand))
        if kept.seat is not None:
            details["seat"] = kept.seat
        if kept.submission_id is not None:
            details["submission"] = kept.submission_id
        audit = AuditEntry(
            at=parse_iso(self._clock.now().at),
            who=person.user_id,
            action=RIGHT,
            subject_type="attentions",
            subject_id=kept.attention_id,
            details=details,
        )
        self._watch.attentions.lay(kept.attention_id, cause, audit)
        return f"cause: {cause.value}"

    def _ruled(self, kept: KeptAttention, meter: Meter, errand: Errand) -> Due:
        """Return what settles a gap as the hall's rule says; raises Refused where the rule says nothing."""
        record = self._watch.records.by_sitting.get(kept.submission_id or "")
        charge_ms = meter.charge_ms()
        if record is None or meter.gap is None:
            raise Refused("The sitting is not here any more.")
        if charge_ms is None:
            raise Refused(f"The hall's rule does not say what to charge (cause: {meter.cause.value}). Settle it by V.")
        progress = record.progress
        wanted = _charge(progress.seat, progress.submission_id, meter.gap, charge_ms, meter.cause.value, meter.stood_ms)
        ruled = replace(errand, verb=Verb.CHARGE_GAP.value)
        return Due(kept.attention_id, wanted, ruled, max(0, (meter.stood_ms or 0) - charge_ms))

    def _must_be_chief(self, who: Person, submission_id: str) -> None:
        if who.user_id not in self._chiefs(submission_id):
            raise Denied("Other than the hall's rule says needs a chief, or a second person who gives a PIN too.")


def _charge(seat: str, sitting: str, gap: int, amount_ms: int, reason: str, stood_ms: int | None) -> Wanted:
    return Wanted(
        act=Act.CHARGE_GAP,
        seat=seat,
        submission_id=sitting,
        amount_ms=amount_ms,
        gap=gap,
        reason=reason,
        note=stood_words(stood_ms),
    )


def _rule_ms(line: GapLine, stood_ms: int | None, cause: Cause) -> int | None:
    if cause is Cause.UNCLEAR:
        return None
    return 0 if cause.is_credited else line.ms if stood_ms is None else stood_ms


def _is_about(amount_ms: int, rule_ms: int) -> bool:
    """Whether whole minutes are what the rule says, which counts milliseconds."""
    return rule_ms > 0 and abs(amount_ms - rule_ms) < MINUTE_MS
