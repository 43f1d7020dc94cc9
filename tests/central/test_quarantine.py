"""What did not verify: kept within bounds, looked at without believing it, tried again."""

import pytest

from kiosk.central.intake import Outcome
from kiosk.central.quarantine import HANDLE, LOOK
from kiosk.exam.error import Denied, Refused
from kiosk.exam.person import Role
from kiosk.exam.roles import Actor
from kiosk.sealing.copy import write_copy
from storage.central import intake


def spoilt(bundle):
    return bundle.data[:-1] + bytes([bundle.data[-1] ^ 1])


def test_it_shows_itself_without_being_believed(site):
    bundle = site.bundle()
    taken = site.central.intake.take(spoilt(bundle), "stick \x1b[31m 2")
    rubbish = site.central.intake.take(b"\x1b[2Jnot a bundle\x00", "stick")
    actor = site.office.acting(LOOK)
    seen = site.central.quarantine.sight(actor, taken.digest[:12])
    assert (seen.claims["submission"], seen.claims["hall"], seen.unread) == ("submission-1", "Hall 2", "")
    assert seen.begins.startswith("EXKB1.")
    other = site.central.quarantine.sight(actor, rubbish.digest)
    assert (other.begins, other.claims) == (".[2Jnot a bundle.", {})
    assert "not a bundle" in other.unread
    assert {q.digest for q in site.central.quarantine.all(actor)} == {taken.digest, rubbish.digest}
    for digest in ("", taken.digest[:4], "f" * 64):
        with pytest.raises(Refused):
            site.central.quarantine.sight(actor, digest)


def test_what_verifies_at_a_second_try_leaves_it(site):
    good, bad = site.bundle(1), site.bundle(2)
    known = site.central.arrivals.quarantine(good.data, "stick", "the root key was another", site.office.now())
    kept = site.central.arrivals.quarantine(spoilt(bad), "stick", "spoilt", site.office.now())
    actor = site.office.acting(HANDLE)
    assert site.central.quarantine.retry(actor, known).outcome is Outcome.STORED
    assert site.central.quarantine.retry(actor, kept).outcome is Outcome.QUARANTINED
    assert [q.digest for q in site.central.arrivals.quarantined()] == [kept]
    (act,) = site.office.logs.audit("quarantine")
    assert (act.subject_id, act.details["bundle"]) == (known, good.bundle_id)


def test_bytes_are_given_out_unchanged_and_the_act_is_written_down(site):
    taken = site.central.intake.take(b"rubbish", "stick")
    assert site.central.quarantine.content(site.office.acting(HANDLE), taken.digest) == (taken.digest, b"rubbish")
    assert [e.details["act"] for e in site.office.logs.audit("quarantine")] == ["given out"]


@pytest.mark.parametrize(("things", "size"), [(2, 1_000), (10, 20)])
def test_over_its_bounds_nothing_is_kept_and_nothing_is_lost(site, tmp_path, monkeypatch, things, size):
    monkeypatch.setattr(intake, "MOST_ASIDE", things)
    monkeypatch.setattr(intake, "MOST_ASIDE_BYTES", size)
    for number in range(3):
        write_copy(tmp_path / "stick", f"{number}.exkb", f"rubbish {number}".encode())
    taken = list(site.central.intake.take_folder(tmp_path / "stick"))
    assert [t.outcome for t in taken] == [Outcome.QUARANTINED, Outcome.QUARANTINED, Outcome.UNREAD]
    assert "quarantine is full" in taken[2].reason
    assert len(list((tmp_path / "stick").iterdir())) == 3
    again = [t.outcome for t in site.central.intake.take_folder(tmp_path / "stick")]
    assert again == [t.outcome for t in taken]
    assert site.central.intake.take(site.bundle().data, "stick").outcome is Outcome.STORED


def test_only_who_may_handles_it(site):
    taken = site.central.intake.take(b"rubbish", "stick")
    nobody = Actor("proctor-1", Role.PROCTOR)
    with pytest.raises(Denied):
        site.central.quarantine.all(nobody)
    for act in (site.central.quarantine.sight, site.central.quarantine.content, site.central.quarantine.retry):
        with pytest.raises(Denied):
            act(nobody, taken.digest)
    assert site.office.logs.audit("quarantine") == ()
