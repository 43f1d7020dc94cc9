"""Taking: a sitting the hall handed over on a stick is proved and kept, until its candidate goes on with it here."""

from dataclasses import dataclass
from pathlib import Path

from kiosk.exam.error import KioskError, Refused
from kiosk.exam.moment import Clock
from kiosk.exam.page import SignedLease
from kiosk.ground.home import Place
from kiosk.sealing import frame
from kiosk.sealing.copy import read_file
from kiosk.sealing.handover import SUFFIX, HandedOver
from kiosk.seat.act_key import read_act_key
from kiosk.seat.caller import offer_of
from kiosk.seat.expectation import Expectations, read_expected
from kiosk.seat.handed import Handed
from kiosk.seat.handover import handover_of
from kiosk.seat.offer import lease_of, opening_of
from kiosk.seat.place import read_enrolment
from kiosk.seat.trust import Trust
from kiosk.views.authority import Admission
from kiosk.views.candidate import CandidateCard
from kiosk.wire.hub import AdvanceMessage
from storage.seat.store import SeatStore


@dataclass(frozen=True, slots=True)
class Taken:
    """One sitting that may go on here."""

    path: Path
    submission_id: str
    candidate: str
    roll_number: str
    entries: int


def take_handovers(place: Place, store: SeatStore, clock: Clock, folder: Path) -> tuple[Taken, ...]:
    """Take every sitting in a folder that is for this seat, proved whole first; what does not hold is kept nowhere.

    Files for other seats, and of what went on since, are passed over. Raises Refused where there is none for this one.
    """
    enrolment = read_enrolment(place)
    trust = Trust.from_chain(enrolment.seat, enrolment.chain, enrolment.root)
    files = Handed(place, trust, read_act_key(place))
    expectations, found, others = Expectations(store, trust, clock), list[Taken](), list[str]()
    for path in sorted(folder.rglob(f"*{SUFFIX}")) if folder.is_dir() else ():
        try:
            data = read_file(path, frame.LARGEST)
            handed = files.open(data)
            signed, taken = _proved(path, handed, trust)
            _must_be_new(store, handed)
            expectations.must_be_newest(signed.lease)
        except KioskError as error:
            others.append(f"{path.name}: {error.message}")
            continue
        files.keep(handed, data)
        expectations.take(_advance(handed))
        found.append(taken)
    if not found:
        why = f" {others[0]}" if others else ""
        raise Refused(f"There is no sitting for the seat {enrolment.seat} in {folder}.{why}")
    return tuple(found)


def _advance(handed: HandedOver) -> AdvanceMessage:
    contents = handed.contents
    return AdvanceMessage(
        lease=contents.offer.envelope, candidate=contents.candidate, paper_identity=contents.offer.paper_identity
    )


def _proved(path: Path, handed: HandedOver, trust: Trust) -> tuple[SignedLease, Taken]:
    """Prove lease, paper and journal as `begin` will, so that what does not hold is known while the stick is here."""
    document = read_expected(handed.contents.candidate.encode("ascii", "replace"), trust.hall_key)
    person, offer = document.candidate, offer_of(handed.contents.offer)
    card = CandidateCard(person.user_id, person.name, person.roll_number, person.seat)
    admission = Admission("", card)
    signed = lease_of(offer, trust, admission, document.test.assignment_id)
    if offer.journal is None:
        raise Refused("It brings no journal, so that nothing could go on here.")
    handover_of(offer.journal, opening_of(offer, signed, admission), trust)
    entries = len(offer.journal.entries)
    return signed, Taken(path, signed.lease.submission_id, card.name, card.roll_number, entries)


def _must_be_new(store: SeatStore, handed: HandedOver) -> None:
    """Raise Refused for a sitting that went on here, or was moved away from here, since this was written."""
    manifest = handed.manifest
    record, fence = store.record(manifest.submission_id), store.fences.of(manifest.submission_id)
    newest = max((s.lease.epoch for s in record.leases), default=0) if record is not None else 0
    if newest >= manifest.epoch:
        raise Refused("This sitting has gone on at this seat already. Let the candidate sign in.")
    if fence is not None and fence.epoch > manifest.epoch:
        raise Refused("This sitting was moved away from this seat since. Have it handed over anew.")
