"""A whole hall on one hub in small: nothing that was written is lost, and every ack is true."""

import pytest

from benchmarks.hub import Dose, Run, acts_of, measured, tables


@pytest.mark.parametrize(
    "dose",
    [
        Dose(seats=6, seconds=4, start_seconds=1, hand_in_seconds=1, watch_seconds=0.5, floor_seconds=0.5),
        pytest.param(
            Dose(seats=20, seconds=20, start_seconds=5, hand_in_seconds=3, watch_seconds=2, floor_seconds=1),
            marks=pytest.mark.slow,
        ),
    ],
    ids=lambda dose: f"{dose.seats} seats",
)
def test_a_hall_at_work_whose_hub_is_killed_loses_nothing(dose: Dose) -> None:
    run = measured(dose)

    assert run.faults == []
    assert len(run.heads) == len(run.start["opening"]) == len(run.hand_in) == dose.seats
    assert run.book.lags
    assert all(seq == held > 0 for _, _, seq, _, held in run.heads)
    _assert_obeyed(run)
    assert {row["name"] for table in tables(run) for row in table.document()["rows"]} >= {"replication lag", "frames"}


def _assert_obeyed(run: Run) -> None:
    assert run.console.orders
    for order in run.console.orders:
        assert (order.kind, order.refused) == (order.kind, 0)
        assert len(acts_of(order, run.book)) == len(order.seats)
