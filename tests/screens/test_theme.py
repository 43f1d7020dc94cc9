"""Every theme can be read: contrast by WCAG, and states told apart with any colour vision."""

from itertools import combinations

import pytest
from textual.color import Color

from screens.state import STATES
from screens.theme import THEMES, colours, make_theme, next_theme

VGA = [
    "#000000", "#aa0000", "#00aa00", "#aa5500", "#0000aa", "#aa00aa", "#00aaaa", "#aaaaaa",
    "#555555", "#ff5555", "#55ff55", "#ffff55", "#5555ff", "#ff55ff", "#55ffff", "#ffffff",
]  # fmt: skip
TEXT = ("foreground", "muted", "accent", "urgent", *STATES)
GROUNDS = ("background", "surface", "panel")

# Machado, Oliveira, Fernandes 2009: full protanopia, deuteranopia, tritanopia, on linear RGB
VISIONS = {
    "all": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def linear(colour: str) -> list[float]:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    return [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.2."""
    light, dark = sorted(
        (sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear(c), strict=True)) for c in (one, other)),
        reverse=True,
    )
    return (light + 0.05) / (dark + 0.05)


def lab(colour: str, vision: str) -> tuple[float, float, float]:
    """Return CIE L*a*b* (D65) of a colour as a kind of vision sees it."""
    seen = [max(0.0, min(1.0, sum(m * p for m, p in zip(r, linear(colour), strict=True)))) for r in VISIONS[vision]]
    to_xyz = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    x, y, z = (
        sum(m * p for m, p in zip(row, seen, strict=True)) / white
        for row, white in zip(to_xyz, (0.95047, 1.0, 1.08883), strict=True)
    )
    fx, fy, fz = (t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def difference(one: str, other: str, vision: str) -> float:
    """Return the colour difference CIE76."""
    return sum((a - b) ** 2 for a, b in zip(lab(one, vision), lab(other, vision), strict=True)) ** 0.5


def test_the_measures_are_right() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert lab("#ff0000", "all") == pytest.approx((53.2, 80.1, 67.2), abs=0.2)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("ink", TEXT)
def test_text_has_a_contrast_of_four_and_a_half(theme: str, ground: str, ink: str) -> None:
    given = colours(theme)
    assert contrast(given[ink], given[ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_the_text_of_questions_has_a_contrast_of_seven(theme: str) -> None:
    given = colours(theme)
    assert contrast(given["foreground"], given["background"]) >= 7
    assert contrast(given["foreground"], given["surface"]) >= 7


@pytest.mark.parametrize("theme", THEMES)
def test_what_has_the_focus_can_be_read_and_seen(theme: str) -> None:
    given = colours(theme)
    assert contrast(given["on-accent"], given["accent"]) >= 4.5
    assert contrast(given["background"], given["urgent"]) >= 4.5
    assert contrast(given["accent"], given["background"]) >= 3


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ink", ["foreground", "muted", "urgent", "answered", "both", "flagged"])
def test_what_is_selected_can_be_read(theme: str, ink: str) -> None:
    given = colours(theme)
    assert contrast(given[ink], given["chosen"]) >= 4.5
    assert given["chosen"] != given["background"]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", GROUNDS)
def test_rules_and_borders_have_a_contrast_of_three(theme: str, ground: str) -> None:
    given = colours(theme)
    assert contrast(given["rule"], given[ground]) >= 3


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("vision", VISIONS)
def test_states_differ_for_every_vision(theme: str, vision: str) -> None:
    given = colours(theme)
    close = {
        (a, b): round(difference(given[a], given[b], vision), 1)
        for a, b in combinations(STATES, 2)
        if difference(given[a], given[b], vision) < 12
    }
    assert not close


@pytest.mark.parametrize("name", colours("contrast"))
def test_the_contrast_theme_is_made_of_the_console_s_own_colours(name: str) -> None:
    assert colours("contrast")[name] in VGA


@pytest.mark.parametrize("theme", THEMES)
def test_a_theme_is_whole(theme: str) -> None:
    made = make_theme(theme)
    variables = {**made.to_color_system().generate(), **made.variables}
    for name in (*STATES, "muted", "rule", "urgent", "on-accent", "foreground", "background", "panel", "accent"):
        assert Color.parse(variables[name])
    assert set(colours(theme)) == set(colours(THEMES[0]))


def test_themes_go_round() -> None:
    seen = [THEMES[0]]
    while (following := next_theme(seen[-1])) != THEMES[0]:
        seen.append(following)
    assert tuple(seen) == THEMES
    assert next_theme("textual-dark") == THEMES[0]
