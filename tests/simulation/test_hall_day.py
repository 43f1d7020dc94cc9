"""Exam days by seed: whatever goes wrong, what was acknowledged is there, one journal counts, no time is taken.

A failing day is told by its seed: `PYTHONPATH=.:tests python tests/simulation/hall_day.py SEED`. `KIOSK_SEEDS=100-200`
chooses others.
"""

import os
from collections import Counter

import pytest
from hall_day import PLANTS, run_day
from oracle_book import Broken

BLOCK = 10
DOSE, FULL = 60, 2_000
FLOORS = {
    "commits": 40,
    "seat crashes": 0.5,
    "moves ordered": 0.4,
    "taken over": 0.3,
    "cuts": 1,
    "one way shut": 0.5,
    "hub deaths": 0.4,
    "clocks set": 0.4,
    "bundles": 2,
    "entries at central": 100,
}
"""What must have happened on a day, on the whole: a day on which nothing goes wrong proves nothing."""


def seeds(first: int, count: int) -> range:
    """Return the seeds of a block, or those asked for."""
    asked = os.environ.get("KIOSK_SEEDS")
    if asked is None:
        return range(first, first + count)
    low, _, high = asked.partition("-")
    return range(int(low), int(high or low) + 1)


def run_days(numbers: range) -> Counter[str]:
    happened: Counter[str] = Counter()
    for seed in numbers:
        happened += run_day(seed)[0]
    print(", ".join(f"{count:,} {what}" for what, count in sorted(happened.items())))
    assert happened["days"] == len(numbers)
    return happened


@pytest.mark.timeout(280)
@pytest.mark.parametrize("first", range(0, DOSE, BLOCK))
def test_days_keep_every_promise(first):
    numbers = seeds(first, BLOCK)
    happened = run_days(numbers)
    if len(numbers) >= BLOCK:
        low = {w: happened[w] for w, floor in FLOORS.items() if happened[w] < floor * len(numbers) * 0.25}
        assert not low, f"too little went wrong: {low}"


@pytest.mark.slow
@pytest.mark.timeout(0)
@pytest.mark.parametrize("first", range(0, FULL, 100))
def test_two_thousand_days(first):
    run_days(seeds(first, 100))


@pytest.mark.timeout(280)
@pytest.mark.parametrize("plant", PLANTS)
def test_a_planted_fault_is_found(plant):
    for seed in range(60):
        try:
            run_day(seed, plant)
        except Broken:
            return
    pytest.fail(f"{plant}: not found on 60 days")
