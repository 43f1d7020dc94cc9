"""A channel says everything that is said on it, whoever speaks while another listens, and wakes who waits."""

import socket
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import pytest

from builders import NOON
from kiosk.ground.certificate import DoorCertificate
from kiosk.ground.channel import Channel

SPEAKERS, TURNS = 4, 150


@pytest.fixture(scope="module")
def contexts(tmp_path_factory):
    """The TLS contexts of the one who is called and of the one who calls."""
    folder = tmp_path_factory.mktemp("keys")
    DoorCertificate.own(folder, "hub").make(["127.0.0.1"], NOON, "hub")
    called = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    called.load_cert_chain(folder / "hub.certificate.pem", folder / "hub.key.pem")
    calling = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    calling.minimum_version, calling.check_hostname, calling.verify_mode = (
        ssl.TLSVersion.TLSv1_3,
        False,
        ssl.CERT_NONE,
    )
    return called, calling


@contextmanager
def answering(contexts, answer):
    """Yield the channel to somebody who does `answer` with the socket they were called on, in a thread."""
    ours, theirs = socket.socketpair()

    def serve() -> None:
        with closing(theirs):
            answer(theirs, contexts[0])

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    ours.settimeout(20)
    try:
        yield ours
    finally:
        ours.close()
        thread.join(20)
        assert not thread.is_alive()


def echo(bare, context):
    """Say everything back, in pieces of another size."""
    with context.wrap_socket(bare, server_side=True) as line:
        while data := line.recv(5_000):
            line.sendall(data)


def heard(channel, count):
    """Return the next bytes of a channel."""
    found = b""
    while len(found) < count:
        said = channel.recv(100)
        assert said, "the line was cut"
        found += said
    return found


def test_several_speak_while_one_listens_and_nothing_is_lost(contexts):
    words = [bytes([65 + n]) * 3_001 for n in range(SPEAKERS)]
    with answering(contexts, echo) as bare, ThreadPoolExecutor(SPEAKERS + 1) as pool:
        channel = Channel(bare, contexts[1], None)
        listening = pool.submit(heard, channel, SPEAKERS * TURNS * 3_001)
        speaking = [pool.submit(lambda w: [channel.sendall(w) for _ in range(TURNS)], w) for w in words]
        said = listening.result(60)
        for one in speaking:
            one.result(60)
    assert len(said) == SPEAKERS * TURNS * 3_001
    pieces = [said[at : at + 3_001] for at in range(0, len(said), 3_001)]
    assert sorted(pieces) == sorted(words * TURNS), "each was said whole"


def test_all_that_came_is_told_at_once(contexts):
    """A selector does not tell of what was taken from the network already."""

    def answer(bare, context):
        with context.wrap_socket(bare, server_side=True) as line:
            line.recv(1)
            for _ in range(20):
                line.sendall(b"word")

    with answering(contexts, answer) as bare:
        channel = Channel(bare, contexts[1], None)
        channel.sendall(b"?")
        assert heard(channel, 80) == b"word" * 20
        assert channel.recv(100) == b""


def test_who_listens_is_woken_by_the_end(contexts):
    with answering(contexts, echo) as bare, ThreadPoolExecutor(1) as pool:
        channel = Channel(bare, contexts[1], None)
        listening = pool.submit(channel.recv, 100)
        channel.close()
        fault = listening.exception(20)
        assert listening.result() == b"" if fault is None else isinstance(fault, OSError)


def test_the_certificate_is_the_other_one_s(contexts):
    with answering(contexts, echo) as bare:
        shown = ssl.DER_cert_to_PEM_cert(Channel(bare, contexts[1], None).certificate)
        assert shown.startswith("-----BEGIN CERTIFICATE-----")


@pytest.mark.parametrize("answer", [lambda bare, _: None, lambda bare, _: bare.sendall(b"HTTP/1.1 400 No\r\n\r\n")])
def test_who_does_not_shake_hands_is_an_error_of_the_line(contexts, answer):
    with answering(contexts, answer) as bare, pytest.raises(OSError):
        Channel(bare, contexts[1], None)


@pytest.mark.parametrize("last", [b"", b"goodbye"])
def test_who_will_say_no_more_is_not_waited_for_although_they_do_not_hang_up(contexts, last):
    over = threading.Event()

    def part(bare, context):
        line = context.wrap_socket(bare, server_side=True)
        line.sendall(b"hello" + last)
        line.settimeout(20)
        with pytest.raises((OSError, ssl.SSLError)):
            line.unwrap()  # says that it says no more, and waits for the answer
        over.wait(20)

    with answering(contexts, part) as bare:
        channel = Channel(bare, contexts[1], None)
        bare.settimeout(5)
        assert heard(channel, 5 + len(last)) == b"hello" + last
        assert channel.recv(100) == b""
        assert channel.recv(100) == b""
        channel.close()
        over.set()
