"""The consoles' door: who may look, who may act, for how long, and what is told to whom; over real sockets."""

import asyncio
import json
import re
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_board import PIN, SECOND_PIN, FakeBoard
from pydantic import BaseModel, ValidationError
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from builders import FakeClock, a_clock
from console_hub import PATIENCE, ConsoleHub
from kiosk.hall.hub.console import ConsoleDoor
from kiosk.hall.hub.session import SESSION_MS, WITH_LOOK, WITH_SESSION
from kiosk.hall.hub.ticket import HOURS, Tickets, ticket_key
from kiosk.views.board import SeatState, Severity, SignedOut
from kiosk.views.order import Order, Verb
from kiosk.views.preflight import Fitness
from kiosk.wire import board as pictures
from kiosk.wire import console as wire
from kiosk.wire.hub import AnswerMessage
from kiosk.wire.line import Answer


class OwnBoard(FakeBoard):
    """One console's board on a hall that all share: it alone knows who signed in at it."""

    def __init__(self, hall: FakeBoard, deeds: list[tuple[str | None, str]]) -> None:
        self.__dict__.update(hall.__dict__)
        self.who: str | None = None
        self.done_by = deeds

    def sign_in(self, pin: str) -> str:
        self.who = super().sign_in(pin)
        return self.who

    def sign_out(self) -> None:
        self.who = None

    def announce(self, text: str, seats: Any = (), question: str | None = None) -> str:
        self.done_by.append((self.who, text))
        return "s1"

    def acknowledge(self, attention_id: str) -> None:
        self.done_by.append((self.who, attention_id))


class Hall:
    def __init__(self, folder: Path) -> None:
        self.board = FakeBoard(5, 9).trouble()
        self.clock: FakeClock = a_clock()
        self.done_by: list[tuple[str | None, str]] = []
        self.hub = ConsoleHub(folder, self.board, self.clock, lambda: OwnBoard(self.board, self.done_by)).start()

    def console(self, ticket: str | None = None) -> "Console":
        return Console(self, ticket)


class Console:
    """The bare protocol, a message at a time."""

    def __init__(self, hall: Hall, ticket: str | None) -> None:
        self.line: ClientConnection = hall.hub.dialler().dial()
        self.number = 0
        self.boards: list[wire.BoardMessage | wire.BoardDelta] = []
        self.line.send(wire.ConsoleHello(build="test", ticket=ticket).model_dump_json())

    def hear(self) -> Any:
        message = wire.HUB_TO_CONSOLE.validate_json(self.line.recv(timeout=PATIENCE))
        if isinstance(message, wire.BoardMessage | wire.BoardDelta):
            self.boards.append(message)
        return message

    def ask(self, call: BaseModel) -> Answer:
        self.number += 1
        self.line.send(wire.BoardCallMessage(id=self.number, call=call).model_dump_json())
        while not isinstance(message := self.hear(), AnswerMessage):
            pass
        assert message.id == self.number
        return message.answer

    def sign_in(self, pin: str = PIN) -> str:
        answer = self.ask(wire.SignInCall(pin=pin))
        assert answer.fault is None, answer.fault
        return answer.result["ticket"]


@pytest.fixture
def hall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hall]:
    monkeypatch.setattr("kiosk.hall.hub.console.PUSH_SECONDS", 0.01)
    hall = Hall(tmp_path)
    yield hall
    hall.hub.stop()


ORDER = wire.OrderCall.model_validate(Order(verb=Verb.PAUSE, seats=("A1",), reason="power", pin=PIN))
CALLS = (
    wire.CardCall(seat="A1"),
    ORDER,
    wire.AnnounceCall(text="Ten minutes left", seats=(), question=None),
    wire.AnnouncementsCall(),
    wire.DeedsCall(),
    wire.AcknowledgeCall(attention_id="a1"),
    wire.PreflightCall(),
    wire.CloseoutCall(),
    wire.CodeCall(seat="A1", challenge="x", act="resume", amount_ms=0, reason="", pin=PIN, second_pin=None),
)


def test_every_call_there_is_is_tried_here() -> None:
    union = typing.get_args(typing.get_args(wire.BoardCall)[0])
    assert {type(c) for c in CALLS} | {wire.SignInCall, wire.SignOutCall} == set(union)
    assert set(WITH_LOOK) | set(WITH_SESSION) == {type(c) for c in CALLS}


