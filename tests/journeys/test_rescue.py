"""A machine is gone: the hall seals the sitting from its safety copy, and the candidate's exam counts."""

import json
import shutil
from contextlib import ExitStack

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from campus import SEAT, a_campus
from house import answer_all
from kiosk.central.adjudication import ADJUDICATE
from kiosk.cli.main import app
from kiosk.exam.attempt import Phase
from kiosk.exam.closing import RowState
from kiosk.exam.entry import Kind
from kiosk.exam.error import KioskError
from kiosk.exam.person import Role
from kiosk.ground.occupancy import served
from kiosk.hall.backroom import Backroom
from kiosk.hall.place import hall_keys, hall_store
from kiosk.office import marking
from kiosk.office.office import SYSTEM
from kiosk.office.person import add, staff
from kiosk.sealing import frame
from kiosk.seat.place import open_outbox, seat_store
from kiosk.seat.rescue import RescueSeat
from live_hub import LiveHub, RunningClock, until
from storage.central.sitting import OUTRANKED
from storage.hall.stretch import leases_of
from storage.models import office as tables


@pytest.fixture(autouse=True)
def exam_day(monkeypatch):
    """The commands run on the day of the exam."""
    monkeypatch.setattr("kiosk.ground.clock.SystemClock", RunningClock)


@pytest.fixture
def campus(tmp_path):
    made = a_campus(tmp_path)
    made.send()
    made.open_hall()
    return made


class HeldHub(LiveHub):
    """A hub whose hall is held while it runs."""

    def start(self):
        self.held = ExitStack()
        self.held.enter_context(served(self.house.home.hall))
        super().start()

    def stop(self):
        super().stop()
        self.held.close()


@pytest.fixture
def hub(campus):
    """The hub of the campus, which holds the hall as `kiosk hall serve` does while it runs."""
    campus.hall.close()
    made = HeldHub(campus)
    made.start()
    yield made
    made.close()


def sat(campus, hub, *, hands_in):
    """Return a seat at which the candidate answered everything, all of it held by the hall."""
    seat = hub.seat(SEAT)
    seat.desk.sign_in(campus.candidate.person.roll_number, campus.candidate.secret)
    seat.desk.begin(seat.desk.tests()[0].assignment_id)
    answer_all(seat.desk)
    seat.desk.capture("┌ the screen ┐")
    if hands_in:
        seat.desk.hand_in()
    until(lambda: seat.desk.saved().pending == 0)
    until(lambda: seat.link.settle(the_id(seat), 1))
    if hands_in:
        until(lambda: hub.site.store.permits.all_progress()[0].is_over)
    return seat


def the_id(seat):
    return seat.desk.scribe.sitting.genesis.submission_id


def lost(seat, hub):
    """Break a seat's machine: its line and all its files are gone."""
    seat.close()
    hub.seats.remove(seat)
    shutil.rmtree(seat.place.folder)
    until(lambda: hub.hub.presence.post(SEAT) is None)


def run(campus, *words, status=0, typed=None):
    typed = f"{campus.proctor.secret}\n" if typed is None else typed
    result = CliRunner().invoke(app, ["hall", "rescue", *words, "--home", str(campus.home.folder)], input=typed)
    assert result.exit_code == status, result.output
    return result


def rescued(campus, *words):
    return json.loads(run(campus, *(words or ("--seat", SEAT)), "--yes", "--json").stdout)


def at_central(campus, store):
    """Take every bundle of the hall in at central and count them; return what was counted."""
    for line in store.bundles.lines():
        bundle = store.bundles.bundle(line.bundle_id)
        campus.central.intake.take(frame.join(bundle.envelope, bundle.body), "stick")
    return {counted.bundle_id: counted for counted in campus.central.counting.work()}


def answers_of(campus, sitting):
    """Return what counts of a sitting at central, by question."""
    with Session(campus.central.office.engine) as session:
        found = session.scalars(select(tables.Answer).where(tables.Answer.submission_id == sitting))
        return {a.question_id: tuple(a.selected_option_ids or ()) for a in found}


