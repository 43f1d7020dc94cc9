"""`kiosk exam`: what scripts and people get, and that nothing is half imported."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner, Result

from kiosk.cli.main import app
from kiosk.ground.home import Home
from kiosk.office.office import Office
from kiosk.office.sample_exam import sample_source

RUNNER = CliRunner()
GIFT = """\
::First::Is it?{T}

// [id:x-1]
Which?{=a ~b}

When?{#1822}

Name two{=a =b ~c}
"""


def run(*args: object, status: int = 0) -> Result:
    """Run `kiosk exam ARGS` in this process."""
    done = RUNNER.invoke(app, ["exam", *map(str, args)])
    assert done.exit_code == status, done.output
    return done


def facts(*args: object, status: int = 0) -> Any:
    """Return the JSON a command prints."""
    return json.loads(run(*args, status=status).stdout)


@pytest.fixture
def quiz(tmp_path: Path) -> Path:
    """A GIFT file with a kept, an approximated and a rejected question."""
    path = tmp_path / "quiz.gift"
    path.write_text(GIFT)
    return path


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """The sample exam as a file."""
    path = tmp_path / "exam.yaml"
    path.write_text(sample_source().text, encoding="utf-8")
    return path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with an empty office."""
    folder = tmp_path / "home"
    Office.open(Home.at(folder).office, create=True).close()
    return folder


def test_check_prints_the_report_scripts_rely_on(quiz: Path, sample: Path) -> None:
    report = facts("check", quiz, sample, "--json", status=1)
    first, second = report["files"]
    assert (first["file"], first["format"]) == ("quiz.gift", "gift")
    assert first["counts"] == {"kept": 2, "approximated": 1, "rejected": 1}
    assert [(i["identifier"], i["title"], i["status"], i["line"]) for i in first["items"]] == [
        ("question-1", "First", "kept", 1),
        ("x-1", "Which?", "kept", 4),
        ("question-2", "When?", "rejected", 6),
        ("question-3", "Name two", "approximated", 8),
    ]
    assert first["items"][2]["question"] is None
    assert first["items"][2]["notes"] == ["line 6: numerical questions have no type here"]
    question = first["items"][1]["question"]
    assert question["options"] == [
        {"optionId": "A", "optionText": "a", "isCorrect": True, "optionOrder": 1},
        {"optionId": "B", "optionText": "b", "isCorrect": False, "optionOrder": 2},
    ]
    assert (question["questionText"], question["type"], question["points"]) == ("Which?", "MCQ", "1")
    assert second["counts"] == {"kept": 49, "approximated": 0, "rejected": 0}


def test_two_looks_at_a_file_say_the_same(quiz: Path) -> None:
    assert run("check", quiz, "--json", status=1).stdout == run("check", quiz, "--json", status=1).stdout


def test_check_shows_a_table_and_names_file_and_line(quiz: Path, tmp_path: Path) -> None:
    shown = run("check", quiz, tmp_path / "nothing.gift", status=1).stdout
    assert "quiz.gift (gift): 2 kept, 1 approximated, 1 rejected" in shown
    assert "quiz.gift, line 6: numerical questions have no type here (rejected: When?)" in shown
    assert "there is no such file" in shown


def test_a_file_without_faults_passes(sample: Path) -> None:
    assert "49 kept, 0 approximated, 0 rejected" in run("check", sample).stdout


def test_import_publish_list_show_and_export(sample: Path, home: Path, tmp_path: Path) -> None:
    made = facts("import", sample, "--home", home, "--json")
    test = made["testId"]
    assert (test, made["sections"], made["questions"]) == ("sample-general-knowledge", 5, 49)
    (listed,) = facts("list", "--home", home, "--json")
    assert (listed["testId"], listed["paper"], listed["createdBy"]) == (test, None, "author")
    printed = facts("publish", test, "--home", home, "--json")
    assert (printed["questions"], printed["maxScore"]) == (49, "68")
    (listed,) = facts("list", "--home", home, "--json")
    assert listed["paper"] == printed["paper"]
    shown = facts("show", test, "--home", home, "--json")
    Draft202012Validator(facts("schema")).validate(shown)
    assert "Helium" in run("show", test, "--home", home).stdout
    assert "published" in run("list", "--home", home).stdout
    out = tmp_path / "out.yaml"
    run("export", test, "--to", "native", "-o", out, "--home", home)
    assert facts("check", out, "--json")["files"][0]["counts"]["kept"] == 49
    assert "is published already" in run("publish", test, "--home", home, status=1).stderr
    assert "nothing in it has changed" in run("import", sample, "--home", home, status=1).stderr


def test_a_revised_test_and_one_that_is_shut(sample: Path, home: Path) -> None:
    test = facts("import", sample, "--home", home, "--json")["testId"]
    run("publish", test, "--home", home)
    made = facts("revise", test, "--home", home, "--json")
    assert (made["replaces"], made["testVersion"]) == (test, "v2")
    run("activate", test, "--off", "--home", home)
    states = {t["testId"]: t["isActive"] for t in facts("list", "--home", home, "--json")}
    assert states == {test: False, made["testId"]: True}


def test_import_takes_all_or_nothing(quiz: Path, home: Path) -> None:
    refused = run("import", quiz, "--home", home, status=1)
    assert "Nothing was imported" in refused.stderr
    assert "quiz.gift, line 6: numerical questions have no type here" in refused.stderr
    assert facts("list", "--home", home, "--json") == []
    made = facts("import", quiz, "--keep-going", "--title", "A quiz", "--minutes", 20, "--home", home, "--json")
    assert (made["title"], made["questions"], len(made["leftOut"])) == ("A quiz", 3, 1)
    (listed,) = facts("list", "--home", home, "--json")
    assert (listed["title"], listed["duration"]) == ("A quiz", 20)


def test_the_same_file_twice_needs_new_ids(sample: Path, home: Path) -> None:
    first = facts("import", sample, "--home", home, "--json")["testId"]
    second = facts("import", sample, "--new-ids", "--home", home, "--json")["testId"]
    assert first != second
    assert len(facts("list", "--home", home, "--json")) == 2


def test_a_file_with_nothing_left_is_refused_also_with_keep_going(tmp_path: Path, home: Path) -> None:
    path = tmp_path / "empty.gift"
    path.write_text("Read this.\n")
    assert "Nothing was imported" in run("import", path, "--keep-going", "--home", home, status=1).stderr


def test_the_first_import_makes_an_office_and_other_commands_say_how(sample: Path, tmp_path: Path) -> None:
    assert "kiosk central init" in run("list", "--home", tmp_path / "none", status=1).stderr
    assert "A new exam office is made" in run("import", sample, "--home", tmp_path / "none").stderr


def test_only_staff_with_the_right_may_import(sample: Path, home: Path) -> None:
    assert "Not allowed" in run("import", sample, "--as", "evaluator", "--home", home, status=1).stderr
    assert facts("list", "--home", home, "--json") == []


def test_convert_goes_there_and_back(sample: Path, tmp_path: Path) -> None:
    gift, yaml, js = (tmp_path / name for name in ("out.gift", "out.yaml", "out.json"))
    assert (
        "left out; GIFT has no coding questions" in run("convert", sample, "--to", "gift", "-o", gift, status=1).stderr
    )
    assert facts("check", gift, "--json")["files"][0]["counts"] == {"kept": 47, "approximated": 0, "rejected": 0}
    run("convert", gift, "--to", "native", "-o", yaml)
    run("convert", yaml, "--to", "native", "-o", js)
    items = [facts("check", p, "--json")["files"][0]["items"] for p in (gift, yaml, js)]
    texts = [
        [(i["question"]["questionText"], i["question"]["options"]) for i in some if i["question"].get("options")]
        for some in items
    ]
    assert texts[0] == texts[1] == texts[2]
    assert run("convert", js, "--to", "native").stdout.startswith("testId:")


def test_convert_of_nothing_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text("title: [\n")
    assert "broken.yaml, line 2: this is not YAML" in run("convert", path, "--to", "gift", status=1).stderr


def test_try_marks_one_response(sample: Path) -> None:
    done = facts("try", sample, "--item", "several-01", "--response", "a,c,d")
    assert done == {"points": "2", "maxPoints": "2", "correct": True}
    assert "has no item" in run("try", sample, "--item", "x", "--response", "a", status=1).stderr


def test_schema_and_settings(sample: Path) -> None:
    Draft202012Validator.check_schema(facts("schema"))
    listed = facts("settings", "--json")
    assert {"key", "kind", "default", "audience", "help", "choices"} == set(listed[0])
    shown = run("settings").stdout
    assert all(s["key"] in shown for s in listed)


@pytest.mark.parametrize("args", [[], ["check"], ["convert", "x.gift"], ["import", "x.gift", "--minutes", "0"]])
def test_wrong_usage_is_status_two(args: list[str]) -> None:
    assert RUNNER.invoke(app, ["exam", *args]).exit_code == 2


def test_attached_files_are_told_of_refused_and_printed(tmp_path):
    home, folder, file = tmp_path / "home", tmp_path / "files", tmp_path / "exam.yaml"
    folder.mkdir()
    file.write_text(
        "testId: leaves\ntitle: Leaves\nduration: 30\nsections:\n  - title: Cells\n    questions:\n"
        "      - type: TrueFalse\n        questionText: A leaf has cells.\n        points: 1\n"
        "        attachments: [leaf.csv, 'https://example.org/map']\n"
        "        options: [{optionText: 'Yes', isCorrect: true}, {optionText: 'No'}]\n"
    )
    here = ["--home", str(home)]
    checked = CliRunner().invoke(app, ["exam", "check", str(file)])
    assert checked.exit_code == 0, checked.output
    assert "the file leaf.csv is looked for when the test is published with --attachments" in checked.output
    assert "https://example.org/map is only shown as text: it needs a network" in checked.output
    assert CliRunner().invoke(app, ["exam", "import", str(file), *here]).exit_code == 0
    for option in ([], ["--attachments", str(folder)]):
        refused = CliRunner().invoke(app, ["exam", "publish", "leaves", *option, *here])
        assert refused.exit_code == 1
        assert "section 'Cells', question 1: the attachment leaf.csv is" in refused.stderr
    (folder / "leaf.csv").write_text("leaf,2\n")
    printed = CliRunner().invoke(app, ["exam", "publish", "leaves", "--attachments", str(folder), "--json", *here])
    assert printed.exit_code == 0, printed.output
    (attached,) = json.loads(printed.stdout)["attachments"]
    assert attached == {"name": "leaf.csv", "sha256": sha256(b"leaf,2\n").hexdigest(), "length": 7}
