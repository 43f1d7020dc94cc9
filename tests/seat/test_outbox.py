from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from house import OTHER_CODE, OTHER_ROLL, PIN, SEAT, SECOND_PIN, a_house
from kiosk.exam.entry import Kind
from kiosk.exam.error import Refused, Tampered
from kiosk.exam.grant import Act
from kiosk.exam.page import SignedLease, page_of
from kiosk.exam.sitting import Sitting
from kiosk.ground.occupancy import occupied
from kiosk.sealing.body import open_body
from kiosk.sealing.bundle import verify
from kiosk.sealing.envelope import PayloadType, sign
from kiosk.sealing.frame import join
from kiosk.views.desk import ActRequest
from storage.seat.page import write_lease


@pytest.fixture
def house(tmp_path):
    house = a_house(tmp_path)
    yield house
    house.close()


def handed_in(house, **whose):
    """Return the desk of a sitting with a grant and a capture in it, handed in."""
    desk = house.begun(**whose)
    for question in desk.sheet().sections[0].questions:
        desk.visit(question.question_id)
        desk.choose(question.question_id, [question.options[0].option_id])
        house.clock.advance(1_500)
    desk.capture("┌ screen ┐")
    desk.act(PIN, ActRequest(act=Act.EXTEND, amount_ms=60_000, reason="power"))
    desk.hand_in()
    return desk


def test_a_sealed_sitting_verifies_and_opens_at_central(house):
    desk = handed_in(house)
    receipt = desk.state().receipt
    desk.close()
    (sealed,) = house.outbox().seal_all()
    bundle = verify(join(sealed.envelope, sealed.body), house.keyring.root.public)
    assert bundle.bundle_id == sealed.bundle_id
    assert bundle.manifest.handed_in.receipt == receipt
    contents = open_body(bundle.manifest, bundle.body, house.keyring.intake)
    assert contents.entries[-1].kind is Kind.SEALED
    assert contents.candidate.name == "Okafor, Anna"
    assert (len(contents.leases), len(contents.grants), len(contents.evidence)) == (1, 1, 1)


def test_it_is_the_same_bundle_at_every_asking(house):
    handed_in(house).close()
    first = house.outbox().seal_all()
    house.clock.advance(60_000)
    assert house.outbox().seal_all() == first
    assert house.outbox().seal(first[0].submission_id) == first[0]


def test_nothing_is_sealed_before_the_hand_in(house):
    desk = house.begun()
    outbox, store = house.outbox(), house.store()
    assert outbox.seal_all() == ()
    with pytest.raises(Refused, match="handed in"):
        outbox.seal(store.sittings()[0].submission_id)
    desk.flag(desk.state().question_id, True)
    house.settle()
    assert store.sittings()[0].entries == 4
    store.close()


def test_after_sealing_nothing_is_reopened(house):
    desk = handed_in(house)
    house.settle()
    house.outbox().seal_all()
    with pytest.raises(Refused, match="sealed"):
        desk.act(PIN, ActRequest(act=Act.REOPEN, reason="other"), SECOND_PIN)
    store = house.store()
    record = store.record(store.sittings()[0].submission_id)
    assert [e.kind for e in record.entries].count(Kind.SEALED) == 1
    assert record.entries[-1].kind is Kind.SEALED
    with store._engine.begin() as connection, pytest.raises(IntegrityError):
        connection.execute(
            text(
                "INSERT INTO journal SELECT submission_id, opened_on, seq + 1, epoch, 'tick', at,"
                " boot_id, boot_ms, body, hash FROM journal ORDER BY seq DESC LIMIT 1"
            )
        )
    store.close()


def test_a_journal_that_does_not_hold_is_not_sealed(house):
    handed_in(house).close()
    store = house.store()
    with store._engine.begin() as connection:
        connection.execute(text("UPDATE test_submissions SET head_seq = head_seq + 1"))
    with pytest.raises(Tampered, match="journal ends"):
        house.outbox().seal_all()
    assert store.bundles() == ()
    assert store.sittings()[0].bundle_id is None
    store.close()


def test_a_seal_that_fails_leaves_no_trace(house, monkeypatch):
    handed_in(house).close()
    monkeypatch.setattr("kiosk.seat.outbox.seal_bundle", lambda *a, **k: (_ for _ in ()).throw(OSError("no room")))
    with pytest.raises(OSError, match="no room"):
        house.outbox().seal_all()
    store = house.store()
    record = store.record(store.sittings()[0].submission_id)
    assert record.entries[-1].kind is Kind.HANDED_IN
    store.close()


def test_an_unfinished_sitting_is_sealed_by_a_decision_that_names_who_took_it(house):
    desk = house.begun()
    question = desk.sheet().sections[0].questions[0]
    desk.choose(question.question_id, [question.options[0].option_id])
    house.settle()
    house.clock.advance(3_600_000)
    outbox = house.outbox()
    (submission,) = outbox.unfinished()
    sealed = outbox.recover(submission, "proctor-1", "the candidate left")
    house.clock.advance(60_000)
    assert outbox.recover(submission, "proctor-2", "asked again") == sealed
    assert (outbox.unfinished(), outbox.seal_all()) == ((), (sealed,))
    bundle = verify(join(sealed.envelope, sealed.body), house.keyring.root.public)
    assert (bundle.manifest.reason, bundle.manifest.handed_in) == ("recovered", None)
    *_, away, last = open_body(bundle.manifest, bundle.body, house.keyring.intake).entries
    assert (last.kind, last.body["who"], last.body["why"]) == (Kind.SEALED, "proctor-1", "the candidate left")
    assert last.body["entries"] == last.seq
    assert (away.kind, away.body["ms"]) == (Kind.GAP, 3_600_000)
    assert bundle.manifest.time.used_ms == 0
    assert [(g.ms, g.charged_ms) for g in bundle.manifest.time.gaps] == [(3_600_000, None)]


