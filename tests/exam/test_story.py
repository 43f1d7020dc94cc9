from builders import a_clock, a_lease, a_paper, an_attempt
from keyring import work_through
from kiosk.exam.entry import Kind
from kiosk.exam.replay import replay
from kiosk.exam.sitting import Step
from kiosk.exam.status import LogAction
from kiosk.exam.story import story


def a_trial():
    attempt = an_attempt()
    work_through(attempt)
    attempt.take(attempt.sitting.hand_in(attempt.clock.advance(1_000)))
    return attempt


def test_a_journal_tells_who_did_what():
    attempt = a_trial()
    told = story(attempt.genesis, attempt.entries, "candidate-1")
    assert [(e.action, e.performed_by, e.details) for e in told] == [
        (LogAction.STARTED, "candidate-1", "Attempt 1"),
        (LogAction.UPDATED, "proctor-1", "Paused: equipment"),
        (LogAction.UPDATED, "proctor-1", "Extended by 5 min: equipment"),
        (LogAction.SUBMITTED, "candidate-1", "Handed in by candidate, 8 of 8 answered"),
    ]
    assert len({e.log_id for e in told}) == 4
    assert told == story(attempt.genesis, attempt.entries, "candidate-1")


def test_the_clock_hands_in_as_the_system_and_a_proctor_under_their_name():
    body = {"answered": 0, "questions": 8}
    for by, who in (("time", "system"), ("proctor", "proctor-9")):
        attempt = an_attempt()
        attempt.take([Step(Kind.HANDED_IN, {**body, "by": by, "who": "proctor-9", "grant": "g"})])
        assert story(attempt.genesis, attempt.entries, "candidate-1")[-1].performed_by == who


def test_a_replay_shows_the_state_after_every_entry():
    attempt = a_trial()
    frames = list(replay(attempt.paper, attempt.genesis, attempt.entries))
    assert len(frames) == len(attempt.entries)
    assert [f.phase for f in frames[:3]] == ["running"] * 3
    assert "paused" in {f.phase for f in frames}
    assert frames[-1].phase == "handed_in"
    assert frames[-1].answered == attempt.sitting.answered_count == 8
    assert frames[-1].used_ms == attempt.sitting.ledger.used_ms
    typed = [f.answer.text for f in frames if f.entry.kind is Kind.TYPED]
    assert "Mitosis, twice" in typed


def test_a_replay_follows_a_sitting_to_its_next_seat():
    paper = a_paper()
    attempt = an_attempt(paper, a_clock())
    lease = a_lease(paper, seat="B7", epoch=2, lease_id="lease-2")
    attempt.take([Step(Kind.MOVED, {"lease": lease.document()})])
    assert [f.phase for f in replay(paper, attempt.genesis, attempt.entries)] == ["running"] * len(attempt.entries)
