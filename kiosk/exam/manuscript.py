"""The manuscript: texts under way, and which of them stand so far only in splices.

A text is written whole when it is begun, at least every ten seconds while it grows, on leaving it and at hand-in, so
that a reader of the journal never has to apply more than ten seconds of splices.
"""

from kiosk.exam.entry import Entry
from kiosk.exam.moment import Moment
from kiosk.exam.splice import Splice

WHOLE_TEXT_MS = 10_000


class Manuscript:
    """What the journal says of the essays and programs of one sitting."""

    def __init__(self) -> None:
        self._whole_at: dict[str, tuple[str, int]] = {}
        self._spliced: set[str] = set()

    @property
    def unfinished(self) -> tuple[str, ...]:
        """Questions whose last entry is a splice, sorted by id."""
        return tuple(sorted(self._spliced))

    def wants_whole(self, question_id: str, moment: Moment) -> bool:
        """Whether the next entry of a text must hold all of it: never yet, not in this boot, or ten seconds ago."""
        boot_id, boot_ms = self._whole_at.get(question_id, ("", 0))
        return boot_id != moment.boot_id or moment.boot_ms - boot_ms >= WHOLE_TEXT_MS

    def write(self, entry: Entry, before: str) -> str:
        """Fold one `typed` entry and return the text after it; raises Invalid for a splice that does not fit."""
        question = entry.body["question"]
        if "text" in entry.body:
            self._whole_at[question] = (entry.boot_id, entry.boot_ms)
            self._spliced.discard(question)
            return str(entry.body["text"])
        self._spliced.add(question)
        return Splice.from_document(entry.body).apply(before)

    def forget(self, question_id: str) -> None:
        """Fold a `cleared` entry: the next text begins anew."""
        self._whole_at.pop(question_id, None)
        self._spliced.discard(question_id)
