"""What opens papers in halls: the code put in each hall's envelope, and the release tokens that were given."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from kiosk.exam.error import Refused
from kiosk.exam.log import AuditEntry
from storage.models import office as rows
from storage.office.store import Store, add_rows, write_audit


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenRelease:
    """One release token on record."""

    test_id: str
    hall: str
    envelope: bytes = field(repr=False)
    released_at: datetime
    released_by: str


class ReleaseStore(Store):
    """Remembers codes and tokens, so that each is the same at every asking."""

    def code(self, test_id: str, hall: str, make: Callable[[], str], at: datetime) -> str:
        """Return the code of a test for a hall; `make` draws it the first time."""
        with self._writing() as session:
            row = session.get(rows.EnvelopeCode, (test_id, hall), with_for_update=True)
            if row is not None:
                return row.code
            code = make()
            add_rows(session, rows.EnvelopeCode, [{"test_id": test_id, "hall": hall, "code": code, "made_at": at}])
            return code

    def renew(self, test_id: str, hall: str, code: str, audit: AuditEntry) -> datetime:
        """Put a code in the place of the one a test has for a hall, and return when that one was made.

        Raises Refused where none was drawn.
        """
        with self._writing() as session:
            row = session.get(rows.EnvelopeCode, (test_id, hall), with_for_update=True)
            if row is None:
                raise Refused(f"No code was drawn for this test and the hall {hall}, so there is none to replace.")
            before = row.made_at
            row.code, row.made_at = code, audit.at
            write_audit(session, audit)
            return before

    def note(self, audit: AuditEntry) -> None:
        """Write down that somebody was shown a code."""
        with self._writing() as session:
            write_audit(session, audit)

    def token(self, test_id: str, hall: str) -> bytes | None:
        """Return the release token of a test for a hall, or None before it was given."""
        with self._reading() as session:
            row = session.get(rows.Release, (test_id, hall))
            return None if row is None else row.envelope

    def give(self, release: GivenRelease, audit: AuditEntry, instead_of: bytes | None = None) -> bytes:
        """Keep a token and return it; where another was given meanwhile, that one.

        `instead_of` is the token it takes the place of, because the hall's key was replaced.
        """
        with self._writing() as session:
            row = session.get(rows.Release, (release.test_id, release.hall), with_for_update=True)
            if row is not None and row.envelope != instead_of:
                return row.envelope
            if row is None:
                values = {
                    "test_id": release.test_id,
                    "hall": release.hall,
                    "envelope": release.envelope,
                    "released_at": release.released_at,
                    "released_by": release.released_by,
                }
                add_rows(session, rows.Release, [values])
            else:
                row.envelope, row.released_at = release.envelope, release.released_at
                row.released_by = release.released_by
            write_audit(session, audit)
            return release.envelope
