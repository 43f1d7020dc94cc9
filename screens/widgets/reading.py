"""A text that is read from top to bottom, and says while there is more of it below."""

from dataclasses import dataclass

from textual.message import Message

from screens.widgets.pages import Pages


class Reading(Pages):
    """Shows its screen where it is."""

    DEFAULT_CSS = """
    Reading {
        height: 1fr;
        scrollbar-size-vertical: 1;
    }
    """

    @dataclass
    class Moved(Message):
        """It shows another part, or has another size."""

        cue: str
        """How much has been shown, while there is more: "more ▼ 37 %"."""

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Tell where it is now."""
        super().watch_scroll_y(old_value, new_value)
        self._tell()

    def on_resize(self) -> None:
        """Tell once its text has been laid out."""
        self.call_after_refresh(self._tell)

    def _tell(self) -> None:
        left = self.max_scroll_y - self.scroll_offset.y
        shown = self.scroll_offset.y + self.size.height
        percent = 100 * shown // max(1, self.virtual_size.height)
        self.post_message(self.Moved(f"more ▼ {percent} %" if left > 0 else ""))
