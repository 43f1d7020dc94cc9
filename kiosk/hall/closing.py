"""Closing a test in a hall: every row of the roster explained and signed, and central's close-out taken back."""

from dataclasses import dataclass
from pathlib import Path

from kiosk.exam.attendance import attended
from kiosk.exam.closing import Explained, Explanation, KeptClosing, SealedSitting, Unexplained, explain
from kiosk.exam.error import Denied, KioskError, Refused
from kiosk.exam.log import AuditEntry
from kiosk.exam.moment import Clock, parse_iso
from kiosk.exam.person import SYSTEM_ID, Person
from kiosk.exam.roles import Actor, Rights
from kiosk.hall.attendance import Attendances
from kiosk.hall.keys import HallKeys
from kiosk.hall.supervision import Pair
from kiosk.sealing.closing import (
    CLOSEOUT_SUFFIX,
    Closing,
    read_closeout,
    read_closeout_of,
    read_closing,
    row_of,
    sign_closing,
)
from kiosk.sealing.copy import read_file, write_copy
from kiosk.sealing.envelope import LARGEST_ENVELOPE
from kiosk.sealing.revocation import Revocations
from kiosk.wire.closing import MOST_ROWS, ClosingDocument, ExplainedRow
from storage.hall.store import HallStore

RIGHT = "proctoring.open_close_hall"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a roster as a proctor looks at it."""

    person: Person
    seat: str | None
    found: Explained | Unexplained
    sealed: int
    """Bundles of its sittings."""
    receipted: int
    """Those of them with central's receipt."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """A whole roster, and what is still to be explained of it."""

    test_id: str
    lines: tuple[Line, ...]
    explanation: Explanation


