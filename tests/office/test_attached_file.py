"""Publishing with attached files: read from the author's folder, fixed with the paper, or nothing is done at all."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from builders import a_question, a_section, a_test
from examination import author
from kiosk.exam.attachment import LARGEST_FILE
from kiosk.exam.error import Invalid, Refused, Tampered
from kiosk.office import draft, publication
from kiosk.office.office import Office


def keep(office: Office, *attachments: str, test_id: str = "biology-2", prefix: str = "") -> str:
    """Keep a draft whose second question has attachments, and return its id."""
    first = a_question(f"{prefix}q1", order=1, section_id=f"{prefix}cells")
    second = a_question(f"{prefix}q2", order=2, section_id=f"{prefix}cells", attachments=attachments)
    section = a_section(f"{prefix}cells", title="Cells", questions=(first, second))
    test = a_test(test_id=test_id, sections=(section,))
    return draft.keep(office, author(office), test).test_id


def publish(office: Office, folder: Path | None, test_id: str = "biology-2"):
    return publication.publish(office, author(office), test_id, folder)


def test_what_a_candidate_may_read_is_fixed_when_the_paper_is_printed(office: Office, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "leaf.csv").write_text("leaf,2\r\n")
    (tmp_path / "note.txt").write_text("Read me.")
    keep(office, "note.txt", "https://example.org/map", "data/leaf.csv", "note.txt")
    paper = publish(office, tmp_path)
    assert [f.name for f in paper.files] == ["data/leaf.csv", "note.txt"]
    (tmp_path / "note.txt").write_text("Something else.")
    texts = publication.attachments_of(office, publication.paper_of(office, "biology-2"))
    assert {f.name: texts[f.sha256] for f in paper.files} == {"data/leaf.csv": "leaf,2\n", "note.txt": "Read me."}


def test_a_text_two_papers_name_is_kept_once(office: Office, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("Read me.")
    (tmp_path / "copy.txt").write_text("Read me.")
    keep(office, "note.txt", "copy.txt")
    keep(office, "note.txt", test_id="other", prefix="other-")
    papers = [publish(office, tmp_path), publish(office, tmp_path, "other")]
    assert all(publication.attachments_of(office, p) for p in papers)
    with office.engine.connect() as c:
        assert c.scalar(text("SELECT count(*) FROM attachments")) == 1


@pytest.mark.parametrize("act", ["UPDATE attachments SET body = 'x'", "DELETE FROM attachments"])
def test_a_kept_text_is_never_changed(office: Office, tmp_path: Path, act: str) -> None:
    (tmp_path / "note.txt").write_text("Read me.")
    keep(office, "note.txt")
    publish(office, tmp_path)
    with pytest.raises(IntegrityError, match="never changed"), office.engine.begin() as c:
        c.execute(text(act))


def spoil(folder: Path, how: str) -> None:
    """Put what must not be taken in the place of note.txt."""
    outside = folder / "outside.txt"
    outside.write_text("secret of the office")
    inner, note = folder / "files", folder / "files" / "note.txt"
    inner.mkdir()
    match how:
        case "link":
            note.symlink_to(outside)
        case "folder":
            note.mkdir()
        case "binary":
            note.write_bytes(b"\x89PNG\xff\0")
        case "large":
            note.write_bytes(b"x" * (LARGEST_FILE + 1))
        case "pipe":
            __import__("os").mkfifo(note)


@pytest.mark.parametrize(
    ("name", "how", "words"),
    [
        ("note.txt", "missing", "is not in"),
        ("note.txt", "link", "cannot be read"),
        ("note.txt", "folder", "not a plain file"),
        ("note.txt", "pipe", "not a plain file"),
        ("note.txt", "binary", "not UTF-8"),
        ("note.txt", "large", "more than 262,144"),
        ("sub/outside.txt", "linked folder", "cannot be read"),
        ("../outside.txt", "missing", "neither an address"),
        ("map.png", "missing", "no terminal can show"),
        ("file:///etc/passwd", "missing", "neither an address"),
    ],
)
def test_what_cannot_be_attached_stops_the_publishing_whole(
    office: Office, tmp_path: Path, name: str, how: str, words: str
) -> None:
    spoil(tmp_path, how)
    if how == "linked folder":
        (tmp_path / "files" / "sub").symlink_to(tmp_path)
    (tmp_path / "files" / "good.txt").write_text("Good.")
    keep(office, "good.txt", name)
    with pytest.raises(Invalid, match=words) as error:
        publish(office, tmp_path / "files")
    assert error.value.message.startswith("section 'Cells', question 2: the attachment ")
    assert name in error.value.message
    nothing_was_done(office)


def nothing_was_done(office: Office) -> None:
    assert not office.drafts.summary("biology-2").is_published
    with office.engine.connect() as c:
        for table in ("papers", "answer_keys", "attachments"):
            assert c.scalar(text(f"SELECT count(*) FROM {table}")) == 0
    assert {e.action for e in office.logs.audit("tests")} == {"test.create"}


def test_without_a_folder_the_file_and_the_option_are_named(office: Office) -> None:
    keep(office, "note.txt")
    with pytest.raises(Invalid, match=r"question 2: the attachment note.txt is a file.*--attachments"):
        publish(office, None)
    nothing_was_done(office)


def test_more_than_all_together_may_have_is_refused(office: Office, tmp_path: Path) -> None:
    names = [f"{n}.txt" for n in range(17)]
    for name in names:
        (tmp_path / name).write_bytes(b"x" * LARGEST_FILE)
    keep(office, *names)
    with pytest.raises(Invalid, match=r"4,194,304 in all"):
        publish(office, tmp_path)
    nothing_was_done(office)


def test_a_text_that_is_gone_from_the_store_is_noticed(office: Office, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("Read me.")
    keep(office, "note.txt")
    paper = publish(office, tmp_path)
    with pytest.raises(Tampered):
        publication.attachments_of(office, replace(paper, files=(replace(paper.files[0], sha256="0" * 64),)))
    with pytest.raises(Refused):
        publish(office, tmp_path)
