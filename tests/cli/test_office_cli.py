"""The office from the command line: from an exam file to a report, in words and in JSON."""

import csv
import json
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from examination import hand_in, right_answers, seen
from kiosk.cli.main import app
from kiosk.exam.answer import Answer
from kiosk.ground.home import Home
from kiosk.office.office import Office
from kiosk.sealing.secret import Cost

RUNNER = CliRunner()
Run = Callable[..., Result]
TEST = "biology-2"
EXAM = f"""
testId: {TEST}
title: Biology II
duration: 60
isActive: true
accessType: private
maxAttempts: 2
passScore: 3
settings: {{showResults: questions}}
sections:
  - title: "=Cells"
    sectionOrder: 1
    duration: 20
    questions:
      - questionId: q1
        type: MCQ
        questionText: Which part of a cell holds its genes?
        points: 2
        options:
          - {{optionId: a, optionText: The nucleus, isCorrect: true}}
          - {{optionId: b, optionText: The membrane, isCorrect: false}}
      - questionId: q2
        type: TrueFalse
        questionText: "=A plant cell has a wall."
        points: 1
        options:
          - {{optionId: t, optionText: "True", isCorrect: true}}
          - {{optionId: f, optionText: "False", isCorrect: false}}
      - questionId: q3
        type: Essay
        questionText: How does a cell divide?
        points: 4
        rubric: One point a phase.
"""


def invoke(home: Path, *args: str, status: int = 0) -> Result:
    """Run `kiosk ARGS --home HOME` in this process."""
    done = RUNNER.invoke(app, [*args, "--home", str(home)])
    assert done.exit_code == status, done.output
    return done


@pytest.fixture(scope="module", autouse=True)
def _cheap_hashes() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for cost in ("CODE", "STANDARD"):
            patch.setattr(f"kiosk.office.secret.{cost}", Cost(passes=1, memory_kib=8, lanes=1))
        yield


@pytest.fixture(scope="module")
def published_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose office has a published test and two candidates, made once."""
    folder = tmp_path_factory.mktemp("published")
    (folder / "biology.yaml").write_text(EXAM)
    home = folder / "home"
    invoke(home, "exam", "import", str(folder / "biology.yaml"))
    invoke(home, "exam", "publish", TEST)
    for number, name in ((1, "Okafor, Anna"), (2, "Sato, Ren")):
        invoke(home, "user", "add", name, "--roll", f"B-{number}")
    return home


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run commands in a home where nothing is yet."""
    return partial(invoke, tmp_path / "home")


@pytest.fixture
def published(published_home: Path, tmp_path: Path) -> Run:
    """Run commands in a copy of the home with a published test."""
    shutil.copytree(published_home, tmp_path / "home")
    return partial(invoke, tmp_path / "home")


def facts(run: Run, *args: str) -> Any:
    """Return what a command tells scripts."""
    return json.loads(run(*args, "--json").stdout)


def sit(tmp_path: Path, **answers: Answer) -> list[str]:
    """Put a handed-in sitting of every assigned candidate into the store."""
    with Office.open(Home.at(tmp_path / "home").office) as office:
        test = office.drafts.load(TEST)
        given = office.assignments.of_tests([TEST])
        return [hand_in(office, test, a, seen(right_answers(test) | answers, "q3")) for a in given]


def test_an_office_is_made_when_something_is_first_put_in(run: Run) -> None:
    assert "There is no exam office here yet" in run("user", "list", status=1).stderr
    added = run("user", "add", "Okafor, Anna", "--roll", "B-1")
    assert "A new exam office is made in" in added.stderr
    assert "shown now and never again" in added.stdout
    assert [p["role"] for p in facts(run, "user", "list")] == ["admin", "author", "candidate", "evaluator", "system"]


def test_people_are_added_changed_and_listed(run: Run) -> None:
    anna = facts(run, "user", "add", "Okafor, Anna", "--roll", "B-1", "--extra-percent", "25", "--rest-breaks")
    assert (anna["name"], anna["extraPercent"], anna["restBreaks"]) == ("Okafor, Anna", 25, True)
    assert len(anna["accessCode"]) == 11
    again = facts(run, "user", "code", "B-1")
    assert again["accessCode"] != anna["accessCode"]
    assert "50 % more time" in run("user", "extra", anna["userId"], "--extra-percent", "50").stdout
    pin = facts(run, "user", "add", "Mbeki, Thandi", "--role", "proctor")["pin"]
    assert len(pin) == 6
    assert "may not sign in any more" in run("user", "disable", "B-1").stdout
    assert [p["isActive"] for p in facts(run, "user", "list", "--role", "candidate")] == [False]
    run("user", "enable", "B-1")
    listed = run("user", "list").stdout
    assert "Okafor, Anna" in listed
    assert again["accessCode"] not in listed
    assert pin not in listed


