"""GIFT, Moodle's text format for questions: what has a type here is brought in, the rest is reported by its name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kiosk.exam.draft import AccessType, Option, Question, QuestionType, Section, Test
from kiosk.exam.error import Invalid
from kiosk.exam.proof import problem_of
from kiosk.exam.text import clean_line, clean_text
from kiosk.exchange.gift_answer import Choice, Kind, choices, kind_of, truth, truth_feedback
from kiosk.exchange.gift_block import Block, blocks, unmask
from kiosk.exchange.gift_text import BLANK, DEFAULT, Written, phrase, split_format, stem
from kiosk.exchange.origin import Origin, letter
from kiosk.exchange.report import Item, Reading, Status, rejected, title_of
from kiosk.exchange.source import Source

FORMAT = "gift"
MOST_QUESTIONS = 50_000
DEFAULT_MINUTES = 60
ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One GIFT question taken apart, its texts still masked."""

    block: Block
    kind: Kind
    name: str
    form: str
    """Format of the stem, and of every text that names no other."""
    stem: str
    answer: str
    general: str
    """General feedback."""

    @property
    def title(self) -> str:
        """The question's name, or its beginning."""
        return clean_line(unmask(self.name)) or title_of(unmask(self.stem)) or self.kind.value


def entries(text: str) -> Iterator[Entry | Block]:
    """Yield the questions of a GIFT text in order; a category or a block that cannot be taken apart as it is."""
    for block in blocks(clean_text(text, len(text))):
        if block.category is not None or block.is_open:
            yield block
        else:
            yield _entry(block)


def read_gift(source: Source, origin: Origin) -> Reading:
    """Return what a GIFT file holds, with a report on each of its questions; one refused costs no other."""
    shelf = _Shelf(source, origin)
    for entry in entries(source.text):
        shelf.take(entry)
    return shelf.reading()


def _entry(block: Block) -> Entry:
    name, rest = "", block.text
    if rest.startswith("::") and (end := rest.find("::", 2)) > 0:
        name, rest = rest[2:end].strip(), rest[end + 2 :]
    form, rest = split_format(rest, DEFAULT)
    before, brace, inside = rest.partition("{")
    if not brace:
        return Entry(block, Kind.DESCRIPTION, name, form, before.strip(), "", "")
    inner, _, tail = inside.partition("}")
    answer, _, general = inner.partition("####")
    answer = answer.strip()
    if "{" in tail:
        return Entry(block, Kind.CLOZE, name, form, before.strip(), answer, general)
    words = before.strip()
    if tail.strip():
        words = f"{before.rstrip()} {BLANK}{tail if tail[0].isspace() or not tail[0].isalnum() else ' ' + tail}".strip()
    return Entry(block, kind_of(answer), name, form, words, answer, general.strip())


class _Shelf:
    """The questions of one file as they come, by category, and what is said about each."""

    def __init__(self, source: Source, origin: Origin) -> None:
        self._source = source
        self._origin = origin
        self._items: list[Item] = []
        self._sections: dict[str, tuple[str, list[Question]]] = {}
        self._category = clean_line(source.stem, 300) or "Questions"
        self._ids: set[str] = set()
        self._has_weights = False

    def take(self, entry: Entry | Block) -> None:
        """Take what comes next; raises Invalid when the file holds too much."""
        if len(self._items) >= MOST_QUESTIONS:
            raise Invalid(f"{self._source.name}: holds more than {MOST_QUESTIONS:,} questions.")
        if isinstance(entry, Entry):
            self._items.append(self._item(entry))
        elif entry.category is not None:
            self._category = _section_title(entry.category)
        else:
            title = title_of(unmask(entry.text))
            self._reject(entry, title, "the answer begins with { and is never closed with }")

    def reading(self) -> Reading:
        """Return the whole."""
        return Reading(self._source.name, FORMAT, tuple(self._items), self._test(), self._notes())

    def _reject(self, block: Block, title: str, words: str) -> None:
        identifier = block.identifier or self._origin.new_id("question")
        self._items.append(rejected(identifier, title, [f"line {block.line}: {words}"], block.line))

    def _item(self, entry: Entry) -> Item:
        block = entry.block
        question_id = block.identifier or self._origin.new_id("question")
        notes: tuple[str, ...] = ()
        if question_id in self._ids:
            notes = (f"the id {question_id!r} stands twice in this file; this one got a new id",)
            question_id = self._origin.new_id("question")
        section_id, shelf = self._section()
        try:
            question, lost = make_question(entry, question_id, self._origin, section_id, len(shelf) + 1)
            if problem := problem_of(question):
                raise Invalid(problem)
        except Invalid as error:
            return rejected(question_id, entry.title, [f"line {block.line}: {error.message}"], block.line)
        self._ids.add(question_id)
        self._has_weights = self._has_weights or any(o.weight is not None for o in question.options)
        shelf.append(question)
        notes += lost
        status = Status.APPROXIMATED if notes else Status.KEPT
        return Item(question_id, entry.title, status, notes, block.line, question)

    def _section(self) -> tuple[str, list[Question]]:
        if self._category not in self._sections:
            self._sections[self._category] = (self._origin.new_id("section"), [])
        return self._sections[self._category]

    def _test(self) -> Test | None:
        sections = tuple(self._filled())
        if not sections:
            return None
        return Test(
            test_id=self._origin.new_id("test"),
            title=clean_line(self._source.stem, 300) or "Questions",
            created_at=self._origin.at,
            created_by=self._origin.by,
            duration=DEFAULT_MINUTES,
            is_active=True,
            access_type=AccessType.PRIVATE,
            settings={"marking": "weights"} if self._has_weights else {},
            sections=sections,
        )

    def _filled(self) -> Iterator[Section]:
        filled = ((title, *section) for title, section in self._sections.items() if section[1])
        for order, (title, section_id, questions) in enumerate(filled, 1):
            yield Section(section_id=section_id, title=title, section_order=order, questions=tuple(questions))

    def _notes(self) -> tuple[str, ...]:
        notes = [f"GIFT has no title, time or points: titled after the file, {DEFAULT_MINUTES} minutes, one point each"]
        if self._source.is_guessed:
            notes.append("not UTF-8; read as Windows-1252: look at the accents")
        if self._has_weights:
            notes.append("some options carry weights, so the test is marked by weights")
        return tuple(notes)


