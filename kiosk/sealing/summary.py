"""What a manifest says of a journal, computed from its entries alone; seal and intake both ask here."""

from collections.abc import Sequence
from typing import Any

from kiosk.exam.entry import Entry, Genesis, Kind
from kiosk.exam.receipt import receipt_code
from kiosk.exam.timing import Allowance, ledger


def hand_in(entries: Sequence[Entry]) -> dict[str, Any] | None:
    """Return the hand-in that stands, or None where there is none or it was reopened."""
    for entry in reversed(entries):
        if entry.kind is Kind.REOPENED:
            return None
        if entry.kind is Kind.HANDED_IN:
            return {
                "seq": entry.seq,
                "at": entry.at,
                "by": entry.body["by"],
                "head": entry.hash.hex(),
                "receipt": receipt_code(entry.hash),
                "answered": entry.body["answered"],
                "questions": entry.body["questions"],
            }
    return None


def epochs(genesis: Genesis, entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Return each epoch with its seat, its lease, its first and last entry and the hash of the last."""
    parts: list[dict[str, Any]] = []
    for entry in entries:
        if not parts or parts[-1]["epoch"] != entry.epoch:
            lease = entry.body.get("lease", {}) if entry.kind is Kind.MOVED else {}
            parts.append(
                {
                    "epoch": entry.epoch,
                    "seat": lease.get("seat", genesis.seat),
                    "lease_id": lease.get("lease_id", genesis.lease),
                    "first": entry.seq,
                }
            )
        parts[-1] |= {"last": entry.seq, "head": entry.hash.hex()}
    return parts


def time_summary(entries: Sequence[Entry]) -> dict[str, Any]:
    """Return the sums of the time ledger, in milliseconds; no paper is needed for what was used."""
    folded = ledger(Allowance(0, {}), entries)
    return {
        "used_ms": folded.used_ms,
        "extended_ms": folded.extended_ms,
        "extensions": sum(e.kind is Kind.EXTENDED for e in entries),
        "pauses": sum(e.kind is Kind.PAUSED for e in entries),
        "gaps": [{"seq": seq, "ms": gap.ms, "charged_ms": gap.charged_ms} for seq, gap in sorted(folded.gaps.items())],
    }
