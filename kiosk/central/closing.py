"""Closings at central: a hall's statement is taken in, held against the office's roster, and answered once."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from kiosk.central.comparison import Comparison
from kiosk.exam.closing import KeptClosing, RowState
from kiosk.exam.error import Denied, Invalid, KioskError, Tampered
from kiosk.exam.log import AuditEntry
from kiosk.exam.moment import Clock, parse_iso
from kiosk.exam.person import SYSTEM_ID
from kiosk.sealing.closing import CLOSEOUT_SUFFIX, CLOSING_SUFFIX, SAT, Closing, closeout, read_closing
from kiosk.sealing.copy import read_file, write_copy
from kiosk.sealing.envelope import LARGEST_ENVELOPE
from kiosk.sealing.receipt import ReceiptSigner
from kiosk.sealing.revocation import NONE_REVOKED, Revocations
from storage.central.closing import ClosingStore

SETTLE = "proctoring.open_close_hall"


@dataclass(frozen=True, slots=True)
class TakenClosing:
    """One closing handed to central, and what became of it."""

    source: str
    closing_id: str = ""
    """Empty where it was refused."""
    is_new: bool = False
    reason: str = ""
    """Why it was refused; it is where it was."""


@dataclass(frozen=True, slots=True)
class ClosingState:
    """One closing after it was looked at."""

    closing_id: str
    hall: str
    test_id: str
    problem: str | None
    """What is still unexplained; None once its close-out is signed."""


class ClosingIntake:
    """Takes closings in on the root's public key alone; it needs no right but to insert and select."""

    def __init__(self, store: ClosingStore, root: str, clock: Clock, revoked: Revocations = NONE_REVOKED) -> None:
        self._store = store
        self._root = root
        self._clock = clock
        self._revoked = revoked

    def take(self, envelope: bytes, source: str, hall: str | None = None) -> TakenClosing:
        """Keep a closing that verifies; the same one again changes nothing.

        Raises Tampered, Invalid or Denied where it does not hold, or is of another hall than `hall`.
        """
        closing = read_closing(envelope, self._root, self._revoked)
        if hall is not None and closing.document.hall != hall:
            raise Denied(f"this closing is of {closing.document.hall}, and came from {hall}")
        kept = KeptClosing(
            closing_id=closing.closing_id,
            hall=closing.document.hall,
            test_id=closing.document.test_id,
            envelope=envelope,
            made_at=parse_iso(self._clock.now().at),
        )
        return TakenClosing(source, closing.closing_id, self._store.keep(kept))

    def take_folder(self, folder: Path) -> Iterator[TakenClosing]:
        """Take in every closing of a folder, by name; one that does not hold is told with the reason and left."""
        if not folder.is_dir():
            raise KioskError(f"There is no folder {folder}.")
        for path in sorted(p for p in folder.rglob(f"*{CLOSING_SUFFIX}") if not p.name.startswith(".")):
            try:
                envelope = read_file(path, LARGEST_ENVELOPE)
            except KioskError as error:
                yield TakenClosing(path.name, reason=error.message)
                continue
            try:
                yield self.take(envelope, path.name)
            except (Invalid, Denied, Tampered) as error:
                yield TakenClosing(path.name, reason=error.message)


class Closings:
    """Settles closings: the close-out is signed once nothing is left to explain."""

    def __init__(
        self,
        store: ClosingStore,
        comparison: Comparison,
        signer: ReceiptSigner,
        root: str,
        clock: Clock,
        revoked: Callable[[], Revocations] = lambda: NONE_REVOKED,
    ) -> None:
        """`revoked` is asked anew for each closing, so that a list that comes is heeded by a worker that runs."""
        self._store = store
        self._comparison = comparison
        self._signer = signer
        self._root = root
        self._clock = clock
        self._revoked = revoked

    def all(self) -> tuple[KeptClosing, ...]:
        """Return every closing, in the order they came."""
        return self._store.closings()

    def counts(self, kept: KeptClosing) -> Mapping[str, int]:
        """Return how many rows of a closing stand where."""
        told = Counter(row.state for row in read_closing(kept.envelope, self._root).rows)
        return {state.value: told[state] for state in RowState}

    def work(self) -> Iterator[ClosingState]:
        """Look at every closing that is open, in the order they came; a problem is written down and returned."""
        for kept in self._store.closings(open_only=True):
            yield self.settle(kept)

    def settle(self, kept: KeptClosing) -> ClosingState:
        """Sign the close-out of a closing that explains everything, or write down what is still open."""
        try:
            closing = read_closing(kept.envelope, self._root, self._revoked())
            problem = self._comparison.problem(closing)
        except (Invalid, Denied, Tampered) as error:
            problem = error.message
        if problem is not None:
            self._store.leave_open(kept.closing_id, problem)
            return ClosingState(kept.closing_id, kept.hall, kept.test_id, problem)
        now = self._clock.now().at
        document = closing.document
        audit = AuditEntry(
            at=parse_iso(now),
            who=SYSTEM_ID,
            action=SETTLE,
            subject_type="closings",
            subject_id=closing.closing_id,
            details={"hall": document.hall, "test": document.test_id, "bundles": len(closing.bundles)},
        )
        sessions = [s.session_id for s in self._comparison.sessions(closing)]
        self._store.settle(
            kept.closing_id,
            lambda: closeout(closing, now, self._signer),
            closing.rows,
            sessions,
            audit,
            partial(self._sat_elsewhere, document.hall),
        )
        return ClosingState(kept.closing_id, kept.hall, kept.test_id, None)

    def _sat_elsewhere(self, hall: str, settled: Sequence[bytes]) -> set[str]:
        """Return the assignments that the newest settled closing of another hall says were sat there."""
        newest: dict[str, Closing] = {}
        for closing in sorted(
            (read_closing(envelope, self._root) for envelope in settled),
            key=lambda c: (c.document.closed_at, c.closing_id),
        ):
            newest[closing.document.hall] = closing
        return {row.assignment_id for h, c in newest.items() if h != hall for row in c.rows if row.state in SAT}

    def write(self, folder: Path, hall: str | None = None) -> tuple[str, ...]:
        """Write every close-out, or those of one hall, into a folder, read back and compared; return their names."""
        names = []
        for kept in self._store.closings():
            if kept.closeout is not None and hall in (None, kept.hall):
                names.append(f"{kept.closing_id}{CLOSEOUT_SUFFIX}")
                write_copy(folder, names[-1], kept.closeout)
        return tuple(names)
