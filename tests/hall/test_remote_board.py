"""A board over the wire is the hall's board: every call, every state, and what becomes of it when the hub is lost."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fake_board import PIN, SECOND_PIN, FakeBoard

from builders import a_clock
from console_hub import PATIENCE, TOKEN, ConsoleHub, Listener
from kiosk.exam.error import Denied, Invalid, Refused
from kiosk.hall.console.remote_board import RemoteBoard
from kiosk.hall.hub.session import SESSION_MS
from kiosk.views.authority import HallLost
from kiosk.views.board import BoardState, Card, SeatState, Severity, SignedOut
from kiosk.views.closeout import Closeout, CloseoutLine
from kiosk.views.order import CodeWish, Order, Verb
from kiosk.views.preflight import Check, Fitness, Preflight, SeatFitness

PREFLIGHT = Preflight(
    seats=(SeatFitness("A1", (Check("disk", Fitness.GO, "3.1 GB free"), Check("clock", Fitness.UNKNOWN, "-")), True),),
    hall=(Check("release", Fitness.NO_GO, "the paper is shut"),),
)
CLOSEOUT = Closeout(
    (
        CloseoutLine(
            test="Biology II",
            candidate="Okafor, Anna",
            roll_number=None,
            seat="A1",
            attendance="present",
            at_seat="handed in",
            in_hall="yes",
            at_central="no",
            missing="central has not received it",
        ),
    )
)


class WholeBoard(FakeBoard):
    """Answers every call, and can keep one waiting."""

    def __init__(self) -> None:
        super().__init__(5, 9)
        self.wishes: list[CodeWish] = []
        self.erred: list[tuple[str, tuple[str, ...], str | None]] = []
        self.noted: list[str] = []
        self.held = threading.Event()
        self.reached = threading.Event()
        self.held.set()

    def announce(self, text: str, seats: tuple[str, ...] = (), question: str | None = None) -> str:
        self.reached.set()
        assert self.held.wait(PATIENCE)
        self.erred.append((text, tuple(seats), question))
        return super().announce(text, seats)

    def acknowledge(self, attention_id: str) -> None:
        self.noted.append(attention_id)
        super().acknowledge(attention_id)

    def preflight(self) -> Preflight:
        return PREFLIGHT

    def closeout(self) -> Closeout:
        return CLOSEOUT

    def code(self, wish: CodeWish) -> str:
        self.wishes.append(wish)
        return "K7QF-2M9D"


class Place:
    """A hub, and one console's board on it."""

    def __init__(self, folder: Path) -> None:
        self.board = WholeBoard().trouble()
        assert isinstance(self.board, WholeBoard)
        self.clock = a_clock()
        self.hub = ConsoleHub(folder, self.board, self.clock).start()
        self.remote = self.hub.remote()
        self.told = Listener(self.remote)

    def opened(self) -> RemoteBoard:
        self.remote.start()
        self.told.until(lambda s: s.is_connected)
        assert self.remote.sign_in(PIN) == "Mbeki, T."
        return self.remote


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.setattr("kiosk.hall.hub.console.PUSH_SECONDS", 0.01)
    monkeypatch.setattr("kiosk.hall.console.conversation.FIRST_REST", 0.01)
    monkeypatch.setattr("kiosk.hall.console.conversation.LONGEST_REST", 0.05)
    place = Place(tmp_path)
    yield place
    place.board.held.set()
    place.remote.close()
    place.hub.stop()


def still(state: BoardState) -> BoardState:
    """Return a state without its times, which run."""
    return replace(
        state,
        clock="",
        seats=tuple(replace(s, since_ms=0, left_ms=None, lag_ms=None, saved_ms=None) for s in state.seats),
        attention=tuple(replace(a, age_ms=0) for a in state.attention),
    )


def test_before_the_first_word_there_is_an_empty_state_at_once(place: Place) -> None:
    state = place.remote.state()
    assert (state.hall, state.seats, state.is_connected) == ("Hall 2", (), False)
    with pytest.raises(HallLost, match="nothing was done"):
        place.remote.card("A1")


def test_after_a_pin_the_whole_state_is_there(place: Place) -> None:
    remote = place.opened()
    assert still(remote.state()) == still(place.board.state())
    assert f"Bearer {TOKEN}" in place.hub.tokens


