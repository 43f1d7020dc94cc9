"""Journals that were carried to the hall on a stick: taken into its tails as if the line had brought them."""

from dataclasses import dataclass
from pathlib import Path

from kiosk.exam.error import KioskError
from kiosk.exam.log import AuditEntry
from kiosk.exam.moment import Clock, parse_iso
from kiosk.exam.person import SYSTEM_ID
from kiosk.hall.confirmation import Confirmation
from kiosk.hall.hub.parcel import parcel_of
from kiosk.hall.keys import HallKeys
from kiosk.sealing import frame
from kiosk.sealing.carried import SUFFIX, Carried, open_journal
from kiosk.sealing.copy import read_file
from storage.hall.store import HallStore


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one file."""

    path: Path
    seat: str = ""
    submission_id: str = ""
    kept: int = 0
    """Entries of it the hall holds now."""
    entries: int = 0
    problem: str | None = None
    """Why not all of it is kept as the sitting's own."""
    notes: tuple[str, ...] = ()
    """What a person should look at of the acts by code it brought."""


class CarriedJournals:
    """Reads the files of a folder; what does not hold is said by name and changes nothing."""

    def __init__(self, store: HallStore, keys: HallKeys, clock: Clock) -> None:
        self._store = store
        self._keys = keys
        self._clock = clock
        self._confirmation = Confirmation(store, keys, clock)

    def files(self, folder: Path) -> tuple[Path, ...]:
        """Return the journals that lie in a folder; raises KioskError where there are none."""
        found = tuple(sorted(folder.rglob(f"*{SUFFIX}"))) if folder.is_dir() else ()
        if not found:
            raise KioskError(f"There is no journal of a seat in {folder}.")
        return found

    def take(self, path: Path) -> Taken:
        """Take one file, whole or not at all; taking it again changes nothing."""
        try:
            return self._taken(path)
        except KioskError as error:
            return Taken(path, problem=error.message)

    def _taken(self, path: Path) -> Taken:
        carried = open_journal(
            read_file(path, frame.LARGEST),
            hall=self._keys.hall,
            hall_key=self._keys.signing.public,
            root=self._keys.root,
            identity=self._keys.identity,
            revoked=self._keys.revocations.read(),
        )
        manifest, now = carried.manifest, parse_iso(self._clock.now().at)
        replies = self._store.tails.take([parcel_of(manifest.seat, one, self._keys) for one in carried.frames], now)
        heads = [reply.kept.seq + 1 for reply in replies if reply.kept is not None]
        problem = next((r.denied or r.trouble for r in replies if r.denied or r.trouble), None)
        if problem is None and replies[-1].want is not None:
            problem = f"entry {replies[-1].want} is missing"
        kept = max(heads, default=0)
        self._store.closings.note(
            AuditEntry(
                at=now,
                who=SYSTEM_ID,
                action="journal.carried",
                subject_type="test_submissions",
                subject_id=manifest.submission_id,
                details={"seat": manifest.seat, "entries": manifest.entries, "head": manifest.head},
            )
        )
        return Taken(
            path=path,
            seat=manifest.seat,
            submission_id=manifest.submission_id,
            kept=min(kept, manifest.entries),
            entries=manifest.entries,
            problem=problem,
            notes=() if kept == 0 else self._looked_into(carried),
        )

    def _looked_into(self, carried: Carried) -> tuple[str, ...]:
        """Sign the acts by code that hold, as when the line brings them; the seat is told when it is back on it."""
        grants = dict.fromkeys(envelope for one in carried.frames for envelope in one.grants)
        return self._confirmation.look(envelope.encode("ascii", "replace") for envelope in grants)
