"""A whole exam by command with the office on PostgreSQL: made, sent down, sat, brought up, counted, marked, told.

Afterwards nothing on the server names anybody.
"""

import base64
import binascii
import json
import re
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from closing_kit import Shell, served
from kiosk.ground.clock import SystemClock
from kiosk.ground.home import Home, write_secret
from kiosk.hall.place import open_hall
from kiosk.office.office import Office
from kiosk.office.sample_exam import sample_source
from kiosk.seat.place import make_seat, open_desk, settle_seat
from stores import Databases

HALL, SEAT = "Hall 2", "A12"
NAME, ROLL, EMAIL = "Zwetschgenheimer Quokkasdottir", "ROLL-77-QUAGGA", "quagga@example.org"
PROCTOR = "Aardvarksen Numbatovic"
PLANTED = (NAME, ROLL, EMAIL, PROCTOR)


def _decoded(raw: bytes) -> Iterator[bytes]:
    """Give some bytes as they are and as what is packed in them, as deep as it goes."""
    yield raw
    for found in re.findall(rb"[A-Za-z0-9+/_-]{24,}={0,2}", raw):
        try:
            yield base64.b64decode(found.replace(b"-", b"+").replace(b"_", b"/") + b"==")
        except binascii.Error:
            continue
    for start in (at.start() for at in re.finditer(rb"\x78[\x01\x5e\x9c\xda]", raw)):
        try:
            yield zlib.decompressobj().decompress(raw[start:], 2**20)
        except zlib.error:
            continue


def names_in(raw: bytes, words: tuple[str, ...], depth: int = 2) -> set[str]:
    """Return those of some words that stand in bytes, plain, in UTF-16 or packed."""
    found = set()
    for form in _decoded(raw):
        found |= {w for w in words for e in ("utf-8", "utf-16-le", "utf-16-be") if w.encode(e) in form}
        if depth and form is not raw:
            found |= names_in(form, words, depth - 1)
    return found


def names_on(engine: Engine, words: tuple[str, ...]) -> set[tuple[str, str, str]]:
    """Return where on a server a word stands: table, column, word; whatever the column's type."""
    query = """SELECT table_name, column_name FROM information_schema.columns JOIN information_schema.tables
        USING (table_schema, table_name) WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"""
    found = set()
    with engine.connect() as c:
        columns = [(str(table), str(column)) for table, column in c.execute(text(query))]
        for table, column in columns:
            for value in c.scalars(text(f'SELECT "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL')):
                found |= {(table, column, word) for word in names_in(_bytes(value), words)}
    assert len({table for table, _ in columns}) > 30
    return found


def _bytes(value: Any) -> bytes:
    if isinstance(value, bytes | memoryview):
        return bytes(value)
    return (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)).encode()


@pytest.fixture
def shell(databases: Databases, tmp_path: Path) -> Shell:
    """A home whose office was made on a server."""
    engine = databases.make("")
    address = tmp_path / "address"
    write_secret(address, engine.url.render_as_string(hide_password=False).encode())
    made = Shell(tmp_path / "home")
    made.run("central", "init", "--admin", "Thandi", "--database-file", str(address))
    engine.dispose()
    return made


def sit(home: Home, code: str) -> None:
    """Let the candidate answer everything at a seat of the hall, and hand in."""
    clock = SystemClock()
    hall = open_hall(home.hall, clock)
    place = home.seat(SEAT)
    settle_seat(place, hall.enrol(SEAT, make_seat(place)))
    desk = open_desk(place, hall, clock)
    desk.sign_in(ROLL, code)
    sheet = desk.begin(desk.tests()[0].assignment_id)
    for question in [q for section in sheet.sections for q in section.questions]:
        desk.visit(question.question_id)
        if question.options:
            desk.choose(question.question_id, [question.options[0].option_id])
        else:
            desk.type(question.question_id, f"An answer to {question.number}")
    desk.capture(f"┌ {NAME} · seat {SEAT} ┐")  # as the head of a real screen shows
    desk.hand_in()
    desk.close()
    hall.close()


