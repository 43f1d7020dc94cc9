"""Question text as Markdown that can only ever be text: no links, no images, no HTML, no console markup."""

from typing import ClassVar

from markdown_it import MarkdownIt
from markdown_it.token import Token
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import BlockQuote, CodeBlock, Heading, Markdown, MarkdownElement
from rich.padding import Padding
from rich.segment import Segment
from rich.style import Style
from rich.syntax import Syntax, SyntaxTheme
from rich.text import Text
from rich.theme import Theme

from kiosk.exam.text import clean_text

_OFF = ["link", "image", "autolink", "html_inline", "html_block", "reference", "entity"]
STYLES = Theme(
    {
        "markdown.code": "bold",
        "markdown.code_block": "none",
        "markdown.block_quote": "italic",
        "markdown.h1": "bold",
        "markdown.h2": "bold",
        "markdown.h3": "bold",
        "markdown.item.bullet": "none",
        "markdown.item.number": "none",
        "markdown.table.border": "none",
        "markdown.table.header": "bold",
        "markdown.hr": "none",
    }
)
"""Weight instead of colour, so that every theme and a console without colour show the same."""


class _PlainSyntax(SyntaxTheme):
    """Program text by weight alone: key words bold, comments italic."""

    def get_style_for_token(self, token_type: object) -> Style:
        name = str(token_type)
        return Style(bold="Keyword" in name or None, italic="Comment" in name or None)

    def get_background_style(self) -> Style:
        return Style()


class _Code(CodeBlock):
    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        code = str(self.text).rstrip("\n")
        yield Padding(Syntax(code, self.lexer_name, theme=_PlainSyntax(), word_wrap=True), (0, 0, 0, 2))


class _Heading(Heading):
    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text(self.text.plain, style="bold")


class _Quote(BlockQuote):
    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        inner = options.update(width=max(4, options.max_width - 2))
        for line in console.render_lines(self.elements, inner, style=self.style):
            yield Segment("│ ")
            yield from line
            yield Segment.line()


class QuestionMarkdown(Markdown):
    """Rich's Markdown with every active element off and line ends kept as the author set them."""

    elements: ClassVar[dict[str, type[MarkdownElement]]] = {
        **Markdown.elements,
        "fence": _Code,
        "code_block": _Code,
        "heading_open": _Heading,
        "blockquote_open": _Quote,
    }

    def __init__(self, text: str) -> None:
        cleaned = clean_text(text)
        super().__init__(cleaned, hyperlinks=False)
        parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable(_OFF)
        self.parsed = _with_line_ends(parser.parse(cleaned))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        with console.use_theme(STYLES):
            yield from list(super().__rich_console__(console, options))


def _with_line_ends(tokens: list[Token]) -> list[Token]:
    for token in tokens:
        for child in token.children or ():
            if child.type == "softbreak":
                child.type = "hardbreak"
    return tokens
