"""Acts in words for the report: what the audit, the grants and the codes of a hall say of them."""

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import replace

from kiosk.exam.grant import Act, Grant
from kiosk.exam.log import AuditEntry
from kiosk.exam.moment import parse_iso
from kiosk.exam.text import clean_line
from kiosk.hall.act import RIGHT_OF
from kiosk.hall.print.report import ActLine, CodeLine
from storage.hall.act_code import GivenCode

TOLD_ELSEWHERE = frozenset({"submission.start", "submission.collect"})
"""Audited, and in the tables of sittings and bundles."""
_WORDS = {
    "exam_sessions": "session opened",
    "sealed_papers": "paper released",
    "attendance": "attendance",
    "closings": "closing",
    "packages": "package loaded",
    "seats": "seat",
}
_ACTIONS = {
    "notification.broadcast_hall": "announcement",
    "notification.message_candidate": "message",
    "submission.move": "goes on",
}
_SETTLED = {"acknowledge": "note taken", "credit": "incident settled"}
"""What somebody did about what needed a person; else they changed what it is laid to."""
_NAMELESS = frozenset({"attentions", "announcements"})
"""Subjects whose ids say nothing to anybody."""
_DIGEST = re.compile(r"[0-9a-f]{64}")
SHOWN_DIGEST = 16
INCIDENT = "incident"
_SHOWN = ("flags", "release", "number", "papers", "sittings", "settled_at")


def act_lines(
    entries: Iterable[AuditEntry],
    names: Mapping[str, str],
    subjects: Mapping[str, tuple[str, str]],
    known: Set[str] | None,
) -> tuple[ActLine, ...]:
    """Return the acts that name one of the `known` ids, or all of them; arrivals and notes are told elsewhere."""
    return tuple(
        _line(entry, names, subjects)
        for entry in entries
        if not _is_told_elsewhere(entry) and (known is None or _concerns(entry, known))
    )


def incident_lines(
    entries: Iterable[AuditEntry], names: Mapping[str, str], known: Set[str] | None
) -> tuple[ActLine, ...]:
    """Return the incidents noted where no sitting was open, of the `known` seats, or of all."""
    return tuple(
        replace(_line(entry, names, {}), reason=_noted(entry))
        for entry in entries
        if _is_noted_alone(entry) and (known is None or _concerns(entry, known))
    )


def grant_line(grant: Grant, names: Mapping[str, str], subject: str) -> ActLine:
    """Return an incident that was noted of a sitting."""
    return ActLine(
        at=parse_iso(grant.issued_at),
        who=names.get(grant.who, grant.who),
        second=_second(grant.second, names),
        act=INCIDENT,
        seat=grant.seat,
        subject=subject,
        amount_ms=grant.amount_ms,
        reason=clean_line(": ".join(part for part in (grant.reason, grant.note) if part)),
    )


def code_lines(codes: Iterable[GivenCode], names: Mapping[str, str], known: Set[str] | None) -> tuple[CodeLine, ...]:
    """Return the codes that were given, for the seats and sittings that are `known`, or all of them."""
    return tuple(
        CodeLine(
            at=code.issued_at,
            who=names.get(code.who, code.who),
            second=_second(code.second, names),
            act=code.act.value,
            seat=code.seat,
            challenge=code.challenge,
            amount_ms=code.amount_ms,
            reason=clean_line(code.reason),
            is_used=code.grant_id is not None,
        )
        for code in codes
        if known is None or code.seat in known or code.submission_id in known
    )


def _line(entry: AuditEntry, names: Mapping[str, str], subjects: Mapping[str, tuple[str, str]]) -> ActLine:
    details = entry.details
    seat, subject = subjects.get(entry.subject_id, ("", ""))
    candidate = details.get("candidate")
    if isinstance(candidate, str):
        subject = names.get(candidate, candidate)
    if not subject and entry.subject_id != details.get("seat"):
        subject = _subject(entry)
    reason = [str(details["reason"])] if details.get("reason") else []
    reason += [str(details["note"])] if details.get("note") else []
    reason += [f"{name.replace('_', ' ')} {details[name]}" for name in _SHOWN if details.get(name)]
    return ActLine(
        at=entry.at,
        who=names.get(entry.who, entry.who),
        second=_second(details.get("second"), names),
        act=_act_words(entry),
        seat=clean_line(str(details.get("seat") or seat), 40),
        subject=subject,
        amount_ms=_amount(details.get("ms")),
        reason=clean_line("; ".join(reason)),
    )


def _noted(entry: AuditEntry) -> str:
    parts = (str(entry.details.get(name) or "") for name in ("reason", "note"))
    return clean_line(": ".join(part for part in parts if part))


def _subject(entry: AuditEntry) -> str:
    """Return what an act was about that is no person: its words, or its name; of a digest as much as tells it apart."""
    if entry.subject_type in _NAMELESS:
        return clean_line(str(entry.details.get("words", "")), 120)
    is_digest = _DIGEST.fullmatch(entry.subject_id) is not None
    return entry.subject_id[:SHOWN_DIGEST] if is_digest else clean_line(entry.subject_id, 40)


def _act_words(entry: AuditEntry) -> str:
    act = entry.details.get("act")
    if act == Act.CHARGE_GAP.value:
        return "gap charged" if entry.details.get("ms") else "gap not charged"
    if _is_noted_alone(entry):
        return INCIDENT
    if entry.subject_type == "attentions":
        return _SETTLED.get(str(act), "cause changed")
    if isinstance(act, str):
        words = clean_line(act.replace("_", " "), 40)
        return f"code given: {words}" if entry.details.get("code") else words
    if entry.action in _ACTIONS:
        return _ACTIONS[entry.action]
    words = _WORDS.get(entry.subject_type, entry.action.replace(".", ": ").replace("_", " "))
    state = entry.details.get("state")
    return clean_line(f"{words}: {str(state).replace('_', ' ')}" if state else words, 60)


def _is_told_elsewhere(entry: AuditEntry) -> bool:
    arrived = entry.subject_type == "attendance" and "seat" in entry.details
    noted = _is_noted_alone(entry) or (entry.details.get("act") == Act.NOTE.value and "grant" in entry.details)
    return entry.action in TOLD_ELSEWHERE or arrived or noted


def _is_noted_alone(entry: AuditEntry) -> bool:
    """Whether this is an incident noted where no sitting was open, which has no grant."""
    return entry.action == RIGHT_OF[Act.NOTE] and "grant" not in entry.details


def _concerns(entry: AuditEntry, known: Set[str]) -> bool:
    return entry.subject_id in known or any(isinstance(v, str) and v in known for v in entry.details.values())


def _second(user_id: object, names: Mapping[str, str]) -> str | None:
    return names.get(user_id, user_id) if isinstance(user_id, str) else None


def _amount(told: object) -> int:
    text = str(told) if told is not None else ""
    return int(text) if text.isdecimal() else 0
