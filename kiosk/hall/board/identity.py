"""Identity at check-in: what a proctor read in a document, compared with the roster."""

import hashlib
import unicodedata
from dataclasses import dataclass

from kiosk.exam.person import Person
from kiosk.exam.text import clean_line

LONGEST = 300
_FIELDS = ("name", "roll", "document", "photo")
_NO = ("no", "differs", "other", "not")


@dataclass(frozen=True, slots=True)
class Shown:
    """What was read; empty where it was not typed, and compared by eye."""

    name: str = ""
    roll: str = ""
    document: str = ""
    """SHA-256 of the document's number, for that number itself is nobody's business here."""
    photo_differs: bool = False


def read_shown(text: str) -> Shown:
    """Read `name: ...; roll: ...; document: ...; photo: no`, in any order, each if it was typed.

    Words without a field are the last characters of the document.
    """
    found = dict.fromkeys(_FIELDS, "")
    for part in clean_line(text, LONGEST).split(";"):
        field, colon, value = part.partition(":")
        known = field.strip().lower() if colon and field.strip().lower() in _FIELDS else "document"
        found[known] = (value if known != "document" or colon else part).strip() or found[known]
    document = found["document"]
    return Shown(
        name=found["name"],
        roll=found["roll"],
        document=hashlib.sha256(_plain(document).encode()).hexdigest() if document else "",
        photo_differs=found["photo"].lower() in _NO,
    )


def differences(shown: Shown, person: Person, earlier: str | None) -> tuple[str, ...]:
    """Return what does not fit the person of the roster; `earlier` is the document they showed before, if they did."""
    wrong = []
    if shown.name and _tokens(shown.name) != _tokens(person.name):
        wrong.append("name")
    if shown.roll and _plain(shown.roll) != _plain(person.roll_number or ""):
        wrong.append("roll number")
    if shown.document and earlier and shown.document != earlier:
        wrong.append("document")
    if shown.photo_differs:
        wrong.append("photo")
    return tuple(wrong)


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def _tokens(name: str) -> list[str]:
    words = "".join(c if c.isalnum() else " " for c in unicodedata.normalize("NFKC", name).casefold())
    return sorted(words.split())
