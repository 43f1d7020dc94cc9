"""The course of a rehearsal: each step with what it counted and how long it took, told as it goes."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class Step:
    """One step: what was counted, and seconds."""

    name: str
    count: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class Course:
    """Steps in the order they began; `tell` hears of each, and of work done within it."""

    tell: Callable[[str, int, int], None] = lambda name, done, whole: None
    """Told the step's name, how much is done, and of how much (0 where nobody knows)."""
    steps: list[Step] = field(default_factory=list)

    @contextmanager
    def step(self, name: str, whole: int = 0) -> Iterator[Step]:
        """Measure one step; the caller sets its count."""
        step = Step(name)
        self.steps.append(step)
        self.tell(name, 0, whole)
        begun = time.perf_counter()
        try:
            yield step
        finally:
            step.seconds = time.perf_counter() - begun
            self.tell(name, step.count, whole or step.count)

    def count(self, name: str, count: int) -> None:
        """Note something that was counted beside the steps."""
        self.steps.append(Step(name, count))
