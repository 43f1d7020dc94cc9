"""Takes a package into the hall: verified, what is the hall's to read opened, and kept. Its papers stay shut."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kiosk.exam.error import Invalid, Tampered
from kiosk.exam.log import AuditEntry
from kiosk.exam.moment import parse_iso
from kiosk.exam.person import SYSTEM_ID
from kiosk.exam.roster import LoadedPackage, Roster, SealedPaper
from kiosk.hall.keys import HallKeys
from kiosk.sealing.package import Package, must_be_newest, read_package
from storage.hall.store import HallStore


@dataclass(frozen=True, slots=True)
class Loaded:
    """A package that is in, and what the hall read of it."""

    package: Package
    roster: Roster
    papers: tuple[SealedPaper, ...]


def load_package(store: HallStore, keys: HallKeys, folder: Path, now: datetime) -> Loaded:
    """Load the package in a folder, whole or not at all; loading it again changes nothing.

    Raises Refused for one older than what is loaded, Denied for another hall's, Tampered or Invalid naming the file.
    """
    package = read_package(folder, keys.root, hall=keys.hall, revoked=keys.revocations.read())
    manifest = package.manifest
    newest = store.roster.newest_package(manifest.test_id)
    if newest is not None:
        must_be_newest(manifest, package.package_id, (newest.number, newest.package_id))
    try:
        package.check_canary(keys.identity)
    except Tampered as error:
        raise Tampered(
            f"This hall cannot open what is sealed to it ({error.message}). Ask for a new package."
        ) from None
    roster, papers = package.roster(keys.identity).roster(), _papers(package, keys)
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
        details={"number": manifest.number, "papers": len(papers)},
    )
    keys.revocations.keep(package.revocations)
    store.roster.load(loaded, papers, roster, now, audit)
    return Loaded(package, roster, papers)


def _papers(package: Package, keys: HallKeys) -> tuple[SealedPaper, ...]:
    papers = []
    for digest in package.papers:
        outline = package.outline(digest, keys.identity)
        if outline.test_id != package.manifest.test_id:
            raise Invalid(f"the package of {package.manifest.test_id} holds a paper of {outline.test_id}")
        locked = package.blob("locked_identity", digest)
        keys.identity.open(locked)
        blob = package.blob("paper", digest)
        recipient, attachments = package.recipient(digest), package.attachments(digest)
        papers.append(SealedPaper(digest, outline.test_id, blob, recipient, locked, outline, attachments))
    return tuple(papers)