def test_a_candidate_needs_a_roll_number_and_a_name_somebody(run: Run) -> None:
    assert "needs a roll number: --roll" in run("user", "add", "Anna", status=1).stderr
    run("user", "add", "Anna", "--roll", "B-1")
    assert "The roll number B-1 is taken" in run("user", "add", "Ben", "--roll", "B-1", status=1).stderr
    assert "nobody's user id or roll number" in run("user", "code", "B-9", status=1).stderr
    run("user", "add", "Anna", "--role", "king", status=2)


def test_a_list_of_candidates_is_taken_whole(run: Run, tmp_path: Path) -> None:
    file, codes = tmp_path / "list.csv", tmp_path / "codes.csv"
    file.write_text("\ufeffrollNumber,name,extraPercent\nB-1,Anna,25\nB-2,=Ben,\n")
    told = facts(run, "roster", "import", str(file), "--codes", str(codes))
    assert told["added"] == 2
    assert "accessCode" not in told["candidates"][0]
    written = list(csv.DictReader(codes.read_text().splitlines()))
    assert [row["name"] for row in written] == ["Anna", "'=Ben"]
    assert all(len(row["accessCode"]) == 11 for row in written)
    assert stat.S_IMODE(codes.stat().st_mode) == 0o600
    assert "is there already" in run("roster", "import", str(file), "--codes", str(codes), status=1).stderr
    assert len(facts(run, "user", "list", "--role", "candidate")) == 2


