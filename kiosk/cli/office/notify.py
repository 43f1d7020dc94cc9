"""`kiosk notify`: tells candidates something, and shows what they were told."""

from typing import Annotated

import typer

from kiosk.cli.option import AsOption, HomeOption, JsonOption, put_json, put_text
from kiosk.cli.place import find_person, open_office
from kiosk.cli.table import put_table
from kiosk.exam.moment import iso

app = typer.Typer(help="What candidates are told.", no_args_is_help=True)


@app.command()
def send(
    text: Annotated[str, typer.Argument(help="What to tell.")],
    to: Annotated[
        list[str] | None,
        typer.Option("--to", help="User id or roll number; may be given again.", show_default="every candidate"),
    ] = None,
    user: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell some candidates, or all, something."""
    from kiosk.office.assignment import announce

    with open_office(home) as office:
        actor = office.acting("notification.broadcast_all", user)
        told = announce(office, actor, text, [find_person(office, who).user_id for who in to or ()])
    put_json({"told": told}) if as_json else put_text(f"{told} people were told.")


@app.command(name="list")
def list_(
    who: Annotated[str, typer.Argument(help="User id or roll number.")],
    user: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what a person was told, newest first."""
    with open_office(home) as office:
        office.check("assignment.read", office.acting("assignment.read", user))
        person = find_person(office, who)
        told = office.notices.of([person.user_id]).get(person.user_id, ())
    if as_json:
        put_json(
            [
                {
                    "notificationId": n.notification_id,
                    "type": n.type,
                    "referenceId": n.reference_id,
                    "referenceType": n.reference_type,
                    "fromUserId": n.from_user_id,
                    "metadata": dict(n.metadata),
                    "createdAt": iso(n.created_at),
                    "isRead": n.is_read,
                }
                for n in told
            ]
        )
        return
    rows = ((f"{n.created_at:%Y-%m-%d %H:%M}", "read" if n.is_read else "new", n.message) for n in told)
    put_table(("when (UTC)", "", "message"), rows)
