"""Provision: fetches the sealed papers the hub offers, part by part, so that they lie here before the exam."""

import base64
import binascii
import hashlib
from collections import deque
from collections.abc import Callable
from threading import Lock

from kiosk.exam.error import Invalid, Tampered
from kiosk.wire.hub import PART, BlobOffer, BlobPartMessage, FetchMessage, ProvisionMessage
from storage.seat.paper import PaperPart

LARGEST = 256 * 2**20
"""Bytes of a blob that is fetched; a package holds none so large."""


class Provisions:
    """Fetches one blob after the other; usable from any thread. A line that is cut begins the blob under way anew."""

    def __init__(self, papers: PaperPart, say: Callable[[FetchMessage], object]) -> None:
        self._papers = papers
        self._say = say
        self._lock = Lock()
        self._waiting: deque[BlobOffer] = deque()
        self._coming = bytearray()
        self.held = papers.digests()
        """The papers that lie here, verified."""

    def offered(self, message: ProvisionMessage) -> None:
        """Fetch what is offered and is not here."""
        with self._lock:
            self._waiting = deque(o for o in message.blobs if o.length <= LARGEST and not self._is_here(o))
            self._ask_anew()

    def came(self, part: BlobPartMessage) -> None:
        """Take the part that was asked for, and keep the blob with its last; raises Tampered for other bytes."""
        with self._lock:
            if not self._waiting or part.sha256 != self._waiting[0].sha256 or part.index != self._next:
                return  # an answer to what was asked on an earlier line
            self._coming += _bytes(part)
            if len(self._coming) < self._waiting[0].length and part.index + 1 < part.count:
                self._say(FetchMessage(sha256=part.sha256, index=self._next))
                return
            offer, blob = self._waiting.popleft(), bytes(self._coming)
            try:
                self._keep(offer, blob)
            finally:
                self._ask_anew()

    @property
    def _next(self) -> int:
        return -(-len(self._coming) // PART)

    def _keep(self, offer: BlobOffer, blob: bytes) -> None:
        if (len(blob), hashlib.sha256(blob).hexdigest()) != (offer.length, offer.sha256):
            raise Tampered("a sealed paper came otherwise than the hall offered it")
        if offer.role == "paper":
            self._papers.keep(offer.paper, blob=blob)
        else:
            self._papers.keep(offer.paper, attachments=blob)
        self.held = self._papers.digests()

    def _is_here(self, offer: BlobOffer) -> bool:
        kept = self._papers.sealed(offer.paper)
        part = None if kept is None else kept[0 if offer.role == "paper" else 1]
        return part is not None and hashlib.sha256(part).hexdigest() == offer.sha256

    def _ask_anew(self) -> None:
        self._coming = bytearray()
        if self._waiting:
            self._say(FetchMessage(sha256=self._waiting[0].sha256, index=0))


def _bytes(part: BlobPartMessage) -> bytes:
    try:
        data = base64.b64decode(part.data, validate=True)
    except binascii.Error:
        raise Invalid("a part of a paper came damaged from the hall") from None
    if len(data) > PART or (part.index + 1 < part.count and len(data) != PART):
        raise Invalid("a part of a paper is of another length than the hall sends")
    return data
