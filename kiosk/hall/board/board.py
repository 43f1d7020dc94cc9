"""The hall's board: what every console of one hub draws and asks for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock

from kiosk.exam.error import Refused
from kiosk.exam.log import AuditEntry
from kiosk.exam.moment import Clock, parse_iso
from kiosk.exam.person import Person
from kiosk.exam.roles import Actor, Rights
from kiosk.exam.text import clean_text
from kiosk.ground.door import Doorkeeper
from kiosk.ground.home import Place
from kiosk.hall.act_code import ActCodes
from kiosk.hall.attendance import Attendances
from kiosk.hall.board.attention import RIGHT as SETTLE
from kiosk.hall.board.card import card_of
from kiosk.hall.board.closeout import Closeouts
from kiosk.hall.board.deed import deeds, done_acts
from kiosk.hall.board.errand import PATIENCE_SECONDS, Errands
from kiosk.hall.board.notice import Notices
from kiosk.hall.board.orders import Orders
from kiosk.hall.board.plan import FILE, read_plan
from kiosk.hall.board.preflight import Preflights
from kiosk.hall.board.relocation import Relocations
from kiosk.hall.board.warrant import Errand, Warrants, stamp
from kiosk.hall.board.watch import Watch
from kiosk.hall.closing import Closings
from kiosk.hall.hub.gate import BUILD
from kiosk.hall.hub.hub import Hub
from kiosk.hall.keys import HallKeys
from kiosk.hall.supervision import Supervision
from kiosk.views.board import Announcement, BoardState, Card, SignedOut
from kiosk.views.closeout import Closeout
from kiosk.views.order import CodeWish, Deed, Order, Outcome
from kiosk.views.preflight import Preflight
from storage.hall.store import HallStore

CONSOLE = "console"
TELL_ALL, TELL_SOME = "notification.broadcast_hall", "notification.message_candidate"
LONGEST_MESSAGE = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Boardroom:
    """What all boards of one hub stand on."""

    store: HallStore
    hub: Hub
    rights: Rights
    clock: Clock
    watch: Watch
    supervision: Supervision
    orders: Orders
    preflights: Preflights
    closeouts: Closeouts
    codes: ActCodes

    def board(self, address: str = "") -> "HallBoard":
        """Return a board for one console, which remembers who signed in at it; wrong PINs count at its address."""
        return HallBoard(self, f"{CONSOLE} {address}".rstrip())


def open_boardroom(
    place: Place,
    store: HallStore,
    keys: HallKeys,
    rights: Rights,
    hub: Hub,
    clock: Clock,
    notices: Notices,
    patience_seconds: float = PATIENCE_SECONDS,
) -> Boardroom:
    """Return what the boards of a hub stand on, `notices` being the hub's; raises Invalid for a wrong seat plan."""
    attendances = Attendances(store, rights, clock)
    watch = Watch(keys.hall, store, hub.presence, attendances, clock, notices, read_plan(place.folder / FILE))
    supervision = Supervision(store, keys, rights, Doorkeeper(store.doors, clock), clock)
    errands = Errands(store, hub.commands, hub.presence, patience_seconds)
    messages = Messages(store, hub, rights, watch, clock)
    closings = Closings(store, keys, attendances, rights, clock, keys.revocations.read())
    return Boardroom(
        store=store,
        hub=hub,
        rights=rights,
        clock=clock,
        watch=watch,
        supervision=supervision,
        orders=Orders(
            store,
            watch,
            supervision,
            rights,
            Warrants(store, keys, rights, clock),
            errands,
            Relocations(watch, hub.moves, errands, rights),
            clock,
            messages.tell,
            hub.doubts.of,
        ),
        preflights=Preflights(store, watch, keys, clock, BUILD, place.folder),
        closeouts=Closeouts(store, watch, closings, attendances),
        codes=ActCodes(store, keys, rights, supervision, clock),
    )


