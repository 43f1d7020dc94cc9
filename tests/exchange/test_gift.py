"""GIFT case by case: what comes in, what is approximated, what is refused on which line."""

import time
from decimal import Decimal

import pytest

from kiosk.exam.draft import Question, QuestionType
from kiosk.exam.error import Invalid
from kiosk.exam.press import print_test
from kiosk.exchange import gift
from kiosk.exchange.gift import read_gift
from kiosk.exchange.gift_answer import share
from kiosk.exchange.origin import Origin
from kiosk.exchange.report import Reading, Status
from kiosk.exchange.source import Source, decode


def read(text: str) -> Reading:
    """Return the reading of a GIFT text."""
    return read_gift(Source("quiz.gift", text), Origin.rehearsed())


def only(text: str) -> Question:
    """Return the one question of a GIFT text."""
    reading = read(text)
    assert [i.status for i in reading.items] != [Status.REJECTED], reading.items[0].notes
    (item,) = reading.items
    assert item.question is not None
    return item.question


def right(question: Question) -> list[str]:
    """Return the texts of the right options."""
    return [o.option_text for o in question.options if o.is_correct]


def refusals(text: str) -> list[tuple[int | None, str]]:
    """Return line and words of each refusal."""
    return [(i.line, n) for i in read(text).items if i.status is Status.REJECTED for n in i.notes]


@pytest.mark.parametrize(
    ("text", "kind", "options", "correct"),
    [
        ("Who?{~Grant ~Jefferson =no one}", QuestionType.MCQ, ["Grant", "Jefferson", "no one"], ["no one"]),
        ("Who?{=no one~Grant}", QuestionType.MCQ, ["no one", "Grant"], ["no one"]),
        ("Which?{~\\= 2 + 2 =\\= 2 + 3}", QuestionType.MCQ, ["= 2 + 2", "= 2 + 3"], ["= 2 + 3"]),
        ("Which?{~%50%a ~%50%b ~%-100%c}", QuestionType.MSQ, ["a", "b", "c"], ["a", "b"]),
        ("All?{~%50%a ~%50%b ~c}", QuestionType.MSQ, ["a", "b", "c"], ["a", "b"]),
        ("Is it?{T}", QuestionType.TRUE_FALSE, ["True", "False"], ["True"]),
        ("Is it?{ false }", QuestionType.TRUE_FALSE, ["True", "False"], ["False"]),
        ("Why?{}", QuestionType.ESSAY, [], []),
        ("Why?{ \n }", QuestionType.ESSAY, [], []),
        ("Which?{=df['columna']~ %run x}", QuestionType.MCQ, ["df['columna']", "%run x"], ["df['columna']"]),
        ("Which?{~go -> there =come -> here}", QuestionType.MCQ, ["go -> there", "come -> here"], ["come -> here"]),
        ("Which?{\n=a\\~b\n~{c\n}", QuestionType.MCQ, ["a~b", "{c"], ["a~b"]),
    ],
)
def test_kinds_and_choices(text: str, kind: QuestionType, options: list[str], correct: list[str]) -> None:
    question = only(text)
    assert question.type is kind
    assert [o.option_text for o in question.options] == options
    assert right(question) == correct
    assert [o.option_id for o in question.options] == [chr(ord("A") + n) for n in range(len(options))]
    assert question.points == 1


@pytest.mark.parametrize(
    ("text", "stem"),
    [
        ("::Name:: Question?{T}", "Question?"),
        ("::Name with \\: in it::Question\\: really?{T}", "Question: really?"),
        ("Unescaped: and = in a stem?{T}", "Unescaped: and = in a stem?"),
        ("Grant is {~buried =entombed} in a tomb.", "Grant is _____ in a tomb."),
        ("He came from {\n~A\n=B\n}.", "He came from _____."),
        ("{~A =B} is right", "_____ is right"),
        ("first\n//a comment\nsecond{T}", "first\nsecond"),
        ("one\\ntwo{T}", "one\ntwo"),
        ("a \\\\ and \\{ and \\} and \\# and \\~{T}", "a \\ and { and } and # and ~"),
        ("*not* bold{T}", "\\*not\\* bold"),
        ("[markdown]*soft* &lt;b&gt; `&lt;`{T}", "*soft* <b> `&lt;`"),
        ("[html]<p>a <b>b</b></p>{T}", "a **b**"),
        ("[plain]a <b>b</b> *c*{T}", "a <b>b</b> \\*c\\*"),
        ("[moodle]a <b>b</b>\nc{T}", "a **b**\nc"),
        ("[HTML] a&eacute;{T}", "aé"),
        ("if x<y and y>z{T}", "if x<y and y>z"),
    ],
)
def test_stems(text: str, stem: str) -> None:
    assert only(text).question_text == stem


