"""Despatch: a package for one test and one hall, searched for keys before a byte of it is written."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from kiosk.central.keys import CentralKeys
from kiosk.central.release import Releases
from kiosk.exam.attachment import is_address
from kiosk.exam.canonical import canonical
from kiosk.exam.error import Invalid, KioskError, Refused
from kiosk.exam.moment import iso
from kiosk.exam.paper import Paper
from kiosk.exam.roles import Actor
from kiosk.exam.roster import Roster
from kiosk.office.office import Office
from kiosk.office.publication import attachments_of, paper_of
from kiosk.sealing.age import AgeIdentity
from kiosk.sealing.canary import KEY_MARK, search
from kiosk.sealing.package import Address, Package, write_package
from kiosk.wire.document import words
from kiosk.wire.roster import RosterDocument
from storage.central.package import PackageStore, SentPackage

EXPORT = "test.export_package"


@dataclass(frozen=True, slots=True)
class HallKeys:
    """The public halves of a hall's keys."""

    hall: str
    signing: str
    recipient: str


class Despatch:
    """Sends tests down to halls."""

    def __init__(self, office: Office, packages: PackageStore, releases: Releases, keys: CentralKeys) -> None:
        self._office = office
        self._packages = packages
        self._releases = releases
        self._keys = keys

    def next_number(self, test_id: str, hall: str) -> int:
        """Return the number the next package of a test for a hall will have."""
        before = self._packages.newest(test_id, hall)
        return 1 if before is None else before.number + 1

    def send(self, actor: Actor, test_id: str, to: HallKeys, roster: Roster, folder: Path) -> Package:
        """Write the next package of a test for a hall into a new folder and remember it.

        Raises Denied without the right, Refused for a draft and where a Key is found in what would leave.
        """
        self._office.check(EXPORT, actor)
        paper = paper_of(self._office, test_id)
        document = _document(to.hall, roster)
        attached = attachments_of(self._office, paper)
        _must_hold_no_key(paper, document, attached)
        now = self._office.now()
        secret = self._packages.identity(paper.digest, _fresh_identity, now)
        before = self._packages.newest(test_id, to.hall)
        address = Address(
            test_id=test_id,
            hall_chain=self._keys.certify_hall(to.hall, to.signing, to.recipient, now),
            number=1 if before is None else before.number + 1,
            previous=None if before is None else before.package_id,
            lock=self._releases.lock(test_id, to.hall),
        )
        issuer = self._keys.issuer()
        package = write_package(folder, address, [(paper, AgeIdentity(secret))], document, issuer, iso(now), attached)
        self._remember(actor, package, folder)
        return package

    def _remember(self, actor: Actor, package: Package, folder: Path) -> None:
        manifest = package.manifest
        particulars = {"test": manifest.test_id, "hall": manifest.hall, "number": manifest.number}
        audit = self._office.audit(EXPORT, actor, "packages", package.package_id, **particulars)
        sent = SentPackage(
            package_id=package.package_id,
            test_id=manifest.test_id,
            hall=manifest.hall,
            number=manifest.number,
            envelope=package.envelope,
            made_at=audit.at,
        )
        try:
            self._packages.add(sent, audit)
        except KioskError:
            shutil.rmtree(folder)
            raise


def naming_files(paper: Paper) -> tuple[str, ...]:
    """Return the ids of the questions that name a file which was not printed with the paper: its name travels alone."""
    printed = {f.name for f in paper.files}
    return tuple(i for i, q in paper.questions.items() if not all(a in printed or is_address(a) for a in q.attachments))


def _document(hall: str, roster: Roster) -> RosterDocument:
    try:
        return RosterDocument.of(hall, roster)
    except ValidationError as error:
        raise Invalid(f"the roster cannot travel: {words(error)}") from None


def _must_hold_no_key(paper: Paper, roster: RosterDocument, attached: Mapping[str, str]) -> None:
    leaving = [("paper", paper.to_bytes()), ("roster", canonical(roster.model_dump(mode="json")))]
    leaving += [(f"attachment {f.name}", attached[f.sha256].encode("utf-8")) for f in paper.files]
    for place, plain in leaving:
        if search(plain, [KEY_MARK], place):
            raise Refused(f"A Key was found in the {place}, so nothing was written. Look at the test's texts.")


def _fresh_identity() -> tuple[str, str]:
    identity = AgeIdentity.generate()
    return identity.reveal(), identity.recipient
