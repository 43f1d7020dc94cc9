"""How far an answer is safe, in words that fit."""

import pytest
from rich.cells import cell_len

from kiosk.views.candidate import SaveState
from kiosk.views.desk import LinkState
from screens.level import level_words

AT = "2031-05-06T10:41:02.000Z"
SEAT = SaveState(0, AT)
HALL = SaveState(0, AT, AT)
UP = LinkState(is_connected=True, hall="Hall 2")
BEHIND = LinkState(is_connected=True, hall="Hall 2", behind=4)
LOST = LinkState(is_connected=False, hall="Hall 2", since="2031-05-06T10:40:31.000Z", behind=9)
NEVER = LinkState(is_connected=False, hall="Hall 2")
ALONE = LinkState(is_connected=True)


@pytest.mark.parametrize(
    ("saved", "link", "behind", "room", "words"),
    [
        (SaveState(0), UP, 0, 70, "Nothing to save yet"),
        (SaveState(0), LOST, 0, 70, "Nothing to save yet · hall lost since 10:40"),
        (SEAT, None, 0, 70, "Saved: this seat 10:41:02"),
        (SEAT, ALONE, 0, 70, "Saved: this seat 10:41:02"),
        (SEAT, UP, 0, 70, "Saved: this seat 10:41:02 · hall: on its way"),
        (HALL, UP, 0, 70, "Saved: this seat 10:41:02 · hall 10:41:02 · central after the exam"),
        (HALL, UP, 0, 50, "Saved: this seat 10:41:02 · hall 10:41:02"),
        (HALL, BEHIND, 4, 50, "Saved: this seat 10:41:02 · hall 10:41:02"),
        (HALL, BEHIND, 34, 50, "Saved: this seat 10:41:02 · hall: 34 s behind"),
        (HALL, BEHIND, 200, 50, "Saved: this seat 10:41:02 · hall: 3 min behind"),
        (HALL, LOST, 34, 110, "Saved: this seat 10:41:02 · hall lost since 10:40; your work is safe on this seat"),
        (HALL, LOST, 34, 70, "Saved: this seat 10:41:02 · hall lost since 10:40; your work is safe"),
        (HALL, LOST, 34, 50, "Saved: this seat 10:41:02 · hall lost since 10:40"),
        (SEAT, NEVER, 0, 50, "Saved: this seat 10:41:02 · hall not reached"),
        (SaveState(0, AT, AT, AT), UP, 0, 70, "Saved: this seat 10:41:02 · hall 10:41:02 · central 10:41:02"),
    ],
)
def test_the_levels_in_words(saved: SaveState, link: LinkState | None, behind: int, room: int, words: str) -> None:
    assert level_words(saved, link, behind, room) == words
    assert cell_len(words) <= room
