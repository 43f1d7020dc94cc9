"""Paper, key, lease and grant as documents: they read back equal, and nothing missing, foreign or misshapen is read."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from builders import a_grant, a_key, a_lease, a_paper, a_question, a_section
from kiosk.exam.accommodation import Accommodation
from kiosk.exam.canonical import canonical
from kiosk.exam.draft import QuestionType
from kiosk.exam.error import Invalid
from kiosk.exam.grant import Act, Grant
from kiosk.exam.key import Key
from kiosk.exam.lease import Lease
from kiosk.exam.paper import Paper

PAPERS = {
    "all five types": a_paper(),
    "bare": a_paper(instructions=None, test_version=None, max_attempts=None, sections=(a_section(duration=None),)),
    "everything": a_paper(
        description="For all.",
        settings={"warnMinutes": "", "hintCost": "0.25", "sectionOrder": "sequential", "dueDateEnds": "true"},
        sections=(
            a_section(
                questions=(
                    a_question(
                        "q",
                        type=QuestionType.MSQ,
                        points=Decimal("1.25"),
                        min_choices=1,
                        max_choices=3,
                        attachments=("figure.txt",),
                        shuffle=False,
                    ),
                )
            ),
        ),
    ),
}
DOCUMENTS: dict[str, tuple[Callable[[Mapping[str, Any]], Any], dict[str, Any]]] = {
    "paper": (Paper.from_document, json.loads(a_paper().to_bytes())),
    "key": (Key.from_document, json.loads(a_key().to_bytes())),
    "lease": (Lease.from_document, json.loads(canonical(a_lease(limit_ms=5, due_at="x").document()))),
    "grant": (Grant.from_document, json.loads(canonical(a_grant(Act.END, gap=3, section="s").document()))),
}


@pytest.mark.parametrize("name", PAPERS)
def test_a_paper_survives_its_document(name: str) -> None:
    paper = PAPERS[name]
    for document in (json.loads(paper.to_bytes()), paper.document()):
        read = Paper.from_document(document)
        assert read == paper
        assert read.digest == paper.digest


@pytest.mark.parametrize(
    "settings", [{}, {"marking": "weights", "wrongAnswerPenalty": "0.333333", "negativeTotal": "true"}]
)
def test_a_key_survives_its_document(settings: dict[str, str]) -> None:
    key = a_key(settings=settings)
    assert Key.from_document(json.loads(key.to_bytes())) == key
    assert Key.from_document(key.document()).digest == key.digest


@pytest.mark.parametrize("act", list(Act))
def test_a_grant_survives_its_document(act: Act) -> None:
    grant = a_grant(act, amount_ms=60_000, section="cells", note="Power.")
    assert Grant.from_document(json.loads(canonical(grant.document()))) == grant


def test_a_lease_survives_its_document() -> None:
    lease = a_lease(accommodation=Accommodation(25, 60_000, True), limit_ms=None, proctor_id=None)
    assert Lease.from_document(json.loads(canonical(lease.document()))) == lease


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_field_must_be_there_and_of_its_kind_and_no_other(name: str) -> None:
    read, document = DOCUMENTS[name]
    read(document)
    for wrong in _wrong(document):
        with pytest.raises(Invalid):
            read(wrong)


def test_points_have_one_spelling() -> None:
    document = json.loads(a_paper().to_bytes())
    document["sections"][0]["questions"][0]["points"] = "2.0"
    with pytest.raises(Invalid, match="does not know"):
        Paper.from_document(document)


def test_a_paper_of_another_version_is_refused_with_its_name() -> None:
    with pytest.raises(Invalid, match="exam-kiosk paper 2"):
        Paper.from_document({**a_paper().document(), "format": "exam-kiosk paper 2"})


def test_a_paper_knows_its_questions_and_sections() -> None:
    paper = a_paper()
    assert paper.section("cells").title == "Cells"
    assert paper.section_of["genetics-2"].section_id == "genetics"
    assert len(paper.questions) == 8
    with pytest.raises(Invalid, match="no section physics"):
        paper.section("physics")


def test_the_pass_mark_is_points_unless_it_is_percent() -> None:
    key = a_key(pass_score=Decimal(70))
    assert key.needed_score == Decimal(70)
    assert replace(key, pass_score_is_percent=True).needed_score == Decimal(21)
    assert replace(key, pass_score=None, pass_score_is_percent=True).needed_score is None


def _wrong(document: Any) -> list[Any]:
    """Return copies of a document, each with one field gone, added, or of another kind, at every depth."""
    if isinstance(document, list):
        return [[*document[:n], bad, *document[n + 1 :]] for n, item in enumerate(document) for bad in _wrong(item)]
    if not isinstance(document, dict):
        return [0.5, [0.5], {"x": 0.5}, *([] if isinstance(document, bool) else [True])]
    wrong: list[Any] = [{**document, "surplus": None}]
    for name, value in document.items():
        wrong.append({k: v for k, v in document.items() if k != name})
        wrong += [{**document, name: bad} for bad in _wrong(value)]
    return wrong
