"""The hall's report as pages: read by an office, signed by two people."""

from datetime import datetime

from kiosk.exam.moment import parse_iso
from kiosk.exam.timing import MINUTE_MS
from kiosk.hall.print.gathering import local, zone_name
from kiosk.hall.print.page import Block, Column, Heading, Pairs, Printout, Signatures, Table, Words
from kiosk.hall.print.plan import room_blocks
from kiosk.hall.print.report import ActLine, HallReport
from kiosk.hall.print.sheet import STATE_WORDS, totals

SIGNED = (
    "Head of the hall: name, signature, date and time",
    "Second person: name, signature, date and time",
)
ACTS = (
    Column("Time", 15),
    Column("Who", 24),
    Column("Act", 18),
    Column("Seat", 10),
    Column("Whom or what", 30),
    Column("Min", 8, is_right=True),
    Column("Reason", 36),
)
ROSTER = (Column("Name", 34), Column("Roll number", 17), Column("Seat", 10), Column("Became", 16), Column("Note", 40))
ATTENDANCE = (
    Column("Name", 36), Column("Roll number", 17), Column("Seat", 10), Column("Attendance", 16), Column("Came", 14),
    Column("Note", 34),
)  # fmt: skip
SITTINGS = (
    Column("Name", 30), Column("Seat", 9), Column("Stands", 14), Column("Began", 13), Column("Handed in", 14),
    Column("Used", 10, is_right=True), Column("Added", 10, is_right=True), Column("Answered", 14, is_right=True),
    Column("Entries", 11, is_right=True), Column("Head of the journal (SHA-256)", 36, is_code=True),
)  # fmt: skip
MOVES = (Column("Time", 15), Column("Name", 40), Column("Roll number", 20), Column("From", 12), Column("To", 12))
CODES = (
    Column("Time", 15), Column("Who", 28), Column("Act", 14), Column("Seat", 10), Column("Min", 8, is_right=True),
    Column("Challenge", 18), Column("Reason", 30), Column("Heard of", 14),
)  # fmt: skip
BUNDLES = (
    Column("Name", 25), Column("Seat", 9), Column("Handed in", 11), Column("Bytes", 12, is_right=True),
    Column("Bundle (SHA-256)", 44, is_code=True), Column("Receipt (SHA-256)", 44, is_code=True), Column("Flags", 18),
)  # fmt: skip


def report_pages(report: HallReport, digest: str, made_at: str) -> Printout:
    """Return the whole report; the digest of its facts stands above the signatures."""
    zone = report.gatherings[0].time_zone if report.gatherings else "UTC"
    blocks = [
        *_overview(report),
        *_attendance(report),
        *_story(report, zone),
        *_sealed(report),
        *_rooms(report),
        Heading("Signatures"),
        Words(f"SHA-256 of the facts of this report: {digest}", is_bold=True),
        Words(
            "We have read this report. It says what happened in this hall as far as we know; what is missing in it we "
            "have added by hand."
        ),
        Signatures(SIGNED),
    ]
    return Printout(
        title="Hall report", place=report.hall, blocks=tuple(blocks), digest=digest, made_at=made_at, is_wide=True
    )


def _overview(report: HallReport) -> list[Block]:
    pairs: list[tuple[str, str]] = [("Hall", report.hall)]
    for test in report.tests:
        settled = "central's close-out is here" if test.is_settled else "central's close-out has not come"
        closing = f"closed, {test.closing}; {settled}" if test.closing else "not closed yet"
        pairs += [("Test", f"{test.title} ({test.test_id})"), ("Closing", closing)]
    for gathering in report.gatherings:
        if gathering.session_id:
            opened = f"opened by {gathering.opened_by}" if gathering.opened_by else "never opened"
            pairs.append(("Session", f"{gathering.title}: {gathering.when}; {opened}"))
    began = [s.started_at for s in report.sittings]
    ended = [s.submitted_at for s in report.sittings if s.submitted_at is not None]
    zone = report.gatherings[0].time_zone if report.gatherings else "UTC"
    if began:
        last = _when(max(ended), zone) if ended else "none"
        pairs.append(("First start", f"{_when(min(began), zone)}, last hand-in {last} ({zone_name(zone)})"))
    counts = " · ".join(f"{name} {number}" for name, number in report.counts().items())
    return [Pairs((*pairs, ("Counted", counts)))]


