"""Releases in the hall: the papers of a test are opened, by central's token or by the code in the hall's envelope."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from kiosk.exam.error import Refused, Tampered
from kiosk.exam.log import AuditEntry
from kiosk.exam.moment import Clock, parse_iso
from kiosk.exam.roster import SealedPaper
from kiosk.hall.keys import HallKeys
from kiosk.hall.supervision import Pair, Supervision
from kiosk.sealing.lock import code_identity
from kiosk.sealing.part import open_attachments, open_paper, unlock
from kiosk.sealing.release import read_release
from storage.hall.store import HallStore

RIGHT = "proctoring.open_close_hall"
CONSOLE = "console"


@dataclass(frozen=True, slots=True)
class Opened:
    """What a release came to."""

    test_id: str
    papers: tuple[str, ...]
    """Digests of the papers that are open now, and proved to be the ones the package names."""
    by: tuple[str, ...]
    """Names of who did it."""
    flags: tuple[str, ...] = ()


class Opening:
    """Opens papers. Before, nothing in the hall can; which time it is plays no part."""

    def __init__(self, store: HallStore, keys: HallKeys, supervision: Supervision, clock: Clock) -> None:
        self._store = store
        self._keys = keys
        self._supervision = supervision
        self._clock = clock

    def by_token(self, token: bytes, pin: str, test_id: str | None = None) -> Opened:
        """Open the papers of a release token. One PIN is enough: two persons at the office stand behind the token.

        Raises Denied for a wrong PIN and another hall's token, Tampered or Invalid for one that does not hold.
        """
        pair = self._supervision.allowed(RIGHT, pin, None, CONSOLE)
        revoked = self._keys.revocations.read()
        release = read_release(token, self._keys.root, hall=self._keys.hall, test_id=test_id, revoked=revoked)
        told = release.document.test_id
        given = release.identities(self._keys.identity)
        identities = {p.digest: given[p.digest] for p in self._sealed(told) if p.digest in given}
        if not identities:
            raise Refused("This release is for another paper than the one that was loaded. Load the newest package.")
        return self._open(told, identities, pair, "token", release.flags)

    def by_code(self, test_id: str, code: str, pin: str, second_pin: str) -> Opened:
        """Open the papers of a test with the code in the hall's envelope, before two proctors.

        Raises Denied for wrong PINs or the same person twice, Mistyped for a slip in the code, Tampered for a code
        that opens nothing here.
        """
        lock = code_identity(code, test_id, self._keys.hall)
        pair = self._supervision.allowed(RIGHT, pin, second_pin, CONSOLE)
        papers = self._sealed(test_id)
        identities = {p.digest: unlock(p.locked_identity, self._keys.identity, lock) for p in papers}
        return self._open(test_id, identities, pair, "code", ())

    def _sealed(self, test_id: str) -> tuple[SealedPaper, ...]:
        papers = self._store.papers.sealed(test_id)
        if not papers:
            raise Refused(f"No package of the test {test_id} was loaded here.")
        return papers

    def _open(
        self, test_id: str, identities: Mapping[str, str], pair: Pair, way: Literal["token", "code"],
        flags: tuple[str, ...],
    ) -> Opened:  # fmt: skip
        for paper in self._store.papers.sealed(test_id):
            if paper.digest in identities:
                opened = open_paper(paper.blob, identities[paper.digest], paper.digest)
                open_attachments(paper.attachments, identities[paper.digest], opened)
                if opened.test_id != test_id:
                    raise Tampered("the paper is of another test")
        people = (pair.first, *([pair.second] if pair.second else []))
        audit = AuditEntry(
            at=parse_iso(self._clock.now().at),
            who=pair.first.user_id,
            action=RIGHT,
            subject_type="sealed_papers",
            subject_id=test_id,
            details={
                "release": way,
                "papers": len(identities),
                **({"second": pair.second.user_id} if pair.second else {}),
                **({"flags": "; ".join(flags)} if flags else {}),
            },
        )
        self._store.papers.release(identities, audit.at, audit)
        return Opened(test_id, tuple(sorted(identities)), tuple(p.name for p in people), flags)
