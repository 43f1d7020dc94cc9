import base64
import hashlib
import json
from datetime import timedelta

import pytest

from builders import NOON, an_attempt
from keyring import (
    a_bundle,
    a_keyring,
    a_sealed_attempt,
    bundle_of,
    resealed,
    seal_journal,
    the_keyring,
    work_through,
)
from kiosk.exam.entry import Kind
from kiosk.exam.error import Denied, Invalid, KioskError, Tampered
from kiosk.exam.evidence import Evidence
from kiosk.exam.receipt import receipt_code
from kiosk.exam.sitting import Step
from kiosk.sealing import frame
from kiosk.sealing.age import seal_to
from kiosk.sealing.body import open_body
from kiosk.sealing.bundle import verify
from kiosk.sealing.compression import compress
from kiosk.sealing.envelope import PayloadType, sign

KEYS = the_keyring()
ROOT = KEYS.root.public


@pytest.fixture(scope="module")
def bundle():
    return a_bundle()


def test_anyone_verifies_a_bundle_without_reading_it(bundle):
    again = verify(bundle.data, ROOT)
    assert again == bundle
    payload = json.loads(bundle.envelope)["payload"]
    assert bundle.bundle_id == hashlib.sha256(base64.b64decode(payload)).hexdigest()
    assert bundle.file_name == f"{bundle.bundle_id}.exkb"


def test_the_manifest_says_what_the_journal_says(bundle):
    attempt, _ = a_sealed_attempt(captures=("┌ screen ┐",))
    manifest = bundle.manifest
    handed_in = next(e for e in attempt.entries if e.kind is Kind.HANDED_IN)
    assert manifest.handed_in.receipt == receipt_code(handed_in.hash)
    assert (manifest.handed_in.answered, manifest.handed_in.questions) == (8, 8)
    assert (manifest.entries, manifest.head) == (len(attempt.entries), attempt.entries[-1].hash.hex())
    assert (manifest.hall, manifest.seat, manifest.reason) == ("Hall 2", "A12", "hand_in")
    assert manifest.time.used_ms == attempt.sitting.ledger.used_ms
    assert (manifest.time.extended_ms, manifest.time.extensions, manifest.time.pauses) == (300_000, 1, 1)
    assert manifest.assignment.candidate_id == "candidate-1"


def test_the_manifest_names_nobody(bundle):
    assert b"Okafor" not in bundle.data
    assert b"Mitosis" not in bundle.data


def test_intake_and_escrow_each_read_it(bundle):
    attempt, evidence = a_sealed_attempt(captures=("┌ screen ┐",))
    for identity in (KEYS.intake, KEYS.escrow):
        contents = open_body(bundle.manifest, bundle.body, identity)
        assert contents.entries == tuple(attempt.entries)
        assert contents.genesis == attempt.genesis
        assert contents.candidate.name == "Okafor, Anna"
        assert contents.evidence == tuple(evidence)
        assert len(contents.leases) == 1
    with pytest.raises(Tampered):
        open_body(bundle.manifest, bundle.body, KEYS.hall_identity)


def test_evidence_that_is_not_plain_text_survives():
    attempt, _ = a_sealed_attempt()
    pieces = [
        Evidence.of(content, media, attempt.entries[0].at)
        for content, media in (
            (b"\x89PNG\x00", "image/png"),
            ("e\u0301".encode(), "text/plain"),
            (b"\xff", "text/plain"),
            (b"", "text/plain"),
        )
    ]
    bundle = bundle_of(attempt, pieces)
    assert set(open_body(bundle.manifest, bundle.body, KEYS.intake).evidence) == set(pieces)


def test_an_unsealed_journal_is_not_bundled():
    attempt = an_attempt()
    work_through(attempt)
    with pytest.raises(Invalid, match="sealed"):
        bundle_of(attempt)


def test_what_central_could_not_read_is_not_sealed():
    attempt, _ = a_sealed_attempt()
    with pytest.raises(Invalid, match="name"):
        bundle_of(attempt, name="")


def test_an_unfinished_sitting_is_recovered():
    attempt = an_attempt()
    work_through(attempt)
    seal_journal(attempt)
    manifest = bundle_of(attempt).manifest
    assert (manifest.reason, manifest.handed_in) == ("recovered", None)


