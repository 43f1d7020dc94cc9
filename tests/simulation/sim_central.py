"""Central in the simulation: bundles come in any order and as often as you like; it keeps, receipts and ranks.

A faithful small one: real verification, real receipts, the real rank. The real intake is held to the same promises by
the machine in tests/faults/test_arrival_machine.py.
"""

from collections import defaultdict

from broken_promise import Broken

from keyring import Keyring
from kiosk.exam.entry import Entry, Genesis
from kiosk.exam.lease import Lease
from kiosk.exam.rank import rank
from kiosk.sealing.body import open_body
from kiosk.sealing.bundle import Bundle, verify
from kiosk.sealing.envelope import PayloadType, open_envelope
from kiosk.sealing.receipt import ReceiptSigner, read_receipt


class SimCentral:
    """Keeps bundles by id, with the receipt each was given once."""

    def __init__(self, keyring: Keyring, hall_key: str, plant: str = "") -> None:
        self._keyring = keyring
        self._hall_key = hall_key
        self._signer = ReceiptSigner(keyring.receipt, keyring.receipt_chain)
        self._plant = plant
        self.bundles: dict[str, bytes] = {}
        self.receipts: dict[str, bytes] = {}
        self.counts: dict[str, tuple[str, tuple[Entry, ...], Genesis]] = {}
        """By sitting: the rank of the bundle that counts, and its journal."""
        self.kept: dict[str, set[bytes]] = defaultdict(set)
        """By sitting: the hashes of all entries that came, counted or not."""

    def take(self, data: bytes, at: str) -> bytes:
        """Keep a bundle and return its receipt: the same bytes every time."""
        bundle = verify(data, self._keyring.root.public)
        known = self.receipts.get(bundle.bundle_id)
        if known is not None and self._plant != "receipt signed again":
            return known
        receipt = self._signer.receipt(bundle, at)
        read_receipt(receipt, self._keyring.root.public, bundle.bundle_id)
        self.bundles[bundle.bundle_id] = data
        self.receipts[bundle.bundle_id] = receipt
        self._count(bundle)
        return receipt

    def _count(self, bundle: Bundle) -> None:
        contents = open_body(bundle.manifest, bundle.body, self._keyring.intake)
        documents = [open_envelope(e, PayloadType.LEASE, self._hall_key) for e in contents.leases]
        leases = [Lease.from_document(d) for d in documents]
        ranked = rank(contents.genesis, contents.entries, leases, bundle.bundle_id)
        submission_id = contents.genesis.submission_id
        self.kept[submission_id] |= {e.hash for e in contents.entries}
        before = self.counts.get(submission_id)
        if before is None or before[0] < ranked or self._plant == "whoever comes last counts":
            self.counts[submission_id] = (ranked, contents.entries, contents.genesis)

    def same(self, other: "SimCentral") -> None:
        """I5: what counts depends on the set of bundles alone."""
        mine, theirs = ({s: c[0] for s, c in one.counts.items()} for one in (self, other))
        if mine != theirs:
            raise Broken("I5: which bundle counts depends on the order they came in")
