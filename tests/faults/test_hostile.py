"""Whatever a signed bundle says, reading it ends in words or in rows: never in a traceback."""

import hashlib
from contextlib import suppress
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import a_paper, a_person
from keyring import a_bundle, a_sealed_attempt, rechained, the_keyring
from kiosk.central.opener import fold_in
from kiosk.exam.canonical import canonical
from kiosk.exam.error import MISSHAPEN, KioskError
from kiosk.sealing import frame
from kiosk.sealing.age import seal_to
from kiosk.sealing.body import body_bytes, open_body
from kiosk.sealing.bundle import verify
from kiosk.sealing.compression import compress
from kiosk.sealing.envelope import PayloadType, sign, sign_payload
from kiosk.sealing.summary import epochs, hand_in, time_summary

KEYS = the_keyring()
ROOT = KEYS.root.public
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
QUICK = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


@cache
def the_bundle():
    return a_bundle()


def paths(value, here=()):
    """Every place in a document."""
    yield here
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in inner:
        yield from paths(part, (*here, name))


def changed(value, path, new):
    """The document with one place changed."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = changed(copy[path[0]], path[1:], new)
    return copy


@QUICK
@given(st.data())
def test_a_manifest_of_any_content_is_verified_or_refused_in_words(data):
    bundle = the_bundle()
    document = bundle.manifest.model_dump(mode="json")
    place = data.draw(st.sampled_from([p for p in paths(document) if p]))
    altered = changed(document, place, data.draw(PLAIN))
    with suppress(KioskError):
        told = verify(frame.join(sign(PayloadType.BUNDLE, altered, KEYS.seat), bundle.body), ROOT)
        open_body(told.manifest, told.body, KEYS.intake)


@QUICK
@given(st.binary(max_size=200))
def test_a_payload_of_any_bytes_is_refused_in_words(payload):
    with pytest.raises(KioskError):
        verify(frame.join(sign_payload(PayloadType.BUNDLE, payload, KEYS.seat), b"body"), ROOT)


@QUICK
@given(st.data())
def test_a_body_of_any_content_is_opened_or_refused_in_words(data):
    attempt, evidence = the_attempt()
    entry = data.draw(st.sampled_from(attempt.entries[:-1]))
    body = data.draw(st.dictionaries(st.sampled_from([*entry.body, "who", "grant"]), PLAIN, min_size=1))
    entries = rechained(attempt, entry.seq, **body)
    bundle = the_bundle()
    leases = open_body(bundle.manifest, bundle.body, KEYS.intake).leases
    plain = body_bytes(attempt.genesis, entries, a_person(), leases, (), evidence)
    sealed = seal_to(KEYS.recipients, compress(plain))
    with suppress(KioskError):
        manifest = manifest_of(entries, plain, sealed)
        told = verify(frame.join(sign(PayloadType.BUNDLE, manifest, KEYS.seat), sealed), ROOT)
        fold_in(told, open_body(told.manifest, sealed, KEYS.intake), a_paper(), ROOT)


@cache
def the_attempt():
    return a_sealed_attempt(captures=("┌ screen ┐",))


def manifest_of(entries, plain, sealed):
    """The manifest a seat would sign for a journal, whatever shape its entries have."""
    attempt, _ = the_attempt()
    document = the_bundle().manifest.model_dump(mode="json") | {
        "entries": len(entries),
        "head": entries[-1].hash.hex(),
        "plain": {"sha256": hashlib.sha256(plain).hexdigest(), "length": len(plain)},
        "sealed": {"sha256": hashlib.sha256(sealed).hexdigest(), "length": len(sealed)},
    }
    for name, make in (
        ("epochs", lambda: epochs(attempt.genesis, entries)),
        ("handed_in", lambda: hand_in(entries)),
        ("time", lambda: time_summary(entries)),
    ):
        try:
            made = make()
            canonical(made)
        except (KioskError, *MISSHAPEN):
            continue
        document[name] = made
    return document
