"""Books: what was done in a hall, kept in memory by whom it concerns, and read on from where it was read to."""

from threading import Lock

from kiosk.exam.log import AuditEntry
from storage.hall.permit import PermitPart

COMING = "attendance"
"""What an entry is about that tells of somebody's coming."""
Entries = dict[int, AuditEntry]
"""By their number in the store."""


class Books:
    """Usable from any thread."""

    def __init__(self, store: PermitPart) -> None:
        self._store = store
        self._read_to = 0
        self._of_sitting: dict[str, Entries] = {}
        self._of_person: dict[str, Entries] = {}
        self._lock = Lock()

    def of(self, submission_id: str | None, candidate_id: str | None) -> tuple[AuditEntry, ...]:
        """Return what was done about a sitting and about a candidate's coming, in order, up to this moment."""
        with self._lock:
            self._read_on()
            found = self._of_sitting.get(submission_id or "", {}) | self._of_person.get(candidate_id or "", {})
        return tuple(found[number] for number in sorted(found))

    def _read_on(self) -> None:
        for number, entry in self._store.acts_after(self._read_to):
            self._read_to = number
            for sitting in filter(None, (entry.subject_id, entry.details.get("submission"))):
                self._of_sitting.setdefault(str(sitting), {})[number] = entry
            for person in (entry.who, entry.details.get("candidate")) if entry.subject_type == COMING else ():
                self._of_person.setdefault(str(person), {})[number] = entry
