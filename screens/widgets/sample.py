"""Shows one widget alone with sample data: `python -m screens.widgets.palette`."""

from textual.app import App, ComposeResult
from textual.widget import Widget

from screens.theme import register_themes


def show(*widgets: Widget) -> None:
    """Run an App of these widgets until ctrl+q."""
    Sample(*widgets).run()


class Sample(App[None]):
    """The smallest App a widget can stand in."""

    def __init__(self, *widgets: Widget) -> None:
        super().__init__()
        register_themes(self)
        self._widgets = widgets

    def compose(self) -> ComposeResult:
        yield from self._widgets
