"""Nothing but a key the exam owns can leave a locked App."""

import signal
import sys
from pathlib import Path

import pytest

from terminal import Terminal

pytestmark = pytest.mark.terminal
TINY = str(Path(__file__).with_name("tiny.py"))


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "seat.log"


@pytest.fixture
def terminal(log: Path):
    with Terminal([sys.executable, TINY, str(log)], {"TEXTUAL_ALLOW_SIGNALS": "1"}) as terminal:
        terminal.wait("ready")
        yield terminal


@pytest.mark.parametrize("key", ["ctrl+c", "ctrl+q", "ctrl+z", "ctrl+backslash", "ctrl+p", "ctrl+d"])
def test_a_shut_key_changes_nothing(terminal: Terminal, key: str) -> None:
    terminal.press(key, key)
    terminal.press("j")
    assert "key j" in terminal.wait("key j")


def test_escape_is_only_a_key(terminal: Terminal) -> None:
    terminal.press("escape")
    terminal.wait("key escape")
    terminal.press("j")
    terminal.wait("key j")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP])
def test_keyboard_signals_are_not_heard(terminal: Terminal, number: signal.Signals) -> None:
    terminal.signal(number)
    terminal.press("j")
    terminal.wait("key j")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_the_end_of_the_machine_closes_cleanly(terminal: Terminal, log: Path, number: signal.Signals) -> None:
    terminal.signal(number)
    assert terminal.wait_gone() == 0
    assert log.with_suffix(".stopped").exists()


def test_stop_and_continue_leave_one_reader_of_the_keyboard(terminal: Terminal) -> None:
    for _ in range(3):
        terminal.signal(signal.SIGSTOP)
        terminal.signal(signal.SIGCONT)
    terminal.press("j")
    terminal.wait("key j")
    names = [p.read_text().strip() for p in Path(f"/proc/{terminal.pid}/task").glob("*/comm")]
    assert len(names) <= 4, names


def test_a_paste_does_not_come_in(terminal: Terminal) -> None:
    terminal.press("\x1b[200~" + "q" * 500 + "\x1b[201~")
    terminal.wait("paste of 500 refused")


def test_a_crash_shows_one_sentence_and_no_secret(terminal: Terminal, log: Path) -> None:
    terminal.press("x")
    assert terminal.wait_gone() == 1
    assert "the answer is B" not in terminal.text
    assert "Traceback" not in terminal.text
    assert "Please raise your hand" in " ".join(terminal.text.split())
    written = log.read_text()
    assert "RuntimeError" in written
    assert "the answer is B" not in written


def test_the_clipboard_of_the_terminal_is_never_written(terminal: Terminal) -> None:
    from tiny import TinyApp

    app = TinyApp()
    app.copy_to_clipboard("text")
    assert app.clipboard == "text"
