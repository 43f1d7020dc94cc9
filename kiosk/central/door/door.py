"""The intake door: what a hall may do at central, without HTTP. It holds no key that opens anything."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import Engine

from kiosk.central.door.bearer import digest_of
from kiosk.central.door.fault import LATER, MUCH_LATER, Fault
from kiosk.central.door.limit import Limits
from kiosk.central.intake import Intake, Outcome
from kiosk.exam.closing import KeptClosing
from kiosk.exam.error import Denied, KioskError, Refused
from kiosk.exam.moment import Clock, parse_iso
from kiosk.sealing.bundle import Bundle
from kiosk.sealing.closing import read_closing
from kiosk.sealing.receipt import ReceiptSigner
from kiosk.sealing.revocation import NONE_REVOKED, Revocations
from kiosk.wire.upload import ChunkList, HaveAnswer, Held
from storage.central.chunk import ChunkStore
from storage.central.closing import ClosingStore
from storage.central.holding import HoldingStore
from storage.central.intake import IntakeStore
from storage.central.release import ReleaseStore
from storage.central.token import KeptToken, TokenStore

KEPT = timedelta(days=30)
"""How long the pieces of an unfinished bundle are kept."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of something put: new or known, with the receipt; or the pieces that are missing."""

    is_new: bool
    receipt: bytes = field(default=b"", repr=False)
    missing: tuple[str, ...] = ()


