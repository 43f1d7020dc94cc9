"""Releases: from when on a hall may open the papers of a test. Two persons' act at the office, never a clock's."""

from dataclasses import dataclass, field
from datetime import datetime

from kiosk.central.keys import CentralKeys
from kiosk.exam.error import Denied, Refused
from kiosk.exam.roles import Actor
from kiosk.exam.text import clean_line
from kiosk.office.office import Office
from kiosk.office.publication import paper_of
from kiosk.sealing.age import AgeIdentity
from kiosk.sealing.certificate import Holder, verify_chain
from kiosk.sealing.envelope import PayloadType, read_envelope
from kiosk.sealing.key import KeyRole
from kiosk.sealing.lock import code_identity, draw_code
from kiosk.sealing.release import read_release, sign_release
from kiosk.wire.package import PackageManifest
from storage.central.package import PackageStore
from storage.central.release import GivenRelease, ReleaseStore

RIGHT = "test.export_package"
"""Handing a paper over and handing over what opens it need the same two persons."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """What is printed and put in a hall's envelope."""

    test_id: str
    title: str
    hall: str
    code: str = field(repr=False)
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """A code that took another's place, and the packages that were sent before and do not open to it."""

    slip: Slip
    replaced: tuple[int, ...]
    """Numbers of the packages that open to the code it replaced."""
    older: tuple[int, ...]
    """Numbers of those that open to a code before that."""


class Releases:
    """Gives out release tokens and envelope codes."""

    def __init__(self, office: Office, packages: PackageStore, releases: ReleaseStore, keys: CentralKeys) -> None:
        self._office = office
        self._packages = packages
        self._releases = releases
        self._keys = keys

    def lock(self, test_id: str, hall: str) -> str:
        """Return the age recipient of a hall's envelope; the code is drawn the first time and kept."""
        return code_identity(self._code(test_id, hall), test_id, hall).recipient

    def slip(self, actor: Actor, test_id: str, hall: str) -> Slip:
        """Return what goes into the envelope of a hall: always the same code, so that a printed one stays right.

        Raises Denied without the right. That somebody was shown it is written down.
        """
        self._office.check(RIGHT, actor)
        paper = paper_of(self._office, test_id)
        code = self._code(test_id, hall)
        self._releases.note(self._office.audit(RIGHT, actor, "envelope_codes", test_id, hall=hall))
        return Slip(test_id=test_id, title=paper.title, hall=hall, code=code, made_at=self._office.now())

    def renew(self, actor: Actor, test_id: str, hall: str, reason: str) -> Renewal:
        """Replace the code of a hall's envelope, because it leaked; the next package opens to the new one.

        Raises Denied without the right, Refused without a reason and where no code was drawn.
        """
        self._office.check(RIGHT, actor)
        paper = paper_of(self._office, test_id)
        if not reason.strip():
            raise Refused("A code is replaced for a reason: say which, with --reason.")
        code, words = draw_code(), clean_line(reason)
        audit = self._office.audit(RIGHT, actor, "envelope_codes", test_id, hall=hall, renewed=True, reason=words)
        before = self._releases.renew(test_id, hall, code, audit)
        sent = [p for p in self._packages.packages() if (p.test_id, p.hall) == (test_id, hall)]
        slip = Slip(test_id=test_id, title=paper.title, hall=hall, code=code, made_at=audit.at)
        return Renewal(
            slip=slip,
            replaced=tuple(sorted(p.number for p in sent if p.made_at >= before)),
            older=tuple(sorted(p.number for p in sent if p.made_at < before)),
        )

    def token(self, test_id: str, hall: str) -> bytes | None:
        """Return the token that was given for a test and a hall, byte for byte the same, or None before."""
        return self._releases.token(test_id, hall)

    def give(self, actor: Actor, test_id: str, hall: str) -> bytes:
        """Release a test's papers to a hall and return the token; asked again, the same one.

        A hall whose key was replaced since gets a new one, sealed to the new key; so does one whose token was signed
        by a key that is revoked now. Raises Denied without the right, Refused before a package was sent to that hall.
        """
        self._office.check(RIGHT, actor)
        to = self._holder(test_id, hall)
        known = self._releases.token(test_id, hall)
        if known is not None and self._is_of_use(known, to):
            return known
        paper, now = paper_of(self._office, test_id), self._office.now()
        secret = AgeIdentity(self._packages.identity(paper.digest, _never, now))
        token = sign_release(test_id, to, [(paper.digest, secret)], self._keys.issuer(), now)
        given = GivenRelease(test_id=test_id, hall=hall, envelope=token, released_at=now, released_by=actor.user_id)
        audit = self._office.audit(RIGHT, actor, "releases", test_id, hall=hall)
        return self._releases.give(given, audit, known)

    def _is_of_use(self, token: bytes, to: Holder) -> bool:
        try:
            release = read_release(token, self._keys.root, revoked=self._keys.revoked())
        except Denied:
            return False  # signed under a revoked key: the hall would refuse it
        return release.document.recipient == to.recipient

    def _code(self, test_id: str, hall: str) -> str:
        return self._releases.code(test_id, hall, draw_code, self._office.now())

    def _holder(self, test_id: str, hall: str) -> Holder:
        sent = self._packages.newest(test_id, hall)
        if sent is None:
            raise Refused(f"No package of this test was made for the hall {hall}. Make one: kiosk central package.")
        payload = read_envelope(sent.envelope, PayloadType.PACKAGE).canonical_payload()
        manifest = PackageManifest.model_validate_json(payload)
        chain = manifest.hall_certificates
        return verify_chain(chain, self._keys.root, KeyRole.HALL, revoked=self._keys.revoked()).standing()


def _never() -> tuple[str, str]:
    raise Refused("The paper of this test was never sealed. Make a package first.")
