"""What a list of keys says of each, and what a person should do."""

from datetime import timedelta

import pytest

from builders import NOON
from kiosk.central.keys import CentralKeys
from kiosk.exam.error import Denied, Invalid, Refused, Tampered
from kiosk.sealing.ceremony import exchange, issue, make, prepare, strike
from kiosk.sealing.inventory import inventory
from kiosk.sealing.key import KeyFolder, KeyRole, SigningKey


@pytest.fixture
def office(tmp_path):
    CentralKeys(tmp_path).make(NOON)
    return KeyFolder(tmp_path)


def advice(folder, now=NOON):
    return {fact.name: fact.advice for fact in inventory(folder, now)}


def test_what_belongs_in_a_safe_and_what_runs_out(office):
    said = advice(office)
    assert [name for name, words in said.items() if "safe" in words] == ["escrow", "root"]
    assert "protect it first" in said["root"]
    (office.folder / "root.ed25519").unlink()
    assert advice(office)["root"] == ""
    assert "runs out" in advice(office, NOON + timedelta(days=5 * 365 - 10))["receipt"]
    assert "ran out" in advice(office, NOON + timedelta(days=5 * 365 + 10))["release"]


def test_an_exchanged_and_a_revoked_key_are_said_to_be(office):
    strike(office, office, {"key": office.public("release"), "reason": "stolen"}, NOON)
    assert "revoked" in advice(office)["release"]
    prepare(office, KeyRole.RELEASE)
    chain = issue(office, KeyRole.RELEASE, office.public("release.next"), NOON)
    assert exchange(office, KeyRole.RELEASE, chain) == "release.1"
    facts = {fact.name: fact for fact in inventory(office, NOON)}
    assert (facts["release"].is_revoked, facts["release"].advice) == (False, "")
    assert (facts["release.1"].is_former, facts["release.1"].is_revoked) == (True, True)


def test_a_certificate_of_another_root_is_said_not_to_hold(office, tmp_path):
    CentralKeys(tmp_path / "other").make(NOON)
    office.keep_chain("release", KeyFolder(tmp_path / "other").chain("release"))
    assert "does not hold" in advice(office)["release"]


def test_ceremonies_refuse_what_is_not_theirs(office, tmp_path):
    with pytest.raises(Refused):
        make(office, KeyRole.RELEASE)
    with pytest.raises(Refused):
        prepare(office, KeyRole.HALL)
    with pytest.raises(Invalid):
        issue(office, KeyRole.INTAKE, office.public("root"), NOON)
    prepare(office, KeyRole.RELEASE)
    with pytest.raises(Denied, match="another key"):
        exchange(office, KeyRole.RELEASE, issue(office, KeyRole.RELEASE, SigningKey.generate().public, NOON))
    with pytest.raises(Denied):
        exchange(office, KeyRole.RELEASE, issue(office, KeyRole.RECEIPT, office.public("release.next"), NOON))
    stranger = KeyFolder(tmp_path / "stranger")
    stranger.make_signing("root")
    with pytest.raises(Denied, match="not the one trusted"):
        strike(office, stranger, {"serial": "one", "reason": "lost"}, NOON)
    with pytest.raises(Invalid):
        strike(office, office, {"serial": "one", "reason": ""}, NOON)
    with pytest.raises(Tampered):
        exchange(office, KeyRole.RELEASE, issue(stranger, KeyRole.RELEASE, office.public("release.next"), NOON))


def test_a_revoked_key_certifies_nobody(office):
    strike(office, office, {"key": office.public("release"), "reason": "stolen"}, NOON)
    with pytest.raises(Denied, match="stolen"):
        issue(office, KeyRole.HALL, SigningKey.generate().public, NOON, hall="Hall 2")
