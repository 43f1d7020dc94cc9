"""Attachments: what a question refers to. A file a terminal can show travels with the paper; an address stays text."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from kiosk.exam.draft import Test
from kiosk.exam.error import Invalid, Tampered
from kiosk.exam.paper import Paper, PaperFile
from kiosk.exam.text import clean_line, clean_text

LARGEST_FILE = 256 * 2**10
"""Bytes of one file, as it lies in its folder and as it is kept."""
MOST_FILES = 50
"""Files of one paper."""
LARGEST_IN_ALL = 4 * 2**20
"""Bytes of all files of one paper."""
LONGEST_NAME = 200
_ENDINGS = """
    asc bash bib c cc cfg conf cpp cs css csv diff f90 go h hpp hs html ini java jl js json kt lisp log lua m
    markdown md ml pas patch php pl pro ps1 py r rb rkt rs rst s scala scm sh sql svg swift tex
    text toml ts tsv txt v vhd xml yaml yml
"""
SUFFIXES = frozenset(f".{ending}" for ending in _ENDINGS.split())
"""Endings, in lower case, of what is read as text."""
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_ADDRESSES = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class AttachedText:
    """One file as a candidate will read it: cleaned text, named as the questions name it."""

    name: str
    text: str = field(repr=False)

    @property
    def file(self) -> PaperFile:
        """What the paper says of it."""
        raw = self.text.encode("utf-8")
        return PaperFile(self.name, hashlib.sha256(raw).hexdigest(), len(raw))


def is_address(attachment: str) -> bool:
    """Whether an attachment is an address of the web, which only a network opens."""
    return attachment.strip().lower().startswith(_ADDRESSES)


def named_by(test: Test) -> Iterator[tuple[str, str]]:
    """Yield where it stands and the cleaned words of every attachment that would be printed."""
    for section in test.sections:
        for number, question in enumerate(section.printed, 1):
            for attachment in question.attachments:
                yield f"section {section.title!r}, question {number}", clean_text(attachment)


def path_of(name: str) -> PurePosixPath:
    """Return the path of the file that an attachment names; raises Invalid for what could leave its folder."""
    path = PurePosixPath(name)
    if not name or len(name) > LONGEST_NAME or clean_line(name) != name:
        raise Invalid("an attachment's name is empty, too long, or holds characters that cannot be printed")
    if _SCHEME.match(name) or path.is_absolute() or "\\" in name or ".." in path.parts or str(path) != name:
        raise Invalid(f"the attachment {name} is neither an address (https://...) nor a plain path below the folder")
    if path.suffix.lower() not in SUFFIXES:
        raise Invalid(f"the attachment {name} is of a kind no terminal can show; text, tables and programs can be")
    return path


def remarks_on(test: Test) -> Iterator[str]:
    """Yield what an author should know of a draft's attachments before it is published."""
    for place, attachment in named_by(test):
        if is_address(attachment):
            yield f"{place}: {attachment} is only shown as text: it needs a network, and a hall may have none"
            continue
        try:
            path_of(attachment)
        except Invalid as error:
            yield f"{place}: {error.message}, so the test cannot be published with it"
        else:
            yield f"{place}: the file {attachment} is looked for when the test is published with --attachments"


def read_attached(name: str, raw: bytes) -> AttachedText:
    """Return a file's text, cleaned; raises Invalid for what is not text, is empty or is too large."""
    if len(raw) > LARGEST_FILE:
        raise Invalid(f"the attachment {name} has more than {LARGEST_FILE:,} bytes")
    try:
        decoded = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Invalid(f"the attachment {name} is not UTF-8 text") from None
    if "\0" in decoded:
        raise Invalid(f"the attachment {name} is not text")
    attached = AttachedText(name, clean_text(decoded, LARGEST_FILE))
    if not attached.text.strip():
        raise Invalid(f"the attachment {name} is empty")
    if attached.file.length > LARGEST_FILE:
        raise Invalid(f"the attachment {name} has more than {LARGEST_FILE:,} bytes")
    return attached


def check_files(files: Iterable[PaperFile]) -> None:
    """Raise Invalid where a paper has more files, or larger ones, than are let through."""
    files = tuple(files)
    if len(files) > MOST_FILES:
        raise Invalid(f"a paper can have {MOST_FILES} attached files, not {len(files)}")
    if any(not 1 <= f.length <= LARGEST_FILE for f in files) or sum(f.length for f in files) > LARGEST_IN_ALL:
        raise Invalid(
            f"attached files can have {LARGEST_FILE:,} bytes each and {LARGEST_IN_ALL:,} in all; "
            f"these have {sum(f.length for f in files):,}"
        )


def must_be_attached(paper: Paper, texts: Mapping[str, str]) -> None:
    """Raise Tampered unless `texts`, by their SHA-256, are exactly the files a paper names."""
    check_files(paper.files)
    if set(texts) != {f.sha256 for f in paper.files}:
        raise Tampered("the attachments are not the ones the paper names")
    for file in paper.files:
        raw = texts[file.sha256].encode("utf-8", "surrogatepass")
        if len(raw) != file.length or hashlib.sha256(raw).hexdigest() != file.sha256:
            raise Tampered(f"the attachment {file.name} is not the one the paper names")
