"""The seat's store, plain and encrypted: pages in, records out, refusals."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError

from builders import Trial, a_grant, a_lease, a_paper, a_person, an_attempt
from kiosk.exam.entry import Kind
from kiosk.exam.error import KioskError
from kiosk.exam.evidence import SCREEN_TEXT, Evidence
from kiosk.exam.grant import Act
from kiosk.exam.page import Opening, Page, SignedGrant, SignedLease, evidence_uri, page_of
from kiosk.exam.record import SealedRecord
from kiosk.exam.sitting import Step
from kiosk.exam.status import SubmissionStatus
from kiosk.exam.supervision import carry_out
from storage.engine import StoreError
from storage.models import seat as rows
from storage.seat.message import KeptMessage, MessagePart
from storage.seat.store import SeatStore


@pytest.fixture
def store(seat_engine):
    store = SeatStore(seat_engine)
    yield store
    store.close()


def first_page(attempt: Trial, **lease) -> Page:
    """Return the page that opens an attempt's sitting."""
    signed = SignedLease(lease=a_lease(attempt.paper, **lease), envelope=b"signed")
    opening = Opening(paper=attempt.paper, candidate=a_person(), lease=signed)
    return page_of(attempt.sitting, attempt.entries, opening=opening)


def opened(store: SeatStore, **lease) -> Trial:
    """Return an attempt whose first page is in the store."""
    attempt = an_attempt(**lease)
    store.append([first_page(attempt, **lease)])
    return attempt


def page(attempt: Trial, steps, **more) -> Page:
    return page_of(attempt.sitting, attempt.take(steps), **more)


def the_answers(store: SeatStore):
    with store._readers.connect() as connection:
        return {r.question_id: r for r in connection.execute(select(rows.Answer.__table__))}


def the_session(store: SeatStore):
    with store._readers.connect() as connection:
        return connection.execute(select(rows.Proctoring.__table__)).one()


def test_what_is_put_in_comes_out(store):
    attempt = opened(store)
    store.append([page(attempt, attempt.sitting.choose("cells-1", ["cells-1-2"], attempt.clock.advance(900)))])
    record = store.record("submission-1")
    record.verify()
    assert (record.genesis, record.entries) == (attempt.genesis, tuple(attempt.entries))
    assert record.paper == attempt.paper
    assert (record.candidate.name, record.candidate.roll_number) == ("Okafor, Anna", "B-1042")
    assert record.leases == (SignedLease(lease=a_lease(attempt.paper), envelope=b"signed"),)
    assert attempt.folded().answers == attempt.sitting.answers


def test_a_sitting_nobody_opened_is_not_there(store):
    assert store.record("submission-1") is None
    assert store.sittings() == ()
    with pytest.raises(KioskError, match="holds no sitting"):
        store.whole_record("submission-1")


def test_pages_are_written_all_or_none(store):
    attempt = opened(store)
    good = page(attempt, attempt.sitting.flag("cells-1", True, attempt.clock.advance(900)))
    with pytest.raises(IntegrityError):
        store.append([good, good])
    assert store.record("submission-1").head.seq == 2
    assert "cells-1" not in the_answers(store) or not the_answers(store)["cells-1"].flagged
    store.append([good])
    assert store.record("submission-1").head.seq == 3


def test_an_answer_is_one_row_that_follows_the_journal(store):
    attempt = opened(store)
    sitting, clock = attempt.sitting, attempt.clock
    for options in (["cells-1-2"], ["cells-1-3"], []):
        store.append([page(attempt, sitting.visit("cells-1", clock.advance(500)) or [Step(Kind.TICK, {})])])
        store.append([page(attempt, sitting.choose("cells-1", options, clock.advance(500)))])
        row = the_answers(store)["cells-1"]
        assert row.selected_option_ids == (options or None)
        assert row.answered_seq == attempt.entries[-1].seq
    assert (row.seen, row.essay_answer, row.coding_answer) == (True, None, None)


def test_essays_and_programs_stand_in_columns_of_their_own(store):
    attempt = opened(store)
    for question in ("writing-1", "writing-2"):
        store.append([page(attempt, attempt.sitting.visit(question, attempt.clock.advance(500)))])
        store.append([page(attempt, attempt.sitting.type(question, "Mitosis", attempt.clock.advance(500)))])
    answers = the_answers(store)
    assert (answers["writing-1"].essay_answer, answers["writing-1"].coding_answer) == ("Mitosis", None)
    assert (answers["writing-2"].essay_answer, answers["writing-2"].coding_answer) == (None, "Mitosis")


def test_a_seen_question_has_a_row_and_no_time_of_answer(store):
    attempt = opened(store)
    (row,) = the_answers(store).values()
    assert (row.question_id, row.seen, row.answered_at) == (attempt.sitting.question, True, None)


def test_monitoring_is_appended_and_evidence_kept_once(store):
    attempt = opened(store)
    assert (the_session(store).activities, the_session(store).proctor_id) == ([], "proctor-1")
    seen = Evidence.of("┌ screen ┐".encode(), SCREEN_TEXT, attempt.clock.now().at)
    for _ in range(2):
        step = Step(Kind.CAPTURED, {"evidence": seen.digest})
        store.append([page(attempt, [step], evidence=[seen])])
    store.append([page(attempt, [Step(Kind.FOCUS_LOST, {})])])
    kinds = [a["activityType"] for a in the_session(store).activities]
    assert kinds == ["screen_capture", "screen_capture", "focus_lost"]
    assert the_session(store).activities[0]["metadata"] == {"imageUrl": evidence_uri(seen.digest)}
    assert store.whole_record("submission-1").evidence == (seen,)
    assert store.record("submission-1").evidence == ()


