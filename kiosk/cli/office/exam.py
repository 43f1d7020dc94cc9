"""`kiosk exam`: question files, and the tests the office keeps, publishes and writes out."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kiosk.cli.office import question_file
from kiosk.cli.office.question_file import FileArgument, FormatOption, OutOption, put_test, rejections
from kiosk.cli.option import AsOption, HomeOption, JsonOption, SecondOption, put_json
from kiosk.cli.place import open_office
from kiosk.cli.table import put_table
from kiosk.exam.canonical import decimal_text
from kiosk.exam.error import Refused
from kiosk.exam.moment import iso

if TYPE_CHECKING:
    from kiosk.exam.catalogue import TestSummary
    from kiosk.exam.draft import Question, Test
    from kiosk.exchange.report import Reading

app = typer.Typer(help="Tests: written, checked, imported, published.", no_args_is_help=True, add_completion=False)
app.add_typer(question_file.app)

TestArgument = Annotated[str, typer.Argument(help="Id of the test.")]


@app.command(name="import")
def import_(
    file: FileArgument,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Import the rest where questions are rejected.")
    ] = False,
    title: Annotated[
        str | None, typer.Option("--title", help="Title of the test.", show_default="the file's own")
    ] = None,
    minutes: Annotated[
        int | None, typer.Option("--minutes", min=1, help="Minutes for the test.", show_default="the file's own")
    ] = None,
    new_ids: Annotated[bool, typer.Option("--new-ids", help="Give everything in the file a new id.")] = False,
    user: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Keep a question file as a draft: all of it, or nothing where anything is rejected."""
    from kiosk.exchange.origin import Origin
    from kiosk.exchange.reader import read_file
    from kiosk.exchange.renewal import renewed
    from kiosk.office.draft import keep

    with open_office(home, create=True) as office:
        actor = office.acting("test.create", user)
        origin = Origin.of(office.now(), actor.user_id)
        reading = read_file(file, origin)
        test = _accepted(reading, keep_going)
        kept = keep(office, actor, _changed(renewed(test, origin) if new_ids else test, title, minutes))
    left_out = rejections(reading)
    questions = sum(len(s.questions) for s in kept.sections)
    if as_json:
        put_json(
            {
                "testId": kept.test_id,
                "title": kept.title,
                "sections": len(kept.sections),
                "questions": questions,
                "counts": reading.document()["counts"],
                "notes": list(reading.notes),
                "leftOut": left_out,
            }
        )
        return
    for line in (*reading.notes, *(f"Left out: {line}" for line in left_out)):
        typer.echo(line)
    typer.echo(f"{kept.title}: {len(kept.sections)} sections, {questions} questions, as a draft: {kept.test_id}")


