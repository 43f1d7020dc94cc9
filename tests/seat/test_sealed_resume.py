"""A sealed seat is killed and comes back: with the hall in its home, with a hall across a line, and by code alone."""

import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from house import HALL, PIN, SEAT, SECOND_PIN, a_house
from kiosk.hall.line import serve
from kiosk.sealing.age import AgeIdentity
from kiosk.sealing.store_key import unwrap_key
from kiosk.seat.custody import is_sealed
from kiosk.seat.unlocking import WRAPPED
from kiosk.wire.policy import HallPolicyDocument

PROGRAM = Path(__file__).with_name("sealed_seat_process.py")
ROOT = Path(__file__).parents[2]


@pytest.fixture
def house(tmp_path):
    house = a_house(tmp_path)
    house.hall.custody.decide(HallPolicyDocument(seal_stores=True), PIN, SECOND_PIN)
    house.desk()
    house.desks.pop().close()
    yield house
    house.close()


@contextmanager
def a_life(house, way, typed=""):
    """Start the seat in one way; give what it says line by line; kill it when the block ends."""
    calls, call = os.pipe()
    answers, answer = os.pipe()
    environment = os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"}
    seat = subprocess.Popen(
        [sys.executable, str(PROGRAM), str(house.home.folder), way, str(answers), str(call)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=(answers, call), env=environment, text=True,
    )  # fmt: skip
    os.close(answers)
    os.close(call)

    def at_the_other_end():
        with os.fdopen(calls, "rb") as reader, os.fdopen(answer, "wb") as writer:
            serve(house.hall, HALL, SEAT, reader, writer)

    server = Thread(target=at_the_other_end)
    if way == "line":
        server.start()
    else:
        os.close(calls)
        os.close(answer)
    try:
        if typed:
            seat.stdin.write(f"{typed}\n")
            seat.stdin.flush()
        yield (json.loads(line) for line in seat.stdout)
    finally:
        seat.kill()
        seat.wait()
        seat.stdin.close()
        seat.stdout.close()
        if way == "line":
            server.join(20)


def test_killed_again_and_again_it_comes_back_each_way(house, tmp_path):
    place, code = house.home.seat(SEAT), house.hall.custody.code(SEAT, PIN, SECOND_PIN)
    held, saved = {}, []
    for way in ("hall", "line", "hall", "line"):
        with a_life(house, way) as says:
            assert next(says)["held"] == held, way
            told = next(says)["saved"]
        held |= told
        saved += told.values()
        assert is_sealed(place)
    identity = AgeIdentity((house.home.hall.keys / "hall.age").read_text())
    raw = unwrap_key((place.keys / WRAPPED).read_bytes(), identity, SEAT)
    assert not [p for p in place.folder.rglob("*") if p.is_file() and raw in p.read_bytes()]
    house.hall.close()
    shutil.move(house.home.hall.folder, tmp_path / "gone")
    try:
        with a_life(house, "code", code) as says:
            assert next(says)["answers"] == saved
    finally:
        shutil.move(tmp_path / "gone", house.home.hall.folder)
        house.hall = house.reopen_hall()


def test_without_hall_and_code_it_does_not_come_back(house, tmp_path):
    with a_life(house, "hall") as says:
        next(says)
    house.hall.close()
    shutil.move(house.home.hall.folder, tmp_path / "gone")
    try:
        for way, typed in (("hall", ""), ("code", "0")):
            with a_life(house, way, typed) as says:
                assert list(says) == [], way
    finally:
        shutil.move(tmp_path / "gone", house.home.hall.folder)
        house.hall = house.reopen_hall()