class Messages:
    """Words to single seats, as an order with PINs."""

    def __init__(self, store: HallStore, hub: Hub, rights: Rights, watch: Watch, clock: Clock) -> None:
        self._store = store
        self._hub = hub
        self._rights = rights
        self._watch = watch
        self._clock = clock

    def tell(self, text: str, seats: Sequence[str], errand: Errand) -> list[Outcome]:
        """Tell some seats something; raises Denied without the right, Refused for words that say nothing."""
        person = errand.pair.first
        self._rights.check(TELL_SOME, Actor(person.user_id, person.role), in_scope=True)
        words = clean_text(text, LONGEST_MESSAGE).strip()
        if not words:
            raise Refused("Type some words.")
        known = [s for s in dict.fromkeys(seats) if s in self._watch.seen.looks]
        unknown = [Outcome(s, False, "There is no such seat in this hall.") for s in seats if s not in known]
        if known:
            self._hub.announcements.give(words, person, known)
            self._store.closings.note(self._audit(person, known, errand))
        return [*(Outcome(s, True, "told") for s in known), *unknown]

    def _audit(self, person: Person, seats: Sequence[str], errand: Errand) -> AuditEntry:
        return AuditEntry(
            at=parse_iso(self._clock.now().at),
            who=person.user_id,
            action=TELL_SOME,
            subject_type="seats",
            subject_id=seats[0],
            details={"seat": seats[0], "seats": " ".join(seats)[:1_000]} | stamp(errand),
        )


class HallBoard:
    """Implements `kiosk.views.board.Board` in the hub's own process; usable from any thread."""

    def __init__(self, room: Boardroom, where: str = CONSOLE) -> None:
        self._room = room
        self._where = where
        self._person: Person | None = None
        self._lock = Lock()

    def listen(self, listener: Callable[[BoardState], None]) -> None:
        """Tell `listener` each new state, once a second."""
        self._room.watch.listen(listener)

    def state(self) -> BoardState:
        """Return the present state at once."""
        return self._room.watch.state()

    def sign_in(self, pin: str) -> str:
        """Recognise a proctor, who may see the board; raises Denied with the wait."""
        person = self._room.supervision.holder(pin, self._where)
        self._check("proctoring.view_live_board", person)
        with self._lock:
            self._person = person
        return person.name

    def sign_out(self) -> None:
        """Forget who signed in."""
        with self._lock:
            self._person = None

    def card(self, seat: str) -> Card:
        """Return who sits at a seat; raises Refused where nobody does."""
        return card_of(self._room.store, self._room.watch, seat)

    def carry_out(self, order: Order) -> Sequence[Outcome]:
        """Do what can be done of an order and say why of the rest."""
        return self._room.orders.carry_out(order, self._where)

    def announce(self, text: str, seats: Sequence[str] = (), question: str | None = None) -> str:
        """Tell everybody, or some seats, something, by who is signed in."""
        person = self._signed_in()
        self._check(TELL_SOME if seats else TELL_ALL, person)
        known = self._room.watch.seen.looks
        told = [s for s in dict.fromkeys(seats) if s in known] if seats else [*known]
        return self._room.hub.announcements.give(clean_text(text, LONGEST_MESSAGE), person, told, question)

    def announcements(self) -> Sequence[Announcement]:
        """Return each announcement with how far it has come."""
        return self._room.hub.announcements.given()

    def deeds(self) -> Sequence[Deed]:
        """Return the acts of proctors in this hall, newest first."""
        store = self._room.store
        staff = {a.person.user_id: a.person.name for a in store.roster.staff()}
        return deeds(done_acts(store.permits.acts(), staff).values(), staff)

    def acknowledge(self, attention_id: str) -> None:
        """Take note of something, by who is signed in."""
        person = self._signed_in()
        self._check(SETTLE, person)
        self._room.watch.attentions.acknowledge(attention_id, person, parse_iso(self._room.clock.now().at))
        self._room.watch.look()

    def preflight(self) -> Preflight:
        """Return whether each seat, and the hall, is fit."""
        return self._room.preflights.look()

    def closeout(self) -> Closeout:
        """Return every row of the roster and what is missing."""
        return self._room.closeouts.look()

    def code(self, wish: CodeWish) -> str:
        """Return the code that allows an act at a seat that cannot reach the hall."""
        return self._room.codes.issue(wish, self._where)

    def _signed_in(self) -> Person:
        with self._lock:
            if self._person is None:
                raise SignedOut("Nobody is signed in at this console. Give your PIN, then do it again.")
            return self._person

    def _check(self, right: str, person: Person) -> None:
        self._room.rights.check(right, Actor(person.user_id, person.role), in_scope=True)
