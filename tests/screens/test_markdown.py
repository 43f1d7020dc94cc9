"""Question text can only ever be text."""

import pytest
from rich.console import Console

from screens.markdown import QuestionMarkdown


def rendered(text: str, width: int = 60) -> str:
    console = Console(width=width, color_system=None, legacy_windows=False)
    with console.capture() as capture:
        console.print(QuestionMarkdown(text))
    return "\n".join(line.rstrip() for line in capture.get().splitlines())


@pytest.mark.parametrize(
    "text",
    [
        "[@click=app.quit]x[/]",
        "[/x]",
        "[bold]not bold[/bold]",
        "<b>html</b> and <script>alert(1)</script>",
        "[link](http://example.org)",
        "<http://example.org>",
        "![picture](file:///etc/passwd)",
        "&lt; &amp; &#x41;",
        "2 * 3 * 4 = 24 and a_b_c",
    ],
)
def test_it_is_shown_as_it_is(text: str) -> None:
    assert rendered(text) == text


def test_no_link_reaches_the_terminal() -> None:
    console = Console(width=60, force_terminal=True, color_system="truecolor")
    with console.capture() as capture:
        console.print(QuestionMarkdown("[a](http://example.org) http://example.com"))
    assert "\x1b]8" not in capture.get()


def test_control_characters_are_gone() -> None:
    assert rendered("a\x1b[2Jb\x07c‮d") == "a[2Jbcd"


def test_line_ends_stay_where_the_author_put_them() -> None:
    assert rendered("first\nsecond\n\nthird") == "first\nsecond\n\nthird"


def test_emphasis_code_lists_and_tables_are_laid_out() -> None:
    text = rendered("A **bold** `word`:\n\n- one\n- two\n\n```python\ndef f():\n    return 1\n```\n\n> quoted")
    assert "A bold word:" in text
    assert " • one" in text
    assert "  def f():\n      return 1" in text
    assert "│ quoted" in text


def test_a_table_keeps_its_cells() -> None:
    text = rendered("| a | b |\n|---|---|\n| 1 | 2 |")
    assert [line.split() for line in text.splitlines() if line.strip()][-1] == ["1", "2"]
