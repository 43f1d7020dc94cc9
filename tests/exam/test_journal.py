"""A chain that anyone can verify, and in which no change goes unseen."""

import hashlib
import json
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import a_genesis, a_journal, a_lease, an_attempt
from kiosk.exam.canonical import canonical
from kiosk.exam.entry import Entry, Genesis, Kind
from kiosk.exam.error import Invalid, Tampered
from kiosk.exam.journal import (
    Head,
    chain_hash,
    genesis_head,
    journal_document,
    next_entry,
    read_journal,
    verify,
)
from kiosk.exam.moment import Moment
from kiosk.exam.sitting import Step

GENESIS, ENTRIES = a_journal()
NOW = Moment("2031-05-06T12:00:00.000Z", "boot-1", 1000)


def an_outsiders_check(document: str) -> bool:
    """Verify a shown journal with nothing but a JSON reader and SHA-256."""
    journal = json.loads(document)

    def written(value: object) -> bytes:
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    before = hashlib.sha256(written(journal["genesis"])).digest()
    for entry in journal["entries"]:
        claimed = bytes.fromhex(entry.pop("hash"))
        before = hashlib.sha256(before + written(entry)).digest()
        if before != claimed:
            return False
    return True


def test_an_outsider_can_verify_a_shown_journal() -> None:
    shown = canonical(journal_document(GENESIS, ENTRIES)).decode()
    assert an_outsiders_check(shown)
    assert not an_outsiders_check(shown.replace("Mitosis, twice", "Mitosis, thrice"))


def test_a_written_down_chain_keeps_its_hashes() -> None:
    # made with sha256sum in a shell, from the canonical texts written out by hand
    genesis = Genesis("s-1", "2031-05-06", "ab" * 32, "a-1", "A12", "l-1", "1.0")
    assert genesis_head(genesis).hash.hex() == "c055c7f353fa8dca0747b108c89d51c265ffd779654e11159ef40a3a01dcd640"
    tick = next_entry(genesis, genesis_head(genesis), Kind.TICK, NOW, {})
    assert tick.hash.hex() == "da0e0b4b2d48ead512284203614b6fd698b95b51823b257286d7e17d6bc74eb7"


def test_a_whole_journal_verifies_to_its_head() -> None:
    assert verify(GENESIS, ENTRIES) == Head(ENTRIES[-1].seq, ENTRIES[-1].hash)
    assert [e.seq for e in ENTRIES] == list(range(len(ENTRIES)))
    assert verify(GENESIS, ()) == genesis_head(GENESIS)


@pytest.mark.parametrize("place", range(len(ENTRIES)))
def test_every_change_of_every_field_is_seen(place: int) -> None:
    entry = ENTRIES[place]
    for changed in _changed(entry):
        with pytest.raises(Tampered):
            verify(GENESIS, [*ENTRIES[:place], changed, *ENTRIES[place + 1 :]])


def test_every_change_of_the_genesis_is_seen() -> None:
    for field in fields(Genesis):
        other = replace(GENESIS, **{field.name: getattr(GENESIS, field.name) + "x"})
        with pytest.raises(Tampered, match="entry 0"):
            verify(other, ENTRIES)


@given(st.data())
def test_dropping_swapping_doubling_and_inserting_is_seen(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(ENTRIES) - 2))
    other = data.draw(st.integers(place + 1, len(ENTRIES) - 1))
    dropped = [e for e in ENTRIES if e.seq != place]
    swapped = list(ENTRIES)
    swapped[place], swapped[other] = swapped[other], swapped[place]
    doubled = [*ENTRIES[: other + 1], ENTRIES[place], *ENTRIES[other + 1 :]]
    for journal in (dropped, swapped, doubled):
        with pytest.raises(Tampered):
            verify(GENESIS, journal)


def test_an_end_cut_off_still_verifies_and_is_told_by_the_head() -> None:
    head = verify(GENESIS, ENTRIES[:-1])
    assert head != Head(ENTRIES[-1].seq, ENTRIES[-1].hash)


def test_a_rewritten_entry_with_all_later_hashes_made_anew_ends_in_another_head() -> None:
    forged: list[Entry] = []
    before = genesis_head(GENESIS).hash
    for entry in ENTRIES:
        body = (
            {"question": entry.body["question"], "options": ["genetics-1-2"]}
            if entry.kind == "answered"
            else entry.body
        )
        bare = replace(entry, body=body)
        before = chain_hash(before, bare)
        forged.append(replace(bare, hash=before))
    head = verify(GENESIS, forged)
    assert head.seq == ENTRIES[-1].seq
    assert head.hash != ENTRIES[-1].hash


def test_a_journal_of_another_sitting_is_told_apart() -> None:
    with pytest.raises(Tampered, match="belongs to another sitting"):
        verify(a_genesis(submission_id="submission-2"), ENTRIES)


