"""`kiosk exam` on files alone: checked, converted, tried; nothing is kept and no office is needed."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kiosk.cli.option import JsonOption, put_json, write_text
from kiosk.cli.table import put_table
from kiosk.exam.error import Invalid
from kiosk.exam.setting import SETTINGS
from kiosk.exam.text import clean_line
from kiosk.exchange.report import Status

if TYPE_CHECKING:
    from kiosk.exam.draft import Test
    from kiosk.exchange.report import Reading

app = typer.Typer()

FileArgument = Annotated[Path, typer.Argument(help="Question file: .yaml, .yml, .json, .gift or .txt.")]


class Format(StrEnum):
    """The formats a test can be written in."""

    NATIVE = "native"
    GIFT = "gift"


FormatOption = Annotated[Format, typer.Option("--to", help="Format to write.")]
OutOption = Annotated[
    Path | None,
    typer.Option("-o", "--out", help="File to write; .json gives JSON, anything else YAML.", show_default="the screen"),
]


@app.command()
def schema() -> None:
    """Print the JSON Schema of the native exam file."""
    from kiosk.wire.exam_file import exam_schema

    put_json(exam_schema())


@app.command()
def settings(as_json: JsonOption = False) -> None:
    """List the settings a test may carry, with their kinds, defaults and meaning."""
    if as_json:
        facts = ("key", "kind", "default", "audience", "help", "choices")
        put_json([{f: getattr(s, f) for f in facts} for s in SETTINGS])
        return
    rows = ((s.key, " ".join(s.choices) or s.kind, s.default, s.help) for s in SETTINGS)
    put_table(("setting", "takes", "default", "what it does"), rows)


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="Question files.")],
    as_json: JsonOption = False,
) -> None:
    """Show what each file would bring: kept, approximated, rejected. Exit 1 where anything is rejected."""
    from dataclasses import replace

    from kiosk.exam.attachment import remarks_on
    from kiosk.exchange.origin import Origin
    from kiosk.exchange.reader import look_at

    readings = [look_at(path, Origin.rehearsed()) for path in files]
    readings = [replace(r, notes=(*r.notes, *remarks_on(r.test))) if r.test is not None else r for r in readings]
    if as_json:
        put_json({"files": [r.document() for r in readings]})
    else:
        for reading in readings:
            put_reading(reading)
    if not all(r.is_clean for r in readings):
        raise typer.Exit(1)


@app.command()
def convert(file: FileArgument, to: FormatOption, out: OutOption = None) -> None:
    """Write a question file in another format. Exit 1 where a question had to be left out."""
    from kiosk.exchange.origin import Origin
    from kiosk.exchange.reader import read_file

    reading = read_file(file, Origin.rehearsed())
    if reading.test is None:
        raise Invalid(f"{file.name}: nothing can be converted.\n" + "\n".join(rejections(reading)))
    is_whole = put_test(reading.test, to, out)
    for note in rejections(reading):
        typer.echo(note, err=True)
    if not (is_whole and reading.is_clean):
        raise typer.Exit(1)


@app.command(name="try")
def try_(
    file: FileArgument,
    item: Annotated[str, typer.Option("--item", help="The item's identifier or title, as `check` names it.")],
    response: Annotated[str, typer.Option("--response", help="Option ids or letters, with commas between.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="JSON is what it prints anyway.")] = True,
) -> None:
    """Mark one response to one question under the file's own settings, as JSON."""
    from kiosk.exchange.origin import Origin
    from kiosk.exchange.reader import read_file
    from kiosk.exchange.trial import try_response

    chosen = [part.strip() for part in response.split(",") if part.strip()]
    put_json(try_response(read_file(file, Origin.rehearsed()), item, chosen).document())


def put_reading(reading: "Reading") -> None:
    """Print the report on one file as a table, its notes under it."""
    counts = reading.document()["counts"]
    typer.echo(f"{reading.file} ({reading.format}): " + ", ".join(f"{n} {word}" for word, n in counts.items()))
    for note in reading.notes:
        typer.echo(f"  {clean_line(note)}")
    rows = [(i.line or "", i.status.value, i.identifier, i.title) for i in reading.items]
    put_table(("line", "status", "item", "question"), rows, indent=2)
    for item in reading.items:
        for remark in item.remarks:
            typer.echo(f"  {reading.file}, {clean_line(remark)} ({item.status.value}: {clean_line(item.title)})")


def rejections(reading: "Reading") -> list[str]:
    """Return a line for each note of what was rejected, beginning with the file."""
    bad = (i for i in reading.items if i.status is Status.REJECTED)
    return [f"{reading.file}, {clean_line(f'{remark} ({i.title})')}" for i in bad for remark in i.remarks]


def put_test(test: "Test", to: Format, out: Path | None) -> bool:
    """Write a test in a format to a file or the screen and return whether every question is in it.

    What the format has no place for goes to stderr.
    """
    notes: tuple[str, ...] = ()
    left_out = 0
    if to is Format.GIFT:
        from kiosk.exchange.gift_form import gift_text

        written = gift_text(test)
        text, notes, left_out = written.text, written.notes, written.left_out
    else:
        from kiosk.exchange.native_form import json_text, yaml_text

        is_json = out is not None and out.suffix.lower() == ".json"
        text = json_text(test) if is_json else yaml_text(test)
    if out is None:
        typer.echo(text, nl=False)
    else:
        write_text(out, text)
    for note in notes:
        typer.echo(clean_line(note), err=True)
    return not left_out