def adjudicators(campus):
    office = campus.central.office
    people = [staff(Role.ADMIN, name) for name in ("Sato, Ken", "Okoro, Ada")]
    added = add(office, office.acting("user.assign_role"), people)
    return office.acting(ADJUDICATE, *(one.person.user_id for one in added))


def store_of(campus):
    return hall_store(campus.home.hall)


@pytest.mark.parametrize("is_served", [True, False])
def test_what_was_handed_in_counts_with_the_receipt_the_candidate_has(campus, hub, is_served):
    seat = sat(campus, hub, hands_in=True)
    receipt, evidence = seat.desk.state().receipt, seat.desk._store.whole_record(the_id(seat)).evidence
    lost(seat, hub)
    if not is_served:
        hub.stop()
    (found,) = json.loads(run(campus, "--json").stdout)
    assert (found["seat"], found["handedIn"], found["bundle"]) == (SEAT, True, None)
    (done,) = rescued(campus)
    assert (done["handedIn"], done["receipt"], done["problem"]) == (True, receipt, None)

    store = store_of(campus)
    (line,) = store.bundles.lines()
    assert (line.bundle_id, line.seat, line.is_handed_in) == (done["bundle"], "rescue", True)
    assert line.flags == (f"sealed by the hall from its safety copy, for the machine of {SEAT} was gone",)
    (told,) = store.permits.all_progress()
    assert (told.seat, told.is_over) == ("rescue", True)
    room = Backroom.open(campus.home.hall, hall_keys(campus.home.hall), store, campus.clock)
    (row,) = room.closings.matrix(campus.paper.test_id).lines
    assert row.found.state is RowState.PRESENT
    (counted,) = at_central(campus, store).values()
    assert counted.problem is None
    assert counted.flags == ()
    marking.mark_automatic(campus.central.office, SYSTEM, submission_id=found["submission"])
    proof = campus.central.proof.receipt(receipt)
    assert (proof.is_marked, proof.bundle_id) == (True, line.bundle_id)
    held = seat_store(campus.home.seat("rescue"))
    whole = held.whole_record(found["submission"])
    assert [e.kind for e in whole.entries[-3:]] == [Kind.HANDED_IN, Kind.MOVED, Kind.SEALED]
    assert whole.evidence == evidence
    assert evidence
    held.close()
    assert json.loads(run(campus, "--json").stdout) == []
    assert "nothing to rescue" in run(campus, "--seat", SEAT, "--yes", status=1).stderr
    store.close()


def test_what_nobody_handed_in_is_sealed_as_recovered_with_who_and_why(campus, hub):
    seat = sat(campus, hub, hands_in=False)
    sitting = the_id(seat)
    lost(seat, hub)
    run(campus, sitting, "--reason", "struck by lightning", typed=f"y\n{campus.proctor.secret}\n")
    held = seat_store(campus.home.seat("rescue"))
    last = held.whole_record(sitting).entries[-1]
    assert (last.body["who"], last.body["why"]) == (campus.proctor.person.user_id, "struck by lightning")
    store = store_of(campus)
    (line,) = store.bundles.lines()
    assert line.is_handed_in is False
    acts = [(a.action, a.details.get("act"), a.details.get("reason")) for a in store.permits.acts()]
    assert ("assignment.reseat", "rescue", "struck by lightning") in acts
    assert ("proctoring.open_close_hall", "seal unfinished", "struck by lightning") in acts
    room = Backroom.open(campus.home.hall, hall_keys(campus.home.hall), store, campus.clock)
    (row,) = room.closings.matrix(campus.paper.test_id).lines
    assert row.found.state is RowState.UNFINISHED
    (counted,) = at_central(campus, store).values()
    assert counted.problem is None
    store.close()
    held.close()


