import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.exam.envelope_code import ALPHABET, BITS, GROUP, GROUPS, Mistyped, read, spell
from kiosk.exam.error import Invalid

SECRETS = st.integers(0, (1 << BITS) - 1)
SIZE = GROUP + 1


@given(SECRETS)
def test_what_is_spelt_is_read(secret):
    code = spell(secret)
    assert read(code) == secret
    assert [len(group) for group in code.split("-")] == [SIZE] * GROUPS


def test_a_code_carries_a_hundred_and_thirty_bits():
    assert read(spell((1 << BITS) - 1)) == (1 << BITS) - 1
    for outside in (-1, 1 << BITS):
        with pytest.raises(Invalid):
            spell(outside)


@given(SECRETS, st.data())
def test_every_wrong_character_is_found_and_its_group_named(secret, data):
    code = spell(secret)
    place = data.draw(st.sampled_from([n for n, c in enumerate(code) if c != "-"]))
    other = data.draw(st.sampled_from([c for c in ALPHABET if c != code[place]]))
    with pytest.raises(Mistyped) as caught:
        read(code[:place] + other + code[place + 1 :])
    assert [s.number for s in caught.value.slips] == [place // (SIZE + 1) + 1]


def test_every_wrong_character_of_one_code_is_found():
    code, found = spell(0x2_0123_4567_89AB_CDEF_0123_4567_89AB_CDEF), 0
    for place, right in enumerate(code):
        for other in ALPHABET.replace(right, "") if right != "-" else "":
            with pytest.raises(Mistyped):
                read(code[:place] + other + code[place + 1 :])
            found += 1
    assert found == GROUPS * SIZE * 31


@given(SECRETS, st.data())
def test_two_swapped_in_a_group_are_found_and_neighbours_put_right(secret, data):
    groups = spell(secret).split("-")
    number = data.draw(st.integers(0, GROUPS - 1))
    first, second = sorted(data.draw(st.lists(st.integers(0, SIZE - 1), min_size=2, max_size=2, unique=True)))
    right = groups[number]
    characters = list(right)
    characters[first], characters[second] = characters[second], characters[first]
    groups[number] = "".join(characters)
    if groups[number] == right:
        assert read("-".join(groups)) == secret
        return
    with pytest.raises(Mistyped) as caught:
        read("-".join(groups))
    (slip,) = caught.value.slips
    assert slip.number == number + 1
    assert (right in slip.meant) or second > first + 1


@given(SECRETS, st.permutations(range(GROUPS)))
def test_groups_out_of_order_are_found_and_placed(secret, order):
    groups = spell(secret).split("-")
    mixed = "-".join(groups[n] for n in order)
    if list(order) == list(range(GROUPS)):
        assert read(mixed) == secret
        return
    with pytest.raises(Mistyped) as caught:
        read(mixed)
    astray = {place + 1: n + 1 for place, n in enumerate(order) if place != n}
    assert {s.number: s.place for s in caught.value.slips} == astray


@given(SECRETS, st.integers(0, GROUPS - 1), st.integers(0, GROUPS - 1))
def test_a_group_typed_twice_is_found(secret, one, other):
    groups = spell(secret).split("-")
    if one == other:
        return
    groups[one] = groups[other]
    with pytest.raises(Mistyped):
        read("-".join(groups))


@given(SECRETS)
def test_a_code_is_read_kindly(secret):
    code = spell(secret)
    for typed in (code.lower(), code.replace("-", " "), code.replace("-", ""), f"  {code}\n", code.replace("-", "–")):
        assert read(typed) == secret
    assert read(code.replace("0", "O").replace("1", "I")) == secret
    assert read(code.replace("0", "o").replace("1", "l")) == secret


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "this has 0 characters"),
        (spell(7)[:-1], "this has 34 characters"),
        (spell(7) + "0", "this has 36 characters"),
        ("U" + spell(7)[1:], "'U' is in no code"),
        ("\x1b[2J" + spell(7), "is in no code"),
        ("0" * 100_000, "this has 100000 characters"),
    ],
)
def test_what_is_no_code_is_refused_with_words(typed, words):
    with pytest.raises(Mistyped, match=words):
        read(typed)


def test_words_name_the_group_and_what_was_meant():
    groups = spell(0x1_2345_6789_ABCD_EF01_2345_6789_ABCD_EF01).split("-")
    right = groups[2]
    groups[2] = right[1] + right[0] + right[2:]
    with pytest.raises(Mistyped, match=rf"group 3, {groups[2]} \(perhaps {right}"):
        read("-".join(groups))
