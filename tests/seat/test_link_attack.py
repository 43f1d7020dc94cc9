"""A hostile seat on real sockets beside an honest one, and a hostile hub towards a seat."""

import statistics
import time
import uuid
from contextlib import contextmanager, suppress
from dataclasses import replace

import pytest
from websockets.exceptions import ConnectionClosed

from house import CODE, ROLL
from kiosk.exam.attempt import Phase
from kiosk.exam.grant import Act, Grant
from kiosk.ground.dialling import hang_up
from kiosk.hall.hub.clerk import MOST_OF_SEAT
from kiosk.hall.place import hall_keys
from kiosk.sealing.envelope import PayloadType, sign
from kiosk.sealing.key import SigningKey
from kiosk.seat.link.connecting import open_link
from kiosk.seat.link.greeting import greet
from kiosk.seat.link.link import MISTAKE
from kiosk.views.desk import HeldByHall
from kiosk.wire.hub import (
    AckMessage,
    AdvanceMessage,
    AnnouncementMessage,
    AnswerMessage,
    BlobOffer,
    BlobPartMessage,
    CommandMessage,
    FencedMessage,
    FetchMessage,
    HoldingLine,
    HoldingMessage,
    ProvisionMessage,
    ReceiptMessage,
    WantMessage,
)
from kiosk.wire.line import Answer
from live_hub import RunningClock, until

ACK_SECONDS = 0.25
"""What another seat's acknowledgement may take while somebody attacks; with what a busy machine of the tests adds."""


@contextmanager
def a_line(hub, name="A13"):
    """Give the bare line of an enrolled seat that has proved itself and is driven by hand."""
    place = hub.house.home.seat(name)
    if not (place.folder / "hub.json").exists():
        hub.connect(name)
    link = open_link(place, RunningClock())
    line = link._dialler.dial()
    greet(line, link._credentials, link._dialler.certificate)
    try:
        yield line
    finally:
        hang_up(line)


def acked_in(seat, on):
    """Return how many seconds it takes until the hall holds what the seat has just saved."""
    submission = seat.desk.scribe.sitting.genesis.submission_id
    question = seat.desk.sheet().sections[0].questions[0].question_id
    seat.desk.flag(question, on)
    until(lambda: seat.desk.saved().pending == 0)
    began = time.monotonic()
    until(lambda: seat.link.settle(submission, 1))
    return time.monotonic() - began


def holding(count):
    line = HoldingLine(submission_id="x", opened_on="2031-05-06", epoch=1, seq=1, hash="0" * 64)
    return HoldingMessage(sittings=tuple(line.model_copy(update={"submission_id": f"s{n}"}) for n in range(count)))


FLOODS = {
    "fetches": lambda: FetchMessage(sha256="0" * 64, index=0),
    "holdings": lambda: holding(1_000),
}


@pytest.mark.parametrize("kind", FLOODS)
def test_a_flood_of_one_seat_does_not_hold_up_another_s_ack(hub, kind):
    seat = hub.begun("A12", ROLL, CODE)
    acked_in(seat, True)
    calm = statistics.median(acked_in(seat, on) for on in (False, True, False))
    text = FLOODS[kind]().model_dump_json()
    with a_line(hub) as line:
        for _ in range(20 * MOST_OF_SEAT if len(text) < 10_000 else 60):
            with suppress(ConnectionClosed):  # who does not read what it asked for is cut
                line.send(text)
        took = [acked_in(seat, on) for on in (True, False, True)]
    assert statistics.median(took) < calm + 2 * ACK_SECONDS, (calm, took)


AT = "2031-05-06T10:00:00.000Z"
STRANGER = SigningKey.generate()


def a_grant(of, key, **changes):
    fields = {
        "grant_id": uuid.uuid4().hex, "submission_id": of, "seat": "A12", "act": Act.END, "who": "proctor-1",
        "reason": "x", "note": "", "issued_at": AT,
    }  # fmt: skip
    grant = Grant(**(fields | changes))
    envelope = sign(PayloadType.GRANT, grant.document(), key).decode()
    return CommandMessage(command_id=grant.grant_id, envelope=envelope)


def a_fence(lease, key, **changes):
    envelope = sign(PayloadType.LEASE, replace(lease, epoch=2, seat="B1", **changes).document(), key).decode()
    return FencedMessage(submission_id=lease.submission_id, lease=envelope)


