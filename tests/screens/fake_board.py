"""A lively hall without a hub: seats work, lose their link, hand in; incidents age; acts do what they say.

`python tests/screens/fake_board.py 250` opens the console on one, for looking.
"""

import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from kiosk.exam.error import Denied, Refused
from kiosk.views.board import Announcement, Attention, BoardState, Card, Counts, SeatLine, SeatState, Severity
from kiosk.views.closeout import Closeout, CloseoutLine
from kiosk.views.order import CodeWish, Deed, Order, Outcome, Verb
from kiosk.views.preflight import Check, Fitness, Preflight, SeatFitness

PIN, SECOND_PIN = "4711", "8150"
NAMES = {PIN: "Mbeki, T.", SECOND_PIN: "Lindqvist, A."}
SURNAMES = (
    "Okafor", "Sato", "Novak", "Haddad", "Silva", "Berg", "Moreau", "Kowalska", "Ito", "Adeyemi", "Rossi", "Nguyen",
    "Weber", "Castro", "Larsen",
)  # fmt: skip
FIRST = ["Anna", "Ren", "Petra", "Omar", "Ines", "Lars", "Jules", "Ewa", "Mei", "Tunde"]
S = SeatState
FROM: dict[Verb, tuple[frozenset[SeatState], SeatState | None]] = {
    Verb.START: (frozenset({S.READY}), S.WORKING),
    Verb.PAUSE: (frozenset({S.WORKING, S.AWAY, S.LOST}), S.PAUSED),
    Verb.RESUME: (frozenset({S.PAUSED, S.AWAY}), S.WORKING),
    Verb.EXTEND: (frozenset({S.WORKING, S.PAUSED, S.AWAY, S.LOST, S.LOCKED}), None),
    Verb.REST_BREAK: (frozenset({S.WORKING}), S.AWAY),
    Verb.LOCK: (frozenset({S.WORKING, S.PAUSED}), S.LOCKED),
    Verb.UNLOCK: (frozenset({S.LOCKED}), S.WORKING),
    Verb.MESSAGE: (frozenset(S) - {S.EMPTY, S.ABSENT}, None),
    Verb.INCIDENT: (frozenset(S) - {S.EMPTY}, None),
    Verb.MOVE: (frozenset({S.WORKING, S.PAUSED, S.LOST, S.LOCKED}), S.EMPTY),
    Verb.HAND_IN_FOR: (frozenset({S.WORKING, S.PAUSED, S.LOST, S.LOCKED}), S.HANDED_IN),
    Verb.REOPEN: (frozenset({S.HANDED_IN}), S.WORKING),
    Verb.END: (frozenset({S.WORKING, S.PAUSED, S.LOST, S.LOCKED}), S.HANDED_IN),
    Verb.ABSENT: (frozenset({S.READY}), S.ABSENT),
    Verb.CHECK_IN: (frozenset({S.READY, S.ABSENT}), S.READY),
    Verb.CREDIT: (frozenset({S.WORKING, S.PAUSED, S.LOST}), None),
    Verb.CHARGE_GAP: (frozenset({S.WORKING, S.PAUSED}), None),
    Verb.CAUSE: (frozenset(S), None),
}
RUNNING = frozenset({S.WORKING, S.LOST})
DONE = {
    Verb.START: "started", Verb.PAUSE: "paused", Verb.RESUME: "goes on", Verb.EXTEND: "extended",
    Verb.REST_BREAK: "on a rest break", Verb.LOCK: "locked", Verb.UNLOCK: "open again", Verb.MESSAGE: "told",
    Verb.INCIDENT: "noted", Verb.MOVE: "moved", Verb.HAND_IN_FOR: "handed in", Verb.REOPEN: "open again",
    Verb.END: "ended", Verb.ABSENT: "marked absent", Verb.CHECK_IN: "checked in", Verb.CREDIT: "credited",
    Verb.CHARGE_GAP: "gap settled", Verb.CAUSE: "cause changed",
}  # fmt: skip


CHECKS = ("link", "build", "paper", "disk", "clock", "fonts", "lockdown", "key")