def bring_down(shell: Shell, folder: Path) -> tuple[str, str]:
    """Import and publish the sample, enter people, bring the test to the hall; return its id and the access code."""
    source = folder / "exam.yaml"
    source.write_text(sample_source().text, encoding="utf-8")
    test = shell.facts("exam", "import", str(source))["testId"]
    shell.run("exam", "publish", test)
    candidate = shell.facts("user", "add", NAME, "--roll", ROLL, "--email", EMAIL)
    proctor = shell.facts("user", "add", PROCTOR, "--role", "proctor")
    pin = f"{proctor['pin']}\n"
    shell.run("assign", test, ROLL)
    now = datetime.now(UTC)
    window = ("--starts", (now - timedelta(minutes=5)).isoformat(), "--ends", (now + timedelta(hours=3)).isoformat())
    session = shell.facts("roster", "session", "--hall", HALL, *window, "--test", test, "--candidate", ROLL)
    shell.run("hall", "init")
    package = folder / "package"
    shell.run("central", "package", test, "--hall", HALL, "--to", str(package))
    root = (shell.home / "office" / "keys" / "root.ed25519.pub").read_text().strip()
    shell.run("hall", "load", str(package), "--root", root)
    shell.run("central", "release", test, "--hall", HALL, "--to", str(folder / "token"))
    (token,) = (folder / "token").iterdir()
    shell.run("hall", "release", test, "--token", str(token), typed=pin)
    shell.run("hall", "open", session["sessionId"], typed=pin)
    return test, candidate["accessCode"]


def bring_up(shell: Shell, folder: Path) -> None:
    """Seal what was sat, and send it through the door over TLS."""
    shell.run("bundle", "export", str(folder / "stick"))
    connection = folder / "hall.connection"
    with served(shell.home) as url:
        shell.run("central", "token", HALL, "--to", str(connection), "--url", url)
        shell.run("hall", "connect", str(connection))
        assert len(shell.facts("bundle", "upload", "--once")["received"]) == 1


def test_an_exam_is_held_with_the_office_on_a_server(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "carried"
    folder.mkdir()
    test, code = bring_down(shell, folder)
    sit(Home(shell.home), code)
    bring_up(shell, folder)
    assert shell.facts("central", "status")["counts"]["received"] == 1
    shell.run("central", "work", "--once", "--workers", "2")
    counts = shell.facts("central", "status")["counts"]
    assert (counts["counted"], counts["received"], counts["quarantined"]) == (1, 0, 0)

    waiting = shell.facts("mark", "queue", test)
    assert waiting
    for answer in waiting:
        shell.run("mark", "award", answer["submissionId"], answer["questionId"], "1", "--feedback", "Good")
    assert shell.facts("mark", "queue", test) == []
    assert shell.facts("mark", "release", test)["released"] == 1
    report = shell.facts("report", test)
    assert (report["standing"]["graded"], report["standing"]["released"], report["candidates"]) == (1, 1, 1)
    assert float(report["averageScore"]) >= len(waiting)
    assert not (shell.home / "office" / "office.db").exists()

    with Office.open(Home(shell.home).office) as office:
        assert office.people.by_roll_number(ROLL) is not None
        with office.engine.connect() as c:
            assert c.scalar(text("SELECT count(*) FROM evidence")) == 1
        assert names_on(office.engine, PLANTED) == set()
        with office.engine.begin() as c:  # a control: one that is put there is found
            packed = base64.b64encode(zlib.compress(NAME.encode())).decode()
            c.execute(text(f"UPDATE quarantine SET source = '{packed}'; UPDATE bundles SET source = '{packed}'"))
        assert names_on(office.engine, PLANTED) == {("bundles", "source", NAME)}


@pytest.mark.parametrize(
    "form",
    [
        NAME.encode(),
        NAME.encode("utf-16-le"),
        base64.b64encode(f'{{"name": "{NAME}"}}'.encode()),
        base64.urlsafe_b64encode(base64.b64encode(f"xx{NAME}".encode())),
        b"frame" + zlib.compress(NAME.encode()),
    ],
)
def test_the_search_finds_a_name_however_it_is_packed(form: bytes) -> None:
    assert names_in(b"before " + form + b" after", (NAME,)) == {NAME}
