"""A desk for screens under test: real rules, a clock that stands still, and no store."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal

from builders import NOON, FakeClock, a_clock, a_genesis, a_grant, a_lease, a_question, a_section, a_test
from kiosk.exam.assignment import AssignmentStatus
from kiosk.exam.attachment import AttachedText
from kiosk.exam.attempt import Phase
from kiosk.exam.draft import Option, Question, QuestionType, Section
from kiosk.exam.entry import Kind
from kiosk.exam.error import Denied, Refused
from kiosk.exam.grant import Act
from kiosk.exam.moment import iso
from kiosk.exam.paper import Paper
from kiosk.exam.press import print_test
from kiosk.exam.receipt import receipt_code
from kiosk.exam.sitting import Sitting, Step
from kiosk.exam.supervision import carry_out
from kiosk.exam.timing import TICK_MS
from kiosk.seat.sheet import draw_sheet
from kiosk.views.authority import HallLost
from kiosk.views.candidate import (
    CandidateCard,
    Instructions,
    Notice,
    Result,
    ResultLine,
    SaveState,
    SectionLine,
    Sheet,
    SittingState,
    TestCard,
    TimeLeft,
)
from kiosk.views.desk import ActRequest, Changed, DeskEvent, HallMessage, LinkState, Ordered, OverlayState, Told

ANNA = CandidateCard("candidate-1", "Okafor, Anna", "B-1042", "A12")
CODE = "K7QF-2M9D"
ACT_CODE, CHALLENGE = "7KQ2M9XV4TPN", "4F7-KX2"
WORDS = {
    Act.PAUSE: "The proctor has paused your exam.",
    Act.RESUME: "The proctor has resumed your exam.",
    Act.LOCK: "The proctor has locked this seat.",
    Act.UNLOCK: "The proctor has unlocked this seat.",
    Act.EXTEND: "You have been given more time.",
    Act.END: "The proctor has handed in for you.",
    Act.REOPEN: "Your exam is open again.",
    Act.MOVE: "Your exam goes on at another seat.",
    Act.START: "The proctor has started the exam.",
}
PIN, SECOND_PIN = "4711", "1174"
INJECTION = "[@click=app.quit]x[/] and [/x] and <b>y</b>"


def sample_paper(**changes: object) -> Paper:
    """Return the paper of the sketches: Cells (15), Genetics (10) and Writing (2), in printed order."""
    fields: dict[str, object] = {
        "title": "Biology II · Paper A",
        "duration": 120,
        "randomized_questions": False,
        "randomized_options": False,
        "instructions": "Read every question twice.",
        "settings": {"hintCost": "0.5"},
        "sections": (cells(), genetics(), writing()),
    }
    return print_test(a_test(**fields | changes))[0]


def options(*texts: str) -> tuple[Option, ...]:
    """Return options with ids o1, o2 ..., the first of them right."""
    return tuple(
        Option(option_id=f"o{n}", option_text=t, is_correct=n == 1, option_order=n) for n, t in enumerate(texts, 1)
    )


def cells() -> Section:
    """Return a section of fifteen choice questions with a clock of 40 minutes."""
    questions = [a_question(f"c{n}", order=n, section_id="cells") for n in range(1, 16)]
    texts = options("Chloroplast", "Centriole", "Cell wall", "Vacuole")
    questions[6] = question("c7", 7, "Which of these is **not** found in a plant cell?", options=texts, hints=HINTS)
    questions[7] = question(
        "c8",
        8,
        "Which of these have a membrane of their own?",
        type=QuestionType.MSQ,
        points=Decimal(3),
        options=options("Nucleus", "Ribosome", "Mitochondrion", "Chloroplast", "Nucleolus"),
        min_choices=2,
        max_choices=3,
    )
    questions[8] = question(
        "c9",
        9,
        "Every cell has a nucleus.",
        type=QuestionType.TRUE_FALSE,
        points=Decimal(1),
        options=options("False", "True"),
    )
    story = "\n\n".join(f"Paragraph {n} of a long report on a leaf seen under a microscope." for n in range(1, 21))
    questions[9] = question("c10", 10, f"{story}\n\nWhat was seen?", options=texts)
    questions[10] = question("c11", 11, INJECTION, options=options(INJECTION, "Vacuole"))
    return a_section(
        "cells", title="Cells", section_order=1, duration=40, is_mandatory=True, questions=tuple(questions)
    )


HINTS = ("It helps a cell to divide.", "Animals have two.")


def question(question_id: str, order: int, text: str, **changes: object) -> Question:
    """Return a question of the section Cells."""
    return a_question(question_id, order=order, section_id="cells", question_text=text, **changes)


def genetics() -> Section:
    """Return a section of ten questions without a clock of its own."""
    questions = tuple(a_question(f"g{n}", order=n, section_id="genetics") for n in range(1, 11))
    return a_section("genetics", title="Genetics", section_order=2, duration=None, questions=questions)


def writing() -> Section:
    """Return a section of an essay and a program."""
    return a_section(
        "writing",
        title="Writing",
        section_order=3,
        duration=None,
        questions=(
            a_question(
                "w1",
                section_id="writing",
                type=QuestionType.ESSAY,
                question_text="Discuss why cells divide. Name at least two causes.",
                points=Decimal(10),
                min_words=300,
                max_words=500,
            ),
            a_question(
                "w2",
                section_id="writing",
                order=2,
                type=QuestionType.CODING,
                question_text="Write a function `count(cells)` that returns how many letters a strand has.",
                points=Decimal(8),
                language="python",
                starter="def count(cells):\n    ",
                examples=(("AACG", "4"), ("", "0")),
            ),
        ),
    )


@dataclass
class FakeDesk:
    """Implements `kiosk.views.desk.Desk` on a real sitting; a save is committed when the test says so."""

    paper: Paper
    clock: FakeClock
    seat: str = "A12"
    saves_at_once: bool = True

    attached: Mapping[str, str] = field(default_factory=dict)
    waits_for_start: bool = False
    """Whether the hall lets nobody begin before a proctor has started."""

    def __post_init__(self) -> None:
        self.wrong_tries = 0
        self.grants = 0
        self.overlay_notes: list[bool] = []
        self.pasted: list[int] = []
        self._listeners: list[Callable[[DeskEvent], None]] = []
        self.line = LinkState(is_connected=True, hall="Hall 2", since=self.clock.now().at)
        self.told: list[HallMessage] = []
        self.hands: list[bool] = []
        self.challenges: list[ActRequest] = []
        self.ordered: list[ActRequest] = []
        self._saved = SaveState(0)
        self._restart()

    def _restart(self) -> None:
        self.sitting = Sitting(self.paper, a_genesis(self.paper))

    # blocking

    def listen(self, listener: Callable[[DeskEvent], None]) -> None:
        self._listeners.append(listener)

    def sign_in(self, roll_number: str, code: str) -> CandidateCard:
        if (roll_number, code) != (ANNA.roll_number, CODE):
            self.wrong_tries += 1
            raise Denied("Roll number and access code do not go together.", wait_seconds=2**self.wrong_tries)
        return ANNA

    def sign_out(self) -> None:
        self._restart()

    def tests(self) -> tuple[TestCard, ...]:
        return sample_tests()

    def notices(self) -> tuple[Notice, ...]:
        return (Notice("n1", "Biology II has been assigned to you.", NOON - timedelta(days=7), False),)

    def instructions(self, assignment_id: str) -> Instructions:
        return sample_instructions()

    def begin(self, assignment_id: str) -> Sheet:
        if self.waits_for_start:
            raise Refused("Please wait for the proctor to start.")
        if self.sitting.phase is Phase.NEW:
            self._take(self.sitting.open(a_lease(self.paper)))
        return self.sheet()

    def result(self, assignment_id: str) -> Result:
        return sample_result()

    def unlock_overlay(self, pin: str) -> str:
        self._must_hear()
        if pin != PIN:
            self.wrong_tries += 1
            raise Denied("That is not a proctor's PIN.", wait_seconds=2**self.wrong_tries)
        return "Mbeki, T."

    def act(self, pin: str, request: ActRequest, second_pin: str | None = None) -> None:
        self._must_hear()
        if pin != PIN or (second_pin is not None and second_pin != SECOND_PIN):
            raise Denied("That PIN is not known.")
        self._carry_out(request, "proctor-2" if second_pin else None)

    def act_by_code(self, request: ActRequest, code: str) -> None:
        if code.replace(" ", "").upper() != ACT_CODE:
            self.wrong_tries += 1
            raise Denied("This code is not for this act.", wait_seconds=2**self.wrong_tries)
        self._carry_out(request, "proctor-2")

    def _carry_out(self, request: ActRequest, second: str | None = None) -> None:
        if request.act is Act.START:
            self.waits_for_start = False
            return
        if request.act is Act.MOVE:
            self._take(self.sitting.take_over(a_lease(self.paper, seat=request.note, epoch=2)))
            return
        self.grants += 1
        grant = a_grant(
            request.act,
            grant_id=f"grant-{self.grants}",
            second=second,
            amount_ms=request.amount_ms,
            section=request.section,
            gap=request.gap,
            reason=request.reason,
            note=request.note,
        )
        self._take(carry_out(self.sitting, grant, self.clock.now()))

    # what the hall does, as tests make it

    def order(self, request: ActRequest) -> None:
        """Let the hall order something: it is carried out at the next tick, and told."""
        self.ordered.append(request)
        self._say(Ordered())

    def tell(self, message: HallMessage) -> None:
        """Let the hall say something."""
        self.told.append(message)
        self._say(Told(message))

    def lose_hall(self) -> None:
        """Cut the line to the hall."""
        self.line = replace(self.line, is_connected=False, since=self.clock.now().at, behind=3)

    def find_hall(self) -> None:
        """Mend the line."""
        self.line = replace(self.line, is_connected=True, since=self.clock.now().at, behind=0)

    def _must_hear(self) -> None:
        if not self.line.is_connected:
            raise HallLost("The hall does not answer.")

    def _say(self, event: DeskEvent) -> None:
        for listener in self._listeners:
            listener(event)

    # at once

    def challenge(self, request: ActRequest) -> str:
        self.challenges.append(request)
        return CHALLENGE

    def link(self) -> LinkState:
        return self.line

    def messages(self) -> tuple[HallMessage, ...]:
        return tuple(self.told)

    def read_message(self, message_id: str) -> None:
        self.told = [replace(m, is_read=m.is_read or m.message_id == message_id) for m in self.told]

    def raise_hand(self, on: bool) -> None:
        self.hands.append(on)

    def sheet(self) -> Sheet:
        return draw_sheet(self.paper, self.sitting.order, ANNA, self.attached)

    def state(self) -> SittingState:
        sitting, now = self.sitting, self.clock.now()
        shut = frozenset(s.section_id for s in self.paper.sections if not sitting.is_open(s.section_id, now))
        handed_in = sitting.receipt_hash is not None
        return SittingState(
            phase=sitting.phase,
            question_id=sitting.question,
            section_id=sitting.section,
            answers=dict(sitting.answers),
            shut_sections=shut,
            receipt=receipt_code(sitting.receipt_hash) if sitting.receipt_hash else None,
            handed_in_at=now.at if handed_in else None,
            handed_in_by="candidate" if handed_in else None,
        )

    def time_left(self) -> TimeLeft:
        now, ledger = self.clock.now(), self.sitting.ledger
        section = ledger.section_left_ms(self.sitting.section, now) if self.sitting.section else None
        return TimeLeft(ledger.left_ms(now), section, ledger.running)

    def saved(self) -> SaveState:
        return self._saved

    def overlay(self) -> OverlayState:
        if self.sitting.phase is Phase.NEW:
            return OverlayState(ANNA, None, "no test open", 0, 0, None, None, 0, 0, ())
        time = self.time_left()
        title = self.paper.section(self.sitting.section).title if self.sitting.section else None
        return OverlayState(
            candidate=ANNA,
            title=self.paper.title,
            phase=self.sitting.phase.value,
            used_ms=self.sitting.ledger.used_ms,
            left_ms=time.test_ms,
            section_title=title,
            section_left_ms=time.section_ms,
            answered=self.sitting.answered_count,
            questions=len(self.paper.questions),
            events=(("12:00:00", "opened"), ("12:01:10", "gap: restart")),
            gaps=tuple((n, None) for n, charged in self.sitting.ledger.gaps.items() if charged is None),
        )

    def visit(self, question_id: str) -> None:
        self._take(self.sitting.visit(question_id, self.clock.now()))

    def choose(self, question_id: str, option_ids: Iterable[str]) -> None:
        self._take(self.sitting.choose(question_id, option_ids, self.clock.now()))

    def type(self, question_id: str, text: str) -> None:
        self._take(self.sitting.type(question_id, text, self.clock.now()))

    def clear(self, question_id: str) -> None:
        self._take(self.sitting.clear(question_id, self.clock.now()))

    def flag(self, question_id: str, on: bool) -> None:
        self._take(self.sitting.flag(question_id, on, self.clock.now()))

    def show_hint(self, question_id: str) -> None:
        self._take(self.sitting.show_hint(question_id, self.clock.now()))

    def hand_in(self) -> None:
        self._take(self.sitting.hand_in(self.clock.now()))

    def tick(self) -> bool:
        steps = self.sitting.due(self.clock.now())
        self._take(steps)
        ordered, self.ordered = self.ordered, []
        for request in ordered:
            self._carry_out(request, "proctor-2")
            self._say(Changed(WORDS[request.act]))
        return bool(steps or ordered)

    def close(self) -> None:
        """There is no store to let go of."""

    def note_overlay(self, opened: bool) -> None:
        self.overlay_notes.append(opened)

    def note_focus_lost(self) -> None:
        raise Refused("Not in these tests.")

    def note_paste(self, length: int) -> None:
        self.pasted.append(length)

    def capture(self, text: str) -> None:
        raise Refused("Not in these tests.")

    def pass_time(self, ms: int) -> None:
        """Let time pass in ticks of five seconds at most."""
        while ms > 0:
            self.clock.advance(min(ms, TICK_MS))
            ms -= TICK_MS
            if not self.tick() and self.sitting.phase is Phase.RUNNING:
                self.sitting.record(Step(Kind.TICK, {}), self.clock.now())

    def commit(self) -> None:
        """Let the writer catch up."""
        self._saved = SaveState(0, self.clock.now().at, self.clock.now().at)

    def fail(self) -> None:
        """Let the store refuse to write."""
        self._saved = replace(self._saved, failure="The disk is full.")

    def _take(self, steps: list[Step]) -> None:
        for step in steps:
            self.sitting.record(step, self.clock.now())
        self._saved = replace(self._saved, pending=self._saved.pending + len(steps))
        if self.saves_at_once:
            self.commit()


def a_desk(opened: bool = True, **changes: object) -> FakeDesk:
    """Return a desk whose sitting has begun, at 12:00."""
    desk = FakeDesk(sample_paper(**changes), a_clock())
    if opened:
        desk.begin("assignment-1")
    return desk


def a_desk_with_files(*files: tuple[str, str]) -> FakeDesk:
    """Return a desk at a question that attaches files and an address; given are their names and texts."""
    attached = [AttachedText(name, text) for name, text in files or FILES]
    section, names = cells(), tuple(a.name for a in attached)
    first = replace(section.questions[0], attachments=(*names, "https://example.org/map"))
    section = replace(section, questions=(first, *section.questions[1:]))
    draft = a_test(title="Biology II", duration=120, randomized_questions=False, sections=(section,))
    paper, _ = print_test(draft, files=[a.file for a in attached])
    desk = FakeDesk(paper, a_clock(), attached={a.file.sha256: a.text for a in attached})
    desk.begin("assignment-1")
    return desk


FILES = (
    ("field/leaf_data.csv", "place,cells,[b]note[/b]\n" + "".join(f"leaf {n},{n * n},\n" for n in range(1, 61))),
    ("readme.md", f"# How it was counted\n\n{INJECTION}\n\n\tTabs stay, and 漢字 too."),
)


def a_desk_at_work() -> FakeDesk:
    """Return the desk of the sketch: six questions answered, one of them flagged, one seen, at question 7."""
    desk = a_desk()
    for number in range(1, 5):
        desk.visit(f"c{number}")
        desk.choose(f"c{number}", [f"c{number}-1"])
    desk.flag("c3", True)
    desk.visit("c5")
    desk.visit("c6")
    desk.flag("c6", True)
    desk.pass_time(1_073_000)
    desk.visit("c7")
    return desk


def sample_tests() -> tuple[TestCard, ...]:
    """Return one test of each kind."""
    due = NOON + timedelta(days=7)
    common = {"minutes": 120, "questions": 27, "attempts_used": 0, "max_attempts": 1}
    return (
        TestCard("assignment-1", "Biology II · Paper A", AssignmentStatus.ASSIGNED, due, **common,
                 has_open_sitting=False, has_results=False),
        TestCard("assignment-2", "Chemistry I", AssignmentStatus.IN_PROGRESS, due, **common,
                 has_open_sitting=True, has_results=False),
        TestCard("assignment-3", "History, first part", AssignmentStatus.OVERDUE, NOON - timedelta(days=1), **common,
                 has_open_sitting=False, has_results=False, refusal="The due date of this test has passed."),
        TestCard("assignment-4", "Physics I", AssignmentStatus.COMPLETED, due, **common | {"attempts_used": 1},
                 has_open_sitting=False, has_results=True,
                 refusal="This test can be taken once, and you have done so."),
    )  # fmt: skip


def sample_instructions() -> Instructions:
    """Return what is read before Biology II."""
    return Instructions(
        assignment_id="assignment-1",
        title="Biology II · Paper A",
        description="The second paper of the year.",
        instructions="Read every question twice. Calculators are not allowed.",
        minutes=120,
        sections=(
            SectionLine("Cells", None, 15, 40, True),
            SectionLine("Genetics", None, 10, None, False),
            SectionLine("Writing", "Answer both.", 2, None, False),
        ),
        attempt=1,
        max_attempts=1,
        resumes=False,
    )


def sample_result() -> Result:
    """Return a released result by question."""
    return Result(
        title="Biology II · Paper A",
        score=Decimal("21.5"),
        max_score=Decimal(60),
        passed=True,
        feedback="Well done.",
        lines=(*(result_line(n) for n in range(1, 16)), ResultLine(1, "Writing", None, Decimal(10))),
    )


def result_line(number: int) -> ResultLine:
    """Return one question's line, every third of them wrong."""
    if number % 3:
        return ResultLine(number, "Cells", Decimal(2), Decimal(2))
    return ResultLine(number, "Cells", Decimal(0), Decimal(2), "See page 4.")


def at(moment_ms: int) -> str:
    """Return the wall time `moment_ms` after noon."""
    return iso(NOON + timedelta(milliseconds=moment_ms))
