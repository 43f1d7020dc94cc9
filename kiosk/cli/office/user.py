"""`kiosk user`: the people of the office, and the secrets they sign in with."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from kiosk.cli.option import AsOption, HomeOption, JsonOption, SecondOption, put_json, put_text
from kiosk.cli.place import find_person, open_office
from kiosk.cli.table import put_table
from kiosk.exam.accommodation import Accommodation
from kiosk.exam.error import Refused
from kiosk.exam.person import Person, Role

if TYPE_CHECKING:
    from kiosk.office.person import Admitted

app = typer.Typer(help="People: candidates and staff.", no_args_is_help=True)

WhoArgument = Annotated[str, typer.Argument(help="User id or roll number.")]
PercentOption = Annotated[int, typer.Option("--extra-percent", min=0, help="Longer by so many percent.")]
MinutesOption = Annotated[int, typer.Option("--extra-minutes", min=0, help="Longer by so many minutes.")]
BreaksOption = Annotated[bool, typer.Option("--rest-breaks", help="The clock stops for rest breaks.")]


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Name as it is shown.")],
    role: Annotated[Role, typer.Option("--role", help="What they may do.")] = Role.CANDIDATE,
    roll: Annotated[str | None, typer.Option("--roll", help="Roll number of a candidate.")] = None,
    email: Annotated[str | None, typer.Option("--email", help="Address.")] = None,
    extra_percent: PercentOption = 0,
    extra_minutes: MinutesOption = 0,
    rest_breaks: BreaksOption = False,
    user: AsOption = None,
    second: SecondOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add one person. A candidate's code and a proctor's PIN are shown now and never again."""
    from kiosk.office import person

    if role is Role.CANDIDATE:
        extra = Accommodation(extra_percent, extra_minutes * 60_000, rest_breaks)
        new = person.candidate(name, _needed(roll), email=email, accommodation=extra)
    else:
        new = person.staff(role, name, email=email)
    with open_office(home, create=True) as office:
        operation = "user.create_disable" if role is Role.CANDIDATE else "user.assign_role"
        (admitted,) = person.add(office, office.acting(operation, user, second), [new])
    _put_admitted(admitted, as_json)


@app.command(name="list")
def list_(
    role: Annotated[Role | None, typer.Option("--role", help="Only people of this role.")] = None,
    user: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List everybody, without their secrets."""
    from kiosk.office.person import everybody

    with open_office(home) as office:
        people = everybody(office, office.acting("user.read_directory", user), role)
    if as_json:
        put_json([person_document(p) for p in people])
        return
    rows = ((p.roll_number or "", p.role.value, _state(p), p.user_id, p.name) for p in people)
    put_table(("roll number", "role", "state", "user id", "name"), rows)


@app.command()
def code(who: WhoArgument, user: AsOption = None, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Give a candidate a new access code, or a proctor a new PIN; the old one is worth nothing from now on."""
    from kiosk.office.person import new_secret

    with open_office(home) as office:
        actor = office.acting("user.reset_credential", user)
        admitted = new_secret(office, actor, find_person(office, who).user_id)
    _put_admitted(admitted, as_json)


@app.command()
def extra(
    who: WhoArgument,
    extra_percent: PercentOption = 0,
    extra_minutes: MinutesOption = 0,
    rest_breaks: BreaksOption = False,
    user: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Set what a person is allowed beyond the paper, also for tests assigned and not yet begun."""
    from kiosk.office.person import accommodate

    given = Accommodation(extra_percent, extra_minutes * 60_000, rest_breaks)
    with open_office(home) as office:
        actor = office.acting("assignment.set_accommodation", user)
        person = accommodate(office, actor, find_person(office, who).user_id, given)
    put_json(person_document(person)) if as_json else put_text(f"{person.name}: {extra_words(person)}")


@app.command()
def disable(who: WhoArgument, user: AsOption = None, home: HomeOption = None) -> None:
    """Keep a person out from now on; what they did stays."""
    _set_active(who, False, user, home)


@app.command()
def enable(who: WhoArgument, user: AsOption = None, home: HomeOption = None) -> None:
    """Let a person in again."""
    _set_active(who, True, user, home)


def person_document(person: Person) -> dict[str, Any]:
    """Return a person as JSON values, without any secret."""
    return {
        "userId": person.user_id,
        "role": person.role.value,
        "name": person.name,
        "rollNumber": person.roll_number,
        "email": person.email,
        "isActive": person.is_active,
        "extraPercent": person.accommodation.extra_percent,
        "extraMs": person.accommodation.extra_ms,
        "restBreaks": person.accommodation.rest_breaks,
    }


def extra_words(person: Person) -> str:
    """Return what a person is allowed beyond the paper, in words."""
    given = person.accommodation
    words = []
    if given.extra_percent:
        words.append(f"{given.extra_percent} % more time")
    if given.extra_ms:
        words.append(f"{given.extra_ms // 60_000} minutes more")
    if given.rest_breaks:
        words.append("rest breaks")
    return ", ".join(words) or "nothing extra"


def _set_active(who: str, is_active: bool, user: str | None, home: HomeOption) -> None:
    from kiosk.office.person import set_active

    with open_office(home) as office:
        person = find_person(office, who)
        set_active(office, office.acting("user.create_disable", user), person.user_id, is_active)
    put_text(f"{person.name} may {'sign in' if is_active else 'not sign in any more'}.")


def _needed(roll: str | None) -> str:
    if roll is None:
        raise Refused("A candidate needs a roll number: --roll.")
    return roll


def _state(person: Person) -> str:
    return "active" if person.is_active else "out"


def _put_admitted(admitted: "Admitted", as_json: bool) -> None:
    person = admitted.person
    kind = "accessCode" if person.role is Role.CANDIDATE else "pin"
    if as_json:
        put_json({**person_document(person), **({kind: admitted.secret} if admitted.secret else {})})
        return
    number = f" ({person.roll_number})" if person.roll_number else ""
    put_text(f"{person.name}{number}, {person.role.value}: {person.user_id}")
    if admitted.secret:
        words = "Access code" if kind == "accessCode" else "PIN"
        put_text(f"{words} {admitted.secret}  (shown now and never again)")
