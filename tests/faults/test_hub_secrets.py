"""What passes through a hub leaves no secret where it does not belong: not in a log, a file, an argument or a repr."""

import logging
import stat
from pathlib import Path

import pytest

from house import CODE, PIN, ROLL, SECOND_PIN, a_house
from kiosk.exam.error import Denied
from kiosk.hall.console.opening import open_board
from kiosk.hall.hub.log import FILE, end_log, keep_log
from kiosk.views.order import Order, Verb
from live_hub import a_live_hub, until

ANSWER = "mitochondria-canary-7731"
PUBLIC = (".pub", ".json", ".certificates")
WRONG_PIN, WRONG_CODE = "913377", "ZZQ7WRNG"


@pytest.fixture
def loud(tmp_path):
    """Every logger of this process at its loudest, into one file."""
    path, root = tmp_path / "loud.log", logging.getLogger()
    handler = logging.FileHandler(path)
    before = {name: log.level for name, log in root.manager.loggerDict.items() if isinstance(log, logging.Logger)}
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield path
    root.removeHandler(handler)
    root.setLevel(level)
    for name, was in before.items():
        logging.getLogger(name).setLevel(was)


def worked_day(house):
    """Let a day pass with every kind of secret in it; return what was secret."""
    with a_live_hub(house) as hub:
        seat = hub.begun("A12", ROLL, CODE)
        essay = next(q for s in seat.desk.sheet().sections for q in s.questions if not q.options)
        seat.desk.visit(essay.question_id)
        seat.desk.type(essay.question_id, ANSWER)
        with pytest.raises(Denied):
            hub.seat("A13").desk.sign_in(ROLL, WRONG_CODE)
        with pytest.raises(Denied):
            seat.desk.unlock_overlay(WRONG_PIN)
        board = open_board(hub.house.home.hall, None)
        board.start()
        until(lambda: board.state().is_connected)
        with pytest.raises(Denied):
            board.sign_in(WRONG_PIN)
        board.sign_in(PIN)
        board.carry_out(Order(verb=Verb.LOCK, seats=("A12",), reason="x", pin=PIN, second_pin=SECOND_PIN))
        submission = seat.desk.scribe.sitting.genesis.submission_id
        until(lambda: seat.desk.saved().pending == 0)
        until(lambda: seat.link.settle(submission, 1))
        board.close()
        keys, told = hub.site.keys, repr((hub.site, hub.hub, seat.link, seat.link._credentials, seat.place))
        return told, {
            "token": hub.site.token,
            "act key of a seat": keys.act_key("A12").hex(),
            "paper identity": hub.site.store.papers.identity(house.paper.digest),
            "code": CODE, "wrong code": WRONG_CODE, "PIN": PIN, "second PIN": SECOND_PIN, "wrong PIN": WRONG_PIN,
            "answer": ANSWER,
        }  # fmt: skip


def test_no_secret_of_a_day_is_in_a_log_a_repr_or_the_process(tmp_path, loud):
    house = a_house(tmp_path)
    log = keep_log(house.home.hall.folder)
    logging.getLogger("kiosk.hub").setLevel(logging.DEBUG)
    try:
        told, secrets = worked_day(house)
    finally:
        end_log(log)
    said = (house.home.hall.folder / FILE).read_text()
    assert "A12 is on the line" in said
    texts = {"hub.log": said, "every logger": loud.read_text(), "repr": told}
    texts["argv"] = Path("/proc/self/cmdline").read_text()
    texts["environ"] = Path("/proc/self/environ").read_text()
    assert [(where, what) for where, text in texts.items() for what, secret in secrets.items() if secret in text] == []


def test_what_the_hub_keeps_is_sealed_and_for_its_user_alone(tmp_path):
    house = a_house(tmp_path)
    _, secrets = worked_day(house)
    hall = house.home.hall.folder
    files = [path for path in hall.rglob("*") if path.is_file()]
    assert {"hub.json", "hub.token", "hub.key.pem"} <= {path.name for path in files}
    mine = [p for p in (*files, *house.home.seat("A12").folder.rglob("*")) if p.is_file()]
    assert [p.name for p in mine if stat.S_IMODE(p.stat().st_mode) & 0o077 and p.suffix not in PUBLIC] == []
    assert all(stat.S_IMODE(p.stat().st_mode) == 0o600 for p in mine if p.name == "hub.json")
    texts = {p.name: p.read_bytes() for p in mine if "keys" not in p.parts and p.name != "hub.json"}
    assert [(name, what) for name, text in texts.items() for what, s in secrets.items() if s.encode() in text] == []
