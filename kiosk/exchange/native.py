"""The native exam file, YAML or JSON, read question by question: one fault costs one question, not the file."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from kiosk.exam.draft import Option, Question, Section, Test
from kiosk.exam.error import Invalid
from kiosk.exam.press import print_test
from kiosk.exam.proof import problem_of
from kiosk.exam.setting import check_setting
from kiosk.exchange.fault import Fault, faults_of
from kiosk.exchange.json_tree import read_json
from kiosk.exchange.origin import Origin, letter
from kiosk.exchange.report import Item, Reading, Status, rejected, title_of
from kiosk.exchange.source import Source
from kiosk.exchange.tree import Misread, Path, Tree
from kiosk.exchange.yaml_tree import read_yaml
from kiosk.wire.exam_file import DEEPEST, MOST_QUESTIONS, MOST_SECTIONS, ExamFile, OptionPart, QuestionPart, SectionPart

FORMAT = "native"


def read_native(source: Source, origin: Origin) -> Reading:
    """Return what an exam file holds, with a report on each of its questions."""
    try:
        tree = _tree(source)
    except Misread as error:
        return Reading(source.name, FORMAT, (rejected("", source.name, [error.note], error.line),), None)
    frame, faults = _frame(tree)
    draft = _Draft(tree, origin)
    read = [draft.questions(place) for place in range(draft.count)]
    items = tuple(draft.items)
    if frame is None or faults:
        notes = [f.note(tree) for f in faults]
        return Reading(source.name, FORMAT, (rejected("", source.name, notes, tree.line(())), *items), None)
    test = _test(frame, tuple(_sections(frame, draft, read)), origin)
    return _proved(Reading(source.name, FORMAT, items, test, _notes(source)))


def _tree(source: Source) -> Tree:
    read = read_json if source.suffix == ".json" else read_yaml
    return read(source.name, source.text, DEEPEST)


def _notes(source: Source) -> tuple[str, ...]:
    return ("not UTF-8; read as Windows-1252: look at the accents",) if source.is_guessed else ()


def _frame(tree: Tree) -> tuple[ExamFile | None, list[Fault]]:
    """Return the file without its questions, which are read one by one afterwards."""
    try:
        frame = ExamFile.model_validate(_without_questions(tree.value))
    except ValidationError as error:
        return None, faults_of(error)
    faults = [
        Fault(("settings", key), words) for key, value in frame.settings.items() if (words := _setting(key, value))
    ]
    ids = [s.section_id for s in frame.sections]
    faults += [
        Fault(("sections", place, "sectionId"), "stands here for the second time")
        for place, section_id in enumerate(ids)
        if section_id is not None and section_id in ids[:place]
    ]
    return frame, faults


def _setting(key: str, value: str) -> str | None:
    try:
        check_setting(key, value)
    except Invalid as error:
        return f"cannot stand: {error.message}"
    return None


def _without_questions(value: Any) -> Any:
    if not isinstance(value, dict) or not isinstance(value.get("sections"), list):
        return value
    return {**value, "sections": [_emptied(s) for s in value["sections"]]}


def _emptied(section: Any) -> Any:
    questions = section.get("questions") if isinstance(section, dict) else None
    if not isinstance(questions, list) or len(questions) > MOST_QUESTIONS:
        return section
    return {**section, "questions": []}


class _Draft:
    """The questions of a file while they are read: an item for each, and the ids already given."""

    def __init__(self, tree: Tree, origin: Origin) -> None:
        self.items: list[Item] = []
        self._tree = tree
        self.origin = origin
        self._ids: set[str] = set()
        sections = tree.value.get("sections") if isinstance(tree.value, dict) else None
        self._raw = sections[:MOST_SECTIONS] if isinstance(sections, list) else []

    @property
    def count(self) -> int:
        """How many sections the file has."""
        return len(self._raw)

    def is_empty(self, place: int) -> bool:
        """Whether a section has no questions in the file."""
        return not self._questions(place)

    def questions(self, place: int) -> list[Question]:
        """Return the questions of a section that came through, each noted as an item."""
        found = enumerate(self._questions(place))
        read = (self._question(raw, ("sections", place, "questions", n)) for n, raw in found)
        return [q for q in read if q is not None]

    def _questions(self, place: int) -> list[Any]:
        section = self._raw[place]
        questions = section.get("questions") if isinstance(section, dict) else None
        return questions[:MOST_QUESTIONS] if isinstance(questions, list) else []

    def _question(self, raw: Any, path: Path) -> Question | None:
        line = self._tree.line(path)
        name = f"question {len(self.items) + 1}"
        title = title_of(str(raw.get("questionText") or name) if isinstance(raw, dict) else name)
        try:
            part = QuestionPart.model_validate(raw)
        except ValidationError as error:
            identifier = raw.get("questionId") if isinstance(raw, dict) else None
            notes = [f.note(self._tree) for f in faults_of(error, path)]
            self.items.append(rejected(str(identifier or self.origin.new_id("question")), title, notes, line))
            return None
        question = _question(part, self.origin, int(path[-1]))
        words = problem_of(question)
        if question.question_id in self._ids:
            words = f"the id {question.question_id!r} belongs to another question of this file"
        if words:
            note = Fault(path, words).note(self._tree)
            self.items.append(rejected(question.question_id, title, [note], line))
            return None
        self._ids.add(question.question_id)
        self.items.append(Item(question.question_id, title, Status.KEPT, (), line, question))
        return question


def _proved(reading: Reading) -> Reading:
    """Print the test for trial, so that what cannot be published is found before anything is written."""
    test = reading.test
    if test is None or reading.count(Status.REJECTED):
        return reading
    try:
        print_test(test)
    except Invalid as error:
        fault = rejected(test.test_id, test.title, [f"cannot be published: {error.message}"], 1)
        return replace(reading, items=(fault, *reading.items))
    return reading


def _test(part: ExamFile, sections: tuple[Section, ...], origin: Origin) -> Test:
    return Test(
        test_id=part.test_id or origin.new_id("test"),
        title=part.title,
        description=part.description,
        created_at=part.created_at or origin.at,
        created_by=part.created_by or origin.by,
        duration=part.duration,
        is_active=part.is_active,
        access_type=part.access_type,
        max_attempts=part.max_attempts,
        pass_score=part.pass_score,
        randomized_questions=part.randomized_questions,
        randomized_options=part.randomized_options,
        test_version=part.test_version,
        tags=part.tags,
        instructions=part.instructions,
        settings=part.settings,
        sections=sections,
    )


def _sections(frame: ExamFile, draft: _Draft, read: list[list[Question]]) -> Iterator[Section]:
    """Yield the sections with their questions; one that lost all it had is left out."""
    for place, (part, questions) in enumerate(zip(frame.sections, read, strict=True)):
        section_id = part.section_id or draft.origin.new_id("section")
        placed = tuple(replace(q, section_id=section_id) for q in questions)
        if placed or draft.is_empty(place):
            yield _section(part, section_id, place, placed)


def _section(part: SectionPart, section_id: str, place: int, questions: tuple[Question, ...]) -> Section:
    return Section(
        section_id=section_id,
        title=part.title,
        instructions=part.instructions,
        section_order=place + 1 if part.section_order is None else part.section_order,
        duration=part.duration,
        is_mandatory=part.is_mandatory,
        questions=questions,
    )


def _question(part: QuestionPart, origin: Origin, place: int) -> Question:
    return Question(
        question_id=part.question_id or origin.new_id("question"),
        question_bank_id=part.question_bank_id,
        type=part.type,
        question_text=part.question_text,
        created_at=part.created_at or origin.at,
        order=place + 1 if part.order is None else part.order,
        is_active=part.is_active,
        points=part.points,
        hints=part.hints,
        attachments=part.attachments,
        options=_options(part.options),
        tags=part.tags,
        shuffle=part.shuffle,
        min_choices=part.min_choices,
        max_choices=part.max_choices,
        min_words=part.min_words,
        max_words=part.max_words,
        language=part.language,
        starter=part.starter,
        examples=tuple((e.input, e.output) for e in part.examples),
        rubric=part.rubric,
        feedback=part.feedback,
    )


def _options(parts: tuple[OptionPart, ...]) -> tuple[Option, ...]:
    taken = {p.option_id for p in parts}
    free = (letter(n) for n in range(len(parts) * 2) if letter(n) not in taken)
    return tuple(
        Option(
            option_id=part.option_id or next(free),
            option_text=part.option_text,
            is_correct=part.is_correct,
            option_order=place + 1 if part.option_order is None else part.option_order,
            feedback=part.feedback,
            weight=part.weight,
        )
        for place, part in enumerate(parts)
    )
