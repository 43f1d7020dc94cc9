"""How large a closing may be: what is stated fits the largest envelope, and more is refused in words."""

import pytest
from pydantic import ValidationError

from builders import NOON
from keyring import a_keyring
from kiosk.exam.closing import Explained, RowState
from kiosk.exam.error import Invalid
from kiosk.exam.moment import iso
from kiosk.sealing.closing import closeout, read_closeout_of, row_of, sign_closing
from kiosk.sealing.envelope import LARGEST_ENVELOPE, PayloadType, sign
from kiosk.sealing.receipt import ReceiptSigner
from kiosk.wire.closing import MOST_BUNDLES, MOST_ROWS, ClosingDocument

KEYS = a_keyring()


def a_document(rows, note="", bundles=1):
    """Return a closing of rows as the office's own ids make them, each with its bundles."""
    ids = ((f"{n:032x}", tuple(f"{n * bundles + b:064x}" for b in range(bundles))) for n in range(rows))
    return ClosingDocument(
        version=1,
        hall="Hall 2",
        test_id="biology-2",
        package="0" * 64,
        closed_at=iso(NOON),
        closed_by="f" * 32,
        second="e" * 32,
        rows=tuple(row_of(Explained(a, a, RowState.UNFINISHED, named, note)) for a, named in ids),
        certificates=KEYS.hall_chain,
    )


def test_a_closing_of_the_most_rows_is_signed_and_closed_out():
    closing = sign_closing(a_document(MOST_ROWS, "x" * 60), KEYS.hall, KEYS.root.public)
    assert len(closing.rows) == MOST_ROWS
    assert len(closing.envelope) <= LARGEST_ENVELOPE
    out = closeout(closing, iso(NOON), ReceiptSigner(KEYS.receipt, KEYS.receipt_chain))
    assert read_closeout_of(closing, out, KEYS.root.public).bundles == closing.bundles


def test_a_closing_of_one_row_more_is_none():
    with pytest.raises(ValidationError, match="at most 10000 items"):
        a_document(MOST_ROWS + 1)


@pytest.mark.parametrize(("note", "bundles"), [("x" * 300, 1), ("", 4)])
def test_a_closing_that_says_more_in_each_row_is_refused_in_words(note, bundles):
    with pytest.raises(Invalid, match=r"of 10,000 rows has [\d,]+ bytes, and at most 4,194,304 are taken: shorten"):
        sign_closing(a_document(MOST_ROWS, note, bundles), KEYS.hall, KEYS.root.public)


def test_so_many_digests_fit_a_close_out():
    digests = {"bundles": [f"{n:064x}" for n in range(MOST_BUNDLES)], "certificates": list(KEYS.receipt_chain)}
    assert len(sign(PayloadType.CLOSEOUT, digests, KEYS.receipt)) < LARGEST_ENVELOPE
