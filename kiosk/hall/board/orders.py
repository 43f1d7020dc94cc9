"""Orders: one verb for one seat, many or all; what can be done is done, and of the rest it is said why not."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from threading import RLock

from kiosk.exam.attempt import Phase
from kiosk.exam.error import Denied, KioskError, Refused
from kiosk.exam.grant import Act
from kiosk.exam.moment import Clock
from kiosk.exam.roles import Rights
from kiosk.exam.supervision import is_possible
from kiosk.exam.text import clean_line
from kiosk.hall.board.arrivals import Arrivals
from kiosk.hall.board.credit import Credits, Due
from kiosk.hall.board.deal import DEALS, NEED_REASON, WORDS, words_of
from kiosk.hall.board.errand import Errands
from kiosk.hall.board.fold import LOST_MS, REST_BREAK, Glance
from kiosk.hall.board.incident import Incidents
from kiosk.hall.board.record import WHOLE_HALL
from kiosk.hall.board.relocation import Relocations
from kiosk.hall.board.starting import Doubt, Starts
from kiosk.hall.board.undoing import Undoing
from kiosk.hall.board.warrant import Errand, Wanted, Warrant, Warrants
from kiosk.hall.board.watch import Watch
from kiosk.hall.supervision import Supervision
from kiosk.views.order import Order, Outcome, Verb
from storage.hall.store import HallStore

CONSOLE = "console"
MOST_SEATS = 2_000
NO_SITTING = "No sitting is open at this seat."
Messenger = Callable[[str, Sequence[str], Errand], Sequence[Outcome]]


class Orders:
    """Carries orders out, one at a time, so that two consoles never act on the same look at the hall."""

    def __init__(
        self,
        store: HallStore,
        watch: Watch,
        supervision: Supervision,
        rights: Rights,
        warrants: Warrants,
        errands: Errands,
        relocations: Relocations,
        clock: Clock,
        message: Messenger,
        doubt: Doubt,
    ) -> None:
        """`doubt` says why a candidate may be at work at another seat already."""
        self._starts = Starts(store.commands.is_started, doubt, clock)
        self._watch = watch
        self._supervision = supervision
        self._warrants = warrants
        self._errands = errands
        self._relocations = relocations
        self._message = message
        self._arrivals = Arrivals(store, watch, rights, clock)
        self._incidents = Incidents(store, watch, rights, clock)
        self._credits = Credits(watch, store.roster.chiefs, rights, clock)
        self._undoing = Undoing(store, watch, self._arrivals)
        self._lock = RLock()

    def carry_out(self, order: Order, where: str = CONSOLE) -> Sequence[Outcome]:
        """Do what can be done; raises Denied for a wrong PIN tried at `where`, Refused for an order that is none."""
        _check(order)
        pair = self._supervision.pair(order.pin, order.second_pin, where)
        if pair.second is not None and pair.second.user_id == pair.first.user_id:
            raise Denied("The second person must be somebody else, with a PIN of their own.")
        undoes = order.attention_id if order.verb is Verb.UNDO else None
        errand = Errand(order_id=uuid.uuid4().hex, verb=order.verb.value, pair=pair, undoes=undoes)
        with self._lock:
            if order.verb in DEALS:  # an act changes no roster
                self._watch.look_at(order.seats)
            else:
                self._watch.look_afresh()
            outcomes = self._do(order, errand)
            (self._watch.look if order.verb in DEALS else self._watch.look_afresh)()
        return outcomes

    def _do(self, order: Order, errand: Errand) -> Sequence[Outcome]:
        match order.verb:
            case Verb.UNDO:
                plan = self._undoing.plan(order, errand)
                return [*plan.done, *self._send(plan.wanted, errand, WORDS[Verb.UNDO.value])]
            case Verb.CREDIT:
                return [self._settle(self._credits.due(order, errand))]
            case Verb.CHARGE_GAP:
                return self._each(order, lambda look: self._settle(self._credits.gap_due(look, order, errand)))
            case Verb.CAUSE:
                words = self._credits.lay(order, errand)
                return [Outcome(seat, True, words) for seat in order.seats]
            case Verb.CHECK_IN | Verb.ABSENT:
                self._arrivals.check(errand.pair)
                return self._each(order, lambda look: self._arrive(look, order, errand))
            case Verb.MESSAGE:
                return self._message(order.text, order.seats, errand)
            case Verb.MOVE:
                return self._each(order, lambda look: self._relocations.move(look, order, errand))
            case Verb.START:
                starts = self._starts.plan(self._looks(order), order.reason)
                return _in_order(order, [*starts.refused, *self._send(starts.wanted, errand, WORDS[Verb.START.value])])
            case Verb.INCIDENT:
                return self._incident(order, errand)
        return self._act(order, errand)

    def _arrive(self, look: Glance, order: Order, errand: Errand) -> Outcome:
        if order.verb is Verb.CHECK_IN:
            return self._arrivals.check_in(look, order, errand)
        return self._arrivals.absent([look], order, errand)[0]

    def _act(self, order: Order, errand: Errand) -> list[Outcome]:
        """Give each seat a grant of the act the verb is."""
        deal, refused, wanted = DEALS[order.verb], [], []
        for look in self._looks(order):
            why = _why_not(look, order)
            if why is not None:
                refused.append(Outcome(look.seat, False, why))
                continue
            assert look.record is not None
            wanted.append(
                Wanted(
                    act=deal.act,
                    seat=look.seat,
                    submission_id=look.record.progress.submission_id,
                    amount_ms=order.amount_ms,
                    reason=REST_BREAK if order.verb is Verb.REST_BREAK else order.reason,
                    note=order.text if order.seats else WHOLE_HALL,
                )
            )
        return _in_order(order, [*refused, *self._send(wanted, errand, deal.done)])

    def _send(self, wanted: Sequence[Wanted], errand: Errand, done: str) -> list[Outcome]:
        warrants: dict[str, Warrant] = {}
        outcomes = []
        for want in wanted:
            try:
                warrants[want.seat] = self._warrants.signed(want, errand)
            except KioskError as refusal:
                outcomes.append(Outcome(want.seat, False, refusal.message))
        return [*outcomes, *self._errands.run(warrants, dict.fromkeys(warrants, done))]

    def _incident(self, order: Order, errand: Errand) -> list[Outcome]:
        """Note what happened: in the journal where a sitting is there, in the books where none is."""
        outcomes, wanted = [], []
        for look in self._looks(order):
            refusal = self._incidents.note(look, order, errand)
            if refusal is not None or look.record is None:
                outcomes.append(refusal or Outcome(look.seat, True, WORDS[Verb.INCIDENT.value]))
                continue
            sitting = look.record.progress.submission_id
            wanted.append(
                Wanted(act=Act.NOTE, seat=look.seat, submission_id=sitting, reason=order.reason, note=order.text)
            )
        return _in_order(order, [*outcomes, *self._send(wanted, errand, WORDS[Verb.INCIDENT.value])])

    def _settle(self, due: Due) -> Outcome:
        (outcome,) = self._send([due.wanted], due.errand, words_of(due.errand.verb, due.wanted.amount_ms > 0))
        if outcome.done:
            self._credits.settle(due, due.errand.pair.first)
        return outcome

    def _each(self, order: Order, do: Callable[[Glance], Outcome]) -> list[Outcome]:
        outcomes = []
        for look in self._looks(order):
            try:
                outcomes.append(do(look))
            except KioskError as refusal:
                outcomes.append(Outcome(look.seat, False, refusal.message))
        return outcomes

    def _looks(self, order: Order) -> list[Glance]:
        looks = self._watch.seen.looks
        if order.seats:
            return [looks[seat] for seat in dict.fromkeys(order.seats) if seat in looks] + [
                _nothing(seat) for seat in dict.fromkeys(order.seats) if seat not in looks
            ]
        return [look for look in looks.values() if _of_whole_hall(look, order.verb)]


def _check(order: Order) -> None:
    if not order.seats and order.verb not in (Verb.PAUSE, Verb.RESUME, Verb.UNDO):
        raise Refused("Name the seats this is for. Only pause and resume are for the whole hall at once.")
    if len(order.seats) > MOST_SEATS:
        raise Refused(f"An order is for {MOST_SEATS:,} seats at most.")
    if order.verb in NEED_REASON and not clean_line(order.reason):
        raise Refused("Choose a reason: it is written down.")


def _of_whole_hall(look: Glance, verb: Verb) -> bool:
    """Whether a pause or resume of the whole hall is for a seat; a break that was going on before is left alone."""
    if look.record is None or look.is_over:
        return False
    return look.record.acts.by_hall if verb is Verb.RESUME else not look.record.acts.by_hall and _may_pause(look)


def _may_pause(look: Glance) -> bool:
    return _why_not(look, Order(verb=Verb.PAUSE, seats=(look.seat,))) is None


def _why_not(look: Glance, order: Order) -> str | None:
    """Return why an act cannot be done at a seat, as far as the hall knows; the seat has the last word."""
    if look.record is None or look.phase is None:
        return NO_SITTING
    act = DEALS[order.verb].act
    acts = look.record.acts  # newer than the phase, which the seat told up to two seconds ago
    waits = act is Act.RESUME and (acts.by_hall or _may_be_paused(look))
    goes_on = act is Act.PAUSE and acts.resumed and look.phase is Phase.PAUSED
    if not (waits or goes_on) and not is_possible(act, look.phase):
        return f"This is not possible now: the sitting is {look.phase.value.replace('_', ' ')}."
    if order.verb is Verb.REST_BREAK and not _has_breaks(look):
        return "This candidate is not entitled to rest breaks. Pause with a reason instead."
    if act is Act.EXTEND and order.amount_ms <= 0:
        return "Give the minutes to add."
    return None


def _may_be_paused(look: Glance) -> bool:
    """Whether a sitting at work was paused and not resumed, or what its seat told of it is too old to say."""
    if look.record is None or look.phase not in (Phase.RUNNING, Phase.PAUSED):
        return False
    acts, sitting = look.record.acts, look.sitting
    return (bool(acts.pause) and not acts.resumed) or sitting is None or look.age_ms > LOST_MS


def _has_breaks(look: Glance) -> bool:
    if look.record is None or look.player is None:
        return False
    own = look.record.progress.assignment_id
    return any(a.accommodation.rest_breaks for a in look.player.assignments if a.assignment_id == own)


def _nothing(seat: str) -> Glance:
    return Glance(seat=clean_line(seat, 40), player=None, record=None, heard=None, phase=None, silent_ms=None, age_ms=0)


def _in_order(order: Order, outcomes: list[Outcome]) -> list[Outcome]:
    place: Mapping[str, int] = {seat: n for n, seat in enumerate(order.seats)}
    return sorted(outcomes, key=lambda o: place.get(o.seat, len(place)))
