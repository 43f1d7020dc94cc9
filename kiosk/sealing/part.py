"""The sealed parts of a package, and whom each opens to.

paper             the paper's own fresh identity; padded, so that its size tells nothing
attachments       the same; the texts of its files, all in one, where it has any
locked_identity   the hall, and inside that the code in its envelope: that identity
outline           the hall: what may be told of the paper before it is opened
roster, canary    the hall
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from kiosk.exam.attachment import must_be_attached
from kiosk.exam.canonical import canonical
from kiosk.exam.error import Invalid, Tampered
from kiosk.exam.field import Fields
from kiosk.exam.outline import Outline
from kiosk.exam.paper import Paper
from kiosk.sealing.age import AgeIdentity, seal_to
from kiosk.sealing.certificate import Holder
from kiosk.sealing.envelope import read_canonical
from kiosk.wire.package import LARGEST_ATTACHMENTS, LARGEST_BLOB
from kiosk.wire.roster import RosterDocument

OF_A_PAPER = ("paper", "locked_identity", "outline")
"""The roles of the parts that go with each paper."""
ATTACHMENTS = "attachments"
"""The role of the part that goes with a paper that has files."""
_FORMAT = "exam-kiosk attachments 1"
PAD = 65_536
"""Bytes of which a paper's plain text is filled up to a multiple."""
_BLANK = b" "
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Part:
    """One sealed part, named by the digest of its bytes."""

    role: str
    paper: str | None
    data: bytes = field(repr=False)
    recipient: str | None = None
    """For a paper, what it is sealed to."""

    @property
    def sha256(self) -> str:
        """SHA-256 of the sealed bytes, lower-case hex."""
        return hashlib.sha256(self.data).hexdigest()

    def document(self) -> dict[str, Any]:
        """Return how the manifest lists it."""
        return {
            "sha256": self.sha256,
            "length": len(self.data),
            "role": self.role,
            "paper": self.paper,
            "recipient": self.recipient,
        }


def seal_parts(
    papers: Sequence[tuple[Paper, AgeIdentity]],
    roster: RosterDocument,
    hall: Holder,
    lock: str,
    named: tuple[str, int],
    attached: Mapping[str, str] = _NOTHING,
) -> list[Part]:
    """Return every part of the package that `named` gives test and number of; `lock` is the envelope's recipient.

    `attached` are the texts of the papers' files by their SHA-256. Raises Invalid where the hall has no age recipient
    or the roster is another hall's, and for a part too large, Tampered where a text is not what its paper names.
    """
    if hall.recipient is None or hall.hall is None:
        raise Invalid("the hall's certificate names no age recipient, so nothing can be sealed to it")
    if roster.hall != hall.hall:
        raise Invalid(f"the roster is of the hall {roster.hall}, and the package for {hall.hall}")
    to_hall, (test_id, number) = [hall.recipient], named
    parts = [
        Part("roster", None, seal_to(to_hall, canonical(roster.model_dump(mode="json")))),
        Part("canary", None, seal_to(to_hall, canary_bytes(test_id, hall.hall, number))),
    ]
    for paper, identity in papers:
        locked = seal_to([lock], identity.reveal().encode("ascii"))
        parts += [
            Part("paper", paper.digest, seal_to([identity.recipient], padded(paper.to_bytes())), identity.recipient),
            Part("locked_identity", paper.digest, seal_to(to_hall, locked)),
            Part("outline", paper.digest, seal_to(to_hall, Outline.of(paper).to_bytes())),
        ]
        if paper.files:
            sealed = seal_to([identity.recipient], padded(attachments_bytes(paper, attached)))
            parts.append(Part(ATTACHMENTS, paper.digest, sealed))
    for part in parts:
        most = LARGEST_ATTACHMENTS if part.role == ATTACHMENTS else LARGEST_BLOB
        if len(part.data) > most:
            raise Invalid(f"the {part.role} has {len(part.data):,} bytes sealed; at most {most:,} travel")
    return parts


def padded(plain: bytes) -> bytes:
    """Return canonical bytes filled up with blanks to a multiple of 64 KiB."""
    return plain + _BLANK * (-len(plain) % PAD)


def attachments_bytes(paper: Paper, attached: Mapping[str, str]) -> bytes:
    """Return the texts of a paper's files as one document; raises Tampered where one is not what the paper names."""
    texts = {f.sha256: attached[f.sha256] for f in paper.files if f.sha256 in attached}
    must_be_attached(paper, texts)
    return canonical({"format": _FORMAT, "texts": texts})


def open_attachments(blob: bytes | None, identity: str, paper: Paper) -> Mapping[str, str]:
    """Return the texts of a paper's files by their SHA-256, opened with the paper's own identity.

    Raises Tampered unless they are exactly what the paper names.
    """
    texts: Mapping[str, str] = {}
    if blob is not None:
        document = Fields(read_canonical(AgeIdentity(identity).open(blob).rstrip(_BLANK)))
        if document.text("format") != _FORMAT:
            raise Invalid("the attachments are not of this version")
        inner = document.inner("texts")
        texts = {digest: inner.text(digest) for digest in inner.fields}
    must_be_attached(paper, texts)
    return texts


def canary_bytes(test_id: str, hall: str, number: int) -> bytes:
    """Return what the canary of a package says: no secret, but only its own hall can read it."""
    return canonical({"canary": "This hall can open what is sealed to it.", "test": test_id, "hall": hall, "n": number})


def open_paper(blob: bytes, identity: str, digest: str) -> Paper:
    """Return a paper opened with its own identity; raises Tampered unless it is the paper `digest` names."""
    plain = AgeIdentity(identity).open(blob).rstrip(_BLANK)
    if hashlib.sha256(plain).hexdigest() != digest:
        raise Tampered("the paper is not the one its digest names")
    return Paper.from_document(read_canonical(plain))


def unlock(locked: bytes, hall: AgeIdentity, code: AgeIdentity) -> str:
    """Return the identity that an envelope's code opens; raises Tampered with the wrong code or in another hall."""
    inner = hall.open(locked)
    try:
        return AgeIdentity(code.open(inner).decode("ascii", "replace")).reveal()
    except Tampered:
        raise Tampered("This code opens nothing here. Is it the envelope of this test and this hall?") from None
