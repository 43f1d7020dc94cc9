"""Both ends of a line: the same answers as without it, and nothing that is not in the protocol."""

import io
import json
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Thread

import pytest

from builders import NOON, a_paper
from house import CODE, HALL, PIN, ROLL, SEAT, SECOND_PIN, a_hall_roster, a_house
from kiosk.exam.canonical import canonical
from kiosk.exam.error import Denied, Invalid, KioskError, Refused, Tampered
from kiosk.exam.grant import Act
from kiosk.exam.roster import HeldResult
from kiosk.hall.line import answer, serve
from kiosk.seat.caller import LOST
from kiosk.seat.line import Line
from kiosk.seat.place import read_enrolment
from kiosk.seat.unlocking import unlock_by_hall
from kiosk.views.authority import GrantRequest, HallLost
from kiosk.views.desk import ActRequest
from kiosk.wire import line as wire
from kiosk.wire.answer import KeyAnswer
from kiosk.wire.policy import HallPolicyDocument


@contextmanager
def a_line(authority, seat=SEAT, line_of=SEAT):
    """Connect a seat to an authority, served in a thread, as over a pipe."""
    ours, theirs = socket.socketpair()

    def answer_calls() -> None:
        with theirs:
            serve(authority, HALL, line_of, theirs.makefile("rb"), theirs.makefile("wb"))

    server = Thread(target=answer_calls)
    server.start()
    line = Line(seat, ours.makefile("rb"), ours.makefile("wb"))
    try:
        yield line
    finally:
        line.close()
        ours.close()
        server.join(10)


@pytest.fixture
def house(tmp_path):
    paper = a_paper()
    body = {"title": "Biology", "score": "1.5", "max_score": "3", "passed": None, "feedback": None, "lines": []}
    result = HeldResult("submission-0", "assignment-1", NOON, canonical(body).decode())
    house = a_house(tmp_path, paper, a_hall_roster(paper, results=(result,)))
    yield house
    house.close()


def test_every_answer_crosses_unchanged(house):
    with a_line(house.hall) as line:
        token = line.admit(ROLL, CODE, SEAT).token
        assert line.hall == HALL
        assert line.tests(token) == house.hall.tests(token)
        assert line.notices(token) == house.hall.notices(token)
        assert line.instructions(token, "assignment-1") == house.hall.instructions(token, "assignment-1")
        assert line.result(token, "assignment-1") == house.hall.result(token, "assignment-1")
        assert line.lease(token, "assignment-1", SEAT) == house.hall.lease(token, "assignment-1", SEAT)
        assert line.proctor(PIN, SEAT) == house.hall.proctor(PIN, SEAT)
        assert line.admit(ROLL, CODE, SEAT).candidate == house.hall.admit(ROLL, CODE, SEAT).candidate


def test_a_sealed_store_opens_over_a_line_and_its_key_is_never_on_it(house):
    house.hall.custody.decide(HallPolicyDocument(seal_stores=True), PIN, SECOND_PIN)
    house.desk()
    place = house.home.seat(SEAT)
    raw = unlock_by_hall(place, read_enrolment(place), house.hall)
    heard = []

    class Overheard:
        def __getattr__(self, name):
            def ask(*arguments):
                heard.append((arguments, getattr(house.hall, name)(*arguments)))
                return heard[-1][1]

            return ask

    with a_line(Overheard()) as line:
        assert unlock_by_hall(place, read_enrolment(place), line) == raw
        with pytest.raises(Denied, match="another seat"):
            line.challenge("A13")
    assert len(heard) == 2
    assert not any(secret in repr(heard) for secret in (raw.hex(), repr(raw)[2:-1]))