def test_a_sitting_that_went_on_elsewhere_is_sealed_here_as_a_branch(house):
    """Nobody at the new seat has what was put down after the fork: it leaves this seat before the seat may be wiped."""
    desk = house.begun()
    question = desk.sheet().sections[0].questions[0]
    desk.choose(question.question_id, [question.options[0].option_id])
    house.settle()
    store, outbox = house.store(), house.outbox()
    (submission,) = outbox.unfinished()
    record = store.record(submission)
    sitting = Sitting.fold(record.paper, record.genesis, record.entries, SEAT)
    lease = replace(record.leases[-1].lease, lease_id="later", seat="B3", epoch=2)
    envelope = sign(PayloadType.LEASE, lease.document(), house.keyring.hall)
    moved = sitting.record(sitting.take_over(lease)[0], house.clock.now())
    store.append([page_of(sitting, [moved])])
    with store._engine.begin() as connection:
        write_lease(connection, SignedLease(lease=lease, envelope=envelope))
    store.close()
    (sealed,) = outbox.recover_all("proctor-1", "it went on at B3").bundles
    bundle = verify(join(sealed.envelope, sealed.body), house.keyring.root.public)
    kinds = [e.kind for e in open_body(bundle.manifest, bundle.body, house.keyring.intake).entries]
    assert bundle.manifest.seat == SEAT
    assert Kind.ANSWERED in kinds
    assert (kinds[-1], Kind.MOVED in kinds, outbox.unfinished()) == (Kind.SEALED, True, ())


def test_a_text_that_was_being_typed_is_sealed_whole(house):
    desk = house.begun()
    essay = desk.sheet().sections[2].questions[0]
    desk.visit(essay.question_id)
    for typed in ("Mit", "Mitosis", "Mitosis, tw"):
        desk.type(essay.question_id, typed)
    house.settle()
    outbox = house.outbox()
    sealed = outbox.recover(*outbox.unfinished(), "proctor-1", "power cut")
    bundle = verify(join(sealed.envelope, sealed.body), house.keyring.root.public)
    whole = [e for e in open_body(bundle.manifest, bundle.body, house.keyring.intake).entries if "text" in e.body]
    assert whole[-1].body["text"] == "Mitosis, tw"


def test_a_sitting_somebody_sits_at_is_never_recovered(house):
    house.begun()
    house.settle()
    outbox = house.outbox()
    place = house.home.seat(SEAT)
    with occupied(place):
        with pytest.raises(Refused, match="A12 is open"):
            outbox.recover(*outbox.unfinished(), "proctor-1", "gone")
        with pytest.raises(Refused, match="A12 is open"):
            outbox.recover_all("proctor-1", "gone")
        with pytest.raises(Refused, match="A12 is open"), occupied(place):
            pass
    assert len(outbox.recover_all("proctor-1", "gone").bundles) == 1


@pytest.mark.parametrize(("who", "why"), [("", "gone"), ("proctor-1", " \n"), ("", "")])
def test_nobody_s_decision_recovers_nothing(house, who, why):
    house.begun()
    house.settle()
    outbox = house.outbox()
    with pytest.raises(Refused, match="a name and a reason"):
        outbox.recover(*outbox.unfinished(), who, why)
    assert len(outbox.unfinished()) == 1


def test_what_is_handed_in_is_sealed_as_it_is_and_never_recovered(house):
    handed_in(house).close()
    outbox, store = house.outbox(), house.store()
    with pytest.raises(Refused, match="handed in"):
        outbox.recover(store.sittings()[0].submission_id, "proctor-1", "gone")
    assert outbox.recover_all("proctor-1", "gone").bundles == outbox.seal_all()
    store.close()


def test_one_journal_that_does_not_hold_keeps_no_other_back(house):
    handed_in(house).close()
    store = house.store()
    first = store.sittings()[0].submission_id
    handed_in(house, assignment_id="assignment-2", roll=OTHER_ROLL, code=OTHER_CODE).close()
    with store._engine.begin() as connection:
        connection.execute(
            text("UPDATE test_submissions SET head_seq = head_seq + 1 WHERE submission_id = :first"), {"first": first}
        )
    sealing = house.outbox().sweep()
    assert [(u.submission_id, "journal ends" in u.problem) for u in sealing.unsealed] == [(first, True)]
    assert [b.submission_id for b in sealing.bundles] == [store.sittings()[1].submission_id]
    assert store.record(first).entries[-1].kind is Kind.HANDED_IN
    store.close()


def test_central_s_receipt_is_kept_beside_the_bundle(house):
    handed_in(house).close()
    (sealed,) = house.outbox().seal_all()
    store = house.store()
    store.keep_receipt(sealed.bundle_id, b"signed", house.clock.at)
    store.keep_receipt(sealed.bundle_id, b"another", house.clock.at)
    assert store.bundles()[0].receipt == b"signed"
    assert store.sittings()[0].is_received
    assert verify(join(sealed.envelope, sealed.body), house.keyring.root.public).manifest.seat == SEAT
    store.close()
