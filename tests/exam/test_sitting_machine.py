"""Any moves in any order, against a naive model of a sitting: the same refusals, the same state, the same time.

After every move the journal is folded afresh and must give the very sitting that is at work.
"""

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from builders import Trial, a_grant, a_paper, a_question, a_section, an_attempt
from kiosk.exam.draft import QuestionType
from kiosk.exam.entry import Kind
from kiosk.exam.error import Refused
from kiosk.exam.grant import Act
from kiosk.exam.interruption import gap_at_restart
from kiosk.exam.journal import verify
from kiosk.exam.moment import Moment
from kiosk.exam.sitting import Sitting, Step
from kiosk.exam.supervision import carry_out

MINUTE = 60_000
LOOK = 1_000
"""How often a seat looks at its clocks."""
MCQ, MSQ, ESSAY = QuestionType.MCQ, QuestionType.MSQ, QuestionType.ESSAY
SECTION_MINUTES = {"a": 1, "b": None, "c": 2}
TEST_MINUTES = 4
MANDATORY = "a"
TYPES = {"a-1": MCQ, "a-2": MSQ, "b-1": MCQ, "b-2": ESSAY, "c-1": ESSAY}
HINTS = {"a-1": 2}
SECTION_OF = {q: q[0] for q in TYPES}
PROCTORS = (Act.PAUSE, Act.RESUME, Act.LOCK, Act.UNLOCK, Act.NOTE, Act.END)
QUESTION = st.sampled_from(sorted(TYPES))
HERE = st.none() | st.none() | QUESTION
"""The question on the screen, more often than not, or any other."""
SECTION = st.sampled_from(sorted(SECTION_MINUTES))


def the_paper(sequential: bool) -> Any:
    def questions(section: str) -> tuple[Any, ...]:
        return tuple(
            a_question(q, type=kind, order=n, hints=("one", "two")[: HINTS.get(q, 0)])
            for n, (q, kind) in enumerate(TYPES.items())
            if q[0] == section
        )

    return a_paper(
        duration=TEST_MINUTES,
        randomized_questions=False,
        settings={"sectionOrder": "sequential" if sequential else "free"},
        sections=tuple(
            a_section(s, section_order=n, duration=m, is_mandatory=s == MANDATORY, questions=questions(s))
            for n, (s, m) in enumerate(SECTION_MINUTES.items())
        ),
    )


class Naive:
    """A sitting as a child would keep it: what is written down, and a stopwatch for each clock."""

    def __init__(self, sequential: bool) -> None:
        self.sequential = sequential
        self.handed_in = self.paused = self.locked = False
        self.section: str | None = "a"
        self.question = "a-1"
        self.answers: dict[str, tuple[str, ...] | str] = {}
        self.flags: set[str] = set()
        self.hints: dict[str, int] = {}
        self.left = TEST_MINUTES * MINUTE
        self.section_left = {s: m * MINUTE for s, m in SECTION_MINUTES.items() if m}
        self.shut: set[str] = set()
        self.back: set[str] = set()

    @property
    def running(self) -> bool:
        return not (self.handed_in or self.paused or self.locked)

    def is_open(self, section: str) -> bool:
        return section not in self.shut and self.section_left.get(section, 1) > 0

    def may_work(self, question: str) -> bool:
        return self.running and self.is_open(SECTION_OF[question]) and SECTION_OF[question] == self.section

    def incomplete(self) -> bool:
        return any(not self.answers.get(q) for q in TYPES if q[0] == MANDATORY)

    def spend(self, ms: int, section: str | None) -> None:
        self.left -= ms
        if section in self.section_left:
            self.section_left[section] -= ms

    def leaves_for_good(self, target: str) -> bool:
        return self.sequential and self.section is not None and target not in self.back

    def enter(self, target: str, because_of_time: bool = False) -> None:
        if self.section is not None:
            if because_of_time or self.leaves_for_good(target):
                self.shut.add(self.section)
            self.back.discard(self.section)
        self.section = target

    def look(self) -> None:
        if not self.running:
            return
        if self.left <= 0:
            self.handed_in = True
        elif self.section is None or not self.is_open(self.section):
            self._go_on()

    def _go_on(self) -> None:
        names = sorted(SECTION_MINUTES)
        here = names.index(self.section or SECTION_OF[self.question])
        around = [*names[here + 1 :], *names[: here + 1]]
        following = next((s for s in around if self.is_open(s)), None)
        if following is None:
            if self.section is not None:
                self.shut.add(self.section)
                self.back.discard(self.section)
            self.section, self.handed_in = None, True
            return
        self.enter(following, because_of_time=True)
        self.question = next(q for q in TYPES if q[0] == following)

    def extend(self, ms: int, section: str | None) -> None:
        self.left += ms
        target = section or self.section
        if target in self.section_left:
            self.section_left[target] += ms
        if section in self.shut:
            self.shut.discard(section)
            self.back.add(section)


