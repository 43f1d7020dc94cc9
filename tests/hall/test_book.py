"""The books of a hall: who is asked about finds what concerns them, in order, and nothing is read twice."""

from collections.abc import Sequence

from builders import NOON
from kiosk.exam.log import AuditEntry
from kiosk.hall.board.book import Books


class Store:
    """Stands for the store's acts, and writes down from where it was read."""

    def __init__(self) -> None:
        self.entries: list[AuditEntry] = []
        self.asked: list[int] = []

    def acts_after(self, number: int) -> Sequence[tuple[int, AuditEntry]]:
        self.asked.append(number)
        return [(n, e) for n, e in enumerate(self.entries, 1) if n > number]


def entry(action: str, subject: str, about: str, who: str = "proctor-1", **details: object) -> AuditEntry:
    return AuditEntry(at=NOON, who=who, action=action, subject_type=subject, subject_id=about, details=details)


def test_what_concerns_a_sitting_or_a_coming_is_found_in_order_and_read_once() -> None:
    store = Store()
    books = Books(store)
    coming = entry("come", "attendance", "session-1", candidate="candidate-1")
    own_login = entry("login", "attendance", "session-1", who="candidate-1")
    paused = entry("pause", "test_submissions", "sitting-1")
    begun = entry("start", "test_assignments", "assignment-1", submission="sitting-1")
    other = entry("pause", "test_submissions", "sitting-2", candidate="candidate-1")
    store.entries += [coming, begun, other, paused]
    assert books.of("sitting-1", "candidate-1") == (coming, begun, paused)
    assert books.of("sitting-2", None) == (other,)
    store.entries.append(own_login)
    assert books.of("sitting-1", "candidate-1") == (coming, begun, paused, own_login)
    assert books.of(None, None) == ()
    assert store.asked == [0, 4, 4, 5]
