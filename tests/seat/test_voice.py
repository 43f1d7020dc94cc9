"""What a seat says of its own accord: cut lines come at any moment, and cost no more than what was on the way."""

from collections import deque
from threading import Condition, Thread

import pytest

from kiosk.seat.link.voice import Voice
from kiosk.wire.hub import DoneMessage
from live_hub import RunningClock


class Quiet:
    """A replica, and the rest of a seat, with nothing to say."""

    def behind(self):
        return 0

    def send(self, now_ms):
        return None

    def vitals(self):
        raise AssertionError("no beat is due")


class Line:
    """Takes what is said."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def send(self, text: str) -> None:
        self.said.append(text)


@pytest.fixture
def voice():
    voice = Voice(Condition(), RunningClock())
    voice._beat_ms = voice._now_ms()
    return voice


def done(number):
    return DoneMessage(command_id=f"{number:032x}", done=True, words="")


class Cutting(deque):
    """What waits to be said; whoever looks whether there is anything has the line cut behind their back."""

    def __init__(self, voice: Voice) -> None:
        super().__init__()
        self.voice = voice

    def __len__(self) -> int:
        found = super().__len__()
        cutting = Thread(target=self.cut, daemon=True)
        cutting.start()
        cutting.join(0.2)
        return found

    def cut(self) -> None:
        with self.voice._changed:
            self.clear()


def test_a_line_that_is_cut_while_it_is_spoken_to_makes_no_fault(voice):
    voice._outgoing = Cutting(voice)
    for number in range(2):
        voice.add(done(number))
    line = Line()
    voice.tell(line, Quiet(), Quiet(), {})
    assert line.said in ([done(0).model_dump_json()], [done(n).model_dump_json() for n in range(2)])
