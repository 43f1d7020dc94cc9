"""The attendant: does at a seat what its hub asks, with the desk's parts."""

from pathlib import Path

from kiosk.exam.error import KioskError, Refused, Tampered
from kiosk.exam.grant import Act
from kiosk.exam.journal import Head
from kiosk.exam.moment import Clock, parse_iso
from kiosk.exam.page import SignedGrant
from kiosk.sealing.coded_grant import is_coded
from kiosk.seat.carriage import Carriage
from kiosk.seat.desk import Desk
from kiosk.seat.expectation import Expectations
from kiosk.seat.fence import GOES_ON_ELSEWHERE, STOPPED, fence_by, fence_of, stop_of
from kiosk.seat.hub_line import HubLine
from kiosk.seat.link.side import Errand
from kiosk.seat.order import NOT_HERE
from kiosk.seat.provision import Provisions
from kiosk.seat.trust import Trust
from kiosk.seat.vitals import vitals_of
from kiosk.views.desk import Changed, HallMessage, Ordered, Told
from kiosk.wire.hub import (
    AdvanceMessage,
    AnnouncementMessage,
    BlobPartMessage,
    BundleHeldMessage,
    CommandMessage,
    FencedMessage,
    ProvisionMessage,
    ReceiptMessage,
    SealMessage,
    Vitals,
)
from storage.seat.store import SeatStore


