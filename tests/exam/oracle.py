"""The oracle of time: used and left computed from what really happened, by arithmetic of intervals in real time.

It knows the timeline and no journal. Time used is the length of the sitting without the intervals in which it was
paused, locked, handed in, or in which nobody can say that the candidate could work.
"""

from collections.abc import Iterable, Sequence

from timeline import (
    TICK,
    Act,
    Charge,
    Crash,
    Enter,
    Extend,
    HandIn,
    Lock,
    Pause,
    Reopen,
    Resume,
    SetWallClock,
    Sleep,
    Stall,
    TakeBack,
    Unlock,
    Wait,
)

Interval = tuple[int, int]
LONGEST_STEP = 2 * TICK


class Oracle:
    """Reads a timeline once; every question is answered by measuring sets of intervals."""

    def __init__(self, timeline: Sequence[Act]) -> None:
        self.end = 0
        self._unknown: list[Interval] = []
        """When nobody can say whether the candidate could work: from the last entry on to the next start."""
        self._standstill: list[Interval] = []
        """When the program really stood still."""
        self._extensions: dict[str, tuple[int, str | None]] = {}
        self._taken_back: set[str] = set()
        self._gap_sections: list[str | None] = []
        self._charges: dict[int, int] = {}
        self._switches: dict[type, list[tuple[int, int]]] = {
            kind: [] for kind in (Pause, Resume, Lock, Unlock, HandIn, Reopen)
        }
        """When each was done, and which act of the timeline it was, because two may fall on one millisecond."""
        self._stays: list[tuple[int, str | None]] = [(0, None)]
        self._written = 0
        for number, act in enumerate(timeline):
            self._read(act, number)

    def used_ms(self) -> int:
        """Return the time used of the test."""
        return measure(self._counted()) + sum(self._charges.values())

    def section_used_ms(self, section: str) -> int:
        """Return the time used of a section's clock."""
        charged = sum(ms for gap, ms in self._charges.items() if self._gap_sections[gap] == section)
        return measure(common(self._counted(), self._stays_in(section))) + charged

    def left_ms(self, given: int) -> int:
        """Return the time left of the test, when `given` was there at first."""
        return max(0, given + sum(ms for ms, _ in self._extensions.values()) - self.used_ms())

    def section_left_ms(self, section: str, given: int) -> int:
        """Return the time left of a section's own clock."""
        extended = sum(ms for ms, where in self._extensions.values() if where == section)
        return max(0, given + extended - self.section_used_ms(section))

    def charged_ms(self) -> int:
        """Return what proctors charged for gaps."""
        return sum(self._charges.values())

    def worked_ms(self) -> int:
        """Return how long the candidate could really work, whatever anybody can prove."""
        return measure(without([(0, self.end)], [*self._stopped(), *self._standstill]))

    def _read(self, act: Act, number: int) -> None:
        start = self.end
        match act:
            case Wait(ms):
                self.end += ms
                self._written += (self.end - self._written) // TICK * TICK
                return
            case Crash(ms, _) | Sleep(ms):
                self.end += ms
                self._unknown.append((self._written, self.end))
                self._standstill.append((start, self.end))
                self._gap_sections.append(self._stays[-1][1])
            case Stall(ms):
                self.end += ms
                self._unknown.append((min(self._written + LONGEST_STEP, self.end), self.end))
                self._standstill.append((start, self.end))
            case Extend(ms, section, grant):
                self._extensions.setdefault(grant, (ms, section or self._stays[-1][1]))
            case TakeBack(ms, of, grant):
                given, where = self._extensions.get(of, (0, None))
                if given > 0 and of not in self._taken_back and grant not in self._extensions:
                    self._taken_back.add(of)
                    self._extensions[grant] = (-ms, where)
            case Charge(nth, ms):
                if nth >= len(self._gap_sections):
                    return
                self._charges.setdefault(nth, ms)
            case Enter(section):
                if section is None and self._stays[-1][1] is None:
                    return
                self._stays.append((start, section))
            case SetWallClock():
                pass
            case _:
                self._switches[type(act)].append((start, number))
        self._written = self.end

    def _counted(self) -> list[Interval]:
        return without([(0, self.end)], [*self._stopped(), *self._unknown])

    def _stopped(self) -> list[Interval]:
        return [*self._between(Pause, Resume), *self._between(Lock, Unlock), *self._between(HandIn, Reopen)]

    def _between(self, begin: type, finish: type) -> list[Interval]:
        """Return from each beginning to the next finish after it, or to the end."""
        ends = self._switches[finish]
        return [(at[0], next((e[0] for e in ends if e > at), self.end)) for at in self._switches[begin]]

    def _stays_in(self, section: str) -> list[Interval]:
        leaves = [at for at, _ in self._stays[1:]] + [self.end]
        return [(at, leave) for (at, where), leave in zip(self._stays, leaves, strict=True) if where == section]


def without(whole: Iterable[Interval], taken: Iterable[Interval]) -> list[Interval]:
    """Return what is left of intervals when others are taken away."""
    rest = list(whole)
    for start, end in taken:
        rest = [part for a, b in rest for part in ((a, min(b, start)), (max(a, end), b)) if part[0] < part[1]]
    return rest


def common(one: Iterable[Interval], other: Sequence[Interval]) -> list[Interval]:
    """Return where two sets of intervals overlap."""
    pairs = ((max(a, c), min(b, d)) for a, b in one for c, d in other)
    return [(start, end) for start, end in pairs if start < end]


def measure(intervals: Iterable[Interval]) -> int:
    """Return the length of a set of intervals, what overlaps counted once."""
    length, reached = 0, 0
    for start, end in sorted(intervals):
        length += max(0, end - max(start, reached))
        reached = max(reached, end)
    return length
