"""The hall's end of a line: answers one seat's calls, in turn, until the seat hangs up."""

import base64
import binascii
from contextlib import suppress
from typing import BinaryIO

from pydantic import BaseModel, ValidationError

from kiosk.exam.error import Denied, Invalid, KioskError, Refused, Tampered
from kiosk.views.authority import Authority, GrantRequest, JournalOffer, LeaseOffer, Report
from kiosk.wire import line
from kiosk.wire.answer import (
    AdmissionAnswer,
    CaptureAnswer,
    DoneAnswer,
    GrantAnswer,
    InstructionsAnswer,
    JournalAnswer,
    KeyAnswer,
    NameAnswer,
    NonceAnswer,
    NoticeAnswer,
    NoticesAnswer,
    OfferAnswer,
    ResultAnswer,
    TestAnswer,
    TestsAnswer,
)
from kiosk.wire.document import words


def serve(authority: Authority, hall: str, seat: str, reader: BinaryIO, writer: BinaryIO) -> None:
    """Answer the calls of the seat at the other end until it hangs up or sends what is too long; then hang up.

    A call that names another seat than the line belongs to is denied.
    """
    with suppress(BrokenPipeError, ConnectionResetError), reader, writer:
        if not _greet(hall, seat, reader, writer):
            return
        while data := reader.readline(line.LARGEST_CALL + 1):
            if len(data) > line.LARGEST_CALL or not data.endswith(b"\n"):
                _say(writer, faulty(Invalid("a call on this line is too long or was cut off")))
                return
            _say(writer, answer(authority, seat, data))


def answer(authority: Authority, seat: str, data: bytes) -> line.Answer:
    """Return the answer to one call, as its line was sent."""
    try:
        call = line.CALL.validate_json(data)
    except ValidationError as error:
        return faulty(Invalid(f"this call is not in the protocol: {words(error)}"))
    return answer_call(authority, seat, call)


def answer_call(authority: Authority, seat: str, call: line.Call) -> line.Answer:
    """Return the answer to one call of a seat."""
    try:
        if getattr(call, "seat", seat) != seat:
            raise Denied("This line belongs to another seat.")
        return line.Answer(result=_ask(authority, call).model_dump(mode="json"))
    except ValidationError as error:
        return faulty(Invalid(f"the answer to this call is not in the protocol: {words(error)}"))
    except KioskError as error:
        return faulty(error)


def _ask(authority: Authority, call: line.Call) -> BaseModel:
    match call:
        case line.AdmitCall():
            return AdmissionAnswer.model_validate(authority.admit(call.roll_number, call.code, call.seat))
        case line.TestsCall():
            return TestsAnswer(tests=tuple(TestAnswer.model_validate(t) for t in authority.tests(call.token)))
        case line.NoticesCall():
            return NoticesAnswer(notices=tuple(NoticeAnswer.model_validate(n) for n in authority.notices(call.token)))
        case line.InstructionsCall():
            return InstructionsAnswer.model_validate(authority.instructions(call.token, call.assignment_id))
        case line.ResultCall():
            return ResultAnswer.model_validate(authority.result(call.token, call.assignment_id))
        case line.LeaseCall():
            return _offer(authority, call)
        case line.ProctorCall():
            return NameAnswer(name=authority.proctor(call.pin, call.seat))
        case line.GrantCall():
            request = GrantRequest(**call.model_dump(exclude={"method"}))
            return GrantAnswer(envelope=authority.grant(request).decode("ascii"))
        case line.ReportCall():
            authority.report(Report(**call.model_dump(exclude={"method"})))
            return DoneAnswer()
        case line.ChallengeCall():
            return NonceAnswer(nonce=authority.challenge(call.seat))
        case line.UnlockCall():
            return _unlocked(authority, call)


def _unlocked(authority: Authority, call: line.UnlockCall) -> KeyAnswer:
    try:
        wrapped = base64.b64decode(call.wrapped, validate=True)
    except binascii.Error:
        raise Invalid("the sealed key came damaged from the seat") from None
    sealed = authority.unlock(call.seat, wrapped, call.proof.encode("utf-8", "replace"))
    return KeyAnswer(sealed=base64.b64encode(sealed).decode("ascii"))


def _offer(authority: Authority, call: line.LeaseCall) -> OfferAnswer:
    return offer_answer(authority.lease(call.token, call.assignment_id, call.seat))


def offer_answer(offer: LeaseOffer) -> OfferAnswer:
    """Return an offer as it goes over a line, or on a stick."""
    return OfferAnswer(
        envelope=offer.envelope.decode("ascii"),
        paper_identity=offer.paper_identity,
        paper_blob=base64.b64encode(offer.paper_blob).decode("ascii"),
        attachments_blob=None if offer.attachments_blob is None else base64.b64encode(offer.attachments_blob).decode(),
        journal=None if offer.journal is None else _journal(offer.journal),
    )


def _journal(offer: JournalOffer) -> JournalAnswer:
    return JournalAnswer(
        genesis=offer.genesis,
        entries=offer.entries,
        evidence=tuple(
            CaptureAnswer(
                digest=e.digest,
                media_type=e.media_type,
                captured_at=e.captured_at,
                content=base64.b64encode(e.content).decode("ascii"),
            )
            for e in offer.evidence
        ),
        leases=tuple(envelope.decode("ascii") for envelope in offer.leases),
        grants=tuple(envelope.decode("ascii") for envelope in offer.grants),
    )


def _greet(hall: str, seat: str, reader: BinaryIO, writer: BinaryIO) -> bool:
    try:
        hello = line.Hello.model_validate_json(reader.readline(line.LARGEST_CALL))
    except ValidationError:
        return False
    fits = (hello.version, hello.name) == (line.VERSION, seat)
    _say(writer, line.Hello(line="exam-kiosk", version=line.VERSION, name=hall))
    return fits


def faulty(error: KioskError) -> line.Answer:
    """Return the answer that says why there is none."""
    return line.Answer(fault=fault_of(error))


def fault_of(error: KioskError) -> line.Fault:
    """Return an error as it goes over the wire: its words, and how long to wait."""
    wait = error.wait_seconds if isinstance(error, Denied) else 0
    return line.Fault(kind=_kind(error), title=error.title, message=error.message, wait_seconds=wait)


def _kind(error: KioskError) -> line.FaultKind:
    match error:
        case Denied():
            return "Denied"
        case Refused():
            return "Refused"
        case Invalid():
            return "Invalid"
        case Tampered():
            return "Tampered"
    return "KioskError"


def _say(writer: BinaryIO, document: BaseModel) -> None:
    writer.write(document.model_dump_json().encode("utf-8") + b"\n")
    writer.flush()
