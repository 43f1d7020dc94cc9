"""The caller: the calls of `Authority` as documents, whatever line carries them to the hall."""

import base64
import binascii
from abc import ABC, abstractmethod
from typing import TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from kiosk.exam.error import Denied, Invalid, KioskError, Refused, Tampered
from kiosk.exam.evidence import Evidence
from kiosk.views.authority import Admission, GrantRequest, JournalOffer, LeaseOffer, Report
from kiosk.views.candidate import Instructions, Notice, Result, TestCard
from kiosk.wire import line
from kiosk.wire.answer import (
    AdmissionAnswer,
    DoneAnswer,
    GrantAnswer,
    InstructionsAnswer,
    JournalAnswer,
    KeyAnswer,
    NameAnswer,
    NonceAnswer,
    NoticesAnswer,
    OfferAnswer,
    ResultAnswer,
    TestsAnswer,
)
from kiosk.wire.document import words

D = TypeVar("D", bound=BaseModel)
V = TypeVar("V")
LOST = "The hall does not answer. What you have written is safe on this seat. Please tell the proctor."
_KINDS = {kind.__name__: kind for kind in (KioskError, Refused, Invalid, Tampered, Denied)}


class Caller(ABC):
    """Implements `kiosk.views.authority.Authority` on a way to put a call to the hall."""

    @abstractmethod
    def _put(self, call: line.Call) -> line.Answer:
        """Return the hall's answer; raises HallLost where there is none."""

    def admit(self, roll_number: str, code: str, seat: str) -> Admission:
        """Recognise a candidate."""
        call = line.AdmitCall(method="admit", roll_number=roll_number, code=code, seat=seat)
        return _view(Admission, self._ask(AdmissionAnswer, call))

    def tests(self, token: str) -> tuple[TestCard, ...]:
        """Return the candidate's tests."""
        answer = self._ask(TestsAnswer, line.TestsCall(method="tests", token=token))
        return tuple(_view(TestCard, t) for t in answer.tests)

    def notices(self, token: str) -> tuple[Notice, ...]:
        """Return the candidate's notifications."""
        answer = self._ask(NoticesAnswer, line.NoticesCall(method="notices", token=token))
        return tuple(_view(Notice, n) for n in answer.notices)

    def instructions(self, token: str, assignment_id: str) -> Instructions:
        """Return what is read before the start."""
        call = line.InstructionsCall(method="instructions", token=token, assignment_id=assignment_id)
        return _view(Instructions, self._ask(InstructionsAnswer, call))

    def lease(self, token: str, assignment_id: str, seat: str) -> LeaseOffer:
        """Ask to open or resume a sitting."""
        call = line.LeaseCall(method="lease", token=token, assignment_id=assignment_id, seat=seat)
        return offer_of(self._ask(OfferAnswer, call))

    def result(self, token: str, assignment_id: str) -> Result:
        """Return the released result."""
        call = line.ResultCall(method="result", token=token, assignment_id=assignment_id)
        return _view(Result, self._ask(ResultAnswer, call))

    def proctor(self, pin: str, seat: str) -> str:
        """Check a PIN and return the proctor's name."""
        return self._ask(NameAnswer, line.ProctorCall(method="proctor", pin=pin, seat=seat)).name

    def grant(self, request: GrantRequest) -> bytes:
        """Return the signed grant of a proctor's act."""
        return self._ask(GrantAnswer, line.GrantCall.model_validate(request)).envelope.encode("ascii", "replace")

    def report(self, report: Report) -> None:
        """Tell of a sitting's progress."""
        self._ask(DoneAnswer, line.ReportCall.model_validate(report))

    def challenge(self, seat: str) -> str:
        """Return what the seat must sign."""
        return self._ask(NonceAnswer, line.ChallengeCall(method="challenge", seat=seat)).nonce

    def unlock(self, seat: str, wrapped_key: bytes, proof: bytes) -> bytes:
        """Return the key of the seat's store, sealed to whom the proof names."""
        wrapped = base64.b64encode(wrapped_key).decode("ascii")
        call = line.UnlockCall(method="unlock", seat=seat, wrapped=wrapped, proof=proof.decode("ascii", "replace"))
        return _bytes(self._ask(KeyAnswer, call).sealed, "the key of the store")

    def _ask(self, answer: type[D], call: line.Call) -> D:
        read = self._put(call)
        if read.fault is not None:
            raise error_of(read.fault)
        try:
            return answer.model_validate(read.result, strict=False)
        except ValidationError as error:
            raise Invalid(f"the hall's answer is not of this version: {words(error)}") from None


def offer_of(answer: OfferAnswer) -> LeaseOffer:
    """Return an offer as it came over a line, or on a stick; raises Invalid for one that came damaged."""
    blob = _bytes(answer.paper_blob, "the paper")
    attached = None if answer.attachments_blob is None else _bytes(answer.attachments_blob, "the attachments")
    journal = None if answer.journal is None else _journal(answer.journal)
    return LeaseOffer(answer.envelope.encode("ascii", "replace"), answer.paper_identity, blob, attached, journal)


def _journal(answer: JournalAnswer) -> JournalOffer:
    return JournalOffer(
        genesis=answer.genesis,
        entries=answer.entries,
        evidence=tuple(
            Evidence(e.digest, e.media_type, e.captured_at, _bytes(e.content, "a capture")) for e in answer.evidence
        ),
        leases=tuple(text.encode("ascii", "replace") for text in answer.leases),
        grants=tuple(text.encode("ascii", "replace") for text in answer.grants),
    )


def _bytes(text: str, what: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise Invalid(f"{what} came damaged from the hall") from None


def _view(kind: type[V], document: BaseModel) -> V:
    return TypeAdapter(kind).validate_python(document.model_dump())


def error_of(fault: line.Fault) -> KioskError:
    """Return the error a fault stands for."""
    kind = _KINDS[fault.kind]
    if kind is Denied:
        return Denied(fault.message, fault.title, wait_seconds=fault.wait_seconds)
    return kind(fault.message, fault.title)
