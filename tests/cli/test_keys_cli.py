"""`kiosk keys`: ceremonies by command, and the drill with the key from the safe."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from builders import a_clock
from campus import SEAT, a_campus
from kiosk.cli.main import app
from kiosk.ground.home import Home
from kiosk.office.office import Office
from kiosk.sealing.key import KeyFolder, SigningKey

PHRASE = "brisk otter fable mint"


class Shell:
    """Runs commands against one home."""

    def __init__(self, home: Path) -> None:
        self.home = Home(home)

    def run(self, *words, status=0):
        result = CliRunner().invoke(app, [*map(str, words), "--home", str(self.home.folder)])
        assert result.exit_code == status, result.output
        return result

    def facts(self, *words, status=0):
        return json.loads(self.run(*words, "--json", status=status).stdout)

    def keys(self, place=None):
        return {k["name"]: k for k in self.facts("keys", "list", *(["--place", place] if place else []))}


@pytest.fixture(scope="module")
def sat(tmp_path_factory):
    """A home in which a candidate has handed in; copied for each test, as the commands change it."""
    folder = tmp_path_factory.mktemp("campus")
    campus = a_campus(folder, clock=a_clock(datetime.now(UTC)))
    campus.send()
    campus.sit()
    campus.central.close()
    return folder / "home", campus.paper.test_id, campus.packages[0]


@pytest.fixture
def shell(sat, tmp_path):
    shutil.copytree(sat[0], tmp_path / "home")
    return Shell(tmp_path / "home")


@pytest.fixture
def phrase_file(tmp_path):
    path = tmp_path / "phrase"
    path.write_text(f"{PHRASE}\n")
    path.chmod(0o600)
    return path


def to_safe(shell, tmp_path):
    """Carry root and escrow to their safes, as the ceremony says."""
    safe = tmp_path / "safe"
    safe.mkdir(mode=0o700)
    for name in ("root.ed25519", "escrow.age"):
        shutil.move(shell.home.office.keys / name, safe / name)
    for name in ("root.ed25519.pub", "escrow.age.pub"):
        shutil.copy(shell.home.office.keys / name, safe / name)
    return safe


def test_every_key_is_listed_with_what_to_do(shell):
    office = shell.keys("office")
    assert {k for k in office if "hall-" not in k} == {"root", "release", "receipt", "intake", "escrow"}
    assert "safe" in office["root"]["advice"]
    assert "protect" in office["escrow"]["advice"]
    assert office["release"]["serial"]
    assert (office["release"]["advice"], office["intake"]["here"]) == ("", True)
    hall = shell.facts("keys", "list", "--place", "hall")
    assert [(k["role"], k["here"], k["hall"]) for k in hall if k["role"] == "root"] == [("root", False, None)]
    assert {k["public"][:4] == "age1" for k in hall if k["role"] == "hall"} == {True, False}
    assert "seat:" in shell.run("keys", "list").stdout
    assert "AGE-SECRET" not in shell.run("keys", "list").stdout


def test_a_release_key_is_exchanged_with_the_root_from_the_safe(shell, sat, tmp_path):
    safe, before = to_safe(shell, tmp_path), shell.keys("office")["release"]
    assert shell.facts("keys", "rotate", "release", "--issuer", safe)["former"] == "release.1"
    after = shell.keys("office")
    assert after["release"]["public"] != before["public"]
    assert after["release.1"]["public"] == before["public"]
    shell.run("central", "package", sat[1], "--hall", "Hall 2", "--to", tmp_path / "next")
    shell.run("hall", "load", tmp_path / "next")


def test_a_key_waits_for_certificates_made_where_the_root_is(shell, tmp_path):
    safe = to_safe(shell, tmp_path)
    waiting = shell.facts("keys", "rotate", "receipt")
    assert waiting["former"] is None
    before = shell.keys("office")["receipt"]["public"]
    assert shell.facts("keys", "rotate", "receipt")["public"] == waiting["public"] != before
    file = tmp_path / "receipt.certificates"
    shell.run("keys", "certify", "receipt", waiting["public"], "--issuer", safe, "--to", file)
    other = tmp_path / "other.certificates"
    shell.run("keys", "certify", "receipt", SigningKey.generate().public, "--issuer", safe, "--to", other)
    assert "another key" in shell.run("keys", "rotate", "receipt", "--certificates", other, status=1).output
    assert shell.keys("office")["receipt"]["public"] == before
    assert shell.facts("keys", "rotate", "receipt", "--certificates", file)["former"] == "receipt.1"
    assert shell.keys("office")["receipt"]["public"] == waiting["public"]


def test_bundles_sealed_to_an_intake_key_that_was_exchanged_are_counted(shell, tmp_path):
    shell.run("keys", "rotate", "intake")
    shell.run("keys", "rotate", "intake")
    shell.run("bundle", "export", tmp_path / "stick")
    facts = shell.facts("central", "intake", tmp_path / "stick")
    assert facts["counts"]["counted"] == 1
    assert {"intake", "intake.1", "intake.2"} <= set(shell.keys("office"))


def test_a_lost_intake_key_is_no_loss_with_the_escrow(shell, tmp_path):
    shell.run("bundle", "export", tmp_path / "stick")
    (shell.home.office.keys / "intake.age").unlink()
    assert shell.facts("central", "intake", tmp_path / "stick")["counts"]["counted"] == 1
    assert shell.facts("keys", "drill") == {"bundles": 1, "opened": 1, "failed": [], "fresh": False}


def test_an_intake_key_that_is_lost_is_exchanged_and_the_escrow_opens_what_was_sealed_to_it(shell, tmp_path):
    shell.run("bundle", "export", tmp_path / "stick")
    keys = shell.home.office.keys
    (keys / "intake.age").unlink()
    assert shell.facts("keys", "rotate", "intake")["former"] == "intake.1"
    shutil.move(keys / "escrow.age", tmp_path / "escrow.age")
    assert shell.facts("central", "intake", tmp_path / "stick", status=1)["counts"]["failed"] == 1
    shutil.move(tmp_path / "escrow.age", keys / "escrow.age")
    shell.run("central", "work", "--once", "--again")
    assert shell.facts("central", "status")["counts"]["counted"] == 1


def test_the_drill_needs_the_right_key_and_says_what_fails(shell, tmp_path):
    assert shell.facts("keys", "drill")["fresh"]
    safe = to_safe(shell, tmp_path)
    assert "escrow.age is not here" in shell.run("keys", "drill", status=1).output.replace("\n", " ")
    shell.run("bundle", "export", tmp_path / "stick")
    shell.run("central", "intake", tmp_path / "stick")
    assert shell.facts("keys", "drill", "--escrow", safe / "escrow.age")["opened"] == 1
    KeyFolder(tmp_path / "stranger").make_identity("escrow")
    other = tmp_path / "stranger" / "escrow.age"
    assert "another identity" in shell.run("keys", "drill", "--escrow", other, status=1).output


def test_a_hall_is_exchanged_once_its_sittings_are_sealed(shell, sat, tmp_path):
    assert "not sealed" in shell.run("keys", "rotate", "hall", status=1).output
    shell.run("bundle", "export", tmp_path / "stick")
    assert shell.facts("keys", "rotate", "hall")["former"] == "hall.1"
    shell.run("central", "package", sat[1], "--hall", "Hall 2", "--to", tmp_path / "next")
    shell.run("hall", "load", tmp_path / "next")
    assert shell.facts("keys", "rotate", "seat", "--place", f"seat:{SEAT}")["former"] == "seat.1"
    assert shell.facts("central", "intake", tmp_path / "stick")["counts"]["counted"] == 1


def test_what_was_revoked_reaches_the_hall_and_its_old_package_is_refused(shell, sat, tmp_path):
    release = shell.keys("office")["release"]
    made = shell.facts("keys", "revoke", release["serial"], "--reason", "laptop stolen", "--role", "release")
    assert (made["number"], made["entries"][0]["serial"]) == (1, release["serial"])
    assert shell.keys("office")["release"]["revoked"]
    assert "revoked" in shell.run("central", "package", sat[1], "--hall", "Hall 2", status=1).output
    shell.run("keys", "rotate", "release")
    shell.run("central", "package", sat[1], "--hall", "Hall 2", "--to", tmp_path / "next")
    shell.run("hall", "load", tmp_path / "next")
    assert "laptop stolen" in shell.run("hall", "load", sat[2], status=1).output
    assert shell.facts("keys", "revoke", SigningKey.generate().public, "--reason", "lost")["number"] == 2


def test_a_list_signed_in_the_safe_is_taken_in_and_never_goes_back(shell, tmp_path):
    safe = to_safe(shell, tmp_path)
    assert "not here" in shell.run("keys", "revoke", "abc", "--reason", "x", status=1).output
    first = shell.facts("keys", "revoke", "abc", "--reason", "lost", "--issuer", safe)
    assert first["number"] == 1
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(safe, elsewhere)
    shell.run("keys", "revoke", "def", "--reason", "lost", "--place", elsewhere)
    assert shell.facts("keys", "revoke", "--from", elsewhere / "revocations.dsse")["number"] == 2
    assert shell.facts("keys", "revoke", "--from", safe / "revocations.dsse")["number"] == 2
    shell.run("keys", "revoke", "ghi", status=1)
    shell.run("keys", "revoke", status=1)
    root = shell.keys("office")["root"]["public"]
    assert "itself" in shell.run("keys", "revoke", root, "--reason", "x", "--issuer", safe, status=1).output


def test_keys_are_made_certified_and_only_for_what_they_are(shell, tmp_path):
    made = shell.facts("keys", "make", "proctor", "--name", "lind")
    assert (made["certified"], shell.keys("hall")["proctor-lind"]["hall"]) == (True, "Hall 2")
    for wrong in (["make", "proctor"], ["make", "release", "--name", "x"], ["make", "release"], ["rotate", "root"],
                  ["make", "seat"], ["make", "proctor", "--name", "../x"], ["certify", "intake", "ab"],
                  ["list", "--place", "nowhere"], ["certify", "release", "short"]):  # fmt: skip
        shell.run("keys", *wrong, status=1)
    chain = shell.facts("keys", "certify", "seat", SigningKey.generate().public, "--seat", "B1", "--hall", "Hall 9")
    assert len(chain["certificates"]) == 3  # for the hall's own name, whatever was asked
    assert sorted(p.name for p in tmp_path.iterdir()) == ["home"]


def test_acts_at_the_office_need_the_right_and_are_written_down(shell):
    assert "may not" in shell.run("keys", "rotate", "intake", "--as", "author", status=1).output
    shell.run("keys", "rotate", "intake", "--place", shell.home.office.keys)
    assert (
        "may not"
        in shell.run(
            "keys", "protect", "intake", "--remove", "--place", shell.home.office.keys, "--as", "author", status=1
        ).output
    )
    with Office.open(shell.home.office) as office:
        (entry,) = office.logs.audit("keys")
    assert (entry.action, entry.subject_id, entry.details["act"]) == ("settings.enrol_kiosk_key", "intake", "rotate")


def test_a_protected_running_key_opens_with_the_passphrase_and_not_without(shell, sat, phrase_file, tmp_path):
    shell.run("keys", "protect", "release", "--new-passphrase-file", phrase_file)
    assert shell.keys("office")["release"]["protected"]
    shut = shell.run("central", "package", sat[1], "--hall", "Hall 2", status=1)
    assert "passphrase" in shut.output
    words = ["--passphrase-file", phrase_file, "central", "package", sat[1], "--hall", "Hall 2", "--to", tmp_path / "p"]
    shell.run(*words)
    wrong = tmp_path / "wrong"
    wrong.write_text("slow heron ledger salt\n")
    wrong.chmod(0o600)
    said = shell.run("keys", "protect", "release", "--remove", "--passphrase-file", wrong, status=1).output
    assert "does not open" in said
    assert "heron" not in said
    assert "No passphrase" in shell.run("keys", "rotate", "release", status=1).output
    shell.run("keys", "rotate", "release", "--new-passphrase-file", phrase_file)
    assert shell.keys("office")["release"]["protected"]
    shell.run("keys", "protect", "release", "--remove", "--passphrase-file", phrase_file)
    assert not shell.keys("office")["release"]["protected"]
    shell.run("keys", "protect", "release", status=1)
    shell.run("keys", "protect", "seat", "--place", f"seat:{SEAT}", "--new-passphrase-file", phrase_file, status=1)


def test_central_protects_root_and_escrow_from_the_start(tmp_path, phrase_file):
    shell = Shell(tmp_path / "home")
    result = shell.run("central", "init", "--passphrase-file", phrase_file)
    assert "NOT protected" not in result.output
    keys = shell.keys("office")
    assert {n: k["protected"] for n, k in keys.items()} == {
        "root": True, "escrow": True, "release": False, "receipt": False, "intake": False,
    }  # fmt: skip
    shell.run("keys", "rotate", "release", status=1)
    shell.run("keys", "rotate", "release", "--passphrase-file", phrase_file)
    assert shell.facts("keys", "drill", "--passphrase-file", phrase_file)["fresh"]
    open_one = Shell(tmp_path / "open")
    assert "NOT protected" in open_one.run("central", "init").output


def test_a_broken_seat_is_opened_by_its_hall_and_its_sitting_sealed(shell, tmp_path):
    disk = tmp_path / "disk"
    shutil.copytree(shell.home.seat(SEAT).folder, disk)
    (disk / "keys" / "store.key").unlink()
    facts = shell.facts("seat", "recover", disk, "--to", tmp_path / "bench")
    assert [s["problem"] for s in facts["sittings"]] == [None]
    assert facts["folder"].endswith(f"/seats/{SEAT}")  # for which it signs, whatever the copy is called
    bench = Shell(tmp_path / "bench")
    bench.run("bundle", "export", tmp_path / "stick")
    assert shell.facts("central", "intake", tmp_path / "stick")["counts"]["counted"] == 1
    escrow = shell.home.office.keys / "escrow.age"
    assert shell.facts("seat", "recover", disk, "--to", tmp_path / "b2", "--escrow", escrow)["sittings"]
    intake = shell.home.office.keys / "intake.age"
    shell.run("seat", "recover", disk, "--to", tmp_path / "b3", "--name", SEAT, "--escrow", intake, status=1)
    assert not (tmp_path / "b3").exists()