@app.command()
def publish(
    test: TestArgument,
    attachments: Annotated[
        Path | None, typer.Option("--attachments", help="Folder of the files its questions attach.", file_okay=False)
    ] = None,
    user: AsOption = None,
    second: SecondOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print a draft into its paper and its key, for good; the files its questions attach are kept with it."""
    from kiosk.office.publication import key_of
    from kiosk.office.publication import publish as print_for_good

    with open_office(home) as office:
        paper = print_for_good(office, office.acting("test.approve_publish", user, second), test, attachments)
        key = key_of(office, test)
    facts = {
        "testId": test,
        "title": paper.title,
        "paper": paper.digest,
        "key": key.digest,
        "sections": len(paper.sections),
        "questions": len(paper.questions),
        "maxScore": decimal_text(key.max_score),
        "attachments": [{"name": f.name, "sha256": f.sha256, "length": f.length} for f in paper.files],
    }
    if as_json:
        put_json(facts)
        return
    typer.echo(
        f"{paper.title} is published: {facts['questions']} questions, {facts['maxScore']} points.\n"
        f"Paper {paper.digest}\nKey   {key.digest}"
    )
    for file in paper.files:
        typer.echo(f"File  {file.sha256}  {file.name}, {file.length:,} bytes")


@app.command(name="list")
def list_(user: AsOption = None, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List the tests of the office, newest last."""
    from kiosk.office.draft import catalogue

    with open_office(home) as office:
        tests = catalogue(office, office.acting("test.list_metadata", user))
    if as_json:
        put_json([_summary(t) for t in tests])
        return
    if not tests:
        typer.echo("There are no tests yet. Bring one in: kiosk exam import FILE")
    rows = ((t.test_id, t.test_version or "", _state(t), f"{t.duration} min", t.questions, t.title) for t in tests)
    put_table(("test", "version", "state", "time", "questions", "title"), rows)


@app.command()
def show(test: TestArgument, user: AsOption = None, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Show a whole test with what is right in it; --json prints its native form."""
    from kiosk.exchange.native_form import test_form

    found = _test(home, test, user)
    if as_json:
        put_json(test_form(found))
        return
    typer.echo(f"{found.title} ({found.test_id}), {found.duration} minutes, {found.access_type.value}")
    for section in found.sections:
        minutes = "" if section.duration is None else f", {section.duration} minutes"
        typer.echo(f"\n{section.title}{minutes}")
        rows = ((n, q.type.value, decimal_text(q.points), _gist(q)) for n, q in enumerate(section.questions, 1))
        put_table(("no", "type", "points", "question"), rows, indent=2)


@app.command()
def export(
    test: TestArgument, to: FormatOption, out: OutOption = None, user: AsOption = None, home: HomeOption = None
) -> None:
    """Write a test of the office as a question file. Exit 1 where a question had to be left out."""
    if not put_test(_test(home, test, user), to, out):
        raise typer.Exit(1)


@app.command()
def revise(test: TestArgument, user: AsOption = None, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Make the next version of a published test, as a draft."""
    from kiosk.office.draft import revise as next_version

    with open_office(home) as office:
        made = next_version(office, office.acting("test.clone_new_version", user), test)
    if as_json:
        put_json({"testId": made.test_id, "title": made.title, "testVersion": made.test_version, "replaces": test})
        return
    typer.echo(f"{made.title} {made.test_version or ''}: a draft, {made.test_id}")


@app.command()
def activate(
    test: TestArgument,
    off: Annotated[bool, typer.Option("--off", help="Shut the test for new sittings.")] = False,
    user: AsOption = None,
    home: HomeOption = None,
) -> None:
    """Open a test for new sittings, or shut it."""
    from kiosk.office.draft import set_active

    with open_office(home) as office:
        set_active(office, office.acting("test.schedule_window", user), test, not off)
    typer.echo(f"{test} is {'shut' if off else 'open'} for new sittings.")


def _test(home: Path | None, test_id: str, user: str | None) -> "Test":
    from kiosk.office.draft import show as whole

    with open_office(home) as office:
        return whole(office, office.acting("test.read_content", user), test_id)


def _accepted(reading: "Reading", keep_going: bool) -> "Test":
    lines = rejections(reading)
    if reading.test is None or (lines and not keep_going):
        hint = " Mend the file, or leave them out with --keep-going." if reading.test else ""
        raise Refused("\n".join([f"Nothing was imported.{hint}", *lines]))
    return reading.test


def _changed(test: "Test", title: str | None, minutes: int | None) -> "Test":
    from dataclasses import replace

    return replace(test, title=title or test.title, duration=minutes or test.duration)


def _summary(test: "TestSummary") -> dict[str, Any]:
    return {
        "testId": test.test_id,
        "title": test.title,
        "testVersion": test.test_version,
        "createdBy": test.created_by,
        "createdAt": iso(test.created_at),
        "duration": test.duration,
        "isActive": test.is_active,
        "accessType": test.access_type.value,
        "sections": test.sections,
        "questions": test.questions,
        "publishedAt": None if test.published_at is None else iso(test.published_at),
        "paper": test.paper_digest,
        "familyId": test.family_id,
        "replacesId": test.replaces_id,
    }


def _state(test: "TestSummary") -> str:
    return ("published" if test.is_published else "draft") + ("" if test.is_active else ", shut")


def _gist(question: "Question") -> str:
    from kiosk.exchange.report import title_of

    right = ", ".join(o.option_text for o in question.options if o.is_correct)
    return title_of(question.question_text, 100) + (f"  [{title_of(right, 60)}]" if right else "")
