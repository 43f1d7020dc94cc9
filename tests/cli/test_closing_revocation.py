"""Closings under a hall's revoked key and close-outs under central's: refused, in words, and nothing is wiped."""

import shutil

import pytest

from closing_kit import an_ended_exam
from kiosk.ground.home import Home
from kiosk.sealing.key import KeyFolder
from kiosk.sealing.revocation import RevocationFile

NOW = ("--yes", "--now", "the disk is full")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    ended = an_ended_exam(tmp_path_factory.mktemp("revocation"))
    ended.explain()
    ended.close()
    return ended


@pytest.fixture
def closed(made, tmp_path):
    return made.copy(tmp_path / "exam")


def revoke(ended, role, keys):
    """Let the office revoke the key of a role, whose public half lies in the folder `keys`."""
    public = KeyFolder(keys).public(role)
    ended.office.run("keys", "revoke", public, "--reason", "it was stolen", "--role", role)
    assert RevocationFile(ended.office.home / "office" / "keys", root_of(ended)).read().find("", public)


def root_of(ended):
    return KeyFolder(ended.office.home / "office" / "keys").public("root")


def hear(ended, keys):
    """Let a place hear of what the office has revoked, as a package and an enrolment tell it."""
    heard = RevocationFile(ended.office.home / "office" / "keys", root_of(ended)).read()
    RevocationFile(keys, root_of(ended)).keep(heard)


def test_a_closing_under_a_revoked_key_is_not_taken_in(closed):
    revoke(closed, "hall", closed.hall.home / "hall" / "keys")
    (told,) = closed.office.facts("central", "intake", str(closed.folder / "stick"), status=1)["closings"]
    assert "is revoked" in told["reason"]
    assert "it was stolen" in told["reason"]
    assert closed.office.facts("central", "closings")["closings"] == []


def test_a_closing_whose_key_was_revoked_before_it_was_settled_stays_open(closed):
    stick = closed.folder / "stick"
    late = closed.folder / "late.exkb"
    bundle = max(stick.glob("*.exkb"))
    bundle.rename(late)
    closed.office.run("central", "intake", str(stick), status=1)
    revoke(closed, "hall", closed.hall.home / "hall" / "keys")
    shutil.copy(late, bundle)
    closed.office.run("central", "intake", str(stick), status=1)
    (told,) = closed.office.facts("central", "closings")["closings"]
    assert not told["closedOut"]
    assert "is revoked" in told["problem"]


def test_a_close_out_under_a_revoked_key_is_taken_by_no_hall(closed):
    back = str(closed.folder / "back")
    closed.office.run("central", "intake", str(closed.folder / "stick"), "--receipts", back)
    revoke(closed, "receipt", closed.office.home / "office" / "keys")
    hear(closed, closed.hall.home / "hall" / "keys")
    refused = closed.hall.run("hall", "close", closed.test, "--receive", back, status=1)
    assert "is revoked" in refused.stderr


def test_a_close_out_whose_key_was_revoked_since_allows_no_wipe(closed):
    closed.settle()
    revoke(closed, "receipt", closed.office.home / "office" / "keys")
    for keys in (Home(closed.hall.home).hall.keys, Home(closed.hall.home).seat("A12").keys):
        hear(closed, keys)
        assert "is revoked" in closed.hall.run("seat", "wipe", "A12", *NOW, typed=closed.both, status=1).stderr
    assert (closed.seat("A12") / "seat.db").exists()


def test_a_lone_seat_that_heard_of_it_allows_no_wipe_either(closed):
    closed.settle()
    shutil.rmtree(closed.hall.home / "hall")
    revoke(closed, "receipt", closed.office.home / "office" / "keys")
    hear(closed, Home(closed.hall.home).seat("A12").keys)
    words = ("seat", "wipe", "A12", "--closeouts", str(closed.folder / "back"), "--now", "the disk is full")
    assert "is revoked" in closed.hall.run(*words, typed="A12\n", status=1).stderr
    assert (closed.seat("A12") / "seat.db").exists()
