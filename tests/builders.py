"""Builders of what most tests need: each gives a whole, sensible value and takes changes by field name."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from kiosk.exam.accommodation import Accommodation
from kiosk.exam.assignment import Assignment, Session
from kiosk.exam.attachment import AttachedText
from kiosk.exam.draft import AccessType, Option, Question, QuestionType, Section, Test
from kiosk.exam.entry import Entry, Genesis
from kiosk.exam.grant import NEEDS_SECOND, Act, Grant
from kiosk.exam.key import Key
from kiosk.exam.lease import Lease
from kiosk.exam.moment import Moment, iso
from kiosk.exam.paper import Paper
from kiosk.exam.person import Person, Role
from kiosk.exam.press import print_test
from kiosk.exam.sitting import Sitting, Step

NOON = datetime(2031, 5, 6, 12, 0, tzinfo=UTC)
"""The moment most tests begin at."""


class FakeClock:
    """A clock that stands still until it is told to go on."""

    def __init__(self, at: datetime = NOON, boot_ms: int = 600_000) -> None:
        self.at = at
        self.boot = 1
        self.boot_ms = boot_ms

    def now(self) -> Moment:
        """Return the present moment."""
        return Moment(iso(self.at), f"boot-{self.boot}", self.boot_ms)

    def advance(self, ms: int) -> Moment:
        """Let `ms` milliseconds pass and return the moment after."""
        self.at += timedelta(milliseconds=ms)
        self.boot_ms += ms
        return self.now()

    def reboot(self, ms: int = 90_000) -> Moment:
        """Start the machine again, `ms` milliseconds of real time later."""
        self.at += timedelta(milliseconds=ms)
        self.boot += 1
        self.boot_ms = 20_000
        return self.now()

    def step_wall(self, ms: int) -> Moment:
        """Set the wall clock forward or back; no time passes."""
        self.at += timedelta(milliseconds=ms)
        return self.now()


def a_clock(at: datetime = NOON, boot_ms: int = 600_000) -> FakeClock:
    """Return a clock at noon of the exam's day, ten minutes after the machine started."""
    return FakeClock(at, boot_ms)


def an_option(option_id: str = "o1", is_correct: bool = False, **changes: Any) -> Option:
    """Return one choice."""
    fields: dict[str, Any] = {"option_text": f"choice {option_id}", "option_order": 1}
    return Option(option_id=option_id, is_correct=is_correct, **fields | changes)


def a_question(question_id: str = "q1", **changes: Any) -> Question:
    """Return an MCQ of four options, the second of them right, worth 2 points."""
    fields: dict[str, Any] = {
        "type": QuestionType.MCQ,
        "question_text": f"What is asked in {question_id}?",
        "created_at": NOON - timedelta(days=30),
        "order": 1,
        "points": Decimal(2),
    }
    fields |= changes
    if "options" not in fields and fields["type"].is_choice:
        fields["options"] = _options(question_id, fields["type"])
    return Question(question_id=question_id, **fields)


def _options(question_id: str, kind: QuestionType) -> tuple[Option, ...]:
    right = {QuestionType.MCQ: {2}, QuestionType.MSQ: {1, 3}, QuestionType.TRUE_FALSE: {1}}[kind]
    count = 2 if kind is QuestionType.TRUE_FALSE else 4
    return tuple(
        an_option(f"{question_id}-{n}", n in right, option_text=f"choice {n} of {question_id}", option_order=n)
        for n in range(1, count + 1)
    )


def a_section(section_id: str = "s1", **changes: Any) -> Section:
    """Return a section of one MCQ with a clock of 20 minutes."""
    fields: dict[str, Any] = {
        "title": f"Section {section_id}",
        "section_order": 1,
        "duration": 20,
        "questions": (a_question(f"{section_id}-q1", section_id=section_id),),
    }
    return Section(section_id=section_id, **fields | changes)


