"""The page of the protocol names every message with every field, and the limits as they are."""

import re
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from kiosk.hall.hub.limit import HubLimits
from kiosk.hall.hub.seat_line import LARGEST_HELLO
from kiosk.sealing.age import LARGEST_SEALED
from kiosk.wire import address, console, hub
from kiosk.wire.board import BoardAnswer

PAGE = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^### (.+)\n((?:(?!^##).*\n)*)", PAGE, flags=re.M))
LIMITS = PAGE[PAGE.index("## Limits") : PAGE.index("## Order")]


def of_union(union: object) -> tuple[type[BaseModel], ...]:
    """Return the models of a discriminated union."""
    return get_args(get_args(union)[0])


MESSAGES = {
    *of_union(hub.SeatMessage),
    *of_union(hub.HubMessage),
    *of_union(console.ConsoleMessage),
    *of_union(console.HubToConsole),
    hub.Welcome,
    hub.SeatHello,
    hub.SeatProof,
    hub.Admitted,
    address.EnrolRequest,
}
PARTS = {
    hub.HoldingLine: "HoldingMessage",
    hub.EvidencePart: "FrameMessage",
    hub.GenesisPart: "FrameMessage",
    hub.Vitals: "BeatMessage",
    hub.BlobOffer: "ProvisionMessage",
    BoardAnswer: "BoardMessage",
    address.AddressFile: "The address file",
    address.HubAddress: "The address file",
}


@pytest.mark.parametrize("message", sorted(MESSAGES, key=lambda m: m.__name__), ids=lambda m: m.__name__)
def test_every_message_is_described_with_every_field(message):
    told = set(re.findall(r"`(\w+)`", SECTIONS[message.__name__]))
    assert set(message.model_fields) <= told
    if "type" in message.model_fields:
        (name,) = get_args(message.model_fields["type"].annotation)
        assert f'`type` "{name}"' in SECTIONS[message.__name__]


@pytest.mark.parametrize("part", PARTS, ids=lambda p: p.__name__)
def test_every_part_of_one_is_too(part):
    assert set(part.model_fields) <= set(re.findall(r"`(\w+)`", SECTIONS[PARTS[part]]))


def test_nothing_else_is_described():
    assert set(SECTIONS) == {m.__name__ for m in MESSAGES} | {"The address file"}


def test_every_call_of_a_console_is_named():
    named = set(re.findall(r"`(\w+)`", SECTIONS["BoardCallMessage"]))
    assert {m.model_fields["method"].default for m in of_union(console.BoardCall)} <= named


def test_the_limits_are_those_of_the_program():
    limits = HubLimits()
    for number in (
        hub.LARGEST_FROM_SEAT,
        LARGEST_HELLO,
        LARGEST_SEALED,
        limits.messages.per_second,
        limits.messages.burst,
        limits.bytes.per_second,
        limits.bytes.burst,
        limits.in_hand,
        limits.calls,
        limits.outgoing,
        limits.outgoing_bytes,
        limits.writing,
        limits.silence,
        limits.handshake,
        limits.connections,
        limits.connections_of_address,
        limits.arrivals.per_second,
        limits.arrivals.burst,
    ):
        assert re.search(rf"(?<![\d,]){number:,}(?![\d,]*\d)", LIMITS), number
    for words in (
        f"says something every {hub.BEAT_SECONDS:g} seconds",
        f"After {hub.LOST_SECONDS:g} seconds a seat is shown as lost",
        f"at most {hub.PART // 1024} KiB",
        f"1 to {hub.MOST_ENTRIES} canonical texts of at most {hub.LARGEST_ENTRY:,} characters",
        f"`{hub.PROTOCOL}`",
        *(f"| `{path}` |" for path in (hub.SEAT_PATH, hub.ENROL_PATH, hub.CONSOLE_PATH)),
    ):
        assert words in PAGE
