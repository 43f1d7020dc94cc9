"""`kiosk hall code`: with a challenge and a PIN typed in, the hub running or not, and no secret in the arguments."""

import json

import pytest
from typer.testing import CliRunner

from house import CODE, PIN, ROLL, SEAT, SECOND_PIN, a_house
from kiosk.cli.main import app
from kiosk.exam.grant import Act
from kiosk.views.desk import ActRequest

EXTEND = ActRequest(act=Act.EXTEND, amount_ms=600_000, reason="power")
WORDS = ("--act", "extend", "--minutes", "10", "--reason", "power")


@pytest.fixture
def house(tmp_path):
    house = a_house(tmp_path)
    yield house
    house.close()


@pytest.fixture
def desk(house):
    desk = house.begun()
    house.hall.close()  # the hub is dead: what follows opens the store by itself
    return desk


def asked(house, *words, typed, status=0):
    argv = ["hall", "code", "--seat", SEAT, *words, "--home", str(house.home.folder)]
    result = CliRunner().invoke(app, argv, input=typed)
    told = result.output + str(result.exception or "")
    assert (result.exit_code != 0) == (status != 0), told
    return told


def test_the_code_works_at_the_seat(house, desk):
    left = desk.time_left().test_ms
    told = asked(house, *WORDS, "--json", typed=f"{desk.challenge(EXTEND)}\n{PIN}\n")
    facts = json.loads(told)
    assert (facts["seat"], facts["act"], facts["minutes"], facts["reason"]) == (SEAT, "extend", 10, "power")
    assert facts["challenge"] == desk.challenge(EXTEND)
    desk.act_by_code(EXTEND, facts["code"])
    assert desk.time_left().test_ms == left + 600_000


def test_a_person_reads_the_code_and_what_it_is_for_and_nothing_secret(house, desk):
    told = asked(house, *WORDS, typed=f"{desk.challenge(EXTEND)}\n{PIN}\n")
    (code,) = (line.strip() for line in told.splitlines() if [len(g) for g in line.strip().split("-")] == [5] * 3)
    assert "Code for A12 (extend, 10 min)" in told
    assert PIN not in told
    desk.act_by_code(EXTEND, code.lower())


@pytest.mark.parametrize("words", [("--act", "reopen"), ("--act", "extend", "--minutes", "20", "--reason", "power")])
def test_what_needs_two_asks_for_two_by_itself(house, desk, words):
    challenge = desk.challenge(EXTEND)
    assert "Code for A12" in asked(house, *words, typed=f"{challenge}\n{PIN}\n{SECOND_PIN}\n")
    asked(house, *words, typed=f"{challenge}\n{PIN}\n", status=1)
    asked(house, *words, typed=f"{challenge}\n{PIN}\n{PIN}\n", status=1)


@pytest.mark.parametrize(
    ("words", "typed"),
    [
        (WORDS, "AAAA-BBBB\n482913\n"),
        (WORDS, ""),
        (("--act", "end"), None),
        (("--act", "resume", "--minutes", "5"), None),
        (("--act", "dance"), None),
    ],
)
def test_what_is_refused(house, desk, words, typed):
    asked(house, *words, typed=f"{desk.challenge(EXTEND)}\n{PIN}\n" if typed is None else typed, status=1)


def test_a_wrong_pin_is_refused_and_no_code_shown(house, desk):
    told = asked(house, *WORDS, typed=f"{desk.challenge(EXTEND)}\n000000\n", status=1)
    assert "PIN is not right" in told
    assert ROLL not in told
    assert CODE not in told