class IntakeDoor:
    """The stores of the door over one engine; every method may be called from any thread."""

    def __init__(
        self,
        engine: Engine,
        root: str,
        signer: ReceiptSigner,
        clock: Clock,
        limits: Limits,
        revoked: Callable[[], Revocations] = lambda: NONE_REVOKED,
    ) -> None:
        """`revoked` is asked anew each time, so that a list that comes is heeded without a restart."""
        self.clock = clock
        self.limits = limits
        self._engine = engine
        self._tokens = TokenStore(engine)
        self._chunks = ChunkStore(engine)
        self._holdings = HoldingStore(engine)
        self._releases = ReleaseStore(engine)
        self._closings = ClosingStore(engine)
        self._root = root
        self._revoked = revoked
        self._intake = Intake(IntakeStore(engine), root, signer, clock, revoked)

    def close(self) -> None:
        """Give the store's connections back."""
        self._engine.dispose()

    def alive(self) -> None:
        """Ask the store something small; raises StoreError where it does not answer."""
        self._holdings.receipts("", [""])

    def holder(self, token: str) -> KeptToken:
        """Return whose token this is; raises Fault 401 for one that opens nothing."""
        try:
            return self._tokens.holder(digest_of(token), parse_iso(self.clock.now().at))
        except Denied as error:
            raise Fault(401, error.title, error.message) from None

    def clean(self) -> int:
        """Forget the pieces of bundles nobody finished in KEPT; return how many."""
        return self._chunks.clean(parse_iso(self.clock.now().at) - KEPT)

    def have(self, hall: str, ids: Sequence[str]) -> HaveAnswer:
        """Return which of some bundles of a hall are here, in the order asked, with their receipts."""
        receipts = self._holdings.receipts(hall, ids)
        return HaveAnswer(bundles=tuple(_held(bundle_id, receipts.get(bundle_id)) for bundle_id in ids))

    def receipt(self, hall: str, bundle_id: str) -> bytes:
        """Return the stored receipt of a hall's bundle; raises Fault 404 where it is not here."""
        try:
            return self._holdings.receipt(hall, bundle_id)
        except Refused as error:
            raise Fault(404, "Not here", error.message) from None

    def put(self, hall: str, bundle_id: str, data: bytes) -> Answered:
        """Take a bundle in and return its stored receipt.

        Raises Fault 403 for a bundle of another hall, 422 for one that does not verify (which is kept in quarantine)
        or has another id, 507 where the hall's part of the quarantine is full.
        """
        try:
            bundle = self._intake.verify(data)
        except KioskError as error:
            raise self._set_aside(hall, data, error.message) from None
        _must_be(bundle, hall, bundle_id)
        taken = self._intake.keep(bundle, _source(hall))
        assert taken.receipt is not None
        return Answered(taken.is_new, taken.receipt)

    def put_list(self, hall: str, bundle_id: str, chunks: ChunkList) -> Answered:
        """Put a large bundle together from its pieces and take it in, or return which are missing."""
        known = self._holdings.receipts(hall, [bundle_id]).get(bundle_id)
        if known is not None:
            return Answered(False, known)
        missing = self._chunks.missing(chunks.chunks)
        if missing:
            return Answered(False, missing=missing)
        data = self._chunks.join(chunks.chunks)
        if len(data) != chunks.length:
            raise Fault(422, "Not valid", f"The pieces come to {len(data):,} bytes, the list says {chunks.length:,}.")
        try:
            answered = self.put(hall, bundle_id, data)
        except Fault as fault:
            if fault.status == 422:
                self._chunks.drop(chunks.chunks)
            raise
        self._chunks.drop(chunks.chunks)
        return answered

    def release(self, hall: str, test_id: str) -> bytes:
        """Return the release token of a test for a hall; raises Fault 404 before it was given."""
        token = self._releases.token(test_id, hall)
        if token is None:
            raise Fault(404, "Not released", f"This test is not released to {hall} yet.", retry_after=LATER)
        return token

    def put_closing(self, hall: str, closing_id: str, envelope: bytes) -> None:
        """Keep a hall's closing until somebody settles it.

        Raises Fault 403 for the closing of another hall, 422 for one that does not hold or has another id.
        """
        try:
            closing = read_closing(envelope, self._root, self._revoked())
        except KioskError as error:
            raise Fault(422, error.title, error.message) from None
        if closing.closing_id != closing_id:
            raise Fault(422, "Not valid", f"This closing's id is {closing.closing_id}. Nothing was kept.")
        if closing.document.hall != hall:
            raise _another(closing.document.hall, hall, "closing")
        kept = KeptClosing(
            closing_id=closing_id,
            hall=hall,
            test_id=closing.document.test_id,
            envelope=envelope,
            made_at=parse_iso(self.clock.now().at),
        )
        self._closings.keep(kept)

    def closeout(self, hall: str, closing_id: str) -> bytes:
        """Return the close-out of a hall's closing.

        Raises Fault 404 where central has none yet, 409 with what is unexplained.
        """
        try:
            closing = self._closings.closing(closing_id, hall)
        except Refused as error:
            raise Fault(404, "Not here", error.message) from None
        if closing.closeout is not None:
            return closing.closeout
        if closing.problem is not None:
            raise Fault(409, "Not explained", closing.problem, retry_after=MUCH_LATER)
        raise Fault(404, "Not settled", "Central has not looked at this closing yet.", retry_after=LATER)

    def put_chunk(self, hall: str, digest: str, data: bytes) -> bool:
        """Keep a piece of a large bundle; return whether it was new.

        Raises Fault 400 where it is not what its digest names, 507 where the hall has left too many.
        """
        if hashlib.sha256(data).hexdigest() != digest:
            raise Fault(400, "Not what was sent", "The body is not the one its digest names. Nothing was kept.")
        now = parse_iso(self.clock.now().at)
        try:
            return self._chunks.keep(digest, data, hall, now, self.limits.chunks)
        except Refused as error:
            raise Fault(507, "No room", error.message, retry_after=MUCH_LATER) from None

    def _set_aside(self, hall: str, data: bytes, reason: str) -> Fault:
        if self._holdings.aside(_source(hall)) + len(data) > self.limits.aside:
            detail = f"{reason}. Central keeps no more of what {hall} sends and does not verify. Keep everything."
            return Fault(507, "No room", detail, retry_after=MUCH_LATER)
        taken = self._intake.set_aside(data, _source(hall), reason)
        if taken.outcome is not Outcome.QUARANTINED:
            return Fault(507, "No room", f"{taken.reason} Keep everything.", retry_after=MUCH_LATER)
        return Fault(422, "Does not verify", f"{reason}. It is kept at central for a person to look at.")


def _source(hall: str) -> str:
    return f"{hall}, through the door"


def _must_be(bundle: Bundle, hall: str, bundle_id: str) -> None:
    if bundle.bundle_id != bundle_id:
        raise Fault(422, "Not valid", f"This bundle's id is {bundle.bundle_id}. Nothing was kept.")
    if bundle.manifest.hall != hall:
        raise _another(bundle.manifest.hall, hall, "bundle")


def _another(own: str, hall: str, thing: str) -> Fault:
    detail = (
        f"This {thing} is of {own}, the token of {hall}. Nothing was kept. "
        "Send it from its own hall, or bring it to the office: kiosk central intake."
    )
    return Fault(403, "Another hall's", detail)


def _held(bundle_id: str, receipt: bytes | None) -> Held:
    if receipt is None:
        return Held(id=bundle_id, state="unknown", receipt=None)
    return Held(id=bundle_id, state="received", receipt=receipt.decode("ascii"))
