"""`kiosk hall print` and `kiosk hall report`: on paper before the exam, and for signature after it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kiosk.cli.option import HomeOption, JsonOption, moment, put_json, put_text
from kiosk.exam.error import Refused
from kiosk.ground.home import Home

if TYPE_CHECKING:
    from kiosk.hall.print.gathering import Gathering
    from kiosk.hall.print.page import Printout

    Compose = Callable[[str, Sequence[Gathering], str, str], Printout]

app = typer.Typer(help="Print for a hall: seat plan, login slips, attendance sheet.", no_args_is_help=True)
WhichOption = Annotated[
    str | None, typer.Argument(metavar="[TEST|SESSION]", help="A test or a session.", show_default="the whole hall")
]
ToOption = Annotated[Path | None, typer.Option("--to", help="The PDF file to write; what is there is replaced.")]
PlainOption = Annotated[bool, typer.Option("--plain", help="Print plain text.")]
AtOption = Annotated[
    str | None,
    typer.Option("--at", help="The time to print on it; with the same one come the same bytes.", show_default="now"),
]
FontOption = Annotated[
    Path | None, typer.Option("--font", help="A TTF or OTF file for names in scripts DejaVu Sans does not have.")
]


@app.command()
def plan(
    which: WhichOption = None,
    to: ToOption = None,
    plain: PlainOption = False,
    at: AtOption = None,
    font: FontOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Who sits where: the room as the console shows it, with extra time marked, and the same by name."""
    from kiosk.hall.print.plan import seat_plan

    _print(which, seat_plan, to, plain, at, font, home, as_json)


@app.command()
def slips(
    which: WhichOption = None,
    to: ToOption = None,
    plain: PlainOption = False,
    at: AtOption = None,
    font: FontOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """A slip for each candidate to cut out: name, roll number, seat, test, time. Access codes come from the office."""
    from kiosk.hall.print.slip import login_slips

    _print(which, login_slips, to, plain, at, font, home, as_json)


@app.command()
def attendance(
    which: WhichOption = None,
    to: ToOption = None,
    plain: PlainOption = False,
    at: AtOption = None,
    font: FontOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """The attendance sheet: name, roll number, seat, identity checked, signature, and totals."""
    from kiosk.hall.print.sheet import attendance_sheet

    _print(which, attendance_sheet, to, plain, at, font, home, as_json)


def report(
    test: Annotated[str | None, typer.Argument(help="Id of a test.", show_default="all of the hall")] = None,
    to: ToOption = None,
    plain: PlainOption = False,
    at: AtOption = None,
    font: FontOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """The hall's report for signature: sessions, attendance, incidents, acts, times, moves, codes, bundles, receipts.

    Exit 1 while a row of the roster is not explained; it is written all the same and says so.
    """
    from kiosk.cli.hall.closing import opened_backroom
    from kiosk.hall.print.fact import digest_of, plain_facts
    from kiosk.hall.print.reportpage import report_pages

    _must_go_somewhere(to, plain, as_json)
    with opened_backroom(Home.at(home)) as room:
        facts = room.reports.report(test)
    digest, made_at = digest_of(facts), _made_at(at)
    shown = {"facts": plain_facts(facts), "counts": facts.counts(), "sha256": digest, "madeAt": made_at}
    _put(report_pages(facts, digest, made_at), shown, to, plain, font, as_json)
    if missing := facts.counts()["not explained"]:
        put_text(f"{missing} of the roster cannot be explained yet: kiosk hall close TEST --look.", err=True)
        raise typer.Exit(1)


def _print(
    which: str | None,
    compose: "Compose",
    to: Path | None,
    plain: bool,
    at: str | None,
    font: Path | None,
    home: Path | None,
    as_json: bool,
) -> None:
    from kiosk.cli.hall.closing import opened_backroom
    from kiosk.hall.print.fact import digest_of, plain_facts

    _must_go_somewhere(to, plain, as_json)
    with opened_backroom(Home.at(home)) as room:
        hall, gatherings = room.keys.hall, room.gatherings.gatherings(which)
    if not gatherings:
        raise Refused("Nobody is expected in this hall yet. Load a package first: kiosk hall load FOLDER.")
    facts = {"hall": hall, "gatherings": gatherings}
    digest, made_at = digest_of(facts), _made_at(at)
    shown = {"facts": plain_facts(facts), "sha256": digest, "madeAt": made_at}
    _put(compose(hall, gatherings, digest, made_at), shown, to, plain, font, as_json)


def _must_go_somewhere(to: Path | None, plain: bool, as_json: bool) -> None:
    if to is None and not plain and not as_json:
        raise typer.BadParameter("say where to: --to FILE.pdf, --plain, or --json")


def _made_at(at: str | None) -> str:
    from kiosk.exam.moment import iso
    from kiosk.ground.clock import SystemClock

    return SystemClock().now().at if at is None else iso(moment(at))


def _put(
    printout: "Printout", facts: dict[str, Any], to: Path | None, plain: bool, font: Path | None, as_json: bool
) -> None:
    """Write the PDF where one is asked for, and the text or the facts to the standard output."""
    if to is not None:
        missing = _write(printout, to, font)
        if missing:
            put_text(
                f"{missing} characters are in no font here and stand as boxes; name a font that has them: --font FILE.",
                err=True,
            )
    if as_json:
        put_json(facts)
    elif plain:
        from kiosk.hall.print.plain import write_plain

        put_text(write_plain(printout))
    else:
        put_text(f"Written to {to}.")


def _write(printout: "Printout", to: Path, font: Path | None) -> int:
    from kiosk.cli.progress import progress_bar
    from kiosk.hall.print.pdf import draw
    from kiosk.sealing.key_file import replace_file

    if to.suffix.lower() != ".pdf":
        raise typer.BadParameter(f"{to} is no name of a PDF file: --to FILE.pdf")
    with progress_bar("Drawing") as told:
        data, missing = draw(printout, font, told)
    replace_file(to, data, 0o600)  # it holds names
    return missing