def test_options_take_the_format_of_the_question_or_their_own() -> None:
    question = only("[html]<p>q</p>{=<b>a</b>#<i>well</i> ~[plain]<b>b</b> ~[markdown]*c*####<p>in general</p>}")
    assert [o.option_text for o in question.options] == ["a", "<b>b</b>", "*c*"]
    assert question.options[0].feedback == "well"
    assert question.feedback == "in general"


@pytest.mark.parametrize(
    ("answer", "true", "false"),
    [
        ("TRUE#wrong#right", "right", "wrong"),
        ("FALSE#wrong#right", "wrong", "right"),
        ("F#wrong", "wrong", None),
        ("T##right", "right", None),
    ],
)
def test_true_false_feedback_is_for_the_wrong_answer_first(answer: str, true: str | None, false: str | None) -> None:
    assert [o.feedback for o in only(f"q{{{answer}}}").options] == [true, false]


def test_ids_and_tags_stand_in_comments_before_the_question() -> None:
    reading = read("// [id:q\\:1] [tag:a]\n// [tag:b]\n::N::Why?{}\n\nAnd?{}\n")
    first, second = reading.items
    assert (first.identifier, first.title) == ("q:1", "N")
    assert first.question is not None
    assert first.question.tags == ("a", "b")
    assert second.question is not None
    assert second.question.tags == ()


def test_an_id_that_stands_twice_is_made_new() -> None:
    reading = read("// [id:7]\nWhy?{}\n\n// [id:7]\nHow?{}\n")
    assert [i.identifier for i in reading.items] == ["7", "question-1"]
    assert reading.items[1].status is Status.APPROXIMATED


def test_categories_become_sections_in_their_order() -> None:
    text = "q0{}\n\n$CATEGORY: $course$/top/Cells\nq1{}\n\n$CATEGORY: A//B\n\nq2{}\n\n$CATEGORY: x/Cells\n\nq3{}\n"
    test = read(text).test
    assert test is not None
    assert [(s.title, [q.question_text for q in s.questions]) for s in test.sections] == [
        ("quiz", ["q0"]),
        ("Cells", ["q1", "q3"]),
        ("A/B", ["q2"]),
    ]
    assert [[q.order for q in s.questions] for s in test.sections] == [[1], [1, 2], [1]]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a{T}\nb{F}\n", [1, 2]),
        ("a{T}\n::b::b{F}\n::c::c{F}\n", [1, 2, 3]),
        ("a{T}\n// [id:9]\nb{F}\n", [1, 3]),
        ("a{T}\n$CATEGORY: c\nb{F}\n", [1, 3]),
        ("a{\n=b\n\n~c\n}\n\nd{T}", [1, 7]),
        ("a{T}\r\n\r\nb{F}\r\n", [1, 3]),
        ("\ufeffa{T}\n\nb{F}", [1, 3]),
        ("a{T}\n\n\n\nb{F}", [1, 5]),
    ],
)
def test_questions_are_told_apart_without_tidy_blank_lines(text: str, lines: list[int]) -> None:
    reading = read_gift(decode("quiz.gift", text.encode()), Origin.rehearsed())
    assert [i.line for i in reading.items] == lines
    assert all(i.status is Status.KEPT for i in reading.items)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a{T}\n\nb{=c ~d\n\ne{F}\n\nf{T}", 3, "the answer begins with { and is never closed with }"),
        ("a{=c ~d", 1, "the answer begins with { and is never closed with }"),
        ("\n\nWhat?{=one =two}", 3, "short answer questions have no type here"),
        ("When?{#1822:5}", 1, "numerical questions have no type here"),
        ("Match.{=a->b =c->d}", 1, "matching questions have no type here"),
        ("Read this.", 1, "description questions have no type here"),
        ("{1:MULTICHOICE:=a~b}", 1, "cloze (embedded answers) questions have no type here"),
        ("a {=b ~c} and {=d ~e}", 1, "cloze (embedded answers) questions have no type here"),
        ("a{~b ~c}", 1, "no answer is marked right"),
        ("a{~%150%b ~c}", 1, "the weight %150% is more than 100"),
        ("a{=b ~}", 1, "an option has no text"),
        ("a{=b ~[html]<script>x</script>}", 1, "an option has no text"),
        ("{=b ~c}\n", 1, "there is no text"),
    ],
)
def test_each_refusal_has_its_line_and_reason(text: str, line: int, words: str) -> None:
    assert refusals(text) == [(line, f"line {line}: {words}")]


