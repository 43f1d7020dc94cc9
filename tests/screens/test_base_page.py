"""Bases of screens and widgets leave verbs to what stands on them; Textual's metaclass lets no ABC hold them to it."""

import pytest

import screens.proctor.console.card
import screens.proctor.console.console
import screens.widgets.filetext
import screens.widgets.stem  # noqa: F401 - what stands on the bases is known once it is loaded
from screens.proctor.console.consolepage import ConsolePage
from screens.proctor.console.selecting import SelectingPage
from screens.widgets.passage import Passage

LEFT = {
    ConsolePage: ("subjects", "say", "show_state"),
    SelectingPage: ("here", "repaint"),
    Passage: ("make_lines",),
}


def below(base: type) -> set[type]:
    return {leaf for kind in base.__subclasses__() for leaf in (below(kind) or {kind})}


@pytest.mark.parametrize("base", LEFT, ids=lambda base: base.__name__)
def test_what_stands_on_a_base_has_its_verbs(base: type) -> None:
    leaves = below(base)
    assert leaves
    for leaf in leaves:
        for verb in LEFT[base]:
            assert getattr(leaf, verb) is not getattr(base, verb), f"{leaf.__name__}.{verb}"