def test_a_wrong_list_names_every_line_and_adds_nobody(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("name,rollNumber,extraPercent\nAnna,B-1,x\nBen,,\nCleo,B-3\nDan,B-4,10\nEve,B-4,10\n")
    told = run("roster", "import", str(file), status=1).stderr
    for words in ("line 2: extraPercent", "line 3: Ben: a roll number", "line 4: 2 cells instead of 3", "B-4 stands"):
        assert words in told
    file.write_text("name,rollNumber\nAnna,B-1\n")
    assert facts(run, "roster", "import", str(file))["added"] == 1
    assert len(facts(run, "user", "list", "--role", "candidate")) == 1


def test_assigning_tells_how_many_and_who_had_it(published: Run) -> None:
    first = facts(published, "assign", TEST, "B-1", "--due", "2099-05-06T12:00+02:00")
    assert (len(first["assigned"]), first["kept"], first["dueDate"]) == (1, 0, "2099-05-06T10:00:00.000Z")
    told = published("assign", TEST, "--all").stdout
    assert "1 candidates have the test now" in told
    assert "1 had it already" in told
    rows = facts(published, "roster", "show", TEST)
    assert [(r["rollNumber"], r["status"]) for r in rows] == [("B-1", "assigned"), ("B-2", "assigned")]
    (notice,) = facts(published, "notify", "list", "B-1")
    assert notice["metadata"]["actionUrl"] == f"/tests/{TEST}/start"
    assert "Biology II" in published("notify", "list", "B-1").stdout


@pytest.mark.parametrize(
    ("args", "status", "words"),
    [
        (("assign", TEST), 2, "name candidates"),
        (("assign", TEST, "B-1", "--all"), 2, "name candidates"),
        (("assign", TEST, "B-1", "--due", "tomorrow"), 2, "not a time with its zone"),
        (("assign", TEST, "B-1", "--due", "2031-05-06T12:00"), 2, "not a time with its zone"),
        (("assign", TEST, "B-1", "--due", "2001-05-06T12:00Z"), 1, "has passed"),
        (("assign", "nowhere", "B-1"), 1, "There is no test nowhere"),
        (("assign", TEST, "B-9"), 1, "nobody's user id"),
        (("assign", TEST, "B-1", "--as", "author"), 1, "An author may not create roster"),
        (("assign", TEST, "B-1", "--as", "ghost"), 1, "no person ghost"),
        (("mark", "release", TEST, "--as", "evaluator"), 1, "may not release results"),
        (("mark", "award", "s", "q", "many"), 2, "not a number of points"),
        (("mark", "award", "s", "q", "inf"), 2, "not a number of points"),
        (("mark", "award", "s", "q", "1"), 1, "no sitting s"),
        (("mark", "auto", TEST, "--sitting", "s"), 2, "not both"),
        (("mark", "show", "s", "q"), 1, "No such answer waits"),
    ],
)
def test_refusals_and_wrong_usage(published: Run, args: tuple[str, ...], status: int, words: str) -> None:
    assert words in " ".join(published(*args, status=status).stderr.replace("│", " ").split())


def test_from_marking_to_a_released_result(published: Run, tmp_path: Path) -> None:
    published("assign", TEST, "--all")
    first, second = sit(tmp_path, q3=Answer("q3", text="In phases: \x1b[2Jfirst the prophase.", seen=True))
    assert "2 sittings marked: 0 complete, 2 wait" in published("mark", "auto").stdout
    queue = facts(published, "mark", "queue", TEST)
    assert {(i["submissionId"], i["questionId"], i["maxPoints"]) for i in queue} == {
        (first, "q3", "4"),
        (second, "q3", "4"),
    }
    assert "2 answers to mark." in published("mark", "queue").stdout
    shown = published("mark", "show", first, "q3").stdout
    assert "Rubric: One point a phase." in shown
    assert "\x1b" not in shown
    assert "0 results" in published("mark", "release", TEST).stdout
    told = facts(published, "mark", "award", first, "q3", "2.5", "--feedback", "Name all four.")
    assert (told["score"], told["maxScore"], told["passed"], told["left"]) == ("5.5", "7", True, [])
    assert "3 of 7 points, graded" in published("mark", "award", second, "q3", "0").stdout
    assert "is reviewed" in published("mark", "review", first, "--feedback", "Well done.").stdout
    assert facts(published, "mark", "release", TEST) == {"testId": TEST, "released": 2}
    messages = {n["metadata"]["message"] for n in facts(published, "notify", "list", "B-1")}
    assert 'Your test "Biology II" has been graded. Your score is 5.5.' in messages or (
        'Your test "Biology II" has been graded. Your score is 3.' in messages
    )
    assert facts(published, "mark", "rescore", TEST) == {
        "marked": 0,
        "complete": 0,
        "waiting": 0,
        "changed": [],
        "applied": False,
    }


def test_the_report_as_table_csv_and_json(published: Run, tmp_path: Path) -> None:
    published("assign", TEST, "--all")
    sit(tmp_path)
    published("mark", "auto")
    report = facts(published, "report", TEST)
    assert (report["candidates"], report["averageScore"], report["passRate"]) == (2, "3", 100.0)
    assert [q["difficulty"] for q in report["questions"]] == [100.0, 100.0, 0.0]
    assert report["questions"][2]["empty"] == 2
    table = published("report", TEST).stdout
    assert "██████████" in table
    assert "░░░░░░░░░░" in table
    file = tmp_path / "report.csv"
    assert str(file) in published("report", TEST, "--csv", str(file)).stdout.replace("\n", "")
    rows = list(csv.DictReader(file.read_text().splitlines()))
    assert rows[1]["questionText"] == "'=A plant cell has a wall."
    assert rows[0]["section"] == "'=Cells"
    assert "cannot be written" in published("report", TEST, "--csv", str(tmp_path / "no" / "x.csv"), status=1).stderr


def test_a_session_is_planned_and_listed(published: Run) -> None:
    args = ("--hall", "Hall 2", "--test", TEST, "--starts", "2031-05-06T12:00Z", "--ends", "2031-05-06T15:00Z")
    planned = facts(published, "roster", "session", *args, "--candidate", "B-1", "--late-entry", "10")
    assert planned["opensAt"] == planned["startsAt"] == "2031-05-06T12:00:00.000Z"
    assert (planned["testIds"], planned["lateEntryMinutes"]) == ([TEST], 10)
    assert facts(published, "roster", "sessions") == [planned]
    assert "Hall 2" in published("roster", "sessions").stdout
    assert "2 people were told" in published("notify", "send", "Bring your card.").stdout
    assert facts(published, "notify", "send", "Only you.", "--to", "B-2") == {"told": 1}


def test_the_real_program_in_a_real_process(tmp_path: Path) -> None:
    def kiosk(*args: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "from kiosk.cli.main import run; run()", *args, "--home", str(tmp_path)]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    added = kiosk("user", "add", "Okafor, Anna", "--roll", "B-1", "--json")
    assert (added.returncode, added.stderr) == (0, f"A new exam office is made in {tmp_path / 'office'}.\n")
    code = json.loads(added.stdout)["accessCode"]
    listed = kiosk("user", "list", "--role", "candidate", "--json")
    assert (listed.returncode, listed.stderr) == (0, "")
    assert [p["rollNumber"] for p in json.loads(listed.stdout)] == ["B-1"]
    assert stat.S_IMODE((tmp_path / "office" / "keys" / "store.key").stat().st_mode) == 0o600
    stored = b"".join(p.read_bytes() for p in (tmp_path / "office").glob("office.db*"))
    assert b"Okafor" not in stored
    assert code.replace("-", "").encode() not in stored
