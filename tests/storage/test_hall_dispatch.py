"""What a hall has on its way to its seats, plain and encrypted: commands, announcements, confirmations."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, event, insert, select
from test_hall_store import AUDIT, PAPER, a_package, lease

from builders import NOON, a_grant
from house import a_hall_roster
from kiosk.exam.dispatch import CommandState, SpokenWord
from kiosk.exam.error import Refused
from kiosk.exam.grant import Act
from kiosk.exam.moment import iso
from kiosk.exam.page import SignedGrant
from storage.hall.confirmation import Confirmed
from storage.hall.store import HallStore
from storage.models.hall import Progress

LATER = NOON + timedelta(minutes=1)


@pytest.fixture
def store(hall_engine: Engine) -> Iterator[HallStore]:
    store = HallStore(hall_engine)
    store.roster.load(a_package(), [PAPER], a_hall_roster(), NOON, AUDIT)
    yield store
    store.close()


def signed(grant_id: str, seat: str = "A12", minute: int = 0, **changes: object) -> SignedGrant:
    """Return a grant for a seat, issued so many minutes after noon."""
    fields = {"grant_id": grant_id, "seat": seat, "issued_at": iso(NOON + timedelta(minutes=minute))}
    return SignedGrant(grant=a_grant(**fields | changes), envelope=f"envelope of {grant_id}".encode())


def open_at(store: HallStore, seat: str) -> list[str]:
    """Return the commands a seat has not answered, in order."""
    return [c.grant_id for c in store.commands.waiting(seat)]


# commands


def test_commands_wait_at_their_own_seat_in_the_order_they_were_given(store: HallStore) -> None:
    store.commands.order([signed("late", minute=5), signed("other", "A13"), signed("early", minute=1)], [AUDIT])
    assert (open_at(store, "A12"), open_at(store, "A13"), open_at(store, "A14")) == (["early", "late"], ["other"], [])
    (other,) = store.commands.waiting("A13")
    assert (other.state, other.envelope, other.is_open) == (CommandState.WAITING, b"envelope of other", True)
    assert store.commands.busy(["A12", "A13", "A14"]) == {"A12", "A13"}
    assert store.commands.busy([]) == frozenset()


def test_a_command_that_was_sent_waits_until_it_is_answered(store: HallStore) -> None:
    store.commands.order([signed("g1"), signed("g2", minute=1)], [AUDIT])
    store.commands.sent(["g1", "nobody's"])
    assert [c.state for c in store.commands.waiting("A12")] == [CommandState.SENT, CommandState.WAITING]


@pytest.mark.parametrize(
    ("answer", "state", "is_news"),
    [
        (("A12", "g1", True, ""), CommandState.DONE, True),
        (("A12", "g1", False, "The text is being written."), CommandState.REFUSED, True),
        (("A13", "g1", True, ""), CommandState.WAITING, False),  # another seat answers for nobody
        (("A12", "never", True, ""), CommandState.WAITING, False),
    ],
)
def test_only_the_seat_a_command_is_for_answers_it(
    store: HallStore, answer: tuple[str, str, bool, str], state: CommandState, is_news: bool
) -> None:
    store.commands.order([signed("g1")], [AUDIT])
    assert store.commands.answered(*answer, LATER) is is_news
    command = store.commands.command("g1")
    assert command is not None
    assert (command.state, command.words) == (state, answer[3] if is_news else "")


def test_the_first_answer_stands_and_a_sent_mark_that_comes_late_takes_nothing_back(store: HallStore) -> None:
    store.commands.order([signed("g1"), signed("g2")], [AUDIT])
    both = [("A12", "g1", False, "no"), ("A12", "g1", True, ""), ("A12", "g2", True, "")]
    assert store.commands.answered_all(both, LATER) == {"g1", "g2"}
    assert store.commands.answered_all(both, LATER) == frozenset()
    store.commands.sent(["g1", "g2"])
    states = [command.state for g in ("g1", "g2") if (command := store.commands.command(g)) is not None]
    assert states == [CommandState.REFUSED, CommandState.DONE]
    assert open_at(store, "A12") == []


def test_commands_are_kept_all_or_none(store: HallStore) -> None:
    store.commands.order([signed("g1")], [AUDIT])
    with pytest.raises(Refused):
        store.commands.order([signed("g2"), signed("g1")], [AUDIT])
    assert open_at(store, "A12") == ["g1"]


def test_a_start_lets_one_candidate_begin_however_often_it_is_ordered(store: HallStore) -> None:
    start = {"act": Act.START, "submission_id": "", "note": "candidate-1"}
    store.commands.order([signed("s1", **start)], [AUDIT])
    store.commands.order([signed("s2", minute=1, **start), signed("p", note="candidate-2")], [AUDIT])
    assert store.commands.started() == {"candidate-1"}
    assert (store.commands.is_started("candidate-1"), store.commands.is_started("candidate-2")) == (True, False)


# announcements


def word(name: str, minute: int = 0, question: str | None = None) -> SpokenWord:
    """Return something that was said so many minutes after noon."""
    at = NOON + timedelta(minutes=minute)
    return SpokenWord(announcement_id=name, who="proctor-1", text=f"words of {name}", question=question, at=at)


def untold(store: HallStore, seat: str) -> list[str]:
    return [said.announcement_id for said, _ in store.announcements.waiting(seat)]


def test_a_seat_waits_for_what_it_was_not_told_oldest_first_with_the_name_of_who_said_it(store: HallStore) -> None:
    store.announcements.give(word("late", 5), ["A12", "A13", "A12"], AUDIT)
    store.announcements.give(word("early", 1, "q1"), ["A12"], AUDIT)
    assert (untold(store, "A12"), untold(store, "A13"), untold(store, "A14")) == (["early", "late"], ["late"], [])
    (said, name), _ = store.announcements.waiting("A12")
    assert (said.text, said.question, said.at, name) == ("words of early", "q1", NOON + timedelta(minutes=1),
                                                         "Mbeki, Thandi")  # fmt: skip
    assert store.announcements.untold(["A12", "A14"]) == {"A12"}


@pytest.mark.parametrize(
    ("told", "counts"),
    [
        ([("A12", False)], (2, 1, 0)),
        ([("A12", True)], (2, 1, 1)),  # who has read it had it on the screen
        ([("A12", False), ("A12", True), ("A12", False)], (2, 1, 1)),
        ([("A12", True), ("A13", True)], (2, 2, 2)),
        ([("A14", True)], (2, 0, 0)),  # a seat that was told nothing
    ],
)
def test_it_is_counted_how_far_an_announcement_came(
    store: HallStore, told: list[tuple[str, bool]], counts: tuple[int, int, int]
) -> None:
    store.announcements.give(word("w"), ["A12", "A13"], AUDIT)
    store.announcements.told_all([("w", seat, is_read) for seat, is_read in told], LATER)
    (given,) = store.announcements.given()
    assert (given.seats, given.delivered, given.read) == counts


def test_what_was_told_already_is_no_news_and_reading_it_is(store: HallStore) -> None:
    store.announcements.give(word("w"), ["A12"], AUDIT)
    found = [store.announcements.told("w", "A12", is_read, LATER) for is_read in (False, False, True, True)]
    assert found == [True, False, True, False]


def test_what_was_said_is_listed_newest_first(store: HallStore) -> None:
    for name, minute in (("b", 2), ("a", 1), ("c", 3)):
        store.announcements.give(word(name, minute), ["A12"], AUDIT)
    assert [said.announcement_id for said in store.announcements.given()] == ["c", "b", "a"]


# confirmations


def confirmed(grant_id: str, seat: str = "A12", submission_id: str = "submission-1") -> Confirmed:
    envelope = f"envelope of {grant_id}".encode()
    return Confirmed(grant_id=grant_id, submission_id=submission_id, seat=seat, envelope=envelope, made_at=NOON)


def test_a_confirmation_waits_until_its_own_seat_holds_it_and_goes_with_its_sitting_for_ever(store: HallStore) -> None:
    first = confirmed("g1")
    for one in (first, confirmed("g2"), confirmed("g3", "A13", "submission-2"), replace(first, envelope=b"another")):
        store.confirmations.keep(one)
    assert {c.grant_id for c in store.confirmations.waiting("A12")} == {"g1", "g2"}
    assert first in store.confirmations.waiting("A12")
    store.confirmations.kept("A13", "g1", LATER)  # another seat's word
    assert len(store.confirmations.waiting("A12")) == 2
    store.confirmations.kept("A12", "g1", LATER)
    assert [c.grant_id for c in store.confirmations.waiting("A12")] == ["g2"]
    assert store.confirmations.of_sitting("submission-1") == (b"envelope of g1", b"envelope of g2")
    assert (store.confirmations.is_known("g1"), store.confirmations.is_known("g9")) == (True, False)


# a hall whose machine was replaced


def test_of_two_sittings_of_one_attempt_each_seat_goes_on_with_its_own(store: HallStore) -> None:
    assert store.permits.attempt_at("assignment-1", "A12") is None
    lease(store, submission_id="first", seat="A12")
    _told_of_another(store)
    at = {seat: store.permits.attempt_at("assignment-1", seat) for seat in ("A12", "A14", "A15")}
    assert {seat: found.submission_id for seat, found in at.items() if found} == {
        "A12": "first", "A14": "second", "A15": "second",
    }  # fmt: skip


def test_it_is_known_when_the_first_package_came_and_where_a_candidate_is_to_sit(hall_engine: Engine) -> None:
    store = HallStore(hall_engine)
    assert store.roster.first_loaded_at() is None
    for number, minute in ((1, 3), (2, 9)):
        at = NOON + timedelta(minutes=minute)
        store.roster.load(a_package(number), [PAPER], a_hall_roster(), at, AUDIT)
    assert store.roster.first_loaded_at() == NOON + timedelta(minutes=3)
    assert store.attendance.seats_of("candidate-1") == ("A12",)
    assert store.attendance.seats_of("nobody") == ()
    store.close()


def _told_of_another(store: HallStore) -> None:
    """Keep a second sitting of the same attempt, as one that a seat brings is kept."""
    with store.permits._writing() as work:
        (row,) = work.execute(select(Progress.__table__)).mappings()
        work.execute(insert(Progress), [{**row, "submission_id": "second", "seat": "A14", "started_at": LATER}])


# every question goes through an index

QUESTIONS: dict[str, Callable[[HallStore], object]] = {
    "commands.waiting": lambda s: s.commands.waiting("A12", "A13"),
    "commands.command": lambda s: s.commands.command("g1"),
    "commands.sent": lambda s: s.commands.sent(["g1"]),
    "commands.answered": lambda s: s.commands.answered("A12", "g1", True, "", LATER),
    "commands.busy": lambda s: s.commands.busy(["A12", "A13"]),
    "commands.is_started": lambda s: s.commands.is_started("candidate-1"),
    "announcements.waiting": lambda s: s.announcements.waiting("A12"),
    "announcements.told": lambda s: s.announcements.told("w", "A12", True, LATER),
    "announcements.untold": lambda s: s.announcements.untold(["A12", "A13"]),
    "confirmations.is_known": lambda s: s.confirmations.is_known("g1"),
    "confirmations.known": lambda s: s.confirmations.known(["g1", "g2"]),
    "confirmations.waiting": lambda s: s.confirmations.waiting("A12"),
    "confirmations.of_sitting": lambda s: s.confirmations.of_sitting("submission-1"),
    "confirmations.kept": lambda s: s.confirmations.kept("A12", "g1", LATER),
    "permits.attempt_at": lambda s: s.permits.attempt_at("assignment-1", "A12"),
    "attendance.seats_of": lambda s: s.attendance.seats_of("candidate-1"),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_no_question_of_the_parts_reads_a_whole_table(store: HallStore, hall_engine: Engine, name: str) -> None:
    steps = plans(hall_engine, lambda: QUESTIONS[name](store))
    assert steps
    assert [step for step in steps if step.startswith("SCAN")] == []


def test_a_question_without_an_index_is_found(store: HallStore, hall_engine: Engine) -> None:
    assert any(step.startswith("SCAN") for step in plans(hall_engine, store.commands.started))


def plans(engine: Engine, ask: Callable[[], object]) -> list[str]:
    """Return the steps of the plans of all that is asked of the store meanwhile, as it is really asked."""
    asked: list[tuple[str, object]] = []

    def overhear(connection: object, cursor: object, statement: str, parameters: object, *_: object) -> None:
        if statement.startswith(("SELECT", "UPDATE")):
            asked.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", overhear)
    try:
        ask()
    finally:
        event.remove(Engine, "before_cursor_execute", overhear)
    with engine.connect() as connection:
        found = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {q}", p) for q, p in asked]
        return [str(row[3]) for rows in found for row in rows]
