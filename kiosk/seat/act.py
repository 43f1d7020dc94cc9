"""A proctor's act at the seat: asked of the hall, proved by its signature, then carried out."""

from kiosk.exam import supervision
from kiosk.exam.entry import Kind
from kiosk.exam.error import Denied, KioskError, Refused
from kiosk.exam.grant import Act, Grant
from kiosk.exam.page import SignedGrant
from kiosk.exam.sitting import Step
from kiosk.exam.text import clean_line, clean_text
from kiosk.seat.scribe import Scribe
from kiosk.seat.trust import Trust
from kiosk.views.authority import Authority, GrantRequest
from kiosk.views.desk import ActRequest

LONGEST_NOTE = 2_000


def ask_grant(
    authority: Authority,
    trust: Trust,
    scribe: Scribe | None,
    seat: str,
    request: ActRequest,
    pin: str,
    second_pin: str | None,
) -> SignedGrant:
    """Return the hall's grant for an act; raises Denied unless it is for just what was asked."""
    if scribe is None and request.act is not Act.CLOSE_SEAT:
        raise KioskError("No test is open on this seat.")
    asked = GrantRequest(
        submission_id="" if scribe is None else scribe.sitting.genesis.submission_id,
        seat=seat,
        act=request.act,
        pin=pin,
        second_pin=second_pin,
        amount_ms=request.amount_ms,
        section=request.section,
        gap=request.gap,
        reason=clean_line(request.reason, 100),
        note=clean_text(request.note, LONGEST_NOTE),
    )
    signed = trust.grant(authority.grant(asked))
    given = signed.grant
    if (given.submission_id, given.act, given.amount_ms, given.section, given.gap) != (
        asked.submission_id,
        asked.act,
        asked.amount_ms,
        asked.section,
        asked.gap,
    ):
        raise Denied("The hall allowed something else than was asked. Please try again.")
    return signed


def must_fit(scribe: Scribe | None, grant: Grant) -> None:
    """Raise Refused where the rules would refuse an act now; changes nothing."""
    if scribe is None:
        raise Refused("No test is open on this seat.")
    with scribe.lock:
        supervision.carry_out(scribe.sitting, grant, scribe.now())


def carry_out(scribe: Scribe | None, signed: SignedGrant) -> None:
    """Do what a grant allows; closing the seat leaves the sitting as it is and is only noted in it."""
    grant = signed.grant
    if scribe is None:
        return
    if grant.act is not Act.CLOSE_SEAT:
        scribe.carry_out(signed)
    elif scribe.is_at_work:
        body = {"category": grant.act.value, "text": grant.note, "who": grant.who, "grant": grant.grant_id}
        scribe.note([Step(Kind.NOTED, {**body, "reason": grant.reason})], signed)
