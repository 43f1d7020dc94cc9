"""The line between a seat and its hall: one JSON document a line, a version at the start, and only the listed calls.

The seat says `Hello` and the hall answers with its own; after that each `Call` gets one `Answer`, in turn.
"""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, TypeAdapter

from kiosk.exam.grant import Act
from kiosk.wire.document import Count, Digest, Document, EnvelopeText, Identifier, Instant, Name
from kiosk.wire.package import LARGEST_BLOB
from kiosk.wire.store_key import LARGEST_WRAPPED

VERSION = 1
LARGEST_CALL = 64 * 2**10
"""Bytes of one line from a seat."""
LARGEST_ANSWER = LARGEST_BLOB * 2
"""Bytes of one line from a hall: a sealed paper in base64 and what goes with it."""
Secret = Annotated[str, Field(max_length=100)]
Token = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Words = Annotated[str, Field(max_length=20_000)]
FaultKind = Literal["KioskError", "Refused", "Invalid", "Tampered", "Denied"]
Number = Annotated[int, Field(ge=0, le=100_000)]


class Hello(Document):
    """The first line from either side."""

    line: Literal["exam-kiosk"]
    version: Annotated[int, Field(ge=1, le=1_000)]
    name: Name
    """Of the seat, or of the hall."""


class Asked(Document):
    """A call; it may carry a code, a PIN or a token, so that none of it is ever shown."""

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """Return what `repr` may show."""
        return ()


class AdmitCall(Asked):
    """`Authority.admit`."""

    method: Literal["admit"]
    roll_number: Secret
    code: Secret
    seat: Name


class TestsCall(Asked):
    """`Authority.tests`."""

    __test__ = False  # not a pytest class

    method: Literal["tests"]
    token: Token


class NoticesCall(Asked):
    """`Authority.notices`."""

    method: Literal["notices"]
    token: Token


class InstructionsCall(Asked):
    """`Authority.instructions`."""

    method: Literal["instructions"]
    token: Token
    assignment_id: Identifier


class ResultCall(Asked):
    """`Authority.result`."""

    method: Literal["result"]
    token: Token
    assignment_id: Identifier


class LeaseCall(Asked):
    """`Authority.lease`."""

    method: Literal["lease"]
    token: Token
    assignment_id: Identifier
    seat: Name


class ProctorCall(Asked):
    """`Authority.proctor`."""

    method: Literal["proctor"]
    pin: Secret
    seat: Name


class GrantCall(Asked):
    """`Authority.grant`."""

    model_config = ConfigDict(from_attributes=True)

    method: Literal["grant"] = "grant"
    submission_id: Annotated[str, Field(max_length=200)]
    """Empty where no sitting is open."""
    seat: Name
    act: Act
    pin: Secret
    second_pin: Secret | None
    amount_ms: Count
    section: Identifier | None
    gap: Count | None
    reason: Annotated[str, Field(max_length=500)]
    note: Annotated[str, Field(max_length=5_000)]


class ReportCall(Asked):
    """`Authority.report`."""

    model_config = ConfigDict(from_attributes=True)

    method: Literal["report"] = "report"
    submission_id: Identifier
    phase: Annotated[str, Field(max_length=32)]
    attempt: Annotated[int, Field(ge=1, le=10_000)]
    started_at: Instant
    submitted_at: Instant | None
    answered: Number
    questions: Number
    used_ms: Count
    head_seq: Count
    head_hash: Digest


class ChallengeCall(Asked):
    """`Authority.challenge`."""

    method: Literal["challenge"]
    seat: Name


class UnlockCall(Asked):
    """`Authority.unlock`."""

    method: Literal["unlock"]
    seat: Name
    wrapped: Annotated[str, Field(max_length=2 * LARGEST_WRAPPED)]
    """base64."""
    proof: EnvelopeText


Call = Annotated[
    AdmitCall
    | TestsCall
    | NoticesCall
    | InstructionsCall
    | ResultCall
    | LeaseCall
    | ProctorCall
    | GrantCall
    | ReportCall
    | ChallengeCall
    | UnlockCall,
    Field(discriminator="method"),
]
CALL: TypeAdapter[Call] = TypeAdapter(Call)
"""Reads one call; a method that is not listed does not exist."""


class Fault(Document):
    """An error of the `KioskError` family on its way: words for a person, nothing else."""

    kind: FaultKind
    title: Name
    message: Words
    wait_seconds: Count = 0


class Answer(Document):
    """The answer to one call: what it returns, or why it does not."""

    result: Any = None
    fault: Fault | None = None
