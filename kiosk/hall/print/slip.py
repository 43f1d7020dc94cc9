"""Login slips: one for each candidate, to cut out and put on the table or into the hand."""

from collections.abc import Sequence

from kiosk.hall.print.gathering import Gathering, Sitter, local, zone_name
from kiosk.hall.print.page import Block, Heading, Printout, Slip, Slips, Words

CODE = "The access code is not on this slip: it comes from the office, in the candidate's own sealed slip."
ABOUT = (
    "Cut along the lines. The hall keeps no access code that can be read, only what checks one; who has lost theirs "
    "gets a new one from the office."
)


def login_slips(hall: str, gatherings: Sequence[Gathering], digest: str, made_at: str) -> Printout:
    """Return the slips of each gathering, in the order of the seats."""
    blocks: list[Block] = []
    for number, gathering in enumerate(gatherings):
        heading = Heading(f"{gathering.title}, {gathering.when}", begins_page=number > 0)
        slips = tuple(_slip(hall, gathering, sitter) for sitter in sorted(gathering.sitters, key=_order))
        blocks += [heading, Words(ABOUT), Slips(slips)]
    return Printout(title="Login slips", place=hall, blocks=tuple(blocks), digest=digest, made_at=made_at)


def _order(sitter: Sitter) -> tuple[int, str, int, str]:
    letters = (sitter.seat or "").rstrip("0123456789")
    number = (sitter.seat or "")[len(letters) :]
    return (len(letters) if sitter.seat else 99, letters, int(number or 0), sitter.name.casefold())


def _slip(hall: str, gathering: Gathering, sitter: Sitter) -> Slip:
    tests = "; ".join(f"{t.title} ({t.minutes} min)" if t.minutes else t.title for t in sitter.tests)
    pairs = (
        ("Roll number", sitter.roll_number or "–"),
        ("Seat", sitter.seat or "any free one"),
        ("Test", tests),
        ("Time", _time(gathering)),
        *((("Extra", sitter.extra),) if sitter.extra else ()),
    )
    return Slip(f"{hall} · {gathering.title}", sitter.name, pairs, CODE)


def _time(gathering: Gathering) -> str:
    if gathering.starts_at is None or gathering.opens_at is None:
        return "as the proctor says"
    zone = gathering.time_zone
    start = local(gathering.starts_at, zone)
    return f"{start:%Y-%m-%d %H:%M}, log in from {local(gathering.opens_at, zone):%H:%M} ({zone_name(zone)})"
