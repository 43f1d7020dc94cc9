"""The page for authors says what the program does."""

import re
from pathlib import Path

from kiosk.exam.press import print_test
from kiosk.exam.setting import SETTINGS
from kiosk.exchange.native import read_native
from kiosk.exchange.origin import Origin
from kiosk.exchange.source import Source
from kiosk.exchange.trial import try_response
from kiosk.office.sample_exam import sample_source
from kiosk.wire.exam_file import ExamFile, OptionPart, QuestionPart, SectionPart

PAGE = (Path(__file__).parents[2] / "docs" / "author.md").read_text(encoding="utf-8")


def test_the_small_exam_can_be_published() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```\n", PAGE, re.S)
    reading = read_native(Source("exam.yaml", example), Origin.rehearsed())
    assert reading.is_clean, [i.notes for i in reading.items]
    assert reading.test is not None
    assert len(print_test(reading.test)[0].questions) == 4


def test_every_setting_stands_in_the_table_with_its_default_and_words() -> None:
    for setting in SETTINGS:
        row = next(line for line in PAGE.split("\n") if line.startswith(f"| `{setting.key}` "))
        assert f"| {setting.default} | {setting.help} |" in row
        assert all(choice in row for choice in setting.choices)


def test_every_field_is_named() -> None:
    for part in (ExamFile, SectionPart, QuestionPart, OptionPart):
        for name, field in part.model_fields.items():
            assert f"`{field.alias or name}" in PAGE, name


def test_the_trial_gets_what_the_page_says() -> None:
    reading = read_native(sample_source(), Origin.rehearsed())
    assert '{"points": "1", "maxPoints": "1", "correct": true}' in PAGE
    assert try_response(reading, "nature-01", ["B"]).document() == {"points": "1", "maxPoints": "1", "correct": True}
