"""The opener: a stored bundle is verified again, opened with intake's key, and folded, the hall's word behind it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from kiosk.central.permission import Permissions
from kiosk.exam.attempt import Attempt
from kiosk.exam.entry import Kind
from kiosk.exam.error import MISSHAPEN, Invalid, Refused
from kiosk.exam.page import Page, page_of
from kiosk.exam.paper import Paper
from kiosk.exam.rank import rank
from kiosk.exam.story import story
from kiosk.sealing import frame
from kiosk.sealing.age import AgeIdentity
from kiosk.sealing.body import Contents, open_body
from kiosk.sealing.bundle import Bundle, verify
from kiosk.sealing.revocation import Revocations
from storage.central.count import Opened
from storage.central.sitting import missing_paper


@dataclass(frozen=True, slots=True)
class Opener:
    """What opens bundles: intake's identity, the root to believe by, what is revoked, and the papers printed here."""

    identity: AgeIdentity = field(repr=False)
    root: str
    revoked: Callable[[], Revocations]
    find_paper: Callable[[str], Paper]
    """Raises Refused for a paper that is not here."""
    _papers: dict[str, Paper] = field(default_factory=dict, repr=False)
    """Printed papers never change, so each is read once."""

    def verified(self, envelope: bytes, body: bytes) -> Bundle:
        """Return a stored bundle verified again; raises KioskError where it does not hold any more."""
        return verify(frame.join(envelope, body), self.root, self.revoked())

    def contents(self, bundle: Bundle) -> Contents:
        """Return what a bundle holds, its chain verified; raises KioskError otherwise."""
        return open_body(bundle.manifest, bundle.body, self.identity)

    def paper(self, digest: str) -> Paper:
        """Return a paper; raises Invalid where it was not printed here."""
        if digest not in self._papers:
            try:
                self._papers[digest] = self.find_paper(digest)
            except Refused:
                raise Invalid(missing_paper(digest)) from None
        return self._papers[digest]

    def opened(self, bundle: Bundle) -> Opened:
        """Return what a verified bundle comes to; raises Invalid for a journal that cannot be replayed."""
        contents = self.contents(bundle)
        return fold_in(bundle, contents, self.paper(contents.genesis.paper), self.root)


def attempt_of(contents: Contents, paper: Paper) -> Attempt:
    """Return the attempt a body's journal describes; raises Invalid for one that cannot be replayed."""
    try:
        return Attempt.fold(paper, contents.genesis, contents.entries)
    except MISSHAPEN as error:
        raise _unreplayable(error) from error


def fold_in(bundle: Bundle, contents: Contents, paper: Paper, root: str) -> Opened:
    """Return what a bundle's contents come to; raises Invalid for a journal that cannot be replayed."""
    try:
        return _folded(bundle, contents, paper, root)
    except MISSHAPEN as error:
        raise _unreplayable(error) from error


def _folded(bundle: Bundle, contents: Contents, paper: Paper, root: str) -> Opened:
    attempt = Attempt.fold(paper, contents.genesis, contents.entries)
    if attempt.opening is None:
        raise Invalid("the journal has no opening")
    page = replace(page_of(attempt, contents.entries), evidence=contents.evidence)
    _must_agree(bundle, page)
    permissions = Permissions.of(bundle.manifest.certificates[1:], root, contents)
    leases = [signed.lease for signed in permissions.leases]
    own = [lease for lease in leases if lease.seat == bundle.manifest.seat]
    return Opened(
        bundle_id=bundle.bundle_id,
        rank=rank(contents.genesis, contents.entries, own or leases, bundle.bundle_id),
        page=page,
        candidate=contents.candidate,
        leases=permissions.leases,
        story=story(contents.genesis, contents.entries, page.candidate_id),
        questions=frozenset(paper.questions),
        flags=(*bundle.flags, *permissions.flags, *_doubts(bundle, page)),
    )


def _must_agree(bundle: Bundle, page: Page) -> None:
    assignment, standing = bundle.manifest.assignment, page.standing
    if (assignment.candidate_id, assignment.attempt) != (page.candidate_id, standing.attempt):
        raise Invalid("the manifest and the opening name another candidate or attempt")
    if bundle.manifest.time.used_ms // 1000 != standing.duration and standing.duration is not None:
        raise Invalid("the manifest and the journal differ in the time used")


def _doubts(bundle: Bundle, page: Page) -> Sequence[str]:
    named = {e.body["evidence"] for e in page.entries if e.kind is Kind.CAPTURED}
    held = {e.digest for e in page.evidence}
    doubts = []
    if named - held:
        doubts.append(f"{len(named - held)} screen captures named in the journal are missing")
    if held - named:
        doubts.append(f"{len(held - named)} screen captures are not named in the journal")
    if bundle.manifest.handed_in is None:
        doubts.append("the sitting was not handed in")
    return doubts


def _unreplayable(error: Exception) -> Invalid:
    name = type(error).__name__
    return Invalid(f"the journal cannot be replayed: an entry has another shape than its kind ({name})")
