"""`kiosk journal`: one sitting's journal shown, verified and replayed, wherever on this machine it is kept."""

import json
from pathlib import Path
from typing import Annotated

import typer

from kiosk.cli.option import HomeOption, JsonOption, put_json, put_text
from kiosk.exam.canonical import canonical
from kiosk.exam.entry import Entry
from kiosk.exam.error import Invalid, KioskError
from kiosk.exam.record import Record
from kiosk.ground.home import Home

app = typer.Typer(help="A sitting's journal: everything that happened in it, hash-chained.", no_args_is_help=True)

SubmissionArgument = Annotated[str, typer.Argument(help="Id of the sitting.")]
WIDEST = 100


@app.command()
def show(submission: SubmissionArgument, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Show every entry; --json prints {"genesis", "entries"} for any verifier."""
    from kiosk.exam.journal import journal_document

    record = find(Home.at(home), submission)
    if as_json:
        put_json(journal_document(record.genesis, record.entries))
        return
    for name, value in record.genesis.document().items():
        put_text(f"{name:14} {value}")
    for entry in record.entries:
        put_text(_line(entry))


@app.command()
def verify(
    submission: Annotated[str, typer.Argument(help="Id of the sitting, or a file of `journal show --json`.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Verify the hash chain from the genesis to the head; exit 1 where it does not hold."""
    from kiosk.exam.journal import read_journal
    from kiosk.exam.journal import verify as verify_chain

    path = Path(submission)
    if path.is_file():
        genesis, entries = read_journal(_read(path))
        head = verify_chain(genesis, entries)
    else:
        record = find(Home.at(home), submission)
        record.verify()
        genesis, entries, head = record.genesis, record.entries, record.head
    facts = {
        "submission": genesis.submission_id,
        "entries": len(entries),
        "head": head.hash.hex(),
        "receipt": _receipt(entries),
        "verified": True,
    }
    if as_json:
        put_json(facts)
        return
    put_text(f"{len(entries)} entries, unbroken. Head {head.hash.hex()}.")
    if facts["receipt"]:
        put_text(f"Receipt {facts['receipt']}.")


@app.command()
def replay(submission: SubmissionArgument, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Show how the sitting stood after each entry: question, answers, time used and left."""
    from kiosk.exam.replay import answer_document
    from kiosk.exam.replay import replay as frames_of

    record = find(Home.at(home), submission)
    record.verify()
    frames = list(frames_of(record.paper, record.genesis, record.entries))
    if as_json:
        last = {f.answer.question_id: f.answer for f in frames if f.answer is not None}
        answers = [answer_document(a) for a in last.values()]
        put_json({"submission": submission, "states": [f.document() for f in frames], "answers": answers})
        return
    for frame in frames:
        answer = "" if frame.answer is None else _short(answer_document(frame.answer))
        put_text(
            f"{frame.entry.seq:5} {frame.entry.at} {frame.entry.kind:16} {frame.phase:9} "
            f"left {_clock(frame.left_ms)} answered {frame.answered:3} {answer}"
        )


def find(home: Home, submission: str) -> Record:
    """Return a sitting from the seats' stores or the office's; raises KioskError where none has it."""
    for name in home.seats():
        place = home.seat(name)
        if place.exists:
            record = _at_seat(home, name, submission)
            if record is not None:
                return record
    if home.office.exists:
        from kiosk.office.office import Office
        from storage.central.record import RecordStore

        with Office.open(home.office) as office:
            record = RecordStore(office.engine).record(submission)
        if record is not None:
            return record
    raise KioskError(f"No seat and no office under {home.folder} holds a sitting {submission}.")


def _at_seat(home: Home, name: str, submission: str) -> Record | None:
    from kiosk.cli.unsealing import opened_store

    store = opened_store(home, name)
    try:
        return store.record(submission)
    finally:
        store.close()


def _read(path: Path) -> dict[str, object]:
    try:
        document = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        raise Invalid(f"{path} is not JSON.") from None
    if not isinstance(document, dict):
        raise Invalid(f"{path} is not a journal.")
    return document


def _receipt(entries: tuple[Entry, ...]) -> str | None:
    from kiosk.sealing.summary import hand_in

    standing = hand_in(entries)
    return None if standing is None else str(standing["receipt"])


def _line(entry: Entry) -> str:
    return f"{entry.seq:5} {entry.epoch:2} {entry.at} {entry.kind:16} {_short(dict(entry.body))}"


def _short(body: object) -> str:
    text = canonical(body).decode()
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…"


def _clock(ms: int) -> str:
    minutes, seconds = divmod(ms // 1000, 60)
    return f"{minutes:3}:{seconds:02}"
