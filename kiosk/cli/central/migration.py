"""`kiosk central migrate`: the office's store to this version, months ahead, and the role of the intake."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from kiosk.cli.option import HomeOption, JsonOption, put_json, put_text
from kiosk.cli.progress import progress_bar

if TYPE_CHECKING:
    from storage.role import IntakeRole


def migrate(
    months: Annotated[int, typer.Option("--months", min=0, max=12, help="How many months ahead to part.")] = 6,
    intake_role: Annotated[
        str | None,
        typer.Option("--intake-role", help="Role of the door on the server.", show_default="kiosk_intake"),
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring the office's store to the newest revision and part the months ahead. Doing it again changes nothing.

    On a server the role of the intake is made and given its rights, and no others. Where this user may not make roles,
    it says what the server's administrator has to run; exit 1 then, if the role was named.
    """
    from kiosk.ground.home import Home
    from kiosk.office.office import Office
    from storage.migration import head
    from storage.partition import create_ahead
    from storage.role import INTAKE_ROLE, settle_intake

    with Office.open(Home.at(home).office, migrate=True) as office, progress_bar("Parting months") as told:
        today: date = office.now().date()
        made = create_ahead(office.engine, today, months, told)
        role = settle_intake(office.engine, intake_role or INTAKE_ROLE)
    if as_json:
        put_json({"revision": head(), "months": made, "intake": _facts(role)})
    else:
        put_text(f"The store stands at revision {head()}.")
        put_text(f"Months parted: {', '.join(made)}." if made else "No month had to be parted.")
        _say(role)
    if intake_role is not None and role is not None and not role.is_settled:
        raise typer.Exit(1)


def _facts(role: "IntakeRole | None") -> dict[str, object] | None:
    return None if role is None else {"role": role.name, "settled": role.is_settled, "sql": list(role.statements)}


def _say(role: "IntakeRole | None") -> None:
    if role is None:
        return
    if role.is_settled:
        put_text(f"The role {role.name} may take in and nothing else. Give it to a login: GRANT {role.name} TO ...;")
        return
    put_text(
        f"The role {role.name} is missing, and this user may make none. The server's administrator runs:\n"
        + "\n".join(role.statements)
        + "\nThen migrate again.",
        err=True,
    )
