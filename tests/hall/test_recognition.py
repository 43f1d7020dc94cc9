"""A PIN is worked out once and known from then on; a wrong one, and one that was changed, never is."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from builders import a_person
from house import PIN, SEAT, SECOND_PIN, a_hall_roster, a_house, accounts
from kiosk.exam.error import Denied
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


def test_as_many_are_kept_as_there_are_people_with_a_pin(tries: list[str]) -> None:
    known = Recognition()
    for number in range(20):
        pin = f"{number:06}"
        assert known.holder(pin, [account("p1", pin), account("p2", "222222")]) is not None
        assert known.holder("222222", [account("p1", pin), account("p2", "222222")]) is not None
        assert len(known._known) <= 2


def test_two_programs_share_no_digest() -> None:
    one, other, staff = Recognition(), Recognition(), [account("p1", "111111")]
    for known in (one, other):
        assert known.holder("111111", staff) is not None
    assert not one._known.keys() & other._known.keys()


def test_a_pin_that_is_known_waits_like_any_other_after_wrong_tries(tmp_path: Path) -> None:
    house = a_house(tmp_path)
    assert house.hall.proctor(PIN, SEAT)
    for _ in range(3):
        with pytest.raises(Denied):
            house.hall.proctor("000000", SEAT)
    with pytest.raises(Denied) as caught:
        house.hall.proctor(PIN, SEAT)
    assert caught.value.wait_seconds > 0
    house.clock.advance(1_000 * caught.value.wait_seconds)
    assert house.hall.proctor(PIN, SEAT)
    house.close()


def test_who_was_removed_or_given_another_pin_by_a_package_is_not_recognised(tmp_path: Path) -> None:
    house, roster = a_house(tmp_path), a_hall_roster()
    assert house.hall.proctor(PIN, SEAT)
    proctor, second = (replace(a, secret_hash=h) for a, h in _swapped(accounts(roster, "proctor-1", "proctor-2")))
    house.load(
        tmp_path / "package-2",
        replace(roster, accounts=(*accounts(roster, "candidate-1", "candidate-2"), proctor, second)),
    )
    assert house.hall.proctor(PIN, SEAT) == second.person.name
    assert house.hall.proctor(SECOND_PIN, SEAT) == proctor.person.name
    house.close()


def _swapped(people: Iterable[Account]) -> list[tuple[Account, str | None]]:
    first, second = people
    return [(first, second.secret_hash), (second, first.secret_hash)]
