"""What central makes of acts by code: it never refuses them, and always tells of them."""

from dataclasses import replace

import pytest

from builders import a_grant, a_lease, a_person, an_attempt
from forking import Fork
from keyring import SEAT, a_keyring, signed_grant, the_keyring
from kiosk.central.permission import Permissions
from kiosk.exam.act_code import Signatory, Terms, challenge_of, code_of
from kiosk.exam.entry import Kind
from kiosk.exam.grant import Act
from kiosk.exam.sitting import Step
from kiosk.exam.status import BundleState
from kiosk.sealing.body import Contents
from kiosk.sealing.coded_grant import CodedGrant, proctor_name, sign_coded
from kiosk.sealing.envelope import PayloadType, sign

KEY, NONCE = bytes(range(32)), "ab" * 16
KEYS = the_keyring()


def a_coded(act=Act.EXTEND, **changes) -> CodedGrant:
    """Return an act by code as the seat A12 keeps it."""
    grant = a_grant(act, grant_id="g1", who=proctor_name(3), seat=SEAT, amount_ms=600_000, reason="power")
    coded = CodedGrant(grant=replace(grant, **changes), candidate_id="candidate-1", nonce=NONCE, challenge="", code="")
    challenge = challenge_of(KEY, coded.setting, NONCE)
    code = code_of(KEY, SEAT, challenge, Terms(act=act, amount_ms=600_000, reason="power"), Signatory(3))
    return replace(coded, challenge=challenge, code=code)


def flags_of(*envelopes: bytes) -> tuple[str, ...]:
    """Return what central notes of a sitting that was extended by ten minutes under the grant g1."""
    attempt = an_attempt()
    stamp = {"who": proctor_name(3), "grant": "g1", "reason": "power"}
    attempt.take([Step(Kind.EXTENDED, {**stamp, "ms": 600_000, "section": None})])
    lease = a_lease(attempt.paper)
    envelope = sign(PayloadType.LEASE, lease.document(), KEYS.hall)
    contents = Contents(
        attempt.genesis, tuple(attempt.entries), a_person(user_id=lease.candidate_id), (envelope,), envelopes, ()
    )
    return Permissions.of(KEYS.hall_chain, KEYS.root.public, contents).flags


def kept(coded: CodedGrant) -> bytes:
    return sign_coded(coded, KEYS.seat, KEYS.seat_chain).envelope


def test_an_act_by_code_is_told_of_and_counts():
    (flag,) = flags_of(kept(a_coded()))
    assert flag.endswith("(extended) was allowed by a code of proctor 3; the hall has not confirmed it")


def test_what_the_hall_confirmed_is_said_to_be_confirmed():
    coded = a_coded()
    (flag,) = flags_of(kept(coded), signed_grant(coded.grant, KEYS).envelope)
    assert flag.endswith("was allowed by a code of proctor 3; the hall confirmed it")


def test_a_hall_that_confirmed_something_else_confirmed_nothing():
    coded = a_coded()
    other = replace(coded.grant, amount_ms=60_000)
    flags = flags_of(kept(coded), signed_grant(other, KEYS).envelope)
    assert any("no grant signed" in f or "has not confirmed" in f for f in flags)


@pytest.mark.parametrize("changes", [{"amount_ms": 300_000}, {"who": "proctor 4"}, {"submission_id": "elsewhere"}])
def test_a_coded_grant_that_does_not_cover_the_entry_covers_nothing(changes):
    (flag,) = flags_of(kept(a_coded(**changes)))
    assert "has no grant signed by the hall" in flag


def test_a_start_by_code_is_told_of():
    flags = flags_of(kept(a_coded()), kept(a_coded(Act.START, grant_id="g2", amount_ms=0)))
    assert "the start was allowed by a code of proctor 3; the hall has not confirmed it" in flags


@pytest.mark.parametrize("who", ["another house", "another seat", "changed"])
def test_what_no_seat_of_this_hall_signed_is_flagged_and_covers_nothing(who):
    stranger = a_keyring()
    envelope = {
        "another house": lambda: sign_coded(a_coded(), stranger.seat, stranger.seat_chain).envelope,
        "another seat": lambda: kept(a_coded(seat="A13")),
        "changed": lambda: sign_coded(a_coded(), stranger.seat, KEYS.seat_chain).envelope,
    }[who]()
    flags = flags_of(envelope)
    assert len(flags) == 2
    assert flags[0].startswith("a grant does not hold")
    assert "has no grant signed by the hall" in flags[1]


def moved_flags(**changes) -> tuple[str, ...]:
    """Return what central notes of a sitting that was moved; `changes` are of the lease the hall signed."""
    attempt = an_attempt()
    first, head = a_lease(attempt.paper), attempt.entries[-1]
    fields = {"lease_id": "lease-2", "epoch": 2, "seat": "A13", "fork_seq": head.seq, "fork_hash": head.hash.hex()}
    taken = replace(first, **fields)
    attempt.take(attempt.sitting.take_over(taken))
    signed = replace(taken, **changes)
    leases = tuple(sign(PayloadType.LEASE, lease.document(), KEYS.hall) for lease in (first, signed))
    anna = a_person(user_id=first.candidate_id)
    contents = Contents(attempt.genesis, tuple(attempt.entries), anna, leases, (), ())
    return Permissions.of(KEYS.hall_chain, KEYS.root.public, contents).flags


def test_a_move_that_stands_where_the_hall_cut_the_sitting_is_as_it_ought_to_be():
    assert moved_flags() == ()


@pytest.mark.parametrize("changes", [{"fork_seq": 0}, {"fork_hash": "ab" * 32}, {"fork_seq": 99}])
def test_a_move_elsewhere_than_where_the_hall_cut_the_sitting_is_flagged_and_never_refused(changes):
    told = moved_flags(**changes)
    assert any("is not where the hall let the sitting go on" in words for words in told)


def test_a_move_that_tells_of_another_lease_than_the_hall_signed_is_flagged():
    (flag,) = moved_flags(seat="A14")
    assert flag.endswith("tells of its lease otherwise than the hall signed it")


def test_a_journal_that_shortens_what_the_hall_held_is_flagged_but_counts_by_rank(site):
    """A seat cannot hide by its own lease that it left something out: where the hall cut is signed."""
    fork = Fork(site.paper, site.keyring)
    honest = fork.bundle({"genetics-1": ["genetics-1-1"]})
    short = fork.bundle({"genetics-1": ["genetics-1-2"]}, epoch=2, fork_seq=2, fork_hash="ab" * 32)
    for bundle in (honest, short):
        site.central.intake.take(bundle.data, "stick")
    flags = {settled.bundle_id: settled.flags for settled in site.settle()}
    assert not any("go on" in words for words in flags[honest.bundle_id])
    assert any("which was after entry 2" in words for words in flags[short.bundle_id])
    states = {line.bundle_id: line.state for line in site.central.arrivals.lines()}
    assert states == {short.bundle_id: BundleState.COUNTED, honest.bundle_id: BundleState.BRANCH}