def test_a_seat_that_sealed_and_broke_before_its_bundle_came_is_rescued_too(campus, hub):
    seat = sat(campus, hub, hands_in=True)
    receipt = seat.desk.state().receipt
    head = seat.desk.head()
    hub.stop()
    seat.link.wait(0.1)
    seat.close()
    hub.seats.remove(seat)
    box = campus.home.seat(SEAT)
    outbox_store = seat_store(box)
    open_outbox(box, outbox_store, campus.clock).seal_all()
    outbox_store.close()
    hub.start()
    back = hub.seat(SEAT)
    until(lambda: [h for h in hub.site.store.board.heads().values() if h[0] == head + 1])
    lost(back, hub)
    (done,) = rescued(campus)
    assert (done["receipt"], done["problem"]) == (receipt, None)
    store = store_of(campus)
    (counted,) = at_central(campus, store).values()
    assert counted.problem is None
    store.close()


def test_a_wrong_pin_and_a_seat_on_the_line_change_nothing(campus, hub):
    seat = sat(campus, hub, hands_in=True)
    refused = run(campus, "--seat", SEAT, "--yes", status=1)
    assert "is on the line" in refused.stderr
    lost(seat, hub)
    run(campus, "--seat", SEAT, "--yes", status=1, typed="000000\n")
    store = store_of(campus)
    assert store.bundles.lines() == ()
    assert store.permits.lease(store.permits.all_progress()[0].submission_id).lease.epoch == 1
    store.close()


def test_an_old_seat_that_comes_back_with_more_is_fenced_and_its_branch_kept_and_shown(campus, hub):
    """What it wrote beyond the hall's copy is neither merged nor lost: central counts by rank and shows both."""
    seat = sat(campus, hub, hands_in=False)
    sitting, question = the_id(seat), seat.desk.state().question_id
    hub.stop()
    seat.desk.flag(question, True)
    first = next(q for s in seat.desk.sheet().sections for q in s.questions if q.options)
    seat.desk.visit(first.question_id)
    seat.desk.choose(first.question_id, [first.options[1].option_id])
    until(lambda: seat.desk.saved().pending == 0)
    head = seat.desk.head()
    (done,) = rescued(campus)
    assert done["problem"] is None
    hub.start()
    until(lambda: seat.desk.state().phase is Phase.MOVED)
    store = store_of(campus)
    until(lambda: store.tails.orphans(sitting, campus.clock.at.date().isoformat()) > 0)
    store.seal_orders.order(campus.clock.at)
    until(lambda: len(store.bundles.lines()) == 2)
    (branch,) = [line for line in store.bundles.lines() if line.seat == SEAT]
    assert branch.flags == ("a branch: the sitting had gone on at rescue",)
    assert branch.entries > head
    counted = at_central(campus, store)
    assert [one.problem for bundle, one in counted.items() if bundle != branch.bundle_id] == [None]
    assert counted[branch.bundle_id].problem in {None, OUTRANKED}, "which is counted first is chance"
    pair = adjudicators(campus)
    (parted,) = campus.central.adjudication.branches(pair)
    assert parted.branch == branch.bundle_id
    assert {c.question_id for c in parted.contrasts if c.differs} == {first.question_id}
    assert parted.parted_at == done["entries"]
    before = answers_of(campus, sitting)[first.question_id]
    adopted = campus.central.adjudication.adopt(
        pair, sitting, branch.bundle_id, [first.question_id], "written before the fence was heard"
    )
    assert adopted[0].answer.selected_option_ids == (first.options[1].option_id,)
    assert before != answers_of(campus, sitting)[first.question_id] == (first.options[1].option_id,)
    store.close()


def half_rescued_and_gone_on(campus, hub, monkeypatch):
    """Begin a rescue that is cut off before it seals, let the candidate go on at A14, and lose that machine too."""
    seat = sat(campus, hub, hands_in=False)
    submission = the_id(seat)
    lost(seat, hub)
    with monkeypatch.context() as patch:
        patch.setattr(RescueSeat, "seal", lambda *asked: _cut_off())
        assert "cut off" in rescued_in_vain(campus, "--seat", SEAT)
    hub.hub.moves.order(submission, "A14", hub.hub.hall.recognise(campus.proctor.secret))
    other = hub.seat("A14")
    other.desk.sign_in(campus.candidate.person.roll_number, campus.candidate.secret)
    other.desk.begin(other.desk.tests()[0].assignment_id)
    other.desk.flag(other.desk.state().question_id, True)
    until(lambda: other.link.settle(submission, 1))
    other.close()
    hub.seats.remove(other)
    shutil.rmtree(other.place.folder)
    until(lambda: hub.hub.presence.post("A14") is None)
    return submission


