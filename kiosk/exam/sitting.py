"""The sitting: one object that owns an attempt. Moves are asked for and may be refused.

A move returns `Step`s, the kinds and bodies of entries; `record` turns each into the next entry of the journal and
folds it. Nothing else changes the state, so a replayed journal gives the very same sitting. Work is done in the
section the candidate is in, because only that section's clock runs.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kiosk.exam.attempt import Attempt, Phase
from kiosk.exam.entry import Entry, Kind
from kiosk.exam.error import Invalid, Refused
from kiosk.exam.journal import next_entry
from kiosk.exam.lease import Lease
from kiosk.exam.moment import Moment
from kiosk.exam.order import draw_order, order_document
from kiosk.exam.paper import PaperQuestion
from kiosk.exam.splice import Splice
from kiosk.exam.text import clean_line, clean_text

__all__ = ["LONGEST_TEXT", "Phase", "Sitting", "Step"]

LONGEST_TEXT = 100_000
_STANDSTILL = {
    Phase.NEW: "The sitting has not begun.",
    Phase.PAUSED: "The exam is paused. The proctor will resume it.",
    Phase.LOCKED: "This seat is locked. Please raise your hand.",
    Phase.MOVED: "This sitting goes on at another seat.",
    Phase.HANDED_IN: "You have handed in.",
    Phase.SEALED: "This sitting is sealed.",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One entry to be: what happened and its particulars."""

    kind: Kind
    body: Mapping[str, Any]