def a_test(**changes: Any) -> Test:
    """Return a draft of eight questions of all five types, in three sections with clocks of their own, 60 minutes."""
    fields: dict[str, Any] = {
        "test_id": "biology-2",
        "title": "Biology II",
        "created_at": NOON - timedelta(days=30),
        "created_by": "author-1",
        "duration": 60,
        "is_active": True,
        "access_type": AccessType.PRIVATE,
        "max_attempts": 1,
        "pass_score": Decimal(10),
        "randomized_questions": True,
        "randomized_options": True,
        "test_version": "v1",
        "instructions": "Read every question twice.",
        "sections": (_cells(), _genetics(), _writing()),
    }
    return Test(**fields | changes)


def _cells() -> Section:
    return a_section(
        "cells",
        title="Cells",
        section_order=1,
        duration=20,
        is_mandatory=True,
        questions=(
            a_question("cells-1", section_id="cells", order=1, hints=("It divides.", "Twice."), feedback="See page 4."),
            a_question("cells-2", section_id="cells", order=2, type=QuestionType.MSQ, points=Decimal(3)),
            a_question("cells-3", section_id="cells", order=3, type=QuestionType.TRUE_FALSE, points=Decimal(1)),
        ),
    )


def _genetics() -> Section:
    return a_section(
        "genetics",
        title="Genetics",
        section_order=2,
        duration=15,
        questions=(
            a_question("genetics-1", section_id="genetics", order=1),
            a_question("genetics-2", section_id="genetics", order=2, type=QuestionType.MSQ, points=Decimal(3)),
            a_question("genetics-3", section_id="genetics", order=3, type=QuestionType.TRUE_FALSE, points=Decimal(1)),
        ),
    )


def _writing() -> Section:
    return a_section(
        "writing",
        title="Writing",
        section_order=3,
        duration=30,
        questions=(
            a_question(
                "writing-1",
                section_id="writing",
                order=1,
                type=QuestionType.ESSAY,
                points=Decimal(10),
                min_words=50,
                max_words=300,
                rubric="Two points for each cause named.",
            ),
            a_question(
                "writing-2",
                section_id="writing",
                order=2,
                type=QuestionType.CODING,
                points=Decimal(8),
                language="python",
                starter="def count(cells):\n    ",
                examples=(("AACG", "4"),),
                rubric="Half for the loop.",
            ),
        ),
    )


def a_paper(**changes: Any) -> Paper:
    """Return the printed paper of `a_test(**changes)`."""
    return print_test(a_test(**changes))[0]


def a_paper_with_files(*files: tuple[str, str], **changes: Any) -> tuple[Paper, dict[str, str]]:
    """Return a paper whose first question attaches files, given by name and text, and the texts by their SHA-256."""
    attached = [AttachedText(name, text) for name, text in files]
    draft = a_test(**changes)
    section = draft.sections[0]
    first = replace(section.questions[0], attachments=tuple(a.name for a in attached))
    section = replace(section, questions=(first, *section.questions[1:]))
    draft = replace(draft, sections=(section, *draft.sections[1:]))
    return print_test(draft, files=[a.file for a in attached])[0], {a.file.sha256: a.text for a in attached}


def a_key(**changes: Any) -> Key:
    """Return the printed key of `a_test(**changes)`."""
    return print_test(a_test(**changes))[1]


def a_lease(paper: Paper | None = None, **changes: Any) -> Lease:
    """Return a lease for the first attempt at a paper on seat A12."""
    fields: dict[str, Any] = {
        "lease_id": "lease-1",
        "submission_id": "submission-1",
        "opened_on": "2031-05-06",
        "assignment_id": "assignment-1",
        "candidate_id": "candidate-1",
        "paper": (paper or a_paper()).digest,
        "seat": "A12",
        "epoch": 1,
        "attempt": 1,
        "seed": "seed-1",
        "accommodation": Accommodation(),
        "limit_ms": None,
        "due_at": None,
        "proctor_id": "proctor-1",
        "issued_at": iso(NOON),
    }
    return Lease(**fields | changes)


def a_genesis(paper: Paper | None = None, **changes: Any) -> Genesis:
    """Return the genesis that goes with `a_lease(paper)`."""
    fields: dict[str, Any] = {
        "submission_id": "submission-1",
        "opened_on": "2031-05-06",
        "paper": (paper or a_paper()).digest,
        "assignment_id": "assignment-1",
        "seat": "A12",
        "lease": "lease-1",
        "build": "test",
    }
    return Genesis(**fields | changes)


