"""Bundles under a revoked key: stored and receipted, held, and counted only by a signed decision."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from builders import NOON
from forking import Fork
from kiosk.central.adjudication import ADJUDICATE
from kiosk.central.intake import Outcome
from kiosk.exam.error import Refused
from kiosk.exam.moment import iso
from kiosk.exam.status import BundleState
from kiosk.sealing.certificate import verify_chain
from kiosk.sealing.decision import read_decision
from kiosk.sealing.key import KeyRole
from kiosk.sealing.receipt import read_receipt
from kiosk.sealing.revocation import NONE_REVOKED, RevocationFile, revoke
from kiosk.wire.revocation import RevokedDocument
from storage.models import office as tables


def all_of(site, model):
    with Session(site.office.engine) as session:
        return list(session.scalars(select(model)))


def strike(site, tmp_path):
    """Revoke the seat's certificate, as the root does once a machine was stolen."""
    serial = verify_chain(site.keyring.seat_chain, site.keyring.root.public, KeyRole.SEAT).certificate.serial
    entry = RevokedDocument(serial=serial, key=None, role="seat", at=iso(NOON), reason="stolen")
    revoked = revoke(NONE_REVOKED, entry, site.keyring.root)
    RevocationFile(tmp_path / "keys", site.keyring.root.public).keep(revoked)


@pytest.fixture
def held(site, tmp_path):
    """An office that was handed a bundle under a key the root has revoked."""
    strike(site, tmp_path)
    bundle = Fork(site.paper, site.keyring).bundle({"genetics-1": ["genetics-1-2"]})
    taken = site.central.intake.take(bundle.data, "stick")
    assert (taken.outcome, taken.receipt is not None) == (Outcome.STORED, True)
    site.settle()
    return site, bundle


def test_its_receipt_says_that_the_key_was_revoked(held):
    site, bundle = held
    envelope = site.central.intake.take(bundle.data, "stick").receipt
    assert any("revoked" in flag for flag in read_receipt(envelope, site.keyring.root.public).flags)
    (line,) = site.central.arrivals.lines()
    assert any("revoked" in flag for flag in line.flags)


def test_a_damaged_revocation_list_refuses_no_bundle(site, tmp_path):
    strike(site, tmp_path)
    file = tmp_path / "keys" / "revocations.dsse"
    file.write_bytes(file.read_bytes()[:-1])
    taken = site.central.intake.take(Fork(site.paper, site.keyring).bundle().data, "stick")
    assert taken.outcome is Outcome.STORED
    (flag,) = read_receipt(taken.receipt, site.keyring.root.public).flags
    assert flag.startswith("it was not held against the revocation list")


def test_it_is_held_and_makes_no_row(held):
    site, _ = held
    (line,) = site.central.arrivals.lines()
    assert (line.state, "revoked" in line.problem) == (BundleState.HELD, True)
    assert all_of(site, tables.Submission) == all_of(site, tables.JournalEntry) == []
    assert list(site.central.counting.work(again=True)) == []


def test_two_people_let_it_count(held):
    site, bundle = held
    actor = site.office.acting(ADJUDICATE)
    settled = site.central.adjudication.allow(actor, bundle.bundle_id[:10], "The seat was stolen after the exam")
    assert settled.state is BundleState.COUNTED
    (row,) = all_of(site, tables.Decision)
    decision = read_decision(row.envelope, site.keyring.root.public)
    assert (decision.bundle_id, decision.question_id, decision.answer) == (bundle.bundle_id, None, None)
    (act,) = [e for e in site.office.logs.audit("bundles") if e.action == ADJUDICATE]
    assert act.subject_id == bundle.bundle_id
    assert site.central.proof.receipt(bundle.manifest.handed_in.receipt).is_marked
    with pytest.raises(Refused, match="no held bundle"):
        site.central.adjudication.allow(actor, bundle.bundle_id, "again")


def test_what_is_let_count_still_counts_by_its_rank(held):
    site, bundle = held
    newer = Fork(site.paper, site.keyring).bundle({}, epoch=2)
    site.central.intake.take(newer.data, "stick")
    site.settle()
    for one in (newer, bundle):
        site.central.adjudication.allow(site.office.acting(ADJUDICATE), one.bundle_id, "Looked into")
    states = {line.bundle_id: line.state for line in site.central.arrivals.lines()}
    assert states == {newer.bundle_id: BundleState.COUNTED, bundle.bundle_id: BundleState.BRANCH}


def test_a_decision_that_cannot_be_carried_out_leaves_nothing(held):
    site, bundle = held
    counting = site.central.counting
    counting.opener.paper(site.paper.digest)
    counting.opener._papers.clear()
    object.__setattr__(counting.opener, "find_paper", refuse)
    with pytest.raises(Refused, match="was not printed here"):
        site.central.adjudication.allow(site.office.acting(ADJUDICATE), bundle.bundle_id, "Looked into")
    assert [line.state for line in site.central.arrivals.lines()] == [BundleState.HELD]
    assert all_of(site, tables.Decision) == []


def refuse(digest):
    raise Refused("There is no such paper here.")
