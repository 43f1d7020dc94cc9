"""What stands before the question while it must not be seen."""

from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from kiosk.exam.attempt import Phase

WORDS = {
    Phase.PAUSED: ("The exam is paused", "The clock has stopped. The proctor will resume it."),
    Phase.LOCKED: ("This seat is locked", "The clock has stopped. Please raise your hand."),
    Phase.MOVED: ("This sitting goes on at another seat", "Please follow the proctor."),
    Phase.NEW: ("The exam has not begun", "Please wait."),
}
"""Title and advice for each phase in which no question is shown."""


class Cover(Widget):
    """A calm page that hides everything behind it, and says why."""

    DEFAULT_CSS = """
    Cover {
        display: none;
        width: 1fr;
        height: 1fr;
        content-align: center middle;
        text-align: center;
        padding: 0 4;
    }
    """

    words: reactive[tuple[str, str]] = reactive(("", ""))

    def render(self) -> RenderResult:
        title, advice = self.words
        return Content.assemble((f"║  {title}  ║", "bold $urgent"), "\n\n", advice)


if __name__ == "__main__":
    from screens.widgets.sample import show

    cover = Cover()
    cover.styles.display = "block"
    cover.words = WORDS[Phase.PAUSED]
    show(cover)
