"""HTML becomes words: marks into Markdown, media into their names, scripts into nothing."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.exchange.html_text import flatten, looks_like_html
from screens.markdown import QuestionMarkdown

STEMS = [
    ("<p>The sun rises in which direction?</p>", "The sun rises in which direction?"),
    ("<p>one</p>\n<p>two</p>", "one\n\ntwo"),
    ("one<br>two<br/>three", "one\ntwo\nthree"),
    ("a <b>bold</b> and <em>soft</em> word", "a **bold** and *soft* word"),
    ("a<strong> spaced </strong>word", "a **spaced** word"),
    ("run <code>x*y</code>", "run `x*y`"),
    ("2 * 3 = <i>six</i>", "2 \\* 3 = *six*"),
    ("H<sub>2</sub>O and x<sup>n</sup>", "H₂O and xⁿ"),
    ("x<sub>Q</sub>", "x\\_(Q)"),
    ("<ul><li>one</li><li>two</li></ul>", "- one\n- two"),
    ("<ol>\n<li>one</li>\n<li>two</li>\n</ol>", "1. one\n2. two"),
    ("<pre>\n  if x:\n    *y*\n</pre>after", "```\n  if x:\n    *y*\n```\n\nafter"),
    ("caf&eacute; &amp; &#8364; &nbsp; end", "café & € end"),
    ("# not a heading<br>1. not a list", "\\# not a heading\n1\\. not a list"),
    ("if x<y and y>z, or a<b", "if x<y and y>z, or a<b"),
    ("<o:p>kept</o:p> <unknown>kept</unknown>", "<o:p>kept</o:p> <unknown>kept</unknown>"),
    ("before<!-- hidden -->after", "beforeafter"),
    ("&lt;script&gt;shown&lt;/script&gt;", "<script>shown</script>"),
    ("<b>never closed", "never closed"),
    ("closed only</b></p></ul></pre>", "closed only"),
    ("<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>", "a | b\n1 | 2"),
]


@pytest.mark.parametrize(("html", "text"), STEMS)
def test_markdown_of(html: str, text: str) -> None:
    assert flatten(html, markdown=True)[0] == text


def test_plain_text_has_no_marks() -> None:
    html = "<p>a <b>bold</b> * <code>x</code></p><pre>y\n z</pre>"
    assert flatten(html, markdown=False)[0] == "a bold * x\n\ny\n z"


def test_lines_are_kept_only_where_asked_for() -> None:
    assert flatten("one\ntwo <b>x</b>", markdown=True)[0] == "one two **x**"
    assert flatten("one\n\ntwo <b>x</b>", markdown=True, keep_lines=True)[0] == "one\n\ntwo **x**"


@pytest.mark.parametrize(
    ("html", "text", "note"),
    [
        ("a<script>alert('b')</script>c", "ac", "<script> was taken out"),
        ("a<SCRIPT >alert(1)</SCRIPT>c", "ac", "<script> was taken out"),
        ("a<style>p {}</style>c", "ac", "<style> was taken out"),
        ("a<iframe src='x'>b</iframe>c", "ac", "<iframe> was taken out"),
        ("a<script>never ended", "a", "<script> was taken out"),
        ("<img src=\"a b.png\" alt='A map'>", "[picture: A map]", "a picture could not be brought: a b.png"),
        ("<img onerror='alert(1)' src=x>", "[picture]", "a picture could not be brought: x"),
        ('<a href="javascript:alert(1)">click</a>', "click", "a link was taken out: javascript:alert(1)"),
        ("<video src='v.mp4'></video>seen", "[video]seen", "a video could not be brought: v.mp4"),
        ("<table><tr><td>1</td></tr></table>", "1", "a table became lines of text"),
        ("<math><mi>x</mi></math>", "x", "a formula became plain text"),
    ],
)
def test_what_is_lost_is_said(html: str, text: str, note: str) -> None:
    assert flatten(html, markdown=True) == (text, (note,))


def test_nothing_that_acts_is_left_in_the_words() -> None:
    html = "<p onclick='x()'>a</p><svg onload=alert(1)>z</svg><p style='position:fixed'>b</p>"
    assert flatten(html, markdown=True)[0] == "a\n\nb"


TAGS = ["<b>", "</b>", "<i>", "</i>", "<code>", "</code>", "<sub>", "</sub>", "<br>", "<p>", "</p>", "<pre>", "</pre>"]
WORDS = [*"ab12 *_`#>-.)\\(", "__", " _ ", "**", "```"]


@given(st.lists(st.sampled_from([*TAGS, *WORDS]), max_size=14).map("".join))
def test_the_screen_shows_the_same_words_with_and_without_marks(html: str) -> None:
    marked = flatten(html, markdown=True)[0]
    inlines = [t for t in QuestionMarkdown(marked).parsed if t.type in ("inline", "fence")]
    pieces = [c.content for t in inlines for c in (t.children or [t])]
    plain = flatten(html, markdown=False)[0]
    assert squeezed("".join(pieces)) == squeezed(plain)


def squeezed(text: str) -> str:
    """Return a text without blanks."""
    return "".join(text.split())


@given(st.text("<>/apb!-&;\"'= \n", max_size=60))
def test_every_word_outside_tags_stays(text: str) -> None:
    flat, _ = flatten(text, markdown=False)
    if not looks_like_html(text) and "<!--" not in text:
        assert "".join(flat.split()) == "".join(text.split())


@pytest.mark.parametrize(
    "piece", ["<a ", "<!--", "<a b='", '<a b="', "<p", "</", "<b>", "<ul><li>", "&#", "<pre>", "<sub>", "<img alt="]
)
def test_time_grows_with_the_length_only(piece: str) -> None:
    html = piece * (100_000 // len(piece))
    began = time.process_time()
    flatten(html, markdown=True)
    assert time.process_time() - began < 5
