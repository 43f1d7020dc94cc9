"""What every screen has: help on F1, themes on F7, and widths it knows how to live with."""

from typing import ClassVar

from textual.binding import Binding
from textual.screen import Screen

from screens.theme import next_theme

BREAKPOINTS = [(0, "-narrow"), (76, "-normal"), (110, "-wide")]


class Page(Screen[None]):
    """Base of every full screen."""

    HORIZONTAL_BREAKPOINTS = BREAKPOINTS
    HELP: ClassVar[str] = ""
    """What this screen is for, in a sentence or two, above its keys."""
    BINDINGS = [
        Binding("f1", "help", "Help", id="page.help", tooltip="Show this help"),
        Binding("f7", "theme", "Colours", id="page.theme", tooltip="Change the colours: quiet, light, high contrast"),
    ]

    def action_help(self) -> None:
        """Show what this screen is for and its keys."""
        from screens.help import HelpDialog

        self.app.push_screen(HelpDialog(self.HELP, self.key_rows()))

    def action_theme(self) -> None:
        """Go to the next theme."""
        self.app.theme = next_theme(self.app.theme)

    def key_rows(self) -> list[tuple[str, str]]:
        """Return keys and what they do here: every binding that has a tooltip."""
        rows: dict[str, list[str]] = {}
        for key, active in self.active_bindings.items():
            words = active.tooltip or active.binding.tooltip
            if words and active.node is not self.app:
                rows.setdefault(words, []).append(key_name(key))
        # a letter is bound in both cases and is one key
        return [(" or ".join(dict.fromkeys(keys)), words) for words, keys in rows.items()]

    def show_refusal(self, message: str, wait_seconds: int = 0) -> None:
        """Say why something was not done."""
        from screens.notice import NoticeDialog
        from screens.widgets.waitline import with_wait

        self.app.push_screen(NoticeDialog("Not now", with_wait(message, wait_seconds)))


_NAMES = {
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "escape": "Esc",
    "ctrl": "Ctrl",
    "shift": "Shift",
    "slash": "/",
    "asterisk": "*",
    "equals_sign": "=",
}


def key_name(key: str) -> str:
    """Return a key as it is printed on a keyboard: "Ctrl+Down", "PgUp", "F9"."""
    return "+".join(_NAMES.get(part, part.capitalize() if len(part) > 1 else part.upper()) for part in key.split("+"))