@pytest.mark.parametrize("call", CALLS, ids=lambda c: c.method)
def test_a_console_with_nothing_but_the_token_may_ask_nothing(hall: Hall, call: BaseModel) -> None:
    console = hall.console()
    fault = console.ask(call).fault
    assert fault is not None
    assert fault.kind == "Denied"
    assert fault.message == "Give a proctor's PIN first."
    assert not hall.board.orders
    assert not hall.done_by


def test_a_console_with_nothing_but_the_token_is_told_no_name(hall: Hall) -> None:
    console = hall.console()
    first = console.hear()
    assert isinstance(first, wire.BoardMessage)
    assert not first.is_open
    assert (first.board.hall, first.board.title, first.board.seats) == ("Hall 2", "Biology II", ())
    console.ask(wire.CardCall(seat="A1"))
    for text in hall.hub.texts:
        assert "Okafor" not in text
        assert "B-1042" not in text


def test_a_pin_opens_the_hall_and_the_state_is_there_before_the_answer(hall: Hall) -> None:
    console = hall.console()
    console.sign_in()
    told = next(b for b in console.boards if isinstance(b, wire.BoardMessage) and b.is_open)
    assert len(told.board.seats) == 45
    assert console.ask(wire.CardCall(seat="A1")).result["candidate"] == "Okafor, Anna"


def test_a_wrong_pin_opens_nothing_and_says_how_long_to_wait(hall: Hall) -> None:
    console = hall.console()
    fault = console.ask(wire.SignInCall(pin="0000")).fault
    assert fault is not None
    assert (fault.kind, fault.wait_seconds) == ("Denied", 1)
    again = console.ask(wire.SignInCall(pin="0000")).fault
    assert again is not None
    assert again.wait_seconds == 2
    assert console.ask(wire.DeedsCall()).fault is not None


def test_an_act_shows_in_the_state_that_comes_before_its_answer(hall: Hall) -> None:
    console = hall.console()
    console.sign_in()
    answer = console.ask(ORDER)
    assert answer.result == {"outcomes": [{"seat": "A1", "done": True, "words": "paused"}]}
    assert any(s.seat == "A1" and s.state == "P" for b in console.boards if b.type == "delta" for s in b.seats)


def test_who_is_signed_in_announces_and_takes_note(hall: Hall) -> None:
    one, other = hall.console(), hall.console()
    one.sign_in(PIN)
    other.sign_in(SECOND_PIN)
    one.ask(wire.AnnounceCall(text="first", seats=(), question=None))
    other.ask(wire.AnnounceCall(text="second", seats=("A1",), question="q-7"))
    one.ask(wire.AcknowledgeCall(attention_id="a1"))
    assert hall.done_by == [("Mbeki, T.", "first"), ("Lindqvist, A.", "second"), ("Mbeki, T.", "a1")]


def test_a_session_ends_after_a_quarter_of_an_hour_without_a_call(hall: Hall) -> None:
    console, announce = hall.console(), wire.AnnounceCall(text="Ten minutes", seats=(), question=None)
    console.sign_in()
    hall.clock.advance(SESSION_MS - 1)
    assert console.ask(wire.DeedsCall()).fault is None, "any call keeps it"
    hall.clock.advance(SESSION_MS - 1)
    assert console.ask(announce).fault is None
    hall.clock.advance(SESSION_MS)
    assert console.ask(wire.DeedsCall()).fault is None, "the map stays in sight"
    fault = console.ask(announce).fault
    assert fault is not None
    assert (fault.kind, fault.title) == ("Denied", SignedOut.title)
    console.sign_in()
    assert console.ask(announce).fault is None
    assert len(hall.done_by) == 2


def test_signing_out_shuts_the_hall(hall: Hall) -> None:
    console = hall.console()
    console.sign_in()
    assert console.ask(wire.SignOutCall()).fault is None
    assert isinstance(console.boards[-1], wire.BoardMessage)
    assert not console.boards[-1].is_open
    assert console.boards[-1].board.seats == ()
    assert console.ask(wire.DeedsCall()).fault is not None


def test_a_ticket_lets_look_also_at_a_new_hub_and_lets_nobody_act(hall: Hall) -> None:
    ticket = hall.console().sign_in()
    hall.hub.stop()
    hall.hub.start()
    console = hall.console(ticket)
    first = console.hear()
    assert first.is_open
    assert console.ask(wire.CardCall(seat="A1")).fault is None
    fault = console.ask(wire.AcknowledgeCall(attention_id="a1")).fault
    assert fault is not None
    assert fault.title == SignedOut.title
    hall.clock.advance(HOURS * 3_600_000)
    assert not hall.console(ticket).hear().is_open


