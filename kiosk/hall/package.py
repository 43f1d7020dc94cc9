"""Takes a package into the hall: verified, opened with the hall's identity, every paper tried, then kept."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from kiosk.exam.log import AuditEntry
from kiosk.exam.moment import parse_iso
from kiosk.exam.person import SYSTEM_ID
from kiosk.exam.roster import LoadedPackage, SealedPaper
from kiosk.hall.keys import HallKeys
from kiosk.sealing.package import Package, open_paper, read_package
from storage.hall.store import HallStore


def load_package(store: HallStore, keys: HallKeys, folder: Path, now: datetime) -> Package:
    """Load the package in a folder, whole or not at all; loading it again changes nothing.

    Raises Refused for one older than what is loaded, Denied for another hall's, Tampered or Invalid naming the file.
    """
    package = read_package(folder, keys.root, hall=keys.hall)
    newest = store.roster.newest_package(package.manifest.test_id)
    if newest is not None:
        package = read_package(folder, keys.root, hall=keys.hall, newest=(newest.number, newest.package_id))
    manifest = package.manifest
    loaded = LoadedPackage(
        package_id=package.package_id,
        test_id=manifest.test_id,
        hall=manifest.hall,
        number=manifest.number,
        envelope=package.envelope,
        made_at=parse_iso(manifest.made_at),
    )
    audit = AuditEntry(
        at=now,
        who=SYSTEM_ID,
        action="test.import_package",
        subject_type="packages",
        subject_id=package.package_id,
        details={"number": manifest.number, "papers": len(package.papers)},
    )
    store.roster.load(loaded, _papers(package, keys), package.roster(keys.identity).roster(), now, audit)
    return package


def _papers(package: Package, keys: HallKeys) -> Sequence[SealedPaper]:
    papers = []
    for digest in package.papers:
        identity = package.paper_identity(digest, keys.identity)
        blob = package.blob("paper", digest)
        paper = open_paper(blob, identity.reveal(), digest)
        papers.append(SealedPaper(digest, paper.test_id, blob, identity.reveal(), identity.recipient))
    return papers