def test_nothing_follows_the_seal() -> None:
    sat = an_attempt()
    sat.take(sat.sitting.due(sat.clock.now()))
    sat.take(_forced_hand_in(sat))
    sat.take(sat.sitting.seal())
    verify(sat.genesis, sat.entries)
    late = next_entry(sat.genesis, sat.sitting.head, Kind.TICK, sat.clock.now(), {})
    with pytest.raises(Tampered, match="after the journal was sealed"):
        verify(sat.genesis, [*sat.entries, late])


def test_a_new_epoch_begins_with_moved_and_only_with_it() -> None:
    sat = an_attempt()
    head = sat.sitting.head
    lease = a_lease(sat.paper, seat="B3", epoch=2, lease_id="lease-2")
    moved = next_entry(sat.genesis, head, Kind.MOVED, sat.clock.now(), {"lease": lease.document()}, epoch=2)
    verify(sat.genesis, [*sat.entries, moved])
    for kind, epoch in ((Kind.TICK, 2), (Kind.MOVED, 1), (Kind.TICK, 0)):
        wrong = next_entry(sat.genesis, head, kind, sat.clock.now(), {}, epoch=epoch)
        with pytest.raises(Tampered, match="epoch"):
            verify(sat.genesis, [*sat.entries, wrong])


def test_a_journal_survives_its_document() -> None:
    document = json.loads(canonical(journal_document(GENESIS, ENTRIES)))
    assert read_journal(document) == (GENESIS, ENTRIES)


def test_a_body_is_kept_as_it_will_read_back() -> None:
    entry = next_entry(GENESIS, genesis_head(GENESIS), Kind.NOTED, NOW, {"text": "e\u0301", "list": (1, 2)})
    assert entry.body == {"text": "\u00e9", "list": [1, 2]}
    with pytest.raises(Invalid, match="float"):
        next_entry(GENESIS, genesis_head(GENESIS), Kind.NOTED, NOW, {"ms": 0.5})


def _without(document: dict[str, Any], name: str) -> dict[str, Any]:
    return {k: v for k, v in document.items() if k != name}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: [], "an object is wanted"),
        (lambda d: _without(d, "genesis"), "genesis is missing"),
        (lambda d: d | {"extra": 1}, "does not know"),
        (lambda d: d | {"genesis": d["genesis"] | {"extra": "1"}}, "does not know"),
        (lambda d: d | {"genesis": _without(d["genesis"], "seat")}, "seat is missing"),
        (lambda d: d | {"entries": {}}, "entries must be a list"),
        (lambda d: d | {"entries": [d["entries"][0] | {"seq": "0"}]}, "seq must be a whole number"),
        (lambda d: d | {"entries": [d["entries"][0] | {"seq": True}]}, "seq must be a whole number"),
        (lambda d: d | {"entries": [d["entries"][0] | {"kind": "danced"}]}, "danced"),
        (lambda d: d | {"entries": [d["entries"][0] | {"hash": "zz"}]}, "hexadecimal"),
        (lambda d: d | {"entries": [d["entries"][0] | {"hash": d["entries"][0]["hash"].upper()}]}, "does not know"),
        (lambda d: d | {"entries": [d["entries"][0] | {"body": []}]}, "an object is wanted"),
    ],
)
def test_a_document_of_another_shape_is_refused(change: Any, words: str) -> None:
    document = json.loads(canonical(journal_document(GENESIS, ENTRIES)))
    with pytest.raises(Invalid, match=words):
        read_journal(change(document))


def test_a_float_slipped_into_a_read_body_does_not_verify() -> None:
    forged = replace(ENTRIES[0], body={**ENTRIES[0].body, "limit_ms": 0.5})
    with pytest.raises(Tampered, match="entry 0"):
        verify(GENESIS, [forged, *ENTRIES[1:]])


def _forced_hand_in(sat: Any) -> list[Step]:
    return [Step(Kind.HANDED_IN, {"by": "time", "answered": 0, "questions": 8})]


def _changed(entry: Entry) -> list[Entry]:
    """Return the entry with each field, and each value in its body, changed a little."""
    kind = Kind.TICK if entry.kind is not Kind.TICK else Kind.PAUSED
    flipped = bytes([entry.hash[0] ^ 1]) + entry.hash[1:]
    changes: list[dict[str, Any]] = [
        {"submission_id": "another"},
        {"opened_on": "2031-05-07"},
        {"seq": entry.seq + 1},
        {"epoch": 2},
        {"kind": kind},
        {"at": entry.at.replace("Z", "0Z")},
        {"boot_id": "boot-9"},
        {"boot_ms": entry.boot_ms + 1},
        {"hash": flipped},
        {"hash": b""},
        {"body": {**entry.body, "extra": None}},
        *({"body": {**entry.body, name: _other(value)}} for name, value in entry.body.items()),
        *({"body": _without(dict(entry.body), name)} for name in entry.body),
    ]
    return [replace(entry, **change) for change in changes]


def _other(value: object) -> object:
    return "x" if value is None else None
