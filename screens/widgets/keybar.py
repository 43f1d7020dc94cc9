"""The footer's lower line: the keys that matter here, the most needed first."""

from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

Keys = tuple[tuple[str, str, int], ...]
"""Key, word, and how readily it gives way where the line is short: the highest goes first."""


class KeyBar(Widget):
    """Shows as many keys as fit, and none cut in half; F1 tells them all."""

    DEFAULT_CSS = """
    KeyBar {
        height: 1;
        background: $panel;
        color: $muted;
    }
    """

    keys: reactive[Keys] = reactive(())

    def __init__(self, keys: Keys = ()) -> None:
        super().__init__()
        self.set_reactive(KeyBar.keys, keys)

    def render(self) -> RenderResult:
        shown = list(self.keys)
        while len(shown) > 1 and sum(len(k) + len(w) + 3 for k, w, _ in shown) > self.size.width:
            shown.remove(max(shown, key=lambda k: k[2]))
        return Content(" ").join(
            [Content(""), *(Content.assemble((key, "bold $accent"), f" {word} ") for key, word, _ in shown)]
        )


if __name__ == "__main__":
    from screens.widgets.sample import show

    show(KeyBar((("A-D", "choose", 0), ("PgDn", "next", 1), ("F2", "flag", 3), ("F9", "review", 2))))
