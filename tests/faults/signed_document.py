"""Every kind of signed document there is, made by a whole ring of keys, and read as its receiver reads it."""

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from builders import NOON, a_grant, a_lease, a_paper, a_question, a_section, an_attempt
from keyring import HALL, SEAT, Keyring, a_bundle, a_roster
from kiosk.exam.act_code import Signatory, Terms, challenge_of, code_of
from kiosk.exam.assignment import AssignmentStatus
from kiosk.exam.canonical import canonical
from kiosk.exam.closing import RowState
from kiosk.exam.error import Invalid
from kiosk.exam.grant import Act
from kiosk.exam.moment import iso
from kiosk.exam.paper import Paper
from kiosk.ground.certificate import DoorCertificate
from kiosk.sealing import frame
from kiosk.sealing.address import parse_address, read_address, sign_address
from kiosk.sealing.age import AgeIdentity
from kiosk.sealing.bundle import Bundle, verify
from kiosk.sealing.carried import open_journal, seal_journal
from kiosk.sealing.certificate import verify_chain
from kiosk.sealing.closing import closeout, read_closeout, read_closing, sign_closing
from kiosk.sealing.coded_grant import CodedGrant, proctor_name, read_coded, sign_coded
from kiosk.sealing.decision import read_decision, sign_decision
from kiosk.sealing.envelope import PayloadType, open_envelope, read_envelope, sign
from kiosk.sealing.erasure import Grave, Wiper, read_tombstone, tombstone
from kiosk.sealing.handover import open_handover, seal_handover
from kiosk.sealing.index import Indexer, read_index
from kiosk.sealing.key import KeyRole, SigningKey
from kiosk.sealing.lock import code_identity, draw_code
from kiosk.sealing.package import BLOBS, MANIFEST, Address, Issuer, read_package, write_package
from kiosk.sealing.receipt import ReceiptSigner, read_receipt
from kiosk.sealing.release import read_release, sign_release
from kiosk.sealing.revocation import NONE_REVOKED, Revocations, read_revocations, revoke
from kiosk.sealing.seat_proof import check_seat_proof, sign_seat_proof
from kiosk.sealing.store_key import read_proof, sign_proof
from kiosk.seat.expectation import read_expected
from kiosk.seat.trust import Trust
from kiosk.wire.answer import CandidateAnswer, InstructionsAnswer, OfferAnswer, TestAnswer
from kiosk.wire.closing import ClosingDocument, ExplainedRow
from kiosk.wire.expected import ExpectedDocument
from kiosk.wire.handover import HandoverContents
from kiosk.wire.hub import FrameMessage, SeatProof
from kiosk.wire.index import IndexedBundle
from kiosk.wire.revocation import RevokedDocument

Make = Callable[[Keyring], bytes]
Read = Callable[[bytes, Keyring, Revocations], Any]
"""Reads a document on the word of a ring's root, knowing what is revoked; returns what it makes of it."""


@dataclass(frozen=True)
class Kind:
    """One kind of signed document."""

    name: str
    payload_type: PayloadType
    role: KeyRole
    """Whose key signs it."""
    make: Make
    read: Read

    def forged(self, data: bytes, key: SigningKey, **changes: Any) -> bytes:
        """Return a document with fields changed, signed by `key`, framed as it was."""
        envelope, body = frame.split(data) if self.payload_type is PayloadType.BUNDLE else (data, None)
        document = read_envelope(envelope, self.payload_type).document() | changes
        again = sign(self.payload_type, document, key)
        return again if body is None else frame.join(again, body)

    def retyped(self, data: bytes, key: SigningKey, other: PayloadType) -> bytes:
        """Return the same words signed as another kind of document."""
        envelope, body = frame.split(data) if self.payload_type is PayloadType.BUNDLE else (data, None)
        again = sign(other, read_envelope(envelope, self.payload_type).document(), key)
        return again if body is None else frame.join(again, body)

    def certificates(self, data: bytes) -> Any:
        """Return the certificates it carries, or None where it carries none."""
        envelope = frame.split(data)[0] if self.payload_type is PayloadType.BUNDLE else data
        return read_envelope(envelope, self.payload_type).document().get("certificates")


@cache
def small_paper() -> Paper:
    """Return a paper of one question."""
    return a_paper(sections=(a_section("s1", questions=(a_question("s1-q1", section_id="s1"),)),))


@cache
def the_bundle(ring: Keyring) -> Bundle:
    """Return one bundle of a ring."""
    return a_bundle(small_paper(), keyring=ring, captures=())


def issuer(ring: Keyring) -> Issuer:
    """Return what central signs with."""
    return Issuer(key=ring.release, chain=ring.release_chain, root=ring.root.public, recipients=ring.recipients)


