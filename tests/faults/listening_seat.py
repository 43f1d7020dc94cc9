"""Seats at which somebody is signed in, has no test open, and hears what is announced, until they are killed.

Run as a program. Each line on its standard input asks for one life, as JSON: the process forks, and the fork connects
to its hub, lets the candidate sign in, and says its process id. At the step the order names it says so and goes no
further. An empty line asks to wait until that life has ended, and for how it did.
"""

import json
import os
import sys
from pathlib import Path
from threading import Event
from typing import Any

from house import CODE, ROLL, SEAT
from kiosk.ground.home import Home
from kiosk.ground.occupancy import occupied
from kiosk.seat.desk import Desk
from kiosk.seat.link import voice
from kiosk.seat.link.connecting import open_link
from kiosk.seat.link.link import Link
from kiosk.seat.place import open_desk
from kiosk.views.desk import Told
from kiosk.wire.hub import ToldMessage
from live_hub import PATIENCE, RunningClock
from storage.seat.message import KeptMessage

STEPS = ("to be kept", "kept", "shown", "to be told", "told")
"""What becomes of an announcement at a seat, in order."""


class Steps:
    """Stands between the parts of a seat; a dishonest one tells the hall before anything is kept."""

    def __init__(self, desk: Desk, link: Link, last: str, honest: bool) -> None:
        self._link = link
        self._last = last
        self._honest = honest
        self._keep, self._told, self._say_on = desk.inbox._store.keep, link.told, voice.say_on
        desk.inbox._store.keep = self.keep  # type: ignore[method-assign]
        link.told = self.told  # type: ignore[method-assign]
        voice.say_on = self.say_on
        desk.listen(lambda event: self.reach("shown") if isinstance(event, Told) else None)

    def reach(self, step: str) -> None:
        """Stay for ever at the last step."""
        if step == self._last:
            say({"at": step})
            Event().wait()

    def keep(self, candidate_id: str, message: KeptMessage) -> None:
        """Keep a message."""
        if not self._honest:
            self._link.say(ToldMessage(announcement_id=message.message_id, is_read=False))
        self.reach("to be kept")
        self._keep(candidate_id, message)
        self.reach("kept")

    def told(self, announcement_id: str, is_read: bool) -> None:
        """Tell the hall."""
        self.reach("to be told")
        self._told(announcement_id, is_read)

    def say_on(self, line: Any, message: Any) -> bool:
        """Say something on the line."""
        has_left = self._say_on(line, message)
        if isinstance(message, ToldMessage):
            self.reach("told")
        return has_left


def live(order: dict[str, Any]) -> None:
    """Sign in and listen until killed."""
    place, clock = Home(Path(order["home"])).seat(SEAT), RunningClock(order["boot"])
    with occupied(place):
        link = open_link(place, clock)
        link.start()
        assert link.wait(PATIENCE)
        desk = open_desk(place, link, clock, link=link)
        Steps(desk, link, order["step"], order["honest"])
        desk.sign_in(ROLL, CODE)
        say({"pid": os.getpid()})
        Event().wait()


def say(document: dict[str, Any]) -> None:
    """Tell the parent."""
    print(json.dumps(document), flush=True)


def main() -> None:
    """Give life after life until the standard input ends."""
    child = 0
    for line in sys.stdin:
        if line.strip():
            child = os.fork()
            if child == 0:
                try:
                    live(json.loads(line))
                finally:
                    os._exit(3)
        else:
            say({"ended": os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])})


if __name__ == "__main__":
    main()
