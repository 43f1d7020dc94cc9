"""The hub on real TLS sockets: who is let in, who is not and why, and what one seat can do to the others: nothing."""

import asyncio
import json
import logging
import socket
import ssl
import threading

import pytest
from websockets.exceptions import InvalidStatus
from websockets.protocol import State

from house import CODE, PIN, ROLL, a_house
from hub_kit import PATIENCE, TOKEN, BookHub, a_hub, beat
from keyring import a_keyring
from kiosk.exam.error import KioskError
from kiosk.ground.rate import Rate
from kiosk.sealing.certificate import verify_chain
from kiosk.sealing.key import KeyRole, SigningKey
from kiosk.seat.place import make_seat, settle_seat
from kiosk.wire.enrolment import EnrolmentDocument
from kiosk.wire.hub import LARGEST_FROM_SEAT, AnnouncementMessage, CallMessage, EchoMessage
from kiosk.wire.line import AdmitCall, ProctorCall


@pytest.fixture
def house(tmp_path):
    made = a_house(tmp_path)
    yield made
    made.close()


def call(number, **fields):
    """Return a call of a seat."""
    return CallMessage(id=number, call=fields.pop("of")(**fields))


def a_login(number=1, seat="A12", code=CODE):
    return call(number, of=AdmitCall, method="admit", roll_number=ROLL, code=code, seat=seat)


async def test_a_seat_proves_itself_and_is_heard(house):
    async with a_hub(house) as served:
        line = await served.seat()
        assert line.socket.subprotocol == "exam-kiosk.hub.v1"
        assert line.welcome["hall"] == house.hall.name
        await line.say(beat(41))
        assert (await line.hear("echo"))["sent"] == 41
        await line.socket.close()
        await served.hub.until(lambda: served.hub.left == ["A12"])
    assert served.hub.joined == ["A12"]
    assert [s.seat for s in house.hall.seats()] == ["A12"]


async def test_tls_older_than_1_3_is_not_spoken(house):
    async with a_hub(house) as served:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.maximum_version = ssl.TLSVersion.TLSv1_2

        def knock():
            with (
                socket.create_connection(("127.0.0.1", served.port), PATIENCE) as raw,
                pytest.raises(ssl.SSLError),
            ):
                context.wrap_socket(raw)

        await asyncio.to_thread(knock)


