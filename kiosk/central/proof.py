"""Proof: which journal a candidate's receipt names, and that this very journal is what was marked."""

from dataclasses import dataclass

from kiosk.exam.arrival import Marked
from kiosk.exam.entry import Entry, Kind
from kiosk.exam.error import Invalid, Refused, Tampered
from kiosk.exam.receipt import LENGTH, plain_code, receipt_code
from kiosk.sealing import frame
from kiosk.sealing.bundle import verify
from storage.central.record import RecordStore


@dataclass(frozen=True, slots=True)
class ReceiptProof:
    """A receipt that holds: journal, chain, bundle and signature belong together."""

    code: str
    marked: Marked
    hand_in: Entry
    entries: int
    bundle_id: str

    @property
    def is_marked(self) -> bool:
        """Whether awards have been made for this journal."""
        return self.marked.marks > 0


class Proof:
    """Looks receipts up and proves what they name."""

    def __init__(self, records: RecordStore, root: str) -> None:
        self._records = records
        self._root = root

    def receipt(self, typed: str) -> ReceiptProof:
        """Return the proof for a receipt code as typed.

        Raises Invalid for what is no code, Refused when no sitting has it, Tampered when its journal does not hold.
        """
        plain = plain_code(typed)
        if len(plain) != LENGTH:
            raise Invalid(f"A receipt has {LENGTH} letters and digits, such as ABCD-EF23-GH.")
        code = f"{plain[:4]}-{plain[4:8]}-{plain[8:]}"
        found = self._records.by_receipt(code)
        if not found:
            raise Refused(
                f"No sitting here has the receipt {code}. Check the letters; or its bundle has not arrived yet."
            )
        if len(found) > 1:
            raise Tampered(f"{len(found)} sittings claim the receipt {code}; look at them one by one")
        return self._prove(code, found[0])

    def _prove(self, code: str, marked: Marked) -> ReceiptProof:
        record = self._records.record(marked.submission_id)
        sealed = self._records.bundle(marked.submission_id)
        if record is None or sealed is None:
            raise Tampered(f"the sitting {marked.submission_id} has no journal or bundle any more")
        record.verify()
        bundle = verify(frame.join(sealed.envelope, sealed.body), self._root)
        if bundle.manifest.head != record.head.hash.hex():
            raise Tampered("the journal in the rows is not the one in the signed bundle")
        hand_in = _hand_in(record.entries)
        if hand_in is None or receipt_code(hand_in.hash) != code:
            raise Tampered("the journal's hand-in does not give this receipt")
        return ReceiptProof(code, marked, hand_in, len(record.entries), bundle.bundle_id)


def _hand_in(entries: tuple[Entry, ...]) -> Entry | None:
    for entry in reversed(entries):
        if entry.kind is Kind.REOPENED:
            return None
        if entry.kind is Kind.HANDED_IN:
            return entry
    return None
