"""One entry of a sitting's journal and the genesis a chain starts from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What an entry records; `body` fields are named beside each."""

    OPENED = "opened"  # attempt, candidate, proctor, seed, order (`order_document`), accommodation, limit_ms, due_at
    VISITED = "visited"  # question
    ANSWERED = "answered"  # question, options
    TYPED = "typed"  # question, and text (whole) or start, removed, inserted (a splice, in code points)
    CLEARED = "cleared"  # question
    FLAGGED = "flagged"  # question, on
    HINT_SHOWN = "hint_shown"  # question, hint (1..)
    SECTION_ENTERED = "section_entered"  # section
    SECTION_LEFT = "section_left"  # section, why: moved | time | done
    HANDED_IN = "handed_in"  # by: candidate | time | proctor, answered, questions; grant, who for a proctor
    TICK = "tick"
    PAUSED = "paused"  # who, reason, grant
    RESUMED = "resumed"  # who, grant
    EXTENDED = "extended"  # ms, section (or null), who, reason, grant; below zero: undoes, the grant taken back
    GAP = "gap"  # cause: restart | reboot | suspend | move, ms (or null where nobody could measure it)
    GAP_ATTRIBUTED = "gap_attributed"  # gap (seq), charged_ms, who, reason, grant
    CLOCK_STEPPED = "clock_stepped"  # ms
    NOTED = "noted"  # category, text, who, grant
    MESSAGED = "messaged"  # text, who; message (id), at and question (or null) where the hall said it
    READ = "read"  # message (seq)
    LOCKED = "locked"  # who, reason, grant
    UNLOCKED = "unlocked"  # who, grant
    MOVED = "moved"  # lease
    REOPENED = "reopened"  # who, reason, grant
    FOCUS_LOST = "focus_lost"
    PASTED = "pasted"  # length
    CAPTURED = "captured"  # evidence (digest)
    DEVICE_CHANGED = "device_changed"  # what
    RESTARTED = "restarted"  # build
    OVERLAY_OPENED = "overlay_opened"  # a proctor's overlay covers the question; the clock runs on
    OVERLAY_CLOSED = "overlay_closed"
    SEALED = "sealed"  # entries, head; who and why where nobody handed in


MONITORING = frozenset(
    {
        Kind.FOCUS_LOST,
        Kind.PASTED,
        Kind.CAPTURED,
        Kind.DEVICE_CHANGED,
        Kind.RESTARTED,
        Kind.NOTED,
        Kind.PAUSED,
        Kind.RESUMED,
        Kind.EXTENDED,
        Kind.GAP,
        Kind.GAP_ATTRIBUTED,
        Kind.CLOCK_STEPPED,
        Kind.LOCKED,
        Kind.UNLOCKED,
        Kind.OVERLAY_OPENED,
        Kind.OVERLAY_CLOSED,
        Kind.REOPENED,
    }
)
"""Kinds projected into `proctoring_sessions.activities`."""


@dataclass(frozen=True, slots=True)
class Genesis:
    """What a chain hangs on: fixed when the sitting is opened."""

    submission_id: str
    opened_on: str
    """Date of the sitting, ISO, fixed at opening."""
    paper: str
    """Digest of the paper."""
    assignment_id: str
    seat: str
    lease: str
    """Id of the lease that allowed the opening."""
    build: str

    def document(self) -> dict[str, Any]:
        """Return the genesis as plain JSON values."""
        return {
            "submission_id": self.submission_id,
            "opened_on": self.opened_on,
            "paper": self.paper,
            "assignment_id": self.assignment_id,
            "seat": self.seat,
            "lease": self.lease,
            "build": self.build,
        }


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened, with the hash that ties it to all before it."""

    submission_id: str
    opened_on: str
    seq: int
    epoch: int
    kind: Kind
    at: str
    boot_id: str
    boot_ms: int
    body: Mapping[str, Any] = field(default_factory=dict)
    hash: bytes = b""
    """SHA-256 of the hash before it and the canonical bytes of `document()`: 32 bytes."""

    def document(self) -> dict[str, Any]:
        """Return every column but the hash, as plain JSON values: what the hash is taken of."""
        return {
            "submission_id": self.submission_id,
            "opened_on": self.opened_on,
            "seq": self.seq,
            "epoch": self.epoch,
            "kind": self.kind.value,
            "at": self.at,
            "boot_id": self.boot_id,
            "boot_ms": self.boot_ms,
            "body": self.body,
        }
