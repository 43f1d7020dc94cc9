"""The network other proofs stand on does what it says: a partition that parts nothing would prove nothing."""

import subprocess
import sys

import pytest
from lan import Host, Lan, why_not

WHY_NOT = why_not()
pytestmark = pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT))
RECEIVE = """
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("0.0.0.0", 9)); s.settimeout(0.5)
print("ready", flush=True)
n = 0
try:
    while s.recv(9) != b"end": n += 1
except TimeoutError: pass
print(n)
"""
SEND = """
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for _ in range(200): s.sendto(b"x", (sys.argv[1], 9))
"""


def arrived(sender: Host, receiver: Host) -> int:
    """Return how many of 200 datagrams come through."""
    argv = receiver.command([sys.executable, "-c", RECEIVE])
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as listening:
        assert listening.stdout is not None
        assert listening.stdout.readline() == "ready\n"
        subprocess.run(sender.command([sys.executable, "-c", SEND, receiver.address]), check=True)
        return int(listening.stdout.readline())


def test_what_is_lost_is_lost_in_one_direction():
    with Lan("seat", "hub") as lan:
        seat, hub = lan["seat"], lan["hub"]
        assert arrived(seat, hub) == arrived(hub, seat) == 200
        lan.lose("seat", "hub")
        assert (arrived(seat, hub), arrived(hub, seat)) == (0, 200)
        lan.lose("seat", "hub", 50)
        assert 40 < arrived(seat, hub) < 160
        lan.part("seat", "hub")
        assert arrived(seat, hub) == arrived(hub, seat) == 0
        lan.mend()
        assert arrived(seat, hub) == 200


def test_a_pulled_cable_is_noticed():
    with Lan("seat", "hub") as lan:
        assert lan.has_carrier("seat")
        lan.unplug("seat")
        assert not lan.has_carrier("seat")
        lan.plug("seat")
        assert lan.has_carrier("seat")
        assert arrived(lan["seat"], lan["hub"]) == 200
