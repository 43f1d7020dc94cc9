"""Pre-flight: whether each seat of a hall is fit for the exam, and whether the hall may go."""

from dataclasses import dataclass
from enum import StrEnum


class Fitness(StrEnum):
    """What one check found."""

    GO = "go"
    NO_GO = "no go"
    UNKNOWN = "not known"
    """The seat has not said; counts as no go."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at on one seat."""

    name: str
    """Such as link, build, paper, disk, clock, fonts, lockdown, key."""
    fitness: Fitness
    words: str
    """What was found, such as "3.1 GB free" or "4 s behind the hall"; says what to do where it is no go."""


@dataclass(frozen=True, slots=True)
class SeatFitness:
    """One seat, check by check."""

    seat: str
    checks: tuple[Check, ...]
    is_spare: bool = False
    """Whether nobody is expected there, so that it does not hold the hall up."""

    @property
    def fitness(self) -> Fitness:
        """Go only where every check says go."""
        return Fitness.GO if all(c.fitness is Fitness.GO for c in self.checks) else Fitness.NO_GO


@dataclass(frozen=True, slots=True)
class Preflight:
    """A hall before the exam."""

    seats: tuple[SeatFitness, ...]
    hall: tuple[Check, ...]
    """What concerns the hall itself: packages, release, disk, clock, sessions opened."""

    @property
    def is_go(self) -> bool:
        """Whether the hall may begin: every check of its own and of every seat somebody is expected at says go."""
        checks = (*self.hall, *(c for s in self.seats if not s.is_spare for c in s.checks))
        return all(c.fitness is Fitness.GO for c in checks)