def a_grant(act: Act = Act.PAUSE, **changes: Any) -> Grant:
    """Return a grant of one act on the sitting of `a_lease()`, with a second person where the act needs one."""
    fields: dict[str, Any] = {
        "grant_id": "grant-1",
        "submission_id": "submission-1",
        "seat": "A12",
        "who": "proctor-1",
        "second": "proctor-2" if act in NEEDS_SECOND else None,
        "reason": "equipment",
        "issued_at": iso(NOON),
    }
    return Grant(act=act, **fields | changes)


def a_person(role: Role = Role.CANDIDATE, **changes: Any) -> Person:
    """Return a person of a role; a candidate has a roll number."""
    fields: dict[str, Any] = {
        "user_id": f"{role.value}-1",
        "name": "Okafor, Anna",
        "roll_number": "B-1042" if role is Role.CANDIDATE else None,
        "email": "anna@example.org",
    }
    return Person(role=role, **fields | changes)


def an_assignment(**changes: Any) -> Assignment:
    """Return the assignment of `a_test()` to `a_person()`, due a week after noon."""
    fields: dict[str, Any] = {
        "assignment_id": "assignment-1",
        "test_id": "biology-2",
        "candidate_id": "candidate-1",
        "assigned_at": NOON - timedelta(days=7),
        "due_date": NOON + timedelta(days=7),
    }
    return Assignment(**fields | changes)


def a_session(**changes: Any) -> Session:
    """Return a session of Hall 2 that starts at noon and ends at three."""
    fields: dict[str, Any] = {
        "session_id": "session-1",
        "hall": "Hall 2",
        "title": "Tuesday, second shift",
        "opens_at": NOON - timedelta(minutes=30),
        "starts_at": NOON,
        "ends_at": NOON + timedelta(hours=3),
    }
    return Session(**fields | changes)


class Trial:
    """A sitting at work with a clock and the journal it has written."""

    def __init__(self, paper: Paper, clock: FakeClock, lease: Lease) -> None:
        self.paper = paper
        self.clock = clock
        self.genesis = lease.genesis("test")
        self.sitting = Sitting(paper, self.genesis)
        self.entries: list[Entry] = []
        self.take(self.sitting.open(lease))

    def take(self, steps: list[Step]) -> list[Entry]:
        """Record the steps of a move and return their entries."""
        taken = [self.sitting.record(step, self.clock.now()) for step in steps]
        self.entries += taken
        return taken

    def folded(self) -> Sitting:
        """Return a sitting folded afresh from the journal."""
        return Sitting.fold(self.paper, self.genesis, self.entries)


def an_attempt(paper: Paper | None = None, clock: FakeClock | None = None, **lease: Any) -> Trial:
    """Return an opened sitting at a paper, with its clock, journal and genesis."""
    paper = paper or a_paper()
    return Trial(paper, clock or a_clock(), a_lease(paper, **lease))


def a_journal(paper: Paper | None = None) -> tuple[Genesis, tuple[Entry, ...]]:
    """Return the journal of a short sitting that is handed in: choices, an essay, a program and a flag."""
    attempt = an_attempt(paper or a_paper())
    sitting, clock = attempt.sitting, attempt.clock
    for section in sitting.order:
        for question in section.questions:
            attempt.take(sitting.visit(question.question_id, clock.advance(1_000)))
            if question.option_ids:
                attempt.take(sitting.choose(question.question_id, question.option_ids[:1], clock.advance(2_000)))
            else:
                attempt.take(sitting.type(question.question_id, "Mitosis", clock.advance(2_000)))
                attempt.take(sitting.type(question.question_id, "Mitosis, twice", clock.advance(2_000)))
    attempt.take(sitting.flag("cells-1", True, clock.advance(500)))
    attempt.take(sitting.hand_in(clock.advance(1_000)))
    return attempt.genesis, tuple(attempt.entries)


def without_clocks(test: Test) -> Test:
    """Return a draft whose sections use the test's clock."""
    return replace(test, sections=tuple(replace(s, duration=None) for s in test.sections))
