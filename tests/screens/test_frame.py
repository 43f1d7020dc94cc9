"""What stands together in one painted frame."""

from collections.abc import Callable

import pyte
import pytest
from fake_desk import FakeDesk, a_desk, a_desk_at_work, writing
from small_app import SmallApp, Stage, on_stage, parts, settle
from textual._compositor import CompositorUpdate

from screens.candidate.question import QuestionScreen

pytestmark = pytest.mark.asyncio


async def frames_of(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that grows by what can be read on the terminal after each paint from now on."""
    terminal, frames = pyte.Screen(80, 24), []
    stream = pyte.Stream(terminal)
    display = SmallApp._display

    def show(app: SmallApp, screen: object, renderable: object) -> None:
        display(app, screen, renderable)
        if isinstance(renderable, CompositorUpdate):
            stream.feed(renderable.render_segments(app.console))
            frames.append("\n".join(terminal.display))

    monkeypatch.setattr(SmallApp, "_display", show)
    stage.app.screen.refresh()
    await settle(stage.pilot)
    assert "Saved: this seat" in frames[-1]
    return frames


@pytest.mark.parametrize(
    ("make_desk", "key", "shown"),
    [
        (a_desk_at_work, "b", "B  (•)"),
        (a_desk_at_work, "f2", "• flagged"),
        (a_desk_at_work, "pagedown", "Question 8 of"),
        (lambda: a_desk(sections=(writing(),)), "z", "z"),
    ],
)
async def test_what_no_desk_has_heard_of_never_stands_beside_saved(
    make_desk: Callable[[], FakeDesk], key: str, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with on_stage(QuestionScreen(*parts(make_desk()))) as stage:
        frames = await frames_of(stage, monkeypatch)
        before = frames[-1].count(shown)
        await stage.press(key)
        after = [frame for frame in frames if frame.count(shown) > before]
        assert after, frames[-1]
        assert not any("Saved: this seat" in frame for frame in after)
        assert all("Saving …" in frame for frame in after)
