"""A test under new ids, so that it can stand beside another that came with the same ones."""

from dataclasses import replace

from kiosk.exam.draft import Section, Test
from kiosk.exchange.origin import Origin


def renewed(test: Test, origin: Origin) -> Test:
    """Return a test whose test, sections and questions have new ids; options keep theirs."""
    sections = tuple(_section(s, origin.new_id("section"), origin) for s in test.sections)
    return replace(test, test_id=origin.new_id("test"), sections=sections)


def _section(section: Section, section_id: str, origin: Origin) -> Section:
    questions = tuple(
        replace(q, question_id=origin.new_id("question"), section_id=section_id) for q in section.questions
    )
    return replace(section, section_id=section_id, questions=questions)
