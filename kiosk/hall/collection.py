"""The collection: bundles come to the hall from its seats and from sticks, and central's receipts come back to them."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from kiosk.exam.delivery import Delivery
from kiosk.exam.error import Denied, KioskError
from kiosk.exam.log import AuditEntry
from kiosk.exam.moment import Clock, parse_iso
from kiosk.exam.person import SYSTEM_ID
from kiosk.ground.home import Place
from kiosk.hall.keys import HallKeys
from kiosk.hall.rescue import is_rescuing
from kiosk.sealing import frame
from kiosk.sealing.bundle import Bundle, verify
from kiosk.sealing.copy import read_file
from kiosk.sealing.receipt import receipt_for
from kiosk.sealing.revocation import RevocationFile, Revocations
from kiosk.wire.receipt import ReceiptDocument
from storage.engine import StoreError
from storage.hall.store import HallStore


class Outcome(StrEnum):
    """What became of something handed to the hall."""

    KEPT = "kept"
    KNOWN = "known"  # it was here already; nothing changed
    REFUSED = "refused"  # it does not verify, or is not of this hall; it is where it was


@dataclass(frozen=True, slots=True)
class Collected:
    """One thing handed to the hall, and what became of it."""

    source: str
    outcome: Outcome
    bundle_id: str = ""
    """Empty where it was refused."""
    problem: str = ""
    flags: tuple[str, ...] = ()


class Collection:
    """Takes bundles in on the root's public key alone. The same ones in any order give the same rows."""

    def __init__(self, store: HallStore, keys: HallKeys, revoked: Revocations, clock: Clock) -> None:
        self._store = store
        self._keys = keys
        self._revoked = revoked
        self._clock = clock

    @classmethod
    def open(cls, place: Place, keys: HallKeys, store: HallStore, clock: Clock) -> "Collection":
        """Return the collection of a settled hall, over a store that is open."""
        return cls(store, keys, RevocationFile(place.keys, keys.root).read(), clock)

    def take(self, data: bytes, source: str) -> Collected:
        """Take the bytes of one bundle in; what does not verify or is of another hall is refused with the reason."""
        try:
            bundle = verify(data, self._keys.root, self._revoked)
            if bundle.manifest.hall != self._keys.hall:
                raise Denied(f"this bundle is of {bundle.manifest.hall}, and this is {self._keys.hall}")
            delivery = self._delivery(bundle)
            is_new = self._store.bundles.keep(delivery, _audit(delivery, source))
            flags = (*delivery.flags, *self._lacks(bundle))
        except StoreError:
            raise  # the store's trouble says nothing about the bundle
        except KioskError as error:
            return Collected(source, Outcome.REFUSED, problem=error.message)
        outcome = Outcome.KEPT if is_new else Outcome.KNOWN
        return Collected(source, outcome, bundle.bundle_id, flags=flags)

    def take_folder(self, folder: Path) -> Iterator[Collected]:
        """Take in every bundle file of a folder, by name; raises KioskError for a folder that is not there."""
        for path in bundle_files(folder):
            try:
                data = read_file(path, frame.LARGEST)
            except KioskError as error:
                yield Collected(path.name, Outcome.REFUSED, problem=error.message)
                continue
            yield self.take(data, path.name)

    def check_receipt(self, bundle_id: str, body: bytes, envelope: bytes) -> ReceiptDocument:
        """Return central's receipt for these bytes; raises Tampered, Invalid or Denied for anything else."""
        return receipt_for(bundle_id, body, envelope, self._keys.root, self._revoked)

    def receive(self, bundle_id: str, envelope: bytes) -> bool:
        """Keep central's receipt for a bundle of this hall, verified; return whether it is new.

        Raises Refused for a bundle that is not here, and what `check_receipt` raises.
        """
        receipt = self.check_receipt(bundle_id, self._store.bundles.bundle(bundle_id).body, envelope)
        return self._store.bundles.keep_receipt(bundle_id, envelope, parse_iso(receipt.received_at))

    def _delivery(self, bundle: Bundle) -> Delivery:
        manifest = bundle.manifest
        return Delivery(
            bundle_id=bundle.bundle_id,
            submission_id=manifest.submission_id,
            opened_on=manifest.opened_on,
            assignment_id=manifest.assignment.assignment_id,
            seat=manifest.seat,
            is_handed_in=manifest.handed_in is not None,
            entries=manifest.entries,
            head_hash=bytes.fromhex(manifest.head),
            sealed_at=parse_iso(manifest.sealed_at),
            received_at=parse_iso(self._clock.now().at),
            length=len(bundle.envelope) + len(bundle.body),
            flags=(*bundle.flags, *self._doubts(bundle)),
            envelope=bundle.envelope,
            body=bundle.body,
        )

    def _lacks(self, bundle: Bundle) -> Iterator[str]:
        """Say what a comparison with the hall's copy shows now; as that may grow later, it is not kept."""
        seat = bundle.manifest.seat
        if bundle.bundle_id in self._store.bundles.lacking(bundle.manifest.submission_id):
            yield f"it lacks entries this hall acknowledged; seal the hall's copy too: kiosk hall rescue --seat {seat}"

    def _doubts(self, bundle: Bundle) -> Iterator[str]:
        named = bundle.manifest.assignment
        if named.assignment_id not in {a.assignment_id for a in self._store.roster.assignments(named.candidate_id)}:
            yield "its assignment is not on the roster of this hall"
        try:
            newest = self._store.permits.lease(bundle.manifest.submission_id).lease
        except Denied:
            yield "this hall gave no lease for it"
            return
        if bundle.manifest.epochs[-1].epoch < newest.epoch:
            yield f"a branch: the sitting had gone on at {newest.seat}"
        elif is_rescuing(bundle.manifest.seat):
            moves = self._store.moves.moves(bundle.manifest.submission_id)
            left = next((m.from_seat for m in moves if m.epoch == newest.epoch), "")
            yield f"sealed by the hall from its safety copy, for the machine of {left} was gone"


def bundle_files(folder: Path) -> tuple[Path, ...]:
    """Return the bundle files of a folder and those below it, by name; raises KioskError where it is not there."""
    if not folder.is_dir():
        raise KioskError(f"There is no folder {folder}.")
    return tuple(sorted(p for p in folder.rglob(f"*{frame.SUFFIX}") if not p.name.startswith(".")))


def _audit(delivery: Delivery, source: str) -> AuditEntry:
    return AuditEntry(
        at=delivery.received_at,
        who=SYSTEM_ID,
        action="submission.collect",
        subject_type="bundles",
        subject_id=delivery.bundle_id,
        details={"submission": delivery.submission_id, "source": source[:200]},
    )
