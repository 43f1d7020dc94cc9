"""Counting by command: work, status, branches, adopt, quarantine; on one machine, in a file."""

import json
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from builders import a_test
from forking import Fork
from keyring import DAYS, HALL, SEAT, Keyring
from kiosk.central.central import Central
from kiosk.cli.main import app
from kiosk.exam.person import Role
from kiosk.ground.home import Home
from kiosk.office import draft, publication
from kiosk.office.person import add, staff
from kiosk.sealing.age import AgeIdentity
from kiosk.sealing.certificate import certify
from kiosk.sealing.copy import write_copy
from kiosk.sealing.key import KeyFolder, KeyRole, SigningKey


class Shell:
    """Runs commands against one home that holds a central office."""

    def __init__(self, folder):
        self.folder = folder
        central, _ = Central.found(Home(folder).office)
        office = central.office
        author = office.acting("test.approve_publish")
        paper = publication.publish(office, author, draft.keep(office, author, a_test()).test_id)
        people = [staff(Role.ADMIN, name) for name in ("Mbeki, Thandi", "Sato, Ken")]
        add(office, office.acting("user.assign_role"), people)
        self.two = ("--as", people[0].user_id, "--second", people[1].user_id)
        self.fork = Fork(paper, ring(central))
        central.close()

    def run(self, *words, status=0):
        result = CliRunner().invoke(app, [*words, "--home", str(self.folder)])
        assert result.exit_code == status, result.output
        return result

    def facts(self, *words, status=0):
        return json.loads(self.run(*words, "--json", status=status).stdout)

    def take(self, *bundles):
        """Bring bundles to central without counting them, as the door does."""
        with Central.open(Home(self.folder).office) as central:
            return [central.intake.take(b.data, "stick") for b in bundles]


def ring(central):
    """Return a ring of keys around central's own, with a hall and a seat it certified."""
    folder = KeyFolder(central.keys._folder.folder)
    hall, seat, identity = SigningKey.generate(), SigningKey.generate(), AgeIdentity.generate()
    chain = central.keys.certify_hall(HALL, hall.public, identity.recipient, datetime.now(UTC))
    return Keyring(
        root=folder.signing("root"),
        release=folder.signing("release"),
        receipt=folder.signing("receipt"),
        hall=hall,
        seat=seat,
        intake=folder.identity("intake"),
        escrow=folder.identity("escrow"),
        hall_identity=identity,
        release_chain=folder.chain("release"),
        receipt_chain=folder.chain("receipt"),
        hall_chain=chain,
        seat_chain=certify(KeyRole.SEAT, seat.public, hall, chain, hall=HALL, seat=SEAT, **DAYS),
    )


@pytest.fixture
def shell(tmp_path):
    return Shell(tmp_path / "home")


