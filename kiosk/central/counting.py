"""Counting: stored bundles are opened, held against their manifest and the hall's word, folded, and made rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kiosk.central.permission import Permissions
from kiosk.exam.attempt import Attempt
from kiosk.exam.entry import Kind
from kiosk.exam.error import MISSHAPEN, Invalid, KioskError
from kiosk.exam.moment import Clock, parse_iso
from kiosk.exam.page import Page, page_of
from kiosk.exam.paper import Paper
from kiosk.exam.status import BundleState
from kiosk.exam.story import story
from kiosk.sealing import frame
from kiosk.sealing.age import AgeIdentity
from kiosk.sealing.body import Contents, open_body
from kiosk.sealing.bundle import Bundle, verify
from storage.central.count import CountStore, Opened
from storage.central.intake import IntakeStore
from storage.engine import StoreError
from storage.office.paper import PaperStore


@dataclass(frozen=True, slots=True)
class Settled:
    """A bundle that was opened, and where it stands now."""

    bundle_id: str
    state: BundleState
    flags: tuple[str, ...] = ()
    problem: str | None = None

    @property
    def is_counted(self) -> bool:
        """Whether its journal is in the rows."""
        return self.state is BundleState.COUNTED

    @property
    def is_failed(self) -> bool:
        """Whether it was found wrong when it was opened."""
        return self.state is BundleState.FAILED


class Counting:
    """Opens what intake stored. One bundle that cannot be counted holds up no other."""

    def __init__(
        self,
        arrivals: IntakeStore,
        counts: CountStore,
        papers: PaperStore,
        identity: AgeIdentity,
        root: str,
        clock: Clock,
    ) -> None:
        self._arrivals = arrivals
        self._counts = counts
        self._papers = papers
        self._identity = identity
        self._root = root
        self._clock = clock

    def work(self) -> Iterator[Settled]:
        """Open every bundle that waits, and those that failed before, in the order they came."""
        for line in self._arrivals.lines(BundleState.RECEIVED, BundleState.FAILED):
            yield self.settle(line.bundle_id)

    def settle(self, bundle_id: str) -> Settled:
        """Open and count one bundle; a problem is written down with it and returned, not raised."""
        now = parse_iso(self._clock.now().at)
        try:
            opened = self._open(bundle_id)
            if opened is None:
                return Settled(bundle_id, BundleState.COUNTED)
            state = self._counts.count(opened, now)
        except StoreError:
            raise  # the store's trouble says nothing about the bundle
        except KioskError as error:
            self._counts.fail(bundle_id, error.message, now)
            return Settled(bundle_id, BundleState.FAILED, problem=error.message)
        return Settled(bundle_id, state, opened.flags)

    def _open(self, bundle_id: str) -> Opened | None:
        waiting = self._counts.waiting(bundle_id)
        if waiting is None:
            return None
        bundle = verify(frame.join(waiting.envelope, waiting.body), self._root)
        contents = open_body(bundle.manifest, bundle.body, self._identity)
        return fold_in(bundle, contents, self._papers.paper(contents.genesis.paper), self._root)


def fold_in(bundle: Bundle, contents: Contents, paper: Paper, root: str) -> Opened:
    """Return what a bundle's contents come to; raises Invalid for a journal that cannot be replayed."""
    try:
        return _folded(bundle, contents, paper, root)
    except MISSHAPEN as error:
        name = type(error).__name__
        raise Invalid(f"the journal cannot be replayed: an entry has another shape than its kind ({name})") from error


def _folded(bundle: Bundle, contents: Contents, paper: Paper, root: str) -> Opened:
    attempt = Attempt.fold(paper, contents.genesis, contents.entries)
    if attempt.opening is None:
        raise Invalid("the journal has no opening")
    page = replace(page_of(attempt, contents.entries), evidence=contents.evidence)
    _must_agree(bundle, page)
    permissions = Permissions.of(bundle.manifest.certificates[1:], root, contents)
    return Opened(
        bundle_id=bundle.bundle_id,
        page=page,
        candidate=contents.candidate,
        leases=permissions.leases,
        story=story(contents.genesis, contents.entries, page.candidate_id),
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
