"""Reports: what a seat tells the hall of a sitting, once it is saved, at each change of phase and every 15 s."""

from kiosk.exam.page import standing_of
from kiosk.exam.sitting import Sitting
from kiosk.seat.courier import Courier
from kiosk.seat.scribe import Scribe
from kiosk.views.authority import Report
from storage.seat.store import SeatStore

EVERY_MS = 15_000


class Reporter:
    """Decides when there is something to tell."""

    def __init__(self, courier: Courier, seat: str) -> None:
        self._seat = seat
        self._courier = courier
        self._last: tuple[str, str, int] = ("", "", 0)
        """Submission, phase and boot time of the last report."""

    def saved(self, scribe: Scribe, seq: int) -> None:
        """Take note that entries up to `seq` are saved; runs in the writer's thread."""
        with scribe.lock:
            sitting = scribe.sitting
            submission_id, phase, boot_ms = self._last
            same = (sitting.genesis.submission_id, sitting.phase.value) == (submission_id, phase)
            is_due = not same or abs(sitting.ledger.boot_ms - boot_ms) >= EVERY_MS
            if seq == sitting.head.seq and is_due:
                self.tell(scribe)

    def tell(self, scribe: Scribe) -> None:
        """Tell the hall how a saved sitting stands now."""
        with scribe.lock:
            sitting = scribe.sitting
            self._last = (sitting.genesis.submission_id, sitting.phase.value, sitting.ledger.boot_ms)
            self._courier.post(report_of(sitting))

    def tell_again(self, submission_id: str, scribe: Scribe | None, store: SeatStore) -> None:
        """Tell the hall how any sitting of this seat stands: the one that `scribe` writes, or one in the store."""
        if scribe is not None and scribe.sitting.genesis.submission_id == submission_id:
            self.tell(scribe)
            return
        record = store.record(submission_id)
        if record is not None:
            self._courier.post(report_of(Sitting.fold(record.paper, record.genesis, record.entries, self._seat)))


def report_of(sitting: Sitting) -> Report:
    """Return the report of an opened sitting: counts, never content."""
    standing = standing_of(sitting)
    return Report(
        submission_id=sitting.genesis.submission_id,
        phase=sitting.phase.value,
        attempt=standing.attempt,
        started_at=standing.started_at,
        submitted_at=standing.submitted_at,
        answered=sitting.answered_count,
        questions=len(sitting.paper.questions),
        used_ms=sitting.ledger.used_ms,
        head_seq=sitting.head.seq,
        head_hash=sitting.head.hash.hex(),
    )
