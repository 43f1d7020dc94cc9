"""`kiosk receipt`: what a candidate's receipt proves."""

from typing import Annotated

import typer

from kiosk.cli.option import HomeOption, JsonOption, put_json, put_text
from kiosk.ground.home import Home

app = typer.Typer(help="Receipts of candidates.", no_args_is_help=True)


@app.callback()
def receipt() -> None:
    """Receipts of candidates."""


@app.command()
def check(
    code: Annotated[str, typer.Argument(help="The code as copied down, such as ABCD-EF23-GH.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find the journal a receipt names and prove that it is the one in the office; exit 1 where it is not."""
    from kiosk.central.central import Central

    with Central.open(Home.at(home).office) as central:
        proof = central.proof.receipt(code)
    marked = proof.marked
    if as_json:
        put_json(
            {
                "code": proof.code,
                "verified": True,
                "submission": marked.submission_id,
                "candidate": marked.candidate_id,
                "test": marked.test,
                "attempt": marked.attempt,
                "handedInAt": proof.hand_in.at,
                "handedInBy": proof.hand_in.body["by"],
                "answered": proof.hand_in.body["answered"],
                "questions": proof.hand_in.body["questions"],
                "entries": proof.entries,
                "bundle": proof.bundle_id,
                "status": marked.status,
                "marked": proof.is_marked,
                "marks": marked.marks,
                "keyVersion": marked.key_version,
                "score": marked.score,
            }
        )
        return
    put_text(f"Receipt {proof.code} holds.")
    put_text(f"{marked.candidate}, {marked.test}, attempt {marked.attempt}")
    put_text(
        f"Handed in at {proof.hand_in.at} by {proof.hand_in.body['by']}, "
        f"{proof.hand_in.body['answered']} of {proof.hand_in.body['questions']} answered."
    )
    put_text(f"Journal of {proof.entries} entries, unbroken, as sealed in bundle {proof.bundle_id[:16]}.")
    if proof.is_marked:
        put_text(f"This journal was marked: {marked.marks} awards under key version {marked.key_version}.")
    else:
        put_text("This journal has not been marked yet.")