def _section_title(path: str) -> str:
    parts = [clean_line(p, 300) for p in path.replace("//", "\ufdee").split("/")]
    named = [p.replace("\ufdee", "/") for p in parts if p and not (p.startswith("$") and p.endswith("$"))]
    return named[-1] if named else clean_line(path, 300) or "Questions"


def make_question(
    entry: Entry, question_id: str, origin: Origin, section_id: str, order: int
) -> tuple[Question, tuple[str, ...]]:
    """Return the question of an entry, with notes of what was approximated; raises Invalid for what has no type."""
    if entry.kind not in _TYPES:
        raise Invalid(f"{entry.kind.value} questions have no type here")
    text = stem(entry.stem, entry.form)
    general = phrase(entry.general, entry.form)
    notes = [*text.notes, *general.notes]
    kind = _TYPES[entry.kind]
    options: tuple[Option, ...] = ()
    if entry.kind is Kind.TRUE_FALSE:
        options = _truth_options(entry, notes)
    elif entry.kind is Kind.CHOICE:
        kind, options = _choice_options(entry, notes)
    question = Question(
        question_id=question_id,
        section_id=section_id,
        type=kind,
        question_text=text.text,
        created_at=origin.at,
        order=order,
        points=ONE,
        options=options,
        tags=tuple(clean_line(t) for t in entry.block.tags),
        feedback=general.text or None,
    )
    return question, tuple(dict.fromkeys(notes))


_TYPES = {Kind.CHOICE: QuestionType.MCQ, Kind.TRUE_FALSE: QuestionType.TRUE_FALSE, Kind.ESSAY: QuestionType.ESSAY}


def _truth_options(entry: Entry, notes: list[str]) -> tuple[Option, ...]:
    is_true = bool(truth(entry.answer))
    wrong, right = (phrase(f, entry.form) for f in truth_feedback(entry.answer))
    notes += [*wrong.notes, *right.notes]
    return tuple(
        Option(
            option_id=letter(place),
            option_text=text,
            is_correct=(place == 0) == is_true,
            option_order=place + 1,
            feedback=(right if (place == 0) == is_true else wrong).text or None,
        )
        for place, text in enumerate(("True", "False"))
    )


def _choice_options(entry: Entry, notes: list[str]) -> tuple[QuestionType, tuple[Option, ...]]:
    given = choices(entry.answer)
    marked = sum(c.is_right for c in given)
    if marked > 1:
        notes.append("several answers are marked with =: Moodle takes any one of them, here all must be chosen")
    several = marked != 1
    texts = [phrase(c.text, entry.form) for c in given]
    feedbacks = [phrase(c.feedback, entry.form) for c in given]
    notes += [n for w in (*texts, *feedbacks) for n in w.notes]
    weights = _weights(given, marked, notes)
    rows = zip(given, texts, feedbacks, weights, strict=True)
    options = tuple(_option(place, row, marked) for place, row in enumerate(rows))
    return (QuestionType.MSQ if several else QuestionType.MCQ), options


def _option(place: int, row: tuple[Choice, Written, Written, Decimal | None], marked: int) -> Option:
    choice, text, feedback, weight = row
    return Option(
        option_id=letter(place),
        option_text=text.text,
        is_correct=choice.is_right if marked else (choice.weight or 0) > 0,
        option_order=place + 1,
        feedback=feedback.text or None,
        weight=weight,
    )


def _weights(given: Sequence[Choice], marked: int, notes: list[str]) -> list[Decimal | None]:
    if all(c.weight is None for c in given):
        if not marked:
            raise Invalid("no answer is marked right")
        return [None] * len(given)
    if marked > 1:
        return [None] * len(given)
    weights: list[Decimal] = [Decimal(int(c.is_right)) if c.weight is None else c.weight for c in given]
    if not marked and abs(sum((w for w in weights if w > 0), -ONE)) > Decimal("0.001"):
        notes.append("the weights of the right answers do not add up to 100")
    return [*weights]
