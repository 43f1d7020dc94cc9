"""From the seat's export to the office's proof, by command: bundle, central, receipt and journal."""

import hashlib
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from builders import a_clock
from campus import SEAT, a_campus
from kiosk.cli.main import app
from kiosk.exam.canonical import canonical
from kiosk.exam.receipt import plain_code


class Shell:
    """Runs commands against one home."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def run(self, *words: str, status: int = 0):
        result = CliRunner().invoke(app, [*words, "--home", str(self.home)])
        assert result.exit_code == status, result.output
        return result

    def facts(self, *words: str, status: int = 0):
        return json.loads(self.run(*words, "--json", status=status).stdout)


@pytest.fixture(scope="module")
def sat(tmp_path_factory):
    """A home in which a candidate has handed in; copied for each test, as the commands change it."""
    folder = tmp_path_factory.mktemp("campus")
    campus = a_campus(folder, clock=a_clock(datetime.now(UTC)))
    campus.send()
    receipt = campus.sit()
    campus.central.close()
    return folder / "home", receipt, campus


@pytest.fixture
def shell(sat, tmp_path):
    shutil.copytree(sat[0], tmp_path / "home")
    return Shell(tmp_path / "home")


def test_a_sitting_goes_from_the_seat_to_the_office_and_its_receipt_proves_it(shell, sat, tmp_path):
    _, receipt, _ = sat
    stick, back = tmp_path / "stick", tmp_path / "back"
    (line,) = shell.facts("bundle", "list")
    assert (line["seat"], line["status"], line["bundle"], line["receipt"]) == (SEAT, "submitted", None, receipt)

    exported = shell.facts("bundle", "export", str(stick))
    (bundle,) = exported["bundles"]
    file, index = sorted(stick.iterdir())
    assert (file.name, file.stat().st_size) == (f"{bundle['bundle']}.exkb", bundle["bytes"])
    assert exported["indices"] == [index.name]
    again = shell.facts("bundle", "export", str(stick))
    assert again == exported
    assert sorted(stick.iterdir()) == [file, index]

    (fact,) = shell.facts("bundle", "verify", str(file))["files"]
    assert (fact["ok"], fact["receipt"], fact["seat"], fact["flags"]) == (True, receipt, SEAT, [])

    shell.run("receipt", "check", receipt, status=1)
    first = shell.facts("central", "intake", str(stick), "--receipts", str(back))
    assert [t["outcome"] for t in first["taken"]] == ["stored"]
    assert [(c["state"], c["flags"]) for c in first["counted"]] == [("counted", [])]
    second = shell.facts("central", "intake", str(stick), "--receipts", str(back))
    assert ([t["outcome"] for t in second["taken"]], second["counted"]) == (["known"], [])
    status = shell.facts("central", "status")
    assert (status["counts"]["counted"], status["attention"], status["quarantine"]) == (1, [], [])

    assert len(shell.facts("bundle", "receive", str(back))["receipts"]) == 1
    assert shell.facts("bundle", "list")[0]["received"]

    proof = shell.facts("receipt", "check", plain_code(receipt).lower())
    assert (proof["code"], proof["verified"], proof["bundle"]) == (receipt, True, bundle["bundle"])
    assert (proof["answered"], proof["questions"], proof["marked"]) == (8, 8, True)
    assert f"Receipt {receipt} holds." in shell.run("receipt", "check", receipt).stdout


def test_the_journal_is_the_same_at_the_seat_and_in_the_office(shell, tmp_path):
    submission = shell.facts("bundle", "list")[0]["submission"]
    shell.run("bundle", "export", str(tmp_path / "stick"))
    at_seat = shell.facts("journal", "show", submission)
    shell.run("central", "intake", str(tmp_path / "stick"))
    shutil.rmtree(shell.home / "seats")
    in_office = shell.facts("journal", "show", submission)
    assert in_office == at_seat
    assert set(at_seat) == {"genesis", "entries"}
    assert shell.facts("journal", "verify", submission)["verified"]


def test_anyone_verifies_a_journal_with_a_few_lines(shell, tmp_path):
    submission = shell.facts("bundle", "list")[0]["submission"]
    journal = shell.facts("journal", "show", submission)

    def plain(value):
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    head = hashlib.sha256(plain(journal["genesis"])).digest()
    for entry in journal["entries"]:
        said = entry.pop("hash")
        head = hashlib.sha256(head + plain(entry)).digest()
        assert head.hex() == said


def test_a_journal_that_was_changed_does_not_verify(shell, tmp_path):
    submission = shell.facts("bundle", "list")[0]["submission"]
    journal = shell.facts("journal", "show", submission)
    file = tmp_path / "journal.json"
    file.write_bytes(canonical(journal))
    assert "unbroken" in shell.run("journal", "verify", str(file)).stdout
    changed = next(e for e in journal["entries"] if e["kind"] == "answered")
    changed["body"]["options"] = ["another"]
    file.write_bytes(canonical(journal))
    result = shell.run("journal", "verify", str(file), status=1)
    assert f"entry {changed['seq']}" in result.stderr


def test_a_replay_ends_where_the_candidate_did(shell):
    submission = shell.facts("bundle", "list")[0]["submission"]
    replay = shell.facts("journal", "replay", submission)
    assert [s["seq"] for s in replay["states"]] == list(range(len(replay["states"])))
    assert replay["states"][-1]["phase"] == "handed_in"
    assert replay["states"][-1]["answered"] == len(replay["answers"]) == 8
    lefts = [s["leftMs"] for s in replay["states"]]
    assert lefts == sorted(lefts, reverse=True)
    assert "handed_in" in shell.run("journal", "replay", submission).stdout


def test_a_spoilt_bundle_is_named_and_kept(shell, tmp_path):
    stick = tmp_path / "stick"
    shell.run("bundle", "export", str(stick))
    (file,) = stick.glob("*.exkb")
    data = file.read_bytes()
    file.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    result = shell.run("bundle", "verify", str(file), status=1)
    assert "does not verify" in result.stderr
    taken = shell.facts("central", "intake", str(stick), status=1)
    assert [t["outcome"] for t in taken["taken"]] == ["quarantined", "unread"]
    assert "names it, and it is neither here nor held; look for the other copy" in taken["taken"][1]["reason"]
    (aside,) = shell.facts("central", "status")["quarantine"]
    assert (aside["source"], aside["bytes"]) == (file.name, len(data))
    file.write_bytes(data)
    assert shell.facts("central", "intake", str(stick))["counts"]["counted"] == 1


def test_a_third_party_needs_only_the_roots_public_key(shell, sat, tmp_path):
    shell.run("bundle", "export", str(tmp_path / "stick"))
    (file,) = (tmp_path / "stick").glob("*.exkb")
    elsewhere = Shell(tmp_path / "elsewhere")
    assert "--root" in elsewhere.run("bundle", "verify", str(file), status=1).stderr
    root = (shell.home / "office" / "keys" / "root.ed25519.pub").read_text().strip()
    assert elsewhere.facts("bundle", "verify", str(file), "--root", root)["files"][0]["ok"]
    other = "0" * 63 + "1"
    assert not elsewhere.facts("bundle", "verify", str(file), "--root", other, status=1)["files"][0]["ok"]


def test_central_package_writes_the_next_package_of_the_test(shell, sat):
    _, _, campus = sat
    made = shell.facts("central", "package", campus.paper.test_id, "--hall", "Hall 2")
    assert (made["number"], made["papers"], made["people"]) == (2, [campus.paper.digest], 2)
    assert {p.name for p in Path(made["folder"]).iterdir()} == {"manifest.dsse", "blobs"}
    assert "nothing here" not in shell.run("central", "package", "no-such-test", "--hall", "Hall 2", status=1).stderr


def test_central_is_made_once_and_says_what_to_keep_offline(tmp_path):
    shell = Shell(tmp_path / "new")
    made = shell.facts("central", "init", "--admin", "Mbeki, Thandi")
    advice = {k["role"]: k["advice"] for k in made["keys"]}
    assert set(advice) == {"root", "release", "receipt", "intake", "escrow"}
    assert all("offline" in advice[role] for role in ("root", "escrow"))
    assert "PRIVATE" not in json.dumps(made)
    assert "SECRET" not in json.dumps(made)
    for key in made["keys"]:
        assert Path(key["file"]).stat().st_mode & 0o777 == 0o600
    assert "before" in shell.run("central", "init", status=1).stderr
    (shell.home / "office" / "keys" / "root.ed25519").rename(tmp_path / "safe")
    assert shell.facts("central", "status")["root"] == next(k["public"] for k in made["keys"] if k["role"] == "root")


def test_nobody_home_is_said_in_words(tmp_path):
    shell = Shell(tmp_path / "nothing")
    assert "central init" in shell.run("central", "status", status=1).stderr
    assert "holds a sitting" in shell.run("journal", "show", "x", status=1).stderr
    assert shell.facts("bundle", "list") == []
