"""What a console has loaded when its door is painted; what is typed at the door meanwhile is not lost."""

import os
import sys
from pathlib import Path

import pytest

from terminal import Terminal

pytestmark = pytest.mark.terminal
WATCHED = str(Path(__file__).with_name("watched_console.py"))
LATER = ("pydantic", "websockets", "cryptography", "securesystemslib", "sqlalchemy", "kiosk.wire", "kiosk.sealing")
PAGES = ("consolepage", "console", "card", "order", "arrivals", "preflight", "closeout", "deed", "givecode")


def test_the_door_stands_before_anything_slow_is_loaded(tmp_path: Path) -> None:
    pipe = tmp_path / "modules"
    os.mkfifo(pipe)
    with Terminal([sys.executable, WATCHED, str(tmp_path / "home"), str(pipe)]) as console:
        console.wait("Your PIN")
        loaded = set(pipe.read_text().split())
        console.press("1234")
        console.wait("••••")
    assert "screens.proctor.console.door" in loaded
    assert sorted(m for m in loaded if m.startswith(LATER)) == []
    assert sorted(p for p in PAGES if f"screens.proctor.console.{p}" in loaded) == []
