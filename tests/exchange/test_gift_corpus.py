"""GIFT files written by others: every question found, of the kind its parse tree says, and none dropped in silence."""

import json
from pathlib import Path

import pytest

from kiosk.exam.draft import QuestionType
from kiosk.exchange.gift import Entry, entries, read_gift
from kiosk.exchange.gift_answer import Kind
from kiosk.exchange.origin import Origin
from kiosk.exchange.report import Status
from kiosk.exchange.source import read_source

FOLDER = Path(__file__).parent.parent / "data" / "gift"
EXPECTED = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
NAMES = {
    Kind.CHOICE: "MC",
    Kind.TRUE_FALSE: "TF",
    Kind.ESSAY: "Essay",
    Kind.SHORT: "Short",
    Kind.NUMERICAL: "Numerical",
    Kind.MATCHING: "Matching",
    Kind.DESCRIPTION: "Description",
    Kind.CLOZE: "Cloze",
}
OURS = {Kind.CHOICE, Kind.TRUE_FALSE, Kind.ESSAY}


def kinds(name: str) -> list[str]:
    """Return the kinds of a file's items in order."""
    found = entries(read_source(FOLDER / name).text)
    return [NAMES[e.kind] if isinstance(e, Entry) else "Category" if e.category is not None else "Open" for e in found]


def test_every_file_is_expected_to_be_something() -> None:
    assert {p.relative_to(FOLDER).as_posix() for p in FOLDER.rglob("*.gift")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_the_count_of_questions_is_right(name: str) -> None:
    questions = [k for k in kinds(name) if k not in ("Category", "Description")]
    assert len(questions) == EXPECTED[name]["questions"]


@pytest.mark.parametrize("name", [n for n, e in EXPECTED.items() if e["types"] is not None])
def test_the_types_are_those_of_the_parse_tree(name: str) -> None:
    assert kinds(name) == EXPECTED[name]["types"]


@pytest.mark.parametrize("name", EXPECTED)
def test_what_has_a_type_here_comes_through_and_the_rest_is_named(name: str) -> None:
    source = read_source(FOLDER / name)
    found = [e for e in entries(source.text) if isinstance(e, Entry)]
    reading = read_gift(source, Origin.rehearsed())
    assert len(reading.items) == len(found)
    for entry, item in zip(found, reading.items, strict=True):
        assert item.line == entry.block.line
        if entry.kind in OURS:
            assert item.status is not Status.REJECTED, item.notes
            assert item.question is not None
        else:
            assert item.notes == (f"line {item.line}: {entry.kind.value} questions have no type here",)
    kept = sum(len(s.questions) for s in reading.test.sections) if reading.test else 0
    assert kept == sum(e.kind in OURS for e in found)


def test_a_moodle_export_keeps_categories_html_feedback_and_pictures_by_name() -> None:
    reading = read_gift(read_source(FOLDER / "kuster" / "example-gift-multiple-choice.gift"), Origin.rehearsed())
    assert reading.test is not None
    assert [s.title for s in reading.test.sections] == ["Sub Category", "Sub Category 2"]
    first, _, last = (i.question for i in reading.items)
    assert first is not None
    assert first.type is QuestionType.MCQ
    assert first.question_text == "Example 1\n\nTherefore:\n\nQuestion:"
    assert [(o.option_text, o.is_correct, o.feedback) for o in first.options][2] == ("Correct.", True, "Reason.")
    assert last is not None
    assert last.question_text == "Image:\n\n[picture]\n\nFigure:"
    assert last.feedback == "Generic comment!."
    assert reading.items[2].notes == ("a picture could not be brought: http://missing.png",)
    assert reading.items[2].status is Status.APPROXIMATED
