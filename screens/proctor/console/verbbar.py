"""The keys of the console, the most needed first; each can be clicked."""

from textual import events
from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget

Verb = tuple[str, str, str]
"""Key, word, and the action of the screen a click runs."""


class VerbBar(Widget):
    """Shows as many keys as fit, and none cut in half; the last of them, the help, always."""

    DEFAULT_CSS = """
    VerbBar {
        height: 1;
        background: $panel;
        color: $muted;
    }
    """

    def __init__(self, verbs: tuple[Verb, ...]) -> None:
        """`verbs`: the most needed first; what does not fit is left to F1."""
        super().__init__()
        self._verbs = verbs

    def _shown(self) -> list[Verb]:
        *verbs, last = self._verbs
        room = self.size.width - 1 - _width(last)
        shown = []
        for verb in verbs:
            room -= _width(verb)
            if room < 0:
                break
            shown.append(verb)
        return [*shown, last]

    def render(self) -> RenderResult:
        pieces = [Content.assemble((key, "bold $accent"), f" {word}  ") for key, word, _ in self._shown()]
        return Content.assemble(" ", *pieces)

    async def on_click(self, event: events.Click) -> None:
        """A click is the key."""
        right = 1
        for verb in self._shown():
            right += _width(verb)
            if event.x < right:
                await self.screen.run_action(verb[2])
                return


def _width(verb: Verb) -> int:
    return len(verb[0]) + len(verb[1]) + 3


if __name__ == "__main__":
    from screens.widgets.sample import show

    show(VerbBar((("P", "pause", "verb('P')"), ("F1", "help", "help"))))
