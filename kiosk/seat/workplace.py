"""The workplace: the open sitting as the candidate's screen sees and moves it."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from kiosk.exam.entry import Kind
from kiosk.exam.error import KioskError
from kiosk.exam.evidence import SCREEN_TEXT, Evidence
from kiosk.exam.moment import Clock
from kiosk.exam.receipt import receipt_code
from kiosk.exam.text import clean_text
from kiosk.seat.scribe import Move, Scribe
from kiosk.views.candidate import Sheet, SittingState, TimeLeft

LONGEST_CAPTURE = 100_000
NOT_OPEN = "No test is open on this seat."


class Workplace:
    """Holds the scribe of the open sitting and the sheet drawn for it; every method returns at once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._scribe: Scribe | None = None
        self._sheet: Sheet | None = None

    def sheet(self) -> Sheet:
        """Return the paper in this candidate's order."""
        if self._sheet is None:
            raise KioskError(NOT_OPEN)
        return self._sheet

    def state(self) -> SittingState:
        """Return the present state of the sitting."""
        scribe = self._open()
        with scribe.lock:
            sitting = scribe.sitting
            hand_in = sitting.hand_in_entry
            return SittingState(
                phase=scribe.phase,
                question_id=sitting.question,
                section_id=sitting.section,
                answers=MappingProxyType(dict(sitting.answers)),
                shut_sections=sitting.shut_sections(scribe.now()),
                receipt=receipt_code(hand_in.hash) if hand_in else None,
                handed_in_at=hand_in.at if hand_in else None,
                handed_in_by=hand_in.body["by"] if hand_in else None,
                fenced=scribe.fenced,
            )

    def time_left(self) -> TimeLeft:
        """Return the clocks at this moment."""
        scribe = self._open()
        with scribe.lock:
            ledger, now = scribe.sitting.ledger, scribe.now()
            section = scribe.sitting.section
            section_ms = None if section is None else ledger.section_left_ms(section, now)
            return TimeLeft(ledger.left_ms(now), section_ms, ledger.running)

    def head(self) -> int:
        """Return the number of the last entry of the open sitting, saved or not."""
        scribe = self._open()
        with scribe.lock:
            return scribe.sitting.head.seq

    def visit(self, question_id: str) -> None:
        """Go to a question."""
        self._move(lambda sitting, moment: sitting.visit(question_id, moment))

    def choose(self, question_id: str, option_ids: Iterable[str]) -> None:
        """Put down the chosen options."""
        chosen = tuple(option_ids)
        self._move(lambda sitting, moment: sitting.choose(question_id, chosen, moment))

    def type(self, question_id: str, text: str) -> None:
        """Put down the present text."""
        self._move(lambda sitting, moment: sitting.type(question_id, text, moment))

    def clear(self, question_id: str) -> None:
        """Take the answer back."""
        self._move(lambda sitting, moment: sitting.clear(question_id, moment))

    def flag(self, question_id: str, on: bool) -> None:
        """Mark for review, or take the mark away."""
        self._move(lambda sitting, moment: sitting.flag(question_id, on, moment))

    def show_hint(self, question_id: str) -> None:
        """Show the next hint."""
        self._move(lambda sitting, moment: sitting.show_hint(question_id, moment))

    def hand_in(self) -> None:
        """Hand in by the candidate's own wish."""
        self._move(lambda sitting, moment: sitting.hand_in(moment))

    def tick(self) -> bool:
        """Do what the clocks demand; return whether the state changed."""
        return self._scribe is not None and self._scribe.tick()

    def note_overlay(self, opened: bool) -> None:
        """Record that the proctor's overlay was opened or closed."""
        self._observe(Kind.OVERLAY_OPENED if opened else Kind.OVERLAY_CLOSED, {})

    def note_focus_lost(self) -> None:
        """Record that the terminal lost the focus."""
        self._observe(Kind.FOCUS_LOST, {})

    def note_paste(self, length: int) -> None:
        """Record that a paste of `length` characters was refused."""
        self._observe(Kind.PASTED, {"length": length})

    def capture(self, text: str) -> None:
        """Keep a text picture of the screen as evidence."""
        content = clean_text(text, LONGEST_CAPTURE).encode("utf-8")
        evidence = Evidence.of(content, SCREEN_TEXT, self._clock.now().at)
        self._observe(Kind.CAPTURED, {"evidence": evidence.digest}, (evidence,))

    def _move(self, ask: Move) -> None:
        self._open().move(ask)

    def _observe(self, kind: Kind, body: Mapping[str, Any], evidence: tuple[Evidence, ...] = ()) -> None:
        if self._scribe is not None:
            self._scribe.observe(kind, body, evidence)

    def _open(self) -> Scribe:
        if self._scribe is None:
            raise KioskError(NOT_OPEN)
        return self._scribe
