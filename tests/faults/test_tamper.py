"""No byte of a bundle can change unseen, and no entry of a journal, whatever else is made to fit."""

import hashlib

import pytest

from builders import a_paper, a_person, a_question, a_section, an_attempt
from keyring import a_keyring, bundle_of, rechained, seal_journal, the_keyring
from kiosk.exam.entry import Kind
from kiosk.exam.error import KioskError, Tampered
from kiosk.exam.receipt import receipt_code
from kiosk.sealing import frame
from kiosk.sealing.age import seal_to
from kiosk.sealing.body import body_bytes, open_body
from kiosk.sealing.bundle import verify
from kiosk.sealing.compression import compress
from kiosk.sealing.envelope import PayloadType, sign
from kiosk.sealing.summary import epochs, hand_in, time_summary

KEYS = the_keyring()
ROOT = KEYS.root.public


@pytest.fixture(scope="module")
def attempt():
    paper = a_paper(sections=(a_section("s1", questions=(a_question("s1-q1", section_id="s1"),)),))
    attempt = an_attempt(paper)
    sitting = attempt.sitting
    attempt.take(sitting.choose("s1-q1", ["s1-q1-2"], attempt.clock.advance(2_000)))
    attempt.take(sitting.hand_in(attempt.clock.advance(1_000)))
    seal_journal(attempt)
    return attempt


@pytest.fixture(scope="module")
def small(attempt):
    return bundle_of(attempt)


def test_every_changed_byte_is_refused(small):
    data, refused = small.data, 0
    for place in range(len(data)):
        other = data[place] ^ (1 << place % 8)
        with pytest.raises(KioskError):
            verify(data[:place] + bytes([other]) + data[place + 1 :], ROOT)
        refused += 1
    print(f"{refused:,} changed bytes of {len(data):,} refused")
    assert refused == len(data) > 5_000


def test_every_truncation_is_refused(small):
    data, refused = small.data, 0
    for length in range(len(data)):
        with pytest.raises(KioskError):
            verify(data[:length], ROOT)
        refused += 1
    print(f"{refused:,} truncations refused")
    assert refused == len(data)


def test_every_inserted_byte_is_refused_at_the_borders_of_the_parts(small):
    data = small.data
    head = len(frame.MAGIC)
    for place in (0, head, head + 4, head + 4 + len(small.envelope), len(data) - len(small.body), len(data)):
        for value in (b" ", b"\n", b"\0", b"="):
            with pytest.raises(KioskError):
                verify(data[:place] + value + data[place:], ROOT)


@pytest.mark.slow
def test_every_changed_bit_is_refused(small):
    data, refused = small.data, 0
    for place in range(len(data)):
        for bit in range(8):
            with pytest.raises(KioskError):
                verify(data[:place] + bytes([data[place] ^ 1 << bit]) + data[place + 1 :], ROOT)
            refused += 1
    print(f"{refused:,} changed bits of {len(data):,} bytes refused")
    assert refused == 8 * len(data)


def test_base64_of_the_same_bytes_in_another_spelling_is_refused(small):
    for old, new in (
        (b'"sig":"', b'"sig":" '),
        (b'"keyid":', b'"keyid": '),
        (b"==", b"="),
        (b'"payload":"', b'"payload":"\\n'),
    ):
        altered = small.envelope.replace(old, new, 1)
        if altered != small.envelope:
            with pytest.raises(KioskError):
                verify(frame.join(altered, small.body), ROOT)


def test_an_entry_rewritten_with_all_later_hashes_is_refused(attempt, small):
    """The forger chains anew, mends every sum of the manifest and seals the body; only the seat's key is missing."""
    chosen = next(e for e in attempt.entries if e.kind is Kind.ANSWERED)
    forged = rechained(attempt, chosen.seq, options=["s1-q1-1"])
    plain = body_bytes(
        attempt.genesis, forged, a_person(), open_body(small.manifest, small.body, KEYS.intake).leases, (), ()
    )
    body = seal_to(KEYS.recipients, compress(plain))
    document = small.manifest.model_dump(mode="json") | {
        "head": forged[-1].hash.hex(),
        "epochs": epochs(attempt.genesis, forged),
        "handed_in": hand_in(forged),
        "time": time_summary(forged),
        "plain": {"sha256": hashlib.sha256(plain).hexdigest(), "length": len(plain)},
        "sealed": {"sha256": hashlib.sha256(body).hexdigest(), "length": len(body)},
    }
    forger = a_keyring()
    for key in (forger.seat, forger.hall, forger.root):
        with pytest.raises(Tampered):
            verify(frame.join(sign(PayloadType.BUNDLE, document, key), body), ROOT)
    with pytest.raises(Tampered):
        verify(frame.join(small.envelope, body), ROOT)

    # Even with the seat's own key, the receipt the candidate copied down is of another journal.
    by_the_seat = verify(frame.join(sign(PayloadType.BUNDLE, document, KEYS.seat), body), ROOT)
    assert open_body(by_the_seat.manifest, body, KEYS.intake).entries == tuple(forged)
    copied_down = receipt_code(next(e for e in attempt.entries if e.kind is Kind.HANDED_IN).hash)
    assert by_the_seat.manifest.handed_in.receipt != copied_down
    assert by_the_seat.bundle_id != small.bundle_id


def test_an_entry_rewritten_without_its_manifest_is_found_when_opened(attempt, small):
    """The seat's key signs a manifest of the true journal over a body of another."""
    chosen = next(e for e in attempt.entries if e.kind is Kind.ANSWERED)
    forged = rechained(attempt, chosen.seq, options=["s1-q1-1"])
    plain = body_bytes(
        attempt.genesis, forged, a_person(), open_body(small.manifest, small.body, KEYS.intake).leases, (), ()
    )
    body = seal_to(KEYS.recipients, compress(plain))
    document = small.manifest.model_dump(mode="json") | {
        "plain": {"sha256": hashlib.sha256(plain).hexdigest(), "length": len(plain)},
        "sealed": {"sha256": hashlib.sha256(body).hexdigest(), "length": len(body)},
    }
    told = verify(frame.join(sign(PayloadType.BUNDLE, document, KEYS.seat), body), ROOT)
    with pytest.raises(Tampered):
        open_body(told.manifest, body, KEYS.intake)