def _attendance(report: HallReport) -> list[Block]:
    blocks: list[Block] = []
    for gathering in report.gatherings:
        zone = gathering.time_zone
        rows = tuple(
            (
                s.name,
                s.roll_number or "",
                s.seat or "–",
                STATE_WORDS[s.state],
                _clock(s.arrived_at, zone) if s.arrived_at else "",
                s.note,
            )
            for s in gathering.sitters
        )
        blocks += [Heading(f"Attendance: {gathering.title}"), Table(ATTENDANCE, rows), Words(totals(gathering))]
    became = tuple((r.name, r.roll_number or "", r.seat or "–", r.became, r.note) for r in report.roster)
    blocks += [Heading("What became of the roster"), Table(ROSTER, became)]
    if report.strays:
        blocks.append(Words(f"Bundles of no row of the roster: {', '.join(report.strays)}.", is_bold=True))
    return blocks


def _story(report: HallReport, zone: str) -> list[Block]:
    sittings = tuple(
        (
            f"{s.name} {s.roll_number or ''}".strip(),
            s.seat,
            s.phase.replace("_", " "),
            _clock(s.started_at, zone),
            _clock(s.submitted_at, zone) if s.submitted_at else "–",
            _minutes(s.used_ms),
            _minutes(s.added_ms) if s.added_ms else "",
            f"{s.answered} of {s.questions}",
            str(s.entries),
            s.head_hash,
        )
        for s in report.sittings
    )
    moves = tuple(
        (_clock(parse_iso(m.at), zone), m.name, m.roll_number or "", m.source, m.target) for m in report.moves
    )
    codes = tuple(
        (
            _clock(c.at, zone), _people(c.who, c.second), c.act, c.seat, _given(c.amount_ms), c.challenge, c.reason,
            "yes" if c.is_used else "not yet",
        )
        for c in report.codes
    )  # fmt: skip
    return [
        Heading("Sittings"),
        Words("Minutes used and added; added is what acts gave, what was taken back again left out."),
        Table(SITTINGS, sittings, empty="Nobody began."),
        Heading("Incidents"),
        Table(ACTS, tuple(_act(line, zone) for line in report.incidents)),
        Heading("Acts"),
        Table(ACTS, tuple(_act(line, zone) for line in report.acts)),
        Heading("Moves"),
        Table(MOVES, moves),
        Heading("Codes given for seats out of reach"),
        Table(CODES, codes),
    ]


def _sealed(report: HallReport) -> list[Block]:
    rows = tuple(
        (
            b.name,
            b.seat,
            "yes" if b.is_handed_in else "no",
            f"{b.length:,}",
            b.bundle_id,
            b.receipt or "no receipt yet",
            "; ".join(b.flags),
        )
        for b in report.bundles
    )
    return [Heading("Bundles and receipts"), Table(BUNDLES, rows)]


def _rooms(report: HallReport) -> list[Block]:
    blocks: list[Block] = []
    for gathering in report.gatherings:
        blocks += [Heading(f"Seat plan: {gathering.title}", begins_page=True), *room_blocks(gathering)]
    return blocks


def _act(line: ActLine, zone: str) -> tuple[str, ...]:
    who = _people(line.who, line.second)
    return (_clock(line.at, zone), who, line.act, line.seat, line.subject, _given(line.amount_ms), line.reason)


def _people(first: str, second: str | None) -> str:
    return first if second is None else f"{first} and {second}"


def _given(ms: int) -> str:
    return _minutes(ms) if ms else ""


def _minutes(ms: int) -> str:
    return f"{ms / MINUTE_MS:.1f}".removesuffix(".0")


def _clock(at: datetime, zone: str) -> str:
    return f"{local(at, zone):%H:%M:%S}"


def _when(at: datetime, zone: str) -> str:
    return f"{local(at, zone):%Y-%m-%d %H:%M:%S}"
