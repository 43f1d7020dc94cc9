"""The keys of the console, the most needed first; each can be clicked."""

from textual.app import RenderResult
from textual.content import Content
from textual.style import Style
from textual.widget import Widget

Verbs = tuple[tuple[str, str, str], ...]
"""Key, word, and the action of the screen a click runs; the first come first, what does not fit is left to F1."""


class VerbBar(Widget):
    """Shows as many keys as fit, and none cut in half; the last of them, the help, always."""

    DEFAULT_CSS = """
    VerbBar {
        height: 1;
        background: $panel;
        color: $muted;
    }
    """

    def __init__(self, verbs: Verbs) -> None:
        super().__init__()
        self._verbs = verbs

    def render(self) -> RenderResult:
        *verbs, last = self._verbs
        room = self.size.width - 1 - _width(last)
        shown = []
        for verb in verbs:
            room -= _width(verb)
            if room < 0:
                break
            shown.append(verb)
        return Content.assemble(" ", *(_piece(*verb) for verb in (*shown, last)))


def _width(verb: tuple[str, str, str]) -> int:
    return len(verb[0]) + len(verb[1]) + 3


def _piece(key: str, word: str, action: str) -> Content:
    click = Style.from_meta({"@click": action})
    return Content.assemble((key, "bold $accent"), (f" {word}", "")).stylize(click) + Content("  ")
