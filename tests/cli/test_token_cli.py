"""`kiosk central token` and `kiosk hall connect`: a token is in one file and nowhere else."""

import json

import pytest
from typer.testing import CliRunner

from builders import NOON
from kiosk.cli.main import app
from kiosk.exam.error import Invalid, KioskError
from kiosk.ground.certificate import DoorCertificate
from kiosk.ground.home import Home
from kiosk.hall.connection import read_connection
from kiosk.office.office import Office


def run(*words, status=0):
    """Run a command and return what it says."""
    result = CliRunner().invoke(app, words)
    assert result.exit_code == status, result.output
    return result.output


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home with a central office."""
    folder = tmp_path_factory.mktemp("token") / "home"
    run("central", "init", "--admin", "Mbeki, Thandi", "--home", str(folder))
    return folder


def token(home, *words, status=0):
    """Run `kiosk central token` and return its facts, or its words where it fails."""
    said = run("central", "token", *words, "--home", str(home), "--json", status=status)
    return json.loads(said) if status == 0 else said


def test_a_token_is_given_listed_and_taken_back_and_each_is_written_down(home, tmp_path):
    file = tmp_path / "hall"
    (given,) = token(home, "Hall 7", "--to", str(file), "--days", "3", "--url", "https://central.example:8443/")
    document = json.loads(file.read_bytes())
    assert (document["hall"], document["url"]) == ("Hall 7", "https://central.example:8443")
    assert document["certificate"] == DoorCertificate.own(home / "office" / "keys").pem()
    assert document["token"] not in json.dumps(given)
    assert document["token"].encode() not in (home / "office" / "office.db").read_bytes()
    assert [t["state"] for t in token(home, "--list") if t["hall"] == "Hall 7"] == ["good"]
    assert token(home, "--revoke", given["token"])[0]["state"] == "revoked"
    assert "revoked before" in token(home, "--revoke", given["token"], status=1)
    assert "no token" in token(home, "--revoke", "nothing", status=1)
    with Office.open(Home(home).office) as office:
        acts = [a.details for a in office.logs.audit("hall_tokens") if a.subject_id == given["token"]]
    assert [(a.get("hall"), a.get("revoked")) for a in acts] == [("Hall 7", None), (None, True)]


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("Hall 7",),
        ("--to", "FILE"),
        ("--list", "--revoke", "x"),
        ("Hall 7", "--to", "FILE", "--list"),
        ("Hall 7", "--to", "FILE", "--days", "0"),
    ],
)
def test_wrong_usage_is_told(home, tmp_path, words):
    token(home, *(str(tmp_path / "file") if w == "FILE" else w for w in words), status=2)
    assert not (tmp_path / "file").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("Hall 7", "--days", "1000"), "730"),
        (("Hall 7", "--url", "ftp://central.example"), "url"),
        (("x" * 501,), "hall"),
        (("Hall 7", "--certificate", "/nowhere.pem"), "missing"),
        (("Hall 7", "--as", "candidate-1"), "candidate-1"),
    ],
)
def test_what_cannot_be_is_refused_and_no_token_is_left(home, tmp_path, words, told):
    file, before = tmp_path / "file", token(home, "--list")
    assert told in token(home, *words, "--to", str(file), status=1)
    assert not file.exists()
    assert token(home, "--list") == before


def test_a_file_is_never_written_over_and_a_public_authority_is_not_pinned(home, tmp_path):
    file = tmp_path / "file"
    token(home, "Hall 8", "--to", str(file), "--public")
    before = file.read_bytes()
    assert json.loads(before)["certificate"] is None
    assert "exists" in token(home, "Hall 8", "--to", str(file), status=1)
    assert file.read_bytes() == before


def test_a_newer_connection_takes_the_older_ones_place(home, tmp_path):
    hall = tmp_path / "hall"
    kept = []
    for number in (1, 2):
        file = tmp_path / f"file-{number}"
        token(home, "Hall 9", "--to", str(file))
        said = run("hall", "connect", str(file), "--home", str(hall))
        kept.append(read_connection(Home(hall).hall))
        assert kept[-1].model_dump() == json.loads(file.read_bytes())
        assert kept[-1].token not in said
    assert kept[0].token != kept[1].token
    broken = tmp_path / "broken"
    broken.write_text('{"version": 1, "token": "a-secret"}')
    assert "a-secret" not in run("hall", "connect", str(broken), "--home", str(hall), status=1)
    assert read_connection(Home(hall).hall) == kept[1]


def test_a_certificate_is_made_once_and_its_key_is_not_lost_unseen(tmp_path):
    certificate = DoorCertificate.own(tmp_path)
    with pytest.raises(Invalid, match="name of a machine"):
        certificate.make(["höst"], NOON, "central")
    assert not certificate.exists
    certificate.make(["central.example", "192.0.2.7", "::1"], NOON, "central")
    before = certificate.pem()
    certificate.make(["elsewhere.example"], NOON, "central")
    certificate.check()
    assert certificate.pem() == before
    assert certificate.key.stat().st_mode & 0o777 == 0o600
    certificate.key.chmod(0o644)
    with pytest.raises(KioskError, match="chmod 600"):
        certificate.check()
    certificate.key.unlink()
    for act in (certificate.check, lambda: certificate.make(["central.example"], NOON, "central")):
        with pytest.raises(KioskError):
            act()
    assert certificate.pem() == before