def test_a_whole_sitting_over_a_line(house):
    with a_line(house.hall) as line:
        desk = house.desk(authority=line)
        desk.sign_in(ROLL, CODE)
        desk.begin("assignment-1")
        desk.act(PIN, ActRequest(act=Act.EXTEND, amount_ms=60_000, reason="power", note="ä"))
        for question in desk.sheet().sections[0].questions:
            desk.visit(question.question_id)
            desk.choose(question.question_id, [question.options[0].option_id])
        desk.hand_in()
        desk.close()
    (progress,) = house.hall.progress()
    assert (progress.is_over, progress.answered) == (True, 3)


def test_errors_cross_as_words_and_kind(house):
    with a_line(house.hall) as line:
        for wait in (0, 0, 5):
            with pytest.raises(Denied, match="do not go together") as caught:
                line.admit(ROLL, "WRONG", SEAT)
            assert caught.value.wait_seconds == wait
        with pytest.raises(Denied, match="sign in again"):
            line.tests("0" * 32)


@pytest.mark.parametrize("error", [KioskError, Refused, Invalid, Tampered, Denied])
def test_each_kind_of_error_stays_what_it_is(error):
    class Broken:
        def tests(self, token):
            raise error("These words.", "This title")

    with a_line(Broken()) as line, pytest.raises(KioskError) as caught:
        line.tests("0" * 32)
    assert type(caught.value) is error
    assert (caught.value.message, caught.value.title) == ("These words.", "This title")


def test_an_error_of_a_store_arrives_without_its_type_s_name():
    from storage.engine import StoreError

    class Broken:
        def tests(self, token):
            raise StoreError("The disk is full.")

    with a_line(Broken()) as line, pytest.raises(KioskError, match="disk is full") as caught:
        line.tests("0" * 32)
    assert type(caught.value) is KioskError


def test_a_line_belongs_to_one_seat(house):
    with a_line(house.hall) as line:
        with pytest.raises(Denied, match="another seat"):
            line.admit(ROLL, CODE, "A13")
        with pytest.raises(Denied, match="another seat"):
            line.grant(GrantRequest(submission_id="", seat="A13", act=Act.CLOSE_SEAT, pin=PIN))
    with pytest.raises(KioskError), a_line(house.hall, seat="A13") as line:
        line.proctor(PIN, "A13")


@pytest.mark.parametrize(
    "call",
    [
        b"not json\n",
        b"[]\n",
        b'{"method": "close"}\n',
        b'{"method": "__init__"}\n',
        b'{"method": "enrol", "seat": "A12", "public": "00"}\n',
        b'{"method": "tests"}\n',
        b'{"method": "tests", "token": 5}\n',
        b'{"method": "tests", "token": "short"}\n',
        b'{"method": "tests", "token": "' + b"0" * 32 + b'", "more": 1}\n',
        b'{"method": "admit", "roll_number": "' + b"9" * 101 + b'", "code": "x", "seat": "A12"}\n',
        b'{"method": "report", "submission_id": "s", "phase": "running", "attempt": 1, "started_at": "now",'
        b' "submitted_at": null, "answered": 0, "questions": 0, "used_ms": 0, "head_seq": 0, "head_hash": "00"}\n',
        b"[" * 100_000 + b"\n",
        '{"method": "tests", "token": "\udcff"}\n'.encode("utf-8", "surrogateescape"),
    ],
)
def test_what_is_not_in_the_protocol_is_not_asked(call):
    said = answer(object(), SEAT, call)
    assert said.result is None
    assert said.fault.kind == "Invalid"
    assert "not in the protocol" in said.fault.message


class Said(io.BytesIO):
    """Remembers what was written when it is closed."""

    def close(self) -> None:
        self.lines = self.getvalue().splitlines()
        super().close()


def hang_up_after(*lines: bytes) -> list[bytes]:
    """Serve what is on these lines and return what was said."""
    said = Said()
    serve(object(), HALL, SEAT, io.BytesIO(b"".join(lines)), said)
    return said.lines


def hello(**fields) -> bytes:
    return json.dumps({"line": "exam-kiosk", "version": wire.VERSION, "name": SEAT} | fields).encode() + b"\n"


