"""A PIN is worked out once and known from then on; a wrong one, and one that was changed, never is."""

import pytest

from builders import a_person
from kiosk.exam.person import Role
from kiosk.exam.roster import Account
from kiosk.hall import recognition
from kiosk.hall.recognition import Recognition
from kiosk.sealing.secret import Cost, hash_secret

LITTLE = Cost(passes=1, memory_kib=8, lanes=1)


def account(user_id: str, pin: str | None) -> Account:
    return Account(a_person(Role.PROCTOR, user_id=user_id), None if pin is None else hash_secret(pin, LITTLE))


@pytest.fixture
def tries(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every time the work of Argon2 is done."""
    done, fits = [], recognition.fits

    def counted(secret: str, hashed: str) -> bool:
        done.append(hashed)
        return fits(secret, hashed)

    monkeypatch.setattr(recognition, "fits", counted)
    return done


def test_a_pin_is_worked_out_once_however_it_is_spaced(tries: list[str]) -> None:
    staff, known = [account("p0", None), account("p1", "111111"), account("p2", "222222")], Recognition()
    for pin in ("222222", "222 222", "222-222"):
        assert known.holder(pin, staff) == staff[2].person
    assert len(tries) == 2


def test_a_wrong_pin_costs_the_work_every_time(tries: list[str]) -> None:
    staff, known = [account("p1", "111111")], Recognition()
    for _ in range(3):
        assert known.holder("333333", staff) is None
    assert len(tries) == 3


def test_a_pin_that_was_changed_or_whose_holder_went_is_not_known_any_more(tries: list[str]) -> None:
    known = Recognition()
    assert known.holder("111111", [account("p1", "111111")]) is not None
    assert known.holder("111111", [account("p1", "999999")]) is None
    assert known.holder("111111", []) is None
    assert len(tries) == 2


def test_no_pin_is_kept(tries: list[str]) -> None:
    known = Recognition()
    known.holder("111111", [account("p1", "111111")])
    assert "111111" not in repr(vars(known))
