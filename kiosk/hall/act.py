"""A proctor's act in the eyes of the hall: which right it needs, and when that needs a second person."""

from collections.abc import Collection, Mapping

from kiosk.exam.error import Denied, Refused
from kiosk.exam.grant import ALONE_MS, NEEDS_SECOND, Act, Grant
from kiosk.exam.log import AuditEntry
from kiosk.exam.moment import parse_iso
from kiosk.exam.person import Person
from kiosk.exam.roles import Actor, Grade, Rights
from kiosk.exam.supervision import LONGEST_MS
from kiosk.exam.timing import MINUTE_MS

RIGHT_OF: Mapping[Act, str] = {
    Act.PAUSE: "submission.pause_resume",
    Act.RESUME: "submission.pause_resume",
    Act.EXTEND: "assignment.adhoc_time",
    Act.NOTE: "proctoring.flag_incident",
    Act.LOCK: "proctoring.unlock_kiosk_pin",
    Act.UNLOCK: "proctoring.unlock_kiosk_pin",
    Act.END: "submission.force_submit",
    Act.REOPEN: "submission.reopen",
    Act.CHARGE_GAP: "proctoring.annotate_resolve",
    Act.CLOSE_SEAT: "proctoring.unlock_kiosk_pin",
    Act.START: "proctoring.open_close_hall",
    Act.MOVE: "assignment.reseat",
    Act.TAKE_BACK: "assignment.adhoc_time",
}
"""The operation of the table of rights that stands for each act."""


def act_entry(grant: Grant) -> AuditEntry:
    """Return how an act stands in the books: who, when, why, at which seat."""
    details = {"grant": grant.grant_id, "act": grant.act.value, "seat": grant.seat, "reason": grant.reason}
    if grant.second is not None:
        details["second"] = grant.second
    if grant.amount_ms:
        details["ms"] = str(grant.amount_ms)
    return AuditEntry(
        at=parse_iso(grant.issued_at),
        who=grant.who,
        action=RIGHT_OF[grant.act],
        subject_type="test_submissions",
        subject_id=grant.submission_id or grant.seat,
        details=details,
    )


def check_act(
    rights: Rights,
    act: Act,
    person: Person,
    second: Person | None,
    added_ms: int,
    amount_ms: int,
    *,
    chiefs: Collection[str] = (),
) -> None:
    """Raise Denied unless `person`, with `second` beside them, may do `act` to a sitting of this hall.

    `added_ms` is what has been added to this sitting already, `chiefs` are those of its session: what needs two people
    needs a chief for one of them, and a chief adds time alone. Raises Refused for an amount no sitting takes.
    """
    if not 0 <= amount_ms <= LONGEST_MS:
        raise Refused("Time is given or charged in minutes, from nothing to a day.")
    beside = None if second is None else Actor(second.user_id, second.role)
    actor = Actor(person.user_id, person.role, beside)
    rights.check(RIGHT_OF[act], actor, in_scope=True)
    if beside is not None and beside.user_id == actor.user_id:
        raise Denied("The second person must be somebody else.")
    if act in NEEDS_SECOND and beside is None:
        raise Denied("This needs a second person, who gives a PIN too.")
    if act in NEEDS_SECOND and beside is not None and chiefs and not {actor.user_id, beside.user_id} & {*chiefs}:
        raise Denied("One of the two must be a chief of this session.")
    if act is Act.EXTEND and added_ms + amount_ms > ALONE_MS and actor.user_id not in chiefs:
        _check_long(rights, beside)


def _check_long(rights: Rights, beside: Actor | None) -> None:
    minutes = ALONE_MS // MINUTE_MS
    if beside is None:
        raise Denied(
            f"More than {minutes} minutes for one sitting needs a chief, or a second person who gives a PIN too."
        )
    if rights.grade(RIGHT_OF[Act.EXTEND], beside.role) is Grade.NONE:
        raise Denied("The second person has no right to add time.")