class Sitting(Attempt):
    """One candidate's attempt at one paper, and the moves that can be made in it."""

    def record(self, step: Step, moment: Moment) -> Entry:
        """Return the entry of a step, chained to the head, and fold it in."""
        epoch = step.body["lease"]["epoch"] if step.kind is Kind.MOVED else self.epoch
        entry = next_entry(self.genesis, self.head, step.kind, moment, step.body, epoch)
        self.apply(entry)
        return entry

    def open(self, lease: Lease) -> list[Step]:
        """Begin: fix the order, the accommodation and the limit, enter the first section and question."""
        self._must_be_ours(lease)
        if self.phase is not Phase.NEW:
            raise Refused("This sitting has begun already.")
        self.epoch = lease.epoch  # above 1 where a lease was made ahead for another seat, which may have used it
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

    def take_over(self, lease: Lease) -> list[Step]:
        """Go on at the seat of a newer lease; refused when sealed or when the lease is not newer."""
        self._must_be_ours(lease)
        if self.phase in (Phase.NEW, Phase.SEALED):
            raise Refused(_STANDSTILL[self.phase])
        if lease.epoch <= self.epoch:
            raise Refused("A newer permission has been used for this sitting.")
        return [Step(Kind.MOVED, {"lease": lease.document()})]

    def visit(self, question_id: str, moment: Moment) -> list[Step]:
        """Go to a question, changing section where it stands in another."""
        self._must_run(moment)
        self._question(question_id)
        section = self.paper.section_of[question_id].section_id
        self._must_be_open(section, moment)
        if (question_id, section) == (self.question, self.section):
            return []
        change = self._change_section(section) if section != self.section else []
        return [*self.finish_text(), *change, Step(Kind.VISITED, {"question": question_id})]

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
        """Put down the present text of an essay or program, cleaned, as a splice or, every ten seconds, whole."""
        question = self._workable(question_id, moment)
        if question.type.is_choice:
            raise Refused("This question is answered by choosing.")
        if len(text) > LONGEST_TEXT:
            raise Refused(f"An answer can have {LONGEST_TEXT:,} characters. Shorten it first.")
        before, after = self.answers[question_id].text, clean_text(text)
        if after == before:
            return []
        if self.manuscript.wants_whole(question_id, moment):
            return [self._whole_text(question_id, after)]
        return [Step(Kind.TYPED, {"question": question_id, **Splice.between(before, after).document()})]

    def clear(self, question_id: str, moment: Moment) -> list[Step]:
        """Take an answer back."""
        self._workable(question_id, moment)
        if not (self.answers[question_id].option_ids or self.answers[question_id].text):
            return []
        return [Step(Kind.CLEARED, {"question": question_id})]

    def flag(self, question_id: str, on: bool, moment: Moment) -> list[Step]:
        """Mark a question of any open section for review, or take the mark away."""
        self._must_run(moment)
        self._question(question_id)
        self._must_be_open(self.paper.section_of[question_id].section_id, moment)
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
            if self.is_open(section.section_id, moment):
                self._must_be_complete(section.section_id)
        return [*self.finish_text(), self._handed_in("candidate")]

    def due(self, moment: Moment) -> list[Step]:
        """Return what the clocks demand at `moment`: a text whole, a shut section left, or the hand-in at zero."""
        if self.phase is not Phase.RUNNING:
            return []
        if self.ledger.left_ms(moment) == 0:
            return [*self.finish_text(), self._handed_in("time")]
        if self.section is not None and self.is_open(self.section, moment):
            return [self._whole_text(i) for i in self._grown_texts(moment)]
        following = self._next_open(moment)
        left = [] if self.section is None else [Step(Kind.SECTION_LEFT, {"section": self.section, "why": "time"})]
        if following is None:
            return [*self.finish_text(), *left, self._handed_in("time")]
        return [*self.finish_text(), *left, *self._entered(following)]

    def seal(self) -> list[Step]:
        """Close the journal for good; refused before the hand-in."""
        if self.phase is Phase.SEALED:
            raise Refused(_STANDSTILL[Phase.SEALED])
        if self.phase is not Phase.HANDED_IN:
            raise Refused("Only a sitting that has been handed in can be sealed.")
        return [self._sealed()]

    def recover(self, who: str, why: str) -> list[Step]:
        """Close for good the journal of a sitting nobody handed in, naming who decided it and why.

        One that goes on at another seat is closed here as a branch, so that what only this seat holds is not lost.
        Refused once it is handed in, which is sealed without anybody's decision.
        """
        if self.phase in (Phase.NEW, Phase.SEALED):
            raise Refused(_STANDSTILL[self.phase])
        if self.phase is Phase.HANDED_IN:
            raise Refused("This sitting has been handed in. It is sealed as it is.")
        who, why = clean_line(who), clean_line(why)
        if not who or not why:
            raise Refused("Sealing a sitting that was not handed in needs a name and a reason.")
        return [self._sealed(who=who, why=why)]

    def finish_text(self) -> list[Step]:
        """Return the whole value of each text that so far stands only in splices."""
        return [self._whole_text(i) for i in self.manuscript.unfinished]

    def _grown_texts(self, moment: Moment) -> list[str]:
        return [i for i in self.manuscript.unfinished if self.manuscript.wants_whole(i, moment)]

    def _whole_text(self, question_id: str, text: str | None = None) -> Step:
        whole = self.answers[question_id].text if text is None else text
        return Step(Kind.TYPED, {"question": question_id, "text": whole})

    def _change_section(self, section_id: str) -> list[Step]:
        entered = Step(Kind.SECTION_ENTERED, {"section": section_id})
        if self.section is None:
            return [entered]
        shuts = self.paper.policy.sequential_sections and section_id not in self.reopened_sections
        if shuts:
            self._must_be_complete(self.section)
        why = "done" if shuts else "moved"
        return [Step(Kind.SECTION_LEFT, {"section": self.section, "why": why}), entered]

    def _entered(self, section_id: str) -> list[Step]:
        first = next(s for s in self.order if s.section_id == section_id).questions[0].question_id
        return [Step(Kind.SECTION_ENTERED, {"section": section_id}), Step(Kind.VISITED, {"question": first})]

    def _next_open(self, moment: Moment) -> str | None:
        ids = [s.section_id for s in self.order]
        here = self.section or (self.question and self.paper.section_of[self.question].section_id)
        place = ids.index(here) if here else 0
        return next((i for i in [*ids[place + 1 :], *ids[: place + 1]] if self.is_open(i, moment)), None)

    def _sealed(self, **decided: str) -> Step:
        return Step(Kind.SEALED, {"entries": self.head.seq + 1, "head": self.head.hash.hex(), **decided})

    def _handed_in(self, by: str) -> Step:
        return Step(
            Kind.HANDED_IN,
            {"by": by, "answered": self.answered_count, "questions": len(self.paper.questions)},
        )

    def _question(self, question_id: str) -> PaperQuestion:
        question = self.paper.questions.get(question_id)
        if question is None:
            raise Refused("This paper has no such question.")
        return question

    def _workable(self, question_id: str, moment: Moment) -> PaperQuestion:
        self._must_run(moment)
        question = self._question(question_id)
        section = self.paper.section_of[question_id]
        self._must_be_open(section.section_id, moment)
        if section.section_id != self.section:
            raise Refused(f"Go to {section.title} first.")
        return question

    def _must_run(self, moment: Moment) -> None:
        if self.phase is not Phase.RUNNING:
            raise Refused(_STANDSTILL[self.phase])
        if self.ledger.left_ms(moment) == 0:
            raise Refused("The time is over.")

    def _must_be_open(self, section_id: str, moment: Moment) -> None:
        if self.is_open(section_id, moment):
            return
        title = self.paper.section(section_id).title
        if self.ledger.section_left_ms(section_id, moment) == 0:
            raise Refused(f"The time of {title} is over.")
        raise Refused(f"You have left {title}; it cannot be entered again.")

    def _must_be_complete(self, section_id: str) -> None:
        section = self.paper.section(section_id)
        empty = self.empty_numbers(section_id) if section.is_mandatory else []
        if empty:
            numbers = ", ".join(str(n) for n in empty[:8])
            raise Refused(f"{section.title} must be completed. Still empty: {numbers}.")

    def _must_be_ours(self, lease: Lease) -> None:
        if (lease.submission_id, lease.paper) != (self.genesis.submission_id, self.paper.digest):
            raise Invalid("this permission is for another sitting or another paper")
