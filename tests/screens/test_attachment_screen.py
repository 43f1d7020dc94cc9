"""Attached files on the screen: opened over the question by one key, read as plain text, and covered by a pause."""

import pytest
from fake_desk import FILES, PIN, FakeDesk, a_desk_at_work, a_desk_with_files
from small_app import on_stage, parts

from kiosk.exam.grant import Act
from kiosk.views.desk import ActRequest
from screens.candidate.attachment import AttachmentScreen
from screens.candidate.question import QuestionScreen

pytestmark = pytest.mark.asyncio


def shown(desk: FakeDesk) -> QuestionScreen:
    return QuestionScreen(*parts(desk))


async def test_a_question_tells_of_its_files_and_of_the_key() -> None:
    desk = a_desk_with_files()
    async with on_stage(shown(desk), desk) as stage:
        assert "Attached, shown by F10: field/leaf_data.csv, readme.md" in stage.words("Stem")
        assert "https://example.org/map (needs a network)" in stage.words("Stem")
        assert "F10 attached (2)" in stage.text.splitlines()[23]
        await stage.press("pagedown")
        assert "F10" not in stage.text


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 20)])
async def test_the_key_opens_the_first_file_and_esc_goes_back(size: tuple[int, int]) -> None:
    desk = a_desk_with_files()
    async with on_stage(shown(desk), desk, size=size) as stage:
        await stage.press("b", "f10")
        assert isinstance(stage.app.screen, AttachmentScreen)
        lines = stage.text.splitlines()
        assert lines[0].endswith("left")
        assert "[1 field/leaf_data.csv]" in lines[1]
        assert "place,cells,[b]note[/b]" in lines[3]
        assert "more ▼" in stage.text
        await stage.press("escape")
        assert isinstance(stage.app.screen, QuestionScreen)
        assert desk.state().answers["c1"].option_ids == (desk.sheet().sections[0].questions[0].options[1].option_id,)


async def test_a_file_is_read_to_its_end_by_keys() -> None:
    desk = a_desk_with_files()
    async with on_stage(shown(desk), desk) as stage:
        await stage.press("f10", "down")
        assert "leaf 1,1" in stage.text.splitlines()[3]
        await stage.press("pagedown")
        assert "leaf 1,1," not in stage.text
        await stage.press("end")
        assert "leaf 60,3600," in stage.text
        assert "end ▲ 100 %" in stage.text
        await stage.press("home")
        assert "place,cells" in stage.text


async def test_tab_goes_round_the_files_and_each_stays_where_it_was() -> None:
    desk = a_desk_with_files()
    async with on_stage(shown(desk), desk) as stage:
        await stage.press("f10", "pagedown", "tab")
        assert "[2 readme.md]" in stage.text
        assert "# How it was counted" in stage.text
        assert "[@click=app.quit]x[/] and [/x] and <b>y</b>" in stage.text
        assert "    Tabs stay, and 漢字 too." in stage.text
        await stage.press("tab")
        assert "place,cells" not in stage.text
        assert "leaf 2" in stage.text
        await stage.press("shift+tab")
        assert "# How it was counted" in stage.text


async def test_where_nothing_is_attached_the_key_does_nothing() -> None:
    desk = a_desk_at_work()
    async with on_stage(shown(desk), desk) as stage:
        await stage.press("f10")
        assert isinstance(stage.app.screen, QuestionScreen)
        assert "Attached" not in stage.text


async def test_a_pause_covers_a_file_that_is_being_read() -> None:
    desk = a_desk_with_files()
    async with on_stage(shown(desk), desk) as stage:
        await stage.press("f10")
        desk.act(PIN, ActRequest(act=Act.PAUSE, reason="power"))
        stage.app.tell()
        await stage.press("pagedown", "tab")
        assert "leaf" not in stage.text
        desk.act(PIN, ActRequest(act=Act.RESUME, reason="power"))
        stage.app.tell()
        await stage.press()
        assert "leaf 1,1" in stage.text


async def test_the_time_runs_on_and_a_section_that_shuts_closes_the_file() -> None:
    desk = a_desk_with_files()
    async with on_stage(shown(desk), desk) as stage:
        await stage.press("f10")
        stage.app.pass_time(60_000)
        await stage.press()
        assert "1:59:00 left" in stage.text
        stage.app.pass_time(40 * 60_000)
        await stage.press()
        assert not isinstance(stage.app.screen, AttachmentScreen)


async def test_a_long_line_is_folded_and_nothing_of_it_is_lost() -> None:
    words = [f"word{n}" for n in range(400)]
    desk = a_desk_with_files(("one_line.txt", " ".join(words) + "x" * 300))
    async with on_stage(shown(desk), desk) as stage:
        await stage.press("f10")
        assert "Attached to question 1: one_line.txt" in stage.text
        assert "Tab" not in stage.text.splitlines()[23]
        lines = stage.app.screen.file.lines()
        assert " ".join(line.text.strip() for line in lines).split()[:399] == words[:399]
        assert sum(line.text.count("x") for line in lines) == 300
        assert max(line.cell_length for line in lines) <= 78


async def test_help_names_every_key_of_the_reading() -> None:
    desk = a_desk_with_files()
    async with on_stage(shown(desk), desk, size=(120, 40)) as stage:
        await stage.press("f10", "f1")
        for words in ("Back to the question", "Next file", "One page down", "To the end"):
            assert words in stage.text
    assert len(FILES) == 2
