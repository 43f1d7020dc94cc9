"""The acts of the console: their letters, what they do in words, and what they ask for."""

from collections.abc import Mapping
from dataclasses import dataclass

from kiosk.exam.grant import ALONE_MS
from kiosk.views.order import Verb
from screens.clock import MINUTE_MS

ALONE_MINUTES = ALONE_MS // MINUTE_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One act as the console offers it."""

    letter: str
    verb: Verb
    name: str
    done: str
    """What has happened afterwards, behind the names of the seats."""
    words: str
    """What will happen, in the dialog and in the help."""
    minutes_label: str = "Minutes to add"
    minutes: int | None = None
    """Least number of minutes, or None where there are none."""
    asks_reason: bool = False
    text: str | None = None
    """Label of free words, or None where there are none."""
    needs_text: bool = False
    phrases: tuple[str, ...] = ()
    """Words to choose instead of writing."""
    target: bool = False
    """Whether it asks for another seat, and so is for one only."""
    second: bool = False
    """Whether a second person is always needed."""
    second_if_asked: str | None = None
    """Label of a second PIN that may stay empty, or None where it is not offered."""
    second_over: int | None = None
    """Above how many minutes a second person is needed."""
    at_once: bool = False
    """Whether it is done without a question where it is for one seat: it only lets somebody go on."""


PHRASES = (
    "Please wait, somebody is coming to you.",
    "Please raise your hand when you are ready.",
    "Your time has been extended.",
    "Please remain seated until you are called.",
)
OFFERS = (
    Offer(
        letter="S", verb=Verb.START, name="Start", done="started", words="The exam begins and the clock starts to run."
    ),
    Offer(
        letter="P",
        verb=Verb.PAUSE,
        name="Pause",
        done="paused",
        words="The clock stops and the question is covered.",
        asks_reason=True,
    ),
    Offer(
        letter="R",
        verb=Verb.RESUME,
        name="Resume",
        done="goes on",
        words="The clock goes on and the question is shown again.",
        at_once=True,
    ),
    Offer(
        letter="E",
        verb=Verb.EXTEND,
        name="Extend",
        done="extended",
        words="Time is added to what there is; it never replaces an earlier extension.",
        minutes=1,
        asks_reason=True,
        second_over=ALONE_MINUTES,
    ),
    Offer(
        letter="B",
        verb=Verb.REST_BREAK,
        name="Rest break",
        done="on a rest break",
        words="The clock stops for a rest break to which the candidate is entitled, until you resume.",
    ),
    Offer(
        letter="L",
        verb=Verb.LOCK,
        name="Lock",
        done="locked",
        words="The seat is shut and its clock stops, until you unlock it.",
        asks_reason=True,
    ),
    Offer(
        letter="U",
        verb=Verb.UNLOCK,
        name="Unlock",
        done="open again",
        words="The seat is open again and its clock goes on.",
        at_once=True,
    ),
    Offer(
        letter="M",
        verb=Verb.MESSAGE,
        name="Message",
        done="told",
        words="A notice is shown at these seats only; nothing is covered and no key is taken.",
        text="Words, or choose above",
        needs_text=True,
        phrases=PHRASES,
    ),
    Offer(
        letter="I",
        verb=Verb.INCIDENT,
        name="Incident",
        done="noted",
        words="What happened is written into the journal. The clock runs on; lost time is metered from now.",
        asks_reason=True,
        text="What happened (no names of others)",
    ),
    Offer(
        letter="V",
        verb=Verb.CHARGE_GAP,
        name="Settle gap",
        done="gap settled",
        words="Whether time a seat stood still counts as used. It cannot be taken back.",
        minutes=0,
        minutes_label="Minutes that count as used (0 for none)",
        asks_reason=True,
        second_if_asked="Second PIN (against the rule; a chief needs none)",
    ),
    Offer(
        letter="T",
        verb=Verb.MOVE,
        name="Move to seat",
        done="moved",
        words="The sitting goes on at another seat: same question, same time left. This seat can only be read.",
        asks_reason=True,
        target=True,
    ),
    Offer(
        letter="H",
        verb=Verb.HAND_IN_FOR,
        name="Hand in for",
        done="handed in",
        words="The sitting is handed in as it stands, for a candidate who cannot do it.",
        asks_reason=True,
        second=True,
    ),
    Offer(
        letter="O",
        verb=Verb.REOPEN,
        name="Reopen",
        done="open again",
        words="The hand-in is taken back and the candidate goes on. A new receipt follows.",
        minutes=0,
        asks_reason=True,
        second=True,
    ),
    Offer(
        letter="D",
        verb=Verb.END,
        name="End",
        done="ended",
        words="The sitting is ended by you, against the candidate's will if need be. Answers are kept.",
        asks_reason=True,
        text="Why (stands in the report)",
        needs_text=True,
        second=True,
    ),
    Offer(
        letter="A",
        verb=Verb.ABSENT,
        name="Mark absent",
        done="marked absent",
        words="Who is expected here is marked as absent. Who comes late can still be checked in.",
    ),
    Offer(
        letter="K",
        verb=Verb.CHECK_IN,
        name="Check in",
        done="checked in",
        words="Compare face, name and number with the document. Where they do not match, go back and note an incident.",
        text="Document, last characters (may stay empty)",
    ),
)
BY_LETTER: Mapping[str, Offer] = {offer.letter: offer for offer in OFFERS}
DONE: Mapping[Verb, str] = {
    **{offer.verb: offer.done for offer in OFFERS},
    Verb.CREDIT: "time credited",
    Verb.CAUSE: "cause changed",
    Verb.UNDO: "taken back",
}
NAMES: Mapping[Verb, str] = {
    **{offer.verb: offer.name for offer in OFFERS},
    Verb.CREDIT: "Credit",
    Verb.CAUSE: "Cause",
    Verb.UNDO: "Take back",
}