@cache
def package_folder(ring: Keyring) -> Path:
    """Return the folder of a whole package."""
    folder = Path(tempfile.mkdtemp(prefix="kiosk-package-")) / "package"
    paper = small_paper()
    lock = code_identity(draw_code(), paper.test_id, HALL).recipient
    address = Address(test_id=paper.test_id, hall_chain=ring.hall_chain, number=1, previous=None, lock=lock)
    write_package(folder, address, [(paper, AgeIdentity.generate())], a_roster(paper), issuer(ring), iso(NOON))
    return folder


def read_package_with(ring: Keyring, files: Mapping[str, bytes], revoked: Revocations = NONE_REVOKED) -> Any:
    """Read a ring's package of which some files, named by their paths, hold other bytes."""
    folder = package_folder(ring)
    kept = {name: (folder / name).read_bytes() for name in files}
    try:
        for name, data in files.items():
            (folder / name).write_bytes(data)
        return read_package(folder, ring.root.public, hall=HALL, revoked=revoked)
    finally:
        for name, data in kept.items():
            (folder / name).write_bytes(data)


def forget_packages(ring: Keyring) -> None:
    """Take a ring's package away."""
    shutil.rmtree(package_folder(ring).parent, ignore_errors=True)


def blobs(ring: Keyring) -> dict[str, bytes]:
    """Return the sealed parts of a ring's package by path."""
    folder = package_folder(ring)
    return {f"{BLOBS}/{p.name}": p.read_bytes() for p in sorted((folder / BLOBS).iterdir())}


def _index(ring: Keyring) -> bytes:
    bundle = the_bundle(ring)
    line = IndexedBundle(
        bundle_id=bundle.bundle_id, submission_id="submission-1", seat=SEAT, sha256=bundle.bundle_id, length=9
    )
    indexer = Indexer(key=ring.hall, chain=ring.hall_chain, root=ring.root.public, hall=HALL)
    return indexer.index([line], iso(NOON)).envelope


def _release(ring: Keyring) -> bytes:
    hall = verify_chain(ring.hall_chain, ring.root.public, KeyRole.HALL)
    return sign_release("biology-2", hall, [(small_paper().digest, AgeIdentity.generate())], issuer(ring), NOON)


def _closing(ring: Keyring) -> bytes:
    row = ExplainedRow(
        assignment_id="assignment-1",
        candidate_id="candidate-1",
        state=RowState.PRESENT.value,
        bundles=(the_bundle(ring).bundle_id,),
        note="",
    )
    document = ClosingDocument(
        version=1,
        hall=HALL,
        test_id="biology-2",
        package="0" * 64,
        closed_at=iso(NOON),
        closed_by="proctor-1",
        second="proctor-2",
        rows=(row,),
        certificates=ring.hall_chain,
    )
    return sign_closing(document, ring.hall, ring.root.public).envelope


def _closeout(ring: Keyring) -> bytes:
    closing = read_closing(_closing(ring), ring.root.public)
    return closeout(closing, iso(NOON), ReceiptSigner(ring.receipt, ring.receipt_chain))


def _decision(ring: Keyring) -> bytes:
    return sign_decision(
        submission_id="submission-1",
        opened_on="2031-05-06",
        bundle_id=the_bundle(ring).bundle_id,
        answer=None,
        reason="the key was lost after the exam",
        decided_by="admin-1",
        second="admin-2",
        decided_at=iso(NOON),
        key=ring.release,
        chain=ring.release_chain,
    )


def _revocations(ring: Keyring) -> bytes:
    entry = RevokedDocument(serial="a-certificate", key=None, role="seat", reason="stolen", at=iso(NOON))
    return revoke(NONE_REVOKED, entry, ring.root).envelope


def _tombstone(ring: Keyring) -> bytes:
    grave = Grave(hall=HALL, seat=SEAT, chain=ring.seat_chain, bundles=(the_bundle(ring).bundle_id,))
    outs = [read_closeout(_closeout(ring), ring.root.public, HALL)]
    document = tombstone(grave, outs, NOON, Wiper("proctor-1", "proctor-2", "the disk is needed"))
    return sign(PayloadType.TOMBSTONE, document.model_dump(mode="json"), ring.seat)


@cache
def _carried(ring: Keyring) -> tuple[bytes, bytes]:
    """Return envelope and body of a journal on a stick."""
    one = an_attempt()
    first = FrameMessage(
        submission_id=one.genesis.submission_id,
        opened_on=one.genesis.opened_on,
        epoch=1,
        first=0,
        before="0" * 64,
        entries=tuple(canonical(e.document()).decode() for e in one.entries),
    )
    asked = {"hall": HALL, "seat": SEAT, "head": "0" * 64, "recipient": ring.hall_identity.recipient}
    return frame.split(seal_journal([first], key=ring.seat, chain=ring.seat_chain, **asked))