WRONG = {
    "a key that is not the certificate's": (lambda: {"key": SigningKey.generate()}, "signature does not hold"),
    "a proof for another connection": (lambda: {"nonce": "0" * 64}, "another connection"),
    "a proof for another certificate": (lambda: {"certificate": "0" * 64}, "stands between"),
    "a proof of another seat": (lambda: {"seat": "A13"}, "of the seat A12"),
    "another hall's seat": (lambda: {"chain": list(a_keyring().seat_chain)}, "not signed by the key above"),
    "another protocol": (lambda: {"protocol": "exam-kiosk.hub.v2"}, "not in the protocol"),
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_a_seat_that_does_not_prove_itself_is_told_why(house, wrong, caplog):
    changes, why = WRONG[wrong]
    async with a_hub(house) as served:
        line = await served.line()
        with caplog.at_level(logging.WARNING, "kiosk.hub"):
            await line.say(served.hello("A12", line.welcome["nonce"], **changes()))
            assert why in await line.farewell()
        assert why in caplog.text
        assert line.socket.close_code == 1008
    assert served.hub.joined == []


async def test_a_hello_that_was_good_once_is_good_no_more(house):
    async with a_hub(house) as served:
        first = await served.line()
        hello = served.hello("A12", first.welcome["nonce"])
        await first.say(hello)
        await first.hear("admitted")
        second = await served.line()
        await second.say(hello)
        assert "another connection" in await second.farewell()


@pytest.mark.parametrize("said", ["", "{}", "[" * 50_000, b"\x00", json.dumps({"type": "beat"}), "x" * 200_000])
async def test_whatever_is_no_hello_ends_in_words(house, said):
    async with a_hub(house) as served:
        line = await served.line()
        await line.say(said)
        assert "hello" in await line.farewell()


async def test_who_says_nothing_is_not_waited_for(house):
    async with a_hub(house, handshake=0.05) as served:
        line = await served.line()
        assert "No hello came in time" in await line.farewell()
    async with a_hub(house, silence=0.05) as served:
        line = await served.seat()
        assert "said nothing" in await line.farewell()


async def test_who_opens_a_connection_and_says_nothing_makes_room_again(house):
    async with a_hub(house, handshake=0.2, connections_of_address=1) as served:
        reader, writer = await asyncio.open_connection("127.0.0.1", served.port)  # nothing of TLS is said
        async with asyncio.timeout(PATIENCE):
            assert await reader.read() == b""
        writer.close()
        wish = await served.dial("/v1/enrol", TOKEN)
        async with asyncio.timeout(PATIENCE):
            assert "in time" in json.loads(await wish.recv())["fault"]["message"]
            await wish.wait_closed()


async def test_a_newer_line_of_a_seat_takes_the_older_one_s_place(house):
    async with a_hub(house) as served:
        older = await served.seat()
        newer = await served.seat()
        assert "another line" in await older.farewell()
        await newer.say(beat(7))
        assert (await newer.hear("echo"))["sent"] == 7
        await served.hub.until(lambda: served.hub.left == ["A12"])
        assert served.hub.presence.post("A12") is not None


@pytest.mark.parametrize(
    "said",
    ["{}", '{"type":"beat"}', '{"type":"ack"}', "[" * 100_000, b"{}", json.dumps({"type": "fetch", "sha256": "0"})],
)
async def test_what_is_not_in_the_protocol_ends_a_line_in_words(house, said):
    async with a_hub(house) as served:
        line, other = await served.seat(), await served.seat("A13")
        await line.say(said)
        assert await line.farewell()
        await other.say(beat(3))
        assert (await other.hear("echo"))["sent"] == 3
    assert all(seat == "A13" for batch in served.hub.batches for seat, _ in batch)


async def test_a_message_that_is_too_large_is_not_read(house):
    async with a_hub(house) as served:
        line = await served.seat()
        await line.say("x" * (LARGEST_FROM_SEAT + 1))
        await line.socket.wait_closed()
        assert line.socket.close_code == 1009
    assert served.hub.batches == []


async def test_who_is_too_fast_is_read_more_slowly_and_loses_nothing(house):
    rate = Rate(20, 5)
    async with a_hub(house, messages=rate) as served:
        line = await served.seat()
        begun = asyncio.get_running_loop().time()
        for number in range(15):
            await line.say(beat(number))
        for number in range(15):
            assert (await line.hear("echo"))["sent"] == number
        assert asyncio.get_running_loop().time() - begun >= (15 - 5 - 1) / rate.per_second
        again = await served.seat()  # a new line is no new allowance
        begun = asyncio.get_running_loop().time()
        for number in range(5):
            await again.say(beat(number))
        for _ in range(5):
            await again.hear("echo")
        assert asyncio.get_running_loop().time() - begun >= 4 / rate.per_second


async def test_a_burst_after_an_hour_alone_passes_at_once(house):
    async with a_hub(house) as served:
        line = await served.seat()
        for number in range(1_000):
            await line.say(beat(number))
        for number in range(1_000):
            assert (await line.hear("echo"))["sent"] == number
    assert max(map(len, served.hub.batches)) > 1  # what queued up was worked on together


async def test_a_seat_that_does_not_read_is_cut_and_holds_up_nobody(house, caplog):
    async with a_hub(house, outgoing=200, outgoing_bytes=2**20) as served:
        slow, other = await served.seat(), await served.seat("A13")
        slow.socket.transport.pause_reading()
        message = AnnouncementMessage(announcement_id="a", at="2031-05-06T12:00:00.000Z", who="M", text="x" * 2_000)
        post = served.hub.presence.post("A12")
        for _ in range(20_000):
            post.send(message)
        await served.hub.until(lambda: "A12" in served.hub.left)
        await other.say(beat(5))
        assert (await other.hear("echo"))["sent"] == 5
        assert "reads too slowly" in caplog.text
        slow.socket.transport.abort()


async def test_a_seat_that_stops_reading_one_message_is_cut(house):
    async with a_hub(house, writing=0.05, outgoing_bytes=2**30, outgoing=10**6) as served:
        slow = await served.seat()
        slow.socket.transport.pause_reading()
        post = served.hub.presence.post("A12")
        for _ in range(20_000):
            post.send(EchoMessage(sent=1, at="2031-05-06T12:00:00.000Z", boot_ms=0))
        message = AnnouncementMessage(announcement_id="a", at="2031-05-06T12:00:00.000Z", who="M", text="x" * 2_000)
        for _ in range(10_000):
            post.send(message)
        await served.hub.until(lambda: "A12" in served.hub.left)
        slow.socket.transport.abort()


async def test_a_beat_is_answered_although_the_hub_is_far_behind(house):
    held = threading.Event()
    hub = BookHub(house)
    hub.on_receive = lambda batch: held.wait(PATIENCE)
    async with a_hub(house, hub=hub) as served:
        line = await served.seat()
        for number in range(3):
            await line.say(beat(number))
            assert (await line.hear("echo"))["sent"] == number  # while the first is still being worked on
        assert len(hub.batches) == 0
        held.set()


async def test_logins_are_answered_beside_the_frames_and_in_turn(house):
    held = threading.Event()
    hub = BookHub(house)
    real = hub.call

    def slow(seat, message):
        assert held.wait(PATIENCE)
        return real(seat, message)

    hub.call = slow
    async with a_hub(house, hub=hub) as served:
        line = await served.seat()
        await line.say(a_login(1))
        await line.say(call(2, of=ProctorCall, method="proctor", pin=PIN, seat="A12"))
        await line.say(beat(9))
        assert (await line.hear("echo"))["sent"] == 9  # while the login is still being judged
        held.set()
        first, second = await line.hear("answer"), await line.hear("answer")
        assert (first["id"], first["answer"]["fault"], second["id"]) == (1, None, 2)
        assert second["answer"]["result"]["name"] == "Mbeki, Thandi"


async def test_calls_that_pile_up_or_name_another_seat_are_refused_in_words(house, caplog):
    held = threading.Event()
    hub = BookHub(house)
    real = hub.call
    hub.call = lambda seat, message: (held.wait(PATIENCE), real(seat, message))[1]
    async with a_hub(house, hub=hub, calls=2) as served:
        line = await served.seat()
        for number in range(1, 7):
            await line.say(a_login(number, seat="A13", code="a-secret"))
        refused = await line.hear("answer")
        assert "not answered what this seat asked before" in refused["answer"]["fault"]["message"]
        held.set()
        answered = await line.hear("answer")
        while "another seat" not in answered["answer"]["fault"]["message"]:
            answered = await line.hear("answer")
    assert "a-secret" not in caplog.text


async def test_a_mistake_with_one_seat_s_message_keeps_no_other_back(house, caplog):
    hub = BookHub(house)

    def choke(batch):
        for _, message in batch:
            if message.sent == 13:
                raise ValueError("a-secret")
            if message.sent == 14:
                raise KioskError("The disk is full.")

    hub.on_receive = choke
    async with a_hub(house, hub=hub) as served:
        line, full, other = await served.seat(), await served.seat("A13"), await served.seat("A14")
        await line.say(beat(13))
        await full.say(beat(14))
        await other.say(beat(15))
        assert "Nothing is lost" in await line.farewell()
        assert "The disk is full." in await full.farewell()
        assert (await other.hear("echo"))["sent"] == 15
        again = await served.seat()
        await again.say(beat(16))
        assert (await again.hear("echo"))["sent"] == 16
    assert "a-secret" not in caplog.text
    assert "ValueError at test_hub_server.py" in caplog.text


async def enrol(served, name, public, token=TOKEN):
    """Ask to be enrolled; return the answer as it came."""
    line = await served.dial("/v1/enrol", token)
    await line.send(json.dumps({"type": "enrol", "seat": name, "public": public}))
    async with asyncio.timeout(PATIENCE):
        answer = await line.recv()
        await line.wait_closed()
    return answer


async def test_a_new_seat_enrols_with_the_token_and_connects(house):
    async with a_hub(house) as served:
        place = house.home.seat("B1")
        public = make_seat(place)
        answer = EnrolmentDocument.model_validate_json(await enrol(served, "B1", public))
        holder = verify_chain(answer.chain, answer.root, KeyRole.SEAT)
        assert (holder.key, holder.seat, answer.root) == (public, "B1", house.keyring.root.public)
        settle_seat(place, answer)
        line = await served.seat("B1")
        await line.say(beat(2))
        await line.hear("echo")
        EnrolmentDocument.model_validate_json(await enrol(served, "B1", public))  # the same machine, again


async def test_a_name_is_another_machine_s_only_when_a_proctor_gave_it_free(house):
    first, second = SigningKey.generate().public, SigningKey.generate().public
    async with a_hub(house) as served:
        await enrol(served, "B1", first)
        refused = json.loads(await enrol(served, "B1", second))
        assert refused["type"] == "farewell"
        assert "kiosk hall seats --forget B1" in refused["fault"]["message"]
        await asyncio.to_thread(house.hall.forget_seat, "B1", PIN)
        assert EnrolmentDocument.model_validate_json(await enrol(served, "B1", second)).seat == "B1"


@pytest.mark.parametrize(("name", "key"), [("../A", None), ("", None), ("A" * 33, None), ("A12", "zz")])
async def test_what_cannot_be_a_seat_is_not_enrolled(house, name, key):
    async with a_hub(house) as served:
        answer = json.loads(await enrol(served, name, key or SigningKey.generate().public))
        assert answer["type"] == "farewell"
    assert house.hall.seats() == ()


@pytest.mark.parametrize("path", ["/v1/enrol", "/v1/console"])
@pytest.mark.parametrize("token", [None, "t" * 42 + "u", "t" * 42, "t" * 44, ""])
async def test_without_the_token_nobody_enrols_and_no_console_connects(house, path, token, caplog):
    async with a_hub(house) as served:
        with pytest.raises(InvalidStatus) as refused:
            await served.dial(path, token)
        assert refused.value.response.status_code == 401
        assert b"address file" in refused.value.response.body
    assert TOKEN not in caplog.text


async def test_a_console_with_the_token_is_handed_on(house):
    class Door:
        async def serve(self, line):
            await line.send("the board")

    async with a_hub(house, consoles=Door()) as served:
        line = await served.dial("/v1/console", TOKEN)
        assert await line.recv() == "the board"
    async with a_hub(house) as served:
        with pytest.raises(InvalidStatus) as refused:
            await served.dial("/v1/console", TOKEN)
        assert refused.value.response.status_code == 503


@pytest.mark.parametrize("path", ["/", "/v1/seat/", "/v2/seat", "/v1/seat?x=1"])
async def test_there_is_no_other_way_in(house, path):
    async with a_hub(house) as served:
        with pytest.raises(InvalidStatus) as refused:
            await served.dial(path, TOKEN)
        assert refused.value.response.status_code == 404


async def test_one_who_is_too_many_is_not_let_in_until_another_leaves(house):
    async with a_hub(house, connections_of_address=2) as served:
        first, _ = await served.seat(), await served.seat("A13")
        with pytest.raises(OSError):
            await served.dial()
        await first.socket.close()
        await served.hub.until(lambda: served.hub.left == ["A12"])
        while served.turnstile.inside == 2:  # the socket is closed in the next turns of the loop
            await asyncio.sleep(0)
        await served.seat()
        assert served.turnstile.inside == 2


async def test_a_hub_that_is_killed_and_comes_back_at_once_on_its_port_is_the_same_hub(house):
    async with a_hub(house) as served:
        port, lines = served.port, [await served.seat(), await served.seat("A13")]
    for line in lines:
        await line.socket.wait_closed()
        assert line.socket.close_code == 1012
    async with a_hub(house, port=port) as served:
        line = await served.seat()
        await line.say(beat(8))
        assert (await line.hear("echo"))["sent"] == 8


async def test_what_came_before_the_end_is_worked_on(house):
    hub = BookHub(house)
    gate = threading.Event()
    hub.on_receive = lambda batch: gate.wait(PATIENCE)
    async with a_hub(house, hub=hub) as served:
        line = await served.seat()
        for number in range(50):
            await line.say(beat(number))
        await line.socket.close()
        gate.set()
    assert [m.sent for batch in hub.batches for _, m in batch] == list(range(50))


async def test_a_hundred_seats_come_at_once(house):
    async with a_hub(house) as served:
        names = [f"S{n}" for n in range(100)]
        for name in names:
            served.enrolled(name)
        lines = await asyncio.gather(*(served.seat(name) for name in names))

        async def talk(number, line):
            await line.say(beat(number))
            return (await line.hear("echo"))["sent"]

        assert await asyncio.gather(*(talk(n, line) for n, line in enumerate(lines))) == list(range(100))
        assert all(line.socket.state is State.OPEN for line in lines)
        assert sorted(served.hub.joined) == sorted(names)
