"""`kiosk report`: how the candidates of a test did, and how hard each question was."""

from pathlib import Path
from typing import Annotated

import typer

from kiosk.cli.option import AsOption, HomeOption, JsonOption, put_json, put_text, write_text
from kiosk.cli.place import open_office

app = typer.Typer()


@app.command()
def report(
    test: Annotated[str, typer.Argument(help="Id of the test.")],
    csv: Annotated[Path | None, typer.Option("--csv", help="File to write the questions to.", dir_okay=False)] = None,
    user: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Report on a test: average, pass rate and the difficulty of each question."""
    from kiosk.reports.source import report_on

    with open_office(home) as office:
        found = report_on(office, office.acting("report.item_analysis", user), test)
    if csv is not None:
        from kiosk.reports.sheet import to_csv

        write_text(csv, to_csv(found))
    if as_json:
        put_json(found.document())
    elif csv is not None:
        put_text(f"{len(found.questions)} questions are written to {csv}.")
    else:
        from rich.console import Console

        from kiosk.reports.table import to_table

        Console(highlight=False).print(to_table(found))
