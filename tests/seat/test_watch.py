from dataclasses import replace

from builders import a_clock, an_attempt
from kiosk.exam.entry import Kind
from kiosk.seat.watch import Watch, moment_of


def test_a_seat_that_ticks_has_nothing_to_report():
    attempt = an_attempt()
    watch = Watch(attempt.clock.now())
    assert watch.look(attempt.sitting.ledger, attempt.clock.advance(5_000)) == []


def test_a_sleep_is_a_gap_of_its_length():
    attempt = an_attempt()
    watch = Watch(attempt.clock.now())
    (gap,) = watch.look(attempt.sitting.ledger, attempt.clock.advance(3_600_000))
    assert (gap.kind, gap.body) == (Kind.GAP, {"cause": "suspend", "ms": 3_600_000})


def test_a_sleep_while_paused_is_no_gap():
    attempt = an_attempt()
    watch = Watch(attempt.clock.now())
    paused = replace(attempt.sitting.ledger, paused=True)
    assert watch.look(paused, attempt.clock.advance(3_600_000)) == []


def test_a_set_clock_is_reported_once():
    attempt = an_attempt()
    watch = Watch(attempt.clock.now())
    attempt.clock.step_wall(-86_400_000)
    (step,) = watch.look(attempt.sitting.ledger, attempt.clock.advance(1_000))
    assert (step.kind, step.body) == (Kind.CLOCK_STEPPED, {"ms": -86_400_000})
    assert watch.look(attempt.sitting.ledger, attempt.clock.advance(1_000)) == []


def test_many_small_steps_of_the_clock_add_up():
    attempt, found = an_attempt(), []
    watch = Watch(attempt.clock.now())
    for _ in range(6):
        attempt.clock.step_wall(900)
        found += watch.look(attempt.sitting.ledger, attempt.clock.advance(1_000))
    assert [s.body["ms"] for s in found] == [2_700, 2_700]


def test_a_crash_within_one_boot_is_measured():
    attempt = an_attempt()
    watch = Watch(moment_of(attempt.entries[-1]))
    (gap,) = watch.after_restart(attempt.sitting.ledger, attempt.clock.advance(42_000))
    assert gap.body == {"cause": "restart", "ms": 42_000}


def test_a_clock_set_while_the_seat_was_down_is_reported():
    attempt = an_attempt()
    watch = Watch(moment_of(attempt.entries[-1]))
    attempt.clock.advance(42_000)
    gap, step = watch.after_restart(attempt.sitting.ledger, attempt.clock.step_wall(3_600_000))
    assert (gap.kind, step.body) == (Kind.GAP, {"ms": 3_600_000})


def test_across_a_reboot_nobody_can_measure_and_the_clocks_are_compared_afresh():
    attempt = an_attempt()
    watch = Watch(moment_of(attempt.entries[-1]))
    (gap,) = watch.after_restart(attempt.sitting.ledger, attempt.clock.reboot(90_000))
    assert gap.body == {"cause": "reboot", "ms": None}
    assert watch.look(replace(attempt.sitting.ledger, paused=True), attempt.clock.advance(1_000)) == []


def test_the_first_moment_of_a_watch_is_where_it_was_made():
    clock = a_clock()
    watch = Watch(clock.now())
    ledger = an_attempt(clock=clock).sitting.ledger
    (step,) = watch.look(ledger, clock.step_wall(2_001))
    assert step.body == {"ms": 2_001}