def test_a_reopened_sitting_has_the_receipt_of_its_last_hand_in():
    attempt = an_attempt()
    work_through(attempt)
    attempt.take(attempt.sitting.hand_in(attempt.clock.advance(1_000)))
    first = attempt.sitting.receipt_hash
    attempt.take([Step(Kind.REOPENED, {"who": "p", "second": "q", "reason": "other", "grant": "g9"})])
    attempt.take(attempt.sitting.hand_in(attempt.clock.advance(1_000)))
    seal_journal(attempt)
    receipt = bundle_of(attempt).manifest.handed_in.receipt
    assert receipt == receipt_code(attempt.sitting.receipt_hash) != receipt_code(first)


def test_a_bundle_of_another_examination_is_refused(bundle):
    with pytest.raises(Tampered):
        verify(bundle.data, a_keyring().root.public)


def test_out_of_time_is_flagged_and_not_refused():
    keys = a_keyring(not_before=NOON - timedelta(days=9), not_after=NOON - timedelta(days=1))
    late = a_bundle(keyring=keys)
    assert len(late.flags) == 3
    assert "ended at" in late.flags[0]


@pytest.mark.parametrize(
    ("field", "when"),
    [
        ("sealed_at", "2031-05-06T25:01:29.500Z"),
        ("sealed_at", "2031-13-06T12:01:29.500Z"),
        ("sealed_at", "0000-01-06T12:01:29.500Z"),
        ("opened_on", "2031-02-30"),
    ],
)
def test_a_time_that_cannot_be_is_refused(bundle, field, when):
    with pytest.raises(Invalid, match=field):
        verify(resealed(bundle, KEYS, **{field: when}), ROOT)


def test_the_key_of_another_seat_cannot_sign(bundle):
    with pytest.raises(Tampered):
        verify(resealed(bundle, KEYS, key=KEYS.hall), ROOT)
    for place in ("hall", "seat"):
        with pytest.raises(Tampered, match="another seat or hall"):
            verify(resealed(bundle, KEYS, **{place: "elsewhere"}), ROOT)
    with pytest.raises(Denied):
        verify(resealed(bundle, KEYS, key=KEYS.hall, certificates=KEYS.hall_chain), ROOT)


@pytest.mark.parametrize(
    "unknown", [{"extra": 1}, {"entries": "40"}, {"entries": True}, {"version": 2}, {"entries": -1}]
)
def test_a_manifest_has_exactly_its_fields(bundle, unknown):
    with pytest.raises(Invalid):
        verify(resealed(bundle, KEYS, **unknown), ROOT)


@pytest.mark.parametrize(
    "lie",
    [
        {"time": {"used_ms": 1, "extended_ms": 300_000, "extensions": 1, "pauses": 1, "gaps": []}},
        {"submission_id": "another"},
        {"paper": "0" * 64},
        {"opened_on": "2031-05-07"},
        {"handed_in": None},
    ],
)
def test_a_seat_cannot_lie_about_its_journal(bundle, lie):
    told = verify(resealed(bundle, KEYS, **lie), ROOT)
    with pytest.raises(Tampered):
        open_body(told.manifest, told.body, KEYS.intake)


def test_the_receipt_must_be_of_the_hand_in(bundle):
    handed_in = bundle.manifest.handed_in.model_dump() | {"receipt": "AAAA-AAAA-AA"}
    with pytest.raises(Tampered, match="receipt"):
        verify(resealed(bundle, KEYS, handed_in=handed_in), ROOT)


def test_a_bomb_is_refused_before_it_grows(bundle):
    body = seal_to(KEYS.recipients, compress(b"\0" * 300_000_000))
    extent = {"sha256": hashlib.sha256(body).hexdigest(), "length": len(body)}
    bomb = verify(
        frame.join(
            sign(PayloadType.BUNDLE, bundle.manifest.model_dump(mode="json") | {"sealed": extent}, KEYS.seat), body
        ),
        ROOT,
    )
    with pytest.raises(Tampered, match="does not hold"):
        open_body(bomb.manifest, body, KEYS.intake)
    huge = bomb.manifest.model_copy(update={"plain": bomb.manifest.plain.model_copy(update={"length": 2**40})})
    with pytest.raises(Invalid, match="at most"):
        open_body(huge, body, KEYS.intake)


@pytest.mark.parametrize("data", [b"", b"EXKB1", b"EXKB2\n", b"PK\x03\x04", b"EXKB1\n" + b"\xff" * 12])
def test_other_files_are_not_bundles(data):
    with pytest.raises(KioskError):
        verify(data, ROOT)