def _cut_off():
    raise KioskError("The power was cut off.")


def rescued_in_vain(campus, *words):
    return json.loads(run(campus, *words, "--yes", "--json", status=1).stdout)[0]["problem"]


def test_a_rescue_that_was_cut_off_and_went_on_elsewhere_is_made_again(campus, hub, monkeypatch):
    submission = half_rescued_and_gone_on(campus, hub, monkeypatch)
    (done,) = rescued(campus, "--seat", "A14")
    assert (done["problem"], done["submission"]) == (None, submission)
    store = store_of(campus)
    (line,) = store.bundles.lines()
    assert (line.bundle_id, line.seat) == (done["bundle"], "rescue-2")
    assert [signed.lease.seat for signed in leases(store, submission)] == [SEAT, "rescue", "A14", "rescue-2"]
    (counted,) = at_central(campus, store).values()
    assert counted.problem is None
    store.close()


def leases(store, submission):
    opened_on = store.permits.lease(submission).lease.opened_on
    with store.tails._reading() as work:
        return leases_of(work, submission, opened_on)


def test_a_hand_in_that_a_seat_forgot_is_sealed_from_the_hall_s_copy(campus, hub):
    """A disk that goes back to an older state takes nothing back: what its seat seals then does not close the hall."""
    seat = sat(campus, hub, hands_in=False)
    sitting, question = the_id(seat), seat.desk.state().question_id
    lost_disk = campus.home.folder.parent / "older"
    away(seat, hub)
    shutil.copytree(seat.place.folder, lost_disk)
    again = hub.begun(SEAT, campus.candidate.person.roll_number, campus.candidate.secret, the_assignment(hub))
    again.desk.flag(question, True)
    again.desk.hand_in()
    until(lambda: hub.site.store.permits.all_progress()[0].is_over)
    until(lambda: again.link.settle(sitting, 1))
    receipt = again.desk.state().receipt
    away(again, hub)
    shutil.rmtree(seat.place.folder)
    shutil.copytree(lost_disk, seat.place.folder)
    back = hub.seat(SEAT)
    until(lambda: back.desk._store.fences.of(sitting))
    hub.site.store.seal_orders.order(campus.clock.at)
    until(lambda: hub.site.store.bundles.lines())
    until(lambda: any("lacks entries" in words for words in raised(hub)))
    hub.stop()

    store = store_of(campus)
    (short,) = store.bundles.lines()
    assert store.bundles.lacking() == {short.bundle_id}
    room = Backroom.open(campus.home.hall, hall_keys(campus.home.hall), store, campus.clock)
    (row,) = room.closings.matrix(campus.paper.test_id).lines
    assert row.found.reason == f"what {SEAT} sealed lacks entries this hall acknowledged"
    (done,) = rescued(campus)
    assert (done["handedIn"], done["receipt"], done["problem"]) == (True, receipt, None)
    (row,) = room.closings.matrix(campus.paper.test_id).lines
    assert row.found.state is RowState.PRESENT
    counted = at_central(campus, store)
    assert counted[done["bundle"]].problem is None
    marking.mark_automatic(campus.central.office, SYSTEM, submission_id=sitting)
    assert campus.central.proof.receipt(receipt).bundle_id == done["bundle"]
    store.close()


def away(seat, hub):
    """Close a seat and leave its files."""
    seat.close()
    hub.seats.remove(seat)
    until(lambda: hub.hub.presence.post(SEAT) is None)


def the_assignment(hub):
    return hub.site.store.permits.all_progress()[0].assignment_id


def raised(hub):
    """Return what the board raises."""
    return [a.words for a in hub.site.boardroom.watch.look_afresh().attention]
