"""From a seat on the hub's line to central and back: acts by code, the hall's closing, bundles, receipts."""

import pytest

from builders import NOON
from campus import SEAT, a_campus
from house import answer_all
from kiosk.cli.bundle.gathering import OpenHall, ask_seats
from kiosk.exam.error import Refused
from kiosk.exam.grant import Act
from kiosk.hall.collection import Collection
from kiosk.hall.place import hall_keys, hall_store, open_hall
from kiosk.sealing import frame
from kiosk.views.desk import ActRequest, HeldByCentral
from kiosk.views.order import CodeWish
from live_hub import LiveHub, RunningClock, until

EXTEND = ActRequest(act=Act.EXTEND, amount_ms=600_000, reason="power")


@pytest.fixture
def campus(tmp_path):
    made = a_campus(tmp_path)
    made.send()
    made.open_hall()
    return made


@pytest.fixture
def hub(campus):
    """The hub of the campus, with its hall's own program closed."""
    campus.hall.close()
    served = LiveHub(campus)
    served.start()
    yield served
    served.close()


def begun(campus, hub):
    seat = hub.seat(SEAT)
    seat.desk.sign_in(campus.candidate.person.roll_number, campus.candidate.secret)
    seat.desk.begin(seat.desk.tests()[0].assignment_id)
    return seat


def answered(seat):
    answer_all(seat.desk)
    seat.desk.hand_in()


def code_for(campus, seat, request):
    hall = open_hall(campus.home.hall, RunningClock())
    wish = CodeWish(
        seat=SEAT,
        challenge=seat.desk.challenge(request),
        act=request.act.value,
        amount_ms=request.amount_ms,
        reason=request.reason,
        pin=campus.proctor.secret,
    )
    try:
        return hall.act_codes.issue(wish)
    finally:
        hall.close()


def record_of(seat):
    (line,) = seat.desk._store.sittings()
    return seat.desk._store.whole_record(line.submission_id)


def asked(campus, hub):
    """Ask the seats for their bundles, beside the hub, as `kiosk hall close` does; return what has not come."""
    place, clock = campus.home.hall, RunningClock()
    keys, store = hall_keys(place), hall_store(place)
    try:
        return ask_seats(OpenHall(keys, store, Collection.open(place, keys, store, clock)), place, clock)
    finally:
        store.close()


@pytest.mark.parametrize("is_alone", [True, False])
def test_a_sitting_goes_from_its_seat_to_central_and_the_receipt_comes_back(campus, hub, is_alone):
    seat = begun(campus, hub)
    if is_alone:
        hub.stop()
        seat.desk.act_by_code(EXTEND, code_for(campus, seat, EXTEND))
        hub.start()
        until(lambda: record_of(seat).grants[0].confirmation)
    answered(seat)
    store = hub.site.store
    until(lambda: store.permits.all_progress()[0].is_over)
    assert asked(campus, hub) == {}
    (line,) = store.bundles.lines()
    assert (line.seat, line.is_handed_in, line.flags) == (SEAT, True, ())
    assert count_of(hub).sealed == 1

    bundle = store.bundles.bundle(line.bundle_id)
    taken = campus.central.intake.take(frame.join(bundle.envelope, bundle.body), "stick")
    (counted,) = campus.central.counting.work()
    told = [words for words in counted.flags if "a code" in words]
    assert bool(told) is is_alone
    assert all(words.endswith("the hall confirmed it") for words in told)
    assert seat.desk.saved().central_at is None
    keys, place = hall_keys(campus.home.hall), campus.home.hall
    assert Collection.open(place, keys, store, RunningClock()).receive(line.bundle_id, taken.receipt)
    until(lambda: any(isinstance(event, HeldByCentral) for event in seat.heard))
    assert seat.desk.saved().central_at
    assert count_of(hub).central == 1


def count_of(hub):
    """Return the counts of the hall's board, drawn now."""
    return hub.site.boardroom.watch.look_afresh().counts


def test_a_seat_that_is_away_is_asked_when_it_is_back(campus, hub):
    seat = begun(campus, hub)
    answered(seat)
    until(lambda: hub.site.store.permits.all_progress()[0].is_over)
    hub.stop()
    store = hall_store(campus.home.hall)
    store.seal_orders.order(NOON)
    assert list(store.seal_orders.missing()) == [SEAT]
    store.close()
    hub.start()
    until(lambda: hub.site.store.bundles.lines())
    assert hub.site.store.seal_orders.waiting() == {}


@pytest.mark.parametrize("has_question", [True, False])
def test_what_a_hall_says_stands_in_the_journal_and_reaches_central(campus, hub, has_question):
    seat = begun(campus, hub)
    board = hub.site.boardroom.board()
    board.sign_in(campus.proctor.secret)
    last = seat.desk.sheet().sections[-1].questions[-1].question_id
    until(lambda: hub.site.store.permits.all_progress())
    until(lambda: is_told(board, last if has_question else None))
    until(lambda: seat.desk.messages())
    answered(seat)
    store = hub.site.store
    until(lambda: store.permits.all_progress()[0].is_over)
    assert asked(campus, hub) == {}
    bundle = store.bundles.bundle(store.bundles.lines()[0].bundle_id)
    campus.central.intake.take(frame.join(bundle.envelope, bundle.body), "stick")
    (counted,) = campus.central.counting.work()
    assert counted.problem is None


def is_told(board, question):
    """Announce something; return whether the hall knew already where it belongs."""
    try:
        return board.announce("Read 'animal' for 'plant'.", question=question)
    except Refused:
        return False
