"""The sheet: the paper as one candidate sees it, in the order drawn for them."""

from collections.abc import Mapping
from dataclasses import replace
from string import ascii_uppercase
from types import MappingProxyType

from kiosk.exam.attachment import LARGEST_FILE, must_be_attached
from kiosk.exam.order import Order, QuestionOrder, SectionOrder
from kiosk.exam.paper import Paper, PaperQuestion
from kiosk.exam.text import clean_line, clean_text
from kiosk.views.candidate import AttachmentCard, CandidateCard, OptionCard, QuestionCard, SectionCard, Sheet

_NOTHING: Mapping[str, str] = MappingProxyType({})


def draw_sheet(paper: Paper, order: Order, candidate: CandidateCard, attached: Mapping[str, str] = _NOTHING) -> Sheet:
    """Return the sheet of a paper in a realised order.

    `attached` are the texts of its files by their SHA-256; raises Tampered where they are not what the paper names.
    """
    must_be_attached(paper, attached)
    return Sheet(
        title=clean_line(paper.title),
        candidate=candidate,
        sections=tuple(_section(paper, s, attached) for s in order),
        allow_hide_timer=paper.policy.allow_hide_timer,
        warn_minutes=paper.policy.warn_minutes,
        hint_cost=paper.policy.hint_cost,
        capture_seconds=paper.policy.capture_seconds,
        sequential_sections=paper.policy.sequential_sections,
    )


def letter(place: int) -> str:
    """Return the letter of the option at `place`, counted from 0: A to Z, then AA, AB ..."""
    first, last = divmod(place, len(ascii_uppercase))
    return (ascii_uppercase[first - 1] if first else "") + ascii_uppercase[last]


def _section(paper: Paper, order: SectionOrder, attached: Mapping[str, str]) -> SectionCard:
    section = paper.section(order.section_id)
    return SectionCard(
        section_id=section.section_id,
        title=clean_line(section.title),
        instructions=_optional(section.instructions),
        is_mandatory=section.is_mandatory,
        has_clock=section.duration_minutes is not None,
        questions=tuple(
            _with_attached(_question(paper.questions[q.question_id], q, number, section.section_id), paper, attached)
            for number, q in enumerate(order.questions, 1)
        ),
    )


def _question(question: PaperQuestion, order: QuestionOrder, number: int, section_id: str) -> QuestionCard:
    texts = {o.option_id: o.text for o in question.options}
    return QuestionCard(
        question_id=question.question_id,
        number=number,
        section_id=section_id,
        type=question.type,
        text=clean_text(question.text),
        points=question.points,
        options=tuple(OptionCard(i, letter(n), clean_text(texts[i])) for n, i in enumerate(order.option_ids)),
        hints=tuple(clean_text(h) for h in question.hints),
        min_choices=question.min_choices,
        max_choices=question.max_choices,
        min_words=question.min_words,
        max_words=question.max_words,
        language=question.language,
        starter=_optional(question.starter),
        examples=tuple((clean_text(a), clean_text(b)) for a, b in question.examples),
    )


def _with_attached(card: QuestionCard, paper: Paper, attached: Mapping[str, str]) -> QuestionCard:
    question = paper.questions[card.question_id]
    files = paper.files_of(question)
    told = [a for a in question.attachments if a not in {f.name for f in files}]
    return replace(
        card,
        attachments=tuple(clean_line(a) for a in told),
        files=tuple(AttachmentCard(clean_line(f.name), clean_text(attached[f.sha256], LARGEST_FILE)) for f in files),
    )


def _optional(text: str | None) -> str | None:
    return clean_text(text) if text else None