def test_a_hand_in_ends_the_supervision_and_a_reopening_takes_it_back(store):
    attempt = opened(store)
    sitting, clock = attempt.sitting, attempt.clock
    end = a_grant(Act.END)
    signed = SignedGrant(grant=end, envelope=b"signed")
    store.append([page(attempt, carry_out(sitting, end, clock.advance(61_000)), grant=signed)])
    (line,) = store.sittings()
    assert (line.status, line.receipt, line.bundle_id) == (SubmissionStatus.SUBMITTED, store_receipt(attempt), None)
    assert the_session(store).ended_at is not None
    assert store.to_seal() == ("submission-1",)
    again = a_grant(Act.REOPEN, grant_id="grant-2")
    store.append([page(attempt, carry_out(sitting, again, clock.now()), grant=SignedGrant(grant=again, envelope=b"s"))])
    assert the_session(store).ended_at is None
    assert (store.sittings()[0].status, store.to_seal()) == (SubmissionStatus.IN_PROGRESS, ())
    assert store.record("submission-1").grants == (signed, SignedGrant(grant=again, envelope=b"s"))


def store_receipt(attempt: Trial) -> str:
    from kiosk.exam.receipt import receipt_code

    return receipt_code(attempt.sitting.receipt_hash)


def test_a_grant_is_carried_out_once_whatever_a_program_thinks(store):
    attempt = opened(store)
    pause = a_grant()
    signed = SignedGrant(grant=pause, envelope=b"signed")
    steps = carry_out(attempt.sitting, pause, attempt.clock.now())
    store.append([page(attempt, steps, grant=signed)])
    with pytest.raises(StoreError, match="carried out before"):
        store.append([page(attempt, [Step(Kind.RESUMED, steps[0].body)], grant=signed)])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET body = '{}'",
        "DELETE FROM journal",
        "INSERT OR REPLACE INTO journal SELECT * FROM journal",
        "UPDATE papers SET body = '{}'",
        "DELETE FROM papers",
        "DELETE FROM test_submissions",
    ],
)
def test_what_was_written_stays(store, statement):
    opened(store)
    with pytest.raises(IntegrityError), store._engine.begin() as connection:
        connection.execute(text(statement))
    store.record("submission-1").verify()


def test_sealing_writes_entry_and_bundle_together_and_once(store):
    attempt = opened(store)
    end = a_grant(Act.END)
    signed = SignedGrant(grant=end, envelope=b"signed")
    store.append([page(attempt, carry_out(attempt.sitting, end, attempt.clock.now()), grant=signed)])
    made = []

    def seal(record):
        made.append(record)
        sealed = SealedRecord(
            bundle_id="b1", submission_id="submission-1", opened_on="2031-05-06", envelope=b"manifest", body=b"body"
        )
        return page(attempt, attempt.sitting.seal()), sealed

    assert not store.is_sealed("submission-1")
    first = store.seal("submission-1", seal)
    assert store.seal("submission-1", seal) == first
    assert len(made) == 1
    assert store.bundles() == (first,)
    assert store.is_sealed("submission-1")
    assert store.record("submission-1").entries[-1].kind is Kind.SEALED
    assert (store.sittings()[0].bundle_id, store.sittings()[0].is_received) == ("b1", False)
    store.keep_receipt("b1", b"receipt", attempt.clock.at)
    assert store.sittings()[0].is_received
    with pytest.raises(KioskError, match="not made on this seat"):
        store.keep_receipt("b2", b"receipt", attempt.clock.at)


def test_two_candidates_keep_apart(store):
    opened(store)
    other = an_attempt(submission_id="submission-2", lease_id="lease-2")
    store.append([first_page(other, submission_id="submission-2", lease_id="lease-2")])
    assert {s.submission_id for s in store.sittings()} == {"submission-1", "submission-2"}
    store.record("submission-2").verify()
    assert len(the_answers(store)) == len({other.sitting.question})


def test_the_same_paper_is_kept_once(store):
    opened(store)
    other = an_attempt(a_paper(), submission_id="submission-2", lease_id="lease-2")
    store.append([first_page(other, submission_id="submission-2", lease_id="lease-2")])
    with store._readers.connect() as connection:
        assert len(connection.execute(select(rows.Paper.paper_digest)).all()) == 1


def test_messages_are_kept_for_one_candidate_once_and_read_once(seat_engine: Engine) -> None:
    messages = MessagePart(seat_engine)
    later, first = (
        KeptMessage(message_id=name, at=f"2031-05-06T12:0{minute}:00.000Z", who="Mbeki", text=name, question=None)
        for name, minute in (("later", 5), ("first", 1))
    )
    for message in (later, first, replace(first, text="another")):
        messages.keep("candidate-1", message)
    messages.keep("candidate-2", first)
    assert messages.of("candidate-1") == (first, later)
    messages.read("candidate-1", "first")
    messages.read("candidate-1", "never told")
    assert messages.of("candidate-1") == (replace(first, is_read=True), later)
    assert messages.of("candidate-2") == (first,)
    assert messages.of("candidate-3") == ()
