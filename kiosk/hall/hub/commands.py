"""Commands: a proctor's acts on their way to the seats, kept until each says what became of it."""

from collections.abc import Callable, Sequence

from kiosk.exam.dispatch import CommandState
from kiosk.exam.error import Refused
from kiosk.exam.grant import Act
from kiosk.exam.log import AuditEntry
from kiosk.exam.moment import Clock, parse_iso
from kiosk.exam.page import SignedGrant
from kiosk.exam.text import clean_text
from kiosk.hall.hub.presence import Presence
from kiosk.wire.hub import CommandMessage, DoneMessage
from storage.hall.store import HallStore

LONGEST_WORDS = 500
REFUSED = "refused"
"""Kind of notice: a seat could not carry a command out."""
NO_ANSWER_MS = 5_000
"""After so long without an answer a command is said again."""


class Commands:
    """Durable and idempotent by grant id: said again after every connection, until `DoneMessage` answers."""

    def __init__(
        self, store: HallStore, presence: Presence, clock: Clock, notice: Callable[[str, str, str], None]
    ) -> None:
        self._store = store
        self._presence = presence
        self._clock = clock
        self._notice = notice
        self._due: dict[str, int] = {}
        """Seats on the line with something to answer, and when it was last said, by the hub's boot clock."""

    def order(self, signed: Sequence[SignedGrant], audits: Sequence[AuditEntry]) -> None:
        """Keep some grants with who allowed them, in one transaction, and send each to the seat it names.

        A START lets the candidate named in its note begin. Raises Refused for a MOVE, which is ordered by `Moves`.
        """
        if any(s.grant.act is Act.MOVE for s in signed):
            raise Refused("A move is ordered by the sitting it moves.")
        self._store.commands.order(signed, audits)
        self.send(signed)

    def send(self, signed: Sequence[SignedGrant]) -> None:
        """Send grants that are kept already to those of their seats that are on the line."""
        sent = []
        for one in signed:
            post = self._presence.post(one.grant.seat)
            if post is not None:
                post.send(_message(one.grant.grant_id, one.envelope))
                self._due.setdefault(one.grant.seat, self._clock.now().boot_ms)
                sent.append(one.grant.grant_id)
        if sent:
            self._store.commands.sent(sent)

    def done(self, seat: str, message: DoneMessage) -> None:
        """Write down what became of a command; one of another seat is passed over. What was refused is noticed."""
        self.take([(seat, message)])

    def take(self, batch: Sequence[tuple[str, DoneMessage]]) -> None:
        """Write down what became of some commands, in one transaction."""
        if not batch:
            return
        now = parse_iso(self._clock.now().at)
        answers = [(seat, said.command_id, said.done, clean_text(said.words, LONGEST_WORDS)) for seat, said in batch]
        news = self._store.commands.answered_all(answers, now)
        for seat, grant_id, done, words in answers:
            if grant_id in news and not done:
                self._notice(seat, REFUSED, words or "This seat could not carry out what was ordered.")
        seats = {seat for seat, _ in batch}
        for seat in seats - self._store.commands.busy(seats):
            self._due.pop(seat, None)

    def send_waiting(self, seat: str) -> None:
        """Send a seat that has just joined what waits for it, in the order it was ordered."""
        self._say_again([seat])

    def tick(self) -> None:
        """Say again what no seat has answered for a while."""
        now = self._clock.now().boot_ms
        self._say_again([seat for seat, said in self._due.items() if now - said >= NO_ANSWER_MS])

    def _say_again(self, seats: Sequence[str]) -> None:
        if not seats:
            return
        now, said, waiting = self._clock.now().boot_ms, [], self._store.commands.waiting(*seats)
        for seat in seats:
            self._due.pop(seat, None)
        for command in waiting:
            post = self._presence.post(command.seat)
            if post is not None:
                post.send(_message(command.grant_id, command.envelope))
                self._due[command.seat] = now
                if command.state is CommandState.WAITING:
                    said.append(command.grant_id)
        if said:
            self._store.commands.sent(said)


def _message(grant_id: str, envelope: bytes) -> CommandMessage:
    return CommandMessage(command_id=grant_id, envelope=envelope.decode("ascii"))