class SittingMachine(RuleBasedStateMachine):
    """Drives a real sitting and the naive one with the same moves."""

    @initialize(sequential=st.booleans())
    def begin(self, sequential: bool) -> None:
        self.sat: Trial = an_attempt(the_paper(sequential))
        self.naive = Naive(sequential)
        self.numbers = iter(range(10**6))
        self.used_grants: list[Any] = []
        self.unsettled: dict[int, tuple[int | None, str | None]] = {}
        self.resting_ms = 0

    @property
    def sitting(self) -> Sitting:
        return self.sat.sitting

    def attempt_move(self, allowed: bool, ask: Any) -> bool:
        """Make a move that must be allowed or refused; return whether it was made."""
        if not allowed:
            with pytest.raises(Refused):
                ask(self.sat.clock.now())
            return False
        self.sat.take(ask(self.sat.clock.now()))
        return True

    @rule(question=QUESTION)
    def visit(self, question: str) -> None:
        naive, section = self.naive, SECTION_OF[question]
        allowed = naive.running and naive.is_open(section)
        if allowed and section != naive.section and naive.leaves_for_good(section):
            allowed = not (naive.section == MANDATORY and naive.incomplete())
        if self.attempt_move(allowed, lambda now: self.sitting.visit(question, now)):
            if section != naive.section:
                naive.enter(section)
            naive.question = question
            self.resting_ms = 0

    @rule(question=HERE, numbers=st.sets(st.integers(1, 5), max_size=3))
    def choose(self, question: str | None, numbers: set[int]) -> None:
        question = question or self.naive.question
        chosen = tuple(sorted(f"{question}-{n}" for n in numbers))
        most = {MCQ: 1, MSQ: 4, ESSAY: -1}[TYPES[question]]
        allowed = self.naive.may_work(question) and len(chosen) <= most and 5 not in numbers
        if self.attempt_move(allowed, lambda now: self.sitting.choose(question, chosen, now)):
            self.naive.answers[question] = chosen

    @rule(question=HERE, text=st.text("ae\u0301 \n", max_size=6), then=st.text("ae\u0301", max_size=3))
    def type(self, question: str | None, text: str, then: str) -> None:
        question = question or self.naive.question
        allowed = self.naive.may_work(question) and TYPES[question] is ESSAY
        for written in (text, text + then):
            if self.attempt_move(allowed, lambda now, text=written: self.sitting.type(question, text, now)):
                self.naive.answers[question] = written.replace("e\u0301", "é").replace("a\u0301", "á")

    @precondition(lambda self: self.naive.running)
    @rule(question=st.sampled_from([q for q, kind in TYPES.items() if kind is ESSAY]), ms=st.integers(1, 15_000))
    def write(self, question: str, ms: int) -> None:
        self.visit(question)
        for text in ("e", "e\u0301", "e\u0301a"):
            self.type(question, text, "a")
        self.pass_time(ms)

    @precondition(lambda self: self.naive.running)
    @rule()
    def complete_the_section(self) -> None:
        for question in [q for q in TYPES if q[0] == self.naive.section and TYPES[q] is not ESSAY]:
            if self.naive.running:
                self.choose(question, {1})

    @rule(question=HERE)
    def clear(self, question: str | None) -> None:
        question = question or self.naive.question
        if self.attempt_move(self.naive.may_work(question), lambda now: self.sitting.clear(question, now)):
            self.naive.answers.pop(question, None)

    @rule(question=QUESTION, on=st.booleans())
    def flag(self, question: str, on: bool) -> None:
        allowed = self.naive.running and self.naive.is_open(SECTION_OF[question])
        if self.attempt_move(allowed, lambda now: self.sitting.flag(question, on, now)):
            (self.naive.flags.add if on else self.naive.flags.discard)(question)

    @rule(question=HERE)
    def hint(self, question: str | None) -> None:
        question = question or self.naive.question
        shown = self.naive.hints.get(question, 0)
        allowed = self.naive.may_work(question) and shown < HINTS.get(question, 0)
        if self.attempt_move(allowed, lambda now: self.sitting.show_hint(question, now)):
            self.naive.hints[question] = shown + 1

    @rule()
    def hand_in(self) -> None:
        naive = self.naive
        allowed = naive.running and not (naive.is_open(MANDATORY) and naive.incomplete())
        if self.attempt_move(allowed, self.sitting.hand_in):
            naive.handed_in = True
            assert not self.has_splices_at_the_end()

    @rule(what=st.sampled_from(PROCTORS))
    def supervise(self, what: Act) -> None:
        naive = self.naive
        allowed = {
            Act.PAUSE: naive.running,
            Act.RESUME: naive.paused and not naive.locked and not naive.handed_in,
            Act.LOCK: not naive.locked and not naive.handed_in,
            Act.UNLOCK: naive.locked and not naive.handed_in,
            Act.NOTE: True,
            Act.END: not naive.handed_in,
        }[what]
        if self.grant(allowed, what):
            naive.paused = (naive.paused or what is Act.PAUSE) and what is not Act.RESUME
            naive.locked = (naive.locked or what is Act.LOCK) and what is not Act.UNLOCK
            naive.handed_in = naive.handed_in or what is Act.END

    @rule(ms=st.integers(1, 2 * MINUTE), section=st.none() | SECTION)
    def extend(self, ms: int, section: str | None) -> None:
        if self.grant(not self.naive.handed_in, Act.EXTEND, amount_ms=ms, section=section):
            self.naive.extend(ms, section)

    @precondition(lambda self: self.naive.handed_in)
    @rule(ms=st.integers(0, 2 * MINUTE), section=st.none() | SECTION)
    def reopen(self, ms: int, section: str | None) -> None:
        naive = self.naive
        target = section or naive.section
        gains = ms > 0 and target is not None and naive.section_left.get(target, 1) + ms > 0
        opens = gains and (target == section or target not in naive.shut)
        allowed = naive.left + ms > 0 and (opens or any(naive.is_open(s) for s in SECTION_MINUTES))
        if self.grant(allowed, Act.REOPEN, amount_ms=ms, section=section):
            naive.handed_in = False
            if ms:
                naive.extend(ms, section)
            self.look()
            assert naive.paused or naive.locked or not naive.handed_in, "a reopening is not undone at once"

    @precondition(lambda self: not self.naive.running)
    @rule(section=SECTION)
    def go_on(self, section: str) -> None:
        if self.naive.handed_in:
            self.reopen(2 * MINUTE, section)
        for undo in (Act.UNLOCK, Act.RESUME):
            self.supervise(undo)

    @rule(data=st.data())
    def use_a_grant_again(self, data: st.DataObject) -> None:
        if self.used_grants:
            grant = data.draw(st.sampled_from(self.used_grants))
            self.attempt_move(False, lambda now: carry_out(self.sitting, grant, now))

    @rule(ms=st.integers(0, 30_000), reboot=st.booleans())
    def crash(self, ms: int, reboot: bool) -> None:
        last = self.sat.entries[-1]
        self.sat.sitting = self.sat.folded()
        now = self.sat.clock.reboot(ms) if reboot else self.sat.clock.advance(ms)
        if self.sitting.ledger.running:
            (gap,) = self.sat.take([gap_at_restart(Moment(last.at, last.boot_id, last.boot_ms), now)])
            self.unsettled[gap.seq] = (gap.body["ms"], self.naive.section)
        self.look()

    @precondition(lambda self: self.unsettled)
    @rule(data=st.data(), ms=st.integers(0, 20_000))
    def charge(self, data: st.DataObject, ms: int) -> None:
        number = data.draw(st.sampled_from(sorted(self.unsettled)))
        longest, section = self.unsettled[number]
        if self.grant(longest is None or ms <= longest, Act.CHARGE_GAP, gap=number, amount_ms=ms):
            del self.unsettled[number]
            self.naive.spend(ms, section)
            self.look()

    @rule(ms=st.integers(1, 20_000) | st.integers(1, MINUTE))
    def pass_time(self, ms: int) -> None:
        while ms > 0:
            step = min(LOOK, ms)
            self.sat.clock.advance(step)
            self.sat.take([Step(Kind.TICK, {})])
            if self.naive.running:
                self.naive.spend(step, self.naive.section)
                self.resting_ms = self.resting_ms + step if self.has_splices_at_the_end() else 0
            self.look()
            ms -= step

    def has_splices_at_the_end(self) -> bool:
        """Whether some text's last entry in the journal is a splice."""
        last = {e.body["question"]: e for e in self.sat.entries if e.kind in (Kind.TYPED, Kind.CLEARED)}
        return any("inserted" in e.body for e in last.values())

    def look(self) -> None:
        while steps := self.sitting.due(self.sat.clock.now()):
            self.sat.take(steps)
        while True:
            before = (self.naive.section, self.naive.handed_in)
            self.naive.look()
            if before == (self.naive.section, self.naive.handed_in):
                return

    def grant(self, allowed: bool, what: Act, **changes: Any) -> bool:
        grant = a_grant(what, grant_id=f"g{next(self.numbers)}", **changes)
        done = self.attempt_move(allowed, lambda now: carry_out(self.sitting, grant, now))
        if done:
            self.used_grants.append(grant)
        return done

    @invariant()
    def state_agrees(self) -> None:
        sitting, naive, now = self.sitting, self.naive, self.sat.clock.now()
        assert sitting.ledger.running == naive.running
        assert (sitting.section, sitting.question) == (naive.section, naive.question)
        assert sitting.left_sections == naive.shut
        assert {q for q, a in sitting.answers.items() if a.flagged} == naive.flags
        assert {q: a.hints_shown for q, a in sitting.answers.items() if a.hints_shown} == naive.hints
        written = {q: a.option_ids or a.text for q, a in sitting.answers.items() if a.option_ids or a.text}
        assert written == {q: a for q, a in naive.answers.items() if a}
        assert sitting.ledger.left_ms(now) == max(0, naive.left)
        for section, left in naive.section_left.items():
            assert sitting.ledger.section_left_ms(section, now) == max(0, left)

    @invariant()
    def texts_rest_in_splices_for_ten_seconds_at_most(self) -> None:
        assert self.resting_ms <= 10_000 + LOOK

    @invariant()
    def the_journal_gives_the_same_sitting(self) -> None:
        live, folded = vars(self.sitting) | {}, vars(self.sat.folded()) | {}
        assert vars(live.pop("manuscript")) == vars(folded.pop("manuscript"))
        assert live == folded

    def teardown(self) -> None:
        if hasattr(self, "sat"):
            verify(self.sat.genesis, self.sat.entries)


SittingMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=50, deadline=None)
TestSittingMachine = SittingMachine.TestCase


class LongSittingMachine(SittingMachine):
    """The same, at length."""


LongSittingMachine.TestCase.settings = settings(max_examples=3_000, stateful_step_count=60, deadline=None)
TestSittingMachineAtLength = pytest.mark.slow(pytest.mark.timeout(3_600)(LongSittingMachine.TestCase))
