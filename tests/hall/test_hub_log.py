"""The hub's log: bounded, private, one line an event, and of mistakes only kind and place."""

import logging

import pytest

from kiosk.hall.hub import log as hub_log
from kiosk.hall.hub.log import FILE, FILES, end_log, keep_log, log


@pytest.fixture
def folder(tmp_path):
    handler = keep_log(tmp_path)
    yield tmp_path
    end_log(handler)


def test_words_of_strangers_steer_no_terminal_and_make_no_second_line(folder):
    log.warning("seat %s: %s", "A12", "\x1b[2Jhello\r\n2031 info seat A13 is on the line" + "x" * 10_000)
    (line,) = (folder / FILE).read_text(encoding="utf-8").splitlines()
    assert "\x1b" not in line
    assert "hello" in line
    assert len(line) < 600


def test_of_a_mistake_only_kind_and_place_are_told(folder):
    try:
        raise ValueError("a-secret")
    except ValueError:
        log.exception("a line ended")
        logging.getLogger("kiosk.hall.board.watch").exception("the board could not look")
    text = (folder / FILE).read_text(encoding="utf-8")
    assert "a-secret" not in text
    assert "Traceback" not in text
    assert text.count("(ValueError at test_hub_log.py:") == 2


def test_it_is_for_this_user_alone_and_never_grows_without_end(folder, monkeypatch):
    monkeypatch.setattr(log.handlers[-1], "maxBytes", 2_000)
    for number in range(1_000):
        log.info("seat S%d is on the line", number)
    kept = sorted(folder.iterdir())
    assert [p.name for p in kept] == [FILE, *(f"{FILE}.{n}" for n in range(1, FILES))]
    assert {p.stat().st_mode & 0o777 for p in kept} == {0o600}
    assert sum(p.stat().st_size for p in kept) <= 2_000 * FILES
    assert "S999" in (folder / FILE).read_text(encoding="utf-8")


def test_nothing_is_written_once_it_is_ended(tmp_path):
    end_log(keep_log(tmp_path))
    log.warning("too late")
    assert (tmp_path / FILE).read_text(encoding="utf-8") == ""
    assert hub_log.log.propagate
