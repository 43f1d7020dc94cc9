"""The size of what leaves a seat for one sitting of the sample exam, against its journal as JSON and under zstd alone.

The sittings are played from scripts: 49 questions, two essays and two programs typed with pauses, changes of mind,
flags. Without screen captures, whose size is the screen's and not the journal's.

python -m benchmarks.size [--json]
"""

import random

import yaml

from benchmarks.desk import SEAT, Desk, a_desk
from benchmarks.figure import Figure, Table, tell
from kiosk.cli.opening import DeskOpener
from kiosk.exam.canonical import canonical
from kiosk.exam.journal import journal_document
from kiosk.ground.clock import SystemClock
from kiosk.ground.home import Home
from kiosk.office.sample_exam import sample_source
from kiosk.rehearsal.candidate import Pins, SimulatedCandidate
from kiosk.rehearsal.rehearsal import export_seat
from kiosk.rehearsal.script import write_script
from kiosk.sealing.compression import compress
from kiosk.seat.place import seat_store

RAW, PACKED, SEALED = "journal as JSON", "zstd alone", "sealed bundle"


def play(place: Desk) -> None:
    """Let every candidate sit the exam and hand in."""
    source = yaml.safe_load(sample_source().text)
    opener = DeskOpener(place.home, SEAT)
    desk = opener.open()
    for number, (roll, code, _) in enumerate(place.candidates):
        desk.sign_in(roll, code)
        sheet = desk.begin(desk.tests()[0].assignment_id)
        candidate = SimulatedCandidate(desk, sheet, Pins(*place.pins))
        for action in write_script(source, random.Random(number)):
            candidate.do(action)
        candidate.hand_in()
        desk.sign_out()
    desk.close()
    opener.close()


def measure() -> Table:
    """Weigh every sitting before and after sealing."""
    raw, packed, sealed = [], [], []
    with a_desk() as place:
        play(place)
        home, folder = Home(place.home), place.home / "out"
        export_seat(home, SEAT, folder, SystemClock())
        store = seat_store(home.seat(SEAT))
        for line in store.sittings():
            record = store.whole_record(line.submission_id)
            journal = canonical(journal_document(record.genesis, record.entries))
            raw.append(float(len(journal)))
            packed.append(float(len(compress(journal))))
        store.close()
        sealed = [float(path.stat().st_size) for path in folder.iterdir()]
    rows = ((RAW, raw), (PACKED, packed), (SEALED, sealed))
    return Table("Size of one sitting", tuple(Figure(n, tuple(v), "bytes") for n, v in rows), PACKED)


if __name__ == "__main__":
    tell(measure())
