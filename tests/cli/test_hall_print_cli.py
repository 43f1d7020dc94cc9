"""`kiosk hall print` and `kiosk hall report` on an exam that was sat."""

import hashlib

import pytest

from closing_kit import PLANTED, an_ended_exam
from kiosk.exam.canonical import canonical

AT = ("--at", "2026-06-12T12:00Z")


@pytest.fixture(scope="module")
def ended(tmp_path_factory):
    return an_ended_exam(tmp_path_factory.mktemp("exam"))


@pytest.mark.parametrize("kind", ["plan", "slips", "attendance"])
def test_everybody_is_on_paper_and_the_facts_bear_their_digest(ended, kind, tmp_path):
    to = tmp_path / f"{kind}.pdf"
    told = ended.hall.facts("hall", "print", kind, "--to", str(to), *AT)
    sitters = told["facts"]["gatherings"][0]["sitters"]
    assert {s["rollNumber"] for s in sitters} == set(ended.rolls.values())
    assert told["sha256"] == hashlib.sha256(canonical(told["facts"])).hexdigest()
    first = to.read_bytes()
    assert first.startswith(b"%PDF-")
    ended.hall.run("hall", "print", kind, ended.test, "--to", str(to), *AT)
    assert to.read_bytes() == first
    text = ended.hall.run("hall", "print", kind, "--plain").stdout
    assert all(name in text for name in ("Okafor, Anna", "Adeyemi, Ben", "Cruz, Cara", "Dang, Do"))


def test_nothing_is_printed_without_a_place_or_for_an_unknown_test(ended, tmp_path):
    ended.hall.run("hall", "print", "plan", status=2)
    ended.hall.run("hall", "print", "plan", "--to", str(tmp_path / "plan.txt"), status=2)
    assert "neither a session nor a test" in str(
        ended.hall.run("hall", "print", "plan", "no", "--plain", status=1).stderr
    )


def test_the_report_says_what_is_missing_and_ends_with_1_until_all_is_explained(ended, tmp_path):
    here = ended.copy(tmp_path / "exam")
    result = here.hall.run("hall", "report", "--plain", status=1)
    assert "4 of the roster cannot be explained yet" in result.stderr
    here.explain()
    closing = here.close()
    here.settle()
    to = tmp_path / "report.pdf"
    told = here.hall.facts("hall", "report", here.test, "--to", str(to), *AT)
    facts, counts = told["facts"], told["counts"]
    assert told["sha256"] == hashlib.sha256(canonical(facts)).hexdigest()
    assert (counts["on the roster"], counts["not explained"], counts["bundles with a receipt"]) == (4, 0, 2)
    assert {r["became"] for r in facts["roster"]} == {"present", "unfinished", "absent", "moved"}
    assert facts["tests"][0]["closing"] == closing
    assert all(len(b["receipt"]) == 64 and len(b["bundleId"]) == 64 for b in facts["bundles"])
    assert [a["act"] for a in facts["acts"] if a["seat"] == "" and a["who"] == "Lind, Per"][:2] == [
        "paper released",
        "session opened",
    ]
    assert PLANTED not in str(told)
    text = here.hall.run("hall", "report", here.test, "--plain", *AT).stdout
    assert told["sha256"] in text
    assert text.count("name, signature, date and time") == 2
    first = to.read_bytes()
    here.hall.run("hall", "report", here.test, "--to", str(to), *AT)
    assert to.read_bytes() == first
