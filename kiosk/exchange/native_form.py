"""A test in native form: the plain values an exam file holds, and the file's text."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from kiosk.exam.canonical import decimal_text
from kiosk.exam.draft import Option, Question, Section, Test
from kiosk.exam.moment import iso
from kiosk.exchange.yaml_tree import load_yaml


def test_form(test: Test) -> dict[str, Any]:
    """Return a test with its sections, questions and options as plain values, empty optional fields left out."""
    form = {
        "testId": test.test_id,
        "title": test.title,
        "description": test.description,
        "createdAt": iso(test.created_at),
        "createdBy": test.created_by,
        "duration": test.duration,
        "isActive": test.is_active,
        "accessType": test.access_type.value,
        "maxAttempts": test.max_attempts,
        "passScore": _points(test.pass_score),
        "randomizedQuestions": test.randomized_questions,
        "randomizedOptions": test.randomized_options,
        "testVersion": test.test_version,
        "tags": list(test.tags),
        "instructions": test.instructions,
        "settings": dict(test.settings),
        "sections": [_section_form(s) for s in test.sections],
    }
    return _filled(form)


def question_form(question: Question) -> dict[str, Any]:
    """Return one question as plain values, empty optional fields left out."""
    form = {
        "questionId": question.question_id,
        "questionBankId": question.question_bank_id,
        "type": question.type.value,
        "questionText": question.question_text,
        "createdAt": iso(question.created_at),
        "order": question.order,
        "isActive": question.is_active,
        "points": _points(question.points),
        "hints": list(question.hints),
        "attachments": list(question.attachments),
        "options": [_option_form(o) for o in question.options],
        "tags": list(question.tags),
        "shuffle": question.shuffle,
        "minChoices": question.min_choices,
        "maxChoices": question.max_choices,
        "minWords": question.min_words,
        "maxWords": question.max_words,
        "language": question.language,
        "starter": question.starter,
        "examples": [{"input": given, "output": wanted} for given, wanted in question.examples],
        "rubric": question.rubric,
        "feedback": question.feedback,
    }
    return _filled(form)


def json_text(test: Test) -> str:
    """Return the text of an exam file in JSON."""
    return json.dumps(test_form(test), ensure_ascii=False, indent=2) + "\n"


def yaml_text(test: Test) -> str:
    """Return the text of an exam file in YAML, long texts as blocks a person can edit."""
    load_yaml()
    import yaml

    class Dumper(yaml.SafeDumper):
        """Writes texts of several lines as blocks."""

        def ignore_aliases(self, data: Any) -> bool:
            return True

    def text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
        style = "|" if _reads_well_as_block(value) else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    Dumper.add_representer(str, text)
    return yaml.dump(test_form(test), Dumper=Dumper, sort_keys=False, allow_unicode=True, width=110)


def _reads_well_as_block(value: str) -> bool:
    lines = value.split("\n")
    return len(lines) > 1 and not value[0].isspace() and all(line == line.rstrip() for line in lines)


def _section_form(section: Section) -> dict[str, Any]:
    form = {
        "sectionId": section.section_id,
        "title": section.title,
        "instructions": section.instructions,
        "sectionOrder": section.section_order,
        "duration": section.duration,
        "isMandatory": section.is_mandatory,
        "questions": [question_form(q) for q in section.questions],
    }
    return _filled(form)


def _option_form(option: Option) -> dict[str, Any]:
    form = {
        "optionId": option.option_id,
        "optionText": option.option_text,
        "isCorrect": option.is_correct,
        "optionOrder": option.option_order,
        "feedback": option.feedback,
        "weight": _points(option.weight),
    }
    return _filled(form)


def _points(number: Decimal | None) -> str | None:
    return None if number is None else decimal_text(number)


def _filled(form: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in form.items() if v is not None and v != [] and v != {}}
