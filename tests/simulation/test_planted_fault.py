"""Faults planted in the program itself: the oracle of the exam days finds each, and names the promise it breaks."""

from dataclasses import replace

import pytest
from test_hall_day import first_trouble

from kiosk.exam.entry import Kind
from kiosk.exam.journal import Head
from kiosk.exam.timing import Ledger
from kiosk.hall.opening import Openings
from storage.hall import move
from storage.hall.tail import TailPart

LOST = 4
"""Entries a move is cut short by."""


@pytest.mark.timeout(280)
@pytest.mark.parametrize("kind", [Kind.RESTARTED, Kind.MOVED])
def test_a_crash_and_a_move_that_charge_the_candidate_are_found(kind, monkeypatch):
    after = Ledger.after

    def charging(ledger, entry):
        folded = after(ledger, entry)
        return replace(folded, used_ms=folded.used_ms + 6_000) if entry.kind is kind else folded

    monkeypatch.setattr(Ledger, "after", charging)
    assert f"({kind.value}) charged" in first_trouble("")


@pytest.mark.timeout(280)
def test_a_pause_that_charges_the_candidate_is_found(monkeypatch):
    monkeypatch.setattr(Ledger, "running", property(lambda ledger: ledger.begun and not ledger.handed_in))
    assert "I8: entry" in first_trouble("")


@pytest.mark.timeout(280)
def test_a_move_that_leaves_behind_what_the_hall_acknowledged_is_found(monkeypatch):
    follow, holding = Openings._follow, TailPart.holding

    def shorter(part, submission_id, opened_on):
        held = holding(part, submission_id, opened_on)
        if held is None:
            return None
        newest = held.tail.newest
        digest = part.hash_at(submission_id, opened_on, newest.epoch, newest.head.seq - LOST)
        if digest is None or newest.head.seq - LOST <= newest.fork.seq:
            return held
        return replace(held, tail=held.tail.grown(newest.epoch, Head(newest.head.seq - LOST, digest)))

    def cut_short(openings, guest, order, now):
        with monkeypatch.context() as within:
            within.setattr(TailPart, "holding", shorter)
            return follow(openings, guest, order, now)

    monkeypatch.setattr(Openings, "_follow", cut_short)
    monkeypatch.setattr(move, "_head_of", lambda work, signed: signed.lease.fork)
    assert "I2: entry" in first_trouble("")
