"""A timeline: what really happens to a sitting, act after act, and the journal an honest seat writes of it."""

from dataclasses import dataclass

from builders import FakeClock, a_clock
from kiosk.exam.entry import Entry, Kind
from kiosk.exam.moment import Moment

TICK = 5_000
"""Milliseconds between two ticks of a seat at work."""


@dataclass(frozen=True)
class Wait:
    """The seat is up for a while; whether the clock runs depends on what came before."""

    ms: int


@dataclass(frozen=True)
class Pause:
    """A proctor pauses."""


@dataclass(frozen=True)
class Resume:
    """A proctor resumes."""


@dataclass(frozen=True)
class Lock:
    """A proctor locks the seat."""


@dataclass(frozen=True)
class Unlock:
    """A proctor unlocks the seat."""


@dataclass(frozen=True)
class HandIn:
    """The candidate hands in."""


@dataclass(frozen=True)
class Reopen:
    """A proctor reopens what was handed in."""


@dataclass(frozen=True)
class Enter:
    """The candidate goes into a section, or out of all."""

    section: str | None


@dataclass(frozen=True)
class Extend:
    """A proctor gives time, by a grant that may come twice."""

    ms: int
    section: str | None
    grant: str


@dataclass(frozen=True)
class TakeBack:
    """A proctor takes back up to `ms` of what the grant `of` gave, by a grant that may come twice."""

    ms: int
    of: str
    grant: str


@dataclass(frozen=True)
class Crash:
    """The program dies and is started again after `ms`; the machine may have been started again too."""

    ms: int
    reboot: bool


@dataclass(frozen=True)
class Sleep:
    """The machine sleeps for `ms`, and the seat sees it when it wakes."""

    ms: int


@dataclass(frozen=True)
class Stall:
    """The program is held up for `ms` and does not notice."""

    ms: int


@dataclass(frozen=True)
class Charge:
    """A proctor charges the gap counted `nth` from 0, if there is one, with `ms`."""

    nth: int
    ms: int


@dataclass(frozen=True)
class SetWallClock:
    """Somebody sets the wall clock by `ms`."""

    ms: int


Act = (
    Wait
    | Pause
    | Resume
    | Lock
    | Unlock
    | HandIn
    | Reopen
    | Enter
    | Extend
    | TakeBack
    | Crash
    | Sleep
    | Stall
    | Charge
    | SetWallClock
)

_PLAIN = {
    Pause: Kind.PAUSED,
    Resume: Kind.RESUMED,
    Lock: Kind.LOCKED,
    Unlock: Kind.UNLOCKED,
    HandIn: Kind.HANDED_IN,
    Reopen: Kind.REOPENED,
}


class HonestSeat:
    """Writes the journal of a timeline, unhashed: an entry for each act, a tick every five seconds it is up."""

    def __init__(self, clock: FakeClock | None = None) -> None:
        self.clock = clock or a_clock()
        self.entries: list[Entry] = []
        self._section: str | None = None
        self._gaps: list[int] = []
        self._write(Kind.OPENED, {})

    def live(self, *acts: Act) -> Moment:
        """Let acts happen and return the moment after them."""
        for act in acts:
            self._do(act)
        return self.clock.now()

    def _do(self, act: Act) -> None:
        match act:
            case Wait(ms):
                self._wait(ms)
            case Enter(section):
                self._enter(section)
            case Extend(ms, section, grant):
                self._write(Kind.EXTENDED, {"ms": ms, "section": section, "grant": grant})
            case TakeBack(ms, of, grant):
                self._write(Kind.EXTENDED, {"ms": -ms, "section": None, "grant": grant, "undoes": of})
            case Crash(ms, reboot):
                self._pass(ms, reboot)
                self._gap(None if reboot else ms)
            case Sleep(ms):
                self.clock.advance(ms)
                self._gap(ms)
            case Stall(ms):
                self.clock.advance(ms)
                self._write(Kind.TICK, {})
            case Charge(nth, ms):
                if nth < len(self._gaps):
                    self._write(Kind.GAP_ATTRIBUTED, {"gap": self._gaps[nth], "charged_ms": ms})
            case SetWallClock(ms):
                self.clock.step_wall(ms)
                self._write(Kind.CLOCK_STEPPED, {"ms": ms})
            case _:
                self._write(_PLAIN[type(act)], {})

    def _wait(self, ms: int) -> None:
        while ms > 0:
            due = TICK - (self.clock.boot_ms - self.entries[-1].boot_ms)
            self.clock.advance(min(due, ms))
            if ms >= due:
                self._write(Kind.TICK, {})
            ms -= due

    def _pass(self, ms: int, reboot: bool) -> None:
        if reboot:
            self.clock.reboot(ms)
        else:
            self.clock.advance(ms)

    def _enter(self, section: str | None) -> None:
        if self._section is not None:
            self._write(Kind.SECTION_LEFT, {"section": self._section, "why": "moved"})
        if section is not None:
            self._write(Kind.SECTION_ENTERED, {"section": section})
        self._section = section

    def _gap(self, ms: int | None) -> None:
        self._write(Kind.GAP, {"cause": "restart", "ms": ms})
        self._gaps.append(self.entries[-1].seq)

    def _write(self, kind: Kind, body: dict[str, object]) -> None:
        now = self.clock.now()
        seq = len(self.entries)
        self.entries.append(Entry("submission-1", "2031-05-06", seq, 1, kind, now.at, now.boot_id, now.boot_ms, body))
