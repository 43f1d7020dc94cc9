import pytest

from kiosk.exam.error import Tampered
from kiosk.sealing.compression import compress, expand


@pytest.mark.parametrize("plain", [b"", b"a", b"journal " * 10_000, bytes(range(256)) * 40])
def test_what_goes_in_comes_out(plain):
    assert expand(compress(plain), len(plain)) == plain


def test_a_bomb_is_refused_before_it_grows():
    bomb = compress(b"\0" * 200_000_000)
    assert len(bomb) < 100_000
    with pytest.raises(Tampered):
        expand(bomb, 1_000)


@pytest.mark.parametrize("wrong", [-1, 1])
def test_the_length_must_be_exact(wrong):
    plain = b"0123456789" * 100
    with pytest.raises(Tampered):
        expand(compress(plain), len(plain) + wrong)


def test_nothing_may_follow_and_nothing_may_lack():
    frame = compress(b"0123456789" * 100)
    for bad in (frame + b"x", frame + compress(b""), frame[:-1], frame[:10], b""):
        with pytest.raises(Tampered):
            expand(bad, 1_000)