def test_before_a_pin_only_the_hall_and_its_title(place: Place) -> None:
    place.remote.start()
    state = place.told.until(lambda s: s.is_connected)
    assert (state.title, state.seats, state.attention) == ("Biology II", (), ())
    with pytest.raises(Denied, match="PIN first"):
        place.remote.deeds()


def test_what_happens_in_the_hall_is_told(place: Place) -> None:
    place.opened()
    place.board.change("C1", state=SeatState.HANDED_IN, percent=None, left_ms=None, since_ms=0)
    place.board.raise_attention("a9", "C1", "hand raised", Severity.NOTE, "asks for somebody")
    place.board.paused = True
    place.board.tell()
    state = place.told.until(lambda s: s.paused and len(s.attention) == 4)
    assert still(state) == still(place.board.state())
    place.board.pass_time(61_000, lively=True)
    told = place.told.until(lambda s: still(s) == still(place.board.state()))
    assert told.counts == place.board.state().counts


def test_every_call_comes_over_as_it_was_meant(place: Place) -> None:
    remote, board = place.opened(), place.board
    card = remote.card("B3")
    assert isinstance(card, Card)
    assert replace(card, events=(), incidents=()) == replace(board.card("B3"), events=(), incidents=())
    assert card.events == board.card("B3").events
    order = Order(
        verb=Verb.EXTEND, seats=("A1", "D2"), amount_ms=600_000, reason="power", text="a long cut", pin=PIN,
        second_pin=SECOND_PIN,
    )  # fmt: skip
    outcomes = remote.carry_out(order)
    assert board.orders == [order]
    assert [(o.seat, o.done) for o in outcomes] == [("A1", True), ("D2", False)]
    said = remote.announce("Question 7 is wrong", ["A1", "A2"], "q-7")
    assert board.erred == [("Question 7 is wrong", ("A1", "A2"), "q-7")]
    assert [a.announcement_id for a in remote.announcements()] == [said]
    assert tuple(remote.announcements()) == tuple(board.announcements())
    assert tuple(remote.deeds()) == tuple(board.deeds())
    remote.acknowledge("a3")
    assert board.noted == ["a3"]
    assert [a.attention_id for a in remote.state().attention] == ["a1", "a2"], "the new state came first"
    assert remote.preflight() == PREFLIGHT
    assert remote.closeout() == CLOSEOUT
    wish = CodeWish(
        seat="A1", challenge="ABCD-EFGH", act="extend", amount_ms=60_000, reason="power", pin=PIN, second_pin=SECOND_PIN
    )
    assert remote.code(wish) == "K7QF-2M9D"
    assert board.wishes == [wish]


def test_refusals_keep_their_words_their_kind_and_their_wait(place: Place) -> None:
    remote = place.opened()
    with pytest.raises(Denied, match="not a proctor's PIN") as denied:
        remote.sign_in("0000")
    assert denied.value.wait_seconds == 1
    with pytest.raises(Refused, match="Nobody sits at D3"):
        remote.card("D3")
    with pytest.raises(Invalid, match="cannot be asked"):
        remote.announce("x" * 2_001)
    place.clock.advance(SESSION_MS)
    with pytest.raises(SignedOut) as over:
        remote.acknowledge("a1")
    assert over.value.title == SignedOut.title
    remote.sign_in(PIN)
    remote.acknowledge("a1")


def test_a_lost_hub_leaves_its_last_state_in_sight_and_its_ages_run(place: Place) -> None:
    now = [0.0]
    place.remote = RemoteBoard("Hall 2", place.hub.dialler().dial, lambda: now[0])
    place.told = Listener(place.remote)
    remote = place.opened()
    last = remote.state()
    place.hub.stop()
    lost = place.told.until(lambda s: not s.is_connected)
    assert still(lost) == replace(still(last), is_connected=False)
    before = remote.state()
    now[0] += 42.0
    after = remote.state()
    assert not after.is_connected
    assert after.seats[0].since_ms - before.seats[0].since_ms == 42_000
    assert before.seats[0].left_ms - after.seats[0].left_ms == 42_000
    assert after.attention[0].age_ms - before.attention[0].age_ms == 42_000
    assert after.clock == last.clock, "it is shown as of then"
    with pytest.raises(HallLost, match=r"[Nn]othing was done"):
        remote.carry_out(Order(verb=Verb.PAUSE, seats=("A1",), pin=PIN))
    place.hub.start()