def test_one_refused_question_costs_no_other() -> None:
    reading = read("a{T}\n\nb{=c ~d\n\ne{F}\n\nf{=x =y}\n\ng{}")
    assert [i.status is Status.REJECTED for i in reading.items] == [False, True, False, True, False]
    assert reading.test is not None
    assert print_test(reading.test)[0].questions.keys() == {"question-1", "question-3", "question-5"}


def test_several_right_answers_of_a_single_choice_are_approximated() -> None:
    reading = read("Name the seasons{=spring =summer ~easter}")
    (item,) = reading.items
    assert item.status is Status.APPROXIMATED
    assert "all must be chosen" in item.notes[0]
    assert item.question is not None
    assert item.question.type is QuestionType.MSQ
    assert right(item.question) == ["spring", "summer"]


def test_weights_are_kept_and_the_test_is_marked_by_them() -> None:
    reading = read("Hard.{~wrong ~%50%half =full}\n\nMany.{~%33.33333%a ~%33.33333%b ~%33.33333%c ~%-33.33333%d}")
    single, several = (i.question for i in reading.items)
    assert single is not None
    assert several is not None
    assert [o.weight for o in single.options] == [Decimal(0), Decimal("0.5"), Decimal(1)]
    third = Decimal("0.333333333333333333")
    assert [o.weight for o in several.options] == [third, third, third, -third]
    assert reading.test is not None
    assert reading.test.settings == {"marking": "weights"}
    print_test(reading.test)
    assert all(i.status is Status.KEPT for i in reading.items)


def test_weights_that_do_not_add_up_are_said() -> None:
    assert read("q{~%50%a ~%20%b ~c}").items[0].notes == ("the weights of the right answers do not add up to 100",)


@pytest.mark.parametrize(
    ("percent", "meant"),
    [
        ("50", "0.5"),
        ("-100", "-1"),
        ("33", "0.33"),
        ("33.3", "0.333333333333333333"),
        ("83.33333", "0.833333333333333333"),
        ("16.66667", "0.166666666666666667"),
        ("14.28571", "0.142857142857142857"),
        ("11.11111", "0.111111111111111111"),
        ("12.5", "0.125"),
        ("66,66667", "0.666666666666666667"),
        ("0", "0"),
    ],
)
def test_percentages_mean_exact_shares(percent: str, meant: str) -> None:
    assert share(percent) == Decimal(meant)


def test_windows_letters_are_read_and_said() -> None:
    source = decode("quiz.gift", "Où est l'été ?{T}".encode("cp1252"))
    reading = read_gift(source, Origin.rehearsed())
    assert reading.items[0].question is not None
    assert reading.items[0].question.question_text == "Où est l'été ?"
    assert any("Windows-1252" in n for n in reading.notes)


def test_sixteen_bit_letters_are_read() -> None:
    source = decode("quiz.gift", "::q::Ünï {=a ~b}".encode("utf-16"))
    assert read_gift(source, Origin.rehearsed()).items[0].title == "q"


@pytest.mark.parametrize(
    "text",
    [
        "::t::" + "a\\" * 50_000 + "{~x =y}",
        "q{" + "~%50%x" * 20_000 + "}",
        "{\n\n" * 40_000,
        "q{\n\na{" * 20_000,
        "::" * 100_000,
        "{" * 200_000,
        "}" * 200_000,
        "// [id:" * 30_000,
        "[html]" + "<a " * 60_000 + "{}",
        "[markdown]" + "`" * 100_000 + "{}",
        "$$" * 100_000 + "{}",
        "\\(" * 100_000 + "{}",
        "_" * 100_000 + "{}",
        "a\n" * 100_000 + "{}",
    ],
)
def test_hostile_texts_take_no_more_time_than_their_length(text: str) -> None:
    began = time.process_time()
    read(text)
    assert time.process_time() - began < 10


def test_a_file_holds_only_so_many_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gift, "MOST_QUESTIONS", 3)
    with pytest.raises(Invalid, match=r"quiz\.gift: holds more than 3 questions"):
        read("q{T}\n\n" * 4)


def test_a_bank_is_read_by_the_thousand() -> None:
    text = "".join(f"::Q{n}::What is {n} + {n}?{{~{n} ={n + n}#Well done ~{n + 1}}}\n\n" for n in range(5_000))
    began = time.process_time()
    reading = read(text)
    spent = time.process_time() - began
    assert reading.count(Status.KEPT) == 5_000
    assert spent < 5, f"{5_000 / spent:.0f} questions a second"
