"""How a seat says it is."""

from typing import Annotated, Literal

from pydantic import Field

from kiosk.exam.attempt import Phase
from kiosk.wire.document import Count, Digest, Document, Identifier, Instant, Name
from kiosk.wire.hub.term import MOST_GAPS, Number, Seq, Words


class GapLine(Document):
    """A time a sitting stood still that nobody has settled."""

    gap: Count
    """Entry number."""
    ms: Count | None
    """How long, or None where the seat could not measure it."""


class Vitals(Document):
    """How a seat is: counts, states and times; never content."""

    at: Instant
    boot_id: Annotated[str, Field(max_length=100)]
    boot_ms: Count
    build: Name
    free_bytes: Count
    """On the disk of its store."""
    is_locked_down: bool | None = None
    """Whether the lockdown is in force; None where the machine has none."""
    has_fonts: bool = True
    """Whether its terminal shows the glyphs the screens use."""
    papers: Annotated[tuple[Digest, ...], Field(max_length=1_000)] = ()
    """Digests of the sealed papers that lie on this seat, verified."""
    submission_id: Identifier | None = None
    """The sitting that is open, with what follows."""
    candidate_id: Identifier | None = None
    """Who is signed in."""
    phase: Phase | None = None
    answered: Number = 0
    questions: Number = 0
    used_ms: Count = 0
    left_ms: Count = 0
    section: Annotated[str | None, Field(max_length=500)] = None
    """Title of the section the candidate is in."""
    saved_at: Instant | None = None
    """The last commit on the seat."""
    seq: Seq = -1
    """The last entry committed on the seat."""
    unsaved: Number = 0
    """Entries put down and not committed yet."""
    failure: Words | None = None
    """Why the seat cannot save, in words."""
    gaps: Annotated[tuple[GapLine, ...], Field(max_length=MOST_GAPS)] = ()
    """The newest gaps of the sitting that nobody has settled."""
    overlay: bool = False
    hand: bool = False
    """Whether the candidate asks for somebody."""


class BeatMessage(Document):
    """A sign of life."""

    type: Literal["beat"] = "beat"
    vitals: Vitals
    sent: Count = 0
    """The seat's boot clock; comes back in `Echo`."""


class EchoMessage(Document):
    """Answers a beat: the hub's clock, for the seat's own watch on the way there and back."""

    type: Literal["echo"] = "echo"
    sent: Count
    at: Instant
    boot_ms: Count
    """The hub's boot clock."""