def _read_carried(data: bytes, ring: Keyring, revoked: Revocations) -> Any:
    asked = {"hall": HALL, "hall_key": ring.hall.public, "root": ring.root.public, "identity": ring.hall_identity}
    return open_journal(frame.join(data, _carried(ring)[1]), revoked=revoked, **asked)


@cache
def _handed_over(ring: Keyring) -> tuple[bytes, bytes]:
    """Return envelope and body of a sitting the hall sends to a seat on a stick."""
    lease = a_lease(small_paper(), epoch=2, fork_seq=4, fork_hash="0" * 64)
    signed = sign(PayloadType.LEASE, lease.document(), ring.hall).decode()
    offer = OfferAnswer(envelope=signed, paper_identity="", paper_blob="")
    contents = HandoverContents(offer=offer, candidate=_expected(ring).decode())
    return frame.split(seal_handover(contents, lease, hall=HALL, act_key=bytes(32), key=ring.hall))


def _read_handed_over(data: bytes, ring: Keyring, revoked: Revocations) -> Any:
    asked = {"hall": HALL, "hall_key": ring.hall.public, "seat": SEAT, "act_key": bytes(32)}
    return open_handover(frame.join(data, _handed_over(ring)[1]), **asked)


def _coded(ring: Keyring) -> bytes:
    grant = a_grant(Act.EXTEND, seat=SEAT, who=proctor_name(3), amount_ms=600_000, reason="power")
    bare = CodedGrant(grant=grant, candidate_id="candidate-1", nonce="ab" * 16, challenge="", code="")
    key = bytes(range(32))
    challenge = challenge_of(key, bare.setting, bare.nonce)
    code = code_of(key, SEAT, challenge, Terms(act=Act.EXTEND, amount_ms=600_000, reason="power"), Signatory(3))
    return sign_coded(replace(bare, challenge=challenge, code=code), ring.seat, ring.seat_chain).envelope


def _expected(ring: Keyring) -> bytes:
    card = {"assignment_id": "assignment-1", "title": "Biology II", "minutes": 60, "max_attempts": 1}
    test = {"status": "assigned", "due": NOON, "questions": 1, "attempts_used": 0, "refusal": None}
    begun = {"has_open_sitting": False, "has_results": False}
    read = {"description": None, "instructions": None, "sections": (), "attempt": 1, "resumes": False}
    document = ExpectedDocument(
        version=1,
        submission_id="submission-1",
        candidate=CandidateAnswer(user_id="candidate-1", name="Okafor, Anna", roll_number="B-1042", seat=SEAT),
        test=TestAnswer.model_validate({**card, **test, **begun, "status": AssignmentStatus.ASSIGNED}),
        instructions=InstructionsAnswer.model_validate(card | read),
    )
    return sign(PayloadType.EXPECTED, document.model_dump(mode="json"), ring.hall)


TOKEN = "t" * 43


@cache
def _tls() -> DoorCertificate:
    made = DoorCertificate.own(Path(tempfile.mkdtemp(prefix="kiosk-tls-")))
    made.make(["192.0.2.7"], NOON, "hub")
    return made


def _address(ring: Keyring) -> bytes:
    url = ["wss://192.0.2.7:8444"]
    file = sign_address(url, _tls().pem(), TOKEN, ring.hall, ring.hall_chain, ring.root.public, NOON)
    return file.envelope.encode()


def _read_address(data: bytes, ring: Keyring, revoked: Revocations) -> Any:
    carried = json.dumps({"version": 1, "envelope": _text(data), "token": TOKEN}).encode()
    return read_address(parse_address(carried), ring.root.public, revoked)


def _seat_proof(ring: Keyring) -> bytes:
    return sign_seat_proof(HALL, SEAT, NONCE, _tls().fingerprint(), ring.seat).encode()


def _read_seat_proof(data: bytes, ring: Keyring, revoked: Revocations) -> Any:
    expected = SeatProof(hall=HALL, seat=SEAT, nonce=NONCE, certificate=_tls().fingerprint())
    asked = {"hall_key": ring.hall.public, "root": ring.root.public, "at": iso(NOON), "revoked": revoked}
    return check_seat_proof(_text(data), ring.seat_chain, expected, **asked)


