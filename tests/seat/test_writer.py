from threading import Event, Thread

import pytest

from builders import an_attempt
from kiosk.exam.error import KioskError
from kiosk.exam.page import page_of
from kiosk.seat.writer import Writer
from kiosk.views.desk import Saved, SaveFailed


class FakeStore:
    """Commits when it is let, and can be made to fail."""

    def __init__(self, error: Exception | None = None, fails_at: int = 10**9) -> None:
        self.commits: list[list[int]] = []
        self.attempts = 0
        self.entered, self.may_go = Event(), Event()
        self.error = error
        self.fails_at = fails_at
        self.may_go.set()

    def commit(self, pages) -> None:
        self.attempts += 1
        self.entered.set()
        assert self.may_go.wait(10)
        seqs = [e.seq for p in pages for e in p.entries]
        if self.error is not None and max(seqs) >= self.fails_at:
            raise self.error
        self.commits.append(seqs)


def some_pages(count: int):
    attempt = an_attempt()
    pages = [page_of(attempt.sitting, attempt.entries)]
    for number in range(count - 1):
        taken = attempt.take(attempt.sitting.flag("cells-1", number % 2 == 0, attempt.clock.advance(100)))
        pages.append(page_of(attempt.sitting, taken))
    return pages


def test_nothing_is_called_saved_before_its_commit_came_back():
    store, heard = FakeStore(), []
    writer = Writer(store.commit, heard.append)
    store.may_go.clear()
    first, *_ = some_pages(2)
    writer.put(first)
    assert store.entered.wait(10)
    assert heard == []
    assert writer.pending == 3
    store.may_go.set()
    writer.drain()
    assert heard == [Saved(2, first.entries[-1].at)]
    assert (writer.pending, store.commits) == (0, [[0, 1, 2]])
    writer.close()


def test_every_saved_entry_is_in_a_commit_that_came_back_earlier():
    store, heard = FakeStore(), []

    def tell(event) -> None:
        committed = [seq for commit in store.commits for seq in commit]
        heard.append(event)
        assert event.seq == committed[-1]

    writer = Writer(store.commit, tell)
    for page in some_pages(50):
        writer.put(page)
    writer.close()
    assert [seq for commit in store.commits for seq in commit] == list(range(52))
    assert [e.seq for e in heard] == [commit[-1] for commit in store.commits]


def test_what_is_behind_is_committed_together_and_in_order():
    store = FakeStore()
    writer = Writer(store.commit, lambda event: None)
    store.may_go.clear()
    pages = some_pages(20)
    writer.put(pages[0])
    assert store.entered.wait(10)
    for page in pages[1:]:
        writer.put(page)
    store.may_go.set()
    writer.drain()
    writer.close()
    assert store.commits == [[0, 1, 2], list(range(3, 22))]


@pytest.mark.parametrize("error", [KioskError("The disk is full."), OSError("EIO"), ValueError("a fault of our own")])
def test_it_stops_at_the_first_error_and_says_so_once(error):
    store, heard = FakeStore(error, fails_at=4), []
    writer = Writer(store.commit, heard.append)
    pages = some_pages(10)
    writer.put(pages[0])
    writer.put(pages[1])
    writer.drain()
    writer.put(pages[2])
    with pytest.raises(KioskError, match="cannot save any more"):
        writer.drain()
    writer.close()
    assert [e for e in heard if isinstance(e, SaveFailed)] == heard[-1:]
    assert max(seq for commit in store.commits for seq in commit) == 3
    assert writer.cause is error
    assert writer.pending > 0
    assert "raise your hand" in writer.failure


def test_a_failed_commit_is_never_tried_again():
    store = FakeStore(OSError("EIO"), fails_at=0)
    writer = Writer(store.commit, lambda event: None)
    pages = some_pages(3)
    store.may_go.clear()
    for page in pages:
        writer.put(page)
    store.may_go.set()
    writer.close()
    assert (store.attempts, store.commits) == (1, [])
    with pytest.raises(KioskError):
        writer.put(pages[0])


def test_closing_commits_what_was_put():
    store = FakeStore()
    writer = Writer(store.commit, lambda event: None)
    for page in some_pages(10):
        writer.put(page)
    writer.close()
    assert [seq for commit in store.commits for seq in commit] == list(range(12))


def test_a_listener_that_breaks_stops_nobody_who_waits():
    store = FakeStore()

    def broken(event) -> None:
        raise RuntimeError("the screen is gone")

    writer = Writer(store.commit, broken)
    for page in some_pages(5):
        writer.put(page)
    writer.drain()
    writer.close()
    assert writer.pending == 0


def test_a_closed_writer_takes_nothing_and_keeps_nobody_waiting():
    writer = Writer(FakeStore().commit, lambda event: None)
    first, second = some_pages(2)
    writer.put(first)
    writer.close()
    with pytest.raises(KioskError, match="closing"):
        writer.put(second)
    assert writer.pending == 0
    waiting = Thread(target=writer.drain, daemon=True)
    waiting.start()
    waiting.join(5)
    assert not waiting.is_alive()
