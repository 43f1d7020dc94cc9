"""A closing held against what central knows: its roster, its packages, the bundles that came."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from kiosk.exam.assignment import Assignment, Session
from kiosk.exam.moment import parse_iso
from kiosk.office.office import Office
from kiosk.sealing.bundle import read_manifest
from kiosk.sealing.closing import Closing, read_closing
from kiosk.sealing.envelope import PayloadType, read_envelope
from kiosk.wire.bundle import BundleManifest
from storage.central.closing import ClosingStore
from storage.central.package import PackageStore

FEW = 3
"""Ids named in a problem; the rest are counted."""
AT_ONCE = 500
"""Manifests looked at together, so that memory stays flat."""


class Comparison:
    """Finds what a closing leaves unexplained."""

    def __init__(self, store: ClosingStore, office: Office, packages: PackageStore, root: str) -> None:
        self._store = store
        self._office = office
        self._packages = packages
        self._root = root

    def sessions(self, closing: Closing) -> tuple[Session, ...]:
        """Return the sessions of the closing's hall that hold its test."""
        hall, test_id = closing.document.hall, closing.document.test_id
        return tuple(s for s in self._office.sessions.sessions() if s.hall == hall and test_id in s.test_ids)

    def problem(self, closing: Closing) -> str | None:
        """Return the first thing that is not explained, in words, or None where everything is."""
        newer = self._newer(closing)
        if newer is not None:
            return f"this hall has closed the test again since ({newer[:12]}): that closing counts"
        sent_at, problem = self._package(closing)
        if sent_at is None:
            return problem
        known = {a.assignment_id: a for a in self._office.assignments.of_tests([closing.document.test_id])}
        return self._roster_problem(closing, known, sent_at) or self._bundle_problem(closing, known)

    def _newer(self, closing: Closing) -> str | None:
        document = closing.document
        for kept in self._store.closings_of(document.test_id, document.hall):
            other = read_closing(kept.envelope, self._root)
            if (other.document.closed_at, other.closing_id) > (document.closed_at, closing.closing_id):
                return other.closing_id
        return None

    def _package(self, closing: Closing) -> tuple[datetime | None, str]:
        """Return when the package a closing names was sent, or None with what is wrong with it.

        A package sent after the closing, such as one with results, asks for no new closing.
        """
        document = closing.document
        sent = [p for p in self._packages.packages() if (p.test_id, p.hall) == (document.test_id, document.hall)]
        named = next((p for p in sent if p.package_id == document.package), None)
        if named is None:
            return None, f"it names the package {document.package[:12]}, which was not sent to {document.hall}"
        later = [p.number for p in sent if p.number > named.number and p.made_at <= parse_iso(document.closed_at)]
        if later:
            return None, (
                f"the hall closed on package {named.number}, and package {max(later)} had been sent before: "
                "load it there (kiosk hall load) and close again"
            )
        return named.made_at, ""

    def _roster_problem(self, closing: Closing, known: Mapping[str, Assignment], sent_at: datetime) -> str | None:
        rows = {row.assignment_id: row for row in closing.rows}
        expected = self._expected(closing)
        missing = [
            a.assignment_id
            for a in known.values()
            if a.assigned_at <= sent_at and (not expected or a.candidate_id in expected) and a.assignment_id not in rows
        ]
        if missing:
            return f"{len(missing)} of the roster are not in it: {_some(missing)}"
        for key, row in rows.items():
            if key not in known:
                return f"it names the assignment {key[:40]}, which the office does not know"
            if known[key].candidate_id != row.candidate_id:
                return f"it names another candidate than the office for the assignment {key[:40]}"
        return None

    def _expected(self, closing: Closing) -> set[str]:
        """Return the candidates named for its sessions; nobody named means everybody the test was given to."""
        return {c for s in self.sessions(closing) for c in self._office.sessions.expected(s.session_id)}

    def _bundle_problem(self, closing: Closing, known: Mapping[str, Assignment]) -> str | None:
        held, named = self._store.held(closing.document.hall), set(closing.bundles)
        missing = named - set(held)
        if missing:
            return f"{len(missing)} of the bundles it names have not come: {_some(missing)}"
        row_of = {b: (row.assignment_id, row.candidate_id) for row in closing.rows for b in row.bundles}
        unnamed: list[str] = []
        for start in range(0, len(held), AT_ONCE):
            manifests = self._manifests(held[start : start + AT_ONCE])
            tests = self._store.tests_of(m.paper for m in manifests.values())
            for bundle_id, manifest in manifests.items():
                about = manifest.assignment
                if bundle_id in named:
                    if row_of[bundle_id] != (about.assignment_id, about.candidate_id):
                        return f"the bundle {bundle_id[:12]} is of another assignment than it says"
                elif tests.get(manifest.paper) == closing.document.test_id or about.assignment_id in known:
                    unnamed.append(bundle_id)
        return (
            f"{len(unnamed)} bundles of this hall are here that it does not name: {_some(unnamed)}" if unnamed else None
        )

    def _manifests(self, bundle_ids: Iterable[str]) -> dict[str, BundleManifest]:
        """Return manifests as they were stored; each was verified before it was."""
        found = self._store.manifests(bundle_ids)
        return {b: read_manifest(read_envelope(e, PayloadType.BUNDLE).payload) for b, e in found.items()}


def _some(ids: Iterable[str]) -> str:
    listed = sorted(ids)
    more = f" and {len(listed) - FEW} more" if len(listed) > FEW else ""
    return ", ".join(i[:12] for i in listed[:FEW]) + more
