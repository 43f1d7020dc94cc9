"""What the console's terminal makes of bytes that come faster than any hand types."""

import pytest

from kiosk.apps.terminal import EscapeParser

BURST = "Thirty minutes are left, please."


@pytest.mark.parametrize(
    ("data", "keys"),
    [
        (["\x1b/"], ["escape", "slash"]),
        (["\x1b", "l"], ["escape", "l"]),
        (["\x1b[A\x1bp"], ["up", "escape", "p"]),
        (["\x1b\x1b[A"], ["escape", "up"]),
        (["\x1bOP\x1bOQ"], ["f1", "f2"]),
        (["\x1b", "[A"], ["up"]),
        ([f"\x1bn{BURST}\x1bOS"], ["escape", "n", *BURST, "f4"]),
        (["é\x1bé"], ["é", "escape", "é"]),
    ],
)
def test_an_escape_is_a_key_of_its_own_whatever_follows(data: list[str], keys: list[str]) -> None:
    parser = EscapeParser()
    found = [event for piece in data for event in parser.feed(piece)]
    names = {"space": " ", "comma": ",", "full_stop": "."}
    assert [names.get(event.key, event.key) for event in found] == [names.get(key, key) for key in keys]
