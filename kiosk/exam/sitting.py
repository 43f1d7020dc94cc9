"""The sitting: one object that owns an attempt. Entries in, state out; moves are asked for and may be refused.

A move returns `Step`s, the kinds and bodies of entries; `record` turns each into the next entry of the journal and
folds it. Nothing else changes the state, so a replayed journal gives the very same sitting.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kiosk.exam.attempt import Attempt, Phase
from kiosk.exam.entry import Entry, Kind
from kiosk.exam.error import Refused
from kiosk.exam.journal import next_entry
from kiosk.exam.lease import Lease
from kiosk.exam.moment import Moment
from kiosk.exam.order import draw_order, order_document
from kiosk.exam.paper import PaperQuestion
from kiosk.exam.splice import Splice

__all__ = ["LONGEST_TEXT", "WHOLE_TEXT_MS", "Phase", "Sitting", "Step"]

WHOLE_TEXT_MS = 10_000
LONGEST_TEXT = 100_000


@dataclass(frozen=True, slots=True)
class Step:
    """One entry to be: what happened and its particulars."""

    kind: Kind
    body: Mapping[str, Any]


class Sitting(Attempt):
    """One candidate's attempt at one paper, and the moves that can be made in it."""

    def record(self, step: Step, moment: Moment) -> Entry:
        """Return the entry of a step, chained to the head, and fold it in."""
        entry = next_entry(self.genesis, self.head, step.kind, moment, step.body, self.epoch)
        self.apply(entry)
        return entry

    def open(self, lease: Lease) -> list[Step]:
        """Begin: fix the order, the accommodation and the limit, enter the first section and question."""
        if self.phase is not Phase.NEW:
            raise Refused("This sitting has begun already.")
        order = draw_order(self.paper, lease.seed)
        opened = {
            "attempt": lease.attempt,
            "candidate": lease.candidate_id,
            "proctor": lease.proctor_id,
            "seed": lease.seed,
            "order": order_document(order),
            "accommodation": lease.accommodation.document(),
            "limit_ms": lease.limit_ms,
            "due_at": lease.due_at,
        }
        first = order[0]
        return [
            Step(Kind.OPENED, opened),
            Step(Kind.SECTION_ENTERED, {"section": first.section_id}),
            Step(Kind.VISITED, {"question": first.questions[0].question_id}),
        ]

    def visit(self, question_id: str, moment: Moment) -> list[Step]:
        """Go to a question, changing section where it stands in another."""
        self._must_run(moment)
        self._question(question_id)
        section = self.paper.section_of[question_id].section_id
        steps = self._finish_text(moment)
        if section != self.section:
            self._must_be_open(section, moment)
            if self.section is not None:
                steps.append(Step(Kind.SECTION_LEFT, {"section": self.section, "why": "moved"}))
            steps.append(Step(Kind.SECTION_ENTERED, {"section": section}))
        if question_id != self.question or section != self.section:
            steps.append(Step(Kind.VISITED, {"question": question_id}))
        return steps

    def choose(self, question_id: str, option_ids: Iterable[str], moment: Moment) -> list[Step]:
        """Put down the chosen options of a choice question; none at all clears it."""
        question = self._workable(question_id, moment)
        chosen = tuple(sorted(set(option_ids)))
        known = {o.option_id for o in question.options}
        if not question.type.is_choice or not known.issuperset(chosen):
            raise Refused("That is not one of the choices of this question.")
        most = (question.max_choices or len(known)) if question.type == "MSQ" else 1
        if len(chosen) > most:
            raise Refused(f"Choose no more than {most}. Take one away first.")
        if chosen == self.answers[question_id].option_ids:
            return []
        if not chosen:
            return self.clear(question_id, moment)
        return [Step(Kind.ANSWERED, {"question": question_id, "options": list(chosen)})]

    def type(self, question_id: str, text: str, moment: Moment) -> list[Step]:
        """Put down the present text of an essay or program, as a splice or, every ten seconds, whole."""
        question = self._workable(question_id, moment)
        if question.type.is_choice:
            raise Refused("This question is answered by choosing.")
        if len(text) > LONGEST_TEXT:
            raise Refused(f"An answer can have {LONGEST_TEXT:,} characters. Shorten it first.")
        before = self.answers[question_id].text
        if text == before:
            return []
        boot_id, boot_ms = self._whole.get(question_id, ("", 0))
        if boot_id != moment.boot_id or moment.boot_ms - boot_ms >= WHOLE_TEXT_MS:
            return [Step(Kind.TYPED, {"question": question_id, "text": text})]
        return [Step(Kind.TYPED, {"question": question_id, **Splice.between(before, text).document()})]

    def clear(self, question_id: str, moment: Moment) -> list[Step]:
        """Take an answer back."""
        self._workable(question_id, moment)
        if not (self.answers[question_id].option_ids or self.answers[question_id].text):
            return []
        return [Step(Kind.CLEARED, {"question": question_id})]

    def flag(self, question_id: str, on: bool, moment: Moment) -> list[Step]:
        """Mark a question for review, or take the mark away."""
        self._workable(question_id, moment)
        if self.answers[question_id].flagged == on:
            return []
        return [Step(Kind.FLAGGED, {"question": question_id, "on": on})]

    def show_hint(self, question_id: str, moment: Moment) -> list[Step]:
        """Show the next hint of a question; the policy says what it costs."""
        question = self._workable(question_id, moment)
        shown = self.answers[question_id].hints_shown
        if shown >= len(question.hints):
            raise Refused("There is no further hint.")
        return [Step(Kind.HINT_SHOWN, {"question": question_id, "hint": shown + 1})]

    def hand_in(self, moment: Moment) -> list[Step]:
        """Hand in by the candidate's own wish; refused while a mandatory section can and must be completed."""
        self._must_run(moment)
        for section in self.paper.sections:
            if section.is_mandatory and self.is_open(section.section_id, moment):
                empty = self.empty_numbers(section.section_id)
                if empty:
                    numbers = ", ".join(str(n) for n in empty[:8])
                    raise Refused(f"{section.title} must be completed. Still empty: {numbers}.")
        return [*self._finish_text(moment), self._handed_in("candidate")]

    def due(self, moment: Moment) -> list[Step]:
        """Return what the clocks demand at `moment`: a shut section left, or the hand-in at zero."""
        if not self.ledger.running:
            return []
        if self.ledger.left_ms(moment) == 0:
            return [*self._finish_text(moment), self._handed_in("time")]
        if self.section is None or self.ledger.section_left_ms(self.section, moment) != 0:
            return []
        steps = [
            *self._finish_text(moment),
            Step(Kind.SECTION_LEFT, {"section": self.section, "why": "time"}),
        ]
        following = self._next_open(self.section, moment)
        if following is None:
            return [*steps, self._handed_in("time")]
        first = next(s for s in self.order if s.section_id == following).questions[0].question_id
        return [
            *steps,
            Step(Kind.SECTION_ENTERED, {"section": following}),
            Step(Kind.VISITED, {"question": first}),
        ]

    def is_open(self, section_id: str, moment: Moment) -> bool:
        """Whether a section may be worked in at `moment`."""
        return section_id not in self.left_sections and self.ledger.section_left_ms(section_id, moment) != 0

    def empty_numbers(self, section_id: str) -> list[int]:
        """Return the numbers, as this candidate counts them, of the questions of a section without an answer."""
        section = next(s for s in self.order if s.section_id == section_id)
        return [n for n, q in enumerate(section.questions, 1) if not self.answers[q.question_id].is_answered]

    def finish_text(self, moment: Moment) -> list[Step]:
        """Return the whole value of a text that so far stands only in splices, if there is one."""
        return self._finish_text(moment) if self.ledger.running else []

    def _finish_text(self, moment: Moment) -> list[Step]:
        answer = self.answers.get(self.question or "")
        if answer is None or answer.question_id not in self._spliced:
            return []
        return [Step(Kind.TYPED, {"question": answer.question_id, "text": answer.text})]

    def _question(self, question_id: str) -> PaperQuestion:
        question = self.paper.questions.get(question_id)
        if question is None:
            raise Refused("This paper has no such question.")
        return question

    def _workable(self, question_id: str, moment: Moment) -> PaperQuestion:
        self._must_run(moment)
        question = self._question(question_id)
        self._must_be_open(self.paper.section_of[question_id].section_id, moment)
        return question

    def _must_run(self, moment: Moment) -> None:
        words = {
            Phase.NEW: "The sitting has not begun.",
            Phase.PAUSED: "The exam is paused. The proctor will resume it.",
            Phase.LOCKED: "This seat is locked. Please raise your hand.",
            Phase.MOVED: "This sitting goes on at another seat.",
            Phase.HANDED_IN: "You have handed in.",
            Phase.SEALED: "This sitting is sealed.",
        }
        if self.phase in words:
            raise Refused(words[self.phase])
        if self.ledger.left_ms(moment) == 0:
            raise Refused("The time is over.")

    def _must_be_open(self, section_id: str, moment: Moment) -> None:
        if self.is_open(section_id, moment):
            return
        title = self.paper.section(section_id).title
        if self.ledger.section_left_ms(section_id, moment) == 0:
            raise Refused(f"The time of {title} is over.")
        raise Refused(f"You have left {title}; it cannot be entered again.")

    def _next_open(self, after: str, moment: Moment) -> str | None:
        ids = [s.section_id for s in self.order]
        place = ids.index(after)
        for section_id in [*ids[place + 1 :], *ids[:place]]:
            if self.is_open(section_id, moment):
                return section_id
        return None

    def _handed_in(self, by: str) -> Step:
        return Step(
            Kind.HANDED_IN,
            {"by": by, "answered": self.answered_count, "questions": len(self.paper.questions)},
        )
