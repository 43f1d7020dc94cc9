"""Codes for acts: one fits just what it was made for, and a slip of the finger is named."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.exam.act_code import (
    CODED_ACTS,
    LARGEST_NUMBER,
    Setting,
    Signatory,
    Terms,
    challenge_of,
    code_of,
    fits,
    read_challenge,
    read_code,
)
from kiosk.exam.error import Invalid, Refused
from kiosk.exam.grant import REASONS, Act
from kiosk.exam.spelling import ALPHABET, Mistyped

KEY, NONCE = bytes(range(32)), "ab" * 16
SETTING = Setting(seat="A12", candidate_id="candidate-1", submission_id="submission-1")
TERMS = Terms(act=Act.EXTEND, amount_ms=600_000, reason="power")
BY = Signatory(7)
NAMES = st.text("ABCabc123-", min_size=1, max_size=8)
SETTINGS = st.builds(Setting, seat=NAMES, candidate_id=NAMES, submission_id=NAMES)
TERMSES = st.builds(
    Terms,
    act=st.sampled_from(CODED_ACTS),
    amount_ms=st.integers(0, 240).map(lambda minutes: minutes * 60_000),
    reason=st.sampled_from(["", *REASONS]),
)
SIGNATORIES = st.builds(Signatory, st.integers(1, LARGEST_NUMBER), st.booleans())


def allowed(key, setting, nonce, terms, code):
    """Return whether a seat with this key, drawing its challenge here, would carry out the terms for a code."""
    return fits(key, setting.seat, challenge_of(key, setting, nonce), terms, read_code(code))


def code_for(key=KEY, setting=SETTING, nonce=NONCE, terms=TERMS, by=BY):
    return code_of(key, setting.seat, challenge_of(key, setting, nonce), terms, by)


@given(st.binary(min_size=32, max_size=32), SETTINGS, TERMSES, SIGNATORIES)
def test_what_was_asked_for_is_allowed_and_tells_who_allowed_it(key, setting, terms, by):
    code = code_for(key, setting, NONCE, terms, by)
    assert allowed(key, setting, NONCE, terms, code)
    assert read_code(code).signatory == by


OTHERS = {
    "seat": lambda: (KEY, replace(SETTING, seat="A13"), NONCE, TERMS),
    "candidate": lambda: (KEY, replace(SETTING, candidate_id="candidate-2"), NONCE, TERMS),
    "sitting": lambda: (KEY, replace(SETTING, submission_id="submission-2"), NONCE, TERMS),
    "drawing": lambda: (KEY, SETTING, "cd" * 16, TERMS),
    "act": lambda: (KEY, SETTING, NONCE, replace(TERMS, act=Act.REOPEN)),
    "amount": lambda: (KEY, SETTING, NONCE, replace(TERMS, amount_ms=660_000)),
    "reason": lambda: (KEY, SETTING, NONCE, replace(TERMS, reason="medical")),
    "hall": lambda: (bytes(32), SETTING, NONCE, TERMS),
}


@pytest.mark.parametrize("other", OTHERS)
def test_a_code_allows_nothing_with_one_thing_changed(other):
    assert allowed(KEY, SETTING, NONCE, TERMS, code_for())
    assert not allowed(*OTHERS[other](), code_for())


@given(SETTINGS, TERMSES, SIGNATORIES, SETTINGS, TERMSES)
def test_no_code_fits_another_seat_candidate_sitting_act_amount_or_reason(setting, terms, by, elsewhere, wish):
    code = code_for(KEY, setting, NONCE, terms, by)
    assert allowed(KEY, elsewhere, NONCE, wish, code) == ((setting, terms) == (elsewhere, wish))


@given(SIGNATORIES, SIGNATORIES)
def test_nobody_puts_another_proctor_s_number_on_a_code(one, other):
    challenge = challenge_of(KEY, SETTING, NONCE)
    typed = read_code(code_of(KEY, "A12", challenge, TERMS, one))
    assert fits(KEY, "A12", challenge, TERMS, replace(typed, signatory=other)) == (one == other)


def test_codes_are_short_enough_to_be_said_and_read_as_they_are_typed():
    challenge, code = challenge_of(KEY, SETTING, NONCE), code_for()
    assert [len(g) for g in challenge.split("-")] == [4, 4]
    assert [len(g) for g in code.split("-")] == [5, 5, 5]
    assert read_challenge(challenge.replace("-", " ").lower().replace("0", "o")) == challenge
    assert read_code(code.replace("-", "").lower().replace("1", "l")) == read_code(code)


@pytest.mark.parametrize(
    ("text", "read"), [(code_for(), read_code), (challenge_of(KEY, SETTING, NONCE), read_challenge)]
)
def test_every_wrong_character_is_found_and_its_group_named(text, read):
    groups, found = text.split("-"), 0
    for place, right in enumerate(text):
        for other in ALPHABET.replace(right, "") if right != "-" else "":
            with pytest.raises(Mistyped) as caught:
                read(text[:place] + other + text[place + 1 :])
            assert [s.number for s in caught.value.slips] == [place // (len(groups[0]) + 1) + 1]
            found += 1
    assert found == 31 * len(text.replace("-", ""))


@given(st.binary(min_size=32, max_size=32), st.permutations(range(3)))
def test_groups_out_of_order_are_found(key, order):
    code = code_for(key)
    groups = code.split("-")
    mixed = "-".join(groups[n] for n in order)
    if list(order) == [0, 1, 2]:
        assert read_code(mixed) == read_code(code)
        return
    with pytest.raises(Mistyped, match="wrong place"):
        read_code(mixed)


@pytest.mark.parametrize("typed", ["", "4K7Q", "K7QF2-MXA9D", "00000-00001-00002-00003", "U7QF2-MXA9D-K7QF2"])
def test_what_is_no_code_is_said_to_be_none(typed):
    with pytest.raises(Mistyped):
        read_code(typed)
    with pytest.raises(Mistyped):
        read_challenge(typed)


def test_a_reason_is_the_same_however_it_is_spelt_on_either_side():
    assert Terms.of(Act.EXTEND, 60_000, " Fire  Alarm\n") == Terms.of(Act.EXTEND, 60_000, "fire alarm")


@pytest.mark.parametrize("act", sorted(set(Act) - set(CODED_ACTS)))
def test_what_no_code_allows_is_refused(act):
    with pytest.raises(Refused):
        Terms.of(act, 0, "")


@pytest.mark.parametrize("amount", [-1, 24 * 3_600_000 + 1])
def test_an_amount_is_bounded(amount):
    with pytest.raises(Refused):
        Terms.of(Act.EXTEND, amount, "power")


@pytest.mark.parametrize("proctor", [0, -1, LARGEST_NUMBER + 1])
def test_proctors_have_numbers_that_fit(proctor):
    with pytest.raises(Invalid):
        Signatory(proctor)
