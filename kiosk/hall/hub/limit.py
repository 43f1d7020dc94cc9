"""Limits of the hub: how many may come, how much and how fast each may send, and how slowly each may read."""

from dataclasses import dataclass

from kiosk.ground.rate import Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class HubLimits:
    """What one hub allows. Seconds, bytes and counts."""

    connections: int = 1_200
    """All there are; the largest hall has 500 seats, and each may be on its way back before its old line has gone."""
    connections_of_address: int = 600
    """Of one address: a lab may stand behind one."""
    arrivals: Rate = Rate(100, 600)
    """New connections of one address."""
    handshake: float = 10
    """For TLS, for the opening of the WebSocket, and for the seat's hello, each."""
    silence: float = 30
    """After so long without a word a line is cut; a seat says something every two seconds."""
    messages: Rate = Rate(50, 3_000)
    """Of one seat. Who is faster is read more slowly, never refused: what it holds must come."""
    bytes: Rate = Rate(2 * 2**20, 64 * 2**20)
    """Of one seat; the burst takes what a seat wrote in a day without its hub."""
    in_hand: int = 4 * 2**20
    """Bytes of one seat read and not yet worked on."""
    calls: int = 8
    """Calls of one seat that wait for an answer."""
    callers: int = 4
    """Threads that answer calls; a login keeps one busy for a tenth of a second."""
    outgoing: int = 2_000
    """Messages that wait for one seat to read."""
    outgoing_bytes: int = 16 * 2**20
    """Bytes of them; the answer to a call is not counted, and there is one at a time."""
    writing: float = 20
    """For one message to be read, and as long again for each mebibyte of it."""
    closing: float = 2
    """For a line to be ended in words when the hub ends."""