def _text(data: bytes) -> str:
    """Return bytes as a line's text; what no text holds is refused there already."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise Invalid("this is no text") from None


NONCE, WRAPPED = "0" * 64, b"the sealed key of a store"


def _unlock(ring: Keyring) -> bytes:
    return sign_proof(SEAT, NONCE, WRAPPED, ring.seat_chain, ring.seat).envelope


def _read_unlock(data: bytes, ring: Keyring, revoked: Revocations) -> Any:
    asked = {"hall": HALL, "seat": SEAT, "nonce": NONCE, "wrapped": WRAPPED}
    return read_proof(data, ring.root.public, **asked, at=iso(NOON), revoked=revoked)


KINDS = (
    Kind(
        "bundle",
        PayloadType.BUNDLE,
        KeyRole.SEAT,
        lambda ring: the_bundle(ring).data,
        lambda data, ring, revoked: verify(data, ring.root.public, revoked),
    ),
    Kind(
        "package manifest",
        PayloadType.PACKAGE,
        KeyRole.RELEASE,
        lambda ring: (package_folder(ring) / MANIFEST).read_bytes(),
        lambda data, ring, revoked: read_package_with(ring, {MANIFEST: data}, revoked),
    ),
    Kind(
        "index",
        PayloadType.INDEX,
        KeyRole.HALL,
        _index,
        lambda data, ring, revoked: read_index(data, ring.root.public),
    ),
    Kind(
        "receipt",
        PayloadType.RECEIPT,
        KeyRole.RECEIPT,
        lambda ring: ReceiptSigner(ring.receipt, ring.receipt_chain).receipt(the_bundle(ring), iso(NOON)),
        lambda data, ring, revoked: read_receipt(data, ring.root.public, None, revoked),
    ),
    Kind(
        "release token",
        PayloadType.RELEASE,
        KeyRole.RELEASE,
        _release,
        lambda data, ring, revoked: read_release(data, ring.root.public, hall=HALL, revoked=revoked),
    ),
    Kind(
        "closing",
        PayloadType.CLOSING,
        KeyRole.HALL,
        _closing,
        lambda data, ring, revoked: read_closing(data, ring.root.public, revoked),
    ),
    Kind(
        "close-out",
        PayloadType.CLOSEOUT,
        KeyRole.RECEIPT,
        _closeout,
        lambda data, ring, revoked: read_closeout(data, ring.root.public, HALL, revoked),
    ),
    Kind(
        "decision",
        PayloadType.DECISION,
        KeyRole.RELEASE,
        _decision,
        lambda data, ring, revoked: read_decision(data, ring.root.public, revoked),
    ),
    Kind(
        "revocation list",
        PayloadType.REVOCATIONS,
        KeyRole.ROOT,
        _revocations,
        lambda data, ring, revoked: read_revocations(data, ring.root.public),
    ),
    Kind(
        "tombstone",
        PayloadType.TOMBSTONE,
        KeyRole.SEAT,
        _tombstone,
        lambda data, ring, revoked: read_tombstone(data, ring.root.public),
    ),
    Kind("journal on a stick", PayloadType.JOURNAL, KeyRole.SEAT, lambda ring: _carried(ring)[0], _read_carried),
    Kind(
        "sitting on a stick",
        PayloadType.HANDOVER,
        KeyRole.HALL,
        lambda ring: _handed_over(ring)[0],
        _read_handed_over,
    ),
    Kind("proof of a seat", PayloadType.UNLOCK, KeyRole.SEAT, _unlock, _read_unlock),
    Kind(
        "lease",
        PayloadType.LEASE,
        KeyRole.HALL,
        lambda ring: sign(PayloadType.LEASE, a_lease(small_paper()).document(), ring.hall),
        lambda data, ring, revoked: Trust(SEAT, ring.hall.public, HALL, ring.root.public).lease(data),
    ),
    Kind(
        "grant",
        PayloadType.GRANT,
        KeyRole.HALL,
        lambda ring: sign(PayloadType.GRANT, a_grant().document(), ring.hall),
        lambda data, ring, revoked: Trust(SEAT, ring.hall.public, HALL, ring.root.public).grant(data),
    ),
    Kind(
        "act by code",
        PayloadType.CODED_GRANT,
        KeyRole.SEAT,
        _coded,
        lambda data, ring, revoked: read_coded(data, ring.root.public, HALL),
    ),
    Kind(
        "word ahead",
        PayloadType.EXPECTED,
        KeyRole.HALL,
        _expected,
        lambda data, ring, revoked: read_expected(data, ring.hall.public),
    ),
    Kind("address of a hub", PayloadType.HUB_ADDRESS, KeyRole.HALL, _address, _read_address),
    Kind("proof of a seat on the line", PayloadType.SEAT_PROOF, KeyRole.SEAT, _seat_proof, _read_seat_proof),
    Kind(
        "certificate",
        PayloadType.CERTIFICATE,
        KeyRole.HALL,
        lambda ring: ring.seat_chain[0].encode(),
        lambda data, ring, revoked: open_envelope(data, PayloadType.CERTIFICATE, ring.hall.public),
    ),
)


def a_list(ring: Keyring, *keys: str) -> Revocations:
    """Return a revocation list of some keys."""
    listed = NONE_REVOKED
    for key in keys:
        entry = RevokedDocument(serial=None, key=key, role=None, reason="stolen", at=iso(NOON))
        listed = revoke(listed, entry, ring.root)
    return listed