def test_a_ticket_is_of_this_hall_and_has_its_time(tmp_path: Path) -> None:
    clock = a_clock()
    key = ticket_key(tmp_path)
    assert ticket_key(tmp_path) == key
    assert (tmp_path / "console.key").stat().st_mode & 0o777 == 0o600
    ticket = Tickets(key, clock).make()
    until, _, seal = ticket.partition(".")
    assert Tickets(key, clock).holds(ticket)
    assert not Tickets(b"o" * 32, clock).holds(ticket)
    assert not Tickets(key, clock).holds(f"{int(until) + 1}.{seal}")
    flipped = "0" if seal[0] != "0" else "1"
    assert not Tickets(key, clock).holds(f"{until}.{flipped}{seal[1:]}")
    clock.advance(HOURS * 3_600_000)
    assert not Tickets(key, clock).holds(ticket)


@pytest.mark.parametrize(
    "said",
    [
        "nonsense",
        '{"type": "hello"}',
        json.dumps({"type": "call", "id": 1, "call": {"method": "wipe"}}),
        json.dumps({"type": "call", "id": 1, "call": {"method": "card", "seat": "A1", "more": 1}}),
        json.dumps({"type": "call", "id": 1, "call": {"method": "card", "seat": "A" * 101}}),
        wire.ConsoleHello(build="twice").model_dump_json(),
        f'{{"type": "call", "id": 1, "call": {{"method": "deeds"}}{" " * wire.LARGEST_FROM_CONSOLE}}}',
    ],
    ids=["no json", "half a hello", "no such call", "one field more", "a seat too long", "a second hello", "too much"],
)
def test_what_is_not_in_the_protocol_ends_the_line_in_words(hall: Hall, said: str) -> None:
    console = hall.console()
    console.line.send(said)
    while (message := console.hear()).type != "farewell":
        pass
    assert message.fault.kind == "Invalid"
    with pytest.raises(ConnectionClosed):
        console.line.recv(timeout=PATIENCE)


def test_a_call_before_the_hello_is_not_heard(hall: Hall) -> None:
    line = hall.hub.dialler().dial()
    line.send(wire.BoardCallMessage(id=1, call=wire.SignInCall(pin=PIN)).model_dump_json())
    message = wire.HUB_TO_CONSOLE.validate_json(line.recv(timeout=PATIENCE))
    assert message.type == "farewell"


def test_a_console_that_leaves_is_forgotten_and_the_others_stay(hall: Hall) -> None:
    one, other = hall.console(), hall.console()
    one.sign_in()
    other.sign_in()
    one.line.close()
    assert other.ask(wire.DeedsCall()).fault is None


def test_no_secret_is_ever_shown() -> None:
    secrets = [
        wire.SignInCall(pin="4711"),
        wire.OrderCall.model_validate(Order(verb=Verb.PAUSE, seats=(), pin="4711", second_pin="4711")),
        wire.CodeCall(seat="A1", challenge="4711", act="resume", amount_ms=0, reason="", pin="4711", second_pin="4711"),
        wire.ConsoleHello(build="b", ticket=f"4711.{'a' * 64}"),
        wire.SignedInAnswer(name="n", ticket=f"4711.{'a' * 64}"),
        wire.CodeAnswer(code="4711"),
    ]
    for secret in secrets:
        assert "4711" not in repr(secret)
        assert "4711" not in str(secret)
    assert "4711" not in repr(wire.BoardCallMessage(id=1, call=secrets[0]))


class SlowLine:
    """A console that reads nothing until it is let; then everything."""

    remote_address = ("127.0.0.1", 50_000)

    def __init__(self) -> None:
        self.said: asyncio.Queue[str] = asyncio.Queue()
        self.took: list[str] = []
        self.wants = asyncio.Event()
        self.wants.set()
        self.offered = asyncio.Event()

    async def send(self, message: str, /) -> None:
        self.offered.set()
        await self.wants.wait()
        self.took.append(message)

    async def recv(self) -> str:
        return await self.said.get()


