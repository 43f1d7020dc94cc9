"""Plain text put into a Markdown field reads on the screen as it was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.exam.text import clean_text
from kiosk.exchange.markdown_text import escape
from screens.markdown import QuestionMarkdown

MARKS = "*_`#>-+=|~[](){}<>!&.:0123456789\\ ab\n"


def shown(text: str) -> list[str]:
    """Return the lines the question screen makes of a text, and fail on anything but plain lines."""
    lines: list[str] = []
    for token in QuestionMarkdown(text).parsed:
        assert token.type in ("paragraph_open", "inline", "paragraph_close"), token.type
        if token.type == "inline":
            parts = []
            for child in token.children or ():
                assert child.type in ("text", "hardbreak", "text_special"), child.type
                parts.append("\n" if child.type == "hardbreak" else child.content)
            lines += "".join(parts).split("\n")
    return [line.strip() for line in lines]


def written(text: str) -> list[str]:
    """Return the lines of a text that are not empty."""
    return [line.strip() for line in text.split("\n") if line.strip()]


@pytest.mark.parametrize(
    "text",
    [
        "2 * 3 * 4",
        "*args and **kwargs",
        "__init__ and snake_case_name",
        "Grant is _____ in Grant's tomb.",
        "_____",
        "# not a heading",
        "> not a quotation",
        "- not an item",
        "1. not an item either",
        "1986) neither",
        "a\n===",
        "a\n---",
        "a | b\n--- | ---\n1 | 2",
        "`code` and ```fence```",
        "```\nnot a fence\n```",
        "~~~\nnot a fence\n~~~",
        "~~not struck~~",
        "C:\\new\\*.txt",
        "\\(x^2\\)",
        "    not a code block",
        "a\n    not a code block",
        "x < y and y > z &amp; so on",
        "[not](http://a.link) ![nor](a picture)",
        "a  \nb\\\nc",
        "***",
        "+",
    ],
)
def test_marks_are_shown_as_they_are(text: str) -> None:
    assert shown(escape(text)) == written(text)


@given(st.text(MARKS, max_size=40))
def test_whatever_the_marks_the_screen_shows_them(text: str) -> None:
    assert shown(escape(text)) == written(text)


@given(st.text(max_size=40))
def test_any_text_is_shown_as_it_was_cleaned(text: str) -> None:
    cleaned = clean_text(text)
    assert "".join("".join(line.split()) for line in shown(escape(cleaned))) == "".join(cleaned.split())


def test_plain_prose_is_not_touched() -> None:
    prose = "What's between orange and green (in the spectrum)? It is 2-3 = yes, e.g. a.b_c!"
    assert escape(prose) == prose
