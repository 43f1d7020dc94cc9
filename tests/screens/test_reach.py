"""Everything is reached with the keyboard, in the order it is read, and is shown in glyphs every console has."""

from collections.abc import Callable

import pytest
from fake_desk import ANNA, PIN, a_desk, a_desk_at_work, sample_instructions, sample_result, sample_tests
from small_app import on_stage, parts
from textual.screen import Screen

from screens.candidate.finished import FinishedScreen
from screens.candidate.instructions import InstructionsScreen
from screens.candidate.login import LoginScreen
from screens.candidate.question import QuestionScreen
from screens.candidate.result import ResultScreen
from screens.candidate.review import ReviewScreen
from screens.candidate.tests import TestsScreen
from screens.candidate.who import WhoScreen
from screens.proctor.overlay import OverlayScreen
from screens.state import GLYPHS

CONSOLE_GLYPHS = frozenset(
    " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"
    "─│┌┐└┘├┤┬┴┼═║╔╗╚╝╭╮╯╰█░▒■•▶▲▼←↑→↓…–—·“”€²³≤≥≠∞π\n"
)
"""What Debian's console font Lat15-Terminus can draw."""


def finished() -> FinishedScreen:
    desk = a_desk()
    for number in range(1, 16):
        desk.choose(f"c{number}", [o.option_id for o in desk.paper.questions[f"c{number}"].options[:1]])
    desk.hand_in()
    return FinishedScreen(*parts(desk))


SCREENS: dict[str, Callable[[], Screen[None]]] = {
    "login": lambda: LoginScreen("A12", (("B-1042", "K7QF-2M9D", "Okafor, Anna"),)),
    "who": lambda: WhoScreen(ANNA),
    "tests": lambda: TestsScreen(ANNA, sample_tests(), a_desk(opened=False).notices()),
    "instructions": lambda: InstructionsScreen(ANNA, sample_instructions()),
    "question": lambda: QuestionScreen(*parts(a_desk_at_work())),
    "review": lambda: ReviewScreen(*parts(a_desk_at_work())),
    "finished": finished,
    "result": lambda: ResultScreen(ANNA, sample_result()),
    "overlay": lambda: OverlayScreen("A12", a_desk_at_work().overlay()),
}
ORDER = {
    "login": ["Input#roll-number", "Input#code", "Press#sign-in"],
    "who": ["Press#yes", "Press#no"],
    "tests": ["MarkedList"],
    "instructions": ["Press#start", "Press#back"],
    "question": ["Choices", "Palette"],
    "review": ["MarkedList", "Press#back", "Press#hand-in"],
    "finished": ["Press#sign-out"],
    "result": ["Press#back"],
    "overlay": ["Input#pin"],
}


@pytest.mark.asyncio
@pytest.mark.parametrize("name", SCREENS)
async def test_tab_goes_through_a_screen_in_the_order_it_is_read(name: str) -> None:
    async with on_stage(SCREENS[name]()) as stage:
        chain = stage.app.screen.focus_chain
        assert [f"{type(w).__name__}#{w.id}" if w.id else type(w).__name__ for w in chain] == ORDER[name]
        seen = set()
        for _ in chain:
            await stage.press("tab")
            assert stage.app.focused is not None
            seen.add(stage.app.focused)
        assert seen == set(chain)
        places = [(w.region.y, w.region.x) for w in chain if name != "question"]
        assert places == sorted(places)


@pytest.mark.asyncio
@pytest.mark.parametrize(("sections", "order"), [(0, ["Stem", "Choices", "Palette"]), (2, ["Editor", "Palette"])])
async def test_tab_reaches_a_long_text_and_leaves_an_editor(sections: int, order: list[str]) -> None:
    desk = a_desk()
    async with on_stage(QuestionScreen(*parts(desk)), desk) as stage:
        await stage.press(*["f6"] * sections, *(() if sections else ("f4", "1", "0", "enter")))
        assert [type(w).__name__ for w in stage.app.screen.focus_chain] == order
        await stage.press("tab")
        assert type(stage.app.focused).__name__ == "Palette"


@pytest.mark.asyncio
async def test_an_editor_for_programs_is_left_with_escape() -> None:
    desk = a_desk()
    async with on_stage(QuestionScreen(*parts(desk)), desk) as stage:
        await stage.press("f6", "f6", "pagedown", "tab")
        assert type(stage.app.focused).__name__ == "Editor"
        await stage.press("escape")
        assert type(stage.app.focused).__name__ == "Examples"


@pytest.mark.asyncio
@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)])
@pytest.mark.parametrize("name", SCREENS)
async def test_every_glyph_is_in_the_console_s_font(name: str, size: tuple[int, int]) -> None:
    async with on_stage(SCREENS[name](), size=size) as stage:
        assert set(stage.text) <= CONSOLE_GLYPHS
        await stage.press("f1")
        assert set(stage.text) <= CONSOLE_GLYPHS


@pytest.mark.asyncio
async def test_forms_and_dialogs_keep_to_those_glyphs_too() -> None:
    desk = a_desk_at_work()
    screen = OverlayScreen("A12", desk.overlay(), True)
    async with on_stage(screen, desk) as stage:
        await stage.press(*PIN, "enter")
        screen.show_unlocked("Mbeki, T.")
        for letter in "peimhlq":
            await stage.press(letter)
            assert set(stage.text) <= CONSOLE_GLYPHS
            await stage.press("escape")
    async with on_stage(QuestionScreen(*parts(desk)), desk, size=(60, 20)) as stage:
        for keys in (("f4",), ("escape", "f5"), ("escape", "f4", "1", "0", "enter")):
            await stage.press(*keys)
            assert set(stage.text) <= CONSOLE_GLYPHS


@pytest.mark.asyncio
async def test_without_colour_every_state_has_a_glyph_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    desk = a_desk_at_work()
    async with on_stage(QuestionScreen(*parts(desk)), desk) as stage:
        await stage.press("b")
        assert stage.app.no_color
        assert len(set(GLYPHS.values())) == 5
        for cell in (" 1■", " 3▒", " 6•", " 5·", " 8 ", "[ 7■]"):
            assert cell in stage.text
        for words in ("answered ", "answered+flag", "flagged", "seen, empty", "not seen", "▶ B  (•)", "chosen"):
            assert words in stage.text
        colours = {
            part
            for strip in stage.app.screen._compositor.render_strips()
            for segment in strip
            if segment.style
            for part in (segment.style.color, segment.style.bgcolor)
            if part and part.triplet
        }
        assert colours
        assert all(c.triplet.red == c.triplet.green == c.triplet.blue for c in colours)


@pytest.mark.asyncio
@pytest.mark.parametrize("name", SCREENS)
async def test_what_has_the_focus_is_marked_by_more_than_colour(name: str) -> None:
    async with on_stage(SCREENS[name]()) as stage:
        focused = stage.app.focused
        assert focused is not None
        area = focused.region
        rows = stage.text.splitlines()[area.y : area.bottom]
        marked = any("▶" in row[area.x : area.right] for row in rows)
        assert marked or type(focused).__name__ in ("Input", "MarkedList")


@pytest.mark.asyncio
@pytest.mark.parametrize("name", SCREENS)
async def test_every_binding_has_an_id_and_words(name: str) -> None:
    async with on_stage(SCREENS[name]()) as stage:
        for node in (stage.app.screen, *stage.app.screen.focus_chain):
            if not type(node).__module__.startswith("screens"):
                continue
            for binding in type(node).__dict__.get("BINDINGS", ()):
                assert binding.id
                assert binding.tooltip or not binding.show
