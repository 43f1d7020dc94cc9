"""Sealed papers on their way to a seat: whole, in order, once, and nothing but what the hall offered."""

import base64
import hashlib

import pytest

from kiosk.exam.error import Invalid, Tampered
from kiosk.seat.provision import Provisions
from kiosk.wire.hub import PART, BlobOffer, BlobPartMessage, ProvisionMessage
from storage.seat.paper import PaperPart

PAPER, FILES = bytes(range(256)) * (PART // 128) + b"end", b"files"
DIGEST = "ab" * 32


def an_offer(blob, role="paper", **changes):
    given = {"paper": DIGEST, "sha256": hashlib.sha256(blob).hexdigest(), "length": len(blob), "role": role}
    return BlobOffer(**given | changes)


def part_of(blob, index):
    count = -(-len(blob) // PART)
    data = base64.b64encode(blob[index * PART : (index + 1) * PART]).decode()
    return BlobPartMessage(sha256=hashlib.sha256(blob).hexdigest(), index=index, count=count, data=data)


@pytest.fixture
def papers(seat_engine):
    return PaperPart(seat_engine)


@pytest.fixture
def asked():
    return []


@pytest.fixture
def provisions(papers, asked):
    return Provisions(papers, asked.append)


def answer_all(provisions, asked, *blobs):
    by_digest = {hashlib.sha256(b).hexdigest(): b for b in blobs}
    done = 0
    while done < len(asked):
        provisions.came(part_of(by_digest[asked[done].sha256], asked[done].index))
        done += 1


def test_what_is_offered_is_fetched_part_by_part_and_kept(provisions, papers, asked):
    provisions.offered(ProvisionMessage(blobs=(an_offer(PAPER), an_offer(FILES, "attachments"))))
    answer_all(provisions, asked, PAPER, FILES)
    assert papers.sealed(DIGEST) == (PAPER, FILES)
    assert provisions.held == (DIGEST,)
    assert [a.index for a in asked] == [0, 1, 2, 0]


def test_what_is_here_is_not_fetched_again_also_after_a_restart(provisions, papers, asked):
    message = ProvisionMessage(blobs=(an_offer(PAPER),))
    provisions.offered(message)
    answer_all(provisions, asked, PAPER)
    asked.clear()
    provisions.offered(message)
    again = Provisions(papers, asked.append)
    again.offered(message)
    assert asked == []
    assert again.held == (DIGEST,)


def test_a_line_that_was_cut_begins_the_blob_anew(provisions, papers, asked):
    message = ProvisionMessage(blobs=(an_offer(PAPER),))
    provisions.offered(message)
    provisions.came(part_of(PAPER, 0))
    provisions.offered(message)
    provisions.came(part_of(PAPER, 1))  # the late answer to what was asked before
    assert asked[-1].index == 0
    del asked[:-1]
    answer_all(provisions, asked, PAPER)
    assert papers.sealed(DIGEST) == (PAPER, None)


def test_other_bytes_than_offered_are_not_kept_and_stop_no_other(provisions, papers, asked):
    bad = b"x" * len(FILES)
    provisions.offered(ProvisionMessage(blobs=(an_offer(FILES), an_offer(PAPER, paper="cd" * 32))))
    with pytest.raises(Tampered):
        provisions.came(part_of(bad, 0).model_copy(update={"sha256": hashlib.sha256(FILES).hexdigest()}))
    assert papers.sealed(DIGEST) is None
    del asked[:-1]
    answer_all(provisions, asked, PAPER)
    assert papers.sealed("cd" * 32) == (PAPER, None)


@pytest.mark.parametrize("data", ["!!", base64.b64encode(b"short").decode()])
def test_a_part_that_is_damaged_or_short_is_refused(provisions, papers, asked, data):
    provisions.offered(ProvisionMessage(blobs=(an_offer(PAPER),)))
    with pytest.raises(Invalid):
        provisions.came(part_of(PAPER, 0).model_copy(update={"data": data}))
    assert papers.sealed(DIGEST) is None
    assert provisions.held == ()


def test_what_was_never_asked_for_is_passed_over(provisions, papers, asked):
    provisions.came(part_of(FILES, 0))
    assert papers.digests() == ()
    assert asked == []
