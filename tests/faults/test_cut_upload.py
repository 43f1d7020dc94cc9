"""An upload cut off after every byte, either way: what is begun again ends with one row, one receipt, the same bytes.

The hall's real client speaks to the door's real server over a line that is cut after n bytes of what is asked or
answered. A control signs receipts anew and must be found out.
"""

import random
import shutil
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import stamina
from broken_line import REQUEST, RESPONSE, Line, a_line
from served_door import Journey, Rooms, a_certificate, a_door_on, a_signer, let_in, receipts_in, serving, upload, wrongs

from keyring import a_bundle, the_keyring
from kiosk.central.door.door import Answered, IntakeDoor
from kiosk.sealing.bundle import Bundle
from kiosk.wire.upload import CHUNK
from storage.engine import open_engine

ASKED_AGAIN = 2
"""Requests an upload of one small bundle may need after a cut: the question what is known, and the bundle."""
DOSE = 400
PIECES_DOSE, TLS_DOSE = 12, 16


@pytest.fixture(autouse=True)
def no_waiting():
    """Retry as often as ever, without the waits."""
    stamina.set_testing(True, attempts=1_000, cap=True)
    yield
    stamina.set_testing(False)


@dataclass
class Count:
    """What a run of cuts came to."""

    tried: int = 0
    cut: dict[str, int] = field(default_factory=lambda: {REQUEST: 0, RESPONSE: 0})
    begun_again: int = 0
    """Uploads whose first round the cut broke off."""
    most_asked: int = 0
    """Requests after a cut, at most."""
    most_pieces_again: int = 0
    wrongs: list[str] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    def __str__(self) -> str:
        return (
            f"{self.tried:,} uploads, cut after every one of {self.cut[REQUEST]:,} places in what is asked and "
            f"{self.cut[RESPONSE]:,} in what is answered; {self.begun_again:,} begun again, with at most "
            f"{self.most_asked} requests more; {len(self.wrongs)} wrong; {time.monotonic() - self.started:.0f} s"
        )


@dataclass
class Post:
    """A hall with one bundle in a folder, a line, and the door at its other end; each sending finds a new store."""

    folder: Path
    bundle: Bundle
    rooms: Rooms
    line: Line
    token: str
    certificate: str
    is_tls: bool
    door_on: type

    def send(self, way: str | None = None, after: int = 0) -> tuple[Journey, list[str]]:
        """Upload over a line that is cut there; return how it went, and what is wrong in the end."""
        hall, store = self.folder / "hall", self.folder / "store.db"
        shutil.rmtree(hall, ignore_errors=True)
        hall.mkdir()
        (hall / self.bundle.file_name).write_bytes(self.bundle.data)
        shutil.copy(self.folder / "new.db", store)
        engine = open_engine(store)
        self.rooms.door = self.door_on(engine)
        self.line.arm(way, after)
        journey = upload(hall, self.line.port, self.token, self.certificate, is_tls=self.is_tls)
        self.rooms.rest()
        kept = receipts_in(hall)
        found = wrongs(engine, {self.bundle.bundle_id: self.bundle.data}, kept, the_keyring().root.public)
        if set(kept) != {self.bundle.bundle_id} or journey.done.left or journey.done.declined:
            found.append(f"the hall has no receipt: {journey.done}")
        engine.dispose()
        return journey, found


@pytest.fixture
def post(plain_files, tmp_path, request) -> Iterator[Post]:
    """A hall whose line can be cut; parameters change the bundle, the line and the door."""
    told = {"captures": (), "is_tls": False, "door_on": a_door_on} | getattr(request, "param", {})
    engine = plain_files.make("office", tmp_path)
    token = let_in(engine)
    engine.dispose()
    Path(engine.url.database).rename(tmp_path / "new.db")
    rooms, certificate = Rooms(), a_certificate(tmp_path)
    with serving(rooms, certificate if told["is_tls"] else None) as port, a_line(port) as line:
        yield Post(
            tmp_path, a_bundle(captures=told["captures"]), rooms, line, token, certificate.pem(), told["is_tls"],
            told["door_on"],
        )  # fmt: skip


def spread(most: int, count: int) -> list[int]:
    """Return numbers from 0 to `most`, evenly apart; all of them if `count` is enough."""
    return sorted({round(n * most / (count - 1)) for n in range(count)}) if count <= most else list(range(most + 1))


