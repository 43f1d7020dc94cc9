"""Hypothesis strategies of drafts as a careful author might write them."""

from decimal import Decimal

from hypothesis import strategies as st

from builders import NOON
from kiosk.exam.draft import AccessType, Option, Question, QuestionType, Section, Test
from kiosk.exam.text import clean_line, clean_text

_LETTERS = st.characters(exclude_categories=("Cc", "Cs", "Cn"), exclude_characters="\u2028\u2029")
_ODD = st.sampled_from(
    ["{", "}", "~", "=", "#", ":", "::", "\\", "\\n", "%50%", "->", "[html]", "//", "- ", "'", '"', "é"]
)


def lines(longest: int = 20) -> st.SearchStrategy[str]:
    """Return one line of text that cleaning leaves alone, never blank."""
    pieces = st.lists(st.one_of(_LETTERS, _ODD, st.sampled_from("abc 12")), min_size=1, max_size=longest)
    return pieces.map("".join).map(lambda t: clean_line(t, 300)).filter(lambda t: bool(t) and clean_line(t, 300) == t)


def texts() -> st.SearchStrategy[str]:
    """Return a text of one or more lines that cleaning leaves alone."""
    joined = st.lists(lines(), min_size=1, max_size=3).map("\n".join)
    return joined.filter(lambda t: clean_text(t).strip("\n") == t)


def points() -> st.SearchStrategy[Decimal]:
    """Return points as authors give them."""
    return st.decimals(0, 1000, places=2, allow_nan=False).map(lambda d: d.normalize() + 0)


_MAYBE_TEXT = st.none() | texts()
_MAYBE_FLAG = st.none() | st.booleans()


@st.composite
def choice_questions(draw: st.DrawFn) -> Question:
    """Return an MCQ, MSQ or True/False whose texts differ."""
    kind = draw(st.sampled_from([QuestionType.MCQ, QuestionType.MSQ, QuestionType.TRUE_FALSE]))
    if kind is QuestionType.TRUE_FALSE:
        words = ["True", "False"]
    else:
        words = draw(st.lists(lines(), min_size=2, max_size=5, unique=True))
    some = st.sets(st.integers(0, len(words) - 1), min_size=1)
    right = draw(some) if kind is QuestionType.MSQ else {draw(st.integers(0, len(words) - 1))}
    options = tuple(
        Option(
            option_id=f"o{n}",
            option_text=text,
            is_correct=n in right,
            option_order=n + 1,
            feedback=draw(st.none() | lines()),
        )
        for n, text in enumerate(words)
    )
    return Question(
        question_id=f"q{draw(st.integers(0, 10**9))}",
        type=kind,
        question_text=draw(texts()),
        created_at=NOON,
        order=1,
        points=draw(points()),
        options=options,
        tags=tuple(draw(st.lists(st.sampled_from(["cells", "easy", "Grün"]), max_size=2, unique=True))),
        feedback=draw(_MAYBE_TEXT),
    )


@st.composite
def open_questions(draw: st.DrawFn) -> Question:
    """Return an Essay or a Coding question with limits, starter and rubric."""
    return Question(
        question_id=f"w{draw(st.integers(0, 10**9))}",
        type=draw(st.sampled_from([QuestionType.ESSAY, QuestionType.CODING])),
        question_text=draw(texts()),
        created_at=NOON,
        order=draw(st.integers(0, 99)),
        points=draw(points()),
        is_active=draw(st.booleans()),
        question_bank_id=draw(st.none() | st.just("bank 1")),
        hints=tuple(draw(st.lists(texts(), max_size=2))),
        attachments=tuple(draw(st.lists(lines(), max_size=2))),
        shuffle=draw(_MAYBE_FLAG),
        min_words=draw(st.none() | st.integers(0, 50)),
        max_words=draw(st.none() | st.integers(50, 500)),
        language=draw(st.none() | st.sampled_from(["python", "c++", "sql"])),
        starter=draw(st.none() | texts().map(lambda t: f"  {t}\n\n")),
        examples=tuple(draw(st.lists(st.tuples(st.just("") | texts(), texts().map(lambda t: t + "\n")), max_size=2))),
        rubric=draw(_MAYBE_TEXT),
        feedback=draw(_MAYBE_TEXT),
    )


@st.composite
def drafts(draw: st.DrawFn) -> Test:
    """Return a whole draft."""
    questions = draw(
        st.lists(choice_questions() | open_questions(), min_size=1, max_size=4, unique_by=lambda q: q.question_id)
    )
    cut = draw(st.integers(1, len(questions)))
    parts = [p for p in (questions[:cut], questions[cut:]) if p]
    sections = tuple(_section(draw, n, part) for n, part in enumerate(parts))
    return Test(
        test_id=draw(lines()),
        title=draw(lines()),
        description=draw(_MAYBE_TEXT),
        created_at=NOON,
        created_by="author-1",
        duration=draw(st.integers(1, 600)),
        is_active=draw(st.booleans()),
        access_type=draw(st.sampled_from(AccessType)),
        max_attempts=draw(st.none() | st.integers(1, 9)),
        pass_score=draw(st.none() | points()),
        randomized_questions=draw(_MAYBE_FLAG),
        randomized_options=draw(_MAYBE_FLAG),
        test_version=draw(st.none() | lines()),
        tags=tuple(draw(st.lists(lines(), max_size=2))),
        instructions=draw(_MAYBE_TEXT),
        sections=sections,
        settings=draw(st.sampled_from([{}, {"captureSeconds": "30", "hintCost": "0.5", "warnMinutes": ""}])),
    )


def _section(draw: st.DrawFn, number: int, questions: list[Question]) -> Section:
    from dataclasses import replace

    section_id = f"s{number}"
    return Section(
        section_id=section_id,
        title=draw(lines()),
        section_order=draw(st.integers(0, 9)),
        instructions=draw(_MAYBE_TEXT),
        duration=draw(st.none() | st.integers(1, 99)),
        is_mandatory=draw(_MAYBE_FLAG),
        questions=tuple(replace(q, section_id=section_id) for q in questions),
    )