def test_from_the_queue_to_an_adopted_answer(shell):
    old = shell.fork.bundle({"genetics-1": ["genetics-1-2"]}, {"writing-1": "All of it"})
    new = shell.fork.bundle({"genetics-1": ["genetics-1-1"]}, epoch=2)
    shell.take(old, new)
    before = shell.facts("central", "status")
    assert (before["counts"]["received"], before["backlog"]["oldest"] is None) == (2, False)
    worked = shell.facts("central", "work", "--once")
    assert (worked["opened"], worked["states"]["counted"], worked["workersLost"]) == (
        2,
        2 - worked["states"].get("branch", 0),
        0,
    )
    after = shell.facts("central", "status")
    assert after["halls"][HALL] == {"received": 0, "counted": 1, "branch": 1, "failed": 0, "held": 0}
    assert after["backlog"] == {"oldest": None, "seconds": None}
    assert after["closings"] == {"open": 0, "settled": 0}

    (branch,) = shell.facts("central", "branches", *shell.two)["branches"]
    assert (branch["branch"], branch["counted"]) == (old.bundle_id, new.bundle_id)
    differing = {q["question"]: q["branch"]["text"] for q in branch["questions"] if q["differs"]}
    assert differing == {"genetics-1": None, "writing-1": "All of it"}
    shown = shell.run("central", "branches", *shell.two).stdout
    assert "All of it" in shown

    words = ("submission-1", "--bundle", old.bundle_id[:10], "--question", "writing-1", "--reason", "It was written")
    shell.run("central", "adopt", *words, "--as", shell.two[1], status=1)
    (decision,) = shell.facts("central", "adopt", *words, *shell.two)["decisions"]
    assert (decision["question"], decision["decidedBy"], decision["second"]) == (
        "writing-1",
        shell.two[1],
        shell.two[3],
    )
    assert shell.facts("mark", "queue")[0]["answer"] == "All of it"
    assert shell.facts("mark", "auto")["changed"] == []
    assert shell.facts("receipt", "check", new.manifest.handed_in.receipt)["verified"]
    shell.run("central", "adopt", "--bundle", old.bundle_id, "--reason", "x", *shell.two, status=1)
    shell.run("central", "adopt", "submission-1", "--bundle", old.bundle_id, status=2)


def test_one_that_cannot_be_counted_is_told_and_tried_again_when_asked(shell):
    good, strange = shell.fork.bundle(), Fork(shell.fork.paper, replace_intake(shell.fork.keyring), 2).bundle()
    shell.take(good, strange)
    worked = shell.facts("central", "work", "--once", status=1)
    assert worked["states"] == {"counted": 1, "failed": 1}
    assert [a["bundle"] for a in worked["attention"] if a["problem"]] == [strange.bundle_id]
    assert shell.facts("central", "work", "--once")["opened"] == 0
    assert shell.facts("central", "work", "--once", "--again", status=1)["states"] == {"failed": 1}
    assert strange.bundle_id[:16] in shell.run("central", "work", "--once", "--again", status=1).stderr


def replace_intake(keyring):
    from dataclasses import replace

    stranger = AgeIdentity.generate()
    return replace(keyring, intake=stranger, escrow=stranger)


def test_a_file_has_one_worker(shell):
    assert "PostgreSQL" in shell.run("central", "work", "--once", "--workers", "2", status=1).stderr
    shell.run("central", "work", "--workers", "0", status=2)


def test_quarantine_by_command(shell, tmp_path):
    bundle = shell.fork.bundle()
    (taken,) = shell.take(type("Raw", (), {"data": bundle.data[:-1] + b"\x00"}))
    (one,) = shell.facts("central", "quarantine", "list")["quarantine"]
    assert (one["digest"], one["bytes"]) == (taken.digest, len(bundle.data))
    assert taken.digest[:16] in shell.run("central", "quarantine", "list").stdout
    seen = shell.facts("central", "quarantine", "show", taken.digest[:10])
    assert (seen["claims"]["submission"], seen["claims"]["hall"]) == ("submission-1", HALL)
    assert "Claims seat: A12" in shell.run("central", "quarantine", "show", taken.digest).stdout
    out = tmp_path / "out.bin"
    shell.run("central", "quarantine", "export", taken.digest, "--to", str(out))
    assert out.read_bytes() == bundle.data[:-1] + b"\x00"
    shell.run("central", "quarantine", "export", taken.digest, "--to", str(out), status=1)
    assert shell.facts("central", "quarantine", "retry", taken.digest, status=1)["outcome"] == "quarantined"
    shell.run("central", "quarantine", "show", "f" * 20, status=1)


def test_an_index_is_held_against_what_came(shell, tmp_path):
    stick = tmp_path / "stick"
    write_copy(stick, "index-1.dsse", b"{}")
    (told,) = shell.facts("central", "intake", str(stick), status=1)["taken"]
    assert (told["source"], told["outcome"]) == ("index-1.dsse", "unread")
    assert "does not hold" in told["reason"]