def cut_at(post: Post, cuts: Iterable[tuple[str, int]], pieces: int = 0) -> Count:
    """Send the bundle once for each cut; every sending is judged."""
    count = Count()
    for way, after in cuts:
        before = post.line.cuts
        journey, found = post.send(way, after)
        count.tried += 1
        count.cut[way] += post.line.cuts - before
        count.wrongs += [f"{way} cut after {after}: {f}" for f in found]
        if journey.trouble:
            count.begun_again += 1
            count.most_asked = max(count.most_asked, len(journey.after))
            answered = journey.answered[: journey.trouble[0][1]]
            again = [a for a in journey.after if "/chunks/" in a and a in answered]
            count.most_pieces_again = max(count.most_pieces_again, len(again))
            allowed = ASKED_AGAIN + (1 + pieces - sum("/chunks/" in a for a in answered) if pieces else 0)
            if len(journey.after) > allowed or len(journey.trouble) > 1:
                count.wrongs.append(f"{way} cut after {after}: {journey.after} asked, {allowed} allowed")
    print(count)
    return count


def both_ways(post: Post, asked: int, answered: int) -> list[tuple[str, int]]:
    """Return cuts spread over a whole upload, at most so many each way."""
    post.send()
    whole = dict(post.line.carried)
    return [(w, n) for w, most in ((REQUEST, asked), (RESPONSE, answered)) for n in spread(whole[w], most)]


def must_hold(count: Count, *, floor: int) -> None:
    """Every cut was made, most broke a round off, and nothing is wrong."""
    assert count.wrongs == []
    assert count.tried >= floor
    assert sum(count.cut.values()) == count.tried, "a place was never reached"
    assert count.begun_again >= count.tried * 3 // 4, "too few cuts were felt"


def test_cut_anywhere_it_goes_on_to_one_row_and_one_receipt(post):
    must_hold(cut_at(post, both_ways(post, DOSE * 3 // 4, DOSE // 4)), floor=DOSE)


@pytest.mark.slow
@pytest.mark.timeout(7_200)
def test_cut_after_every_byte_it_goes_on_to_one_row_and_one_receipt(post):
    cuts = both_ways(post, 10**9, 10**9)
    assert len(cuts) == sum(post.line.carried.values()) + 2 > len(post.bundle.data)
    must_hold(cut_at(post, cuts), floor=7_000)


def in_pieces(post: Post, samples: int) -> Count:
    """Cut before, at and after the end of every request and answer of a bundle that goes in chunks, and elsewhere."""
    post.send()
    whole, pieces = dict(post.line.carried), -(-len(post.bundle.data) // CHUNK)
    turns = [*post.line.turns, (whole[REQUEST], whole[RESPONSE])]
    assert len(turns) == pieces + 3, "the question, the list, the pieces, the list"
    ends = {
        (way, turn[place] + by) for turn in turns for place, way in enumerate((REQUEST, RESPONSE)) for by in (-1, 0)
    }
    dice = random.Random(6)
    drawn = {(way, dice.randrange(whole[way])) for way in (REQUEST, RESPONSE) for _ in range(samples // 2)}
    count = cut_at(post, sorted(ends | drawn), pieces)
    assert count.most_pieces_again == 0, "a piece whose answer had come was sent again"
    return count


NOISE = tuple(random.Random(n).randbytes(700_000).hex() for n in range(3))
LARGE = pytest.mark.parametrize("post", [{"captures": NOISE}], indirect=True, ids=["chunks"])


@LARGE
def test_cut_between_and_within_chunks_it_goes_on_with_those_that_are_missing(post):
    must_hold(in_pieces(post, PIECES_DOSE), floor=PIECES_DOSE)


@LARGE
@pytest.mark.slow
@pytest.mark.timeout(7_200)
def test_cut_at_many_places_of_a_large_bundle(post):
    must_hold(in_pieces(post, 1_000), floor=900)


TLS = pytest.mark.parametrize("post", [{"is_tls": True}], indirect=True, ids=["tls"])


@TLS
def test_cut_within_tls_it_goes_on_as_well(post):
    """The last bytes are left out: how a TLS line is closed takes more or fewer of them."""
    cuts = [c for c in both_ways(post, TLS_DOSE * 3 // 4, TLS_DOSE // 4) if c[1] < post.line.carried[c[0]] - 300]
    must_hold(cut_at(post, cuts), floor=TLS_DOSE // 2)


class Forgetful(IntakeDoor):
    """Signs a receipt whenever it is asked for one, as a door would that does not look what it gave before."""

    def put(self, hall: str, bundle_id: str, data: bytes) -> Answered:
        """Take a bundle in and return a receipt made at this moment."""
        answered = super().put(hall, bundle_id, data)
        return Answered(answered.is_new, a_signer().receipt(self._intake.verify(data), self.clock.now().at))


def a_forgetful_door(engine) -> IntakeDoor:
    """Return a door that signs anew."""
    door = a_door_on(engine)
    door.__class__ = Forgetful
    return door


@pytest.mark.parametrize("post", [{"door_on": a_forgetful_door}], indirect=True, ids=["forgetful"])
def test_a_door_that_signs_anew_is_found_out(post):
    """The control."""
    count = cut_at(post, both_ways(post, 6, 6))
    assert any("another receipt" in words for words in count.wrongs)
