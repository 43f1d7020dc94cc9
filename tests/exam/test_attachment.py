"""Attached files in the rules: which names and texts are taken, and what a paper says of them."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import a_paper, a_paper_with_files, a_question, a_section, a_test
from kiosk.exam.attachment import (
    LARGEST_FILE,
    LARGEST_IN_ALL,
    MOST_FILES,
    AttachedText,
    check_files,
    must_be_attached,
    path_of,
    read_attached,
    remarks_on,
)
from kiosk.exam.error import Invalid, Tampered
from kiosk.exam.outline import Outline
from kiosk.exam.paper import Paper, PaperFile

BEFORE_FILES = "d39fd3777b0e1f60a8d0c69d1e7e11bc96dd01f586b4d0abebda407226fc1feb"
"""Digest of `a_paper()` when papers could name no file."""


def test_a_paper_without_files_is_what_it_always_was() -> None:
    assert a_paper().digest == BEFORE_FILES
    assert "files" not in a_paper().document()


def test_a_paper_with_files_reads_back_and_names_them_in_order() -> None:
    paper, texts = a_paper_with_files(("b.txt", "B"), ("a/a.csv", "x,ü\n"))
    assert [(f.name, f.length) for f in paper.files] == [("a/a.csv", 5), ("b.txt", 1)]
    assert Paper.from_document(json.loads(paper.to_bytes())) == paper
    first, *others = paper.questions.values()
    assert [f.name for f in paper.files_of(first)] == ["b.txt", "a/a.csv"]
    assert not any(paper.files_of(q) for q in others)
    must_be_attached(paper, texts)
    assert b"a.csv" not in Outline.of(paper).to_bytes()


def test_another_text_makes_another_paper() -> None:
    assert a_paper_with_files(("a.txt", "A"))[0].digest != a_paper_with_files(("a.txt", "B"))[0].digest


def wrong_files() -> dict[str, list[object]]:
    paper, _ = a_paper_with_files(("a.txt", "A"), ("b.txt", "B"))
    one, two = paper.document()["files"]
    return {
        "none": [],
        "out of order": [two, one],
        "twice": [one, one],
        "named by nobody": [one, {**two, "name": "c.txt"}],
        "short digest": [{**one, "sha256": "ab"}],
        "capital digest": [{**one, "sha256": one["sha256"].upper()}],
        "no length": [{**one, "length": 0}],
        "surplus": [{**one, "kind": "text"}],
        "missing": [{"name": "a.txt", "length": 1}],
    }


@pytest.mark.parametrize("name", wrong_files())
def test_a_paper_whose_files_are_not_right_is_refused(name: str) -> None:
    paper, _ = a_paper_with_files(("a.txt", "A"), ("b.txt", "B"))
    document = {**json.loads(paper.to_bytes()), "files": wrong_files()[name]}
    with pytest.raises(Invalid):
        Paper.from_document(document)


@pytest.mark.parametrize("name", ["a.txt", "sub/dir/b.MD", "data set.csv", "prog.py", "Karte Süd.txt", "..a.txt"])
def test_a_plain_path_to_text_is_taken(name: str) -> None:
    assert str(path_of(name)) == name


@pytest.mark.parametrize(
    "name",
    [
        "", "/etc/passwd.txt", "../a.txt", "a/../../b.txt", "a/..", "./a.txt", "a//b.txt", "a/./b.txt", "a\\b.txt",
        "file:a.txt", "ftp://x/a.txt", "C:a.txt", "data:text/plain,a.txt", "map.png", "paper.pdf", "a", ".txt",
        "a\nb.txt", " a.txt", "a.txt ", "x" * 200 + ".txt", "a\u202etxt.txt", "See the map on the wall.",
    ],
)  # fmt: skip
def test_what_could_leave_the_folder_or_not_be_shown_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        path_of(name)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"\xff\xfe", "not UTF-8"), (b"a\0b", "not text"), (b"", "empty"), (b" \r\n\t", "empty"),
        ("\u200b".encode(), "empty"), (b"x" * (LARGEST_FILE + 1), "more than 262,144 bytes"),
        (("\ufb2c" * (LARGEST_FILE // 6 + 10)).encode(), "more than 262,144 bytes"),
    ],
)  # fmt: skip
def test_what_is_no_text_or_too_large_is_refused_by_name(raw: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=f"a.txt.*{words}"):
        read_attached("a.txt", raw)


def test_a_text_is_cleaned_and_its_digest_is_of_what_is_kept() -> None:
    read = read_attached("a.txt", b"\xef\xbb\xbfone\r\n\x1b[31mtwo\x07\ttab")
    assert read.text == "one\n[31mtwo\ttab"
    assert read.file == AttachedText("a.txt", read.text).file
    assert read_attached("a.txt", b"x" * LARGEST_FILE).file.length == LARGEST_FILE
    assert read.text not in repr(read)


@given(st.binary(max_size=300))
def test_what_is_taken_is_taken_again_unchanged(raw: bytes) -> None:
    try:
        read = read_attached("a.txt", raw)
    except Invalid:
        return
    assert read_attached("a.txt", read.text.encode()) == read


@pytest.mark.parametrize(
    ("lengths", "taken"),
    [
        ([1] * MOST_FILES, True),
        ([1] * (MOST_FILES + 1), False),
        ([LARGEST_FILE] * 16, True),
        ([LARGEST_FILE] * 16 + [1], False),
        ([LARGEST_FILE + 1], False),
        ([0], False),
    ],
)
def test_so_many_and_so_large_may_they_be(lengths: list[int], taken: bool) -> None:
    assert LARGEST_IN_ALL == 16 * LARGEST_FILE
    files = [PaperFile(f"{n}.txt", "0" * 64, length) for n, length in enumerate(lengths)]
    if taken:
        check_files(files)
        return
    with pytest.raises(Invalid, match=r"attached files"):
        check_files(files)


def test_texts_must_be_exactly_the_ones_the_paper_names() -> None:
    paper, texts = a_paper_with_files(("a.txt", "A"), ("b.txt", "B"))
    (one, a), (two, b) = sorted(texts.items())
    for wrong in (
        {},
        {one: a},
        {**texts, "0" * 64: "C"},
        {one: b, two: a},
        {one: a, two: b + " "},
        {one: a, two: "\ud800"},
    ):
        with pytest.raises(Tampered):
            must_be_attached(paper, wrong)
    with pytest.raises(Tampered):
        must_be_attached(replace(paper, files=tuple(replace(f, length=9) for f in paper.files)), texts)


def test_an_author_is_told_of_each_attachment() -> None:
    names = ("https://example.org/map", "HTTP://x", "a.txt", "map.png")
    off = a_question("off", attachments=("off.png",), is_active=False)
    section = a_section("cells", title="Cells", questions=(a_question("q", attachments=names), off))
    web, also, file, picture = remarks_on(a_test(sections=(section,)))
    assert all(r.startswith("section 'Cells', question 1: ") for r in (web, also, file, picture))
    assert "needs a network" in web
    assert "needs a network" in also
    assert "--attachments" in file
    assert "cannot be published" in picture
