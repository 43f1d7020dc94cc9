"""What passes between a seat and its hub: JSON documents over one WebSocket, versioned, bounded, nothing unknown.

The hub says `Welcome`, the seat proves its key with `SeatHello`, the hub says `Admitted`; from then on each side sends
what it has, in any order. `docs/protocol.md` tells the whole of it.
"""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from kiosk.exam.attempt import Phase
from kiosk.wire import line
from kiosk.wire.document import ChainTexts, Count, Day, Digest, Document, EnvelopeText, Identifier, Instant, Name

PROTOCOL: Literal["exam-kiosk.hub.v1"] = "exam-kiosk.hub.v1"
"""Also the WebSocket's subprotocol; another version is another name."""
SEAT_PATH, CONSOLE_PATH, ENROL_PATH = "/v1/seat", "/v1/console", "/v1/enrol"
LARGEST_FROM_SEAT = 2 * 2**20
"""Bytes of one message from a seat."""
LARGEST_TO_SEAT = line.LARGEST_ANSWER + 65_536
PART = 512 * 2**10
"""Bytes of one part of a blob or a bundle, before base64."""
MOST_ENTRIES = 500
"""Entries of one frame."""
LARGEST_ENTRY = 600_000
"""Characters of one entry: an essay of 100,000 characters, each at most six in JSON."""
MOST_GAPS = 50
"""Gaps a seat tells of."""
BEAT_SECONDS = 2.0
"""How often a seat tells how it is."""
LOST_SECONDS = 10.0
"""After so long without a word a seat is lost."""
Nonce = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Epoch = Annotated[int, Field(ge=1, le=99_999)]
Seq = Annotated[int, Field(ge=-1, le=2**53 - 1)]
EntryText = Annotated[str, Field(min_length=2, max_length=LARGEST_ENTRY)]
"""The canonical text of one entry, as its hash was taken of it."""
PartText = Annotated[str, Field(max_length=PART * 4 // 3 + 8)]
"""base64."""
Words = Annotated[str, Field(max_length=2_000)]
Number = Annotated[int, Field(ge=0, le=100_000)]


class Welcome(Document):
    """The hub's first word, to anybody."""

    type: Literal["welcome"] = "welcome"
    protocol: Literal["exam-kiosk.hub.v1"] = PROTOCOL
    hall: Name
    nonce: Nonce
    at: Instant
    """The hub's wall clock."""
    build: Name


class SeatProof(Document):
    """What a seat signs, so that the proof is good for this hub, this certificate and this moment alone."""

    hall: Name
    seat: Name
    nonce: Nonce
    certificate: Digest
    """SHA-256 of the hub's TLS certificate (DER), as the seat saw it."""


class SeatHello(Document):
    """The seat's first word."""

    type: Literal["hello"] = "hello"
    protocol: Literal["exam-kiosk.hub.v1"] = PROTOCOL
    seat: Name
    build: Name
    chain: ChainTexts
    """The seat's certificates, its own first."""
    proof: EnvelopeText
    """DSSE envelope of a `SeatProof` by the seat's key."""


class Admitted(Document):
    """The hub believes the seat."""

    type: Literal["admitted"] = "admitted"
    at: Instant


class Farewell(Document):
    """Why the hub hangs up."""

    type: Literal["farewell"] = "farewell"
    fault: line.Fault


# from the seat


class CallMessage(line.Asked):
    """A call of `Authority`, as on a line."""

    type: Literal["call"] = "call"
    id: Count
    call: line.Call


class HoldingLine(Document):
    """How far one sitting's journal goes on this seat."""

    submission_id: Identifier
    opened_on: Day
    epoch: Epoch
    seq: Seq
    hash: Digest


class HoldingMessage(Document):
    """The sittings a seat holds that are not sealed and receipted; said after each connection."""

    type: Literal["holding"] = "holding"
    sittings: Annotated[tuple[HoldingLine, ...], Field(max_length=1_000)]


class GenesisPart(line.Asked):
    """What a chain hangs on, and by what right it was written: sent with a sitting's first frame."""

    genesis: EntryText
    """Canonical text of the genesis."""
    leases: Annotated[tuple[EnvelopeText, ...], Field(min_length=1, max_length=100)]


class EvidencePart(line.Asked):
    """One capture that an entry of the frame names."""

    digest: Digest
    media_type: Annotated[str, Field(max_length=100)]
    at: Instant
    content: Annotated[str, Field(max_length=1_000_000)]
    """base64."""


class FrameMessage(line.Asked):
    """Entries that follow one another, all of one epoch: what the hub keeps a durable copy of."""

    type: Literal["frame"] = "frame"
    submission_id: Identifier
    opened_on: Day
    epoch: Epoch
    first: Count
    """`seq` of the first entry."""
    before: Digest
    """Hash of the entry before the first, or of the genesis."""
    entries: Annotated[tuple[EntryText, ...], Field(min_length=1, max_length=MOST_ENTRIES)]
    evidence: Annotated[tuple[EvidencePart, ...], Field(max_length=100)] = ()
    grants: Annotated[tuple[EnvelopeText, ...], Field(max_length=MOST_ENTRIES)] = ()
    """Envelopes of the grants the entries carry out."""
    start: GenesisPart | None = None


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


class DoneMessage(Document):
    """What became of a command."""

    type: Literal["done"] = "done"
    command_id: Identifier
    done: bool
    words: Words = ""


class ToldMessage(Document):
    """How far an announcement came: on the screen, or read."""

    type: Literal["told"] = "told"
    announcement_id: Identifier
    is_read: bool


class BundlePartMessage(line.Asked):
    """A part of a sealed bundle on its way to the hub; `BundleHeld` answers the last."""

    type: Literal["bundle_part"] = "bundle_part"
    bundle_id: Digest
    envelope: EnvelopeText
    """The signed manifest, with every part."""
    index: Number
    count: Annotated[int, Field(ge=1, le=1_000)]
    data: PartText


class FetchMessage(Document):
    """Asks for a part of a sealed blob the hub offered; `BlobPart` answers."""

    type: Literal["fetch"] = "fetch"
    sha256: Digest
    index: Number


SeatMessage = Annotated[
    CallMessage
    | HoldingMessage
    | FrameMessage
    | BeatMessage
    | DoneMessage
    | ToldMessage
    | BundlePartMessage
    | FetchMessage,
    Field(discriminator="type"),
]
SEAT_MESSAGE: TypeAdapter[SeatMessage] = TypeAdapter(SeatMessage)
"""Reads one message from a seat; a type that is not listed does not exist."""


# from the hub


class AnswerMessage(line.Asked):
    """The answer to a call."""

    type: Literal["answer"] = "answer"
    id: Count
    answer: line.Answer


class AckMessage(Document):
    """The hub has committed a sitting's entries of an epoch up to here: "saved in the hall"."""

    type: Literal["ack"] = "ack"
    submission_id: Identifier
    epoch: Epoch
    seq: Seq
    hash: Digest
    at: Instant


class WantMessage(Document):
    """Asks for a sitting's entries from `first` on; with `start` where the hub knows nothing of it yet."""

    type: Literal["want"] = "want"
    submission_id: Identifier
    first: Count
    start: bool


class FencedMessage(Document):
    """The sitting went on elsewhere: this seat sends what it has and writes no more."""

    type: Literal["fenced"] = "fenced"
    submission_id: Identifier
    lease: EnvelopeText
    """The lease of the newer epoch, signed by the hall."""


class CommandMessage(Document):
    """A proctor's act for the seat to carry out; said again until `DoneMessage` answers it."""

    type: Literal["command"] = "command"
    command_id: Identifier
    """The grant's id."""
    envelope: EnvelopeText
    """The grant, signed by the hall."""


class AnnouncementMessage(Document):
    """Something the candidate is told; said again until `ToldMessage` answers it."""

    type: Literal["announcement"] = "announcement"
    announcement_id: Identifier
    at: Instant
    who: Name
    text: Annotated[str, Field(min_length=1, max_length=2_000)]
    question: Identifier | None = None
    """The question it corrects, for those whose paper has it."""


class BlobOffer(Document):
    """One sealed paper or its attachments, which the seat may fetch before it is needed."""

    paper: Digest
    sha256: Digest
    length: Count
    role: Literal["paper", "attachments"]


class ProvisionMessage(Document):
    """What is to lie on the seat before the exam; still sealed."""

    type: Literal["provision"] = "provision"
    blobs: Annotated[tuple[BlobOffer, ...], Field(max_length=1_000)]


class BlobPartMessage(line.Asked):
    """A part of a blob."""

    type: Literal["blob_part"] = "blob_part"
    sha256: Digest
    index: Number
    count: Annotated[int, Field(ge=1, le=1_000)]
    data: PartText


class AdvanceMessage(line.Asked):
    """What lets a seat begin without its hub: a lease made ahead for who is expected there, and how to know them."""

    type: Literal["advance"] = "advance"
    lease: EnvelopeText
    candidate: EnvelopeText
    """DSSE envelope by the hall of the candidate's card, their test's card, and what is read before the start."""
    paper_identity: Annotated[str | None, Field(max_length=200)] = None
    """What opens the paper, from the release on."""


class BundleHeldMessage(Document):
    """The hub has committed a bundle."""

    type: Literal["bundle_held"] = "bundle_held"
    bundle_id: Digest


class ReceiptMessage(Document):
    """Central's receipt for a bundle of this seat: "saved at central"."""

    type: Literal["receipt"] = "receipt"
    bundle_id: Digest
    envelope: EnvelopeText


class SealMessage(Document):
    """The hall is closing: seal what was handed in, and send the bundles."""

    type: Literal["seal"] = "seal"
    submissions: Annotated[tuple[Identifier, ...], Field(max_length=1_000)]


class EchoMessage(Document):
    """Answers a beat: the hub's clock, for the seat's own watch on the way there and back."""

    type: Literal["echo"] = "echo"
    sent: Count
    at: Instant
    boot_ms: Count
    """The hub's boot clock."""


HubMessage = Annotated[
    AnswerMessage
    | AckMessage
    | WantMessage
    | FencedMessage
    | CommandMessage
    | AnnouncementMessage
    | ProvisionMessage
    | BlobPartMessage
    | AdvanceMessage
    | BundleHeldMessage
    | ReceiptMessage
    | SealMessage
    | EchoMessage
    | Farewell,
    Field(discriminator="type"),
]
HUB_MESSAGE: TypeAdapter[HubMessage] = TypeAdapter(HubMessage)
"""Reads one message from a hub."""