def lies(hub, seat):
    """Return what a hub that is not to be believed may say, by what it is."""
    of, hall = seat.desk.scribe.sitting.genesis.submission_id, hall_keys(hub.house.home.hall).signing
    lease, sealed = hub.site.store.permits.lease(of).lease, uuid.uuid4().hex * 2
    other = a_grant(of, hall).model_copy(update={"command_id": "another"})
    return {
        "order of a stranger": a_grant(of, STRANGER),
        "order for another seat": a_grant(of, hall, seat="A13"),
        "order for another sitting": a_grant("another", hall),
        "order under another id": other,
        "no envelope": CommandMessage(command_id="x", envelope="{}"),
        "fence of a stranger": a_fence(lease, STRANGER),
        "fence of another sitting": a_fence(lease, hall, assignment_id="x").model_copy(update={"submission_id": "x"}),
        "ack of another journal": AckMessage(submission_id=of, epoch=1, seq=2, hash="0" * 64, at=AT),
        "ack of what was not sent": AckMessage(submission_id=of, epoch=1, seq=2**53 - 1, hash="0" * 64, at=AT),
        "want of nothing": WantMessage(submission_id=of, first=2**53 - 1, start=True),
        "want of another": WantMessage(submission_id="x", first=0, start=True),
        "answer nobody asked for": AnswerMessage(id=99_999, answer=Answer(result={"x": 1})),
        "advance of a stranger": AdvanceMessage(
            lease=a_fence(lease, STRANGER).lease, candidate="{}", paper_identity="AGE-SECRET-KEY-1"
        ),
        "advance for another seat": AdvanceMessage(lease=a_fence(lease, hall).lease, candidate="{}"),
        "offer": ProvisionMessage(blobs=(BlobOffer(paper="0" * 64, sha256=sealed, length=4, role="paper"),)),
        "other bytes": BlobPartMessage(sha256=sealed, index=0, count=1, data="AAAAAA=="),
        "no bytes": BlobPartMessage(sha256=sealed, index=0, count=1, data="!"),
        "receipt of a stranger": ReceiptMessage(
            bundle_id="0" * 64, envelope=sign(PayloadType.RECEIPT, {"version": 1}, STRANGER).decode()
        ),
        "steering words": AnnouncementMessage(
            announcement_id="[red]", at=AT, who="\x1b[31m" * 50, text="\x1b]0;x\x07[red]" * 150
        ),
        "nothing but control characters": AnnouncementMessage(
            announcement_id="none", at=AT, who="\x07", text="\x00" * 2_000
        ),
    }


def test_a_hub_that_lies_ends_no_sitting_moves_no_level_and_stops_no_thread(hub):
    seat = hub.begun("A12", ROLL, CODE)
    acked_in(seat, True)
    post = hub.hub.presence.post("A12")
    for lie in lies(hub, seat).values():
        post.send(lie)
    until(lambda: len(seat.desk.messages()) >= 1)
    seat.desk.tick()
    assert seat.desk.state().phase is Phase.RUNNING
    told = [event.seq for event in seat.heard if isinstance(event, HeldByHall)]
    assert told == sorted(told)
    assert max(told) <= seat.desk.scribe.sitting.head.seq
    assert not any("\x1b" in m.text + m.who or "\x07" in m.text + m.who for m in seat.desk.messages())
    assert acked_in(seat, False) < 15
    assert seat.link.state().is_connected


def test_a_hub_that_asks_without_end_does_not_slow_a_move(hub):
    seat = hub.begun("A12", ROLL, CODE)
    acked_in(seat, True)
    of = seat.desk.scribe.sitting.genesis.submission_id
    post, question = hub.hub.presence.post("A12"), seat.desk.sheet().sections[0].questions[0].question_id
    calm = timed(lambda: seat.desk.flag(question, False))
    for _ in range(1_500):
        post.send(WantMessage(submission_id=of, first=0, start=True))
    took = [timed(lambda on=on: seat.desk.flag(question, on)) for on in (True, False, True)]
    assert max(took) < calm + 0.25
    assert acked_in(seat, False) < 15


def timed(act):
    began = time.monotonic()
    act()
    return time.monotonic() - began


@pytest.mark.parametrize("error", [OSError(5, "Input/output error"), ValueError("x"), KeyError("x")])
def test_a_mistake_beside_the_line_ends_neither_beats_nor_frames(hub, monkeypatch, error):
    seat = hub.begun("A12", ROLL, CODE)

    def broken():
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(seat.link._side, "vitals", broken)
        until(lambda: (seat.link.trouble or "").startswith(MISTAKE))
    before = hub.hub.presence.of("A12").vitals_ms
    until(lambda: hub.hub.presence.of("A12").vitals_ms > before)
    assert acked_in(seat, True) < 15


def test_a_mistake_with_what_a_hub_says_ends_no_line_for_good(hub, monkeypatch):
    seat = hub.begun("A12", ROLL, CODE)
    joined = hub.hub.presence.of("A12").joined_ms

    def broken(_):
        raise RuntimeError("x")

    with monkeypatch.context() as patch:
        patch.setattr(seat.link, "_hear_of_tail", broken)
        question = seat.desk.sheet().sections[0].questions[0].question_id
        seat.desk.flag(question, True)
        until(lambda: (seat.link.trouble or "").startswith(MISTAKE))
    until(lambda: hub.hub.presence.of("A12").joined_ms > joined and seat.link.state().is_connected)
    assert acked_in(seat, False) < 15
