"""`kiosk receipt`: what a candidate's receipt proves."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from kiosk.cli.option import HomeOption, JsonOption, put_json, put_text
from kiosk.ground.home import Home

if TYPE_CHECKING:
    from kiosk.central.proof import ReceiptProof

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
    put_json(_document(proof)) if as_json else put_text(_words(proof))


def _document(proof: "ReceiptProof") -> dict[str, Any]:
    marked, hand_in = proof.marked, proof.hand_in
    return {
        "code": proof.code,
        "verified": True,
        "submission": marked.submission_id,
        "candidate": marked.candidate_id,
        "test": marked.test,
        "attempt": marked.attempt,
        "handedInAt": hand_in.at,
        "handedInBy": hand_in.body["by"],
        "answered": hand_in.body["answered"],
        "questions": hand_in.body["questions"],
        "entries": proof.entries,
        "bundle": proof.bundle_id,
        "status": marked.status,
        "marked": proof.is_marked,
        "marks": marked.marks,
        "keyVersion": marked.key_version,
        "score": marked.score,
    }


def _words(proof: "ReceiptProof") -> str:
    marked, hand_in = proof.marked, proof.hand_in
    was_marked = (
        f"This journal was marked: {marked.marks} awards, key version {marked.key_version}."
        if proof.is_marked
        else "This journal has not been marked yet."
    )
    return (
        f"Receipt {proof.code} holds.\n"
        f"{marked.candidate}, {marked.test}, attempt {marked.attempt}\n"
        f"Handed in at {hand_in.at} by {hand_in.body['by']}, "
        f"{hand_in.body['answered']} of {hand_in.body['questions']} answered.\n"
        f"Journal of {proof.entries} entries, unbroken, as sealed in bundle {proof.bundle_id[:16]}.\n"
        f"{was_marked}"
    )
