"""`kiosk mark`: marking by the machine and by evaluators, and the release of results."""

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kiosk.cli.option import AsOption, HomeOption, JsonOption, SecondOption, put_json, put_text
from kiosk.cli.place import open_office
from kiosk.cli.progress import progress_bar
from kiosk.cli.table import put_table
from kiosk.exam.canonical import decimal_text
from kiosk.exam.moment import iso
from kiosk.exam.text import clean_line

if TYPE_CHECKING:
    from kiosk.exam.script import MarkedScript, QueueItem
    from kiosk.office.marking import Tidings

app = typer.Typer(help="Marks: by the machine, by people, released.", no_args_is_help=True)

TestArgument = Annotated[str, typer.Argument(help="Id of the test.")]
OptionalTest = Annotated[str | None, typer.Argument(help="Id of the test.", show_default="every test")]
SittingArgument = Annotated[str, typer.Argument(help="Id of the sitting.")]


@app.command()
def auto(
    test: OptionalTest = None,
    sitting: Annotated[str | None, typer.Option("--sitting", help="Only this sitting.")] = None,
    user: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Mark what a machine can in everything handed in. Running it again changes nothing."""
    from kiosk.office.marking import mark_automatic

    if test is not None and sitting is not None:
        raise typer.BadParameter("name a test or a sitting, not both")
    with open_office(home) as office, progress_bar("Marking") as told:
        actor = office.acting("answer.mark", user)
        tidings = mark_automatic(office, actor, test_id=test, submission_id=sitting, progress=told)
    if as_json:
        put_json(_tidings(tidings))
        return
    put_text(f"{tidings.marked} sittings marked: {tidings.complete} complete, {tidings.waiting} wait for a person.")


@app.command()
def queue(
    test: OptionalTest = None, user: AsOption = None, home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """List the written answers that wait for a person, without names; --json holds them whole, with their rubric."""
    from kiosk.office.marking import queue as waiting

    with open_office(home) as office:
        items = waiting(office, office.acting("answer.read", user), test)
    if as_json:
        put_json([_queue_item(i) for i in items])
        return
    rows = (
        (i.submission_id, i.question_id, i.type.value, decimal_text(i.max_points), i.words, _gist(i.answer))
        for i in items
    )
    put_table(("sitting", "question", "type", "points", "words", "begins"), rows)
    put_text(f"{len(items)} answers to mark.")


@app.command()
def show(
    sitting: SittingArgument,
    question: Annotated[str, typer.Argument(help="Id of the question.")],
    user: AsOption = None,
    home: HomeOption = None,
) -> None:
    """Show one waiting answer whole, with its question and rubric."""
    from kiosk.exam.error import Refused
    from kiosk.office.marking import queue as waiting

    with open_office(home) as office:
        items = waiting(office, office.acting("answer.read", user))
    found = [i for i in items if (i.submission_id, i.question_id) == (sitting, question)]
    if not found:
        raise Refused("No such answer waits to be marked. `kiosk mark queue` names those that do.")
    item = found[0]
    put_text(f"{item.question_text}\n")
    if item.rubric:
        put_text(f"Rubric: {item.rubric}\n")
    put_text(item.answer)
    put_text(f"\n{item.words} words, 0 to {decimal_text(item.max_points)} points.")


@app.command()
def award(
    sitting: SittingArgument,
    question: Annotated[str, typer.Argument(help="Id of the question.")],
    points: Annotated[str, typer.Argument(help="Points, such as 7.5.")],
    feedback: Annotated[str | None, typer.Option("--feedback", help="Words for the candidate.")] = None,
    user: AsOption = None,
    second: SecondOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give an answer points. Changing what somebody else gave needs a second evaluator."""
    from kiosk.office.marking import award as give

    given = _points(points)
    with open_office(home) as office:
        marked = give(office, office.acting("answer.mark", user, second), sitting, question, given, feedback)
    if as_json:
        put_json(_marked(marked))
        return
    left = f"{len(marked.grade.left)} answers left to mark" if marked.grade.left else "graded"
    put_text(f"{decimal_text(marked.grade.score)} of {decimal_text(marked.grade.max_score)} points, {left}.")


@app.command()
def review(
    sitting: SittingArgument,
    feedback: Annotated[str, typer.Option("--feedback", help="Words for the candidate.")],
    user: AsOption = None,
    home: HomeOption = None,
) -> None:
    """Give a whole graded sitting words; it counts as reviewed from then on."""
    from kiosk.office.marking import review as put_words

    with open_office(home) as office:
        put_words(office, office.acting("answer.mark", user), sitting, feedback)
    put_text(f"{sitting} is reviewed.")


@app.command()
def rescore(
    test: TestArgument,
    apply: Annotated[bool, typer.Option("--apply", help="Do it, instead of showing what would change.")] = False,
    user: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Mark a test again under its newest key: shows who would change, and does it with --apply."""
    from kiosk.office.marking import mark_automatic, preview_rescore

    with open_office(home) as office, progress_bar("Marking") as told:
        actor = office.acting("answer.mark", user)
        if apply:
            tidings = mark_automatic(office, actor, test_id=test, rescore=True, progress=told)
        else:
            tidings = preview_rescore(office, actor, test)
    if as_json:
        put_json({**_tidings(tidings), "applied": apply})
        return
    rows = ((m.submission_id, _score(m.before), _score(m.grade.score)) for m in tidings.changed)
    put_table(("sitting", "before", "after"), rows)
    put_text(f"{len(tidings.changed)} of {tidings.marked} sittings {'changed' if apply else 'would change'}.")


@app.command()
def release(
    test: TestArgument,
    user: AsOption = None,
    second: SecondOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let candidates see what is graded, as far as the test allows, and tell them."""
    from kiosk.office.marking import release as let_see

    with open_office(home) as office:
        released = let_see(office, office.acting("submission.release_results", user, second), test)
    put_json({"testId": test, "released": released}) if as_json else put_text(f"{released} results are released.")


def _points(text: str) -> Decimal:
    try:
        points = Decimal(text)
    except InvalidOperation:
        raise typer.BadParameter(f"{text!r} is not a number of points, such as 7.5") from None
    if not points.is_finite():
        raise typer.BadParameter(f"{text!r} is not a number of points, such as 7.5")
    return points


def _tidings(tidings: "Tidings") -> dict[str, Any]:
    return {
        "marked": tidings.marked,
        "complete": tidings.complete,
        "waiting": tidings.waiting,
        "changed": [_marked(m) for m in tidings.changed],
    }


def _marked(marked: "MarkedScript") -> dict[str, Any]:
    grade = marked.grade
    return {
        "submissionId": marked.submission_id,
        "before": _score(marked.before) if marked.before is not None else None,
        "score": decimal_text(grade.score),
        "maxScore": decimal_text(grade.max_score),
        "passed": grade.passed,
        "left": list(grade.left),
    }


def _queue_item(item: "QueueItem") -> dict[str, Any]:
    return {
        "submissionId": item.submission_id,
        "questionId": item.question_id,
        "type": item.type.value,
        "questionText": item.question_text,
        "maxPoints": decimal_text(item.max_points),
        "rubric": item.rubric,
        "answer": item.answer,
        "words": item.words,
        "submittedAt": None if item.submitted_at is None else iso(item.submitted_at),
    }


def _gist(text: str) -> str:
    line = clean_line(text)
    return line if len(line) <= 40 else line[:39] + "…"


def _score(score: Decimal | None) -> str:
    return "-" if score is None else decimal_text(score)