async def test_a_slow_console_gets_the_newest_state_and_no_queue_of_old_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.hall.hub.console.PUSH_SECONDS", 0.0)
    board, clock, line = FakeBoard(5, 9), a_clock(), SlowLine()
    ticket = Tickets(b"k" * 32, clock).make()
    door = ConsoleDoor(board, lambda address: board, b"k" * 32, clock)
    line.said.put_nowait(wire.ConsoleHello(build="slow", ticket=ticket).model_dump_json())
    serving = asyncio.create_task(door.serve(line))
    while not line.took:
        await asyncio.sleep(0)
    line.wants.clear()
    line.offered.clear()
    await line.offered.wait()
    before = len(line.took)
    for percent in range(50, 100):
        board.change("A1", percent=percent)
        board.tell()
        for _ in range(5):
            await asyncio.sleep(0)
    line.wants.set()
    while len(line.took) < before + 2:
        await asyncio.sleep(0)
    serving.cancel()
    late = [wire.HUB_TO_CONSOLE.validate_json(text) for text in line.took[before:]]
    told = [c.percent for m in late for c in m.seats if c.seat == "A1" and "percent" in c.model_fields_set]
    assert told == [99], "the fifty states between were never sent"
    door.close()


# what the documents can carry at all

WORDS_FOR = {
    "act", "act_id", "amount_ms", "announcement_id", "announcements", "answered", "at", "at_central", "at_seat",
    "attendance", "attention", "attention_id", "accommodated", "age_ms", "away", "badges", "board", "build", "bundle",
    "call", "can_undo", "candidate", "cause", "central", "challenge", "charge_ms", "checks", "clock", "code", "column",
    "columns", "counts", "deeds", "delivered", "done", "elapsed_ms", "events", "expected", "extended", "fitness",
    "hall", "handed_in", "id",
    "in_hall", "incidents", "is_open", "is_over", "is_spare", "kind", "lag_ms", "left_ms", "lines", "method", "missing",
    "name", "number", "outcomes", "paper", "paused", "percent", "pin", "present", "proposal_ms", "protocol",
    "questions", "read", "reason", "roll_number", "row", "rows", "saved_central_at", "saved_hall_at", "saved_ms",
    "saved_seat_at", "sealed", "seat", "seats", "second_pin", "section", "severity", "since_ms", "started_at", "state",
    "target", "test", "text", "ticket", "title", "type", "used_ms", "verb", "who", "words", "working",
    "question",
}  # fmt: skip
"""Every name a field on the way to or from a console may have. None of them holds what a paper or a candidate says."""


def documents() -> list[type[BaseModel]]:
    found = {m for module in (pictures, wire) for m in vars(module).values() if isinstance(m, type)}
    return [m for m in found if issubclass(m, BaseModel) and m.__module__ in (pictures.__name__, wire.__name__)]


def test_no_field_can_carry_a_question_or_an_answer() -> None:
    assert len(documents()) > 30
    names = {name for model in documents() for name in model.model_fields}
    assert names <= WORDS_FOR, names - WORDS_FOR
    counted = {
        f"{m.__name__}.{n}" for m in documents() for n in m.model_fields if re.search("question|answer|option|stem", n)
    }
    assert counted == {"CardAnswer.questions", "CardAnswer.answered", "AnnounceCall.question"}
    assert pictures.CardAnswer.model_fields["questions"].annotation is int
    assert pictures.CardAnswer.model_fields["answered"].annotation is int


def test_every_text_and_every_list_has_a_bound() -> None:
    for model in documents():
        for name, schema in model.model_json_schema()["properties"].items():
            for part in [schema, *schema.get("anyOf", [])]:
                where = f"{model.__name__}.{name}"
                if part.get("type") == "string" and "const" not in part and "enum" not in part:
                    assert "maxLength" in part or part.get("pattern", "").endswith("$"), where
                if part.get("type") == "array":
                    assert "maxItems" in part, where
                if part.get("type") == "integer":
                    assert "maximum" in part, where
                    assert "minimum" in part, where


def test_the_words_of_the_views_are_the_words_of_the_wire() -> None:
    assert typing.get_args(pictures.StateLetter) == tuple(SeatState)
    assert typing.get_args(pictures.SeverityWord) == tuple(Severity)
    assert typing.get_args(pictures.FitnessWord) == tuple(Fitness)
    assert typing.get_args(pictures.VerbWord) == tuple(Verb)


def test_a_hall_too_large_is_not_read() -> None:
    with pytest.raises(ValidationError):
        wire.OrderCall.model_validate(Order(verb=Verb.PAUSE, seats=("A1",) * (pictures.MOST_SEATS + 1), pin=PIN))
    with pytest.raises(ValidationError):
        wire.CONSOLE_MESSAGE.validate_json(json.dumps({"type": "call", "id": -1, "call": {"method": "deeds"}}))
