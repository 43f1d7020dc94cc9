"""`kiosk assign`: gives a published test to candidates and tells them."""

from datetime import timedelta
from typing import Annotated

import typer

from kiosk.cli.option import AsOption, HomeOption, JsonOption, moment, put_json, put_text
from kiosk.cli.place import find_person, open_office
from kiosk.exam.error import Refused
from kiosk.exam.moment import iso
from kiosk.exam.person import Role

app = typer.Typer()
DEFAULT_DAYS = 7


@app.command()
def assign(
    test: Annotated[str, typer.Argument(help="Id of a published test.")],
    who: Annotated[list[str] | None, typer.Argument(help="User ids or roll numbers.")] = None,
    everybody: Annotated[bool, typer.Option("--all", help="Every active candidate.")] = False,
    due: Annotated[
        str | None,
        typer.Option("--due", help="Deadline, with its zone: 2031-05-06T12:00Z.", show_default="in a week"),
    ] = None,
    user: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give a published test to candidates and tell them. Who has it already keeps it."""
    from kiosk.office.assignment import assign as give

    if bool(who) == everybody:
        raise typer.BadParameter("name candidates, or say --all")
    with open_office(home) as office:
        deadline = moment(due) if due else office.now() + timedelta(days=DEFAULT_DAYS)
        people = (
            [p for p in office.people.people([Role.CANDIDATE]) if p.is_active]
            if everybody
            else [find_person(office, w) for w in who or ()]
        )
        if not people:
            raise Refused("There is no active candidate yet. `kiosk user add` or `kiosk roster import` adds some.")
        actor = office.acting("assignment.create_roster", user)
        new = give(office, actor, test, [p.user_id for p in people], deadline)
    kept = len({p.user_id for p in people}) - len(new)
    if as_json:
        given = [{"assignmentId": a.assignment_id, "candidateId": a.candidate_id} for a in new]
        put_json({"testId": test, "dueDate": iso(deadline), "assigned": given, "kept": kept})
        return
    already = f" {kept} had it already." if kept else ""
    put_text(f"{len(new)} candidates have the test now, due {deadline:%Y-%m-%d %H:%M} UTC.{already}")
