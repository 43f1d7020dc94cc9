"""What a seed draws is the same twice, and what is sealed by it is age that the product opens."""

import random
import secrets
import uuid

import pytest
from argon2 import PasswordHasher
from lottery import drawn_from

from kiosk.exam.error import Tampered
from kiosk.sealing.age import AgeIdentity, seal_to
from kiosk.sealing.key import SigningKey


def draws() -> tuple[object, ...]:
    recipient = AgeIdentity.generate()
    return (
        uuid.uuid4(),
        secrets.token_hex(8),
        secrets.randbits(77),
        random.SystemRandom().random(),
        PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("word"),
        SigningKey.generate().public,
        recipient.reveal(),
        seal_to([recipient.recipient], b"answer"),
    )


def test_a_seed_draws_the_same_twice_and_another_seed_something_else():
    drawn = []
    for seed in (1, 1, 2):
        with drawn_from(random.Random(seed)):
            drawn.append(draws())
    assert drawn[0] == drawn[1]
    assert all(one != other for one, other in zip(drawn[0], drawn[2], strict=True))


def test_outside_nothing_is_drawn_from_a_seed():
    with drawn_from(random.Random(1)):
        pass
    assert draws()[0] != draws()[0]


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 200_000])
def test_a_seal_by_seed_opens_with_each_key_it_is_for_and_no_other(size):
    with drawn_from(random.Random(size)):
        anna, ben, other = (AgeIdentity.generate() for _ in range(3))
        plain = random.Random(size).randbytes(size)
        sealed = seal_to([anna.recipient, ben.recipient], plain)
    assert anna.open(sealed) == ben.open(sealed) == plain
    with pytest.raises(Tampered):
        other.open(sealed)
