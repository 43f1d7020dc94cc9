"""A sealed seat as a process of its own: `sealed_seat_process.py HOME hall|line|code [ANSWERS CALLS]`.

It opens its store by the hall of its home, by a hall at the other end of two pipes, or by the code on its standard
input; says what the sitting holds as one JSON line; answers one more question; says when that is saved; and then waits
to be killed. By code, with no hall, it says what the journal holds.
"""

import json
import os
import sys
from functools import partial
from pathlib import Path

from builders import a_clock
from house import CODE, ROLL, SEAT
from kiosk.ground.home import Home
from kiosk.ground.occupancy import occupied
from kiosk.hall.place import open_hall
from kiosk.seat.desk import Desk
from kiosk.seat.line import Line
from kiosk.seat.place import make_seat, open_desk, read_enrolment, seat_store, settle_seat
from kiosk.seat.unlocking import unlock_by_code

ANSWERS = (("cells-1", "cells-1-1"), ("cells-2", "cells-2-1"), ("cells-1", "cells-1-2"), ("cells-2", "cells-2-2"))


def main(home: Home, way: str, *pipes: str) -> None:
    """Open the seat in one way and live until killed."""
    place, clock = home.seat(SEAT), a_clock()
    with occupied(place):
        if way == "code":
            code = sys.stdin.readline()
            store = seat_store(place, partial(unlock_by_code, place, read_enrolment(place), code))
            (sitting,) = store.sittings()
            record = store.whole_record(sitting.submission_id)
            record.verify()
            say({"answers": [e.body["options"] for e in record.entries if e.kind == "answered"]})
        elif way == "line":
            answers, calls = (int(fd) for fd in pipes)
            line = Line(SEAT, os.fdopen(answers, "rb"), os.fdopen(calls, "wb"))
            go_on(open_desk(place, line, clock))
        else:
            hall = open_hall(home.hall, clock)
            settle_seat(place, hall.enrol(SEAT, make_seat(place)), hall)
            go_on(open_desk(place, hall, clock))
        sys.stdin.read()


def go_on(desk: Desk) -> None:
    """Sign in, say what is there, and answer once more."""
    desk.sign_in(ROLL, CODE)
    desk.begin("assignment-1")
    held = {q: list(a.option_ids) for q, a in desk.state().answers.items() if a.option_ids}
    say({"held": held})
    question, option = next(a for a in ANSWERS if [a[1]] != held.get(a[0]))
    desk.visit(question)
    desk.choose(question, [option])
    desk._writer.drain()
    say({"saved": {question: [option]}})


def say(document: dict[str, object]) -> None:
    """Tell the parent."""
    print(json.dumps(document), flush=True)


if __name__ == "__main__":
    main(Home(Path(sys.argv[1])), *sys.argv[2:])
