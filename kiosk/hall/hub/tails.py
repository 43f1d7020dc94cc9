"""Tails: the hub's safety copies of its seats' journals, and what it says of them to the seats."""

from collections.abc import Callable, Sequence

from kiosk.exam.error import KioskError
from kiosk.exam.moment import Clock, parse_iso
from kiosk.exam.page import SignedLease
from kiosk.exam.parcel import Parcel, Reply
from kiosk.hall.hub.parcel import parcel_of
from kiosk.hall.hub.presence import Presence
from kiosk.hall.keys import HallKeys
from kiosk.wire.hub import (
    AckMessage,
    FencedMessage,
    FrameMessage,
    HoldingLine,
    HoldingMessage,
    HubMessage,
    WantMessage,
)
from storage.hall.store import HallStore

Notice = Callable[[str, str, str], None]
"""Told of something a person should look at: seat, kind, words."""
CONTRADICTION, BEHIND, UNKNOWN = "contradiction", "behind", "stranger"
"""Kinds of notice: a journal that is not the acknowledged one, one that is shorter, one this hall gave no lease for."""
SHORT = "holds less than the hall: move the sitting"
"""To another seat or to this one; as short as the list of a small console."""


class Tails:
    """Takes frames from seats; an ack says they are committed."""

    def __init__(self, store: HallStore, keys: HallKeys, presence: Presence, clock: Clock, notice: Notice) -> None:
        self._store = store
        self._keys = keys
        self._presence = presence
        self._clock = clock
        self._notice = notice
        self._held: dict[str, dict[str, int]] = {}
        """By seat and sitting: the last entry the seat said on its present line that it holds."""
        self._sent: dict[str, dict[tuple[str, int], int]] = {}
        """By seat, sitting and epoch: the last entry that came on its present line."""
        self._told: dict[str, tuple[str, ...]] = {}
        """The sittings each seat said it holds, on whatever line."""

    def join(self, seat: str) -> None:
        """Forget what a seat said before: it is on another line, and may have another disk."""
        self._held.pop(seat, None)
        self._sent.pop(seat, None)

    def hold(self, seat: str, message: HoldingMessage) -> None:
        """Compare what a seat holds with what is kept here; ask it for what is missing."""
        lines = {line.submission_id: line for line in message.sittings}
        self._held[seat] = self._held.get(seat, {}) | {line.submission_id: line.seq for line in lines.values()}
        self._told[seat] = tuple(self._held[seat])
        known = self._store.tails.known(tuple(lines))
        for line in lines.values():
            if line.submission_id not in known:
                self._say(seat, WantMessage(submission_id=line.submission_id, first=0, start=True))
                continue
            for answer in self._compared(seat, line):
                self._say(seat, answer)

    def take(self, batch: Sequence[tuple[str, FrameMessage]]) -> None:
        """Keep what is new of some frames in one transaction, then tell each seat how far it is kept.

        A frame that cannot be read is passed over with a notice: its seat keeps it, and is told nothing.
        """
        parcels: list[Parcel] = []
        for seat, message in batch:
            try:
                parcels.append(parcel_of(seat, message, self._keys))
            except KioskError as error:
                self._notice(seat, CONTRADICTION, f"What this seat sent of a journal does not hold: {error.message}")
        if not parcels:
            return
        now = self._clock.now().at
        for parcel, reply in zip(parcels, self._store.tails.take(parcels, parse_iso(now)), strict=True):
            self._answer(parcel, reply, now)

    def has_told(self, seat: str) -> bool:
        """Whether a seat has said what it holds, and the hall knows of all of that."""
        told = self._told.get(seat)
        return told is not None and len(self._store.tails.known(told)) == len(told)

    def is_behind(self, seat: str, submission_id: str) -> bool:
        """Whether a seat on the line holds less of its sitting than was acknowledged."""
        held = self._held.get(seat)
        if held is None:
            return False
        lease = self._store.permits.lease(submission_id).lease
        holding = self._store.tails.holding(submission_id, lease.opened_on)
        if holding is None or lease.seat != seat:
            return False
        newest = holding.tail.newest
        reached = max(held.get(submission_id, -1), self._sent_up_to(seat, submission_id, newest.epoch))
        return newest.head.seq > newest.fork.seq and reached < newest.head.seq

    def _compared(self, seat: str, line: HoldingLine) -> list[HubMessage]:
        holding = self._store.tails.holding(line.submission_id, line.opened_on)
        if holding is None:
            return [WantMessage(submission_id=line.submission_id, first=0, start=True)]
        tail, newest = holding.tail, holding.newest
        stretch = tail.of(line.epoch)
        if stretch is None:
            return [WantMessage(submission_id=line.submission_id, first=0, start=True)]
        if not self._store.tails.is_of(line.submission_id, line.opened_on, seat):
            self._notice(seat, UNKNOWN, "This seat holds a sitting this hall let other seats write.")
            return []
        if line.epoch < tail.newest.epoch:
            want = _want(line, stretch.head.seq + 1) if line.seq > stretch.head.seq else None
            return [_fenced(line.submission_id, newest), *([] if want is None else [want])]
        gap = tail.gap(line.epoch)
        if gap is not None:
            return [_want(line, gap)]
        ack = self._ack(line, stretch.head.seq, stretch.head.hash)
        if line.seq > stretch.head.seq:
            return [ack]
        kept = stretch.head.hash if line.seq == stretch.head.seq else self._hash_at(line)
        if kept is not None and kept.hex() != line.hash:
            self._notice(seat, CONTRADICTION, "The journal on this seat is not the one the hall has acknowledged.")
            return [_fenced(line.submission_id, newest)]
        if max(line.seq, self._sent_up_to(seat, line.submission_id, line.epoch)) >= stretch.head.seq:
            return [ack]  # a seat that waits long for an answer says again what it holds, and has sent more since
        self._notice(seat, BEHIND, SHORT)
        return [_fenced(line.submission_id, newest)]

    def _sent_up_to(self, seat: str, submission_id: str, epoch: int) -> int:
        return self._sent.get(seat, {}).get((submission_id, epoch), -1)

    def _hash_at(self, line: HoldingLine) -> bytes | None:
        return self._store.tails.hash_at(line.submission_id, line.opened_on, line.epoch, line.seq)

    def _ack(self, line: HoldingLine, seq: int, digest: bytes) -> AckMessage:
        return AckMessage(
            submission_id=line.submission_id, epoch=line.epoch, seq=seq, hash=digest.hex(), at=self._clock.now().at
        )

    def _answer(self, parcel: Parcel, reply: Reply, at: str) -> None:
        if reply.denied is not None:
            self._notice(parcel.seat, UNKNOWN, reply.denied)
        if reply.trouble is not None:
            words = f"{len(parcel.texts)} entries of this seat are kept aside and not counted: {reply.trouble}."
            self._notice(parcel.seat, CONTRADICTION, words)
        if reply.kept is not None:
            sent, of = self._sent.setdefault(parcel.seat, {}), (parcel.submission_id, parcel.frame.epoch)
            sent[of] = max(parcel.frame.last, sent.get(of, -1))
            ack = AckMessage(
                submission_id=parcel.submission_id,
                epoch=parcel.frame.epoch,
                seq=reply.kept.seq,
                hash=reply.kept.hash.hex(),
                at=at,
            )
            self._say(parcel.seat, ack)
        if reply.want is not None:
            self._say(parcel.seat, WantMessage(submission_id=parcel.submission_id, first=reply.want, start=reply.start))
        if reply.fenced is not None:
            self._say(parcel.seat, _fenced(parcel.submission_id, reply.fenced))

    def _say(self, seat: str, message: HubMessage) -> None:
        post = self._presence.post(seat)
        if post is not None:
            post.send(message)


def _want(line: HoldingLine, first: int) -> WantMessage:
    return WantMessage(submission_id=line.submission_id, first=first, start=False)


def _fenced(submission_id: str, newest: SignedLease) -> FencedMessage:
    return FencedMessage(submission_id=submission_id, lease=newest.envelope.decode("ascii"))