def test_a_console_finds_the_hub_again_and_needs_no_pin_to_look(place: Place) -> None:
    remote = place.opened()
    for _ in range(3):
        place.hub.stop()
        place.told.until(lambda s: not s.is_connected)
        place.board.change("A2", percent=(place.board.lines["A2"].percent or 0) + 1)
        seen = len(place.told.states)
        place.hub.start()
        state = place.told.until(lambda s: s.is_connected)
        assert still(state) == still(place.board.state())
        assert all(s.seats for s in place.told.states[seen:]), "the map never vanished"
        assert remote.card("A1").candidate == "Okafor, Anna"
    with pytest.raises(SignedOut):
        remote.acknowledge("a1")
    remote.sign_in(PIN)
    remote.acknowledge("a1")


def test_who_signs_out_takes_the_ticket_along(place: Place) -> None:
    remote = place.opened()
    remote.sign_out()
    place.told.until(lambda s: s.is_connected and not s.seats)
    place.hub.cut()
    place.told.until(lambda s: not s.is_connected)
    place.told.until(lambda s: s.is_connected)
    assert remote.state().seats == ()
    with pytest.raises(Denied):
        remote.deeds()


def test_a_call_cut_off_says_that_nobody_knows_whether_it_was_done(place: Place) -> None:
    remote = place.opened()
    place.board.held.clear()
    said: list[Exception] = []

    def announce() -> None:
        try:
            remote.announce("Ten minutes left")
        except HallLost as error:
            said.append(error)

    caller = threading.Thread(target=announce)
    caller.start()
    assert place.board.reached.wait(PATIENCE)
    place.hub.cut()
    caller.join(PATIENCE)
    assert "not known whether this was done" in str(said[0])
    place.board.held.set()
    place.told.until(lambda s: s.is_connected)
    assert remote.card("A1").seat == "A1"


def test_another_call_is_answered_while_one_takes_long(place: Place) -> None:
    remote = place.opened()
    place.board.held.clear()
    caller = threading.Thread(target=lambda: remote.announce("slow"))
    caller.start()
    assert place.board.reached.wait(PATIENCE)
    assert remote.card("A1").seat == "A1"
    place.board.held.set()
    caller.join(PATIENCE)
    assert not caller.is_alive()
    assert [e[0] for e in place.board.erred] == ["slow"]


def test_a_hub_that_falls_silent_is_lost(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.hall.console.conversation.SILENCE_SECONDS", 0.3)
    monkeypatch.setattr("kiosk.hall.hub.console.PUSH_SECONDS", 3_600)
    place.remote.start()
    place.told.until(lambda s: s.is_connected)
    place.told.until(lambda s: not s.is_connected)


def test_another_machine_is_not_believed(place: Place, tmp_path: Path) -> None:
    impostor = ConsoleHub(tmp_path / "other", place.board, place.clock).start()
    try:
        dialler = place.hub.dialler(urls=(f"wss://127.0.0.1:{impostor.port}",))
        with pytest.raises(HallLost, match="does not show the hall's certificate"):
            dialler.dial()
        assert impostor.tokens == [], "the token was not even sent"
    finally:
        impostor.stop()


def test_an_old_token_is_said_to_be_old(place: Place) -> None:
    with pytest.raises(Denied, match="does not know this address file"):
        place.hub.dialler("o" * 43).dial()
    stranger = place.hub.remote("o" * 43)
    stranger.start()
    place.remote.start()
    place.told.until(lambda s: s.is_connected)
    try:
        with pytest.raises(HallLost, match=r"[Nn]othing was done"):
            stranger.deeds()
    finally:
        stranger.close()


def test_the_second_address_is_tried_when_the_first_is_dead(place: Place) -> None:
    dead = place.hub.address().urls[0].replace("127.0.0.1", "127.0.0.2")
    with place.hub.dialler(urls=(dead, *place.hub.address().urls)).dial() as line:
        assert line.subprotocol == "exam-kiosk.hub.v1"


def test_a_certificate_that_is_none_is_refused(place: Place) -> None:
    with pytest.raises(Invalid, match="certificate"):
        place.hub.dialler(certificate="-----BEGIN CERTIFICATE-----\nx")
