"""The sheet: the paper as one candidate sees it, in the order drawn for them."""

from string import ascii_uppercase

from kiosk.exam.order import Order, QuestionOrder, SectionOrder
from kiosk.exam.paper import Paper, PaperQuestion
from kiosk.exam.text import clean_line, clean_text
from kiosk.views.candidate import CandidateCard, OptionCard, QuestionCard, SectionCard, Sheet


def draw_sheet(paper: Paper, order: Order, candidate: CandidateCard) -> Sheet:
    """Return the sheet of a paper in a realised order."""
    return Sheet(
        title=clean_line(paper.title),
        candidate=candidate,
        sections=tuple(_section(paper, s) for s in order),
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


def _section(paper: Paper, order: SectionOrder) -> SectionCard:
    section = paper.section(order.section_id)
    return SectionCard(
        section_id=section.section_id,
        title=clean_line(section.title),
        instructions=_optional(section.instructions),
        is_mandatory=section.is_mandatory,
        has_clock=section.duration_minutes is not None,
        questions=tuple(
            _question(paper.questions[q.question_id], q, number, section.section_id)
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
        attachments=tuple(clean_line(a) for a in question.attachments),
    )


def _optional(text: str | None) -> str | None:
    return clean_text(text) if text else None
