"""The colours of all screens: themes a person can choose between, all made for legibility."""

from collections.abc import Mapping
from typing import Any

from textual.app import App
from textual.theme import Theme

from screens.state import STATES

_COLOURS: Mapping[str, Mapping[str, str]] = {
    "quiet": {
        "background": "#14171a",
        "surface": "#1a1e22",
        "panel": "#1f2429",
        "foreground": "#d6d9dc",
        "muted": "#a0a8af",
        "rule": "#6b747c",
        "accent": "#8fc1e8",
        "on-accent": "#14171a",
        "chosen": "#202d38",
        "urgent": "#f0b35a",
        "answered": "#3ae8b3",
        "both": "#5098ea",
        "flagged": "#edace0",
        "seen": "#ce925c",
        "unseen": "#999999",
    },
    "light": {
        "background": "#f7f6f2",
        "surface": "#ffffff",
        "panel": "#ebe9e3",
        "foreground": "#1c2024",
        "muted": "#4c545b",
        "rule": "#7d858c",
        "accent": "#0b4f85",
        "on-accent": "#ffffff",
        "chosen": "#dde9f3",
        "urgent": "#8a3800",
        "answered": "#22754c",
        "both": "#10284a",
        "flagged": "#74156c",
        "seen": "#8f400f",
        "unseen": "#4e4e4e",
    },
    # only the sixteen colours of a plain console, so that nothing is approximated there
    "contrast": {
        "background": "#000000",
        "surface": "#000000",
        "panel": "#000000",
        "foreground": "#ffffff",
        "muted": "#aaaaaa",
        "rule": "#aaaaaa",
        "accent": "#ffff55",
        "on-accent": "#000000",
        "chosen": "#0000aa",
        "urgent": "#ffff55",
        "answered": "#55ff55",
        "both": "#55ffff",
        "flagged": "#ff55ff",
        "seen": "#ff5555",
        "unseen": "#aaaaaa",
    },
}
THEMES = tuple(_COLOURS)
"""Names of the themes, in the order F7 goes through them."""


def colours(name: str) -> Mapping[str, str]:
    """Return the colours of a theme by what they are for."""
    return _COLOURS[name]


def make_theme(name: str) -> Theme:
    """Return one theme for Textual, with every derived colour pinned that our screens show."""
    given = _COLOURS[name]
    return Theme(
        name=name,
        primary=given["accent"],
        secondary=given["accent"],
        accent=given["accent"],
        warning=given["urgent"],
        error=given["urgent"],
        success=given["answered"],
        foreground=given["foreground"],
        background=given["background"],
        surface=given["surface"],
        panel=given["panel"],
        dark=name != "light",
        variables={
            **{k: v for k, v in given.items() if k in (*STATES, "muted", "rule", "urgent", "on-accent", "chosen")},
            "border": given["accent"],
            "border-blurred": given["rule"],
            "input-cursor-background": given["foreground"],
            "input-cursor-foreground": given["background"],
            "input-selection-background": given["accent"],
            "input-selection-foreground": given["on-accent"],
            "block-cursor-background": given["accent"],
            "block-cursor-foreground": given["on-accent"],
            "block-cursor-text-style": "bold",
            "block-cursor-blurred-background": given["panel"],
            "block-cursor-blurred-foreground": given["foreground"],
            "block-cursor-blurred-text-style": "none",
            "scrollbar": given["rule"],
            "scrollbar-hover": given["accent"],
            "scrollbar-active": given["accent"],
            "scrollbar-background": given["panel"],
            "scrollbar-background-hover": given["panel"],
            "scrollbar-background-active": given["panel"],
            "scrollbar-corner-color": given["panel"],
        },
    )


def register_themes(app: App[Any]) -> None:
    """Give an App the themes and choose the first; scrollbars are drawn without eighth blocks from here on."""
    from textual.scrollbar import ScrollBar

    from screens.widgets.scrollbar import PlainScrollBar

    ScrollBar.renderer = PlainScrollBar
    for name in THEMES:
        app.register_theme(make_theme(name))
    app.theme = THEMES[0]


def next_theme(name: str) -> str:
    """Return the theme after `name`."""
    place = THEMES.index(name) if name in THEMES else -1
    return THEMES[(place + 1) % len(THEMES)]
