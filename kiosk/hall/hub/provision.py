"""Provision: sealed papers go to the seats before the exam, part by part; nothing here opens one."""

import base64
import hashlib
from collections import OrderedDict
from typing import Literal

from kiosk.hall.hub.presence import Presence
from kiosk.wire.hub import PART, BlobOffer, BlobPartMessage, FetchMessage, ProvisionMessage
from storage.hall.store import HallStore

HELD = 128 * 2**20
"""Bytes of blobs kept in memory, while the seats of a hall fetch the same few."""
LOOK_TICKS = 10
"""Ticks between two looks for packages that were loaded meanwhile."""


class PaperProvision:
    """Implements `kiosk.hall.hub.hub.Provision` over the sealed papers of a hall. Used by one thread at a time."""

    def __init__(self, store: HallStore, presence: Presence) -> None:
        self._store = store
        self._presence = presence
        self._packages: frozenset[str] = frozenset()
        self._offers: dict[str, BlobOffer] = {}
        self._blobs: OrderedDict[str, bytes] = OrderedDict()
        self._ticks = 0
        self._look()

    def join(self, seat: str) -> None:
        """Offer a seat that has just joined every sealed paper of this hall."""
        post = self._presence.post(seat)
        if post is not None and self._offers:
            post.send(ProvisionMessage(blobs=tuple(self._offers.values())))

    def fetch(self, seat: str, message: FetchMessage) -> None:
        """Send a seat the part it asks for; who asks for what is not here is told again what is."""
        blob = self._blob(message.sha256)
        post = self._presence.post(seat)
        if post is None:
            return
        count = 0 if blob is None else -(-len(blob) // PART)
        if blob is None or message.index >= count:
            self.join(seat)
            return
        data = base64.b64encode(blob[message.index * PART : (message.index + 1) * PART]).decode("ascii")
        post.send(BlobPartMessage(sha256=message.sha256, index=message.index, count=count, data=data))

    def tick(self) -> None:
        """Offer to all what a package brought that was loaded since, by whichever program."""
        self._ticks += 1
        if self._ticks % LOOK_TICKS == 0 and self._look():
            for heard in self._presence:
                self.join(heard.seat)

    def _look(self) -> bool:
        """Note what there is; return whether that is more than before."""
        packages = self._store.roster.packages()
        ids = frozenset(p.package_id for p in packages)
        if ids == self._packages:
            return False
        self._packages = ids
        before = set(self._offers)
        for test_id in sorted({p.test_id for p in packages}):
            for paper in self._store.papers.sealed(test_id):
                self._note(paper.digest, "paper", paper.blob)
                if paper.attachments is not None:
                    self._note(paper.digest, "attachments", paper.attachments)
        return set(self._offers) != before

    def _note(self, paper: str, role: Literal["paper", "attachments"], blob: bytes) -> None:
        digest = hashlib.sha256(blob).hexdigest()
        self._offers[digest] = BlobOffer(paper=paper, sha256=digest, length=len(blob), role=role)

    def _blob(self, digest: str) -> bytes | None:
        """Return a blob that was offered, from memory or from the store."""
        if digest in self._blobs:
            self._blobs.move_to_end(digest)
            return self._blobs[digest]
        offer = self._offers.get(digest)
        paper = None if offer is None else self._store.papers.paper(offer.paper)
        if offer is None or paper is None:
            return None
        blob = paper.blob if offer.role == "paper" else paper.attachments
        if blob is None or hashlib.sha256(blob).hexdigest() != digest:
            return None
        self._blobs[digest] = blob
        while len(self._blobs) > 1 and sum(map(len, self._blobs.values())) > HELD:
            self._blobs.popitem(last=False)
        return blob
