"""A case: one assignment as it stands for a candidate at a seat, and whether they may begin it there or go on."""

from dataclasses import dataclass
from datetime import datetime

from kiosk.exam.assignment import Assignment, Session
from kiosk.exam.error import Refused
from kiosk.exam.gate import check_opening
from kiosk.exam.move import Move
from kiosk.exam.outline import Outline
from kiosk.exam.paper import Paper
from kiosk.exam.roster import HeldTest, Progress

NO_PAPER = "The paper of this test has not come to this hall. Please ask the proctor."
NOT_STARTED = "Please wait for the proctor to start."
NOT_RELEASED = "The paper of this test has not been released yet. Please wait for the proctor."


@dataclass(frozen=True, slots=True)
class Case:
    """One assignment as it stands at one moment for a candidate at a seat."""

    assignment: Assignment
    test: HeldTest
    outline: Outline | None
    """What may be told of its paper; None while that has not come to the hall."""
    paper: Paper | None
    """None before the release."""
    running: Progress | None
    """The attempt that is not over yet."""
    session: Session | None
    is_expected: bool
    """Whether the hall has no sessions, or one of them holds this test for this candidate."""
    move: Move | None = None
    """The order that the running attempt goes on elsewhere, which nobody has followed yet."""
    may_start: bool = True
    """Whether the proctor has let this candidate begin, where the hall starts together."""
    doubt: str | None = None
    """Why the test may be open at another seat although this hall knows of none, and no proctor said it is not."""

    @property
    def attempt(self) -> int:
        """The attempt that would be worked at."""
        return self.running.attempt if self.running else self.assignment.attempt_count + 1

    def check(self, seat: str, now: datetime) -> None:
        """Raise Refused unless the candidate may begin at a seat now, or go on there."""
        if self.running is not None:
            home = self.running.seat if self.move is None else self.move.to_seat
            if home != seat:
                how = "is open at" if self.move is None else "goes on at"
                raise Refused(f"This test {how} the seat {home}. Please ask the proctor.")
            return
        outline = self.told()
        if not self.is_expected:
            raise Refused("You are not expected in a session of this hall. Please ask the proctor.")
        check_opening(outline.policy, self.assignment, now, is_active=self.test.is_active, session=self.session)
        if self.session is not None and self.session.opened_by is None:
            raise Refused("The proctor has not opened this session yet. Please wait.")
        if not self.may_start:
            raise Refused(NOT_STARTED)
        if self.doubt is not None:
            raise Refused(self.doubt)
        self.printed()

    def refusal(self, seat: str, now: datetime) -> str | None:
        """Return why `check` refuses, in words; None where it does not."""
        try:
            self.check(seat, now)
        except Refused as refusal:
            return refusal.message
        return None

    def told(self) -> Outline:
        """Return what may be told of the paper; raises Refused while it has not come."""
        if self.outline is None:
            raise Refused(NO_PAPER)
        return self.outline

    def printed(self) -> Paper:
        """Return the paper; raises Refused before its release."""
        if self.paper is None:
            raise Refused(NOT_RELEASED)
        return self.paper
