"""The hall's machine is lost: another one with its keys and its package learns everything from the seats."""

from house import CODE, OTHER_CODE, OTHER_ROLL, ROLL, answer_all
from kiosk.exam.attempt import Phase
from kiosk.exam.status import AttendanceState
from live_hub import until


def replaced(hub):
    """Return the store of another machine at the hub's address, set up with the key folder and the package alone."""
    hub.lose_store()
    hub.start()
    return hub.site.store


def test_a_new_machine_knows_who_came_and_who_had_handed_in(hub):
    over = hub.begun("A12", ROLL, CODE)
    open_one = hub.begun("A13", OTHER_ROLL, OTHER_CODE, "assignment-2")
    handed_in_at(over)
    before = {p.submission_id: p for p in reported(hub)}
    store = replaced(hub)
    until(lambda: any(p.phase is Phase.HANDED_IN for p in store.permits.all_progress()))
    until(lambda: len(store.permits.all_progress()) == 2)
    until(lambda: all(p.head_seq >= 0 for p in store.permits.all_progress()))
    after = {p.submission_id: p for p in store.permits.all_progress()}
    (handed_in,) = [p for p in before.values() if p.is_over]
    told = after[handed_in.submission_id]
    assert (told.phase, told.submitted_at, told.answered) == (Phase.HANDED_IN, handed_in.submitted_at, told.questions)
    assert (told.head_seq, told.head_hash) == (handed_in.head_seq, handed_in.head_hash)
    running = after[open_one.desk.scribe.sitting.genesis.submission_id]
    assert (running.seat, running.phase, running.questions) == ("A13", Phase.RUNNING, handed_in.questions)
    marks = {m.candidate_id: m for m in store.attendance.marks(["session-1"])}
    assert {m.state for m in marks.values()} == {AttendanceState.PRESENT}
    assert marks["candidate-1"].note == "sat at A12, as that seat's journal says"


def handed_in_at(seat):
    answer_all(seat.desk)
    seat.desk.hand_in()


def reported(hub):
    store = hub.site.store
    until(lambda: any(p.is_over for p in store.permits.all_progress()))
    return store.permits.all_progress()


def test_a_seat_that_is_at_its_login_tells_of_what_was_handed_in_there(hub):
    """Nothing is open at it, and still the new machine learns that the sitting is over."""
    seat = hub.begun("A12", ROLL, CODE)
    handed_in_at(seat)
    reported(hub)
    hub.switch_off(seat)
    store = replaced(hub)
    assert store.permits.all_progress() == ()
    hub.seat("A12")
    until(lambda: any(p.is_over for p in store.permits.all_progress()))
