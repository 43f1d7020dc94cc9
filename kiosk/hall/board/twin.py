"""Twins: sittings of one attempt at two seats, as after a hall's store was lost; nobody merges them but the office."""

from collections.abc import Iterator, Mapping

from kiosk.exam.text import clean_line
from kiosk.hall.board.cast import Cast
from kiosk.hall.board.need import Need
from kiosk.hall.board.record import Record
from kiosk.views.board import Severity

TWICE = "sat twice"
LONGEST_NAME = 60
CHOOSE = "Both are kept. Ask where most was answered, lock the other seat, note an incident: the office decides."


def twins(records: Mapping[str, Record], cast: Cast) -> Iterator[Need]:
    """Give an alarm for each sitting of an attempt that another sitting had been begun of before."""
    attempts: dict[tuple[str, int], list[Record]] = {}
    for record in records.values():
        attempts.setdefault((record.progress.assignment_id, record.progress.attempt), []).append(record)
    for (assignment_id, attempt), found in attempts.items():
        if len(found) > 1:
            where = " and ".join(dict.fromkeys(clean_line(r.progress.seat, 40) for r in found))
            words = f"{where}: {_who(assignment_id, cast)}, attempt {attempt}. {CHOOSE}"
            for later in (r.progress for r in found[1:]):
                yield Need(later.seat, TWICE, Severity.ALARM, words, later.submission_id)


def _who(assignment_id: str, cast: Cast) -> str:
    player = cast.players.get(cast.owners.get(assignment_id, ""))
    if player is None:
        return "a candidate"
    name, number = clean_line(player.person.name, LONGEST_NAME), player.person.roll_number
    return name if number is None else f"{name} ({clean_line(number, 40)})"
