from threading import Event

from kiosk.exam.error import KioskError
from kiosk.seat.courier import MISTAKE, Courier
from kiosk.views.authority import Report


def a_report(answered: int) -> Report:
    return Report("submission-1", "running", 1, "2031-05-06T12:00:00.000Z", None, answered, 8, 1_000, 9, "0" * 64)


def test_what_is_posted_arrives():
    arrived = []
    courier = Courier(arrived.append)
    courier.post(a_report(1))
    courier.close()
    assert arrived == [a_report(1)]


def test_only_the_latest_waits():
    arrived, entered, may_go = [], Event(), Event()

    def deliver(report):
        entered.set()
        assert may_go.wait(10)
        arrived.append(report.answered)

    courier = Courier(deliver)
    courier.post(a_report(1))
    assert entered.wait(10)
    for answered in (2, 3, 4):
        courier.post(a_report(answered))
    may_go.set()
    courier.close()
    assert arrived == [1, 4]


def test_a_hall_that_is_away_is_trouble_until_it_is_back():
    is_away = True

    def deliver(report):
        if is_away:
            raise KioskError("The hall does not answer.")

    courier = Courier(deliver)
    courier.post(a_report(1))
    assert courier.wait()
    assert courier.trouble == "The hall does not answer."
    is_away = False
    courier.post(a_report(2))
    assert courier.wait()
    assert courier.trouble is None
    courier.close()


def test_a_hall_that_hangs_holds_nobody_up():
    entered, may_go = Event(), Event()

    def hang(report):
        entered.set()
        may_go.wait(10)

    courier = Courier(hang)
    courier.post(a_report(1))
    assert entered.wait(10)
    assert not courier.wait(0.01)
    may_go.set()
    courier.close()


def test_a_mistake_with_one_report_keeps_back_no_later_one():
    arrived = []

    def deliver(report):
        if report.answered == 1:
            raise ValueError("a count out of bounds")
        arrived.append(report.answered)

    courier = Courier(deliver)
    courier.post(a_report(1))
    assert courier.wait(5)
    assert courier.trouble == f"{MISTAKE} (ValueError)"
    courier.post(a_report(2))
    assert courier.wait(5)
    assert (arrived, courier.trouble) == ([2], None)
    courier.close()