@pytest.mark.parametrize("first", [b"", b"\n", b"GET / HTTP/1.1\r\n", hello(line="other"), b"{" * 200_000])
def test_who_does_not_say_hello_is_not_spoken_to(first):
    assert hang_up_after(first, b'{"method": "tests"}\n') == []


@pytest.mark.parametrize("other", [{"version": 2}, {"name": "A13"}])
def test_another_version_or_seat_gets_a_hello_and_no_more(other):
    assert len(hang_up_after(hello(**other), b'{"method": "tests"}\n')) == 1


def test_a_call_that_is_too_long_ends_the_line():
    said = hang_up_after(hello(), b'"' + b"x" * wire.LARGEST_CALL + b'"\n', b'{"method": "tests"}\n')
    assert len(said) == 2
    assert "too long" in json.loads(said[1])["fault"]["message"]


def test_a_hall_of_another_version_is_not_talked_to():
    with pytest.raises(KioskError, match="another version"):
        Line(SEAT, io.BytesIO(hello(version=2, name=HALL)), io.BytesIO())


@pytest.mark.parametrize("said", [b"", b"{}", b"{}\n", b'{"result": {"name": 5}, "fault": null}\n'])
def test_a_hall_that_dies_or_babbles_is_said_in_words(said):
    line = Line(SEAT, io.BytesIO(hello(name=HALL) + said), io.BytesIO())
    with pytest.raises(KioskError) as caught:
        line.proctor(PIN, SEAT)
    assert caught.value.message == LOST or "not of this version" in caught.value.message


def test_secrets_are_in_no_repr():
    calls = [
        wire.AdmitCall(method="admit", roll_number=ROLL, code=CODE, seat=SEAT),
        wire.ProctorCall(method="proctor", pin=PIN, seat=SEAT),
        wire.TestsCall(method="tests", token="0" * 32),
        wire.UnlockCall(method="unlock", seat=SEAT, wrapped=CODE, proof=PIN),
        KeyAnswer(sealed=CODE),
        wire.GrantCall.model_validate(GrantRequest(submission_id="", seat=SEAT, act=Act.PAUSE, pin=PIN)),
    ]
    for call in calls:
        assert not any(secret in repr(call) + str(call) for secret in (CODE, PIN, "0" * 32))


def test_a_hall_that_is_lost_stops_no_move(house):
    with a_line(house.hall) as line:
        desk = house.desk(authority=line)
        desk.sign_in(ROLL, CODE)
        desk.begin("assignment-1")
    for _ in range(40):
        house.clock.advance(1_000)
        desk.flag(desk.state().question_id, not desk.state().answers[desk.state().question_id].flagged)
        desk.tick()
    house.settle()
    assert desk._courier.wait(60)
    assert desk.saved().failure is None
    assert desk.overlay().events[-1][1] == LOST


def test_a_line_that_is_hung_up_keeps_nobody_waiting_for_an_answer():
    ours, theirs = socket.socketpair()
    theirs.sendall(hello(name=HALL))
    line = Line(SEAT, ours.makefile("rb"), ours.makefile("wb"), patience=60)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(line.proctor, PIN, SEAT)
        reader = theirs.makefile("rb")
        assert all(reader.readline() for _ in ("the hello", "the call"))  # which nobody answers
        line.close()
        with pytest.raises(HallLost):
            asked.result(10)
    reader.close()
    ours.close()
    theirs.close()


def test_a_hall_that_hangs_ends_the_line_and_its_late_answer_is_nobody_s():
    ours, theirs = socket.socketpair()
    theirs.sendall(hello(name=HALL))
    line = Line(SEAT, ours.makefile("rb"), ours.makefile("wb"), patience=0.01)
    for _ in range(2):
        with pytest.raises(KioskError, match="does not answer"):
            line.proctor(PIN, SEAT)
        theirs.sendall(b'{"result": {"name": "Somebody"}, "fault": null}\n')
    line.close()
    ours.close()
    theirs.close()
