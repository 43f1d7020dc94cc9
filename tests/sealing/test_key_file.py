"""A key's turn-over: whatever is cut off on the way, there is always a whole key, and the old ones still open."""

import os

import pytest

from kiosk.exam.error import Invalid, KioskError, Refused
from kiosk.sealing import key_file
from kiosk.sealing.age import seal_to
from kiosk.sealing.key import KeyFolder


def a_turn(folder, name="hall"):
    keys = KeyFolder(folder)
    if not keys.has_signing(name):
        keys.make_signing(name), keys.make_identity(name)
        keys.keep_chain(name, ("old",))
    keys.make_signing(f"{name}.next"), keys.make_identity(f"{name}.next")
    keys.keep_chain(f"{name}.next", ("new",))
    return keys


def test_the_new_key_stands_and_the_old_ones_still_open(tmp_path):
    sealed, keys = [], a_turn(tmp_path)
    for number in (1, 2, 3):
        if number > 1:
            a_turn(tmp_path)
        sealed.append(seal_to([keys.recipient("hall")], f"{number}".encode()))
        coming = keys.public("hall.next")
        assert keys.turn_over("hall") == f"hall.{number}"
        assert (keys.public("hall"), keys.signing("hall").public, keys.chain("hall")) == (coming, coming, ("new",))
    sealed.append(seal_to([keys.recipient("hall")], b"4"))
    assert [keys.identity("hall").open(s) for s in sealed] == [b"1", b"2", b"3", b"4"]
    assert keys.predecessors("hall") == ("hall.1", "hall.2", "hall.3")
    assert keys.chain("hall.1") == ("old",)


def test_without_a_next_key_nothing_turns(tmp_path):
    KeyFolder(tmp_path).make_signing("hall")
    with pytest.raises(Refused):
        KeyFolder(tmp_path).turn_over("hall")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["hall.ed25519", "hall.ed25519.pub"]


class Cut(Exception):
    """The power went."""


@pytest.mark.parametrize("step", range(11))
def test_a_power_cut_at_any_step_leaves_a_whole_key(tmp_path, monkeypatch, step):
    keys = a_turn(tmp_path)
    sealed = seal_to([keys.recipient("hall")], b"before")
    coming, taken = keys.public("hall.next"), []

    def cut_at(call):
        def cutting(*arguments):
            taken.append(call)
            if len(taken) > step:
                raise Cut
            return call(*arguments)

        return cutting

    with monkeypatch.context() as patch:
        patch.setattr(key_file.os, "link", cut_at(os.link))
        patch.setattr(key_file.Path, "replace", cut_at(key_file.Path.replace))
        patch.setattr(key_file.Path, "unlink", cut_at(key_file.Path.unlink))
        with pytest.raises(Cut):
            keys.turn_over("hall")
    again = KeyFolder(tmp_path)
    assert again.signing("hall").public == again.public("hall") == coming
    assert again.identity("hall").recipient == again.recipient("hall")
    assert again.identity("hall").open(sealed) == b"before"
    assert (again.chain("hall"), again.chain("hall.1")) == (("new",), ("old",))
    assert not [p.name for p in tmp_path.iterdir() if "next" in p.name or "turning" in p.name]


def test_a_damaged_marker_is_said(tmp_path):
    keys = a_turn(tmp_path)
    (tmp_path / "hall.turning").write_text("nothing\n")
    with pytest.raises(Invalid, match="damaged"):
        keys.public("hall")


def test_a_file_is_replaced_whole(tmp_path):
    path = tmp_path / "key"
    key_file.write_new(path, b"one", 0o600)
    with pytest.raises(FileExistsError):
        key_file.write_new(path, b"two", 0o600)
    (tmp_path / "key.new").write_bytes(b"left by a cut")
    key_file.replace_file(path, b"three", 0o600)
    assert (path.read_bytes(), [p.name for p in tmp_path.iterdir()]) == (b"three", ["key"])
    with pytest.raises(KioskError):
        key_file.read_line(tmp_path / "none")
