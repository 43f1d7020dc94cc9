"""A seat as a process of its own: plays the scripts it is ordered to, over a line to the hall, until it is killed.

Orders come on standard input, one JSON line a candidate. What is saved is said on a pipe of its own, only after the
writer said so: {"index": n, "seq": n} an action, {"receipt": code} a hand-in, {"over": true} one that
happened before the last kill, {"refused": words} what went wrong.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from kiosk.exam.attempt import Phase
from kiosk.exam.error import KioskError
from kiosk.ground.clock import SystemClock
from kiosk.ground.home import Home
from kiosk.ground.occupancy import occupied
from kiosk.rehearsal.candidate import Acknowledgements, Pins, SimulatedCandidate
from kiosk.rehearsal.script import Action
from kiosk.seat.desk import Desk
from kiosk.seat.line import Line
from kiosk.seat.place import open_desk
from kiosk.views.desk import DeskEvent, Saved


def main(home: str, seat: str, reader: int, writer: int, said: int) -> None:
    """Open the seat and carry out every order."""
    place = Home(Path(home)).seat(seat)
    with occupied(place), open(reader, "rb") as answers, open(writer, "wb") as calls:
        desk = open_desk(place, Line(seat, answers, calls), SystemClock())
        for line in sys.stdin:
            _play(desk, json.loads(line), said)
        desk.close()


def _play(desk: Desk, order: dict[str, Any], said: int) -> None:
    acknowledgements = Acknowledgements(lambda index, seq: _say(said, {"index": index, "seq": seq}))

    def hear(event: DeskEvent) -> None:
        if isinstance(event, Saved):
            acknowledgements.hear(event.seq)

    desk.listen(hear)
    try:
        desk.sign_in(order["roll"], order["code"])
        test = next(t for t in desk.tests() if t.title == order["title"])
        if test.attempts_used and not test.has_open_sitting:
            desk.sign_out()
            _say(said, {"over": True})
            return
        candidate = SimulatedCandidate(desk, desk.begin(test.assignment_id), Pins(*order["pins"]))
        state = desk.state()
        if state.phase is Phase.HANDED_IN:  # the seat was killed before the hall heard of the hand-in
            desk.sign_out()
            _say(said, {"receipt": state.receipt})
            return
        candidate.settle_in()
        for index, action in enumerate(order["actions"][order["first"] :], order["first"]):
            candidate.do(Action.from_document(action))
            acknowledgements.expect(index, desk.head())
        candidate.hand_in()
        acknowledgements.expect(len(order["actions"]), desk.head())
        receipt = desk.state().receipt
        desk.sign_out()
        _say(said, {"receipt": receipt})
    except KioskError as error:
        _say(said, {"refused": error.message})


def _say(said: int, document: dict[str, Any]) -> None:
    os.write(said, json.dumps(document).encode() + b"\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *(int(fd) for fd in sys.argv[3:6]))