class Closings:
    """The hall's statements of what became of its rosters."""

    def __init__(
        self,
        store: HallStore,
        keys: HallKeys,
        attendances: Attendances,
        rights: Rights,
        clock: Clock,
        revoked: Revocations,
    ) -> None:
        self._store = store
        self._keys = keys
        self._attendances = attendances
        self._rights = rights
        self._clock = clock
        self._revoked = revoked

    def matrix(self, test_id: str) -> Matrix:
        """Return the roster of a test row by row; raises Refused for a test that is not held here."""
        if self._store.roster.newest_package(test_id) is None:
            raise Refused(f"No package of the test {test_id} was loaded here.")
        roster = self._store.closings.roster(test_id)
        marks = self._attendances.of_test(test_id)
        sittings = self._store.closings.sittings(test_id)
        bundles = self._store.closings.bundles(test_id)
        told = explain([row for row, _ in roster], attended(marks), sittings, bundles)
        rows: tuple[Explained | Unexplained, ...] = (*told.rows, *told.open)
        found = {row.assignment_id: row for row in rows}
        planned = {m.candidate_id: m.seat for m in marks if m.seat is not None}
        sat = {s.assignment_id: s.seat for s in sittings}
        lines = tuple(
            _line(person, sat.get(row.assignment_id, planned.get(row.candidate_id)), found[row.assignment_id], bundles)
            for row, person in roster
        )
        return Matrix(test_id, lines, told)

    def close(self, test_id: str, pair: Pair) -> tuple[Closing, bool]:
        """Sign what became of a test's roster; return the closing and whether it is a new one.

        Where nothing changed since the newest closing, that one stands. Raises Denied without the right, Refused where
        a row is not explained.
        """
        self.check(pair)
        told = self.matrix(test_id).explanation
        if not told.is_whole:
            count = len(told.open) + len(told.strays)
            raise Refused(f"{count} of the roster of {test_id} cannot be explained yet, so nothing was signed.")
        if len(told.rows) > MOST_ROWS:
            raise Refused(
                f"The roster of {test_id} has {len(told.rows):,} rows, and a closing takes {MOST_ROWS:,}: the office "
                "has to part this hall in two."
            )
        package = self._store.roster.newest_package(test_id)
        assert package is not None
        rows = _rows(told)
        before = self.newest(test_id)
        if before is not None and (before.document.package, before.document.rows) == (package.package_id, rows):
            return before, False
        closing = sign_closing(
            ClosingDocument(
                version=1,
                hall=self._keys.hall,
                test_id=test_id,
                package=package.package_id,
                closed_at=self._clock.now().at,
                closed_by=pair.first.user_id,
                second=None if pair.second is None else pair.second.user_id,
                rows=rows,
                certificates=self._keys.chain,
            ),
            self._keys.signing,
            self._keys.root,
        )
        self._keep(closing)
        return closing, True

    def stands(self, test_id: str) -> bool:
        """Whether the newest closing of a test still says all that is known here; a newer package changes nothing."""
        told, newest = self.matrix(test_id).explanation, self.newest(test_id)
        return newest is not None and told.is_whole and newest.document.rows == _rows(told)

    def check(self, pair: Pair) -> None:
        """Raise Denied unless these proctors may close the hall."""
        beside = None if pair.second is None else Actor(pair.second.user_id, pair.second.role)
        self._rights.check(RIGHT, Actor(pair.first.user_id, pair.first.role, beside), in_scope=True)
        if beside is not None and beside.user_id == pair.first.user_id:
            raise Denied("The second person must be somebody else.")

    def newest(self, test_id: str) -> Closing | None:
        """Return the newest closing of a test, or None before the first."""
        kept = self._store.closings.newest(test_id, self._keys.hall)
        return None if kept is None else read_closing(kept.envelope, self._keys.root)

    def settled(self, test_id: str) -> KeptClosing | None:
        """Return the newest closing of a test with its close-out, verified again; None while that has not come."""
        kept = self._store.closings.newest(test_id, self._keys.hall)
        if kept is None or kept.closeout is None:
            return None
        read_closeout_of(read_closing(kept.envelope, self._keys.root), kept.closeout, self._keys.root, self._revoked)
        return kept

    def closeouts(self) -> tuple[bytes, ...]:
        """Return the close-outs of the newest closing of each test; one of an older closing allows nothing any more."""
        settled = (self.settled(test_id) for test_id in self._store.closings.tests())
        return tuple(kept.closeout for kept in settled if kept is not None and kept.closeout is not None)

    def note_wipe(self, pair: Pair, seat: str, reason: str) -> None:
        """Write down that two proctors let a seat be wiped; raises Denied for one alone, or without the right."""
        if pair.second is None:
            raise Denied("A seat is wiped by two proctors, who both give a PIN.")
        self.check(pair)
        self._note(pair, "seats", seat, {"act": "wipe", "second": pair.second.user_id, "reason": reason})

    def note_sealing(self, pair: Pair, count: int, reason: str) -> None:
        """Write down that a proctor had sittings sealed that nobody handed in; raises Denied without the right."""
        self.check(pair)
        self._note(pair, "bundles", self._keys.hall, {"act": "seal unfinished", "sittings": count, "reason": reason})

    def _note(self, pair: Pair, subject_type: str, subject_id: str, details: dict[str, str | int]) -> None:
        self._store.closings.note(
            AuditEntry(
                at=parse_iso(self._clock.now().at),
                who=pair.first.user_id,
                action=RIGHT,
                subject_type=subject_type,
                subject_id=subject_id,
                details=details,
            )
        )

    def write(self, closing: Closing, folder: Path) -> Path:
        """Write a closing beside the bundles in a folder, read back and compared."""
        return write_copy(folder, closing.file_name, closing.envelope)

    def receive(self, folder: Path) -> tuple[str, ...]:
        """Take the close-outs of this hall's newest closings from a folder; return the tests they are of, sorted.

        Those of other halls are passed over. Raises Tampered, Invalid or Denied for one that does not hold, and where
        only that of an older closing came; what was taken before it stays.
        """
        if not folder.is_dir():
            raise KioskError(f"There is no folder {folder}.")
        own = {kept.closing_id: kept.test_id for kept in self._store.closings.closings(self._keys.hall)}
        files = {path.stem: path for path in sorted(folder.rglob(f"*{CLOSEOUT_SUFFIX}")) if path.stem in own}
        received = []
        for test_id in sorted({own[closing_id] for closing_id in files}):
            newest = self.newest(test_id)
            older = next(path for closing_id, path in files.items() if own[closing_id] == test_id)
            path = older if newest is None else files.get(newest.closing_id, older)
            received.append(self.take_closeout(read_file(path, LARGEST_ENVELOPE)))
        return tuple(received)

    def take_closeout(self, envelope: bytes) -> str:
        """Keep a close-out of one of this hall's newest closings; return the test it is of.

        Raises Tampered, Invalid or Denied where it does not hold, is another hall's or of an older closing.
        """
        document = read_closeout(envelope, self._keys.root, self._keys.hall, self._revoked)
        newest = self.newest(document.test_id)
        if newest is None:
            raise Refused(f"This hall has not closed the test {document.test_id}.")
        read_closeout_of(newest, envelope, self._keys.root, self._revoked)
        audit = AuditEntry(
            at=parse_iso(self._clock.now().at),
            who=SYSTEM_ID,
            action=RIGHT,
            subject_type="closings",
            subject_id=newest.closing_id,
            details={"settled_at": document.settled_at, "bundles": len(document.bundles)},
        )
        self._store.closings.keep_closeout(newest.closing_id, envelope, audit)
        return document.test_id

    def _keep(self, closing: Closing) -> None:
        document = closing.document
        kept = KeptClosing(
            closing_id=closing.closing_id,
            hall=document.hall,
            test_id=document.test_id,
            envelope=closing.envelope,
            made_at=parse_iso(document.closed_at),
        )
        details = {"test": document.test_id, "rows": len(document.rows), "bundles": len(closing.bundles)}
        if document.second is not None:
            details["second"] = document.second
        self._store.closings.add(
            kept,
            AuditEntry(
                at=kept.made_at,
                who=document.closed_by,
                action=RIGHT,
                subject_type="closings",
                subject_id=closing.closing_id,
                details=details,
            ),
        )


def _rows(told: Explanation) -> tuple[ExplainedRow, ...]:
    return tuple(row_of(row) for row in sorted(told.rows, key=lambda r: r.assignment_id))


def _line(person: Person, seat: str | None, found: Explained | Unexplained, bundles: tuple[SealedSitting, ...]) -> Line:
    own = [b for b in bundles if b.assignment_id == found.assignment_id]
    return Line(person, seat, found, len(own), sum(b.is_receipted for b in own))
