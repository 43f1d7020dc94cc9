import hashlib
import itertools
import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from keyring import a_bundle, a_keyring
from kiosk.central.intake import Outcome
from kiosk.exam.error import KioskError, Refused
from kiosk.exam.status import BundleState
from kiosk.sealing.copy import write_copy
from kiosk.sealing.receipt import read_receipt
from storage.models.office import OfficeBase


def rows(site):
    """Every row of every table, in an order of its own, leaving out what tells when a table was made."""
    found = {}
    with site.office.engine.connect() as connection:
        for table in OfficeBase.metadata.sorted_tables:
            skip = {"audit_id", "log_id"}
            result = connection.execute(select(*(c for c in table.columns if c.name not in skip))).all()
            found[table.name] = sorted(repr(tuple(r)) for r in result)
    return found


def test_a_bundle_is_stored_with_a_receipt_that_anyone_can_verify(site):
    bundle = site.bundle()
    taken = site.central.intake.take(bundle.data, "stick")
    assert (taken.outcome, taken.digest) == (Outcome.STORED, bundle.bundle_id)
    receipt = read_receipt(taken.receipt, site.keyring.root.public, bundle.bundle_id)
    assert (receipt.submission_id, receipt.entries) == ("submission-1", bundle.manifest.entries)
    assert receipt.sealed.sha256 == hashlib.sha256(bundle.body).hexdigest()
    with pytest.raises(KioskError):
        read_receipt(taken.receipt, a_keyring().root.public)
    with pytest.raises(KioskError, match="another bundle"):
        read_receipt(taken.receipt, site.keyring.root.public, "0" * 64)


def test_the_same_bundle_again_changes_nothing(site):
    bundle = site.bundle()
    first = site.central.intake.take(bundle.data, "stick")
    site.settle()
    before = rows(site)
    site.central.clock.advance(3_600_000)
    again = site.central.intake.take(bundle.data, "another stick")
    site.settle()
    assert (again.outcome, again.receipt) == (Outcome.KNOWN, first.receipt)
    assert site.central.arrivals.receipt(bundle.bundle_id) == first.receipt
    assert rows(site) == before


def test_any_order_with_any_repeats_gives_the_same_rows_and_receipts(make_site):
    first = make_site()
    bundles = [
        first.bundle(1),
        first.bundle(2, name="Nobody knows"),
        first.bundle(
            1, submission_id="submission-1b", attempt=2, lease_id="lease-1b", issued_at="2031-05-06T13:00:00.000Z"
        ),
    ]
    orders = [list(o) for o in itertools.permutations(range(3))]
    results = []
    for order in (orders[0], [*orders[5], 0, 0, 1], [1, 1, 0, 2, 1, 0]):
        site = first if not results else make_site()
        site.add_candidate(1)
        receipts = {}
        for place in order:
            taken = site.central.intake.take(bundles[place].data, "stick")
            assert receipts.setdefault(place, taken.receipt) == taken.receipt
            site.settle()
        results.append((rows(site), receipts))
    assert all(r == results[0] for r in results)
    assert len(results[0][0]["journal"]) == sum(b.manifest.entries for b in bundles)


def test_many_at_once_give_one_row_and_one_receipt(site):
    bundle = site.bundle()
    with ThreadPoolExecutor(8) as threads:
        taken = list(threads.map(lambda n: site.central.intake.take(bundle.data, f"stick {n}"), range(16)))
    assert len({t.receipt for t in taken}) == 1
    assert [t.outcome for t in taken].count(Outcome.STORED) == 1
    assert site.central.arrivals.counts()["received"] == 1


def test_what_does_not_verify_is_kept_once_with_the_reason(site):
    bundle = site.bundle()
    bad = bundle.data[:-1] + bytes([bundle.data[-1] ^ 1])
    stranger = a_bundle().data
    for data in (bad, bad, b"not a bundle", stranger):
        taken = site.central.intake.take(data, "stick")
        assert (taken.outcome, taken.receipt) == (Outcome.QUARANTINED, None)
        assert site.central.arrivals.quarantined_content(taken.digest) == data
    kept = site.central.arrivals.quarantined()
    assert len(kept) == 3
    assert all(q.reason and q.source == "stick" for q in kept)
    assert sorted(q.length for q in kept) == sorted([len(bad), 12, len(stranger)])
    assert site.central.arrivals.lines() == ()
    with pytest.raises(Refused):
        site.central.arrivals.receipt(bundle.bundle_id)


def test_a_folder_is_taken_in_whatever_lies_beside(site, tmp_path):
    folder = tmp_path / "stick"
    bundles = [site.bundle(n) for n in (1, 2)]
    for bundle in bundles:
        write_copy(folder, bundle.file_name, bundle.data)
    write_copy(folder / "deeper", "spoilt.exkb", bundles[0].data[:-5])
    (folder / "notes.txt").write_text("hello")
    (folder / "linked.exkb").symlink_to(folder / "notes.txt")
    (folder / "a-folder.exkb").mkdir()
    os.mkfifo(folder / "a-pipe.exkb")
    outcomes = {t.source: t.outcome for t in site.central.intake.take_folder(folder)}
    assert outcomes == {
        **{b.file_name: Outcome.STORED for b in bundles},
        "spoilt.exkb": Outcome.QUARANTINED,
        **dict.fromkeys(("linked.exkb", "a-folder.exkb", "a-pipe.exkb"), Outcome.UNREAD),
    }
    again = [t.outcome for t in site.central.intake.take_folder(folder)]
    assert again.count(Outcome.KNOWN) == 2
    with pytest.raises(KioskError, match="no folder"):
        list(site.central.intake.take_folder(tmp_path / "nowhere"))


def test_intake_needs_no_key_that_opens(site, tmp_path):
    for name in ("intake.age", "escrow.age", "root.ed25519", "release.ed25519"):
        (tmp_path / "keys" / name).unlink()
    assert site.central.intake.take(site.bundle().data, "stick").outcome is Outcome.STORED
    with pytest.raises(KioskError, match=r"intake\.age"):
        _ = site.central.counting


def test_counts_by_state(site):
    site.central.intake.take(site.bundle(1).data, "stick")
    assert site.central.arrivals.counts()["received"] == 1
    site.settle()
    counts = site.central.arrivals.counts()
    assert (counts["received"], counts["counted"]) == (0, 1)
    assert (counts["provisional_people"], counts["provisional_assignments"]) == (2, 1)
    assert [line.state for line in site.central.arrivals.lines()] == [BundleState.COUNTED]
