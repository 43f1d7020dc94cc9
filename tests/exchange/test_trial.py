"""One response marked for trial gets what the exam itself would give."""

from decimal import Decimal

import pytest

from kiosk.exam.error import Invalid
from kiosk.exchange.gift import read_gift
from kiosk.exchange.native import read_native
from kiosk.exchange.origin import Origin
from kiosk.exchange.report import Reading
from kiosk.exchange.source import Source
from kiosk.exchange.trial import try_response
from kiosk.office.sample_exam import sample_source


@pytest.fixture(scope="module")
def sample() -> Reading:
    """The sample exam as read."""
    return read_native(sample_source(), Origin.rehearsed())


@pytest.mark.parametrize(
    ("item", "response", "points", "is_correct"),
    [
        ("nature-01", ["b"], Decimal(1), True),
        ("nature-01", ["B"], Decimal(1), True),
        ("nature-01", ["a"], Decimal(0), False),
        ("nature-01", [], Decimal(0), False),
        ("several-01", ["a", "c", "d"], Decimal(2), True),
        ("several-01", ["a", "c"], Decimal(0), False),
        ("Which of these numbers are prime?", ["e", "c", "a"], Decimal(2), True),
    ],
)
def test_choices_are_marked(sample: Reading, item: str, response: list[str], points: Decimal, is_correct: bool) -> None:
    trial = try_response(sample, item, response)
    assert (trial.points, trial.correct) == (points, is_correct)


def test_open_questions_wait_for_a_person(sample: Reading) -> None:
    trial = try_response(sample, "writing-01", ["tilt"])
    assert trial.document() == {"points": None, "maxPoints": "5", "correct": None}


def test_weights_of_a_gift_file_count() -> None:
    reading = read_gift(Source("q.gift", "q{~%33.33333%a ~%66.66667%b ~%-100%c}"), Origin.rehearsed())
    assert try_response(reading, "question-1", ["A"]).points == Decimal("0.333333")
    assert try_response(reading, "question-1", ["A", "B"]).points == 1
    assert try_response(reading, "question-1", ["A", "B", "C"]).points == 0


@pytest.mark.parametrize(
    ("item", "response", "words"),
    [("nothing", ["a"], "has no item 'nothing'"), ("nature-01", ["z"], "'z' is no option of 'nature-01'")],
)
def test_what_is_not_there_is_said(sample: Reading, item: str, response: list[str], words: str) -> None:
    with pytest.raises(Invalid, match=words):
        try_response(sample, item, response)


def test_a_rejected_item_says_why() -> None:
    reading = read_gift(Source("q.gift", "a{T}\n\n::No::When?{#5}"), Origin.rehearsed())
    with pytest.raises(Invalid, match="was rejected: line 3: numerical"):
        try_response(reading, "No", ["A"])
