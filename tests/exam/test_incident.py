"""The interruption meter: from noticing until the candidate works again, credited by its cause and never twice."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.exam.grant import REASONS
from kiosk.exam.incident import Cause, Meter, Sight, cause_of

MINUTE = 60_000


def sight(minutes: float, used: float | None = None, **changes: Any) -> Sight:
    """Return a look at a sitting that runs, by default one whose clock has run all along."""
    fields: dict[str, Any] = {"runs": True, "used_ms": round((minutes if used is None else used) * MINUTE)}
    return Sight(at_ms=round(minutes * MINUTE), **fields | changes)


def met(reason: str, *looks: Sight) -> int | None:
    """Return what is proposed at the last of some looks, the first of which noticed it."""
    meter = Meter.opened(reason, looks[0])
    for look in looks[1:]:
        meter = meter.seen(look)
    return meter.proposal_ms(looks[-1])


STILL = {"runs": False}
CASES = {
    "a keyboard that fails while the clock runs": ("equipment", [sight(10), sight(14)], 4),
    "it ends when something is answered": ("equipment", [sight(10), sight(13, answered=1), sight(20, answered=1)], 3),
    "noticed, paused, resumed: the pause costs nothing": (
        "power", [sight(10), sight(12, **STILL), sight(30, 12, **STILL), sight(31, 12), sight(40, 21)], 2,
    ),
    "power off at the seat: the gap was not charged": (
        "power", [sight(10, **STILL), sight(25, 10, **STILL), sight(26, 10)], 0,
    ),
    "a seat that was paused when it was noticed": (
        "hall", [sight(10, 9, **STILL), sight(20, 9, **STILL), sight(21, 9)], 0,
    ),
    "the candidate pulled the cable": ("candidate", [sight(10), sight(14)], 0),
    "handed in meanwhile": ("disturbance", [sight(10), sight(12, is_over=True), sight(50, 12, is_over=True)], 2),
    "nobody knows what the clock used": ("equipment", [sight(10, used_ms=None), sight(14, used_ms=None)], 4),
    "nobody knows: a chief decides": ("unclear", [sight(10), sight(14)], None),
    "illness: a chief decides": ("medical", [sight(10), sight(14)], None),
    "the hall's clock was set back": ("equipment", [sight(10), sight(9, 12)], 0),
}  # fmt: skip


@pytest.mark.parametrize(("reason", "looks", "minutes"), CASES.values(), ids=CASES)
def test_what_is_proposed(reason: str, looks: list[Sight], minutes: float | None) -> None:
    assert met(reason, *looks) == (None if minutes is None else minutes * MINUTE)


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        ("equipment", Cause.EQUIPMENT), (" Power ", Cause.HALL), ("fire alarm", Cause.HALL), ("hall", Cause.HALL),
        ("disturbance", Cause.HALL), ("rest break", Cause.CANDIDATE), ("behaviour", Cause.CANDIDATE),
        ("candidate", Cause.CANDIDATE), ("medical", Cause.UNCLEAR), ("other", Cause.UNCLEAR), ("", Cause.UNCLEAR),
        ("a thing nobody listed", Cause.UNCLEAR),
    ],
)  # fmt: skip
def test_a_reason_stands_for_a_cause(reason: str, cause: Cause) -> None:
    assert cause_of(reason) is cause


GAP_CASES = {
    ("equipment", 70_000): (70_000, 0),
    ("hall", 70_000): (70_000, 0),
    ("hall", None): (0, 0),
    ("candidate", 70_000): (0, 70_000),
    ("candidate", None): (0, None),
    ("unclear", 70_000): (None, None),
    ("unclear", None): (None, None),
}


@pytest.mark.parametrize(("gap", "found"), GAP_CASES.items(), ids=map(str, GAP_CASES))
def test_what_a_gap_is_credited_and_charged_with(
    gap: tuple[str, int | None], found: tuple[int | None, int | None]
) -> None:
    cause, stood_ms = gap
    meter = Meter.of_gap(7, stood_ms, Cause(cause), sight(10))
    assert (meter.proposal_ms(sight(10)), meter.charge_ms()) == found
    assert meter.seen(sight(30, answered=3)) == meter  # it lasted as long as it lasted
    assert Meter.from_document(meter.document()) == meter


def test_an_incident_that_was_noticed_is_no_gap_and_charges_nothing() -> None:
    assert Meter.opened("behaviour", sight(10)).charge_ms() is None


def test_every_reason_a_proctor_can_choose_has_a_cause_of_its_own_line() -> None:
    assert {r for r in REASONS if cause_of(r) is Cause.UNCLEAR} == {"medical", "late start", "other"}


LOOK = st.builds(
    Sight, at_ms=st.integers(0, 10**7), used_ms=st.none() | st.integers(0, 10**7), answered=st.integers(0, 3),
    runs=st.booleans(), is_over=st.booleans(),
)  # fmt: skip


@given(st.sampled_from(sorted(Cause)), st.lists(LOOK, min_size=1, max_size=8))
def test_no_more_is_proposed_than_went_by_or_was_used_and_an_ended_meter_stands_still(
    cause: Cause, looks: list[Sight]
) -> None:
    looks = sorted(looks, key=lambda look: look.at_ms)
    meter = Meter.opened(cause, looks[0])
    for look in looks[1:]:
        ended = meter.over
        meter = meter.seen(look)
        assert ended in (None, meter.over)
        proposed = meter.proposal_ms(look) or 0
        assert 0 <= proposed <= look.at_ms - looks[0].at_ms
        if look.used_ms is not None and looks[0].used_ms is not None and meter.over is None:
            assert proposed <= max(0, look.used_ms - looks[0].used_ms)
