"""The release by command: token and slip at the office, the paper opened in the hall."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from builders import a_clock
from campus import HALL, a_campus
from kiosk.cli.main import app
from kiosk.exam.envelope_code import Mistyped, read
from kiosk.exam.person import Role
from kiosk.office.person import add, staff
from kiosk.office.roster import roster_of


class Shell:
    """Runs commands against one home, with lines typed at what they ask."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def run(self, *words: str, typed: tuple[str, ...] = (), status: int = 0):
        lines = "".join(f"{line}\n" for line in typed)
        result = CliRunner().invoke(app, [*words, "--home", str(self.home)], input=lines)
        assert result.exit_code == status, result.output
        return result


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A home whose hall has loaded a package nothing of which is open; copied for each test."""
    folder = tmp_path_factory.mktemp("campus")
    campus = a_campus(folder, clock=a_clock(datetime.now(UTC)))
    campus.send()
    office = campus.central.office
    (other,) = add(office, office.acting("user.assign_role"), [staff(Role.PROCTOR, "Sato, Ren")])
    sessions = [s.session_id for s in office.sessions.sessions()]
    campus.roster = roster_of(office, office.acting("assignment.read"), campus.paper.test_id, sessions)
    campus.send()
    campus.central.close()
    return folder / "home", campus.paper.test_id, campus.proctor.secret, other.secret


@pytest.fixture
def shell(made, tmp_path):
    shutil.copytree(made[0], tmp_path / "home")
    return Shell(tmp_path / "home")


def test_a_token_on_a_stick_opens_the_paper(shell, made, tmp_path):
    _, test, pin, _ = made
    ask = ("central", "release", test, "--hall", HALL, "--to")
    given = json.loads(shell.run(*ask, str(tmp_path / "s"), "--json").stdout)
    file = Path(given["file"])
    assert file.stat().st_size == given["bytes"] < 3_000
    shell.run(*ask, str(tmp_path / "t"))
    assert (tmp_path / "t" / file.name).read_bytes() == file.read_bytes()
    opened = shell.run("hall", "release", test, "--token", str(file), typed=(pin,))
    assert "Open: 1 paper" in opened.stdout
    assert pin not in opened.output


def test_the_code_of_the_slip_opens_the_paper_after_a_slip_of_the_finger(shell, made, tmp_path):
    _, test, pin, second = made
    printed = shell.run("central", "code", test, "--hall", HALL).stdout
    code = next(line.strip() for line in printed.splitlines() if is_code(line))
    file = tmp_path / "slip"
    shell.run("central", "code", test, "--hall", HALL, "--out", str(file))
    assert file.read_text().strip() == printed.strip()
    assert file.stat().st_mode & 0o777 == 0o600
    assert "exists already" in shell.run("central", "code", test, "--hall", HALL, "--out", str(file), status=1).stderr
    slip = ("2" if code[0] != "2" else "3") + code[1:]
    result = shell.run("hall", "release", test, "--code", typed=(slip, code.lower(), pin, second))
    assert "slip in group 1" in result.stderr
    assert "Open: 1 paper" in result.stdout


def is_code(text: str) -> bool:
    try:
        read(text)
    except Mistyped:
        return False
    return True


def test_what_is_wrong_is_said_and_nothing_is_opened(shell, made, tmp_path):
    _, test, pin, _ = made
    code = "0" * 35
    assert "five times" in shell.run("hall", "release", test, "--code", typed=(code,) * 5, status=1).stderr
    assert "not connected" in shell.run("hall", "release", test, status=1).stderr
    file = tmp_path / "x"
    file.write_bytes(b"no token")
    assert shell.run("hall", "release", test, "--token", str(file), typed=(pin,), status=1).stderr
    both = shell.run("hall", "release", test, "--token", str(file), "--code", status=2)
    assert "at most one" in both.stderr


def test_loading_says_what_was_verified(shell, tmp_path):
    folder = str(tmp_path / "next")
    shell.run("central", "package", "biology-2", "--hall", HALL, "--to", folder)
    loaded = shell.run("hall", "load", folder).stdout
    assert "Green: package 3 of biology-2 for Hall 2. 5 parts verified" in loaded
    assert "shut until the release" in loaded


@contextmanager
def served(home: Path) -> Iterator[str]:
    """Run `kiosk central serve` on a free port until the block ends; give its address."""
    words = ("-m", "kiosk", "central", "serve", "--host", "127.0.0.1", "--port", "0", "--json", "--home", str(home))
    with subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())["url"]
        finally:
            process.terminate()
            process.wait(20)


def test_a_hall_fetches_its_release_over_tls_as_soon_as_there_is_one(shell, made, tmp_path):
    _, test, pin, _ = made
    file = tmp_path / "hall-2.connection"
    with served(shell.home) as url:
        shell.run("central", "token", HALL, "--to", str(file), "--url", url)
        shell.run("hall", "connect", str(file))
        before = shell.run("hall", "release", test, status=1)
        assert "not released" in before.stderr
        shell.run("central", "release", test, "--hall", HALL)
        opened = shell.run("hall", "release", test, typed=(pin,))
    assert "Open: 1 paper" in opened.stdout
    assert shell.run("hall", "release", test, "--url", "http://example.org", status=1).stderr


def test_a_renewed_code_says_which_packages_it_does_not_open(shell, made, tmp_path):
    _, test, pin, second = made
    ask = ("central", "code", test, "--hall", HALL)
    old = next(line.strip() for line in shell.run(*ask).stdout.splitlines() if is_code(line))
    assert "for a reason" in shell.run(*ask, "--renew", status=1).stderr
    shell.run(*ask, "--reason", "x", status=2)
    taken = tmp_path / "taken"
    taken.write_text("mine")
    shell.run(*ask, "--renew", "--reason", "It leaked.", "--out", str(taken), status=1)
    assert old in shell.run(*ask).stdout
    renewed = shell.run(*ask, "--renew", "--reason", "It leaked.")
    new = next(line.strip() for line in renewed.stdout.splitlines() if is_code(line))
    assert new != old
    assert "closed to the new code: package 1, 2; the replaced code opens: 1, 2." in renewed.stderr
    assert f"kiosk central package {test} --hall '{HALL}'" in renewed.stderr
    assert new in shell.run(*ask).stdout
    refused = shell.run("hall", "release", test, "--code", typed=(new, pin, second), status=1)
    assert "opens nothing here" in refused.stderr
    folder = tmp_path / "package"
    shell.run("central", "package", test, "--hall", HALL, "--to", str(folder))
    shell.run("hall", "load", str(folder))
    refused = shell.run("hall", "release", test, "--code", typed=(old, pin, second), status=1)
    assert "opens nothing here" in refused.stderr
    assert "Open: 1 paper" in shell.run("hall", "release", test, "--code", typed=(new, pin, second)).stdout


def test_a_piped_code_and_pins_leave_json_alone_on_stdout(shell, made):
    _, test, pin, second = made
    slip = shell.run("central", "code", test, "--hall", HALL).stdout
    code = next(line for line in slip.splitlines() if len(line.split()) == 7 and len(line.split()[0]) == 5)
    asked = ("hall", "release", test, "--code", "--json")
    done = subprocess.run(
        [sys.executable, "-m", "kiosk", *asked, "--home", str(shell.home)],
        input=f"{code.strip()}\n{pin}\n{second}\n",
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout)["test"] == test
    assert "Warning" not in done.stderr
    (session,) = json.loads(shell.run("hall", "sessions", "--json").stdout)
    opened = json.loads(shell.run("hall", "open", session["sessionId"], "--json", typed=(pin,)).stdout)
    assert opened["proctor"] == "Lind, Per"


@pytest.mark.parametrize(("verb", "more"), [("package", ("--hall-keys",)), ("code", ())])
def test_a_hall_where_no_session_of_the_test_is_planned_gets_nothing(shell, made, verb, more):
    asked = ("central", verb, made[1], *(*more, *([str(shell.home / "hall" / "keys")] if more else [])))
    refused = shell.run(*asked, "--hall", "Hall2", status=1).stderr
    assert "No session of" in refused
    assert HALL in refused
    shell.run(*asked, "--hall", HALL)


def test_the_root_key_may_lie_in_a_file(shell, made, tmp_path):
    package = shell.home / "office" / "packages"
    shell.run("central", "package", made[1], "--hall", HALL, "--to", str(tmp_path / "p"))
    assert not package.exists()
    root = shell.home / "office" / "keys" / "root.ed25519.pub"
    assert "Green" in shell.run("hall", "load", str(tmp_path / "p"), "--root", str(root)).stdout
    (tmp_path / "other").write_text("0" * 63)
    assert (
        "64 characters"
        in shell.run("hall", "load", str(tmp_path / "p"), "--root", str(tmp_path / "other"), status=1).stderr
    )


def test_an_office_without_a_hall_says_how_to_name_the_keys(shell, made, tmp_path):
    shutil.move(shell.home / "hall", tmp_path / "hall")
    assert "--hall-keys" in shell.run("central", "package", made[1], "--hall", HALL, status=1).stderr