def _row(line: SeatLine) -> CloseoutLine:
    sealed, done = line.state is S.SEALED, line.state in (S.SEALED, S.HANDED_IN)
    absent = line.state is S.ABSENT
    missing = "" if done or absent else f"sat at {line.seat}, journal not sealed: hand in for them, or seal it"
    return CloseoutLine(
        test="Biology II",
        candidate=line.candidate or "",
        roll_number=line.roll_number,
        seat=line.seat,
        attendance="absent" if absent else "present",
        at_seat="sealed" if sealed else "handed in" if done else "-" if absent else "in progress",
        in_hall="held" if line.bundle else "-",
        at_central="received" if line.central else "waiting" if line.bundle else "-",
        missing=missing,
    )


class FakeBoard:
    """A hall of `rows` times `columns` seats; the same seed gives the same hall."""

    def __init__(self, rows: int = 6, columns: int = 10, seed: int = 7, working: bool = True) -> None:
        self.random = random.Random(seed)
        self.rows, self.columns = rows, columns
        self.at = datetime(2026, 6, 12, 10, 41, 20, tzinfo=UTC)
        self.lines: dict[str, SeatLine] = {}
        self.attention: dict[str, Attention] = {}
        self.deeds_done: list[tuple[Deed, dict[str, SeatLine]]] = []
        self.said: list[Announcement] = []
        self.orders: list[Order] = []
        self.errata: list[str | None] = []
        self.wishes: list[CodeWish] = []
        self.paused = self.released = False
        self.is_connected = True
        self.last: BoardState | None = None
        self._listeners: list[Callable[[BoardState], None]] = []
        self._lock = threading.RLock()
        self._wrong = self.signed_out = 0
        for row in range(rows):
            for column in range(columns):
                self._seat(row, column, working)

    def _seat(self, row: int, column: int, working: bool) -> None:
        name, number = f"{chr(65 + row)}{column + 1}", row * self.columns + column
        person = f"{SURNAMES[number % len(SURNAMES)]}, {FIRST[number * 7 % len(FIRST)]}"
        line = SeatLine(
            seat=name,
            row=row,
            column=column,
            state=S.WORKING if working else S.READY,
            candidate=person,
            roll_number=f"B-{1042 + number}",
            test="Biology II",
            percent=self.random.randrange(28, 52) if working else None,
            left_ms=6_127_000 if working else None,
            since_ms=2_480_000 if working else 300_000,
            lag_ms=0,
            saved_ms=self.random.randrange(9_000) if working else None,
            accommodated=number % 29 == 3,
        )
        if number and number % 29 == 0:
            line = replace(line, state=S.EMPTY, candidate=None, roll_number=None, test=None, percent=None, left_ms=None)
        self.lines[name] = line

    def trouble(self) -> "FakeBoard":
        """Let the usual things have happened: a lost seat, a pause, a rest break, some who handed in."""
        self.change("A7", state=S.LOST, since_ms=42_000, lag_ms=42_000)
        self.change("B3", state=S.PAUSED, since_ms=130_000, incidents=1, extended=True)
        self.change("A4", saved_ms=15_000)
        self.change("C5", state=S.AWAY, since_ms=250_000)
        self.change("D2", state=S.HANDED_IN, percent=100, bundle=True, since_ms=300_000)
        self.change("D3", state=S.SEALED, percent=100, bundle=True, central=True, since_ms=200_000)
        self.change("D9", state=S.LOCKED, since_ms=64_000)
        self.change("E1", state=S.ABSENT, percent=None, left_ms=None)
        self.change("E2", state=S.READY, percent=None, left_ms=None, since_ms=600_000)
        self.change("B8", percent=100)
        self.raise_attention("a1", "A7", "lost", Severity.ALARM, "no word from the seat", 42_000)
        self.raise_attention("a2", "B3", "incident", Severity.WARN, "power", 130_000, proposal_ms=130_000, cause="hall")
        self.raise_attention("a3", "A4", "slow", Severity.NOTE, "last save 15 s ago", 15_000)
        return self

    def change(self, seat: str, **changes: object) -> None:
        """Change what is known of a seat."""
        self.lines[seat] = replace(self.lines[seat], **changes)

    def raise_attention(
        self,
        attention_id: str,
        seat: str | None,
        kind: str,
        severity: Severity,
        words: str,
        age_ms: int = 0,
        **more: object,
    ) -> None:
        """Let something need a person."""
        self.attention[attention_id] = Attention(
            attention_id=attention_id, seat=seat, kind=kind, severity=severity, words=words, age_ms=age_ms, **more
        )

    def pass_time(self, ms: int, lively: bool = False) -> None:
        """Let time pass; a lively hall also makes things happen."""
        with self._lock:
            self.at += timedelta(milliseconds=ms)
            for line in list(self.lines.values()):
                self._age(line, ms)
            for one in self.attention.values():
                self.attention[one.attention_id] = replace(one, age_ms=one.age_ms + ms)
            if lively:
                self._happen()
        self.tell()

    def _age(self, line: SeatLine, ms: int) -> None:
        runs = line.state in RUNNING and line.left_ms is not None
        lag = (line.lag_ms or 0) + ms if line.state is S.LOST else line.lag_ms
        left = max(0, (line.left_ms or 0) - ms) if runs else line.left_ms
        self.lines[line.seat] = replace(line, since_ms=line.since_ms + ms, left_ms=left, lag_ms=lag)

    def _happen(self) -> None:
        for _ in range(max(1, len(self.lines) // 20)):
            line = self.random.choice(list(self.lines.values()))
            if line.state is S.WORKING and line.percent is not None:
                self.change(line.seat, percent=min(100, line.percent + 1), saved_ms=0)
        if self.random.random() < 0.08:
            line = self.random.choice([x for x in self.lines.values() if x.candidate])
            if line.state is S.WORKING:
                self.change(line.seat, state=S.LOST, since_ms=0)
                self.raise_attention(f"l{self.at}", line.seat, "lost", Severity.ALARM, "no word from the seat")
            elif line.state is S.LOST:
                self.change(line.seat, state=S.WORKING, since_ms=0, lag_ms=0)

    def lose_hub(self) -> None:
        """Let the hub be lost."""
        self.last = self.state()
        self.is_connected = False
        self.tell()

    def find_hub(self) -> None:
        """Let the hub be back."""
        self.is_connected = True
        self.tell()

    def tell(self) -> None:
        """Tell who listens, as from another thread."""
        for listener in self._listeners:
            listener(self.state())

    # Board

    def listen(self, listener: Callable[[BoardState], None]) -> None:
        self._listeners.append(listener)

    def state(self) -> BoardState:
        with self._lock:
            if not self.is_connected and self.last is not None:
                return replace(self.last, is_connected=False)
            return BoardState(
                hall="Hall 2",
                title="Biology II",
                clock=f"{self.at:%H:%M:%S}",
                rows=self.rows,
                columns=self.columns,
                seats=tuple(self.lines.values()),
                attention=tuple(self.attention.values()),
                counts=self._counts(),
                paused=self.paused,
            )

    def _counts(self) -> Counts:
        states = [line.state for line in self.lines.values()]
        return Counts(
            expected=len(states) - states.count(S.EMPTY),
            present=sum(state not in (S.EMPTY, S.ABSENT) for state in states),
            working=states.count(S.WORKING),
            away=states.count(S.AWAY),
            handed_in=states.count(S.HANDED_IN),
            sealed=states.count(S.SEALED),
            central=sum(line.central for line in self.lines.values()),
        )

    def sign_in(self, pin: str) -> str:
        if pin not in NAMES:
            self._wrong += 1
            raise Denied("That is not a proctor's PIN.", wait_seconds=self._wrong)
        return NAMES[pin]

    def sign_out(self) -> None:
        self.signed_out += 1

    def card(self, seat: str) -> Card:
        line = self.lines[seat]
        if line.candidate is None:
            raise Refused(f"Nobody sits at {seat}.")
        ago = lambda ms: (self.at - timedelta(milliseconds=ms)).isoformat()  # noqa: E731
        stopped = ((ago(line.since_ms), "paused: equipment (Mbeki, T.)"),) if line.state is S.PAUSED else ()
        return Card(
            seat=seat,
            candidate=line.candidate,
            roll_number=line.roll_number,
            test="Biology II",
            state=line.state,
            badges=("+25 %", "rest breaks") if line.extended or line.accommodated else (),
            started_at=None if line.state is S.EMPTY else ago(3_480_000),
            used_ms=0 if line.state is S.EMPTY else 3_473_000,
            left_ms=line.left_ms or 0,
            section="Cells",
            answered=(line.percent or 0) * 27 // 100,
            questions=27,
            saved_seat_at=ago(line.saved_ms or 2_000),
            saved_hall_at=ago((line.saved_ms or 2_000) + (line.lag_ms or 0)),
            saved_central_at=ago(60_000) if line.central else None,
            lag_ms=line.lag_ms,
            events=(
                (ago(3_500_000), "signed in"),
                (ago(3_480_000), "opened: Biology II, 27 questions"),
                (ago(1_200_000), "gap: restart, 0:14, not charged"),
                (ago(1_100_000), "extended by 10 min: equipment (Mbeki, T.)"),
                *stopped,
            ),
            incidents=((ago(line.since_ms), "power: the screen went dark"),) if line.incidents else (),
            build="0.1.0 4f2a91",
            paper="9c41e0d7",
        )

    def carry_out(self, order: Order) -> Sequence[Outcome]:
        if order.pin not in NAMES:
            raise Denied("That is not a proctor's PIN.")
        if order.second_pin is not None and (order.second_pin not in NAMES or order.second_pin == order.pin):
            raise Denied("The second PIN must be another proctor's.", wait_seconds=2)
        with self._lock:
            self.orders.append(order)
            if order.verb is Verb.UNDO:
                return self._undo(order)
            seats = order.seats or tuple(s for s, x in self.lines.items() if x.state in FROM[order.verb][0])
            if not order.seats:
                self.paused = order.verb is Verb.PAUSE
            before = {seat: self.lines[seat] for seat in seats}
            outcomes = [self._act(order, self.lines[seat]) for seat in seats]
            words = f"{order.verb.replace('_', ' ')}: {order.reason or order.text or '-'}"
            done = tuple(o.seat for o in outcomes if o.done)
            deed = Deed(
                act_id=f"d{len(self.deeds_done)}",
                at=self.at.isoformat(),
                who=NAMES[order.pin],
                words=words,
                seats=done,
                can_undo=order.verb in (Verb.EXTEND, Verb.PAUSE, Verb.CREDIT, Verb.LOCK, Verb.ABSENT),
            )
            self.deeds_done.append((deed, before))
            return outcomes

    def preflight(self) -> Preflight:
        bad = {
            "A4": ("disk", "0.2 GB free: make room, then start the seat again"),
            "C7": ("clock", "4 s behind the hall: set it"),
        }
        seats = []
        for line in self.lines.values():
            name, words = bad.get(line.seat, ("", ""))
            checks = [Check(n, Fitness.NO_GO if n == name else Fitness.GO, words if n == name else "") for n in CHECKS]
            if line.state is S.LOST:
                unknown = [Check(n, Fitness.UNKNOWN, "the seat has not said") for n in CHECKS if n != "link"]
                checks = [Check("link", Fitness.NO_GO, "not on the line: start it, and look at its cable"), *unknown]
            seats.append(SeatFitness(line.seat, tuple(checks), is_spare=line.candidate is None))
        hall = (
            Check("package", Fitness.GO, "number 3"),
            Check("disk", Fitness.GO, "41 GB free"),
            Check("release", Fitness.NO_GO, "the paper is shut: kiosk hall release TEST"),
        )
        return Preflight(tuple(seats), hall[: 2 if self.released else 3])

    def closeout(self) -> Closeout:
        lines = [_row(line) for line in self.lines.values() if line.candidate]
        outside = CloseoutLine(
            test="Biology II", candidate="Dang, Do", roll_number="B-2000", seat=None, attendance="expected",
            at_seat="-", in_hall="-", at_central="-", missing="expected, neither came nor marked absent",
        )  # fmt: skip
        return Closeout((*lines, outside))

    def code(self, wish: CodeWish) -> str:
        if wish.pin not in NAMES:
            raise Denied("That is not a proctor's PIN.")
        self.wishes.append(wish)
        return "1AB2C-3DE4F-5GH6J"

    def _undo(self, order: Order) -> Sequence[Outcome]:
        place = next(n for n, (deed, _) in enumerate(self.deeds_done) if deed.act_id == order.attention_id)
        deed, before = self.deeds_done[place]
        if not deed.can_undo:
            return [Outcome(seat, False, "This has been taken back already.") for seat in order.seats]
        self.lines.update(before)
        self.deeds_done[place] = (replace(deed, can_undo=False), before)
        return [Outcome(seat, True, "taken back") for seat in order.seats]

    def _act(self, order: Order, line: SeatLine) -> Outcome:
        allowed, then = FROM[order.verb]
        if line.state not in allowed:
            word = line.state.name.lower().replace("_", " ")
            return Outcome(line.seat, False, f"This is not possible now: the seat is {word}.")
        if then is not None:
            self.change(line.seat, state=then, since_ms=0, lag_ms=0, percent=line.percent or 0)
        if order.verb is Verb.START:
            self.change(line.seat, left_ms=7_200_000)
        is_gap = order.attention_id in self.attention and self.attention[order.attention_id].kind == "gap"
        if order.verb in (Verb.EXTEND, Verb.CREDIT, Verb.REOPEN) and order.amount_ms and not is_gap:
            self.change(line.seat, left_ms=(line.left_ms or 0) + order.amount_ms, extended=True)
        if order.verb is Verb.CREDIT and order.attention_id:
            settled = self.attention.pop(order.attention_id)
            if settled.kind == "gap":
                return Outcome(line.seat, True, "gap charged" if order.amount_ms else "gap not charged")
        if order.verb is Verb.CAUSE:
            self._lay(order)
        if order.verb is Verb.CHECK_IN and "photo: no" in order.text:
            self.raise_attention(
                f"m{len(self.orders)}", line.seat, "mismatch", Severity.WARN, f"{line.candidate}: photo"
            )
            return Outcome(
                line.seat, False, "Not checked in: the photo does not match. It stands on the mismatch list."
            )
        if order.verb is Verb.INCIDENT:
            self.change(line.seat, incidents=line.incidents + 1)
            self.raise_attention(f"i{len(self.orders)}", line.seat, "incident", Severity.WARN, order.reason)
        if order.verb is Verb.MOVE and order.target:
            self.lines[order.target] = replace(line, seat=order.target, **self._place(order.target))
            self.change(line.seat, candidate=None, roll_number=None, test=None, percent=None, left_ms=None)
        return Outcome(line.seat, True, DONE[order.verb])

    def _lay(self, order: Order) -> None:
        known = self.attention[order.attention_id]
        lost = int(known.words.split()[-1])
        credited = order.reason in ("equipment", "hall")
        proposal = None if order.reason == "unclear" else lost if credited else 0
        charge = None if proposal is None else lost - proposal
        self.attention[order.attention_id] = replace(known, cause=order.reason, proposal_ms=proposal, charge_ms=charge)

    def _place(self, seat: str) -> dict[str, int]:
        return {"row": self.lines[seat].row, "column": self.lines[seat].column}

    def announce(self, text: str, seats: Sequence[str] = (), question: str | None = None) -> str:
        named = f"s{len(self.said)}"
        self.errata.append(question)
        count = len(seats) or sum(line.candidate is not None for line in self.lines.values())
        self.said.insert(
            0,
            Announcement(
                announcement_id=named, at=self.at.isoformat(), text=text, seats=count, delivered=count, read=count // 3
            ),
        )
        return named

    def announcements(self) -> Sequence[Announcement]:
        return tuple(self.said)

    def deeds(self) -> Sequence[Deed]:
        return tuple(deed for deed, _ in reversed(self.deeds_done))

    def acknowledge(self, attention_id: str) -> None:
        self.attention.pop(attention_id)


def main() -> None:
    """Open the console on a lively hall of 60 or more seats."""
    import sys
    import time

    from kiosk.apps.console import ConsoleApp

    many = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    board = (FakeBoard(10, 25) if many > 100 else FakeBoard(6, 10)).trouble()

    def live() -> None:
        while True:
            time.sleep(1)
            board.pass_time(1000, lively=True)

    threading.Thread(target=live, daemon=True).start()
    sys.exit(ConsoleApp(lambda: board).run() or 0)


if __name__ == "__main__":
    from pathlib import Path

    __import__("sys").path.insert(0, str(Path(__file__).resolve().parents[2]))
    main()
