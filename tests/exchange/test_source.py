"""A file becomes text only if it is a plain, small text file; its encoding is found and guessed ones are said."""

import os
from pathlib import Path

import pytest

from kiosk.exam.error import Invalid
from kiosk.exchange import source
from kiosk.exchange.origin import Origin
from kiosk.exchange.reader import look_at, read_file
from kiosk.exchange.report import Status
from kiosk.exchange.source import decode, read_source

WORDS = "Où est l'été ?\n"


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-32", "utf-32"),
        ("cp1252", "windows-1252"),
    ],
)
def test_encodings_are_found(encoding: str, found: str) -> None:
    read = decode("a.gift", WORDS.encode(encoding))
    assert (read.text, read.encoding) == (WORDS, found)
    assert read.is_guessed == (found == "windows-1252")


def test_line_ends_become_line_feeds() -> None:
    assert decode("a", b"a\r\nb\rc\n").text == "a\nb\nc\n"


@pytest.mark.parametrize("content", [b"\x00\x01\x02", b"PK\x03\x04\x00\x00", b"\xff\xfe\x00", "ab".encode("utf-16-le")])
def test_what_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid, match=r"a\.yaml: is not a text file"):
        decode("a.yaml", content)


def test_a_file_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "LARGEST_BYTES", 1024 * 1024)
    path = tmp_path / "big.gift"
    path.write_bytes(b"a" * (1024 * 1024 + 1))
    with pytest.raises(Invalid, match=r"big\.gift: is larger than 1 MB"):
        read_source(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a pipe with a name")
def test_only_plain_files_are_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.gift")
    for name in ("pipe.gift", "nothing.gift"):
        with pytest.raises(Invalid, match="there is no such file"):
            read_source(tmp_path / name)


def test_a_folder_is_said_to_be_one(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"this is a folder\. Give the question files"):
        read_source(tmp_path)


@pytest.mark.parametrize(
    ("name", "form"),
    [("a.yaml", "native"), ("a.YML", "native"), ("a.json", "native"), ("a.gift", "gift"), ("a.txt", "gift")],
)
def test_the_name_says_which_reader(tmp_path: Path, name: str, form: str) -> None:
    path = tmp_path / name
    path.write_text("Is it?{T}\n")
    assert read_file(path, Origin.rehearsed()).format == form


def test_a_file_that_cannot_be_read_is_an_item_of_the_report(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(b"x")
    reading = look_at(path, Origin.rehearsed())
    assert reading.format == "unknown"
    assert [(i.status, i.line) for i in reading.items] == [(Status.REJECTED, None)]
    assert reading.items[0].notes[0].startswith("unknown kind of file; known are")
    assert not reading.is_clean
