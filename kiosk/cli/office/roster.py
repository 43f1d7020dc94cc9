"""`kiosk roster`: lists of candidates, who has a test, and the sessions of halls."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kiosk.cli.option import AsOption, HomeOption, JsonOption, moment, put_json, put_text
from kiosk.cli.place import find_person, open_office
from kiosk.cli.progress import progress_bar
from kiosk.cli.table import put_table
from kiosk.exam.error import KioskError
from kiosk.exam.moment import iso

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kiosk.exam.assignment import Session
    from kiosk.office.person import Admitted

app = typer.Typer(help="Lists of candidates, and sessions of halls.", no_args_is_help=True)

LARGEST_FILE = 20 * 2**20
LIST_HELP = "CSV with the columns name, rollNumber and, where wanted, email, extraPercent, extraMinutes, restBreaks."


@app.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help=LIST_HELP)],
    codes: Annotated[
        Path | None, typer.Option("--codes", help="New file for the access codes, readable by this user only.")
    ] = None,
    user: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add every candidate of a list, or nobody. Their access codes are shown or written now and never again."""
    from kiosk.office import person
    from kiosk.office.candidate_list import read_candidates

    if file.stat().st_size > LARGEST_FILE:
        raise KioskError(f"{file} is larger than {LARGEST_FILE // 2**20} MiB. Split it.")
    people = read_candidates(file.read_bytes())
    if codes is not None and codes.exists():
        raise KioskError(f"{codes} is there already. Name a new file for the codes.")
    with open_office(home, create=True) as office, progress_bar("Making access codes") as told:
        admitted = person.add(office, office.acting("user.create_disable", user), people, told)
    if codes is not None:
        _write_codes(codes, admitted)
    if as_json:
        put_json({"added": len(admitted), "candidates": [_candidate(a, codes is None) for a in admitted]})
        return
    if codes is None:
        put_table(
            ("roll number", "access code", "name"), ((a.person.roll_number, a.secret, a.person.name) for a in admitted)
        )
    put_text(f"{len(admitted)} candidates added." + (f" Their access codes are in {codes}." if codes else ""))


@app.command()
def show(
    test: Annotated[str, typer.Argument(help="Id of the test.")],
    user: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show who has a test, and where each stands."""
    from kiosk.exam.person import Role
    from kiosk.office.assignment import everybody_with

    with open_office(home) as office:
        given = everybody_with(office, office.acting("assignment.read", user), test)
        people = {p.user_id: p for p in office.people.people([Role.CANDIDATE])}
        now = office.now()
    lines = sorted(((people[a.candidate_id], a) for a in given), key=lambda pair: pair[0].roll_number or "")
    if as_json:
        put_json(
            [
                {
                    "assignmentId": a.assignment_id,
                    "candidateId": p.user_id,
                    "rollNumber": p.roll_number,
                    "name": p.name,
                    "status": a.status_at(now).value,
                    "attemptCount": a.attempt_count,
                    "dueDate": iso(a.due_date),
                    "withdrawnAt": None if a.withdrawn_at is None else iso(a.withdrawn_at),
                }
                for p, a in lines
            ]
        )
        return
    rows = (
        (
            p.roll_number or "",
            "withdrawn" if a.withdrawn_at else a.status_at(now).value.replace("_", " "),
            a.attempt_count,
            f"{a.due_date:%Y-%m-%d %H:%M}",
            p.name,
        )
        for p, a in lines
    )
    put_table(("roll number", "status", "attempts", "due (UTC)", "name"), rows)
    put_text(f"{len(lines)} candidates have this test.")


@app.command()
def session(
    hall: Annotated[str, typer.Option("--hall", help="Name of the hall.")],
    starts: Annotated[str, typer.Option("--starts", help="Start, with its zone: 2031-05-06T12:00Z.")],
    ends: Annotated[str, typer.Option("--ends", help="When no sitting may open any more.")],
    tests: Annotated[list[str], typer.Option("--test", help="Test held in it; may be given again.")],
    opens: Annotated[
        str | None, typer.Option("--opens", help="When candidates may log in.", show_default="the start")
    ] = None,
    title: Annotated[str, typer.Option("--title", help="What people call it.")] = "Session",
    candidates: Annotated[
        list[str] | None,
        typer.Option("--candidate", help="User id or roll number expected.", show_default="all the tests' candidates"),
    ] = None,
    late_entry: Annotated[
        int | None, typer.Option("--late-entry", min=0, help="Minutes of late entry.", show_default="as each test says")
    ] = None,
    chiefs: Annotated[
        list[str] | None,
        typer.Option("--chief", help="User id of a proctor in charge; may be given again.", show_default="nobody"),
    ] = None,
    time_zone: Annotated[str, typer.Option("--zone", help="Time zone of the hall's wall clock.")] = "UTC",
    user: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Plan a session of a hall."""
    from kiosk.office.assignment import plan_session

    with open_office(home) as office:
        planned = plan_session(
            office,
            office.acting("proctoring.create_session", user),
            hall=hall,
            title=title,
            opens_at=moment(opens or starts),
            starts_at=moment(starts),
            ends_at=moment(ends),
            test_ids=tests,
            candidate_ids=[find_person(office, c).user_id for c in candidates or ()],
            time_zone=time_zone,
            late_entry_minutes=late_entry,
            chief_ids=chiefs or (),
        )
    put_json(_session(planned)) if as_json else put_text(f"{planned.title}, {planned.hall}: {planned.session_id}")


@app.command()
def sessions(user: AsOption = None, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List the sessions that are planned."""
    with open_office(home) as office:
        office.check("assignment.read", office.acting("assignment.read", user))
        planned = office.sessions.sessions()
    if as_json:
        put_json([_session(s) for s in planned])
        return
    rows = ((s.hall, f"{s.starts_at:%Y-%m-%d %H:%M}", f"{s.ends_at:%H:%M}", s.session_id, s.title) for s in planned)
    put_table(("hall", "starts (UTC)", "ends", "session id", "title"), rows)


def _session(planned: "Session") -> dict[str, object]:
    return {
        "sessionId": planned.session_id,
        "hall": planned.hall,
        "title": planned.title,
        "opensAt": iso(planned.opens_at),
        "startsAt": iso(planned.starts_at),
        "endsAt": iso(planned.ends_at),
        "timeZone": planned.time_zone,
        "lateEntryMinutes": planned.late_entry_minutes,
        "testIds": list(planned.test_ids),
        "chiefIds": list(planned.chief_ids),
    }


def _candidate(admitted: "Admitted", with_code: bool) -> dict[str, object]:
    person = admitted.person
    facts: dict[str, object] = {"userId": person.user_id, "rollNumber": person.roll_number, "name": person.name}
    return {**facts, "accessCode": admitted.secret} if with_code else facts


def _write_codes(path: Path, admitted: "Sequence[Admitted]") -> None:
    from kiosk.ground.home import write_secret
    from kiosk.reports.sheet import write_csv

    rows = ((a.person.roll_number, a.person.name, a.secret) for a in admitted)
    write_secret(path, write_csv(("rollNumber", "name", "accessCode"), rows).encode("utf-8"))