class Attendant:
    """Implements `kiosk.seat.link.side.Side`."""

    def __init__(
        self,
        desk: Desk,
        store: SeatStore,
        trust: Trust,
        clock: Clock,
        build: str,
        folder: Path,
        carriage: Carriage,
        hub: HubLine,
        expectations: Expectations,
        provisions: Provisions,
    ) -> None:
        self._desk = desk
        self._store = store
        self._trust = trust
        self._clock = clock
        self._build = build
        self._folder = folder
        self._carriage = carriage
        self._hub = hub
        self._expectations = expectations
        self._provisions = provisions
        self._told: set[str] = set()
        """Sittings whose standing was told since this line was there."""

    def vitals(self) -> Vitals:
        """Return how the seat is."""
        vitals = vitals_of(self._desk, self._folder, self._clock, self._build)
        return vitals.model_copy(update={"papers": self._provisions.held})

    def held(self, submission_id: str, head: Head) -> None:
        """Take note that the hall has committed a sitting up to a head."""
        self._desk.held_by_hall(submission_id, head.seq)
        if submission_id not in self._told:  # a new machine of the hall knows its lease from now on
            self._told.add(submission_id)
            self._desk.report_again(submission_id)

    def joined(self) -> None:
        """Send again the bundle that was under way, and tell of what is over, for the hub may be a new machine.

        A sitting that cannot be told of keeps nothing else back; the first problem is raised when the rest is done.
        """
        self._told.clear()
        self._carriage.resume()
        self._desk.tell_read()
        problems = []
        for line in self._store.sittings():
            if line.submitted_at is not None and not line.is_received:
                try:
                    self._desk.report_again(line.submission_id)
                except KioskError as error:
                    problems.append(error)
        if problems:
            raise problems[0]

    def do(self, errand: Errand) -> None:
        """Do what the hub asks; what this version of a seat has no use for is passed over."""
        match errand:
            case CommandMessage():
                self._command(errand)
            case FencedMessage():
                self._fence(errand)
            case AnnouncementMessage():
                self._announce(errand)
            case SealMessage():
                self._carriage.seal(errand.submissions)
            case AdvanceMessage():
                self._expectations.take(errand)
            case ProvisionMessage():
                self._provisions.offered(errand)
            case BlobPartMessage():
                self._provisions.came(errand)
            case BundleHeldMessage():
                self._carriage.held(errand.bundle_id)
            case ReceiptMessage():
                received = self._carriage.received(errand.bundle_id, errand.envelope.encode("ascii", "replace"))
                if received is not None:
                    self._desk.held_by_central(*received)

    def _command(self, message: CommandMessage) -> None:
        try:
            signed = self._trust.grant(message.envelope.encode("ascii", "replace"))
            if signed.grant.grant_id != message.command_id:
                raise Refused("This order names another permission than it brings.")
            is_done = self._order(signed)
        except KioskError as error:
            self._hub.done(message.command_id, False, error.message)
        else:
            if is_done:
                self._hub.done(message.command_id, True)

    def _order(self, signed: SignedGrant) -> bool:
        """Do what can be done at once and return True; hand the rest to the desk's next turn."""
        grant, scribe = signed.grant, self._desk.scribe
        if self._is_confirmation(signed):
            return True
        if grant.act is Act.START:
            candidate = self._desk.candidate
            if candidate is not None and candidate.user_id == grant.note:
                self._desk.tell(Changed("You may start now."))
            return True
        if scribe is None or scribe.sitting.genesis.submission_id != grant.submission_id:
            return self._order_absent(signed)
        if self._store.is_sealed(grant.submission_id):
            raise Refused("This sitting is sealed. Nothing can be done to it any more.")
        self._desk.orders.put(signed)
        if scribe.is_at_work:
            self._desk.tell(Ordered())
        else:
            self._desk.tick()
        return False

    def _is_confirmation(self, signed: SignedGrant) -> bool:
        """Keep the hall's word for an act a code allowed here, beside that; return whether it was one."""
        known = self._store.grants.known(signed.grant.grant_id)
        if known is None or not is_coded(known.envelope):
            return False
        if known.grant != signed.grant:
            raise Tampered("The hall confirms another act than this seat carried out.")
        self._store.grants.confirm(signed.grant.grant_id, signed.envelope)
        return True

    def _order_absent(self, signed: SignedGrant) -> bool:
        """Move a sitting that lies here and is not open; any other act needs it open. What was done stays done.

        A grant that lies here may have come with the journal and not be carried out: only an entry says that it was.
        """
        grant = signed.grant
        record = self._store.record(grant.submission_id)
        if record is None:
            raise Refused(NOT_HERE)
        if any(entry.body.get("grant") == grant.grant_id for entry in record.entries):
            return True
        if grant.act is not Act.MOVE:
            raise Refused(NOT_HERE)
        lease = record.leases[-1].lease
        if parse_iso(grant.issued_at) < parse_iso(lease.issued_at):  # it made room for the permission that is here now
            return True
        self._store.fences.keep(fence_by(signed, lease.opened_on, lease.epoch, self._clock.now()))
        return True

    def _fence(self, message: FencedMessage) -> None:
        signed = self._trust.any_lease(message.lease.encode("ascii", "replace"))
        lease, scribe = signed.lease, self._desk.scribe
        if lease.submission_id != message.submission_id:
            raise Refused("This permission is for another sitting.")
        record = self._store.record(lease.submission_id)
        own = None if record is None else record.leases[-1].lease
        if own is None or own.epoch > lease.epoch or self._store.is_sealed(lease.submission_id):
            return
        is_stop = own.epoch == lease.epoch
        words = STOPPED if is_stop else GOES_ON_ELSEWHERE
        if scribe is not None and scribe.sitting.genesis.submission_id == lease.submission_id and scribe.fence(words):
            self._desk.tell(Changed(words))
        moment = self._clock.now()
        self._store.fences.keep(stop_of(signed, moment) if is_stop else fence_of(signed, moment))

    def _announce(self, message: AnnouncementMessage) -> None:
        """Tell whoever sits here; what does not concern their paper is only answered.

        Where nobody sits nothing is answered, and the hub says it again; so it is with a correction before the test is
        open, for until then nobody knows whether it concerns them.
        """
        desk, scribe = self._desk, self._desk.scribe
        if desk.candidate is None:
            return
        is_known = message.announcement_id in desk.inbox
        if not is_known and message.question is not None:
            if scribe is None:
                return
            if message.question not in scribe.sitting.paper.questions:
                self._hub.told(message.announcement_id, False)
                return
        shown = desk.inbox.take(
            HallMessage(
                message_id=message.announcement_id,
                at=message.at,
                who=message.who,
                text=message.text,
                question_id=message.question,
            ),
            scribe,
        )
        if shown is None:  # whoever sat here has just gone
            return
        if not is_known:
            desk.tell(Told(shown))
        desk.settle()  # the hub says it once, so that nothing it was told of may be lost
        self._hub.told(shown.message_id, shown.is_read)
