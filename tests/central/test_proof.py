import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kiosk.exam.error import Invalid, Refused, Tampered
from kiosk.exam.receipt import plain_code


@pytest.fixture
def counted(site):
    bundle = site.bundle()
    site.central.intake.take(bundle.data, "stick")
    site.settle()
    return bundle


def change(site, statement):
    with site.office.engine.begin() as connection:
        connection.execute(text(statement))


def test_a_receipt_names_the_journal_that_is_counted(site, counted):
    receipt = counted.manifest.handed_in.receipt
    for typed in (receipt, plain_code(receipt), receipt.lower(), f" {receipt} "):
        proof = site.central.proof.receipt(typed)
        assert (proof.bundle_id, proof.marked.submission_id) == (counted.bundle_id, "submission-1")
        assert proof.hand_in.hash.hex() == counted.manifest.handed_in.head
        assert (proof.is_marked, proof.marked.marks) == (True, 6)


def test_what_is_no_receipt_is_said(site, counted):
    for typed in ("", "ABC", "ABCD-EF23-GHI"):
        with pytest.raises(Invalid, match="letters and digits"):
            site.central.proof.receipt(typed)
    with pytest.raises(Refused, match="AAAA-AAAA-AA"):
        site.central.proof.receipt("aaaa aaaa aa")


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE test_submissions SET head_seq = head_seq - 1", "entry"),
        ("UPDATE test_submissions SET receipt = 'AAAA-AAAA-AA'", "does not give this receipt"),
        ("UPDATE test_submissions SET seat = 'B7'", "does not carry the hash"),
        ("DELETE FROM receipts", None),
    ],
)
def test_a_row_that_was_changed_is_found(site, counted, statement, words):
    if words is None:
        with pytest.raises(DBAPIError):
            change(site, statement)
        return
    change(site, statement)
    code = "AAAA-AAAA-AA" if "receipt =" in statement else counted.manifest.handed_in.receipt
    with pytest.raises(Tampered, match=words):
        site.central.proof.receipt(code)


def test_a_journal_row_cannot_be_changed(site, counted):
    for statement in ("UPDATE journal SET body = '{}'", "DELETE FROM journal"):
        with pytest.raises(DBAPIError):
            change(site, statement)
    site.central.proof.receipt(counted.manifest.handed_in.receipt)


def test_a_bundle_that_was_changed_is_found(site, counted):
    change(site, "UPDATE bundles SET body = manifest")
    with pytest.raises(Tampered):
        site.central.proof.receipt(counted.manifest.handed_in.receipt)
