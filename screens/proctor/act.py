"""The acts of a proctor: their letters, when they make sense, and the forms they ask for."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from textual.binding import Binding

from kiosk.exam.act_code import CODED_ACTS
from kiosk.exam.attempt import Phase
from kiosk.exam.grant import ALONE_MS, Act
from kiosk.exam.text import clean_line
from kiosk.views.desk import OverlayState
from screens.clock import MINUTE_MS, clock_text
from screens.proctor.facts import who_words
from screens.proctor.form import Form

_WORKING = frozenset({Phase.RUNNING, Phase.PAUSED, Phase.LOCKED})
_SECOND = "PIN of a second person"
_ALONE = ALONE_MS // MINUTE_MS
_MOST_NAMED = 4
_ANY = _WORKING | {Phase.HANDED_IN}


@dataclass(frozen=True, slots=True)
class Offer:
    """One act as the overlay lists it."""

    letter: str
    act: Act
    name: str
    advice: str
    phases: frozenset[Phase]
    """Phases of a sitting in which it makes sense; the hall and the seat decide again."""

    @property
    def binding(self) -> Binding:
        """Its letter, in both cases, as a key."""
        keys = f"{self.letter.lower()},{self.letter}"
        words = f"{self.name}: {self.advice}"
        return Binding(keys, f"act('{self.letter}')", show=False, id=f"overlay.{self.act}", tooltip=words)


OFFERS = (
    Offer("P", Act.PAUSE, "Pause", "stops the clock and hides the question", frozenset({Phase.RUNNING})),
    Offer("R", Act.RESUME, "Resume", "the clock goes on", frozenset({Phase.PAUSED})),
    Offer("E", Act.EXTEND, "Extend", "gives more time", _WORKING),
    Offer("I", Act.NOTE, "Incident", "notes what happened", _ANY),
    Offer("L", Act.LOCK, "Lock", "shuts the seat until it is unlocked", frozenset({Phase.RUNNING, Phase.PAUSED})),
    Offer("U", Act.UNLOCK, "Unlock", "opens the seat again", frozenset({Phase.LOCKED})),
    Offer("G", Act.CHARGE_GAP, "Settle gap", "says whether lost time counts", _ANY),
    Offer("M", Act.MOVE, "Move", "the sitting goes on at another seat", _WORKING),
    Offer("H", Act.END, "Hand in for", "ends the sitting; needs a second person", _WORKING),
    Offer("O", Act.REOPEN, "Reopen", "takes a hand-in back; needs a second person", frozenset({Phase.HANDED_IN})),
    Offer("S", Act.START, "Start", "lets the candidate begin", frozenset()),
    Offer("Q", Act.CLOSE_SEAT, "Close this seat", "ends the program on this machine", frozenset()),
)

DONE: Mapping[str, str] = {
    Act.PAUSE: "The exam is paused.",
    Act.RESUME: "The exam goes on.",
    Act.EXTEND: "The time has been extended.",
    Act.NOTE: "The incident has been noted.",
    Act.LOCK: "The seat is locked.",
    Act.UNLOCK: "The seat is open again.",
    Act.CHARGE_GAP: "The gap has been settled.",
    Act.END: "The sitting has been handed in.",
    Act.REOPEN: "The sitting is open again.",
    Act.MOVE: "The sitting goes on at the other seat.",
    Act.START: "The candidate may begin.",
    Act.CLOSE_SEAT: "The seat closes.",
}


def is_offered(offer: Offer, state: OverlayState, can_close_seat: bool, by_code: bool = False) -> bool:
    """Whether an act makes sense now; `by_code`: and can be allowed by a code."""
    if by_code and offer.act not in CODED_ACTS:
        return False
    if offer.act is Act.CLOSE_SEAT:
        return can_close_seat
    if offer.act is Act.START:
        return state.title is None and (state.candidate is not None or (by_code and bool(state.expected)))
    return state.phase in offer.phases and (offer.act is not Act.CHARGE_GAP or bool(state.gaps))


def form_of(offer: Offer, state: OverlayState, now: datetime) -> Form:
    """Return what an act asks for, with what it will come to."""
    who = state.candidate.name if state.candidate else "this candidate"
    match offer.act:
        case Act.EXTEND:
            return Form(
                act=Act.EXTEND,
                title=f"Extend the time of {who}",
                minutes="Minutes to add",
                second=f"Second PIN (over {_ALONE} min in all; a chief needs none)",
                alone_minutes=_ALONE,
                outcome=lambda minutes: _extension(state, minutes, now),
            )
        case Act.NOTE:
            return Form(act=Act.NOTE, title="Note an incident", text="What happened (no names of others)")
        case Act.CHARGE_GAP:
            return _gap_form(state)
        case Act.END:
            words = f"{state.answered} of {state.questions} questions are answered. The sitting ends for good."
            return Form(act=Act.END, title=f"Hand in for {who}", words=words, second=_SECOND)
        case Act.MOVE:
            return _move_form(who)
        case Act.START:
            return _start_form(state)
        case Act.REOPEN:
            words = "The hand-in is taken back and the candidate goes on. A new receipt follows."
            title = f"Reopen for {who}"
            return Form(act=Act.REOPEN, title=title, words=words, minutes="Minutes to add", least=0, second=_SECOND)
        case Act.CLOSE_SEAT:
            words = "The program ends on this machine. Everything that is saved is kept."
            return Form(act=Act.CLOSE_SEAT, title="Close this seat", words=words, asks_reason=False)
    return Form(act=offer.act, title=f"{offer.name}: {who}", asks_reason=offer.act in (Act.PAUSE, Act.LOCK))


def by_code(form: Form) -> Form:
    """Return a form as it is filled where a console gives a code: a second person is asked there, not here."""
    return replace(form, second=None, alone_minutes=None)


def _move_form(who: str) -> Form:
    return Form(
        act=Act.MOVE,
        title=f"Move {who} to another seat",
        words="The sitting goes on there at the same question, with the time that is left. Nothing is lost.",
        text="Seat it goes to",
        needs_text=True,
        confirms=lambda seat: (
            f"Move {who} to seat {seat}?",
            "This seat shuts for them at once. Where the hall answers, it first says whether the other seat is free.",
            f"Move to {seat}",
        ),
    )


def _start_form(state: OverlayState) -> Form:
    expected = [state.candidate] if state.candidate is not None else list(state.expected)
    if len(expected) == 1:
        who = clean_line(expected[0].name)
        words = f"{who_words(expected[0])} may begin. Look at the face first."
        return Form(act=Act.START, title=f"Start: {who}", words=words, asks_reason=False)
    names = "; ".join(who_words(card) for card in expected[:_MOST_NAMED])
    words = f"Expected here: {names}{', and others' if len(expected) > _MOST_NAMED else ''}. Look at the face first."
    return Form(
        act=Act.START, title="Start a candidate", words=words, text="Roll number", needs_text=True, asks_reason=False
    )


def _extension(state: OverlayState, minutes: int, now: datetime) -> str:
    left = state.left_ms + minutes * MINUTE_MS
    ends, new_end = (now + timedelta(milliseconds=ms) for ms in (state.left_ms, left))
    return f"Left {clock_text(state.left_ms)} → {clock_text(left)}, ends {ends:%H:%M} → {new_end:%H:%M}"


def _gap_form(state: OverlayState) -> Form:
    gap, ms = state.gaps[0]
    length = "nobody could measure how long" if ms is None else f"it lasted {clock_text(ms)}"
    return Form(
        act=Act.CHARGE_GAP,
        title="Settle a gap",
        words=f"The seat stood still before entry {gap}; {length}. The candidate has not been charged for it.",
        minutes="Minutes the candidate shall be charged (0 for none)",
        least=0,
        gap=gap,
    )
